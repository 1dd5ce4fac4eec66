use chrono::Datelike as _;

use super::{
    MONTHS,
    latex::{self, prose, title},
};
use crate::{Kind, Person, Work, keys::keys};

/// An entry for each work, with a blank line between.
pub(crate) fn write(works: &[Work]) -> String {
    let entries: Vec<_> = works.iter().zip(keys(works)).map(|(work, key)| entry(work, &key)).collect();
    let mut file = entries.join("\n\n");
    file.push('\n');
    file
}

fn entry(work: &Work, key: &str) -> String {
    let mut entry = format!("@{}{{{key},\n", kind(work.kind));
    for (name, value) in fields(work) {
        entry.push_str(&format!("  {name:<13} = {value},\n"));
    }
    entry.push('}');
    entry
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Preprint => "misc",
        Kind::Conference => "inproceedings",
        Kind::Article => "article",
        Kind::Post => "online",
    }
}

/// The fields of a work in the order that people expect, with their values in braces.
fn fields(work: &Work) -> Vec<(&'static str, String)> {
    let braced = |value: String| format!("{{{value}}}");
    let container = match work.kind {
        Kind::Preprint => "howpublished",
        Kind::Conference => "booktitle",
        Kind::Article => "journal",
        Kind::Post => "organization",
    };
    let authors: Vec<_> = work.authors.iter().map(name).collect();
    let arxiv = work.arxiv.as_deref();
    let primary = work.categories.first().filter(|_| arxiv.is_some());
    let all = [
        ("title", Some(braced(title(&work.title)))),
        ("author", (!authors.is_empty()).then(|| braced(authors.join(" and ")))),
        (container, work.container.as_deref().map(|name| braced(prose(name)))),
        ("year", Some(braced(work.year.to_string()))),
        ("month", work.date.map(|date| MONTHS[date.month0() as usize].to_owned())),
        ("eprint", arxiv.map(|id| braced(latex::verbatim(id)))),
        ("archivePrefix", arxiv.map(|_| braced("arXiv".into()))),
        ("primaryClass", primary.map(|name| braced(latex::verbatim(name)))),
        ("doi", work.doi.as_deref().map(|doi| braced(latex::verbatim(doi)))),
        ("url", Some(braced(latex::verbatim(&work.url)))),
        ("keywords", (!work.keywords.is_empty()).then(|| braced(prose(&work.keywords.join(", "))))),
        ("note", work.note.as_deref().map(|note| braced(prose(note)))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// `von Last, Jr, First`, the one form that no program reads wrongly. What has no parts is in braces; so are names
/// of the East, which no style should turn around.
fn name(person: &Person) -> String {
    match person {
        Person::Human { given, particle, family, suffix } => {
            let family = prose(&crate::person::joined([particle, family]));
            let parts = [family, prose(suffix), prose(given)];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Person::Eastern { .. } | Person::Whole(_) => format!("{{{}}}", prose(&person.full())),
    }
}
