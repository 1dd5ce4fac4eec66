//! What papers are about, in a few terms, for cards and for what a reader's own browser learns from them.

use std::sync::Arc;

use content::Paper;
use moka::sync::Cache;

use crate::{app::App, errors::Failure, indexing};

/// Terms of one paper.
const TERMS: usize = 8;
/// Papers whose terms are kept: finding them takes longer than showing them, and they hardly change.
const KEPT: u64 = 100_000;

/// The terms of papers that were shown, by key and version.
#[derive(Clone)]
pub(crate) struct Phrases(Cache<(i64, String), Arc<[String]>>);

impl Phrases {
    pub(crate) fn new() -> Self {
        Self(Cache::new(KEPT))
    }
}

impl App {
    /// The terms of each paper: its authors' own keywords, else what the index finds telling.
    pub(crate) async fn phrases(&self, papers: &[Paper]) -> Result<Vec<Arc<[String]>>, Failure> {
        let unknown: Vec<Paper> =
            papers.iter().filter(|paper| self.known(paper).is_none()).cloned().collect();
        if !unknown.is_empty() {
            let kept = self.phrases.0.clone();
            let asked = self.ask_index(move |index| {
                for paper in unknown {
                    let phrases = index.key_phrases(&indexing::paper(&paper), TERMS)?;
                    kept.insert(key(&paper), phrases.into());
                }
                Ok(())
            });
            asked.await?;
        }
        Ok(papers.iter().map(|paper| self.known(paper).unwrap_or_default()).collect())
    }

    fn known(&self, paper: &Paper) -> Option<Arc<[String]>> {
        let own = &paper.shown.keywords;
        match own.is_empty() {
            true => self.phrases.0.get(&key(paper)),
            false => Some(own.iter().take(TERMS).cloned().collect()),
        }
    }
}

fn key(paper: &Paper) -> (i64, String) {
    (paper.id.0, paper.shown.key.version.clone())
}
