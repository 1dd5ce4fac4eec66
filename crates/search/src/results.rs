use std::{
    collections::BTreeMap,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use content::DocId;
use tantivy::Searcher;

use crate::{
    Error, Facet, Filters, Hint, Query, Sort,
    collect::{Best, Counts, Found, Ranked},
    folder,
    generation::Generation,
    plan::{Planner, Reach},
    schema, spelling,
};

/// Documents that hold all words of a short query; with fewer than this, others are shown too.
const FEW: u64 = 5;
/// How long a search may take. Few queries come near: all are bounded in length.
const LONGEST: Duration = Duration::from_secs(2);

/// What is asked of an index.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// What was typed. An empty one finds everything that passes the filters, if there are any.
    pub query: &'a Query,
    /// What results must be besides.
    pub filters: &'a Filters,
    /// Their order.
    pub sort: Sort,
    /// How many results to leave out before the first.
    pub offset: usize,
    /// How many to give.
    pub limit: usize,
    /// What to count.
    pub facets: &'a [Facet],
    /// Whether documents may lack a word when hardly any has all.
    pub widen: bool,
}

/// The index of a folder as it was last committed, to be searched beside the process that owns it.
pub struct Snapshot {
    generation: Generation,
}

/// What answers a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// The part of the results that was asked for, the best first.
    pub hits: Vec<Hit>,
    /// How many documents answer the query and pass the filters.
    pub total: u64,
    /// Whether they are what the query names, by identifiers and links and nothing else.
    pub named: bool,
    /// Whether each of them has all that was asked for.
    pub complete: bool,
    /// What to tell about how they were found.
    pub hints: Vec<Hint>,
    /// The query with words that hardly any document holds replaced by some that are like them.
    pub suggestion: Option<String>,
    counts: BTreeMap<Facet, Counts>,
}

/// A document that answers a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its name in storage.
    pub id: DocId,
    /// How well it answers; comparable only within one search.
    pub score: f32,
}

impl<'a> Request<'a> {
    /// The best `limit` documents of any kind, nothing counted.
    pub fn of(query: &'a Query, limit: usize) -> Self {
        static NONE: Filters = Filters::NONE;
        Self { query, filters: &NONE, sort: Sort::Relevance, offset: 0, limit, facets: &[], widen: true }
    }
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
    pub fn search(&self, request: &Request<'_>) -> Result<Results, Error> {
        Results::find(&self.generation, request)
    }
}

impl Results {
    /// How many documents have each value of a facet that was asked for, most first; years newest first. Each count is
    /// what would be left if this value were chosen instead of what is chosen of its facet.
    pub fn counts(&self, facet: Facet) -> Vec<(&str, u64)> {
        let counts = self.counts.get(&facet).into_iter().flatten();
        let mut counts: Vec<_> = counts.map(|(value, count)| (&**value, *count)).collect();
        match facet {
            Facet::Year => counts.reverse(),
            _ => counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count)),
        }
        counts
    }

    /// How many documents have this value of a facet.
    pub fn count(&self, facet: Facet, value: &str) -> u64 {
        self.counts.get(&facet).and_then(|counts| counts.get(value)).copied().unwrap_or(0)
    }

    pub(crate) fn find(generation: &Generation, request: &Request<'_>) -> Result<Self, Error> {
        let searcher = generation.searcher();
        let search = Search { searcher: &searcher, generation, request, until: Instant::now() + LONGEST };
        if !request.query.named.is_empty() {
            let (found, hints) = search.named()?;
            if found.matching > 0 {
                return Ok(Self { named: true, ..Self::of(request, found, hints) });
            }
            if let Some(mentions) = request.query.mentions() {
                let request = &Request { query: &mentions, ..*request };
                let (found, ..) = Search { request, ..search }.run()?;
                return Ok(Self::of(request, found, hints));
            }
        }
        let (found, hints, complete) = search.run()?;
        // Where some documents have all words, none of these is a mistake; nor where somebody insists on them.
        let known = complete && (found.matching >= FEW || !request.widen && found.total > 0);
        let suggestion = match known || request.offset > 0 {
            false => spelling::suggestion(&searcher, &generation.fields, request.query)?,
            true => None,
        };
        Ok(Self { suggestion, complete, ..Self::of(request, found, hints) })
    }

    fn of(request: &Request<'_>, found: Found, hints: Vec<Hint>) -> Self {
        let hit = |ranked: &Ranked| Hit { id: schema::id(ranked.key), score: ranked.score };
        Self {
            hits: found.best.iter().skip(request.offset).map(hit).collect(),
            total: found.total,
            named: false,
            complete: true,
            hints,
            suggestion: None,
            counts: found.counts,
        }
    }
}

/// One search while it runs.
struct Search<'a> {
    searcher: &'a Searcher,
    generation: &'a Generation,
    request: &'a Request<'a>,
    until: Instant,
}

impl Search<'_> {
    /// The papers that the query names.
    fn named(&self) -> Result<(Found, Vec<Hint>), Error> {
        let unknown = self.planner().unknown(&self.request.query.named)?;
        let hint = (!unknown.is_empty()).then_some(Hint::Unknown(unknown));
        Ok((self.find(Reach::Named)?, hint.into_iter().collect()))
    }

    /// What was found, what to tell of it, and whether each of it has all words.
    fn run(&self) -> Result<(Found, Vec<Hint>, bool), Error> {
        let query = self.request.query;
        let by_date = self.request.sort != Sort::Relevance;
        let mut hints = Vec::new();
        // In an order of days, what has only some of the words would hide what has all.
        let mut complete = query.is_strict() || by_date || !self.request.widen;
        let mut found = self.find(if complete { Reach::All } else { Reach::Any })?;
        let mut widen = complete && !by_date && self.request.widen && query.can_widen();
        // A minus sign that leaves hardly anything was a dash, if there is such a title.
        if query.has_minus {
            let all = if complete { found.matching } else { self.find(Reach::All)?.matching };
            let titled = if all < FEW { self.find(Reach::Title)? } else { Found::default() };
            if titled.matching > all {
                (found, complete, widen) = (titled, true, false);
            }
        }
        if widen && found.matching < FEW {
            let wider = self.find(Reach::Wide)?;
            if wider.matching > found.matching {
                hints.push(Hint::Widened(found.total));
                (found, complete) = (wider, false);
            }
        }
        hints.extend(found.cut_short.then_some(Hint::CutShort));
        Ok((found, hints, complete))
    }

    fn find(&self, reach: Reach) -> Result<Found, Error> {
        let Request { query, filters, sort, offset, limit, facets, .. } = *self.request;
        if query.is_empty() && filters.is_empty() {
            return Ok(Found::default());
        }
        let planner = self.planner();
        let floor = planner.floor.clone();
        let plan = planner.plan(query, reach)?;
        // Where nothing is better than anything else, what is new is.
        let sort = if sort == Sort::Relevance && !query.ranks() && reach != Reach::Named {
            Sort::Newest
        } else {
            sort
        };
        let limit = offset.saturating_add(limit).min(self.searcher.num_docs() as usize);
        // What need not be counted need not be looked at. Whether a search widens does not depend on what is chosen.
        let (plan, filters) = match facets {
            [] if !self.request.widen => (planner.filtered(plan, filters), &Filters::NONE),
            _ => (plan, filters),
        };
        let columns = &self.generation.columns;
        let best = Best { columns, limit, sort, filters, facets, until: Some(self.until), floor };
        Ok(self.searcher.search(&plan, &best)?)
    }

    fn planner(&self) -> Planner<'_> {
        Planner { searcher: self.searcher, fields: &self.generation.fields, floor: Arc::default() }
    }
}
