//! What must hold for any text; for property tests and for the fuzzer.

use cite::{Format, Kind, Person, Work, bibtex};

/// A file is read, and every part of every entry can be asked for. The same text as title and author is an entry.
pub(crate) fn bibtex(text: &str) {
    for entry in bibtex::read(text).entries {
        let _ = (entry.title(), entry.summary(), entry.container(), entry.keywords());
        let _ = (entry.authors(), entry.year(), entry.month(), entry.date(), entry.url(), entry.doi());
    }
    let file = Format::Bibtex.write(&[work(text)]);
    let read = bibtex::read(&file);
    assert_eq!((read.entries.len(), read.rejected.len()), (1, 0), "{file}");
}

fn work(text: &str) -> Work {
    Work {
        kind: Kind::Conference,
        title: text.to_owned(),
        authors: Person::of(text).into_iter().collect(),
        year: 2024,
        date: None,
        container: Some(text.to_owned()),
        summary: text.to_owned(),
        keywords: vec![text.to_owned()],
        categories: Vec::new(),
        arxiv: None,
        identifier: "a/b".to_owned(),
        doi: Some(text.to_owned()),
        url: text.to_owned(),
        page: "https://ink.example/p".to_owned(),
        pdf: None,
        license: None,
        note: Some(text.to_owned()),
    }
}
