use std::ops::Deref;

use super::{Config, Loaded};
use crate::config::newest::Newest;

/// The settings as they are now: a few can be changed while the site runs. Reads like a [`Config`]. Clones see the same
/// changes.
#[derive(Debug, Clone)]
pub struct Current(Newest<Loaded>);

impl Current {
    /// The settings that a process is started with.
    pub fn new(loaded: Loaded) -> Self {
        Self(Newest::new(loaded))
    }

    /// The settings, with where each is from.
    pub fn loaded(&self) -> &Loaded {
        &self.0
    }

    /// From now on these are in force.
    pub fn replace(&self, loaded: Loaded) {
        self.0.replace(loaded);
    }
}

impl Deref for Current {
    type Target = Config;

    fn deref(&self) -> &Config {
        &self.loaded().config
    }
}
