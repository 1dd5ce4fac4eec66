use std::{
    collections::HashMap,
    io::{self, Write as _},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use content::{DocId, PaperId, PostId};
use search::{Hint, Query, Snapshot};
use serde::Serialize;
use storage::{Database, papers, posts};

use super::print;
use crate::{app, config::Config};

/// What is searched for.
#[derive(Args)]
pub(super) struct Search {
    /// Words are all required; put a "phrase" in quotes, and a - before a word to leave it out.
    #[arg(allow_hyphen_values = true)]
    query: String,
    /// Only results of this kind.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
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
}

/// One result as it is printed.
#[derive(Serialize)]
struct Hit {
    kind: &'static str,
    id: i64,
    score: f32,
    title: String,
    path: String,
}

/// Searches the index in the data folder.
pub(super) async fn run(config: Config, asked: Search) -> anyhow::Result<()> {
    // A server may be running: what it committed last is searched beside it. Before the database is opened, which
    // would make one where there is none.
    let index = Snapshot::open(&config.index()).context("`inkstone reindex` builds the search index")?;
    let db = app::open_storage(&config).await?;
    let query = Query::parse(&asked.query);
    let results = index.search(&query, asked.kind.map(Into::into), 0, asked.limit.into())?;
    for hint in query.hints().iter().chain(&results.hint) {
        let _ = writeln!(io::stderr(), "{}", sentence(*hint));
    }
    if results.hits.is_empty() {
        let _ = writeln!(io::stderr(), "nothing was found");
    }
    let mut shown = resolved(&db, &results.hits).await?;
    let hits = results.hits.iter().filter_map(|hit| {
        let (title, path) = shown.remove(&hit.id)?;
        Some(Hit { kind: hit.id.kind.name(), id: hit.id.id, score: hit.score, title, path })
    });
    let line = |hit: Hit| match asked.json {
        true => serde_json::to_string(&hit),
        false => Ok(format!("{}\n    {}  {:.2}", hit.title, hit.path, hit.score)),
    };
    hits.map(line).try_for_each(|line| print(line?))
}

/// What the page of a search says, too.
fn sentence(hint: Hint) -> &'static str {
    match hint {
        Hint::Widened => "few documents have all words; those with some of them follow",
        Hint::TooLong => "the query is longer than 512 characters; only its beginning was used",
        Hint::TooManyWords => "the query has more than 32 words; only the first were used",
        Hint::UnclosedQuote => "a quotation mark has no partner and was left out",
        Hint::OnlyExcluded => "there are only words that must not occur",
    }
}

/// Title and address of each result that is still there.
async fn resolved(db: &Database, hits: &[search::Hit]) -> anyhow::Result<HashMap<DocId, (String, String)>> {
    let ids = |kind| hits.iter().filter(move |hit| hit.id.kind == kind).map(|hit| hit.id.id);
    let paper_ids: Vec<_> = ids(content::Kind::Paper).map(PaperId).collect();
    let post_ids: Vec<_> = ids(content::Kind::Post).map(PostId).collect();
    let papers = papers::by_ids(db, &paper_ids).await?;
    let posts = posts::by_ids(db, &post_ids).await?;
    let of_papers = papers.into_iter().map(|paper| {
        let path = crate::papers::address(&paper);
        (DocId { kind: content::Kind::Paper, id: paper.id.0 }, (paper.shown.title, path))
    });
    let of_posts = posts.into_iter().map(|post| {
        let path = format!("/posts/{}", post.slug);
        (DocId { kind: content::Kind::Post, id: post.id.0 }, (post.title, path))
    });
    Ok(of_papers.chain(of_posts).collect())
}

impl From<Kind> for content::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Paper => Self::Paper,
            Kind::Post => Self::Post,
        }
    }
}
