use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many failures…
const FAILURES: usize = 5;
/// … in so long …
const WINDOW: Duration = Duration::from_secs(30);
/// … and the server is left alone for so long. Then one call tries it.
const REST: Duration = Duration::from_secs(30);

/// Keeps calls from a server that fails. Clones are the same breaker.
#[derive(Debug, Clone, Default)]
pub struct Breaker(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<Instant>,
    open_until: Option<Instant>,
}

impl Breaker {
    /// Whether calls are refused now.
    pub fn is_open(&self) -> bool {
        self.state().open_until.is_some_and(|until| Instant::now() < until)
    }

    /// Whether this call may be made. After a rest one is allowed, and the others wait for what becomes of it.
    pub(crate) fn allows(&self) -> bool {
        let mut state = self.state();
        let now = Instant::now();
        match state.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                state.open_until = Some(now + REST);
                true
            }
        }
    }

    pub(crate) fn succeeded(&self) {
        *self.state() = State::default();
    }

    pub(crate) fn failed(&self) {
        let mut state = self.state();
        let now = Instant::now();
        state.failures.push_back(now);
        while state.failures.front().is_some_and(|failure| *failure + WINDOW < now) {
            state.failures.pop_front();
        }
        if state.failures.len() >= FAILURES || state.open_until.is_some() {
            state.open_until = Some(now + REST);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is whole when it is made.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn five_failures_in_half_a_minute_open_it() {
        let breaker = Breaker::default();
        for _ in 0..4 {
            breaker.failed();
        }
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        breaker.failed();
        assert!(breaker.allows(), "the first four are long ago");
        for _ in 0..4 {
            breaker.failed();
        }
        assert!(!breaker.allows() && breaker.is_open());
        tokio::time::advance(REST).await;
        assert!(breaker.allows(), "one tries");
        assert!(!breaker.allows(), "and only one");
        breaker.failed();
        assert!(!breaker.allows());
        tokio::time::advance(REST).await;
        assert!(breaker.allows());
        breaker.succeeded();
        assert!(breaker.allows() && breaker.allows() && !breaker.is_open());
    }
}
