//! Terms scored by BM25 as the engine scores them, where its own scorers would be called through a table for each
//! document.

use std::collections::HashMap;

use tantivy::{
    DocId, DocSet, Score, Searcher, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    index::SegmentId,
    postings::{Postings as _, SegmentPostings, TermInfo},
    query::{Bm25Weight, BoostQuery, Query, Scorer, TermQuery},
    schema::{Field, IndexRecordOption},
};

/// A term whose BM25 score counts so much.
#[derive(Debug, Clone)]
pub(crate) struct WeightedTerm {
    pub(crate) term: Term,
    pub(crate) weight: Score,
}

/// A term that was looked up in all segments.
pub(crate) struct TermWeight {
    term: Term,
    places: HashMap<SegmentId, TermInfo>,
    similarity: Bm25Weight,
}

/// The documents of a segment that hold a term.
pub(crate) struct TermScorer {
    postings: SegmentPostings,
    lengths: FieldNormReader,
    similarity: Bm25Weight,
}

impl WeightedTerm {
    pub(crate) fn new(field: Field, text: &str, weight: Score) -> Self {
        Self { term: Term::from_field_text(field, text), weight }
    }

    /// As a query of the engine.
    pub(crate) fn query(self) -> Box<dyn Query> {
        let term = TermQuery::new(self.term, IndexRecordOption::WithFreqs);
        if self.weight == 1.0 {
            Box::new(term)
        } else {
            Box::new(BoostQuery::new(Box::new(term), self.weight))
        }
    }

    pub(crate) fn look_up(&self, searcher: &Searcher) -> tantivy::Result<TermWeight> {
        let field = self.term.field();
        let mut places = HashMap::new();
        let (mut holding, mut tokens) = (0, 0);
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            tokens += index.total_num_tokens();
            if let Some(place) = index.get_term_info(&self.term)? {
                holding += u64::from(place.doc_freq);
                places.insert(segment.segment_id(), place);
            }
        }
        // With deleted documents, which the terms still count too.
        let documents =
            searcher.segment_readers().iter().map(|segment| u64::from(segment.max_doc())).sum::<u64>();
        let length = tokens as Score / documents as Score;
        let similarity = Bm25Weight::for_one_term_without_explain(holding, documents, length);
        Ok(TermWeight { term: self.term.clone(), places, similarity: similarity.boost_by(self.weight) })
    }
}

impl TermWeight {
    /// `None` where no document of the segment holds the term.
    pub(crate) fn scorer(
        &self,
        segment: &SegmentReader,
        boost: Score,
    ) -> tantivy::Result<Option<TermScorer>> {
        let Some(place) = self.places.get(&segment.segment_id()) else { return Ok(None) };
        let field = self.term.field();
        let postings = segment
            .inverted_index(field)?
            .read_postings_from_terminfo(place, IndexRecordOption::WithFreqs)?;
        let lengths = segment.get_fieldnorms_reader(field)?;
        Ok(Some(TermScorer { postings, lengths, similarity: self.similarity.boost_by(boost) }))
    }
}

impl TermScorer {
    /// More than any document scores, by what rounding may take from a sum.
    pub(crate) fn most(&self) -> Score {
        1.001 * self.similarity.max_score()
    }
}

impl DocSet for TermScorer {
    #[inline]
    fn advance(&mut self) -> DocId {
        self.postings.advance()
    }

    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        self.postings.seek(target)
    }

    #[inline]
    fn doc(&self) -> DocId {
        self.postings.doc()
    }

    fn size_hint(&self) -> u32 {
        self.postings.size_hint()
    }
}

impl Scorer for TermScorer {
    #[inline]
    fn score(&mut self) -> Score {
        self.similarity.score(self.lengths.fieldnorm_id(self.postings.doc()), self.postings.term_freq())
    }
}
