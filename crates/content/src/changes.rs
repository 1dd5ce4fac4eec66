use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of documents that can be found by search and that the change log speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A paper.
    Paper,
    /// A post.
    Post,
    /// A comment.
    Comment,
    /// A finished answer.
    Answer,
}

/// The name of one document across storage, change log and index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocId {
    /// Which table it lives in.
    pub kind: Kind,
    /// Its key there.
    pub id: i64,
}

/// One entry of the change log: that something changed, never what it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Position in the log; grows in commit order, with gaps.
    pub sequence: i64,
    /// What changed, appeared or went away.
    pub doc: DocId,
}

impl Kind {
    /// The name used in storage, in the index and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Post => "post",
            Self::Comment => "comment",
            Self::Answer => "answer",
        }
    }

    /// The kind of that [`name`](Self::name).
    pub fn of(name: &str) -> Option<Self> {
        [Self::Paper, Self::Post, Self::Comment, Self::Answer].into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for DocId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.name(), self.id)
    }
}
