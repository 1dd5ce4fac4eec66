use std::sync::{Arc, Weak};

use content::{AttemptId, Cost, Progress, Section};

use crate::house::{Active, House};

/// Saves how far all runs are together, as long as anybody holds them.
///
/// The time between two checkpoints is from one beginning to the next, and one is at work at a time. So text waits for that
/// time at the most, or for as long as one checkpoint takes, and then for its own.
pub(crate) async fn keep_saving(house: Weak<House>) {
    while let Some(house) = house.upgrade() {
        let next = house.seams.clock.sleep(house.settings.checkpoint);
        house.save().await;
        drop(house);
        next.await;
    }
}

/// What the store has of a run.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    /// The bytes of each section.
    lengths: Vec<usize>,
    /// Who replies, and what that has cost.
    spent: Option<(String, Cost)>,
}

impl Saved {
    /// Of an attempt that has just begun, with so many sections.
    pub(crate) fn nothing(sections: usize) -> Self {
        Self { lengths: vec![0; sections], spent: None }
    }
}

impl Active {
    fn so_far(&self) -> Saved {
        Saved {
            lengths: self.sections.iter().map(|section| section.markdown.len()).collect(),
            spent: self.spent.clone(),
        }
    }

    /// The sections that grew, and no text of those that did not; nothing if there is nothing to save.
    fn unsaved(&self, attempt: AttemptId) -> Option<(Progress, Saved)> {
        let so_far = self.so_far();
        if so_far == self.saved {
            return None;
        }
        let saved = self.saved.lengths.iter().copied().chain(std::iter::repeat(0));
        let grown = |(section, saved): (&Section, usize)| match section.markdown.len() > saved {
            true => section.clone(),
            false => Section::default(),
        };
        let sections = self.sections.iter().zip(saved).map(grown).collect();
        let (model, cost) = so_far.spent.clone().unzip();
        Some((Progress { attempt, sections, model, cost: cost.unwrap_or_default() }, so_far))
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
        let unsaved: Vec<_> =
            self.state().runs.iter().filter_map(|(run, active)| active.unsaved(*run)).collect();
        if unsaved.is_empty() {
            return;
        }
        let (progress, saved): (Vec<_>, Vec<_>) = unsaved.into_iter().unzip();
        let runs: Vec<_> = progress.iter().map(|progress| progress.attempt).collect();
        match self.seams.store.checkpoint(progress).await {
            Ok(()) => {
                let mut state = self.state();
                for (run, saved) in runs.into_iter().zip(saved) {
                    state.runs.entry(run).and_modify(|active| active.saved = saved);
                }
            }
            Err(error) => {
                tracing::warn!(runs = runs.len(), %error, "a checkpoint failed; the next one will hold more");
            }
        }
    }
}
