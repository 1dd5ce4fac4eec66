use clap::Subcommand;
use content::Slug;
use storage::{
    Database,
    terms::{self, TermKind},
};

use super::audit::record;
use crate::{app, config::Config};

/// What posts are put under.
#[derive(Subcommand)]
pub(super) enum Command {
    /// List the categories, tags or series, with how many posts are under each.
    #[command(after_help = "Example: inkstone term list tag --json")]
    List {
        /// category, tag or series.
        kind: TermKind,
        /// Print them as one JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Make one that no post names yet.
    #[command(after_help = "Example: inkstone term add category Analysis")]
    Add {
        /// category, tag or series.
        kind: TermKind,
        /// What it is called.
        name: String,
    },
    /// Give one another name, in all posts.
    #[command(after_help = "Example: inkstone term rename tag NN 'neural networks'")]
    Rename {
        /// category, tag or series.
        kind: TermKind,
        /// What it is called.
        name: String,
        /// What it is called from now on.
        new: String,
    },
    /// Say what one is about and, of a category, which one is above it.
    #[command(
        after_help = "Example: inkstone term describe category Analysis 'Limits and more.' --parent Mathematics"
    )]
    Describe {
        /// category, tag or series.
        kind: TermKind,
        /// What it is called.
        name: String,
        /// Some sentences, as Markdown.
        description: String,
        /// The category above it; without one it is at the top.
        #[arg(long)]
        parent: Option<String>,
    },
    /// Give one another address; the old one leads there.
    #[command(after_help = "Example: inkstone term address series Attention attention")]
    Address {
        /// category, tag or series.
        kind: TermKind,
        /// What it is called.
        name: String,
        /// The end of its address: lower-case letters, digits and hyphens.
        slug: Slug,
    },
    /// Put the posts of one under another one; its address leads there.
    #[command(after_help = "Example: inkstone term merge tag NN 'neural networks'")]
    Merge {
        /// category, tag or series.
        kind: TermKind,
        /// What it is called.
        name: String,
        /// The one that stays.
        into: String,
    },
    /// Remove one that no post is under.
    #[command(after_help = "Example: inkstone term remove tag nonsense")]
    Remove {
        /// category, tag or series.
        kind: TermKind,
        /// What it is called.
        name: String,
    },
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    match command {
        Command::List { kind, json } => list(&db, kind, json).await,
        Command::Add { kind, name } => {
            terms::add(&db, kind, &name).await?;
            done(&db, "term.add", kind, &name, "").await
        }
        Command::Rename { kind, name, new } => {
            terms::rename(&db, kind, &name, &new).await?;
            done(&db, "term.rename", kind, &name, &new).await
        }
        Command::Describe { kind, name, description, parent } => {
            terms::describe(&db, kind, &name, &description, parent.as_deref()).await?;
            done(&db, "term.describe", kind, &name, parent.as_deref().unwrap_or_default()).await
        }
        Command::Address { kind, name, slug } => {
            terms::readdress(&db, kind, &name, &slug).await?;
            done(&db, "term.address", kind, &name, slug.as_str()).await
        }
        Command::Merge { kind, name, into } => {
            terms::merge(&db, kind, &name, &into).await?;
            done(&db, "term.merge", kind, &name, &into).await
        }
        Command::Remove { kind, name } => {
            terms::remove(&db, kind, &name).await?;
            done(&db, "term.remove", kind, &name, "").await
        }
    }
}

async fn done(db: &Database, action: &str, kind: TermKind, name: &str, detail: &str) -> anyhow::Result<()> {
    record(db, action, &format!("{} {name}", kind.name()), detail).await?;
    let what = action.trim_start_matches("term.");
    super::print(format!("{} {name}: {what} {detail}", kind.name()).trim_end())
}

async fn list(db: &Database, kind: TermKind, json: bool) -> anyhow::Result<()> {
    let counts = terms::counts(db, kind).await?;
    let posts = |name: &str| counts.get(name).copied().unwrap_or(0);
    let all = terms::all(db, kind).await?;
    if json {
        let with_posts = all.iter().map(|term| {
            let mut value = serde_json::to_value(term)?;
            value["posts"] = posts(&term.name).into();
            Ok(value)
        });
        return super::print(serde_json::to_string(&with_posts.collect::<serde_json::Result<Vec<_>>>()?)?);
    }
    for term in all {
        let parent = term.parent.map(|parent| format!("  below {parent}")).unwrap_or_default();
        super::print(format!(
            "{}  /{}/{}  posts {}{parent}",
            term.name,
            kind.name(),
            term.slug,
            posts(&term.name)
        ))?;
    }
    Ok(())
}
