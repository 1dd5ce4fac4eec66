//! Collecting the best documents of a query and counting all of them, in one pass.
//!
//! All are counted, so none can be skipped, but what the worst that is kept scores is told to whoever scores
//! ([`Floor`]). The engine's own pruning (block-max WAND) would be quicker for a few words when nothing is counted, and
//! is several times slower for many words.

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
    preferring::Floor,
};

/// Documents that are looked at between two looks at the clock.
const BETWEEN_LOOKS: u32 = 1024;

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
    /// Raised to what a document needs to be kept.
    pub(crate) floor: Arc<Floor>,
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
    /// How many there are, whether they pass or not.
    pub(crate) matching: u64,
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
            until: self.until,
            floor: self.floor.clone(),
            top: Top::new(self.limit, self.floor.get()),
            until_look: 1,
            total: 0,
            matching: 0,
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
            merged.matching += segment.matching;
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

pub(crate) struct SegmentBest {
    segment: SegmentOrdinal,
    columns: Arc<Columns>,
    sort: Sort,
    facets: Vec<SegmentFacet>,
    until: Option<Instant>,
    floor: Arc<Floor>,
    top: Top,
    /// Documents to look at before the next look at the clock.
    until_look: u32,
    total: u64,
    matching: u64,
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

    #[inline]
    fn collect(&mut self, doc: DocId, score: Score) {
        self.matching += 1;
        self.until_look -= 1;
        if self.until_look == 0 {
            self.look_at_clock();
        }
        if self.cut_short {
            return;
        }
        // Spared where nothing is counted or chosen: with one word, most of the time is spent here.
        let failed = if self.facets.is_empty() { Failed::None } else { self.failed(doc) };
        match failed {
            Failed::None => {
                self.facets.iter_mut().for_each(|facet| facet.count(&self.columns, doc));
                self.rank(doc, score);
            }
            Failed::Only(facet) => self.facets[facet].count(&self.columns, doc),
            Failed::Several => (),
        }
    }

    fn harvest(self) -> tantivy::Result<Found> {
        let counted = self.facets.iter().filter(|facet| !facet.counts.is_empty());
        let counts = counted.map(|facet| (facet.facet, facet.by_value(self.columns.facet(facet.facet))));
        Ok(Found {
            counts: counts.collect(),
            best: self.top.into_best(),
            total: self.total,
            matching: self.matching,
            cut_short: self.cut_short,
        })
    }
}

/// Which filters a document fails: for a facet, those are counted that pass the filters on all others.
enum Failed {
    None,
    /// The one at this place.
    Only(usize),
    Several,
}

impl SegmentBest {
    #[cold]
    fn look_at_clock(&mut self) {
        self.until_look = BETWEEN_LOOKS;
        self.cut_short |= self.until.is_some_and(|until| Instant::now() > until);
    }

    fn failed(&self, doc: DocId) -> Failed {
        let fails = |(_, facet): &(usize, &SegmentFacet)| facet.filters && !facet.passes(&self.columns, doc);
        let mut failed = self.facets.iter().enumerate().filter(fails);
        match (failed.next(), failed.next()) {
            (None, _) => Failed::None,
            (Some((place, _)), None) => Failed::Only(place),
            _ => Failed::Several,
        }
    }

    fn rank(&mut self, doc: DocId, score: Score) {
        self.total += 1;
        let score = match self.sort {
            Sort::Relevance => score,
            Sort::Newest | Sort::Oldest => worth(self.columns.dates.get_val(doc), self.sort),
        };
        if score >= self.top.least() {
            self.keep(doc, score);
        }
    }

    #[cold]
    fn keep(&mut self, doc: DocId, score: Score) {
        let address = DocAddress::new(self.segment, doc);
        self.top.keep(Ranked { score, key: self.columns.keys.get_val(doc), address });
        self.floor.raise(self.top.least());
    }
}

/// The best documents of those that were looked at.
pub(crate) struct Top {
    limit: usize,
    heap: BinaryHeap<Reverse<Ranked>>,
    least: Score,
}

impl Top {
    /// So many, of those that score at least that.
    pub(crate) fn new(limit: usize, least: Score) -> Self {
        Self { limit, heap: BinaryHeap::new(), least: if limit == 0 { Score::INFINITY } else { least } }
    }

    /// What a document must score to be kept. Most have less, and nothing more need be known of them.
    pub(crate) fn least(&self) -> Score {
        self.least
    }

    pub(crate) fn keep(&mut self, ranked: Ranked) {
        if self.heap.len() < self.limit {
            self.heap.push(Reverse(ranked));
        } else if let Some(mut worst) = self.heap.peek_mut()
            && worst.0 < ranked
        {
            *worst = Reverse(ranked);
        }
        if let Some(worst) = self.heap.peek().filter(|_| self.heap.len() == self.limit) {
            self.least = worst.0.score;
        }
    }

    /// The best first.
    pub(crate) fn into_best(self) -> Vec<Ranked> {
        self.heap.into_sorted_vec().into_iter().map(|ranked| ranked.0).collect()
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
    fn passes(&self, columns: &Columns, doc: DocId) -> bool {
        columns.facet(self.facet).of(doc).iter().any(|number| self.chosen.contains(number))
    }

    fn count(&mut self, columns: &Columns, doc: DocId) {
        if !self.counts.is_empty() {
            columns.facet(self.facet).of(doc).iter().for_each(|number| self.counts[*number as usize] += 1);
        }
    }

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
