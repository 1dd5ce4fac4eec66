use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{ops::compute::Op, sync::Cache};

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
    network: u32,
    subject: u32,
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
    pub(super) fn new(network: u32, subject: u32) -> Self {
        Self {
            levels: Arc::new(Cache::builder().max_capacity(MOST).time_to_idle(REFILL).build()),
            network,
            subject,
        }
    }

    /// Takes a request of a network, before anything is looked at.
    pub(crate) fn ask(&self, network: &str) -> bool {
        self.take(&format!("asked {network}"), ASKED, Instant::now())
    }

    /// Takes a comment that is about to be stored.
    pub(crate) fn say(&self, network: &str, subject: &str) -> Room {
        let now = Instant::now();
        if !self.take(&format!("from {network}"), self.network, now) {
            return Room::NotFromThere;
        }
        match self.take(&format!("about {subject}"), self.subject, now) {
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
        let buckets = Buckets::new(10, 60);
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
        let buckets = Buckets::new(2, 3);
        assert_eq!(buckets.say("a", "post-1"), Room::Some);
        assert_eq!(buckets.say("a", "post-2"), Room::Some);
        assert_eq!(buckets.say("a", "post-2"), Room::NotFromThere);
        assert_eq!(buckets.say("b", "post-1"), Room::Some);
        assert_eq!(buckets.say("c", "post-1"), Room::Some);
        assert_eq!(buckets.say("d", "post-1"), Room::NotAboutThat);
        assert!((0..ASKED).all(|_| buckets.ask("a")));
        assert!(!buckets.ask("a"));
        assert!(buckets.ask("b"));
    }
}
