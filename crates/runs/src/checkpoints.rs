use std::sync::{Arc, Weak};

use content::Progress;

use crate::house::House;

/// Saves how far all runs are together, as long as anybody holds them.
pub(crate) async fn keep_saving(house: Weak<House>) {
    while let Some(pause) = house.upgrade().map(|house| house.seams.clock.sleep(house.settings.checkpoint)) {
        pause.await;
        if let Some(house) = house.upgrade() {
            house.save().await;
        }
    }
}

impl House {
    /// One checkpoint, then the ends that failed to be stored before.
    pub(crate) async fn save(self: &Arc<Self>) {
        let _one_writer = self.storing.lock().await;
        self.checkpoint().await;
        let unsaved = std::mem::take(&mut self.state().unsaved);
        for (run, end, sections) in unsaved {
            if self.seams.store.end(run, end.clone(), sections.clone()).await.is_err() {
                self.state().unsaved.push((run, end, sections));
            }
        }
    }

    async fn checkpoint(&self) {
        let mut progress = Vec::new();
        for (run, active) in self.state().runs.iter_mut().filter(|(_, active)| active.grown) {
            active.grown = false;
            let cost = active.spent.as_ref().map(|(_, cost)| *cost).unwrap_or_default();
            progress.push(Progress { attempt: *run, sections: active.sections.clone(), cost });
        }
        if progress.is_empty() {
            return;
        }
        let saved: Vec<_> = progress.iter().map(|progress| progress.attempt).collect();
        if let Err(error) = self.seams.store.checkpoint(progress).await {
            tracing::warn!(runs = saved.len(), %error, "a checkpoint failed; the next one will hold more");
            let mut state = self.state();
            for run in saved {
                state.runs.entry(run).and_modify(|active| active.grown = true);
            }
        }
    }
}
