use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use search::Index;

use super::{print, progress};
use crate::{app, config::Config, indexing, upkeep};

/// How often a running server is looked at.
const INTERVAL: Duration = Duration::from_millis(200);

/// Builds the index, or waits until the server that has it open has built it.
pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    let folder = config.index();
    let waiting = progress::counting("waiting for the running server", None);
    let mut asked = false;
    loop {
        match Index::open(&folder) {
            // Nobody has it open, or whoever had it ended before the rebuild did.
            Ok(index) => {
                waiting.finish_and_clear();
                return build(&db, Arc::new(index)).await;
            }
            Err(search::Error::Held(_)) if !asked => {
                search::ask_for_rebuild(&folder)?;
                asked = true;
            }
            Err(search::Error::Held(_)) if !search::rebuild_asked(&folder) => {
                waiting.finish_and_clear();
                return print("the running server has built its index anew");
            }
            Err(search::Error::Held(_)) => tokio::time::sleep(INTERVAL).await,
            Err(error) => return Err(error).context("the search index could not be opened"),
        }
    }
}

async fn build(db: &storage::Database, index: Arc<Index>) -> anyhow::Result<()> {
    upkeep::renew(db).await?;
    let bar = progress::counting("indexing", None);
    let count = indexing::rebuild(db, &index, |done| bar.set_position(done)).await?;
    tokio::task::spawn_blocking(move || index.close()).await??;
    bar.finish_and_clear();
    print(format!("indexed {count} documents"))
}
