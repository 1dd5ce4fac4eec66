//! `inkstone harvest …`: papers from arXiv, from its lists of the day, or of a proceedings; by network, or from files.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use sources::{Format, Manifest, arxiv::Prefix, fetch::Fetcher};

use super::{Misunderstood, intake::Intake};
use crate::{
    config::Config,
    harvesting::{self, Job},
};

/// What to harvest.
#[derive(Subcommand)]
pub(super) enum Harvest {
    /// The records of arXiv that are new or changed since the last time.
    #[command(after_help = "Example: inkstone harvest arxiv --set math:math:NT --set cs:cs:LG")]
    Arxiv {
        /// Only this set: group, archive and category (`math:math:NT`) or the beginning of it. May be given again.
        #[arg(long = "set", value_name = "SET")]
        sets: Vec<String>,
        /// What changed since this day, instead of since the last time.
        #[arg(long, value_name = "DAY", value_parser = day)]
        since: Option<NaiveDate>,
        /// Ask for records in this format: arXivRaw has all versions, arXiv has names in parts.
        #[arg(long, value_name = "FORMAT", default_value = "arXivRaw", value_parser = prefix)]
        format: Prefix,
        #[command(flatten)]
        options: Options,
    },
    /// arXiv's lists of the day: what was announced in which order. What has not come yet is asked for.
    #[command(after_help = "Example: inkstone harvest lists math.NT math.AG")]
    Lists {
        /// The categories; without any, those of the settings.
        #[arg(value_parser = category)]
        categories: Vec<String>,
        #[command(flatten)]
        options: Options,
    },
    /// A proceedings, by its manifest.
    #[command(after_help = "Example: inkstone harvest venue manifests/iclr-2026.toml")]
    Venue {
        /// The manifest; docs/harvest.md says what is in it.
        manifest: PathBuf,
        #[command(flatten)]
        options: Options,
    },
}

#[derive(Args)]
pub(super) struct Options {
    /// Read this file, or the files of this folder, and not the network.
    #[arg(long, value_name = "PATH")]
    from: Option<PathBuf>,
    /// Print the counts as one JSON object.
    #[arg(long)]
    json: bool,
}

/// Harvests, and brings the index up to date.
pub(super) async fn run(config: Config, harvest: Harvest) -> anyhow::Result<()> {
    match harvest {
        Harvest::Arxiv { sets, since, format, options } => {
            let sets = or_settings(sets, &config.harvest.arxiv);
            // Without any set, everything.
            let sets = if sets.is_empty() { vec!["all".to_owned()] } else { sets };
            let job = |set| Job::Arxiv { set, prefix: format, since };
            work(config, sets.into_iter().map(job).collect(), Format::Records, options).await
        }
        Harvest::Lists { categories, options } => {
            let categories = or_settings(categories, &config.harvest.lists);
            if categories.is_empty() && options.from.is_none() {
                return Err(Misunderstood("name a category, or set harvest.lists".into()).into());
            }
            work(config, categories.into_iter().map(Job::List).collect(), Format::Lists, options).await
        }
        Harvest::Venue { manifest, options } => {
            let manifest = Manifest::read(&manifest)?;
            if manifest.addresses.is_empty() && manifest.files.is_empty() && options.from.is_none() {
                bail!("{} names neither addresses nor files: use --from", manifest.path.display());
            }
            let format = Format::Proceedings(Box::new(manifest.clone()));
            work(config, vec![Job::Venue(Box::new(manifest))], format, options).await
        }
    }
}

/// Takes in the files, or does the jobs by network.
async fn work(config: Config, jobs: Vec<Job>, format: Format, options: Options) -> anyhow::Result<()> {
    // On some days nothing is announced or changed.
    let may_be_empty = matches!(format, Format::Records | Format::Lists);
    let files = options.from.as_deref().map(|path| harvesting::sources_file(path, format)).transpose()?;
    let mut intake = Intake::open(&config).await?;
    let from = files.is_some();
    let done = match files {
        Some((files, name)) => intake.take(Some(name), files).await,
        None => network(&config, &mut intake, &jobs).await,
    };
    let aside = done.as_ref().err().and_then(|error| harvesting::set_aside(&config, error));
    // What was saved before it failed is there to be found.
    let tally = intake.finish(options.json).await?;
    let done = done.map_err(anyhow::Error::from);
    match aside {
        Some(file) => {
            done.with_context(|| format!("a page cannot be read, and was put into {}", file.display()))?
        }
        None => done?,
    }
    if tally.unreadable > 0 {
        bail!(
            "{} files could not be read; they are named above, and the others were taken in",
            tally.unreadable
        );
    }
    let nothing = tally.papers() + tally.announced + tally.gone == 0;
    match &options.from {
        Some(path) if from && nothing && !may_be_empty => {
            bail!("{}: there is no paper in it", path.display())
        }
        _ => Ok(()),
    }
}

async fn network(config: &Config, intake: &mut Intake, jobs: &[Job]) -> Result<(), harvesting::Error> {
    let fetcher = harvesting::fetcher(config, intake.on_wait())?;
    for job in jobs {
        one(config, intake, &fetcher, job).await?;
    }
    Ok(())
}

/// One job; after a list also what it named and had not come.
async fn one(
    config: &Config,
    intake: &mut Intake,
    fetcher: &Fetcher,
    job: &Job,
) -> Result<(), harvesting::Error> {
    let db = intake.db.clone();
    let before = job.announced(&db).await?;
    let harvest = job.harvest(&db, config, fetcher).await?;
    intake.take(Some(&job.name()), harvest).await?;
    let Job::List(category) = job else { return Ok(()) };
    let Some((harvest, more)) = job.gap(&db, config, fetcher, &before).await? else { return Ok(()) };
    intake
        .say(&format!("{category}: papers were announced that have not come; they are asked for one by one"));
    if more > 0 {
        intake.say(&format!(
            "{more} more are left for the next time; `inkstone harvest arxiv` is quicker for so many"
        ));
    }
    intake.take(Some(harvesting::GAPS), harvest).await
}

fn or_settings(given: Vec<String>, settings: &[String]) -> Vec<String> {
    if given.is_empty() { settings.to_vec() } else { given }
}

fn day(text: &str) -> Result<NaiveDate, String> {
    content::day(text).ok_or_else(|| "it is not a day like 2026-11-23".to_owned())
}

fn category(text: &str) -> Result<String, String> {
    content::category(text).map_err(|invalid| invalid.to_string())
}

fn prefix(text: &str) -> Result<Prefix, String> {
    Prefix::of(text).ok_or_else(|| "it is neither arXivRaw nor arXiv".to_owned())
}
