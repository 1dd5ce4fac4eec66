use content::{Announcement, Harvested};

/// What one step of a source gives. Records and cursor belong into one transaction: then a harvest that is interrupted
/// anywhere goes on without a gap, and without doing anything twice that matters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Records, in the order of the source.
    pub records: Vec<Harvested>,
    /// Source and identifier of papers that the source has deleted.
    pub gone: Vec<(String, String)>,
    /// Papers that the source has announced.
    pub announced: Vec<Announcement>,
    /// What could not be read, and why. The rest of the page was.
    pub skipped: Vec<Skipped>,
    /// Files of a folder that could not be read, or not to their ends, and why. The others are.
    pub unreadable: Vec<Skipped>,
    /// Where to go on after this batch, as [`crate::Harvest`] wants it back.
    pub cursor: String,
    /// How many bytes of the source were read so far, packed as they are.
    pub bytes: u64,
    /// Whether there is nothing more for now.
    pub done: bool,
}

/// A piece of a source that is no paper, or nothing of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Which one: `line 12`, `oai:arXiv.org:2401.00001`.
    pub what: String,
    /// What is wrong with it, as the end of a sentence.
    pub why: String,
}

impl Batch {
    /// Whether it holds neither records nor announcements, nor anything that was meant to be one.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
            && self.gone.is_empty()
            && self.announced.is_empty()
            && self.skipped.is_empty()
            && self.unreadable.is_empty()
    }

    /// Takes in a record, or notes why there is none.
    pub(crate) fn take(&mut self, what: impl Into<String>, record: Result<Harvested, String>) {
        match record {
            Ok(record) => self.records.push(record),
            Err(why) => self.skipped.push(Skipped { what: what.into(), why }),
        }
    }
}
