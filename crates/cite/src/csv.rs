use crate::{Kind, Work, keys::keys, plain};

const COLUMNS: [&str; 16] = [
    "key",
    "type",
    "title",
    "authors",
    "year",
    "date",
    "venue",
    "identifier",
    "doi",
    "url",
    "page",
    "pdf",
    "categories",
    "keywords",
    "license",
    "abstract",
];

/// A table with a line for each work, after a line of names: RFC 4180, UTF-8, lists parted by semicolons.
pub(crate) fn write(works: &[Work]) -> String {
    let head = row(COLUMNS.map(str::to_owned));
    works.iter().zip(keys(works)).fold(head, |table, (work, key)| table + &row(cells(work, key)))
}

fn cells(work: &Work, key: String) -> [String; COLUMNS.len()] {
    let text = |text: &Option<String>| text.as_deref().map(plain::text).unwrap_or_default();
    let authors: Vec<_> = work.authors.iter().map(crate::Person::full).collect();
    [
        key,
        kind(work.kind).into(),
        plain::text(&work.title),
        authors.join("; "),
        work.year.to_string(),
        work.iso_date(),
        text(&work.container),
        plain::line(&work.identifier),
        text(&work.doi),
        plain::line(&work.url),
        plain::line(&work.page),
        text(&work.pdf),
        plain::line(&work.categories.join("; ")),
        plain::line(&work.keywords.join("; ")),
        text(&work.license),
        plain::text(&work.summary),
    ]
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Preprint => "preprint",
        Kind::Conference => "conference",
        Kind::Article => "article",
        Kind::Post => "post",
    }
}

fn row(cells: [String; COLUMNS.len()]) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| quoted(&guarded(cell))).collect();
    format!("{}\r\n", cells.join(","))
}

/// A spreadsheet takes what begins so for a formula, and may run it.
fn guarded(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

fn quoted(cell: &str) -> String {
    let needed = cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if needed { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
