use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Every;

/// What visitors may say, and what is shown of it at once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Comments {
    /// Which comments wait for a moderator, whoever sends them and however.
    pub hold: Hold,
    /// Whether who says something has to leave an address of mail, which nobody is shown.
    pub mail_required: bool,
    /// How long who said something may change it.
    pub editing: Every,
    /// Who sends sooner than so many seconds after the page was made did not write by hand: it waits for a moderator.
    pub fastest: u32,
    /// More links than this wait for a moderator.
    pub links: u32,
    /// How much work a browser does for a comment: so many zero bits, each twice as much. 0 is none.
    pub work: u8,
    /// Threads on one page.
    pub threads: u32,
    /// Comments that one network may leave within ten minutes.
    pub network: u32,
    /// Comments that one post or paper may get within ten minutes.
    pub subject: u32,
}

/// Which comments wait for a moderator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hold {
    /// Those of people of whom nothing was approved before, by name and mail.
    First,
    /// All but those of people whom a moderator trusts.
    All,
    /// None but those that look like spam.
    None,
}

impl Comments {
    pub(super) fn check(&self) -> Result<(), (&'static str, &'static str)> {
        if self.work > 24 {
            return Err(("work", "must be 24 or less, or no phone ever sends a comment"));
        }
        if self.threads == 0 || self.network == 0 || self.subject == 0 {
            return Err(("threads", "must be 1 or more, and so must network and subject"));
        }
        Ok(())
    }
}

impl Default for Comments {
    fn default() -> Self {
        Self {
            hold: Hold::First,
            mail_required: true,
            editing: Every::of(Duration::from_secs(15 * 60)),
            fastest: 3,
            links: 3,
            work: 16,
            threads: 50,
            network: 10,
            subject: 60,
        }
    }
}
