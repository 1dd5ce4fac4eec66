use content::Cost;
use runs::Step;
use summarizer::{Call, Piece, Usage, tokens_in};

use super::readers::Readers;
use crate::metrics::Metrics;

/// Counts what a reading costs while it is made: what servers say of their calls, and what was received where they
/// say nothing.
pub(super) struct Meter {
    readers: Readers,
    metrics: Metrics,
    /// All calls that are over.
    spent: Cost,
    /// The call that has begun to cost something.
    running: Option<Running>,
}

struct Running {
    model: String,
    read: u64,
    /// Bytes of text and thoughts.
    received: usize,
}

impl Meter {
    pub(super) fn new(readers: Readers, metrics: Metrics) -> Self {
        Self { readers, metrics, spent: Cost::default(), running: None }
    }

    /// Counts a piece; gives the new sum where it changed for certain.
    pub(super) fn take(&mut self, piece: &Piece) -> Option<Step> {
        match piece {
            Piece::Text { markdown: text, .. } | Piece::Thought(text) => {
                if let Some(running) = &mut self.running {
                    running.received += text.len();
                }
                None
            }
            Piece::Replying { model, read } => {
                self.running = Some(Running { model: model.clone(), read: *read, received: 0 });
                self.so_far()
            }
            Piece::Called(call) => {
                self.called(call);
                Some(Step::Spent { model: call.model.clone(), cost: self.spent })
            }
            Piece::Stage(_) | Piece::Done { .. } => None,
        }
    }

    /// The sum with what has been received of the call that goes on, or was left.
    pub(super) fn so_far(&self) -> Option<Step> {
        let running = self.running.as_ref()?;
        let cost = self.spent.plus(self.readers.cost(&running.model, running.usage()));
        Some(Step::Spent { model: running.model.clone(), cost })
    }

    fn called(&mut self, call: &Call) {
        let usage = call.usage.or(self.running.take().map(|running| running.usage())).unwrap_or_default();
        self.running = None;
        let cost = self.readers.cost(&call.model, usage);
        self.spent = self.spent.plus(cost);
        self.metrics.called(call, usage, cost);
    }
}

impl Running {
    fn usage(&self) -> Usage {
        Usage { read: self.read, cached: 0, written: tokens_in(self.received) }
    }
}

impl Drop for Meter {
    /// A call that was left in the middle is counted, too.
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            let usage = running.usage();
            let call = Call { model: running.model, fault: Some("left"), usage: None, first: None };
            self.metrics.called(&call, usage, self.readers.cost(&call.model, usage));
        }
    }
}
