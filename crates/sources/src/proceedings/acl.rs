//! A collection of the ACL Anthology.
//!
//! Source: the schema in the Anthology's own repository, and its rules for identifiers.

use chrono::{Datelike as _, NaiveDate};
use content::Links;

use super::Manifest;
use crate::{
    Batch,
    batch::Skipped,
    draft::Draft,
    xml::{Element, Fault, Node, Step, Walk},
};

const SOURCE: &str = "acl";
const SITE: &str = "https://aclanthology.org";

/// Where a walk through a collection is.
#[derive(Default)]
struct Place {
    collection: String,
    volume: String,
    ingested: Option<NaiveDate>,
    booktitle: String,
    date: Option<NaiveDate>,
}

/// Reads a collection: the papers of the volumes that count.
pub(super) fn read(bytes: &[u8], manifest: &Manifest) -> Result<Batch, Fault> {
    let mut walk = Walk::over(bytes, &["meta", "paper", "frontmatter", "event"])?;
    let mut place = Place::default();
    let mut batch = Batch::default();
    match walk.next()? {
        Some(Step::Open(root)) if root.name == "collection" => {
            place.collection = root.attribute("id").unwrap_or_default().to_owned();
        }
        _ => return Err("it is no collection of the ACL Anthology".into()),
    }
    let counts = |volume: &str| {
        manifest.filter.volumes.is_empty() || manifest.filter.volumes.iter().any(|one| one == volume)
    };
    while let Some(step) = walk.next()? {
        match step {
            Step::Open(element) if element.name == "volume" => place.enter(&element),
            Step::Whole(meta, _) if meta.name == "meta" => place.note(&meta, manifest),
            Step::Whole(paper, raw) if paper.name == "paper" && counts(&place.volume) => {
                place.paper(&paper, raw, manifest, &mut batch);
            }
            Step::TooLong(_) => batch.skipped.push(Skipped {
                what: format!("a paper of {}-{}", place.collection, place.volume),
                why: "it is longer than 1 MiB".into(),
            }),
            _ => (),
        }
    }
    Ok(batch)
}

impl Place {
    fn enter(&mut self, volume: &Element) {
        self.volume = volume.attribute("id").unwrap_or_default().to_owned();
        self.ingested = volume.attribute("ingest-date").and_then(content::day);
        self.booktitle.clear();
        self.date = None;
    }

    fn note(&mut self, meta: &Element, manifest: &Manifest) {
        self.booktitle = meta.child("booktitle").map(markup).unwrap_or_default();
        self.date = date(&meta.text_of("year"), &meta.text_of("month")).or(manifest.date).or(self.ingested);
    }

    fn paper(&self, paper: &Element, raw: &str, manifest: &Manifest, batch: &mut Batch) {
        let id = self.id(paper.attribute("id").unwrap_or_default());
        if paper.child("removed").is_some() {
            return batch.gone.push((SOURCE.to_owned(), id));
        }
        let harvested = self.draft(paper, &id, manifest).and_then(|draft| draft.harvested(raw));
        batch.take(id, harvested);
    }

    fn draft(&self, paper: &Element, id: &str, manifest: &Manifest) -> Result<Draft, String> {
        let own = date(&paper.text_of("year"), &paper.text_of("month"));
        let date = own.or(self.date).ok_or("its volume has no year")?;
        let group = manifest.group(&self.volume);
        Ok(Draft {
            authors: paper.children("author").map(name).collect(),
            summary: paper.child("abstract").map(markup).unwrap_or_default(),
            venue: manifest.venue(&self.booktitle, date, group),
            withdrawn: paper.child("retracted").is_some(),
            links: Links {
                page: Some(format!("{SITE}/{id}/")),
                pdf: paper.some_text_of("url").map(|url| pdf(&url)),
                doi: paper.some_text_of("doi"),
                license: manifest.licence.clone(),
            },
            ..Draft::of(SOURCE, id, paper.child("title").map(markup).unwrap_or_default(), date)
        })
    }

    /// `2024.acl-long.12`, or in the style before 2020 `P19-1012`, `W19-5203`.
    fn id(&self, paper: &str) -> String {
        let Self { collection, volume, .. } = self;
        if collection.contains('.') {
            return format!("{collection}-{volume}.{paper}");
        }
        let number = |text: &str| text.parse::<u32>().unwrap_or_default();
        let two = collection.starts_with('W')
            || collection == "C69"
            || (collection == "D19" && number(volume) >= 5);
        match two {
            true => format!("{collection}-{:02}{:02}", number(volume), number(paper)),
            false => format!("{collection}-{volume}{:03}", number(paper)),
        }
    }
}

/// Text with its marks: formulas get their dollars back. Capitals that are to be kept are capitals already, and LaTeX that its
/// authors forgot is left to whoever makes plain text.
fn markup(element: &Element) -> String {
    let mut text = String::new();
    for node in element.nodes() {
        match node {
            Node::Text(more) => text.push_str(more),
            Node::Element(inner) if inner.name == "tex-math" => text.push_str(&format!("${}$", inner.text())),
            Node::Element(inner) => text.push_str(&markup(inner)),
        }
    }
    text
}

fn name(author: &Element) -> String {
    let whole = format!("{} {} {}", author.text_of("first"), author.text_of("last"), author.text_of("affix"));
    whole.trim().to_owned()
}

/// Files of the Anthology go by their names, others by their addresses.
fn pdf(url: &str) -> String {
    if url.contains("://") { url.to_owned() } else { format!("{SITE}/{url}.pdf") }
}

/// The first of a month: `August`, `July-August`, `8`; of January if there is none.
fn date(year: &str, month: &str) -> Option<NaiveDate> {
    const NAMES: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = month.trim().to_lowercase();
    let named =
        NAMES.iter().position(|name| month.starts_with(name)).and_then(|at| u32::try_from(at + 1).ok());
    let numbered = month.parse().ok().filter(|month| (1..=12).contains(month));
    let first = NaiveDate::from_ymd_opt(year.trim().parse().ok()?, named.or(numbered).unwrap_or(1), 1)?;
    (1600..2200).contains(&first.year()).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLLECTION: &str = r#"<?xml version='1.0' encoding='UTF-8'?>
<collection id="2026.qx">
  <volume id="long" ingest-date="2026-08-20" type="proceedings">
    <meta>
      <booktitle>Proceedings of the 3rd Meeting on Quilts (Volume 1: Long Papers)</booktitle>
      <editor><first>Ed</first><last>Itor</last></editor>
      <publisher>Nobody</publisher><address>Nowhere</address><month>August</month><year>2026</year>
      <url hash="00000000">2026.qx-long</url><venue>qx</venue>
    </meta>
    <frontmatter><url hash="00000001">2026.qx-long.0</url><bibkey>qx-2026-long</bibkey></frontmatter>
    <paper id="1">
      <title><fixed-case>Q</fixed-case>uilt<fixed-case>BERT</fixed-case>: <tex-math>n^2</tex-math> for $5 &amp; <i>less</i></title>
      <author id="ada-sew"><first>Ada</first><last>Sew</last></author>
      <author><last>Mononym</last></author>
      <pages>1–12</pages>
      <abstract>We sew <tex-math>\alpha</tex-math> &lt; 1\% ~ two.</abstract>
      <url hash="00000002">2026.qx-long.1</url>
      <doi>10.18653/v1/2026.qx-long.1</doi><bibkey>sew-2026-quilt</bibkey>
    </paper>
    <paper id="2"><title>Taken back</title><author><first>B</first><last>C</last></author>
      <retracted date="2026-09-01">Wrong.</retracted></paper>
    <paper id="3"><title>Gone</title><removed date="2026-09-01">Not ours.</removed></paper>
    <paper id="4"><author><first>B</first><last>C</last></author></paper>
  </volume>
  <volume id="short" type="proceedings"><meta><booktitle>S</booktitle><year>2026</year></meta>
    <paper id="1"><title>Short</title></paper></volume>
  <event id="qx-2026"><colocated><volume-id>2026.ws-1</volume-id></colocated></event>
</collection>"#;

    fn manifest(more: &str) -> Manifest {
        let text = format!("kind = 'acl'\nlicence = 'https://creativecommons.org/licenses/by/4.0/'\n{more}");
        toml::from_str(&text).expect("a manifest")
    }

    #[test]
    fn papers_of_volumes_that_count() {
        let manifest = manifest("groups = {long = 'Long'}\nfilter = {volumes = ['long']}");
        let batch = read(COLLECTION.as_bytes(), &manifest).expect("a collection");
        let first = &batch.records[0].record;
        assert_eq!((first.key.source.as_str(), first.key.id.as_str()), ("acl", "2026.qx-long.1"));
        assert_eq!(first.title, "QuiltBERT: $n^2$ for $5 & less");
        assert_eq!(first.authors, ["Ada Sew", "Mononym"]);
        assert_eq!(first.summary, r"We sew $\alpha$ < 1% ~ two.");
        assert_eq!(first.date.to_string(), "2026-08-01");
        let venue = first.venue.as_ref().expect("a venue");
        assert_eq!((venue.year, venue.group.as_deref()), (2026, Some("Long")));
        assert_eq!(first.links.pdf.as_deref(), Some("https://aclanthology.org/2026.qx-long.1.pdf"));
        assert_eq!(first.links.doi.as_deref(), Some("10.18653/v1/2026.qx-long.1"));
        assert!(batch.records[1].record.withdrawn && !first.withdrawn);
        assert_eq!(batch.gone, [("acl".to_owned(), "2026.qx-long.3".to_owned())]);
        assert_eq!((batch.records.len(), batch.skipped[0].what.as_str()), (2, "2026.qx-long.4"));
    }

    #[test]
    fn without_a_filter_all_count() {
        let batch = read(COLLECTION.as_bytes(), &manifest("")).expect("a collection");
        assert_eq!(
            batch.records.last().map(|one| one.record.key.id.clone()).as_deref(),
            Some("2026.qx-short.1")
        );
        assert!(read(b"<collections/>", &manifest("")).is_err());
    }

    #[test]
    fn identifiers_of_both_styles() {
        let check = |collection: &str, volume: &str, paper: &str, expected: &str| {
            let place = Place { collection: collection.into(), volume: volume.into(), ..Place::default() };
            assert_eq!(place.id(paper), expected);
        };
        check("2026.qx", "main", "7", "2026.qx-main.7");
        check("P19", "1", "12", "P19-1012");
        check("W19", "52", "3", "W19-5203");
        check("W19", "5", "3", "W19-0503");
        check("D19", "1", "3", "D19-1003");
        check("D19", "57", "3", "D19-5703");
        check("C69", "1", "3", "C69-0103");
    }

    #[test]
    fn months_in_all_spellings() {
        let check = |month: &str, expected: &str| {
            assert_eq!(date("2026", month).map(|day| day.to_string()).as_deref(), Some(expected), "{month}");
        };
        check("August", "2026-08-01");
        check("july-august", "2026-07-01");
        check("9", "2026-09-01");
        check("", "2026-01-01");
        check("13", "2026-01-01");
        assert_eq!(date("MMXXVI", "May"), None);
    }
}
