//! The few retries that cost nothing: before the reply has begun.

use std::time::Duration;

use super::{Limits, Model};
use crate::Fault;

/// The longest wait for a model while others can be asked.
const HURRY: Duration = Duration::from_secs(2);

/// What was tried of one answer.
pub(super) struct Tries<'a> {
    model: &'a Model,
    others: usize,
    failures: u32,
    /// Bytes of the paper that the prompt may hold.
    pub(super) room: usize,
    shortened: bool,
}

impl<'a> Tries<'a> {
    /// None yet; `others` could be asked instead, and the paper may have been `shortened` before.
    pub(super) fn new(model: &'a Model, others: usize, room: usize, shortened: bool) -> Self {
        Self { model, others, failures: 0, room, shortened }
    }

    /// How long to wait before the next try; `None` if there should be none.
    pub(super) fn after(&mut self, fault: &Fault, begun: bool) -> Option<Duration> {
        let Model { limits, breaker, .. } = self.model;
        match fault {
            _ if fault.is_of_the_server() && begun => {}
            _ if fault.is_of_the_server() => breaker.failed(),
            Fault::RateLimited { .. } => {}
            // It said no, so it is well.
            _ => breaker.succeeded(),
        }
        // After the first word or thought a second call would be paid twice and say something else.
        if begun {
            return None;
        }
        if *fault == Fault::TooLong && !std::mem::replace(&mut self.shortened, true) {
            // The server counts tokens, we count bytes: half of it fits if anything does.
            self.room /= 2;
            return Some(Duration::ZERO);
        }
        if !fault.is_passing() || self.failures == limits.retries {
            return None;
        }
        let pause = pause(limits, fault, self.failures);
        self.failures += 1;
        (self.others == 0 || pause <= HURRY).then_some(pause)
    }
}

/// What the server asked for, else twice as long as the last time, with a little chance in it; never longer than the
/// model is waited for.
fn pause(limits: &Limits, fault: &Fault, failures: u32) -> Duration {
    match fault {
        Fault::RateLimited { retry_after: Some(time) } => (*time).min(limits.patience),
        _ => {
            let longer = limits.backoff.saturating_mul(2u32.saturating_pow(failures));
            longer.saturating_add(limits.backoff.mul_f64(chance() / 2.0)).min(limits.patience)
        }
    }
}

/// Something between 0 and 1, so that replicas do not come back all at once.
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    f64::from(RandomState::new().hash_one(0u8) as u32) / f64::from(u32::MAX)
}
