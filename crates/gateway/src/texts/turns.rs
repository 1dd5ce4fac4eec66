use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use content::PaperId;
use tokio::sync::OwnedMutexGuard;

/// One at a time for each paper. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Turns {
    papers: Arc<Mutex<HashMap<PaperId, Arc<tokio::sync::Mutex<()>>>>>,
}

impl Turns {
    /// Waits for a paper's turn; the next one waits until it is dropped.
    pub(super) async fn of(&self, paper: PaperId) -> OwnedMutexGuard<()> {
        let turn = {
            let mut papers = self.papers.lock().unwrap_or_else(PoisonError::into_inner);
            // Those that nobody has or waits for are only known here.
            papers.retain(|_, turn| Arc::strong_count(turn) > 1);
            papers.entry(paper).or_default().clone()
        };
        turn.lock_owned().await
    }
}
