use actix_web::HttpRequest;
use content::CommentId;

use crate::{
    accounts,
    visit::{parameter, reader},
};

/// What a request says of a discussion that its page has: which part of it is asked for, and by whom.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    /// Which page of it, from 1.
    pub(crate) page: Option<usize>,
    /// The comment that is going to be replied to.
    pub(crate) reply: Option<CommentId>,
    /// The comment that was sent just now.
    pub(crate) sent: Option<CommentId>,
    /// What is kept of the visitor's cookie.
    pub(crate) visitor: Option<String>,
    /// What is kept of their session.
    pub(crate) session: Option<String>,
}

impl Asked {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let number = |name: &str| parameter(request, name)?.parse().ok().map(CommentId);
        let last = request.path().rsplit('/').next().unwrap_or_default();
        Self {
            page: last.strip_prefix("comment-page-").and_then(|page| page.parse().ok()),
            reply: number("reply"),
            sent: number("sent"),
            visitor: reader::hash(request),
            session: accounts::token_hash(request),
        }
    }
}
