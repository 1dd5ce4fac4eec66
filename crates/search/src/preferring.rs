//! A query whose results may score more for something that they need not have.

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
};

/// What `required` finds; each `bonus` that finds it too adds its score.
///
/// The engine's own optional clauses are joined to a union first, which reads all of their documents. Here a bonus is
/// looked up for the documents that are found anyway.
#[derive(Debug)]
pub(crate) struct Preferring {
    pub(crate) required: Box<dyn Query>,
    pub(crate) bonuses: Vec<Box<dyn Query>>,
}

struct PreferringWeight {
    required: Box<dyn Weight>,
    bonuses: Vec<Box<dyn Weight>>,
}

struct PreferringScorer {
    required: Box<dyn Scorer>,
    bonuses: Vec<Box<dyn Scorer>>,
}

impl Clone for Preferring {
    fn clone(&self) -> Self {
        let bonuses = self.bonuses.iter().map(|bonus| bonus.box_clone()).collect();
        Self { required: self.required.box_clone(), bonuses }
    }
}

impl Query for Preferring {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let required = self.required.weight(scoring)?;
        if self.bonuses.is_empty() || !scoring.is_scoring_enabled() {
            return Ok(required);
        }
        let bonuses =
            self.bonuses.iter().map(|bonus| bonus.weight(scoring)).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(PreferringWeight { required, bonuses }))
    }
}

impl Weight for PreferringWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let required = self.required.scorer(reader, boost)?;
        let mut bonuses = Vec::with_capacity(self.bonuses.len());
        for bonus in &self.bonuses {
            let bonus = bonus.scorer(reader, boost)?;
            bonuses.extend((bonus.doc() != TERMINATED).then_some(bonus));
        }
        Ok(if bonuses.is_empty() { required } else { Box::new(PreferringScorer { required, bonuses }) })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        match scorer.seek(doc) == doc {
            true => Ok(Explanation::new("required and bonuses", scorer.score())),
            false => Err(TantivyError::InvalidArgument(format!("document {doc} is not found"))),
        }
    }
}

impl DocSet for PreferringScorer {
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

impl Scorer for PreferringScorer {
    fn score(&mut self) -> Score {
        let doc = self.required.doc();
        let bonus = |bonus: &mut Box<dyn Scorer>| {
            let at = if bonus.doc() < doc { bonus.seek(doc) } else { bonus.doc() };
            if at == doc { bonus.score() } else { 0.0 }
        };
        let bonuses: Score = self.bonuses.iter_mut().map(bonus).sum();
        self.required.score() + bonuses
    }
}
