//! How an attempt begins, and with what.

use content::{AnswerKey, AttemptId, AttemptState, Begun, Charge, Limits, Received, UNANSWERED, Want};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
};

use super::{
    LOCK, RUNNING, exactly, newest_first,
    texts::{save_sections, sections_of},
};
use crate::{
    Database, Error, budgets,
    connection::{Durability, Write},
    rows::{answers, attempts},
    text::now,
};

/// Begins an attempt, unless one is running, or done and good enough. Of several that ask at the same
/// time, from whatever process, exactly one gets a new attempt.
pub async fn begin(db: &Database, key: &AnswerKey, want: Want) -> Result<Begun, Error> {
    begin_within(db, key, want, None).await
}

/// The same, if there is room for what the attempt may cost: that is set aside with its beginning.
pub async fn begin_within(
    db: &Database,
    key: &AnswerKey,
    want: Want,
    charge: Option<(&Charge, &Limits)>,
) -> Result<Begun, Error> {
    let write = db.write(Durability::Full).await?;
    write.lock(LOCK).await?;
    let answer = answer_of(&write, key).await?;
    let found = newest_first(attempts::Column::AnswerId.eq(answer), &*write).await?;
    let of = |state: &str| found.iter().find(|attempt| attempt.state == state);
    // Who did not ask for another answer is served the finished one while others have it read again.
    let done = of(AttemptState::Done.name()).filter(|_| want != Want::Again);
    let stored = done.or_else(|| of(RUNNING));
    if let Some(stored) = stored {
        return Ok(Begun::Stored(AttemptId(stored.id)));
    }
    let received = match want {
        Want::Continue => received(&found, &*write).await?,
        _ => Received::default(),
    };
    let row = attempts::ActiveModel {
        answer_id: Set(answer),
        state: Set(RUNNING.to_owned()),
        started: Set(now()),
        ..Default::default()
    };
    let id = attempts::Entity::insert(row).exec(&*write).await?.last_insert_id;
    if let Some((charge, limits)) = charge
        && let Some(refusal) = budgets::reserve(&write, id, charge, limits).await?
    {
        return Ok(Begun::Refused(refusal));
    }
    let id = AttemptId(id);
    // It stands until something is written in its place, whatever becomes of the attempt.
    save_sections(&write, [(id, received.sections.as_slice())]).await?;
    write.commit().await?;
    Ok(if received.sections.is_empty() { Begun::New(id) } else { Begun::Continued(id, received) })
}

/// What a reading that goes on would begin with: what the fullest attempt received. Nothing if there is none.
pub async fn left(db: &Database, key: &AnswerKey) -> Result<Received, Error> {
    let Some(answer) = answers::Entity::find().filter(exactly(key)).one(db.read()).await? else {
        return Ok(Received::default());
    };
    let found = newest_first(attempts::Column::AnswerId.eq(answer.id), db.read()).await?;
    received(&found, db.read()).await
}

/// The sections of the fullest of these attempts, which come newest first: the most sections with text, then the most
/// text, then one whose reply ended by itself. Nothing if there is none.
async fn received(
    attempts: &[attempts::Model],
    connection: &impl ConnectionTrait,
) -> Result<Received, Error> {
    let ids: Vec<_> = attempts.iter().map(|attempt| attempt.id).collect();
    let mut texts = sections_of(&ids, connection).await?;
    let of = |attempt: &attempts::Model| {
        let whole = attempt.fault.as_deref() == Some(UNANSWERED);
        texts.remove(&attempt.id).map(|sections| Received { sections, whole })
    };
    let full = |received: &Received| {
        let lengths = received.sections.iter().map(|section| section.markdown.len());
        (lengths.clone().filter(|length| *length > 0).count(), lengths.sum::<usize>(), received.whole)
    };
    // Of several that are as full the last one is taken: the newest.
    let fullest = attempts.iter().rev().filter_map(of).max_by_key(full);
    Ok(fullest.filter(|received| full(received).0 > 0).unwrap_or_default())
}

/// The key of an answer, made if it is new.
pub(super) async fn answer_of(write: &Write, key: &AnswerKey) -> Result<i64, Error> {
    if let Some(answer) = answers::Entity::find().filter(exactly(key)).one(&**write).await? {
        return Ok(answer.id);
    }
    let row = answers::ActiveModel {
        id: NotSet,
        paper_id: Set(key.paper.0),
        record_version: Set(key.record_version.clone()),
        text_source: Set(key.text_source.clone()),
        extractor: Set(key.extractor.clone()),
        language: Set(key.language.code().to_owned()),
        model: Set(key.model.clone()),
        question_set: Set(key.question_set.clone()),
    };
    Ok(answers::Entity::insert(row).exec(&**write).await?.last_insert_id)
}
