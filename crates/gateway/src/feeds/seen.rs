use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The most feeds that are remembered; after that all are forgotten, which costs each reader one full answer.
const REMEMBERED: usize = 4096;

/// When each feed was seen to change, by this process.
///
/// Entries have dates, but a list can change without a later one: papers come days after they were announced. So a
/// time of change is that at which another text was first made, and never earlier than the change.
#[derive(Default)]
pub(crate) struct Seen(Mutex<HashMap<String, (String, SystemTime)>>);

impl Seen {
    /// When the feed at this address became the text of this hash, in whole seconds.
    pub(super) fn changed(&self, address: &str, hash: &str) -> SystemTime {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = seen.get(address);
        if let Some((_, at)) = known.filter(|(known, _)| known == hash) {
            return *at;
        }
        // Two texts of one second must not have one time.
        let next = known.map(|(_, at)| *at + Duration::from_secs(1));
        let at = next.map_or_else(now, |next| next.max(now()));
        if seen.len() >= REMEMBERED {
            seen.clear();
        }
        seen.insert(address.to_owned(), (hash.to_owned(), at));
        at
    }
}

fn now() -> SystemTime {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_belongs_to_one_text() {
        let seen = Seen::default();
        let first = seen.changed("/feed", "a");
        assert_eq!(seen.changed("/feed", "a"), first);
        assert!(seen.changed("/feed", "b") > first);
        assert!(seen.changed("/feed", "a") > first, "it changed back");
        assert!(seen.changed("/feed/rss", "a") >= first);
    }
}
