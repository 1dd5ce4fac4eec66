//! Stand-in so that the rest compiles; overwrite it freely.
use std::path::Path;
use crate::config::Config;
pub(super) async fn papers(_: Config, _: &Path, _: bool) -> anyhow::Result<()> { anyhow::bail!("not yet") }
pub(super) async fn file(_: &storage::Database, _: &Path) -> anyhow::Result<()> { Ok(()) }
