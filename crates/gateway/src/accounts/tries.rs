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

    /// Takes one more, before it is looked at: many at once are as many as one after the other. Whether it may be.
    pub(crate) fn take(&self, name: &str, network: &str) -> bool {
        let counts = keys(name, network).map(|(key, most)| (self.count(&key, 1), most));
        counts.iter().all(|(count, most)| count <= most)
    }

    /// The last one was right: it does not count, and neither do those before it at that name from there.
    pub(crate) fn forgive(&self, name: &str, network: &str) {
        let [own, others @ ..] = keys(name, network);
        self.0.invalidate(&own.0);
        for (key, _) in others {
            self.count(&key, -1);
        }
    }

    /// Adds to a count, and gives it.
    fn count(&self, key: &str, by: i32) -> u32 {
        let added = self.0.entry_by_ref(key).and_compute_with(|tries| {
            Op::Put(tries.map_or(0, moka::Entry::into_value).saturating_add_signed(by))
        });
        added.into_entry().map_or(0, moka::Entry::into_value)
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
            assert!(tries.take("ada", "here"));
        }
        assert!(!tries.take("ada", "here"));
        assert!(tries.take("ada", "elsewhere"));
        tries.forgive("ada", "here");
        assert!(tries.take("ada", "here"));
        for other in 0..OF_A_NETWORK {
            tries.take(&format!("user{other}"), "here");
        }
        assert!(!tries.take("anybody", "here"));
        assert!(tries.take("anybody", "there"));
    }
}
