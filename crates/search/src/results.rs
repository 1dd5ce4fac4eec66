use std::path::Path;

use content::{DocId, Kind};

use crate::{
    Error, Hint, Query,
    collect::{Best, Found, Ranked},
    folder,
    generation::Generation,
    plan::{self, Reach},
    schema::{self, KINDS, kind_index},
};

/// Documents that hold all words of a short query; with fewer than this, others are shown too.
const FEW: u64 = 5;

/// The index of a folder as it was last committed, to be searched beside the process that owns it.
pub struct Snapshot {
    generation: Generation,
}

/// What answers a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The part of the results that was asked for, the best first.
    pub hits: Vec<Hit>,
    /// Something to tell about how they were found.
    pub hint: Option<Hint>,
    counts: [u64; KINDS.len()],
}

/// A document that answers a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its name in storage.
    pub id: DocId,
    /// How well it answers; comparable only within one search.
    pub score: f32,
}

impl Snapshot {
    /// Opens the last commit.
    ///
    /// # Errors
    ///
    /// [`Error::Missing`] when there is no index yet.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let missing = || Error::Missing(folder.to_owned());
        let current = folder::current(&folder::versioned(folder)).ok_or_else(missing)?;
        Ok(Self { generation: Generation::read(&current)? })
    }

    /// As [`Index::search`](crate::Index::search).
    pub fn search(
        &self,
        query: &Query,
        kind: Option<Kind>,
        offset: usize,
        limit: usize,
    ) -> Result<Results, Error> {
        Results::find(&self.generation, query, kind, offset, limit)
    }
}

impl Results {
    pub(crate) fn find(
        generation: &Generation,
        query: &Query,
        kind: Option<Kind>,
        offset: usize,
        limit: usize,
    ) -> Result<Self, Error> {
        let searcher = generation.searcher();
        let best = Best::of(kind, offset.saturating_add(limit).min(searcher.num_docs() as usize));
        let run = |reach| match plan::plan(&generation.fields, query, reach) {
            Some(plan) => searcher.search(&plan, &best),
            None => Ok(Found { best: Vec::new(), counts: [0; KINDS.len()] }),
        };
        if !plan::is_strict(query) {
            return Ok(Self::of(run(Reach::Any)?, offset, None));
        }
        let found = run(Reach::All)?;
        if plan::can_widen(query) && found.counts.iter().sum::<u64>() < FEW {
            let wider = run(Reach::Wide)?;
            let more = wider.counts.iter().sum::<u64>() > found.counts.iter().sum();
            return Ok(Self::of(wider, offset, more.then_some(Hint::Widened)));
        }
        Ok(Self::of(found, offset, None))
    }

    /// How many documents answer the query: of one kind, or of all.
    pub fn total(&self, kind: Option<Kind>) -> u64 {
        match kind {
            Some(kind) => self.counts[kind_index(kind)],
            None => self.counts.iter().sum(),
        }
    }

    fn of(found: Found, offset: usize, hint: Option<Hint>) -> Self {
        let hit = |ranked: &Ranked| Hit { id: schema::id(ranked.key), score: ranked.score };
        Self { hits: found.best.iter().skip(offset).map(hit).collect(), hint, counts: found.counts }
    }
}
