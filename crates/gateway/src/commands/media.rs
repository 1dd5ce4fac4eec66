use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::json;
use storage::{
    audit::{self, Deed},
    media::{self, Medium},
};

use crate::{
    app,
    config::Config,
    writing::{file_address, file_markdown, file_paths, stored},
};

/// Files that posts show.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Keep a file, and print what to write to show it. Pictures become at most 2560 pixels wide and lose their metadata.
    #[command(after_help = "Example: inkstone media add plot.png")]
    Add {
        /// A picture (PNG, JPEG, GIF, WebP), PDF, ZIP or plain text.
        file: PathBuf,
    },
    /// List the files.
    #[command(after_help = "Example: inkstone media list --json")]
    List {
        /// Print them as one JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Remove a file.
    #[command(after_help = "Example: inkstone media remove 0b5a7c0e2f1d4c3b8a6f5e4d3c2b1a09")]
    Remove {
        /// The hash in its address.
        hash: String,
    },
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    let record = async |action, medium: &Medium| {
        let deed = Deed { user: None, who: "command", action, object: &medium.hash, detail: &medium.name };
        audit::record(&db, deed).await
    };
    match command {
        Command::Add { file } => {
            let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
            let fit = ::media::fit(&bytes).with_context(|| file.display().to_string())?;
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let medium = stored(&config, &name, &fit, None)?;
            media::save(&db, &medium).await?;
            record("media.add", &medium).await?;
            super::print(file_markdown(&medium))
        }
        Command::List { json } => list(&media::list(&db, None, 0, i64::MAX as u64).await?, json),
        Command::Remove { hash } => {
            let Some(medium) = media::by_hash(&db, &hash).await? else { bail!("there is no file {hash}") };
            media::remove(&db, &hash).await?;
            for path in file_paths(&config, &medium) {
                std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
            record("media.remove", &medium).await?;
            super::print(format!("{hash} is removed"))
        }
    }
}

fn list(files: &[Medium], json: bool) -> anyhow::Result<()> {
    if json {
        let entry = |medium: &Medium| {
            json!({
                "href": file_address(medium), "name": medium.name, "mime": medium.mime, "bytes": medium.bytes,
                "size": medium.size, "created": medium.created,
            })
        };
        return super::print(serde_json::Value::from(files.iter().map(entry).collect::<Vec<_>>()));
    }
    for medium in files {
        super::print(format!("{}  {}  {}", file_address(medium), medium.bytes, medium.name))?;
    }
    Ok(())
}
