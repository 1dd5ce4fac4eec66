use clap::Args;
use storage::{
    Database,
    audit::{self, Deed, Filter},
};

use crate::{app, config::Config};

/// Who did what.
#[derive(Args)]
pub(super) struct Audit {
    /// Only what somebody of this name did; `command` is the command line.
    #[arg(long)]
    who: Option<String>,
    /// Only this action, or all that begin with it: `post` has `post.publish`.
    #[arg(long)]
    action: Option<String>,
    /// The newest so many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    limit: u64,
    /// Print them as one JSON list.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, asked: Audit) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    let filter = Filter { who: asked.who, action: asked.action };
    let entries = audit::list(&db, &filter, None, asked.limit).await?;
    if asked.json {
        return super::print(serde_json::to_string(&entries)?);
    }
    for entry in entries {
        let at = entry.at.format("%Y-%m-%d %H:%M:%S");
        super::print(format!("{at}  {}  {}  {}  {}", entry.who, entry.action, entry.object, entry.detail))?;
    }
    Ok(())
}

/// Writes down what a command did.
pub(super) async fn record(db: &Database, action: &str, object: &str, detail: &str) -> anyhow::Result<()> {
    let deed = Deed { user: None, who: "command", action, object, detail };
    Ok(audit::record(db, deed).await?)
}
