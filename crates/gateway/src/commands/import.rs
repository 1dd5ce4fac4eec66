//! `inkstone import papers`: JSON Lines, plain, gzip or xz, into storage and then into the index.

use std::path::Path;

use anyhow::{Context as _, bail};
use sources::{Files, Format, Harvest};
use storage::Database;

use super::intake::Intake;
use crate::{
    config::Config,
    harvesting::{self, Tally},
};

/// Imports a file, `-` for standard input, and brings the index up to date.
pub(super) async fn papers(config: Config, file: &Path, json: bool) -> anyhow::Result<()> {
    let lines = Files::at(file, Format::Lines)?;
    let mut intake = Intake::open(&config).await?;
    // What was saved before the file broke is there to be found.
    let read = intake.take(None, Harvest::Files(lines)).await;
    let tally = intake.finish(json).await?;
    read?;
    if tally.papers() == 0 {
        bail!("{}: there is no paper in it", file.display());
    }
    Ok(())
}

/// Imports a file into storage only. Bad lines are an error: it is one of ours.
pub(super) async fn file(db: &Database, path: &Path) -> anyhow::Result<()> {
    let mut tally = Tally::default();
    let lines = Harvest::Files(Files::at(path, Format::Lines)?);
    harvesting::take_in(db, None, lines, &mut tally, |_, _| ()).await.context("the sample's papers")?;
    if tally.skipped > 0 {
        bail!("{}: {} bad lines", path.display(), tally.skipped);
    }
    Ok(())
}
