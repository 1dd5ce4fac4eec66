use serde::Serialize;

use crate::{Kind, Person, Work, keys::keys, plain};

/// A work as CSL-JSON has it.
///
/// Source: <https://github.com/citation-style-language/schema>, `csl-data.json`.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Item {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Name>,
    issued: Issued,
    #[serde(skip_serializing_if = "Option::is_none")]
    container_title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(rename = "DOI", skip_serializing_if = "Option::is_none")]
    doi: Option<String>,
    #[serde(rename = "URL")]
    url: String,
    #[serde(rename = "abstract", skip_serializing_if = "String::is_empty")]
    summary: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    keyword: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Name {
    Parts(Parts),
    Whole { literal: String },
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Parts {
    family: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    given: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    non_dropping_particle: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    suffix: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Issued {
    date_parts: [Vec<i32>; 1],
}

/// A JSON array with an object for each work.
pub(crate) fn write(works: &[Work]) -> String {
    let items: Vec<_> = works.iter().zip(keys(works)).map(|(work, key)| item(work, key)).collect();
    serde_json::to_string_pretty(&items).expect("texts and numbers are JSON")
}

fn item(work: &Work, key: String) -> Item {
    Item {
        id: key,
        kind: kind(work.kind),
        title: plain::text(&work.title),
        author: work.authors.iter().map(name).collect(),
        issued: Issued { date_parts: [work.date_parts()] },
        container_title: work.container.as_deref().map(plain::line),
        publisher: work.archive(),
        number: work.arxiv.as_ref().map(|id| format!("arXiv:{id}")),
        doi: work.doi.clone(),
        url: work.url.clone(),
        summary: plain::text(&work.summary),
        keyword: plain::line(&work.keywords.join(", ")),
        note: work.note.as_deref().map(plain::text),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Preprint => "article",
        Kind::Conference => "paper-conference",
        Kind::Article => "article-journal",
        Kind::Post => "post-weblog",
    }
}

fn name(person: &Person) -> Name {
    let parts = |family: &String, given: &String, particle: &str, suffix: &str| {
        Name::Parts(Parts {
            family: family.clone(),
            given: given.clone(),
            non_dropping_particle: particle.to_owned(),
            suffix: suffix.to_owned(),
        })
    };
    match person {
        Person::Human { given, particle, family, suffix } => parts(family, given, particle, suffix),
        Person::Eastern { family, given } => parts(family, given, "", ""),
        Person::Whole(name) => Name::Whole { literal: name.clone() },
    }
}
