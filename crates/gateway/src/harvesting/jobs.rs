use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use sources::{
    Files, Format, Harvest, Manifest, Proceedings,
    arxiv::{self, List, Missing, Prefix, Walk},
    fetch::{Fetcher, OnWait, Policy},
};
use storage::{Database, harvests};

use super::Error;
use crate::config::Config;

/// The name in settings and on the command line of arXiv as a whole.
const ALL: &str = "all";
/// Hosts that may be redirected to. What else is asked the operator has named.
const HOSTS: [&str; 8] = [
    "oaipmh.arxiv.org",
    "rss.arxiv.org",
    "export.arxiv.org",
    "arxiv.org",
    "aclanthology.org",
    "openreview.net",
    "api.openreview.net",
    "api2.openreview.net",
];
/// Records that are asked for one by one after a list; the rest waits for the next time.
const GAP: usize = 500;

/// One thing to harvest.
#[derive(Debug, Clone)]
pub(crate) enum Job {
    /// The records of arXiv, or of a set.
    Arxiv { set: String, prefix: Prefix, since: Option<NaiveDate> },
    /// A category's list of the day.
    List(String),
    /// A proceedings.
    Venue(Box<Manifest>),
}

/// What the settings ask for. A manifest that cannot be read does not keep the others from being harvested.
pub(crate) fn jobs(config: &Config) -> (Vec<Job>, Vec<sources::Error>) {
    let settings = &config.harvest;
    let arxiv =
        settings.arxiv.iter().map(|set| Job::Arxiv { set: set.clone(), prefix: Prefix::Raw, since: None });
    let mut jobs: Vec<_> = arxiv.chain(settings.lists.iter().cloned().map(Job::List)).collect();
    let mut errors = Vec::new();
    for manifest in settings.manifests.iter().flat_map(|folder| manifests(folder)) {
        match manifest {
            Ok(manifest) => jobs.push(Job::Venue(Box::new(manifest))),
            Err(error) => errors.push(error),
        }
    }
    (jobs, errors)
}

/// The manifests of a folder, by name.
fn manifests(folder: &Path) -> Vec<Result<Manifest, sources::Error>> {
    let mut paths = Vec::new();
    match folder.read_dir() {
        Ok(entries) => paths.extend(entries.flatten().map(|entry| entry.path())),
        Err(source) => return vec![Err(sources::Error::File { path: folder.to_owned(), source })],
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().map(|path| Manifest::read(path)).collect()
}

/// What fetches, under this site's name.
pub(crate) fn fetcher(config: &Config, on_wait: OnWait) -> Result<Fetcher, sources::Error> {
    let fetcher = Fetcher::new(Policy::of(HOSTS), &agent(config))?;
    let chosen = [config.harvest.oai.as_str(), config.harvest.feeds.as_str()];
    Ok(fetcher.paced_in(pace(config)).telling(on_wait).and_operator_chose(chosen))
}

/// The folder of what keeps the pace of all that fetches.
pub(crate) fn pace(config: &Config) -> PathBuf {
    config.data.join("pace")
}

/// How this site names itself to those it asks.
pub(crate) fn agent(config: &Config) -> String {
    let site = config.base_url.as_ref().map(|url| format!("+{}", url.as_str()));
    let contact = config.harvest.contact.as_ref().map(ToString::to_string);
    let about: Vec<_> = site.into_iter().chain(contact).collect();
    let name = format!("inkstone/{}", env!("CARGO_PKG_VERSION"));
    if about.is_empty() { name } else { format!("{name} ({})", about.join("; ")) }
}

impl Job {
    /// The name that its cursor is kept under.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Arxiv { set, prefix: Prefix::Raw, .. } => format!("arxiv:{set}"),
            Self::Arxiv { set, prefix, .. } => format!("arxiv:{set}:{}", prefix.name()),
            Self::List(category) => format!("list:{category}"),
            Self::Venue(manifest) => format!("venue:{}", manifest.name()),
        }
    }

    /// The harvest, from where the last one ended.
    pub(crate) async fn harvest(
        &self,
        db: &Database,
        config: &Config,
        fetcher: &Fetcher,
    ) -> Result<Harvest, Error> {
        let cursor = harvests::cursor(db, &self.name()).await?;
        let fetcher = fetcher.clone();
        Ok(match self {
            Self::Arxiv { set, prefix, since } => {
                let set = Some(set.as_str()).filter(|set| *set != ALL);
                let walk = Walk::new(fetcher, &config.harvest.oai, *prefix, set, cursor.as_deref());
                Harvest::Arxiv(since.iter().fold(walk, |walk, day| walk.since(*day)))
            }
            Self::List(category) => Harvest::List(List::new(fetcher, &config.harvest.feeds, category)),
            Self::Venue(manifest) if manifest.addresses.is_empty() => {
                Harvest::Files(Files::of_manifest(manifest.as_ref().clone())?)
            }
            Self::Venue(manifest) => {
                let fetcher = fetcher.and_operator_chose(manifest.addresses.iter().map(String::as_str));
                Harvest::Proceedings(Proceedings::new(fetcher, manifest.as_ref().clone(), cursor.as_deref()))
            }
        })
    }

    /// Papers that this list named, now or the last time, and of which nothing is stored: a harvest for them, and how many
    /// more there are.
    pub(crate) async fn gap(
        &self,
        db: &Database,
        config: &Config,
        fetcher: &Fetcher,
        before: &[String],
    ) -> Result<Option<(Harvest, usize)>, Error> {
        let mut ids = self.announced(db).await?;
        ids.extend_from_slice(before);
        ids.sort_unstable();
        ids.dedup();
        // The newest first: they are looked for.
        ids.reverse();
        let mut missing = harvests::missing(db, &ids).await?;
        let more = missing.len().saturating_sub(GAP);
        missing.truncate(GAP);
        let harvest = Missing::new(fetcher.clone(), &config.harvest.oai, missing.clone());
        Ok((!missing.is_empty()).then_some((Harvest::Missing(harvest), more)))
    }

    /// The papers of the list that was saved last.
    pub(crate) async fn announced(&self, db: &Database) -> Result<Vec<String>, Error> {
        let cursor = harvests::cursor(db, &self.name()).await?;
        Ok(cursor.as_deref().map(arxiv::announced_before).unwrap_or_default())
    }
}

/// Files instead of the network, and the name under which they are saved: the cursors of the network stay as they are.
pub(crate) fn sources_file(path: &Path, format: Format) -> Result<(Harvest, &'static str), sources::Error> {
    let name = match &format {
        Format::Records => "files:arxiv",
        Format::Lists => "files:lists",
        Format::Lines => "files:lines",
        Format::Proceedings(_) => "files:venue",
    };
    Ok((Harvest::Files(Files::at(path, format)?), name))
}
