use std::collections::HashMap;

use content::{DocId, Kind};
use tantivy::{
    DocAddress, DocSet, Searcher, Term,
    query::{BooleanQuery, BoostQuery, Occur, Query as EngineQuery, TermQuery},
    schema::IndexRecordOption,
};
use words::{Shape, Word};

use crate::{
    Document, Error, Facet, Filters, Sort,
    collect::{Best, Ranked},
    columns::OpenColumns,
    plan::TITLE,
    schema::{self, Fields},
    text::{plain, title_key},
};

/// The most telling terms of a document that are looked for.
const TERMS: usize = 40;
/// How often a word of the title counts.
const IN_TITLE: f32 = 3.0;
/// Words of a body that are looked at: the beginning says what a text is about.
const BODY_WORDS: usize = 600;
/// Shared words that are given as the reason.
const REASONS: usize = 6;

/// A document like another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Related {
    /// Its name in storage.
    pub id: DocId,
    /// How like it is; comparable only within one answer.
    pub score: f32,
    /// The most telling words that both have, as the first document writes them.
    pub shared: Vec<String>,
}

/// A term of the document and what it says about it.
struct Telling {
    term: String,
    /// How the document writes it.
    written: String,
    /// How often it occurs, more for the title. The engine multiplies rarity to it.
    weight: f32,
    /// Weight and rarity together: the order in which terms are chosen and named.
    worth: f32,
}

pub(crate) fn related(
    searcher: &Searcher,
    fields: &Fields,
    columns: &OpenColumns,
    document: &Document,
    limit: usize,
) -> Result<Vec<Related>, Error> {
    let telling = telling(searcher, fields, document)?;
    if telling.is_empty() {
        return Ok(Vec::new());
    }
    let mut filters = Filters::kind(Kind::Paper);
    filters.choose(Facet::Kind, Kind::Post.name());
    let best = Best { columns, limit, sort: Sort::Relevance, filters: &filters, facets: &[], until: None };
    let found = searcher.search(&query(fields, document, &telling), &best)?.best;
    let mut shared = shared(searcher, fields, &telling, &found)?;
    let one = |ranked: &Ranked| Related {
        id: schema::id(ranked.key),
        score: ranked.score,
        shared: shared.remove(&ranked.address).unwrap_or_default(),
    };
    Ok(found.iter().map(one).collect())
}

/// Each term with its frequency as weight: BM25 itself counts how rare it is, and once is enough.
fn query(fields: &Fields, document: &Document, telling: &[Telling]) -> BooleanQuery {
    let mut clauses: Vec<(Occur, Box<dyn EngineQuery>)> = Vec::with_capacity(2 * telling.len() + 2);
    for one in telling {
        for (field, weight) in [(fields.text, 1.0), (fields.title, TITLE)] {
            let term = TermQuery::new(Term::from_field_text(field, &one.term), IndexRecordOption::WithFreqs);
            clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight * one.weight))));
        }
    }
    let not = |term| -> (Occur, Box<dyn EngineQuery>) {
        (Occur::MustNot, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
    };
    clauses.push(not(fields.key_term(document.id)));
    let title = title_key(&document.title);
    if !title.is_empty() {
        // The same work from another source.
        clauses.push(not(Term::from_field_text(fields.whole_title, &title)));
    }
    BooleanQuery::new(clauses)
}

/// The most telling terms of a document, the best first.
fn telling(searcher: &Searcher, fields: &Fields, document: &Document) -> Result<Vec<Telling>, Error> {
    let mut counts: HashMap<String, Telling> = HashMap::new();
    count(&document.title, IN_TITLE, usize::MAX, &mut counts);
    count(&document.body, 1.0, BODY_WORDS, &mut counts);
    let documents = searcher.num_docs() as f32;
    let mut telling = Vec::with_capacity(counts.len());
    for mut one in counts.into_values() {
        let having = searcher.doc_freq(&Term::from_field_text(fields.text, &one.term))? as f32;
        // A term that only this document has finds nothing.
        if having >= 1.0 {
            one.worth = one.weight * (1.0 + (documents - having + 0.5).max(0.5) / (having + 0.5)).ln();
            telling.push(one);
        }
    }
    telling.sort_unstable_by(|a, b| b.worth.total_cmp(&a.worth).then_with(|| a.term.cmp(&b.term)));
    telling.truncate(TERMS);
    Ok(telling)
}

fn count(text: &str, weight: f32, most: usize, counts: &mut HashMap<String, Telling>) {
    let text = plain(text);
    for word in words::words(&text).into_iter().filter(tells).take(most) {
        let written = || written(&text[word.range.clone()]);
        let one = counts.entry(word.text.clone());
        let one =
            one.or_insert_with(|| Telling { term: word.text, written: written(), weight: 0.0, worth: 0.0 });
        one.weight += weight;
    }
}

/// A word as it is written inside a sentence: `Rotary` becomes `rotary`, `LoRA` stays.
fn written(word: &str) -> String {
    let plain = word.chars().skip(1).all(char::is_lowercase);
    if plain { word.to_lowercase() } else { word.to_owned() }
}

fn tells(word: &Word) -> bool {
    let told = || {
        word.text.chars().count() > 1 && !word.text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    matches!(word.shape, Shape::Plain | Shape::Pair) && !words::is_common(word.exact()) && told()
}

/// For each document found, the most telling words it shares.
fn shared(
    searcher: &Searcher,
    fields: &Fields,
    telling: &[Telling],
    found: &[Ranked],
) -> Result<HashMap<DocAddress, Vec<String>>, Error> {
    let mut addresses: Vec<_> = found.iter().map(|ranked| ranked.address).collect();
    // Postings only go forward.
    addresses.sort_unstable();
    let mut shared: HashMap<DocAddress, Vec<String>> = HashMap::new();
    for one in telling {
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let here = addresses.iter().filter(|address| address.segment_ord as usize == segment);
            let term = Term::from_field_text(fields.text, &one.term);
            let inverted = reader.inverted_index(fields.text)?;
            let read = inverted.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = read.map_err(tantivy::TantivyError::from)? else { continue };
            for address in here {
                let at = if postings.doc() < address.doc_id {
                    postings.seek(address.doc_id)
                } else {
                    postings.doc()
                };
                if at == address.doc_id {
                    let words = shared.entry(*address).or_default();
                    words.extend((words.len() < REASONS).then(|| one.written.clone()));
                }
            }
        }
    }
    Ok(shared)
}
