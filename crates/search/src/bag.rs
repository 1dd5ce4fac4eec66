//! A query for any of many terms.

use std::collections::HashMap;

use tantivy::{
    DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError, Term,
    query::{EnableScoring, Explanation, Query, Scorer, Weight},
    schema::Field,
};

use crate::terms::{FieldTerms, TermWeight, WeightedTerm};

/// Documents with some of the terms, and the sum of what these score.
///
/// The engine's own union goes through its documents one after the other. For many terms it is quicker to add up the
/// scores of all documents one term after the other; without scores it is the engine's.
#[derive(Debug, Clone)]
pub(crate) struct Bag {
    terms: Vec<WeightedTerm>,
}

struct BagWeight {
    fields: Vec<(FieldTerms, Vec<TermWeight>)>,
}

/// The scores of a segment's documents; 0 where it has none of the terms.
struct BagScorer {
    scores: Vec<Score>,
    doc: DocId,
}

impl Bag {
    /// Of terms of which some may be there several times.
    pub(crate) fn new(terms: Vec<WeightedTerm>) -> Self {
        let mut weights: HashMap<Term, Score> = HashMap::new();
        terms
            .into_iter()
            .for_each(|WeightedTerm { term, weight }| *weights.entry(term).or_default() += weight);
        let mut terms: Vec<_> =
            weights.into_iter().map(|(term, weight)| WeightedTerm { term, weight }).collect();
        // Sums depend on their order.
        terms.sort_unstable_by(|a, b| a.term.cmp(&b.term));
        Self { terms }
    }
}

impl Query for Bag {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let EnableScoring::Enabled { searcher, .. } = scoring else {
            return WeightedTerm::any(self.terms.clone()).weight(scoring);
        };
        let mut fields: Vec<(Field, FieldTerms, Vec<TermWeight>)> = Vec::new();
        for WeightedTerm { term, weight } in &self.terms {
            let field = term.field();
            if fields.iter().all(|(other, ..)| *other != field) {
                fields.push((field, FieldTerms::open(searcher, field)?, Vec::new()));
            }
            for (_, of_field, weights) in fields.iter_mut().filter(|(other, ..)| *other == field) {
                weights.push(of_field.weigh(of_field.look_up(term)?, *weight));
            }
        }
        Ok(Box::new(BagWeight {
            fields: fields.into_iter().map(|(_, terms, weights)| (terms, weights)).collect(),
        }))
    }
}

impl BagWeight {
    fn sums(&self, reader: &SegmentReader) -> tantivy::Result<Vec<Score>> {
        let mut scores = vec![0.0; reader.max_doc() as usize];
        for (field, terms) in &self.fields {
            field.add_scores(terms, reader, &mut scores)?;
        }
        Ok(scores)
    }
}

impl Weight for BagWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut scores = self.sums(reader)?;
        if boost != 1.0 {
            scores.iter_mut().for_each(|score| *score *= boost);
        }
        let mut scorer = BagScorer { scores, doc: 0 };
        scorer.seek(0);
        Ok(Box::new(scorer))
    }

    fn for_each(
        &self,
        reader: &SegmentReader,
        callback: &mut dyn FnMut(DocId, Score),
    ) -> tantivy::Result<()> {
        let sums = self.sums(reader)?;
        (0..).zip(sums).filter(|(_, score)| *score > 0.0).for_each(|(doc, score)| callback(doc, score));
        Ok(())
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        match self.sums(reader)?.get(doc as usize).copied().filter(|score| *score > 0.0) {
            Some(score) => Ok(Explanation::new("the sum of what its terms score", score)),
            None => Err(TantivyError::InvalidArgument(format!("document {doc} is not found"))),
        }
    }
}

impl DocSet for BagScorer {
    fn advance(&mut self) -> DocId {
        match self.doc {
            TERMINATED => TERMINATED,
            doc => self.seek(doc + 1),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let rest = self.scores.get(target as usize..).unwrap_or_default();
        let next = rest.iter().position(|score| *score > 0.0);
        self.doc = next.map_or(TERMINATED, |skipped| target + skipped as DocId);
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.scores.len() as u32
    }
}

impl Scorer for BagScorer {
    fn score(&mut self) -> Score {
        self.scores[self.doc as usize]
    }
}
