use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Invalid, PaperId, PostId, UserId};

/// Key of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommentId(pub i64);

/// What a comment is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// A post of this site.
    Post(PostId),
    /// A paper, not one of its records.
    Paper(PaperId),
}

/// What a visitor said, as Markdown with formulas. Hostile until rendered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comment {
    /// Key.
    pub id: CommentId,
    /// What it is about.
    pub subject: Subject,
    /// The comment it replies to.
    pub parent: Option<CommentId>,
    /// The name the visitor gave.
    pub author: String,
    /// The visitor's own site.
    pub site: Option<String>,
    /// The account of who said it, if they had signed in.
    pub user: Option<UserId>,
    /// Markdown as written.
    pub body: String,
    /// When it was sent.
    pub created: DateTime<Utc>,
    /// When its author last changed it.
    pub edited: Option<DateTime<Utc>>,
}

/// Who may see a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CommentState {
    /// Moderators, until one of them decides.
    Held,
    /// Everybody.
    Visible,
    /// Nobody but moderators: it is an advertisement.
    Spam,
    /// Nobody but moderators: it was taken away, or taken back.
    Deleted,
}

/// Why a comment is not visible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Why {
    /// Nothing by that name and mail was approved before.
    First,
    /// The site shows nothing that was not approved.
    All,
    /// The browser did no work for it, for example because it runs no scripts.
    Work,
    /// It was sent sooner than anybody writes.
    Fast,
    /// It has more links than people put into a comment.
    Links,
    /// A field was filled that people do not see.
    Trap,
    /// Its author took it back.
    Withdrawn,
    /// A moderator decided so.
    Moderator,
}

impl CommentState {
    /// Every state, in the order in which moderators look at them.
    pub const ALL: [Self; 4] = [Self::Held, Self::Visible, Self::Spam, Self::Deleted];

    /// The name in storage, addresses and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Visible => "visible",
            Self::Spam => "spam",
            Self::Deleted => "deleted",
        }
    }
}

impl FromStr for CommentState {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("state", text, "is none of held, visible, spam, deleted");
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(invalid)
    }
}

impl Why {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::First,
        Self::All,
        Self::Work,
        Self::Fast,
        Self::Links,
        Self::Trap,
        Self::Withdrawn,
        Self::Moderator,
    ];

    /// The name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::All => "all",
            Self::Work => "work",
            Self::Fast => "fast",
            Self::Links => "links",
            Self::Trap => "trap",
            Self::Withdrawn => "withdrawn",
            Self::Moderator => "moderator",
        }
    }
}
