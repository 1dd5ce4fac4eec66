//! From a [`Query`] to a query of the engine. The numbers are explained in `docs/search.md`.

use content::ArxivId;
use tantivy::{
    Score, Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as EngineQuery,
        TermQuery,
    },
    schema::{Field, IndexRecordOption},
};
use words::Word;

use crate::{
    Query,
    query::{Chunk, Clause, Group, sequence},
    schema::Fields,
    text::{exact_term, stem_term},
};

/// Up to this many words, all of them must occur.
const STRICT: usize = 6;

/// The weight of the body is 1; a title is summed to it with this weight.
pub(crate) const TITLE: Score = 0.5;
/// What a word adds that stands in the body exactly as it was typed.
const EXACT: Score = 0.2;
/// The weight of a name among the authors.
const AUTHOR: Score = 1.0;
/// Added when the title is the query, whatever its spaces, hyphens, case, accents and LaTeX.
const WHOLE_TITLE: Score = 1_000.0;
/// Added when the words of the query follow each other in the title.
const TITLE_PHRASE: Score = 5.0;
/// Added to documents with all words when others are shown too.
const ALL_WORDS: Score = 10.0;
/// Added when the query names an identifier of the document.
const IDENTIFIER: Score = 1_000.0;
/// The score of a venue, a year or a category that was typed as a word.
const FACET: Score = 1.0;
/// The longest query that is compared with titles as a phrase, in words.
const LONGEST_TITLE: usize = 16;

/// Which documents a plan finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Those with all words, common ones aside.
    All,
    /// Those with some words; those with all of them first.
    Wide,
    /// Those with some words.
    Any,
}

type Clauses = Vec<(Occur, Box<dyn EngineQuery>)>;

/// Whether the query is so short that all its words must occur.
pub(crate) fn is_strict(query: &Query) -> bool {
    query.length <= STRICT
}

/// Whether asking for some of the words instead of all can find more.
pub(crate) fn can_widen(query: &Query) -> bool {
    let parts = query.clauses.iter().map(|clause| match clause {
        Clause::Phrase(_) => 1,
        Clause::Chunk(chunk) => chunk.groups.iter().map(Group::parts).sum(),
    });
    parts.sum::<usize>() > 1 && query.clauses.iter().any(|clause| matches!(clause, Clause::Chunk(_)))
}

/// The engine's query; `None` when there is nothing to look for.
pub(crate) fn plan(fields: &Fields, query: &Query, reach: Reach) -> Option<Box<dyn EngineQuery>> {
    if query.is_empty() {
        return None;
    }
    let mut clauses = match reach {
        Reach::All => all(fields, query),
        Reach::Any | Reach::Wide => any(fields, query),
    };
    if reach == Reach::Wide {
        let all = Box::new(BooleanQuery::new(all(fields, query)));
        clauses.push((Occur::Should, Box::new(ConstScoreQuery::new(all, ALL_WORDS))));
    }
    clauses.extend(title_bonus(fields, query));
    for excluded in &query.excluded {
        clauses.push((Occur::MustNot, clause(fields, excluded)));
    }
    Some(Box::new(BooleanQuery::new(clauses)))
}

fn all(fields: &Fields, query: &Query) -> Clauses {
    let only_common = query.clauses.iter().all(is_common);
    let occur = |clause: &Clause| if is_common(clause) && !only_common { Occur::Should } else { Occur::Must };
    query.clauses.iter().map(|wanted| (occur(wanted), clause(fields, wanted))).collect()
}

fn any(fields: &Fields, query: &Query) -> Clauses {
    let only_common = query.clauses.iter().all(is_common);
    let mut clauses = Clauses::new();
    for wanted in &query.clauses {
        match wanted {
            // Quotation marks mean it.
            Clause::Phrase(words) => clauses.push((Occur::Must, phrase(fields, words))),
            Clause::Chunk(chunk) => {
                let said = chunk.groups.iter().filter(|group| only_common || !group.is_common());
                clauses.extend(said.flat_map(|group| flat(fields, group)));
                clauses.extend(names(fields, &chunk.typed));
            }
        }
    }
    if clauses.is_empty() { vec![(Occur::Must, Box::new(EmptyQuery))] } else { clauses }
}

fn clause(fields: &Fields, clause: &Clause) -> Box<dyn EngineQuery> {
    match clause {
        Clause::Phrase(words) => phrase(fields, words),
        Clause::Chunk(chunk) => chunk_query(fields, chunk),
    }
}

fn chunk_query(fields: &Fields, chunk: &Chunk) -> Box<dyn EngineQuery> {
    let groups: Clauses =
        chunk.groups.iter().map(|group| (Occur::Must, group_query(fields, group))).collect();
    let mut names = names(fields, &chunk.typed);
    let words = joined(groups);
    if names.is_empty() {
        return words;
    }
    names.push((Occur::Should, words));
    Box::new(BooleanQuery::new(names))
}

/// All parts of a group, or all of them written as one word.
fn group_query(fields: &Fields, group: &Group) -> Box<dyn EngineQuery> {
    match group {
        Group::Compound { parts, joined: whole } => {
            let parts = joined(parts.iter().map(|part| (Occur::Must, one_word(fields, part))).collect());
            let Some(whole) = whole else { return parts };
            let mut either = in_text(fields, stem_term(whole));
            either.push((Occur::Should, parts));
            Box::new(BooleanQuery::new(either))
        }
        Group::Run(pairs) => {
            let pair = |pair: &Word| -> Box<dyn EngineQuery> {
                Box::new(BooleanQuery::new(in_text(fields, stem_term(pair))))
            };
            joined(pairs.iter().map(|word| (Occur::Must, pair(word))).collect())
        }
        Group::Character(word) => Box::new(BooleanQuery::new(in_text(fields, &exact_term(word)))),
    }
}

/// The terms of a group, each for itself: quick, for long queries.
fn flat(fields: &Fields, group: &Group) -> Clauses {
    match group {
        Group::Compound { parts, joined } => {
            let whole = joined.iter().flat_map(|whole| in_text(fields, stem_term(whole)));
            parts.iter().flat_map(|part| word_terms(fields, part)).chain(whole).collect()
        }
        Group::Run(pairs) => pairs.iter().flat_map(|pair| in_text(fields, stem_term(pair))).collect(),
        Group::Character(word) => in_text(fields, &exact_term(word)),
    }
}

fn one_word(fields: &Fields, word: &Word) -> Box<dyn EngineQuery> {
    Box::new(BooleanQuery::new(word_terms(fields, word)))
}

fn word_terms(fields: &Fields, word: &Word) -> Clauses {
    let mut terms = in_text(fields, stem_term(word));
    terms.push(should(fields.authors, stem_term(word), AUTHOR));
    if !words::is_common(word.exact()) {
        terms.push(should(fields.body, &exact_term(word), EXACT));
    }
    terms
}

fn in_text(fields: &Fields, term: &str) -> Clauses {
    vec![should(fields.body, term, 1.0), should(fields.title, term, TITLE)]
}

/// What a word can be besides a word: an identifier, a venue, a year, a category.
fn names(fields: &Fields, typed: &str) -> Clauses {
    let constant = |field, text: &str, score| -> (Occur, Box<dyn EngineQuery>) {
        let term = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
        (Occur::Should, Box::new(ConstScoreQuery::new(Box::new(term), score)))
    };
    let typed = typed.trim_matches([',', ';', '(', ')']);
    let mut names: Clauses =
        identifiers(typed).iter().map(|id| constant(fields.identifiers, id, IDENTIFIER)).collect();
    if typed.bytes().all(|byte| byte.is_ascii_alphanumeric()) && (2..=10).contains(&typed.len()) {
        names.push(constant(fields.venue, typed, FACET));
    }
    if typed.is_ascii() && typed.contains(['.', '-']) && typed.len() < 20 {
        names.push(constant(fields.categories, typed, FACET));
    }
    if let Some(year) = typed.parse().ok().filter(|year| (1900..2100).contains(year)) {
        let term = TermQuery::new(Term::from_field_i64(fields.year, year), IndexRecordOption::Basic);
        names.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(term), FACET))));
    }
    names
}

/// The identifiers that something typed can mean: itself, an arXiv id in any spelling, the end of an address.
fn identifiers(typed: &str) -> Vec<String> {
    if !typed.bytes().any(|byte| byte.is_ascii_digit()) || typed.len() < 6 {
        return Vec::new();
    }
    let path = typed.split_once("://").map_or(typed, |(_, path)| path);
    let path = path.split_once("?id=").map_or(path, |(_, id)| id);
    let path =
        path.split(['?', '#']).next().unwrap_or_default().trim_end_matches(".pdf").trim_end_matches('/');
    let after =
        |slashes: usize| path.rmatch_indices('/').nth(slashes).map_or(path, |(slash, _)| &path[slash + 1..]);
    let mut found = vec![typed.to_owned(), path.to_owned(), after(0).to_owned(), after(1).to_owned()];
    let arxiv = [after(0), after(1)].map(|text| text.parse::<ArxivId>().ok());
    found.extend(arxiv.into_iter().flatten().map(|id| id.id().to_owned()));
    found.sort_unstable();
    found.dedup();
    found
}

/// What is added when the query is the title, or stands in it.
fn title_bonus(fields: &Fields, query: &Query) -> Clauses {
    let mut bonus = Clauses::new();
    if !query.title_key.is_empty() {
        let term = TermQuery::new(
            Term::from_field_text(fields.whole_title, &query.title_key),
            IndexRecordOption::Basic,
        );
        bonus.push((Occur::Should, Box::new(ConstScoreQuery::new(Box::new(term), WHOLE_TITLE))));
    }
    let words = sequence(&query.words);
    if (2..=LONGEST_TITLE).contains(&words.len()) {
        let phrase = in_order(fields.title, &words);
        bonus.push((Occur::Should, Box::new(ConstScoreQuery::new(phrase, TITLE_PHRASE))));
    }
    bonus
}

/// Words that follow each other; a single word in quotation marks is meant exactly as it is written.
fn phrase(fields: &Fields, words: &[Word]) -> Box<dyn EngineQuery> {
    if let [word] = words {
        let term = if words::is_common(word.exact()) { stem_term(word).to_owned() } else { exact_term(word) };
        let mut either = in_text(fields, &term);
        either.push(should(fields.authors, &term, AUTHOR));
        // A pair of characters has no exact form of its own.
        either.extend((word.shape == words::Shape::Pair).then(|| should(fields.body, stem_term(word), 1.0)));
        either
            .extend((word.shape == words::Shape::Pair).then(|| should(fields.title, stem_term(word), TITLE)));
        return Box::new(BooleanQuery::new(either));
    }
    let boosted = |field, weight| -> (Occur, Box<dyn EngineQuery>) {
        (Occur::Should, Box::new(BoostQuery::new(in_order(field, words), weight)))
    };
    let either =
        vec![boosted(fields.body, 1.0), boosted(fields.title, TITLE), boosted(fields.authors, AUTHOR)];
    Box::new(BooleanQuery::new(either))
}

fn in_order(field: Field, words: &[Word]) -> Box<dyn EngineQuery> {
    let first = words.first().map_or(0, |word| word.position);
    let term = |word: &Word| (word.position - first, Term::from_field_text(field, stem_term(word)));
    Box::new(PhraseQuery::new_with_offset(words.iter().map(term).collect()))
}

fn should(field: Field, text: &str, weight: Score) -> (Occur, Box<dyn EngineQuery>) {
    let term = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs);
    let weighted: Box<dyn EngineQuery> =
        if weight == 1.0 { Box::new(term) } else { Box::new(BoostQuery::new(Box::new(term), weight)) };
    (Occur::Should, weighted)
}

/// A conjunction, without a shell around a single clause.
fn joined(mut clauses: Clauses) -> Box<dyn EngineQuery> {
    if clauses.len() == 1 { clauses.remove(0).1 } else { Box::new(BooleanQuery::new(clauses)) }
}

fn is_common(clause: &Clause) -> bool {
    match clause {
        Clause::Phrase(_) => false,
        Clause::Chunk(chunk) => chunk.groups.iter().all(Group::is_common),
    }
}

impl Group {
    /// How many things of the group can occur without the others.
    fn parts(&self) -> usize {
        match self {
            Self::Compound { parts, .. } => parts.len(),
            Self::Run(pairs) => pairs.len(),
            Self::Character(_) => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &str, expected: &str) {
        let found = identifiers(typed);
        assert!(found.iter().any(|id| id == expected), "{typed:?}: {found:?}");
    }

    #[test]
    fn identifiers_in_every_spelling() {
        check("2401.01234v3", "2401.01234");
        check("arxiv:2401.1234", "2401.01234");
        check("https://arxiv.org/abs/2401.01234v2", "2401.01234");
        check("https://arxiv.org/pdf/2401.01234.pdf", "2401.01234");
        check("http://arxiv.org/abs/hep-th/9901001v1", "hep-th/9901001");
        check("https://openreview.net/forum?id=05t81scpfb", "05t81scpfb");
        check("https://doi.org/10.1000/abc123", "10.1000/abc123");
        check("https://aclanthology.org/2024.acl-long.5/", "2024.acl-long.5");
        assert!(identifiers("attention").is_empty());
    }
}
