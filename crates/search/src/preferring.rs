//! A query whose results may score more for something that they need not have.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tantivy::{
    DocId, DocSet, Score, Searcher, SegmentReader, TERMINATED, TantivyError,
    query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight},
};

use crate::terms::{TermScorer, TermWeight, WeightedTerm};

/// What `required` finds; each bonus that finds it too adds its score.
///
/// The engine's own optional clauses are joined to a union first, which reads all of their documents. Here a bonus is
/// looked up for the documents that are found anyway, and by themselves only as long as they can be among the best.
#[derive(Debug)]
pub(crate) struct Preferring {
    pub(crate) required: Box<dyn Query>,
    pub(crate) terms: Vec<WeightedTerm>,
    pub(crate) others: Vec<Box<dyn Query>>,
    pub(crate) floor: Arc<Floor>,
}

/// A score that a document needs to be among the best of those that were looked at: what has less need not be scored to
/// the end. Each search has its own.
#[derive(Debug)]
pub(crate) struct Floor(AtomicU32);

struct PreferringWeight {
    required: Required,
    terms: Vec<TermWeight>,
    others: Vec<Box<dyn Weight>>,
    floor: Arc<Floor>,
}

/// A single word is asked for most often, and finds most.
enum Required {
    Term(TermWeight),
    Other(Box<dyn Weight>),
}

struct PreferringScorer<R> {
    required: R,
    /// Those that can add most come first, each with the most that what comes after it adds.
    terms: Vec<(TermScorer, Score)>,
    others: Vec<Box<dyn Scorer>>,
}

impl Floor {
    pub(crate) fn get(&self) -> Score {
        Score::from_bits(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn raise(&self, score: Score) {
        if score > self.get() {
            self.0.store(score.to_bits(), Ordering::Relaxed);
        }
    }
}

impl Default for Floor {
    fn default() -> Self {
        Self(AtomicU32::new(Score::NEG_INFINITY.to_bits()))
    }
}

impl Clone for Preferring {
    fn clone(&self) -> Self {
        let others = self.others.iter().map(|other| other.box_clone()).collect();
        Self {
            required: self.required.box_clone(),
            terms: self.terms.clone(),
            others,
            floor: self.floor.clone(),
        }
    }
}

impl Query for Preferring {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, .. } = scoring else { return self.required.weight(scoring) };
        if self.terms.is_empty() && self.others.is_empty() {
            return self.required.weight(scoring);
        }
        Ok(Box::new(PreferringWeight {
            required: match self.required.downcast_ref::<TermQuery>() {
                Some(query) => Required::Term(look_up(query, searcher)?),
                None => Required::Other(self.required.weight(scoring)?),
            },
            terms: self.terms.iter().map(|term| term.look_up(searcher)).collect::<tantivy::Result<_>>()?,
            others: self.others.iter().map(|other| other.weight(scoring)).collect::<tantivy::Result<_>>()?,
            floor: self.floor.clone(),
        }))
    }
}

fn look_up(query: &TermQuery, searcher: &Searcher) -> tantivy::Result<TermWeight> {
    WeightedTerm { term: query.term().clone(), weight: 1.0 }.look_up(searcher)
}

impl PreferringWeight {
    /// `most` is the most that a document scores for what is required.
    fn around<R>(
        &self,
        required: R,
        most: Score,
        reader: &SegmentReader,
        boost: Score,
    ) -> tantivy::Result<PreferringScorer<R>> {
        let mut scorer = PreferringScorer { required, terms: Vec::new(), others: Vec::new() };
        for term in &self.terms {
            scorer.terms.extend(term.scorer(reader, boost)?.map(|term| (term, most)));
        }
        scorer.terms.sort_by(|(a, _), (b, _)| b.most().total_cmp(&a.most()));
        let mut rest = most;
        for (term, after) in scorer.terms.iter_mut().rev() {
            *after = rest;
            rest += term.most();
        }
        for other in &self.others {
            let other = other.scorer(reader, boost)?;
            scorer.others.extend((other.doc() != TERMINATED).then_some(other));
        }
        Ok(scorer)
    }
}

impl Weight for PreferringWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(match &self.required {
            Required::Term(term) => match term.scorer(reader, boost)? {
                Some(required) => Box::new(self.around(required, Score::INFINITY, reader, boost)?),
                None => Box::new(EmptyScorer),
            },
            Required::Other(other) => {
                Box::new(self.around(other.scorer(reader, boost)?, Score::INFINITY, reader, boost)?)
            }
        })
    }

    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        match &self.required {
            Required::Term(term) => {
                if let Some(required) = term.scorer(reader, 1.0)? {
                    let most = required.most();
                    self.around(required, most, reader, 1.0)?.for_each(&self.floor, callback);
                }
            }
            Required::Other(other) => {
                let required = other.scorer(reader, 1.0)?;
                self.around(required, Score::INFINITY, reader, 1.0)?.for_each(&self.floor, callback);
            }
        }
        Ok(())
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        match scorer.seek(doc) == doc {
            true => Ok(Explanation::new("required and bonuses", scorer.score())),
            false => Err(TantivyError::InvalidArgument(format!("document {doc} is not found"))),
        }
    }
}

impl<R: Scorer> PreferringScorer<R> {
    fn for_each(mut self, floor: &Floor, callback: &mut dyn FnMut(DocId, Score)) {
        let mut doc = self.required.doc();
        while doc != TERMINATED {
            callback(doc, self.score_from(floor.get()));
            doc = self.required.advance();
        }
    }

    /// The score, or something less where that is below the floor.
    #[inline(always)]
    fn score_from(&mut self, floor: Score) -> Score {
        let doc = self.required.doc();
        let mut score: Score = self.others.iter_mut().map(|other| at(other, doc)).sum();
        for (term, rest) in &mut self.terms {
            score += at(term, doc);
            if score + *rest < floor {
                return score;
            }
        }
        score + self.required.score()
    }
}

impl<R: Scorer> DocSet for PreferringScorer<R> {
    fn advance(&mut self) -> DocId {
        self.required.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.required.seek(target)
    }

    fn doc(&self) -> DocId {
        self.required.doc()
    }

    fn size_hint(&self) -> u32 {
        self.required.size_hint()
    }
}

impl<R: Scorer> Scorer for PreferringScorer<R> {
    fn score(&mut self) -> Score {
        self.score_from(Score::NEG_INFINITY)
    }
}

/// What a bonus adds to a document, going forward to it.
#[inline]
fn at(bonus: &mut impl Scorer, doc: DocId) -> Score {
    let at = if bonus.doc() < doc { bonus.seek(doc) } else { bonus.doc() };
    if at == doc { bonus.score() } else { 0.0 }
}
