use crate::{Kind, Person, Work, xml::Writer};

const ROOT: &str = r#"xmlns="http://www.loc.gov/mods/v3" version="3.8""#;

/// A collection with an element for each work.
///
/// Source: <https://www.loc.gov/standards/mods/userguide/>; the genres are those that Zotero writes and reads.
pub(crate) fn write(works: &[Work]) -> String {
    let mut writer = Writer::new();
    writer.element("modsCollection", ROOT, |xml| works.iter().for_each(|work| record(xml, work)));
    writer.finish()
}

fn record(xml: &mut Writer, work: &Work) {
    xml.element("mods", "", |xml| {
        xml.element("titleInfo", "", |xml| xml.text("title", "", &work.title));
        work.authors.iter().for_each(|person| author(xml, person));
        xml.text("typeOfResource", "", "text");
        xml.text("genre", r#"authority="local""#, genre(work.kind));
        xml.element("originInfo", "", |xml| {
            xml.text("publisher", "", work.archive().unwrap_or_default());
            xml.text("dateIssued", r#"encoding="w3cdtf" keyDate="yes""#, &work.iso_date());
        });
        xml.text("abstract", "", &work.summary);
        xml.text("note", "", work.note.as_deref().unwrap_or_default());
        for keyword in &work.keywords {
            xml.element("subject", "", |xml| xml.text("topic", "", keyword));
        }
        if let Some(container) = &work.container {
            host(xml, container);
        }
        identifiers(xml, work);
        xml.element("location", "", |xml| xml.text("url", r#"usage="primary display""#, &work.url));
        let license = work.license.as_deref().unwrap_or_default();
        xml.text("accessCondition", r#"type="use and reproduction""#, license);
    });
}

fn author(xml: &mut Writer, person: &Person) {
    let kind = if matches!(person, Person::Whole(_)) { r#"type="corporate""# } else { r#"type="personal""# };
    xml.element("name", kind, |xml| {
        name_parts(xml, person);
        let role = r#"type="code" authority="marcrelator""#;
        xml.element("role", "", |xml| xml.text("roleTerm", role, "aut"));
    });
}

fn name_parts(xml: &mut Writer, person: &Person) {
    const FAMILY: &str = r#"type="family""#;
    const GIVEN: &str = r#"type="given""#;
    match person {
        Person::Human { given, particle, family, suffix } => {
            xml.text("namePart", FAMILY, &crate::person::joined([particle, family]));
            xml.text("namePart", GIVEN, given);
            xml.text("namePart", r#"type="termsOfAddress""#, suffix);
        }
        Person::Eastern { family, given } => {
            xml.text("namePart", FAMILY, family);
            xml.text("namePart", GIVEN, given);
        }
        Person::Whole(name) => xml.text("namePart", "", name),
    }
}

fn host(xml: &mut Writer, name: &str) {
    xml.element("relatedItem", r#"type="host""#, |xml| {
        xml.element("titleInfo", "", |xml| xml.text("title", "", name));
    });
}

fn identifiers(xml: &mut Writer, work: &Work) {
    xml.text("identifier", r#"type="doi""#, work.doi.as_deref().unwrap_or_default());
    xml.text("identifier", r#"type="arxiv""#, work.arxiv.as_deref().unwrap_or_default());
    xml.text("identifier", r#"type="uri""#, &work.page);
}

fn genre(kind: Kind) -> &'static str {
    match kind {
        Kind::Preprint => "preprint",
        Kind::Conference => "conferencePaper",
        Kind::Article => "journalArticle",
        Kind::Post => "blogPost",
    }
}
