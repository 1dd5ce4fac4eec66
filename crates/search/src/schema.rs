use content::{DocId, Kind};
use tantivy::{
    TantivyDocument, Term,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::TokenizerManager,
};

use crate::{
    Document,
    text::{Terms, title_key},
};

/// Part of the folder's name. Raise it when terms or fields change: the old index is then left alone
/// and a new one fills itself.
pub(crate) const VERSION: u32 = 1;

/// The name of the fast column with [`key`].
pub(crate) const KEY: &str = "key";

const TERMS: &str = "terms";
const KIND_SHIFT: u32 = 56;

/// What is indexed. Nothing is stored.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    pub(crate) key: Field,
    pub(crate) kind: Field,
    pub(crate) title: Field,
    pub(crate) body: Field,
    pub(crate) authors: Field,
    pub(crate) whole_title: Field,
    pub(crate) identifiers: Field,
    pub(crate) categories: Field,
    pub(crate) venue: Field,
    pub(crate) year: Field,
    pub(crate) date: Field,
    pub(crate) language: Field,
}

impl Fields {
    pub(crate) fn new() -> Self {
        let mut schema = Schema::builder();
        let terms = TextFieldIndexing::default()
            .set_tokenizer(TERMS)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(terms);
        let facet = STRING.set_fast("raw");
        Self {
            key: schema.add_u64_field(KEY, INDEXED | FAST),
            kind: schema.add_text_field("kind", STRING),
            title: schema.add_text_field("title", text.clone()),
            body: schema.add_text_field("body", text.clone()),
            authors: schema.add_text_field("authors", text),
            whole_title: schema.add_text_field("whole_title", STRING),
            identifiers: schema.add_text_field("identifiers", STRING),
            categories: schema.add_text_field("categories", facet.clone()),
            venue: schema.add_text_field("venue", facet.clone()),
            year: schema.add_i64_field("year", INDEXED | FAST),
            date: schema.add_i64_field("date", FAST),
            language: schema.add_text_field("language", facet),
            schema: schema.build(),
        }
    }

    /// The engine's document for one of ours.
    pub(crate) fn document(&self, document: &Document) -> TantivyDocument {
        let mut made = TantivyDocument::default();
        made.add_u64(self.key, key(document.id));
        made.add_text(self.kind, document.id.kind.name());
        made.add_text(self.title, &document.title);
        made.add_text(self.body, &document.body);
        made.add_text(self.whole_title, title_key(&document.title));
        document.authors.iter().for_each(|name| made.add_text(self.authors, name));
        document
            .identifiers
            .iter()
            .flat_map(|id| spellings(id))
            .for_each(|id| made.add_text(self.identifiers, id));
        document.categories.iter().for_each(|name| made.add_text(self.categories, name.to_lowercase()));
        document.venue.iter().for_each(|name| made.add_text(self.venue, name.to_lowercase()));
        document.year.iter().for_each(|year| made.add_i64(self.year, i64::from(*year)));
        document.date.iter().for_each(|date| made.add_i64(self.date, i64::from(date.to_epoch_days())));
        made.add_text(self.language, document.language.code());
        made
    }

    /// The term that names one document.
    pub(crate) fn key_term(&self, id: DocId) -> Term {
        Term::from_field_u64(self.key, key(id))
    }
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

/// All kinds, in the order in which they are counted.
pub(crate) const KINDS: [Kind; 4] = [Kind::Paper, Kind::Post, Kind::Comment, Kind::Answer];

/// The place of a kind in [`KINDS`].
pub(crate) fn kind_index(kind: Kind) -> usize {
    match kind {
        Kind::Paper => 0,
        Kind::Post => 1,
        Kind::Comment => 2,
        Kind::Answer => 3,
    }
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
