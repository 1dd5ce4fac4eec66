//! The text of a paper that a reading is made from: what is stored, else what is fetched from where the paper is published,
//! else the abstract.

mod origins;
mod turns;

use std::{sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use content::{FullText, Paper, Passage, TextSource};
use fulltext::{Extractor, VERSION};
use render::{Context, Pages};
use sources::fetch::{Fetcher, Policy};
use storage::{
    Database,
    texts::{self, Kept},
};

use crate::{config::Config, harvesting, papers};
use origins::{Origin, origin};
use turns::Turns;

/// How often the text of a record is tried.
const TRIES: u32 = 2;
/// The longest that fetching may take, with all waits for turns.
const PATIENCE: Duration = Duration::from_secs(60);
/// After this time a host that could not be reached is asked again.
const FORGOTTEN: TimeDelta = TimeDelta::days(1);
/// How long a paper is taken to be that has not been fetched, in bytes: forty pages.
const LONG: usize = 160_000;
/// What extracts abstracts.
const ABSTRACT: &str = "abstract/1";

/// What an answer about a paper is rendered with: its headings go below the questions, and `[p. 7]` leads to that page,
/// unless the text has no pages or no PDF is known.
pub(crate) async fn context(
    db: &Database,
    config: &Config,
    paper: &Paper,
) -> Result<Context, storage::Error> {
    let last = texts::report(db, paper.id).await?.map_or(0, |report| report.last_page);
    let pages = papers::pdf(paper).filter(|_| last > 0).map(|address| Pages { address, last });
    Ok(Context { macros: config.macros.known().clone(), deeper: 3, pages, ..Context::default() })
}

/// Texts of papers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Texts {
    db: Database,
    config: Arc<Config>,
    /// None if nothing may be fetched, or nothing can.
    fetcher: Option<Fetcher>,
    extractor: Extractor,
    turns: Turns,
}

/// A text, and why it is no better one: a code that [`crate::faults`] knows.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) text: FullText,
    pub(crate) fault: Option<String>,
}

/// Which text a reading wants: what an answer's key says of it.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub(crate) source: &'static str,
    pub(crate) extractor: String,
    /// The text as far as it is there, else one of the length that a long paper has: what reading it may cost is set aside
    /// before it is fetched.
    pub(crate) likely: FullText,
}

impl Texts {
    pub(crate) fn new(config: &Arc<Config>, db: &Database) -> anyhow::Result<Self> {
        let settings = &config.fulltext;
        let policy =
            Policy::of(settings.hosts.iter().map(String::as_str)).and_operator_chose(&settings.arxiv);
        let fetcher =
            Fetcher::new(policy, &harvesting::agent(config))?.paced_in(harvesting::pace(config)).trying(1);
        Ok(Self {
            db: db.clone(),
            config: config.clone(),
            fetcher: settings.fetch.then_some(fetcher),
            extractor: Extractor::new(std::env::current_exe()?, settings.pages),
            turns: Turns::default(),
        })
    }

    /// Which text a reading of a paper wants. It is the same before the text is fetched and after, so that whoever asks
    /// meanwhile joins, and whoever asks later finds the answer.
    pub(crate) async fn wanted(&self, paper: &Paper) -> Result<Wanted, storage::Error> {
        let stored = texts::of(&self.db, paper.id).await?.map(|kept| kept.text);
        let fetches = stored.is_some() || self.origin(paper).is_some();
        Ok(match stored {
            Some(text) if text.source == TextSource::Stored => {
                Wanted { source: TextSource::Stored.name(), extractor: text.extractor.clone(), likely: text }
            }
            stored if fetches => Wanted {
                source: "fetched",
                extractor: VERSION.into(),
                likely: stored.unwrap_or_else(of_a_long_paper),
            },
            _ => Wanted {
                source: TextSource::Abstract.name(),
                extractor: ABSTRACT.into(),
                likely: of_abstract(paper),
            },
        })
    }

    /// The text of a paper: fetched if it has to be, and then kept. `told` is told which page of a PDF is read, and how many
    /// there are.
    pub(crate) async fn of(
        &self,
        paper: &Paper,
        told: impl FnMut(u32, u32) + Send,
    ) -> Result<Found, storage::Error> {
        let origin = self.origin(paper);
        // Two readings of one paper fetch it once.
        let _turn = self.turns.of(paper.id).await;
        let stored = texts::of(&self.db, paper.id).await?;
        let good = |kept: &Kept| {
            kept.record.is_none()
                || kept.text.extractor == VERSION
                    && origin.as_ref().is_none_or(|origin| kept.record.as_deref() == Some(&origin.record))
        };
        let (stored, outdated) = match stored {
            Some(kept) if good(&kept) => (Some(kept.text), None),
            // What an older extractor made of this record is better than nothing.
            Some(kept)
                if origin.as_ref().is_none_or(|origin| kept.record.as_deref() == Some(&origin.record)) =>
            {
                (None, Some(kept.text))
            }
            _ => (None, None),
        };
        if let Some(text) = stored {
            return Ok(Found { text, fault: None });
        }
        let fault = match origin {
            None => self.fetcher.is_none().then(|| "not_fetched".to_owned()),
            Some(origin) => match self.fetched(paper, &origin, told).await? {
                Ok(text) => return Ok(Found { text, fault: None }),
                Err(fault) => Some(fault),
            },
        };
        Ok(match outdated {
            Some(text) => Found { text, fault: None },
            None => Found { text: of_abstract(paper), fault },
        })
    }

    fn origin(&self, paper: &Paper) -> Option<Origin> {
        self.fetcher.is_some().then(|| origin(paper, &self.config.fulltext.arxiv)).flatten()
    }

    /// Fetches a text and keeps it, or notes why not.
    async fn fetched(
        &self,
        paper: &Paper,
        origin: &Origin,
        told: impl FnMut(u32, u32) + Send,
    ) -> Result<Result<FullText, String>, storage::Error> {
        if let Some(failure) = texts::failure(&self.db, paper.id).await? {
            let same = failure.record == origin.record && failure.extractor == VERSION;
            let passing = matches!(failure.fault.as_str(), "unreachable" | "slow");
            let forgotten = passing && Utc::now() - failure.tried > FORGOTTEN;
            if same && failure.tries >= TRIES && !forgotten {
                return Ok(Err(failure.fault));
            }
        }
        let fetching = self.first_of(origin, told);
        match tokio::time::timeout(PATIENCE, fetching).await.unwrap_or(Err("slow")) {
            Ok(text) => {
                let kept = Kept { record: Some(origin.record.clone()), text };
                texts::save(&self.db, paper.id, &kept).await?;
                Ok(Ok(kept.text))
            }
            Err(fault) => {
                tracing::info!(paper = paper.id.0, record = origin.record, fault, "no text could be fetched");
                texts::failed(&self.db, paper.id, &origin.record, VERSION, fault).await?;
                Ok(Err(fault.to_owned()))
            }
        }
    }

    /// The first form of a paper that can be had and read; else what came of the last one.
    async fn first_of(
        &self,
        origin: &Origin,
        mut told: impl FnMut(u32, u32) + Send,
    ) -> Result<FullText, &'static str> {
        let mut fault = "not_there";
        let Some(fetcher) = &self.fetcher else { return Err("not_fetched") };
        for (form, address) in &origin.forms {
            let bytes = match fetcher.get(address).await {
                Ok(bytes) => bytes,
                Err(sources::Error::Unreachable { .. }) => return Err("unreachable"),
                Err(error) => {
                    tracing::debug!(%error, "a form of a paper cannot be had");
                    // A file that was there and could not be read says more than one that is not there.
                    if fault == "not_there" {
                        fault = refused(&error);
                    }
                    continue;
                }
            };
            match self.extractor.read(*form, &bytes, &mut told).await {
                Ok(text) => return Ok(text),
                Err(error) => {
                    tracing::info!(address, error = error.code(), "a paper could not be read");
                    fault = error.code();
                }
            }
        }
        Err(fault)
    }
}

fn refused(error: &sources::Error) -> &'static str {
    match error {
        sources::Error::Status { status: 404 | 410, .. } => "not_there",
        sources::Error::TooLarge { .. } => "too_large",
        sources::Error::Forbidden { .. } => "forbidden",
        _ => "refused",
    }
}

fn of_abstract(paper: &Paper) -> FullText {
    let passage = Passage { page: None, section: String::new(), text: paper.shown.summary.clone() };
    FullText::new(TextSource::Abstract, ABSTRACT, vec![passage])
}

fn of_a_long_paper() -> FullText {
    let passage = Passage { page: None, section: String::new(), text: "word ".repeat(LONG / 200) };
    FullText::new(TextSource::Pdf, VERSION, vec![passage; 40])
}
