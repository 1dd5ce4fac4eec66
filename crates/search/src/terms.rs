//! Terms looked up once and scored by BM25 as the engine scores them, where its own scorers would look each of them up
//! twice in every segment, or be called through a table for each document.

use std::sync::Arc;

use tantivy::{
    DocId, DocSet, InvertedIndexReader, Score, Searcher, SegmentReader, Term,
    fieldnorm::FieldNormReader,
    index::SegmentId,
    postings::{BlockSegmentPostings, Postings as _, SegmentPostings, TermInfo},
    query::{Bm25Weight, BooleanQuery, BoostQuery, Occur, Query, Scorer, TermQuery},
    schema::{Field, IndexRecordOption},
};

/// A term whose BM25 score counts so much.
#[derive(Debug, Clone)]
pub(crate) struct WeightedTerm {
    pub(crate) term: Term,
    pub(crate) weight: Score,
}

/// The terms of a field in all segments.
pub(crate) struct FieldTerms {
    field: Field,
    segments: Vec<(SegmentId, Arc<InvertedIndexReader>)>,
    /// With deleted ones, which the terms still count too.
    documents: u64,
    tokens: u64,
}

/// A term in the segments that hold it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    segments: Vec<(SegmentId, TermInfo)>,
    /// How many documents hold it.
    pub(crate) documents: u64,
}

/// A term that was looked up, with what it scores.
pub(crate) struct TermWeight {
    field: Field,
    held: Held,
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

    /// As the engine's query for any of several.
    pub(crate) fn any(terms: Vec<Self>) -> BooleanQuery {
        BooleanQuery::new(terms.into_iter().map(|term| (Occur::Should, term.query())).collect())
    }

    pub(crate) fn look_up(&self, searcher: &Searcher) -> tantivy::Result<TermWeight> {
        let terms = FieldTerms::open(searcher, self.term.field())?;
        Ok(terms.weigh(terms.look_up(&self.term)?, self.weight))
    }
}

impl FieldTerms {
    pub(crate) fn open(searcher: &Searcher, field: Field) -> tantivy::Result<Self> {
        let mut terms = Self { field, segments: Vec::new(), documents: 0, tokens: 0 };
        for segment in searcher.segment_readers() {
            let index = segment.inverted_index(field)?;
            terms.documents += u64::from(segment.max_doc());
            terms.tokens += index.total_num_tokens();
            terms.segments.push((segment.segment_id(), index));
        }
        Ok(terms)
    }

    pub(crate) fn look_up(&self, term: &Term) -> tantivy::Result<Held> {
        let mut held = Held::default();
        for (id, index) in &self.segments {
            if let Some(info) = index.get_term_info(term)? {
                held.documents += u64::from(info.doc_freq);
                held.segments.push((*id, info));
            }
        }
        Ok(held)
    }

    /// How many terms a document has on average; 0 where there is none.
    pub(crate) fn average_length(&self) -> Score {
        self.tokens as Score / self.documents.max(1) as Score
    }

    pub(crate) fn weigh(&self, held: Held, weight: Score) -> TermWeight {
        let length = self.average_length();
        let similarity = Bm25Weight::for_one_term_without_explain(held.documents, self.documents, length);
        TermWeight { field: self.field, held, similarity: similarity.boost_by(weight) }
    }

    /// Adds to the score of each document of a segment what the terms add, one term after the other: for many terms
    /// quicker than one document after the other.
    pub(crate) fn add_scores(
        &self,
        terms: &[TermWeight],
        segment: &SegmentReader,
        scores: &mut [Score],
    ) -> tantivy::Result<()> {
        let index = segment.inverted_index(self.field)?;
        let lengths = segment.get_fieldnorms_reader(self.field)?;
        let mut open: Option<BlockSegmentPostings> = None;
        for (term, info) in terms.iter().filter_map(|term| Some((term, term.held.of(segment)?))) {
            let postings = match &mut open {
                Some(postings) => {
                    index.reset_block_postings_from_terminfo(info, postings)?;
                    postings
                }
                None => {
                    open.insert(index.read_block_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?)
                }
            };
            while !postings.docs().is_empty() {
                for (document, times) in postings.docs().iter().zip(postings.freqs()) {
                    scores[*document as usize] +=
                        term.similarity.score(lengths.fieldnorm_id(*document), *times);
                }
                postings.advance();
            }
        }
        Ok(())
    }
}

impl Held {
    /// What to read its documents in a segment with, if there are any.
    pub(crate) fn of(&self, segment: &SegmentReader) -> Option<&TermInfo> {
        let id = segment.segment_id();
        self.segments.iter().find(|(other, _)| *other == id).map(|(_, info)| info)
    }
}

impl TermWeight {
    /// `None` where no document of the segment holds the term.
    pub(crate) fn scorer(
        &self,
        segment: &SegmentReader,
        boost: Score,
    ) -> tantivy::Result<Option<TermScorer>> {
        let Some(info) = self.held.of(segment) else { return Ok(None) };
        let index = segment.inverted_index(self.field)?;
        Ok(Some(TermScorer {
            postings: index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?,
            lengths: segment.get_fieldnorms_reader(self.field)?,
            similarity: self.similarity.boost_by(boost),
        }))
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
