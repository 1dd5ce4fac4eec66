//! A proceedings as a file of BibTeX.

use cite::bibtex::{self, Entry};
use content::Links;

use super::{Id, Manifest};
use crate::{Batch, batch::Skipped, draft::Draft, xml::Fault};

/// Reads a file: the entries that count. The raw text of a record is its entry's fields, one a line.
pub(super) fn read(bytes: &[u8], manifest: &Manifest) -> Result<Batch, Fault> {
    let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8")?;
    let reading = bibtex::read(text);
    let mut batch = Batch::default();
    for entry in reading.entries.iter().filter(|entry| counts(entry, manifest)) {
        let harvested = draft(entry, manifest).and_then(|draft| draft.harvested(&raw(entry)));
        batch.take(format!("line {}", entry.line), harvested);
    }
    let rejected = reading.rejected.into_iter();
    batch.skipped.extend(rejected.map(|one| Skipped { what: format!("line {}", one.line), why: one.reason }));
    if batch.is_empty() && reading.entries.is_empty() {
        return Err("there is no entry of BibTeX in it".into());
    }
    Ok(batch)
}

/// Whole proceedings are entries as well, and no papers.
fn counts(entry: &Entry, manifest: &Manifest) -> bool {
    match manifest.filter.entries.as_slice() {
        [] => !["proceedings", "book", "misc", "collection"].contains(&entry.kind.as_str()),
        asked => asked.contains(&entry.kind),
    }
}

fn draft(entry: &Entry, manifest: &Manifest) -> Result<Draft, String> {
    let date = entry.date().or(manifest.date).ok_or("it has no year")?;
    let id = id(entry, manifest.id)?;
    let page = entry.url();
    let pdf = entry.field("pdf").map(str::to_owned).filter(|pdf| pdf.starts_with("http"));
    Ok(Draft {
        authors: entry.authors(),
        summary: entry.summary().unwrap_or_default(),
        keywords: entry.keywords(),
        venue: manifest.venue(&entry.container().unwrap_or_default(), date, group(entry, manifest)),
        links: Links {
            pdf: pdf.or_else(|| page.clone().filter(|url| url.ends_with(".pdf"))),
            page,
            doi: entry.doi(),
            license: manifest.licence.clone(),
        },
        ..Draft::of(
            manifest.source.as_deref().unwrap_or_default(),
            id,
            entry.title().unwrap_or_default(),
            date,
        )
    })
}

fn id(entry: &Entry, scheme: Id) -> Result<String, String> {
    let id = match scheme {
        Id::Key => Some(entry.key.clone()),
        Id::Doi => entry.doi(),
        Id::Url => entry.url().and_then(|url| url.trim_end_matches('/').rsplit('/').next().map(stem)),
    };
    id.filter(|id| !id.is_empty())
        .ok_or_else(|| "it has not the field that is to be its identifier".to_owned())
}

fn stem(name: &str) -> String {
    [".html", ".htm", ".pdf"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name).to_owned()
}

/// The group of the manifest whose word is in the title of the proceedings.
fn group(entry: &Entry, manifest: &Manifest) -> Option<String> {
    let title = entry.container().unwrap_or_default().to_lowercase();
    manifest
        .groups
        .iter()
        .find(|(word, _)| title.contains(&word.to_lowercase()))
        .map(|(_, group)| group.clone())
}

fn raw(entry: &Entry) -> String {
    let fields: String = entry.fields().map(|(name, value)| format!("  {name} = {{{value}}},\n")).collect();
    format!("@{}{{{},\n{fields}}}", entry.kind, entry.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
@proceedings{q26, title = {Proceedings of Q}, year = 2026}
@inproceedings{sew26a,
  title = {{Q}uilts: {\em Schr\"odinger's} Way at 5\% of $n$}, author = {Sew, Ada and K{\'o}v{\'a}cs, P{\'a}l},
  booktitle = {Proceedings of Q (Oral Track)}, year = {2026}, month = jul, abstract = {We sew -- twice.},
  pdf = {https://q.example/sew26a/sew26a.pdf}, url = {https://q.example/v1/sew26a.html}, doi = {10.1000/q.1},
}
@inproceedings{noyear, title = {N}, author = {A B}}
@inproceedings{broken, title = {B}, year = }
"#;

    fn manifest(more: &str) -> Manifest {
        let text = format!(
            "kind = 'bibtex'\nsource = 'quilts'\nvenue = {{key = 'Q', year = 2026, name = 'Quilts'}}\n{more}"
        );
        toml::from_str(&text).expect("a manifest")
    }

    #[test]
    fn entries_are_records() {
        let batch = read(FILE.as_bytes(), &manifest("groups = {oral = 'Oral'}")).expect("BibTeX");
        let record = &batch.records[0].record;
        assert_eq!((record.key.source.as_str(), record.key.id.as_str()), ("quilts", "sew26a"));
        assert_eq!(record.title, "Quilts: Schrödinger's Way at 5% of $n$");
        assert_eq!(record.authors, ["Ada Sew", "Pál Kóvács"]);
        assert_eq!(
            (record.summary.as_str(), record.date.to_string().as_str()),
            ("We sew – twice.", "2026-07-01")
        );
        assert_eq!(record.venue.as_ref().and_then(|venue| venue.group.as_deref()), Some("Oral"));
        assert_eq!(record.links.pdf.as_deref(), Some("https://q.example/sew26a/sew26a.pdf"));
        assert_eq!(record.links.doi.as_deref(), Some("10.1000/q.1"));
        assert!(batch.records[0].raw.contains("title = {{Q}uilts"));
        assert_eq!((batch.records.len(), batch.skipped.len()), (1, 2), "{:?}", batch.skipped);
    }

    #[test]
    fn identifiers_and_filters() {
        let ids = |more: &str| {
            let batch = read(FILE.as_bytes(), &manifest(more)).expect("BibTeX");
            batch.records.iter().map(|one| one.record.key.id.clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids("id = 'doi'"), ["10.1000/q.1"]);
        assert_eq!(ids("id = 'url'"), ["sew26a"]);
        assert_eq!(ids("filter = {entries = ['proceedings']}"), ["q26"]);
        assert_eq!(ids("date = '2026-05-01'"), ["sew26a", "noyear"]);
        assert!(read(b"no BibTeX", &manifest("")).is_err());
        assert!(read(b"\xff", &manifest("")).is_err());
    }
}
