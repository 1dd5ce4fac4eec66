use content::Cost;
use runs::Step;
use summarizer::{Call, EXTRACTIVE, Piece, Usage, tokens_in};

use super::summarizers::Summarizers;
use crate::metrics::Metrics;

/// Counts what a reading costs while it is made: what servers say of their calls, and what was received where they
/// say nothing.
pub(super) struct Meter {
    summarizers: Summarizers,
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
    pub(super) fn new(summarizers: Summarizers, metrics: Metrics) -> Self {
        Self { summarizers, metrics, spent: Cost::default(), running: None }
    }

    /// Counts a piece; gives the new sum where it changed.
    pub(super) fn take(&mut self, piece: &Piece) -> Option<Step> {
        match piece {
            Piece::Text { markdown: text, .. } | Piece::Thought(text) => {
                if let Some(running) = &mut self.running {
                    running.received += text.len();
                }
                self.so_far()
            }
            // The paper's own sentences cost nothing; what was written must be known as theirs, however the reading ends.
            Piece::Replying { model, .. } if model == EXTRACTIVE => {
                Some(Step::Spent { model: model.clone(), cost: self.spent })
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
        let cost = self.spent.plus(self.summarizers.cost(&running.model, running.usage()));
        Some(Step::Spent { model: running.model.clone(), cost })
    }

    /// What all calls that are over cost, with what has been received of one that was left.
    pub(super) fn cost(&self) -> Cost {
        match self.so_far() {
            Some(Step::Spent { cost, .. }) => cost,
            _ => self.spent,
        }
    }

    fn called(&mut self, call: &Call) {
        let usage = call.usage.or(self.running.take().map(|running| running.usage())).unwrap_or_default();
        let cost = self.summarizers.cost(&call.model, usage);
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
            self.metrics.called(&call, usage, self.summarizers.cost(&call.model, usage));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};

    fn meter() -> Meter {
        let file = "[[models]]\nname = 'a'\nbase_url = 'http://x'\nmodel = 'a-1'\nprice = { input = 2, cached = 0.5, output = 10 }";
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("inkstone.toml");
        std::fs::write(&path, file).expect("a file");
        let config: Config = config::load(Some(&path), [], []).expect("good settings").config;
        Meter::new(Summarizers::new(&config), Metrics::new())
    }

    fn replying(read: u64) -> Piece {
        Piece::Replying { model: "a".into(), read }
    }

    fn called(usage: Option<Usage>) -> Piece {
        Piece::Called(Call { model: "a".into(), fault: None, usage, first: None })
    }

    fn cost(step: Option<Step>) -> (u64, u64) {
        match step {
            Some(Step::Spent { model, cost }) if model == "a" => (cost.tokens, cost.micros),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_server_counts_is_what_a_call_costs() {
        let mut meter = meter();
        assert_eq!(cost(meter.take(&replying(900))), (900, 1800), "certain from the first word on");
        let usage = Usage { read: 1000, cached: 800, written: 50 };
        assert_eq!(cost(meter.take(&called(Some(usage)))), (1050, 200 * 2 + 400 + 500));
        assert_eq!(meter.so_far(), None);
        assert_eq!(cost(meter.take(&called(None))), (1050, 1300), "a call without a reply costs nothing");
    }

    #[test]
    fn where_it_says_nothing_what_was_received_counts() {
        let mut meter = meter();
        meter.take(&replying(900));
        let text = Piece::Text { section: 0, markdown: "x".repeat(30) };
        assert_eq!(cost(meter.take(&text)), (910, 1800 + 100));
        let thought = Piece::Thought("y".repeat(15));
        assert_eq!(
            cost(meter.take(&thought)),
            (915, 1800 + 150),
            "a reading that is stopped here costs so much"
        );
        assert_eq!(cost(meter.take(&called(None))), (915, 1950));
        let own = meter.take(&Piece::Replying { model: EXTRACTIVE.into(), read: 0 });
        let spent = Cost { tokens: 915, micros: 1950 };
        assert_eq!(own, Some(Step::Spent { model: EXTRACTIVE.into(), cost: spent }));
        assert_eq!(meter.so_far(), None, "its own sentences cost nothing");
        let kept = Piece::Text { section: 0, markdown: "kept from before".into() };
        assert_eq!(meter.take(&kept), None);
        meter.take(&replying(900));
        assert_eq!(cost(meter.so_far()), (1815, 3750), "and what comes before a reply is no part of it");
    }
}
