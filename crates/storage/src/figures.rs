//! How much there is of what somebody has to look after.

use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

use crate::{
    Database, Error,
    rows::{comments, drafts, mails, posts, sessions},
    text::now,
};

/// What waits for somebody, and what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Comments that somebody must look at before others see them.
    pub held: u64,
    /// Mails that are still to be sent.
    pub mails: u64,
    /// Those of them that could not be sent at least once.
    pub mail_faults: u64,
    /// Posts and pages, whoever may read them.
    pub posts: u64,
    /// What is being written.
    pub drafts: u64,
    /// Sessions that go on.
    pub sessions: u64,
}

/// As it is now.
pub async fn all(db: &Database) -> Result<Figures, Error> {
    let mails = || mails::Entity::find().filter(mails::Column::Sent.is_null());
    Ok(Figures {
        held: comments::Entity::find().filter(comments::Column::State.eq("held")).count(db.read()).await?,
        mails: mails().count(db.read()).await?,
        mail_faults: mails().filter(mails::Column::Fault.is_not_null()).count(db.read()).await?,
        posts: posts::Entity::find().count(db.read()).await?,
        drafts: drafts::Entity::find().count(db.read()).await?,
        sessions: sessions::Entity::find()
            .filter(sessions::Column::Expires.gt(now()))
            .count(db.read())
            .await?,
    })
}
