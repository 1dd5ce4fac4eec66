use crate::{Kind, Work, keys::keys, plain};

/// A record for each work. Lines end with CRLF, as the format's readers expect.
///
/// Source: the tags and types that reference managers share, <https://en.wikipedia.org/wiki/RIS_(file_format)>.
pub(crate) fn write(works: &[Work]) -> String {
    works.iter().zip(keys(works)).map(|(work, key)| record(work, key)).collect()
}

fn record(work: &Work, key: String) -> String {
    let container = match work.kind {
        Kind::Preprint => None,
        Kind::Conference | Kind::Article | Kind::Post => work.container.as_deref().map(plain::line),
    };
    let one = |tag, value: Option<String>| value.map(|value| (tag, value));
    let many =
        |tag, values: &[String]| values.iter().map(|value| (tag, plain::line(value))).collect::<Vec<_>>();
    let head = [("TY", kind(work.kind).to_owned()), ("ID", key), ("TI", plain::text(&work.title))];
    let authors = work.authors.iter().map(|person| ("AU", person.inverted()));
    let proceedings = container.clone().filter(|_| work.kind == Kind::Conference);
    let facts = [
        one("PY", Some(work.year.to_string())),
        one("DA", work.date.map(|date| date.format("%Y/%m/%d").to_string())),
        one("T2", container),
        one("C3", proceedings),
        one("PB", work.archive().map(str::to_owned)),
        one("AN", work.arxiv.as_ref().map(|id| format!("arXiv:{id}"))),
        one("DO", work.doi.as_deref().map(plain::line)),
        one("UR", Some(plain::line(&work.url))),
        one("L1", work.pdf.as_deref().map(plain::line)),
        one("AB", Some(plain::text(&work.summary))),
        one("N1", work.note.as_deref().map(plain::text)),
    ];
    let tags =
        head.into_iter().chain(authors).chain(facts.into_iter().flatten()).chain(many("KW", &work.keywords));
    let lines: String = tags
        .filter(|(_, value)| !value.is_empty())
        .map(|(tag, value)| format!("{tag}  - {value}\r\n"))
        .collect();
    format!("{lines}ER  - \r\n\r\n")
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Preprint => "UNPB",
        Kind::Conference => "CONF",
        Kind::Article => "JOUR",
        Kind::Post => "BLOG",
    }
}
