use std::{sync::Arc, time::Duration};

use moka::{ops::compute::Op, sync::Cache};

/// How long a wrong try is held against whoever made it.
const MEMORY: Duration = Duration::from_secs(15 * 60);
/// Tries that are remembered at once.
const MOST: u64 = 100_000;
/// Wrong tries at one name from one network.
const AT_A_NAME: u32 = 5;
/// Wrong tries from one network, at whatever names.
const OF_A_NETWORK: u32 = 30;
/// Wrong tries at one name, from wherever: more than a forgetful owner needs, and so many that others cannot easily
/// lock them out.
const OF_A_NAME: u32 = 100;

/// Wrong passwords of the last quarter of an hour. Forgotten when the process ends.
#[derive(Clone)]
pub(crate) struct Tries(Arc<Cache<String, u32>>);

impl Tries {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Cache::builder().max_capacity(MOST).time_to_live(MEMORY).build()))
    }

    /// Whether there were so many that the next one must wait.
    pub(crate) fn are_too_many(&self, name: &str, network: &str) -> bool {
        keys(name, network).iter().any(|(key, most)| self.0.get(key).is_some_and(|tries| tries >= *most))
    }

    /// Remembers a wrong one.
    pub(crate) fn remember(&self, name: &str, network: &str) {
        for (key, _) in keys(name, network) {
            self.0.entry(key).and_compute_with(|tries| {
                Op::Put(tries.map_or(1, |tries| tries.into_value().saturating_add(1)))
            });
        }
    }

    /// Forgets those at a name from a network, whose owner has come.
    pub(crate) fn forget(&self, name: &str, network: &str) {
        self.0.invalidate(&keys(name, network)[0].0);
    }
}

/// The first is of the name from the network.
fn keys(name: &str, network: &str) -> [(String, u32); 3] {
    [
        (format!("{network} {name}"), AT_A_NAME),
        (network.to_owned(), OF_A_NETWORK),
        (format!(" {name}"), OF_A_NAME),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_ends() {
        let tries = Tries::new();
        for _ in 0..AT_A_NAME {
            assert!(!tries.are_too_many("ada", "here"));
            tries.remember("ada", "here");
        }
        assert!(tries.are_too_many("ada", "here"));
        assert!(!tries.are_too_many("ada", "elsewhere"));
        assert!(!tries.are_too_many("eve", "here"));
        tries.forget("ada", "here");
        assert!(!tries.are_too_many("ada", "here"));
        for other in 0..OF_A_NETWORK {
            tries.remember(&format!("user{other}"), "here");
        }
        assert!(tries.are_too_many("anybody", "here"));
    }
}
