use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{ops::compute::Op, sync::Cache};

use crate::config::Comments;

/// How long an empty bucket takes to be full again.
const REFILL: Duration = Duration::from_secs(600);
/// Buckets that are remembered at once.
const MOST: u64 = 100_000;
/// Forms and previews that one network may send in ten minutes, whatever becomes of them: a preview comes with every
/// pause of whoever types.
const ASKED: u32 = 600;

/// How much may come from one network and about one subject: buckets that fill again by themselves. Forgotten when the
/// process ends. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Buckets {
    levels: Arc<Cache<String, Level>>,
}

/// Whether there is room for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is.
    Some,
    /// This network sent too much.
    NotFromThere,
    /// Too much was said about this, from wherever.
    NotAboutThat,
}

/// What is left in a bucket, and when that was so.
#[derive(Debug, Clone, Copy)]
struct Level {
    left: f64,
    at: Instant,
}

impl Buckets {
    pub(super) fn new() -> Self {
        Self { levels: Arc::new(Cache::builder().max_capacity(MOST).time_to_idle(REFILL).build()) }
    }

    /// Takes a request of a network, before anything is looked at.
    pub(crate) fn ask(&self, network: &str) -> bool {
        self.take(&format!("asked {network}"), ASKED, Instant::now())
    }

    /// Takes a comment that is about to be stored, by the rules as they are now: they can be changed while the site runs.
    pub(crate) fn say(&self, rules: &Comments, network: &str, subject: &str) -> Room {
        let now = Instant::now();
        if !self.take(&format!("from {network}"), rules.network, now) {
            return Room::NotFromThere;
        }
        match self.take(&format!("about {subject}"), rules.subject, now) {
            true => Room::Some,
            false => Room::NotAboutThat,
        }
    }

    fn take(&self, key: &str, size: u32, now: Instant) -> bool {
        let mut taken = false;
        self.levels.entry_by_ref(key).and_compute_with(|level| {
            let full = Level { left: f64::from(size), at: now };
            let level = level.map_or(full, moka::Entry::into_value).at(now, size);
            taken = level.left >= 1.0;
            Op::Put(if taken { Level { left: level.left - 1.0, ..level } } else { level })
        });
        taken
    }
}

impl Level {
    fn at(self, now: Instant, size: u32) -> Self {
        let size = f64::from(size);
        let came = now.saturating_duration_since(self.at).as_secs_f64() / REFILL.as_secs_f64() * size;
        Self { left: (self.left + came).min(size), at: now }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new();
        let start = Instant::now();
        let taken = |second: u64, tries: u32| {
            let now = start + Duration::from_secs(second);
            (0..tries).filter(|_| buckets.take("x", 10, now)).count()
        };
        assert_eq!(taken(0, 500), 10);
        assert_eq!(taken(30, 500), 0);
        assert_eq!(taken(60, 500), 1);
        assert_eq!(taken(360, 500), 5);
        assert_eq!(taken(100_000, 500), 10);
    }

    #[test]
    fn networks_and_subjects_have_their_own() {
        let buckets = Buckets::new();
        let mut rules = Comments { network: 2, subject: 3, ..Comments::default() };
        assert_eq!(buckets.say(&rules, "a", "post-1"), Room::Some);
        assert_eq!(buckets.say(&rules, "a", "post-2"), Room::Some);
        assert_eq!(buckets.say(&rules, "a", "post-2"), Room::NotFromThere);
        assert_eq!(buckets.say(&rules, "b", "post-1"), Room::Some);
        assert_eq!(buckets.say(&rules, "c", "post-1"), Room::Some);
        assert_eq!(buckets.say(&rules, "d", "post-1"), Room::NotAboutThat);
        rules.subject = 5;
        assert_eq!(buckets.say(&rules, "e", "post-2"), Room::Some);
        rules.network = 0;
        assert_eq!(buckets.say(&rules, "f", "post-2"), Room::NotFromThere);
        assert!((0..ASKED).all(|_| buckets.ask("a")));
        assert!(!buckets.ask("a"));
        assert!(buckets.ask("b"));
    }
}
