//! Collecting the best documents of a query and counting all of them, in one pass without pruning.
//!
//! Pruning (block-max WAND) would be quicker for a few words when nothing is counted, and is several times slower for
//! many words.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
    time::Instant,
};

use tantivy::{
    DocAddress, DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
};

use crate::{
    Facet, Filters,
    columns::{Columns, FacetColumn, OpenColumns},
};

/// Documents that are looked at together, column by column.
const BLOCK: usize = 1024;

/// How results are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Sort {
    /// The best first.
    #[default]
    Relevance,
    /// The newest first, then by number.
    Newest,
    /// The oldest first, then by number.
    Oldest,
}

/// Collects the best documents that pass the filters.
pub(crate) struct Best<'a> {
    pub(crate) columns: &'a OpenColumns,
    pub(crate) limit: usize,
    pub(crate) sort: Sort,
    pub(crate) filters: &'a Filters,
    /// What is counted besides the total.
    pub(crate) facets: &'a [Facet],
    /// When to stop looking.
    pub(crate) until: Option<Instant>,
}

/// A document with its score. The greater is the better; equal scores are ordered by key, so that
/// pages do not depend on where the engine keeps a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ranked {
    pub(crate) score: Score,
    pub(crate) key: u64,
    pub(crate) address: DocAddress,
}

/// How many documents have each value of a facet.
pub(crate) type Counts = BTreeMap<Arc<str>, u64>;

/// What [`Best`] found.
#[derive(Default)]
pub(crate) struct Found {
    /// The best first.
    pub(crate) best: Vec<Ranked>,
    /// How many pass all filters.
    pub(crate) total: u64,
    /// For each facet asked for: how many documents with each value pass the filters on all other facets.
    pub(crate) counts: BTreeMap<Facet, Counts>,
    /// Whether there was no time to look at all documents.
    pub(crate) cut_short: bool,
}

impl Collector for Best<'_> {
    type Fruit = Found;
    type Child = SegmentBest;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<SegmentBest> {
        let columns = self.columns.of(reader)?;
        let wanted =
            |facet: &&Facet| self.facets.contains(facet) || self.filters.chosen(**facet).next().is_some();
        let facets = Facet::ALL.iter().filter(wanted).map(|facet| self.segment_facet(&columns, *facet));
        Ok(SegmentBest {
            segment,
            sort: self.sort,
            facets: facets.collect(),
            columns,
            limit: self.limit,
            until: self.until,
            block: Vec::with_capacity(BLOCK),
            failures: vec![Failures::default(); BLOCK],
            heap: BinaryHeap::new(),
            total: 0,
            cut_short: false,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Found>>) -> tantivy::Result<Found> {
        let mut merged = Found::default();
        for segment in segments {
            let segment = segment?;
            merged.best.extend(segment.best);
            merged.total += segment.total;
            merged.cut_short |= segment.cut_short;
            for (facet, counts) in segment.counts {
                let sums = merged.counts.entry(facet).or_default();
                counts.into_iter().for_each(|(value, count)| *sums.entry(value).or_default() += count);
            }
        }
        merged.best.sort_unstable_by(|a: &Ranked, b| b.cmp(a));
        merged.best.truncate(self.limit);
        Ok(merged)
    }
}

impl Best<'_> {
    fn segment_facet(&self, columns: &Columns, facet: Facet) -> SegmentFacet {
        let column = columns.facet(facet);
        let counts = if self.facets.contains(&facet) { column.names.len() } else { 0 };
        SegmentFacet {
            facet,
            filters: self.filters.chosen(facet).next().is_some(),
            chosen: self.filters.chosen(facet).filter_map(|value| column.number(value)).collect(),
            counts: vec![0; counts],
        }
    }
}

/// How many filters a document fails, and the last of them.
#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    number: u8,
    last: u8,
}

pub(crate) struct SegmentBest {
    segment: SegmentOrdinal,
    columns: Arc<Columns>,
    sort: Sort,
    facets: Vec<SegmentFacet>,
    limit: usize,
    until: Option<Instant>,
    block: Vec<(DocId, Score)>,
    failures: Vec<Failures>,
    heap: BinaryHeap<Reverse<Ranked>>,
    total: u64,
    cut_short: bool,
}

struct SegmentFacet {
    facet: Facet,
    /// Whether anything is chosen, here or in another segment.
    filters: bool,
    /// The numbers of the values that pass.
    chosen: Vec<u32>,
    /// By number; empty where nothing is counted.
    counts: Vec<u64>,
}

impl SegmentCollector for SegmentBest {
    type Fruit = tantivy::Result<Found>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.block.push((doc, score));
        if self.block.len() == BLOCK {
            self.flush();
        }
    }

    fn harvest(mut self) -> tantivy::Result<Found> {
        self.flush();
        let counted = self.facets.iter().filter(|facet| !facet.counts.is_empty());
        let counts = counted.map(|facet| (facet.facet, facet.by_value(self.columns.facet(facet.facet))));
        Ok(Found {
            counts: counts.collect(),
            best: self.heap.into_iter().map(|ranked| ranked.0).collect(),
            total: self.total,
            cut_short: self.cut_short,
        })
    }
}

impl SegmentBest {
    fn flush(&mut self) {
        let block = std::mem::take(&mut self.block);
        self.cut_short |= self.until.is_some_and(|until| Instant::now() > until);
        if !self.cut_short {
            self.filter(&block);
            self.count(&block);
            self.rank(&block);
        }
        self.block = block;
        self.block.clear();
    }

    fn filter(&mut self, block: &[(DocId, Score)]) {
        self.failures[..block.len()].fill(Failures::default());
        for (place, facet) in self.facets.iter().enumerate().filter(|(_, facet)| facet.filters) {
            let column = self.columns.facet(facet.facet);
            for ((doc, _), failures) in block.iter().zip(&mut self.failures) {
                if !column.of(*doc).iter().any(|number| facet.chosen.contains(number)) {
                    failures.number += 1;
                    failures.last = place as u8;
                }
            }
        }
    }

    /// Counts a document for a facet when it passes the filters on all others.
    fn count(&mut self, block: &[(DocId, Score)]) {
        for (place, facet) in self.facets.iter_mut().enumerate().filter(|(_, facet)| !facet.counts.is_empty())
        {
            let counted = |failures: &Failures| {
                failures.number == 0 || failures.number == 1 && usize::from(failures.last) == place
            };
            let column = self.columns.facet(facet.facet);
            let docs = block.iter().zip(&self.failures).filter(|(_, failures)| counted(failures));
            for number in docs.flat_map(|((doc, _), _)| column.of(*doc)) {
                facet.counts[*number as usize] += 1;
            }
        }
    }

    fn rank(&mut self, block: &[(DocId, Score)]) {
        for (index, (doc, score)) in block.iter().enumerate() {
            if self.failures[index].number > 0 {
                continue;
            }
            self.total += 1;
            let score = match self.sort {
                Sort::Relevance => *score,
                Sort::Newest | Sort::Oldest => worth(self.columns.dates.get_val(*doc), self.sort),
            };
            // Most documents are worse than all that are kept, and their keys need not be read.
            let full = self.heap.len() == self.limit;
            if full && self.heap.peek().is_none_or(|worst| score < worst.0.score) {
                continue;
            }
            let address = DocAddress::new(self.segment, *doc);
            self.keep(Ranked { score, key: self.columns.keys.get_val(*doc), address });
        }
    }

    fn keep(&mut self, ranked: Ranked) {
        if self.heap.len() < self.limit {
            self.heap.push(Reverse(ranked));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && worst.0 < ranked
        {
            *worst = Reverse(ranked);
        }
    }
}

/// The score of a day. Days of the next 40 000 years are exact in it.
fn worth(day: i64, sort: Sort) -> Score {
    match (day, sort) {
        (i64::MIN, _) => Score::MIN,
        (day, Sort::Oldest) => -(day as Score),
        (day, _) => day as Score,
    }
}

impl SegmentFacet {
    fn by_value(&self, column: &FacetColumn) -> Counts {
        let counted =
            column.names.iter().zip(&self.counts).filter(|(name, count)| **count > 0 && !name.is_empty());
        counted.map(|(name, count)| (name.clone(), *count)).collect()
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
