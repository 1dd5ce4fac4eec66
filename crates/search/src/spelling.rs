//! "Did you mean": words that are in no document or hardly any, and what they are probably meant to be.

use std::collections::BTreeMap;

use tantivy::{Searcher, Term, query::FuzzyTermQuery, schema::Field};
use words::Word;

use crate::{
    Error, Query,
    query::{Clause, Demand, Group, Node},
    schema::Fields,
    text::{EXACT, exact_term, stem_term},
};

/// The shortest word that is mended, in letters.
const SHORTEST: usize = 4;
/// From this length on a word may have two mistakes.
const TWO_MISTAKES: usize = 7;
/// The most words that are mended: each takes about as long as a search.
const MOST_MENDED: usize = 4;
/// A word in at most so many documents may be a mistake, when one like it is in this many times as many.
const RARE: u64 = 5;
const MORE_FREQUENT: u64 = 100;
/// A word with two mistakes must be meant to be one that this many documents hold.
const KNOWN: u64 = 3;

/// The query with words that hardly any document holds replaced by frequent ones like them, if there are any.
pub(crate) fn suggestion(
    searcher: &Searcher,
    fields: &Fields,
    query: &Query,
) -> Result<Option<String>, Error> {
    let spelling = Spelling { searcher, field: fields.text };
    let mut text = query.text().to_owned();
    let mut doubtful = Vec::new();
    for (start, word) in words(&query.clauses) {
        if doubtful.len() < MOST_MENDED && spelling.is_doubtful(&word)? {
            doubtful.push((start, word));
        }
    }
    let mut mended = false;
    // From behind, so that ranges stay right.
    for (start, word) in doubtful.into_iter().rev() {
        if let Some(meant) = spelling.meant(&word)? {
            text.replace_range(start + word.range.start..start + word.range.end, &meant);
            mended = true;
        }
    }
    Ok(mended.then_some(text))
}

/// The wanted words, and where their ranges begin in the query.
fn words(clauses: &[Clause]) -> Vec<(usize, Word)> {
    let mut found = Vec::new();
    for clause in clauses.iter().filter(|clause| clause.demand != Demand::Excluded) {
        match &clause.node {
            Node::Chunk(_, chunk) if chunk.verbatim => {
                let parts = chunk.groups.iter().filter_map(|group| match group {
                    Group::Compound { parts, .. } => Some(parts),
                    _ => None,
                });
                found.extend(parts.flatten().map(|word| (chunk.start, word.clone())));
            }
            Node::All(clauses) => found.extend(words(clauses)),
            Node::Any(alternatives) => found.extend(alternatives.iter().flat_map(|clauses| words(clauses))),
            _ => (),
        }
    }
    found
}

struct Spelling<'a> {
    searcher: &'a Searcher,
    field: Field,
}

impl Spelling<'_> {
    /// Whether a word that can be mended is in hardly any document.
    fn is_doubtful(&self, word: &Word) -> Result<bool, Error> {
        let exact = word.exact();
        let mendable = exact.chars().count() >= SHORTEST && exact.chars().all(char::is_alphabetic);
        Ok(mendable && self.documents(stem_term(word))? <= RARE)
    }

    /// What a doubtful word is meant to be, if it is meant to be another.
    fn meant(&self, word: &Word) -> Result<Option<String>, Error> {
        let documents = self.documents(stem_term(word))?;
        if let Some(near) = self.nearest(word, 1, (documents * MORE_FREQUENT).max(1))? {
            return Ok(Some(near));
        }
        if documents > 0 {
            return Ok(None);
        }
        if let Some(two) = self.divided(word)? {
            return Ok(Some(two));
        }
        if word.exact().chars().count() >= TWO_MISTAKES { self.nearest(word, 2, KNOWN) } else { Ok(None) }
    }

    /// The most frequent word within so many mistakes.
    fn nearest(&self, word: &Word, mistakes: u8, least: u64) -> Result<Option<String>, Error> {
        let like = FuzzyTermQuery::new(Term::from_field_text(self.field, &exact_term(word)), mistakes, true);
        let mut candidates: BTreeMap<String, u64> = BTreeMap::new();
        for segment in self.searcher.segment_readers() {
            let index = segment.inverted_index(self.field)?;
            let terms = index.terms().search(like.automaton()?).into_stream();
            let mut terms = terms.map_err(tantivy::TantivyError::from)?;
            while terms.advance() {
                let term = std::str::from_utf8(terms.key()).ok().and_then(|term| term.strip_prefix(EXACT));
                if let Some(term) = term.filter(|term| term.chars().all(char::is_alphabetic)) {
                    *candidates.entry(term.to_owned()).or_default() += u64::from(terms.value().doc_freq);
                }
            }
        }
        let known = candidates.into_iter().filter(|(_, documents)| *documents >= least);
        Ok(known.max_by_key(|(_, documents)| *documents).map(|(term, _)| term))
    }

    /// Two words that were written as one.
    fn divided(&self, word: &Word) -> Result<Option<String>, Error> {
        let mut best = (KNOWN - 1, None);
        for (at, _) in word.exact().char_indices().skip(3) {
            let (first, second) = word.exact().split_at(at);
            if second.chars().count() < 3 {
                break;
            }
            let documents = self.exactly(first)?.min(self.exactly(second)?);
            if documents > best.0 {
                best = (documents, Some(format!("{first} {second}")));
            }
        }
        Ok(best.1)
    }

    fn exactly(&self, word: &str) -> Result<u64, Error> {
        self.documents(&format!("{EXACT}{word}"))
    }

    /// How many documents hold a term.
    fn documents(&self, term: &str) -> Result<u64, Error> {
        Ok(self.searcher.doc_freq(&Term::from_field_text(self.field, term))?)
    }
}
