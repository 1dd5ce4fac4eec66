use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{PaperId, PostId};

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
    /// Markdown as written.
    pub body: String,
    /// When it was sent.
    pub created: DateTime<Utc>,
}
