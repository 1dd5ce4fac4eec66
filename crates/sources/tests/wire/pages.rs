//! Pages of OAI-PMH as arXiv writes them, of papers that do not exist.

/// A page of records, with what follows them.
pub(crate) fn page(answered: &str, inside: &str, token: Option<&str>) -> String {
    let token = match token {
        Some("") => "<resumptionToken/>".to_owned(),
        Some(token) => format!("<resumptionToken expires='2026-11-25T00:00:00Z'>{token}</resumptionToken>"),
        None => String::new(),
    };
    answer(answered, &format!("<ListRecords>{inside}{token}</ListRecords>"))
}

/// What the repository says is wrong.
pub(crate) fn error(answered: &str, code: &str) -> String {
    answer(answered, &format!("<error code='{code}'>It is so.</error>"))
}

pub(crate) fn answer(answered: &str, inside: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/ \
         http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd\">\n<responseDate>{answered}T03:04:05Z</responseDate>\n\
         <request verb=\"ListRecords\" metadataPrefix=\"arXivRaw\">http://oaipmh.example/oai</request>\n{inside}</OAI-PMH>"
    )
}

/// A paper of this number that changed on this day, in its first `versions` versions.
pub(crate) fn record(number: u32, changed: &str, versions: u32, more: &str) -> String {
    let versions: String = (1..=versions)
        .map(|version| {
            format!(
                "<version version=\"v{version}\"><date>Mon, 2 Nov 2026 10:0{version}:00 GMT</date><size>9kb</size></version>"
            )
        })
        .collect();
    format!(
        "<record><header><identifier>oai:arXiv.org:2611.{number:05}</identifier><datestamp>{changed}</datestamp>\
         <setSpec>math:math:CO</setSpec></header><metadata><arXivRaw xmlns=\"http://arxiv.org/OAI/arXivRaw/\">\
         <id>2611.{number:05}</id><submitter>Ada Sew</submitter>{versions}<title>Quilt number {number}</title>\
         <authors>Ada Sew, B. C. Knot (1) ((1) Univ.)</authors><categories>math.CO</categories>{more}\
         <abstract>  We sew $n$ quilts.\n</abstract></arXivRaw></metadata></record>"
    )
}

/// The header of a paper that was deleted.
pub(crate) fn deleted(number: u32, changed: &str) -> String {
    format!(
        "<record><header status=\"deleted\"><identifier>oai:arXiv.org:2611.{number:05}</identifier>\
         <datestamp>{changed}</datestamp></header></record>"
    )
}
