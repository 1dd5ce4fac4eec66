//! The command line. Results go to standard output, everything else to standard error.
//!
//! Exit codes: 0 done, 1 failed, 2 the command or the settings cannot be understood.

use std::{
    fmt::Display,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use clap::{Parser, Subcommand};

use crate::{app, config, errors::Chain};

mod audit;
mod check;
mod comment;
mod eval;
mod fulltext;
mod harvest;
mod healthcheck;
mod import;
mod intake;
mod media;
mod models;
mod patched;
mod post;
mod progress;
mod questions;
mod reindex;
mod render;
mod sample;
mod search;
mod serve;
mod term;
mod user;

/// How long work that is under way in threads may take to end after the rest did. What the index or the database had not
/// finished by then is undone at the next start.
const PATIENCE: Duration = Duration::from_secs(5);

/// A mathematical blog and a paper assistant, self-hosted.
#[derive(Parser)]
#[command(name = "inkstone", version, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    /// Read the settings from this file, not from inkstone.toml in the working directory.
    #[arg(long, global = true, value_name = "FILE", env = "INKSTONE_CONFIG")]
    config: Option<PathBuf>,
    /// Keep everything in this folder.
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site until the process is told to stop.
    #[command(after_help = "Example: inkstone serve --listen 0.0.0.0:8080 --data /srv/inkstone")]
    Serve {
        /// Listen here; port 0 takes any free one.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
        /// Fill an empty site from this folder.
        #[arg(long, value_name = "FOLDER")]
        sample: Option<PathBuf>,
    },
    /// Bring the database to the schema of this version. `serve` does so by itself.
    #[command(after_help = "Example: inkstone migrate --config /etc/inkstone.toml")]
    Migrate,
    /// Take in what others have.
    #[command(subcommand, after_help = "Example: inkstone import papers papers.jsonl.xz")]
    Import(Import),
    /// Harvest papers from where they are published.
    #[command(subcommand, after_help = "Example: inkstone harvest arxiv --set math:math:NT")]
    Harvest(harvest::Harvest),
    /// Build the search index anew from the database. A running server does it, and serves on meanwhile.
    #[command(after_help = "Example: inkstone reindex --data /srv/inkstone")]
    Reindex,
    /// Search papers, posts, comments and answers.
    #[command(after_help = "Example: inkstone search --kind paper --json 'low-rank adaptation'")]
    Search(search::Search),
    /// Measure search, related documents or the extractive reader on a public collection.
    #[command(subcommand, after_help = "Example: inkstone eval search scifact")]
    Eval(eval::Eval),
    /// Render standard input to HTML, or to the patches of a live page.
    #[command(after_help = "Example: echo 'Let $x_1 < x_2$.' | inkstone render --trust comment --json")]
    Render(render::Render),
    /// Print the text of a paper as a model would be given it; on standard error, what is hidden in it and left out.
    #[command(after_help = "Example: inkstone fulltext paper.pdf --json")]
    Fulltext(fulltext::Fulltext),
    /// Look at what visitors said, and decide what is shown.
    #[command(subcommand, after_help = "Example: inkstone comment list --state held")]
    Comment(comment::Command),
    /// Say who has an account.
    #[command(subcommand, after_help = "Example: inkstone user add ada --role administrator")]
    User(user::Command),
    /// Write, publish and look at posts.
    #[command(subcommand, after_help = "Example: inkstone post write newton-schulz.md --publish")]
    Post(post::Command),
    /// Keep files that posts show.
    #[command(subcommand, after_help = "Example: inkstone media add plot.png")]
    Media(media::Command),
    /// Look at the settings.
    /// Say what posts are put under: categories, tags and series.
    #[command(subcommand, after_help = "Example: inkstone term list category")]
    Term(term::Command),
    /// Say who did what.
    #[command(after_help = "Example: inkstone audit --action user --json")]
    Audit(audit::Audit),
    /// List the models, and what they cost today and this month.
    #[command(after_help = "Example: inkstone models --json")]
    Models(models::Models),
    /// List the question sets, and which of them is asked.
    #[command(after_help = "Example: inkstone questions --json")]
    Questions(questions::Sets),
    /// Look at the settings, and change some of them.
    #[command(subcommand, after_help = "Example: inkstone config check")]
    Config(Settings),
    /// Ask the server at the configured address whether it is well; for containers without a shell.
    #[command(after_help = "Example: inkstone healthcheck && echo well")]
    Healthcheck {
        /// Ask here.
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<String>,
    },
}

#[derive(Subcommand)]
enum Import {
    /// Import papers from JSON Lines: plain, gzip or xz; `-` is standard input.
    #[command(after_help = "Example: inkstone import papers papers.jsonl.xz")]
    Papers {
        /// The file, or `-`.
        file: PathBuf,
        /// Print the counts as one JSON object.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Settings {
    /// Print the settings in force and where each comes from, without secrets.
    #[command(after_help = "Example: INKSTONE_SITE__TITLE=Notes inkstone config check")]
    Check {
        /// Print them as one JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Change a setting while the site runs: in force at once, and over what the file says.
    #[command(after_help = "Example: inkstone config set site.title 'My notes'")]
    Set {
        /// `site.title`, …
        key: String,
        /// The value; of a menu, one entry a line.
        value: String,
    },
    /// Take such a change back.
    #[command(after_help = "Example: inkstone config unset site.title")]
    Unset {
        /// `site.title`, …
        key: String,
    },
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    // Before anything is opened: this process reads one hostile file and has no settings.
    if std::env::args().nth(1).as_deref() == Some(::fulltext::CHILD) {
        return ::fulltext::child();
    }
    let cli = Cli::parse();
    let runtime = tokio::runtime::Runtime::new().expect("the system can start threads");
    let done = runtime.block_on(run(cli));
    // A thread that asks for the address of a host, or reads a pipe, cannot be told to stop: it is not waited for.
    runtime.shutdown_timeout(PATIENCE);
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "inkstone: {}", Chain(error.as_ref()));
            ExitCode::from(if is_misunderstood(&error) { 2 } else { 1 })
        }
    }
}

/// Why a command cannot be understood, where more than its words must be looked at.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Misunderstood(String);

fn is_misunderstood(error: &anyhow::Error) -> bool {
    let manifest = matches!(error.downcast_ref(), Some(sources::Error::Manifest { .. }));
    manifest || error.is::<config::Error>() || error.is::<Misunderstood>()
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    let listen = match &cli.command {
        Command::Serve { listen, .. } | Command::Healthcheck { listen } => listen.clone(),
        _ => None,
    };
    // These need no settings, and should work beside a broken file.
    match &cli.command {
        Command::Render(options) => return render::run(options),
        Command::Eval(eval) => return eval::run(eval),
        _ => {}
    }
    let flags = [("listen", listen), ("data", cli.data)];
    let flags = flags.into_iter().filter_map(|(key, value)| Some((key, value?)));
    let loaded = config::load(cli.config.as_deref(), std::env::vars(), flags)?;
    if let Command::Config(settings) = cli.command {
        return match settings {
            Settings::Check { json } => check::check(loaded, json).await,
            Settings::Set { key, value } => check::set(loaded, &key, &value).await,
            Settings::Unset { key } => check::unset(loaded, &key).await,
        };
    }
    dispatch(cli.command, loaded).await
}

async fn dispatch(command: Command, loaded: config::Loaded) -> anyhow::Result<()> {
    if let Command::Serve { sample, .. } = command {
        return serve::run(loaded, sample.as_deref()).await;
    }
    let config = loaded.config;
    match command {
        Command::Migrate => migrate(&config).await,
        Command::Import(Import::Papers { file, json }) => import::papers(config, &file, json).await,
        Command::Harvest(harvest) => harvest::run(config, harvest).await,
        Command::Reindex => reindex::run(config).await,
        Command::Search(search) => search::run(config, search).await,
        Command::Fulltext(paper) => fulltext::run(config, paper).await,
        Command::Comment(comment) => comment::run(config, comment).await,
        Command::User(user) => user::run(config, user).await,
        Command::Post(post) => post::run(config, post).await,
        Command::Media(media) => media::run(config, media).await,
        Command::Term(term) => term::run(config, term).await,
        Command::Audit(asked) => audit::run(config, asked).await,
        Command::Models(asked) => models::run(config, asked).await,
        Command::Questions(asked) => questions::run(&config, &asked),
        Command::Healthcheck { .. } => healthcheck::run(config.listen).await,
        Command::Serve { .. } | Command::Render(_) | Command::Eval(_) | Command::Config(_) => {
            unreachable!("done before the settings were needed")
        }
    }
}

async fn migrate(config: &config::Config) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    app::open_storage(config).await?;
    print("the database has the schema of this version")
}

/// One line, or several, of a command's result.
fn print(text: impl Display) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}

/// Whoever read our output has seen enough (`inkstone search … | head`).
fn output_closed(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
