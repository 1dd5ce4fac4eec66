//! `inkstone eval`: measures what orders and what chooses, by the functions that the site calls.

mod retrieval;
mod summaries;

use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;
use serde::de::DeserializeOwned;
use sources::Lines;

/// What is measured.
#[derive(Subcommand)]
pub(super) enum Eval {
    /// Measure search with a collection's queries.
    #[command(after_help = "Example: inkstone eval search scifact")]
    Search(retrieval::Measured),
    /// Measure related documents: each query names a document of the collection, or is one.
    #[command(after_help = "Example: inkstone eval related scidocs --json")]
    Related(retrieval::Measured),
    /// Measure the extractive reader's one-sentence summary beside lead-1 and LexRank.
    #[command(after_help = "Example: inkstone eval summarize scitldr-a.jsonl.xz --json")]
    Summarize(summaries::Measured),
}

pub(super) fn run(eval: &Eval) -> anyhow::Result<()> {
    match eval {
        Eval::Search(asked) => retrieval::search(asked),
        Eval::Related(asked) => retrieval::related(asked),
        Eval::Summarize(asked) => summaries::run(asked),
    }
}

/// What the lines of a file hold, one JSON object each; plain, gzip or xz.
fn lines<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Vec<T>> {
    let unreadable = || format!("{} cannot be read", path.display());
    let mut lines = Lines::open(path).with_context(unreadable)?;
    let mut found = Vec::new();
    while let Some(line) = lines.next().with_context(unreadable)? {
        let parsed = line.map_err(anyhow::Error::msg).and_then(|line| Ok(serde_json::from_str(&line)?));
        found.push(parsed.with_context(|| format!("{}, line {}", path.display(), lines.number()))?);
    }
    Ok(found)
}
