use std::{
    ops::Deref,
    sync::{Arc, OnceLock},
};

/// A value that is replaced now and then, and read all the time. Reads like the newest one. Clones see the same changes.
///
/// Earlier ones stay in memory as long as the process runs, for somebody may still be reading them: it is for what only
/// a person changes.
#[derive(Debug)]
pub(crate) struct Newest<T>(Arc<Version<T>>);

#[derive(Debug)]
struct Version<T> {
    value: T,
    next: OnceLock<Box<Version<T>>>,
}

impl<T> Newest<T> {
    /// The first one.
    pub(crate) fn new(value: T) -> Self {
        Self(Arc::new(Version { value, next: OnceLock::new() }))
    }

    /// From now on it is this one.
    pub(crate) fn replace(&self, value: T) {
        let mut newer = Box::new(Version { value, next: OnceLock::new() });
        // Whoever is faster comes before.
        while let Err(again) = self.newest().next.set(newer) {
            newer = again;
        }
    }

    fn newest(&self) -> &Version<T> {
        let mut version = &*self.0;
        while let Some(next) = version.next.get() {
            version = next;
        }
        version
    }
}

impl<T> Deref for Newest<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.newest().value
    }
}

impl<T> Clone for Newest<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stays_as_it_was_and_the_next_reader_sees_the_change() {
        let one = Newest::new("a".to_owned());
        let other = one.clone();
        let before: &str = &one;
        for text in ["b", "c"] {
            other.replace(text.to_owned());
            assert_eq!(*one, text);
        }
        assert_eq!(before, "a");
    }
}
