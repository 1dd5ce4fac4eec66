use content::{DocId, Kind};
use tantivy::{
    TantivyDocument, Term,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TokenizerManager,
};

use crate::{
    Document, Facet, authors,
    text::{DIVIDER, Terms, title_key},
};

/// Part of the folder's name. Raise it when terms or fields change: a new index then fills itself, and the old one is
/// removed when that is done.
pub(crate) const VERSION: u32 = 3;

/// The name of the fast column with [`key`].
pub(crate) const KEY: &str = "key";
/// The name of the fast column with the day of appearance, in days since 1970.
pub(crate) const DATE: &str = "date";

/// The name of the fast column with the title's words run together.
pub(crate) const WHOLE_TITLE: &str = "whole_title";

const TERMS: &str = "terms";
const KIND_SHIFT: u32 = 56;

/// What is indexed. Nothing is stored.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    pub(crate) key: Field,
    pub(crate) title: Field,
    /// The body, and what of title and authors it lacks.
    pub(crate) text: Field,
    /// The [keys](authors::keys) of the authors' names.
    pub(crate) names: Field,
    pub(crate) whole_title: Field,
    pub(crate) identifiers: Field,
    /// In lower case, as the venues.
    pub(crate) categories: Field,
    pub(crate) venue: Field,
    pub(crate) year: Field,
    pub(crate) date: Field,
    facets: [(Facet, Field); Facet::ALL.len()],
}

impl Fields {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let terms = TextFieldIndexing::default()
            .set_tokenizer(TERMS)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(terms);
        Self {
            key: schema.add_u64_field(KEY, INDEXED | FAST),
            title: schema.add_text_field("title", text.clone()),
            text: schema.add_text_field("text", text),
            names: schema.add_text_field("names", STRING),
            whole_title: schema.add_text_field(WHOLE_TITLE, STRING.set_fast("raw")),
            identifiers: schema.add_text_field("identifiers", STRING),
            categories: schema.add_text_field("categories", STRING),
            venue: schema.add_text_field("venue_key", STRING),
            year: schema.add_i64_field("years", INDEXED | FAST),
            date: schema.add_i64_field(DATE, FAST),
            facets: Facet::ALL
                .map(|facet| (facet, schema.add_text_field(facet.name(), STRING.set_fast("raw")))),
            schema: schema.build(),
        }
    }

    /// The engine's document for one of ours.
    pub(crate) fn document(&self, document: &Document) -> TantivyDocument {
        let mut made = TantivyDocument::default();
        made.add_u64(self.key, key(document.id));
        made.add_text(self.title, &document.title);
        made.add_text(self.text, whole_text(document));
        made.add_text(self.whole_title, title_key(&document.title));
        for name in &document.authors {
            authors::keys(name).into_iter().for_each(|key| made.add_text(self.names, key));
        }
        let identifiers = document.identifiers.iter().flat_map(|id| spellings(id));
        identifiers.for_each(|id| made.add_text(self.identifiers, id));
        for category in &document.categories {
            made.add_text(self.categories, content::canonical_category(&category.to_lowercase()));
        }
        document.venue.iter().for_each(|name| made.add_text(self.venue, name.to_lowercase()));
        document.year.iter().for_each(|year| made.add_i64(self.year, i64::from(*year)));
        // Always a value: a column with one for each document is the quickest to read.
        made.add_i64(self.date, document.date.map_or(i64::MIN, |date| i64::from(date.to_epoch_days())));
        for (facet, field) in self.facets {
            values(document, facet).into_iter().for_each(|value| made.add_text(field, value));
        }
        made
    }

    /// The field whose terms are the values of a facet.
    pub(crate) fn facet(&self, facet: Facet) -> Field {
        self.facets[Facet::ALL.iter().position(|one| *one == facet).unwrap_or_default()].1
    }

    /// The term that names one document.
    pub(crate) fn key_term(&self, id: DocId) -> Term {
        Term::from_field_u64(self.key, key(id))
    }
}

/// The text with title and authors behind it, as [`Terms`] takes it.
fn whole_text(document: &Document) -> String {
    let body = document.body.replace(DIVIDER, " ");
    let more = std::iter::once(&document.title).chain(&document.authors);
    more.fold(body + &DIVIDER.to_string(), |text, more| text + more + "\n")
}

/// A document's values of a facet; an empty one where it has none, except for categories.
fn values(document: &Document, facet: Facet) -> Vec<String> {
    let one = match facet {
        Facet::Kind => document.id.kind.name().to_owned(),
        Facet::Source => document.source.clone().unwrap_or_default(),
        Facet::Category => {
            return document
                .categories
                .iter()
                .map(|name| content::canonical_category(name).to_owned())
                .collect();
        }
        Facet::Venue => document.venue.clone().unwrap_or_default(),
        Facet::Year => document.year.map(|year| year.to_string()).unwrap_or_default(),
        Facet::Language => document.language.code().to_owned(),
        Facet::Answered => if document.answered { "yes" } else { "" }.to_owned(),
    };
    vec![one]
}

/// The tokenizers that the fields name.
pub(crate) fn tokenizers() -> TokenizerManager {
    let manager = TokenizerManager::default();
    manager.register(TERMS, Terms::default());
    manager
}

/// Kind and number of a document in one number, so that one column answers both.
pub(crate) fn key(id: DocId) -> u64 {
    let number = u64::try_from(id.id).unwrap_or_default();
    ((kind_index(id.kind) as u64) << KIND_SHIFT) | (number & ((1 << KIND_SHIFT) - 1))
}

/// The document of a [`key`].
pub(crate) fn id(key: u64) -> DocId {
    let number = i64::try_from(key & ((1 << KIND_SHIFT) - 1)).unwrap_or_default();
    DocId { kind: KINDS[(key >> KIND_SHIFT) as usize % KINDS.len()], id: number }
}

const KINDS: [Kind; 4] = [Kind::Paper, Kind::Post, Kind::Comment, Kind::Answer];

fn kind_index(kind: Kind) -> usize {
    KINDS.iter().position(|one| *one == kind).unwrap_or_default()
}

/// An identifier as it is, and what follows its last slash, which people also paste.
fn spellings(id: &str) -> impl Iterator<Item = String> {
    let id = id.to_lowercase();
    let last = id.rsplit_once('/').map(|(_, last)| last.to_owned()).filter(|last| last.len() > 7);
    std::iter::once(id).chain(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_names() {
        for kind in KINDS {
            for number in [0, 1, 1 << 40] {
                let doc = DocId { kind, id: number };
                assert_eq!(id(key(doc)), doc);
            }
        }
    }
}
