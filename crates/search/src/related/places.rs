//! Where some words stand in a few documents of the index.

use tantivy::{
    DocAddress, DocId, DocSet, Searcher, TantivyError,
    postings::{Postings, SegmentPostings},
    schema::IndexRecordOption,
};

use crate::{Error, schema::Fields, terms::Held};

/// Added to the places in a title, so that no phrase reaches from it into the text.
const TITLE: u32 = 1 << 30;

/// The places of words in documents, texts and titles.
pub(crate) struct Places {
    words: usize,
    /// One sorted list for each word of each document.
    places: Vec<Vec<u32>>,
}

impl Places {
    /// Looks up each of the words in each of the documents.
    pub(crate) fn read(
        searcher: &Searcher,
        fields: &Fields,
        words: &[&[Held; 2]],
        documents: &[DocAddress],
    ) -> Result<Self, Error> {
        let mut places = Self { words: words.len(), places: vec![Vec::new(); words.len() * documents.len()] };
        // Postings only go forward.
        let mut order: Vec<usize> = (0..documents.len()).collect();
        order.sort_unstable_by_key(|index| documents[*index]);
        for of_segment in order.chunk_by(|a, b| documents[*a].segment_ord == documents[*b].segment_ord) {
            let Some(segment) = of_segment.first().map(|first| documents[*first].segment_ord) else {
                continue;
            };
            let segment = searcher.segment_reader(segment);
            for (place, field, offset) in [(0, fields.text, 0), (1, fields.title, TITLE)] {
                let index = segment.inverted_index(field)?;
                for (word, held) in words.iter().enumerate() {
                    let Some(info) = held[place].of(segment) else { continue };
                    let postings =
                        index.read_postings_from_terminfo(info, IndexRecordOption::WithFreqsAndPositions);
                    let mut postings = postings.map_err(TantivyError::from)?;
                    for index in of_segment {
                        if reaches(&mut postings, documents[*index].doc_id) {
                            let places = &mut places.places[index * words.len() + word];
                            postings.append_positions_with_offset(offset, places);
                        }
                    }
                }
            }
        }
        Ok(places)
    }

    /// Where a word stands in a document.
    pub(crate) fn of(&self, document: usize, word: usize) -> &[u32] {
        &self.places[document * self.words + word]
    }

    /// Whether the words stand in a document one behind the other.
    pub(crate) fn has(&self, document: usize, phrase: &[usize]) -> bool {
        let Some((first, rest)) = phrase.split_first() else { return false };
        let follows = |start: u32, offset: usize, word: usize| {
            self.of(document, word).binary_search(&(start + offset as u32 + 1)).is_ok()
        };
        let begins =
            |start: &u32| rest.iter().enumerate().all(|(offset, word)| follows(*start, offset, *word));
        self.of(document, *first).iter().any(begins)
    }
}

/// Whether a document has the word, going forward to it.
fn reaches(postings: &mut SegmentPostings, document: DocId) -> bool {
    let at = if postings.doc() < document { postings.seek(document) } else { postings.doc() };
    at == document
}
