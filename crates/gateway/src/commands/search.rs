use std::{
    collections::HashMap,
    io::{self, Write as _},
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use content::{DocId, PaperId, PostId};
use search::{Filters, Hint, Query, Request, Snapshot};
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
    let filters = asked.kind.map_or(Filters::NONE, |kind| Filters::kind(kind.into()));
    let results = index.search(&Request { filters: &filters, ..Request::of(&query, asked.limit.into()) })?;
    for hint in query.hints().iter().chain(&results.hints) {
        let _ = writeln!(io::stderr(), "{}", sentence(hint));
    }
    if let Some(suggestion) = &results.suggestion {
        let _ = writeln!(io::stderr(), "did you mean: {suggestion}");
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
fn sentence(hint: &Hint) -> String {
    match hint {
        Hint::Widened(all) => format!("only {all} documents have all words; those with some of them follow"),
        Hint::TooLong => "the query is longer than 512 characters; only its beginning was used".into(),
        Hint::TooManyWords => "the query has more than 32 words; only the first were used".into(),
        Hint::TooManyPrefixes => "only four words may end with a star; the other stars were left out".into(),
        Hint::UnclosedQuote => "a quotation mark has no partner and was left out".into(),
        Hint::UnclosedParenthesis => "a parenthesis is not closed; it was taken to end with the query".into(),
        Hint::Dangling(operator) => format!("{operator} has nothing on one side and was left out"),
        Hint::NoValue(field) => format!("nothing follows {field}:"),
        Hint::BadValue { field, value } => {
            format!("{field}: does not know {value:?}, which was looked for as words")
        }
        Hint::StarInFront => "a star can only end a word".into(),
        Hint::ShortPrefix => "a star needs two letters before it".into(),
        Hint::OnlyExcluded => "there are only words that must not occur; everything else is shown".into(),
        Hint::Unknown(ids) => format!("nothing here has the identifier {}", ids.join(", ")),
        Hint::CutShort => "the search took too long and shows what was found until then".into(),
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
