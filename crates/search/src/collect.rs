use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc};

use content::Kind;
use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::ColumnValues,
};

use crate::schema::{KEY, KINDS, kind_index};

/// Collects the best documents and counts all of them by kind, in one pass without pruning.
///
/// Pruning (block-max WAND) would be quicker for a few words when nothing is counted, and is several
/// times slower for many words.
pub(crate) struct Best {
    /// How many of the best are kept.
    pub(crate) limit: usize,
    /// The kinds that are kept; all are counted.
    pub(crate) kinds: [bool; KINDS.len()],
}

/// A document with its score. The greater is the better; equal scores are ordered by key, so that
/// pages do not depend on where the engine keeps a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranked {
    pub(crate) score: Score,
    pub(crate) key: u64,
    pub(crate) address: DocAddress,
}

/// What [`Best`] found: the best first, and how many there are of each kind.
pub(crate) struct Found {
    pub(crate) best: Vec<Ranked>,
    pub(crate) counts: [u64; KINDS.len()],
}

impl Best {
    pub(crate) fn of(kind: Option<Kind>, limit: usize) -> Self {
        let mut kinds = [kind.is_none(); KINDS.len()];
        if let Some(kind) = kind {
            kinds[kind_index(kind)] = true;
        }
        Self { limit, kinds }
    }
}

impl Collector for Best {
    type Fruit = Found;
    type Child = SegmentBest;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentBest> {
        Ok(SegmentBest {
            segment,
            keys: reader.fast_fields().column_first_or_default(KEY)?,
            kinds: self.kinds,
            limit: self.limit,
            heap: BinaryHeap::new(),
            counts: [0; KINDS.len()],
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, segments: Vec<Found>) -> tantivy::Result<Found> {
        let mut counts = [0; KINDS.len()];
        let mut best = Vec::new();
        for segment in segments {
            counts.iter_mut().zip(segment.counts).for_each(|(sum, count)| *sum += count);
            best.extend(segment.best);
        }
        best.sort_unstable_by(|a: &Ranked, b| b.cmp(a));
        best.truncate(self.limit);
        Ok(Found { best, counts })
    }
}

pub(crate) struct SegmentBest {
    segment: SegmentOrdinal,
    keys: Arc<dyn ColumnValues<u64>>,
    kinds: [bool; KINDS.len()],
    limit: usize,
    heap: BinaryHeap<Reverse<Ranked>>,
    counts: [u64; KINDS.len()],
}

impl SegmentCollector for SegmentBest {
    type Fruit = Found;

    fn collect(&mut self, doc: DocId, score: Score) {
        let key = self.keys.get_val(doc);
        let kind = kind_index(crate::schema::id(key).kind);
        self.counts[kind] += 1;
        if !self.kinds[kind] || self.limit == 0 {
            return;
        }
        let ranked = Ranked { score, key, address: DocAddress::new(self.segment, doc) };
        if self.heap.len() < self.limit {
            self.heap.push(Reverse(ranked));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && worst.0 < ranked
        {
            *worst = Reverse(ranked);
        }
    }

    fn harvest(self) -> Found {
        Found { best: self.heap.into_iter().map(|ranked| ranked.0).collect(), counts: self.counts }
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.score.total_cmp(&other.score).then(other.key.cmp(&self.key))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}
