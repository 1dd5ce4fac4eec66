//! What the embedded reader wrote in a model's place.

use content::{AnswerKey, AttemptState, DocId, EXTRACTIVE, Kind};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{LOCK, RUNNING, beginning::answer_of, key_of};
use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    rows::{answers, attempts},
};

/// Of attempts of the embedded reader that are kept under a model, because an earlier version did so, so many at the most
/// are made its own. Says whether there were any.
pub async fn renew(db: &Database, limit: u64) -> Result<bool, Error> {
    let write = db.write(Durability::Relaxed).await?;
    write.lock(LOCK).await?;
    let found = stand_ins(&write, limit).await?;
    keep_as_their_own(&write, &found).await?;
    write.commit().await?;
    Ok(!found.is_empty())
}

/// Attempts of the embedded reader that have ended and are kept under a model.
async fn stand_ins(write: &Write, limit: u64) -> Result<Vec<attempts::Model>, Error> {
    let of_models = answers::Entity::find().select_only().column(answers::Column::Id);
    let of_models = of_models.filter(answers::Column::Model.ne(EXTRACTIVE));
    let found = attempts::Entity::find()
        .filter(attempts::Column::Model.eq(EXTRACTIVE))
        .filter(attempts::Column::State.ne(RUNNING))
        .filter(attempts::Column::AnswerId.in_subquery(of_models.into_query()))
        .order_by_asc(attempts::Column::Id)
        .limit(limit)
        .all(&**write)
        .await?;
    Ok(found)
}

pub(super) async fn keep_as_their_own(write: &Write, attempts: &[attempts::Model]) -> Result<(), Error> {
    for attempt in attempts {
        let answer = kept_as_its_own(write, attempt).await?;
        if attempt.state == AttemptState::Done.name() {
            // What was the model's may be unfinished now.
            let both = [attempt.answer_id, answer].map(|id| DocId { kind: Kind::Answer, id });
            changes::log(write, both).await?;
        }
    }
    Ok(())
}

/// Keeps an attempt of the embedded reader as the embedded reader's, and gives the answer that it is of now. What it wrote
/// in a model's place, whole or in part, is not what whoever asks the model next is given, nor what a model goes on with.
pub(super) async fn kept_as_its_own(write: &Write, attempt: &attempts::Model) -> Result<i64, Error> {
    let asked = answers::Entity::find_by_id(attempt.answer_id).one(&**write).await?;
    let asked = asked.ok_or_else(|| Error::Corrupt(format!("attempt {} answers nothing", attempt.id)))?;
    if asked.model == EXTRACTIVE {
        return Ok(asked.id);
    }
    let own = AnswerKey { model: EXTRACTIVE.into(), ..key_of(asked)? };
    let answer = answer_of(write, &own).await?;
    let row =
        attempts::ActiveModel { id: Unchanged(attempt.id), answer_id: Set(answer), ..Default::default() };
    attempts::Entity::update(row).exec(&**write).await?;
    Ok(answer)
}
