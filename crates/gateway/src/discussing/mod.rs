//! What visitors say about posts and papers: who may, what is shown of it at once, and who is told by mail. What the pages
//! of it look like is in `pages::comments`, their feeds are in `feeds`.
//!
//! [`About`] is what a discussion is about; [`Asked`] is what a request says of who looks at it. [`Tokens`] signs forms and
//! links; [`judge`] decides what is shown, by nothing but what the form says and what is stored; [`Buckets`] bounds how
//! much is taken from one network and about one subject. [`postbox`] writes letters of what happened and sends them.
//! Nothing of it asks another site.

mod about;
mod asked;
mod buckets;
mod judge;
pub(crate) mod letters;
pub(crate) mod postbox;
mod tokens;

pub(crate) use about::About;
pub(crate) use asked::Asked;
pub(crate) use buckets::{Buckets, Room};
pub(crate) use judge::{Evidence, judge, links_in};
pub(crate) use tokens::{Age, Tokens};

use std::sync::Arc;

use moka::sync::Cache;
use storage::{Database, settings};
use tokio::sync::Notify;

use crate::{accounts, config};

/// Rendered posts whose labels and macros are kept for those who write about them.
const CONTEXTS: u64 = 100;

/// What is open for discussions while a process runs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Discussing {
    pub(crate) tokens: Tokens,
    pub(crate) buckets: Buckets,
    /// What posts let others refer to, by number and when they changed.
    contexts: Cache<(i64, i64), Arc<render::Context>>,
    /// Rung when there may be something to tell.
    pub(crate) bell: Arc<Notify>,
}

impl Discussing {
    /// The site's secret is made when it is needed first, and stays.
    pub(crate) async fn open(db: &Database, comments: &config::Comments) -> Result<Self, storage::Error> {
        let secret = settings::once(db, "discussing.secret", &accounts::secret()).await?;
        Ok(Self {
            tokens: Tokens::new(&secret, comments.work),
            buckets: Buckets::new(),
            contexts: Cache::new(CONTEXTS),
            bell: Arc::default(),
        })
    }
}
