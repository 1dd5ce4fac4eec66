use std::collections::VecDeque;

use content::AttemptId;
use tokio::sync::oneshot;

/// How soon it is somebody's turn: those of a higher priority all come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Someone without an account.
    Visitor,
    /// Someone with one.
    User,
}

/// Who may work now and who waits for it: by priority, then first come first served.
pub(crate) struct Queue {
    working: usize,
    parallel: usize,
    waiting: VecDeque<Waiting>,
}

struct Waiting {
    run: AttemptId,
    priority: Priority,
    turn: oneshot::Sender<()>,
}

impl Queue {
    pub(crate) fn new(parallel: usize) -> Self {
        Self { working: 0, parallel: parallel.max(1), waiting: VecDeque::new() }
    }

    /// The receiver resolves when it is this run's turn.
    pub(crate) fn enter(&mut self, run: AttemptId, priority: Priority) -> oneshot::Receiver<()> {
        let (turn, receiver) = oneshot::channel();
        let place = self.waiting.partition_point(|before| before.priority >= priority);
        self.waiting.insert(place, Waiting { run, priority, turn });
        self.admit();
        receiver
    }

    /// Takes out a run that worked or waited.
    pub(crate) fn leave(&mut self, run: AttemptId) {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.run != run);
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
        self.waiting.iter().zip(1..).map(|(waiting, place)| (waiting.run, place)).collect()
    }

    fn admit(&mut self) {
        while self.working < self.parallel
            && let Some(next) = self.waiting.pop_front()
        {
            self.working += 1;
            // A run that went away meanwhile still leaves, which frees the place again.
            let _ = next.turn.send(());
        }
    }
}
