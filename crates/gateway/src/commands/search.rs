use std::io::{self, Write as _};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use content::Language;
use search::{Filters, Query, Request, Snapshot};
use serde::Serialize;

use super::print;
use crate::{
    app,
    config::Config,
    searches::{Documents, sentence},
    visit::language::Messages,
};

/// What is searched for.
#[derive(Args)]
pub(super) struct Search {
    /// Words are all required; put a "phrase" in quotes, and a - before a word to leave it out. Fields narrow the
    /// results: ti: au: abs: cat: venue: year: date: id: in: lang: source: has:
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// Only results of this kind.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The order of the results.
    #[arg(long, value_enum, default_value_t = Sort::Relevance)]
    sort: Sort,
    /// Leave out results that lack a word, however few have them all.
    #[arg(long)]
    all_words: bool,
    /// How many results to print.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Print one JSON object a result.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Paper,
    Post,
    Comment,
    Answer,
}

#[derive(Clone, Copy, ValueEnum)]
enum Sort {
    Relevance,
    Newest,
    Oldest,
}

/// One result as it is printed.
#[derive(Serialize)]
struct Hit<'a> {
    kind: &'static str,
    id: i64,
    score: f32,
    /// Of a comment or an answer: the title of what it is about.
    title: &'a str,
    path: String,
}

/// Searches the index in the data folder.
pub(super) async fn run(config: Config, asked: Search) -> anyhow::Result<()> {
    // A server may be running: what it committed last is searched beside it. Before the database is opened, which
    // would make one where there is none.
    let index = Snapshot::open(&config.index()).context("`inkstone reindex` builds the search index")?;
    let db = app::open_storage(&config).await?;
    let query = Query::parse(&asked.query);
    let filters = asked.kind.map_or(Filters::NONE, |kind| Filters::kind(kind.into()));
    let results = index.search(&Request {
        filters: &filters,
        sort: asked.sort.into(),
        widen: !asked.all_words,
        ..Request::of(&query, asked.limit.into())
    })?;
    let m = Messages(Language::En);
    for hint in query.hints().iter().chain(&results.hints) {
        let _ = writeln!(io::stderr(), "{}", sentence(hint, results.total, m));
    }
    if let Some(suggestion) = &results.suggestion {
        let _ = writeln!(io::stderr(), "{} {suggestion}", m.did_you_mean());
    }
    if results.hits.is_empty() {
        let _ = writeln!(io::stderr(), "nothing was found");
    }
    let documents = Documents::load(&db, results.hits.iter().map(|hit| hit.id)).await?;
    let hits = results.hits.iter().filter_map(|hit| {
        let document = documents.get(hit.id)?;
        let (kind, path) = (hit.id.kind.name(), document.address());
        Some(Hit { kind, id: hit.id.id, score: hit.score, title: document.title(), path })
    });
    let line = |hit: Hit| match asked.json {
        true => serde_json::to_string(&hit),
        false => Ok(format!("{}\n    {}  {:.2}", hit.title, hit.path, hit.score)),
    };
    hits.map(line).try_for_each(|line| print(line?))
}

impl From<Kind> for content::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Paper => Self::Paper,
            Kind::Post => Self::Post,
            Kind::Comment => Self::Comment,
            Kind::Answer => Self::Answer,
        }
    }
}

impl From<Sort> for search::Sort {
    fn from(sort: Sort) -> Self {
        match sort {
            Sort::Relevance => Self::Relevance,
            Sort::Newest => Self::Newest,
            Sort::Oldest => Self::Oldest,
        }
    }
}
