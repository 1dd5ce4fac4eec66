use std::collections::VecDeque;

use content::AttemptId;
use tokio::sync::oneshot;

/// Who may work now and who waits for it, first come first served.
pub(crate) struct Queue {
    working: usize,
    parallel: usize,
    waiting: VecDeque<(AttemptId, oneshot::Sender<()>)>,
}

impl Queue {
    pub(crate) fn new(parallel: usize) -> Self {
        Self { working: 0, parallel: parallel.max(1), waiting: VecDeque::new() }
    }

    /// The receiver resolves when it is this run's turn.
    pub(crate) fn enter(&mut self, run: AttemptId) -> oneshot::Receiver<()> {
        let (turn, receiver) = oneshot::channel();
        self.waiting.push_back((run, turn));
        self.admit();
        receiver
    }

    /// Takes out a run that worked or waited.
    pub(crate) fn leave(&mut self, run: AttemptId) {
        let before = self.waiting.len();
        self.waiting.retain(|(waiting, _)| *waiting != run);
        if self.waiting.len() == before {
            self.working -= 1;
        }
        self.admit();
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The waiting runs with their places, from 1.
    pub(crate) fn places(&self) -> Vec<(AttemptId, usize)> {
        self.waiting.iter().zip(1..).map(|((run, _), place)| (*run, place)).collect()
    }

    fn admit(&mut self) {
        while self.working < self.parallel
            && let Some((_, turn)) = self.waiting.pop_front()
        {
            self.working += 1;
            // A run that went away meanwhile still leaves, which frees the place again.
            let _ = turn.send(());
        }
    }
}
