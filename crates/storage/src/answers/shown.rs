//! Which reading of a paper is shown, and which there were before.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use content::{AnswerKey, Attempt, AttemptId, AttemptState, EXTRACTIVE, Language, PaperId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use super::{RUNNING, key_of, newest_first, state_of, texts::with_sections};
use crate::{
    Database, Error,
    papers::members_of,
    rows::{answers, attempts, sections},
};

/// An attempt that has ended, without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Key.
    pub id: AttemptId,
    /// How it ended.
    pub state: AttemptState,
    /// Who replied, as they named themselves; else who was asked.
    pub model: String,
    /// When it was begun.
    pub started: DateTime<Utc>,
}

/// What to show of a paper, or of one that it stands for, in a language: the newest attempt that is
/// running or done, else the newest of all. One that is running gives way to a finished one of the same answer, and the
/// paper's own sentences to what a model wrote about the same version of it.
pub async fn latest(
    db: &Database,
    paper: PaperId,
    language: Language,
) -> Result<Option<(AnswerKey, Attempt)>, Error> {
    let mut keys = keys_of(db, paper, language).await?;
    let mut found = newest_first(attempts::Column::AnswerId.is_in(keys.keys().copied()), db.read()).await?;
    found.sort_by_key(|attempt| !welcome(&attempt.state));
    let Some(newest) = found.first() else { return Ok(None) };
    // While an answer is read again the finished one stays.
    let done = found
        .iter()
        .find(|attempt| attempt.answer_id == newest.answer_id && attempt.state == AttemptState::Done.name());
    let row = written_by_model(done.unwrap_or(newest), &found, &keys).clone();
    let key = keys.remove(&row.answer_id).ok_or_else(|| Error::Corrupt(format!("attempt {}", row.id)))?;
    let attempt = with_sections(db, vec![row]).await?.pop();
    attempt.map(|attempt| Ok((key_of(key)?, attempt))).transpose()
}

/// The attempts at reading a paper, or one that it stands for, in a language, that ended and have any text: newest first,
/// so many at the most.
pub async fn past(db: &Database, paper: PaperId, language: Language, most: u64) -> Result<Vec<Past>, Error> {
    let keys = keys_of(db, paper, language).await?;
    let texts = sections::Entity::find().select_only().column(sections::Column::AttemptId);
    let texts = texts.filter(sections::Column::Markdown.ne(""));
    let found = attempts::Entity::find()
        .filter(attempts::Column::AnswerId.is_in(keys.keys().copied()))
        .filter(attempts::Column::State.ne(RUNNING))
        .filter(attempts::Column::Id.in_subquery(texts.into_query()))
        .order_by_desc(attempts::Column::Started)
        .order_by_desc(attempts::Column::Id)
        .limit(most)
        .all(db.read())
        .await?;
    let past = |row: attempts::Model| {
        let asked = || keys.get(&row.answer_id).map(|key| key.model.clone()).unwrap_or_default();
        let model = row.model.unwrap_or_else(asked);
        Ok(Past { id: AttemptId(row.id), state: state_of(&row.state)?, model, started: row.started })
    };
    found.into_iter().map(past).collect()
}

/// What is answered about a paper, or about one that it stands for, in a language.
async fn keys_of(
    db: &Database,
    paper: PaperId,
    language: Language,
) -> Result<HashMap<i64, answers::Model>, Error> {
    let members = members_of(db.read(), paper.0).await?;
    let keys = answers::Entity::find()
        .filter(answers::Column::PaperId.is_in(members))
        .filter(answers::Column::Language.eq(language.code()))
        .all(db.read())
        .await?;
    Ok(keys.into_iter().map(|key| (key.id, key)).collect())
}

/// What a model wrote about the version of a paper that the embedded reader has read, else this attempt.
fn written_by_model<'a>(
    shown: &'a attempts::Model,
    newest_first: &'a [attempts::Model],
    keys: &HashMap<i64, answers::Model>,
) -> &'a attempts::Model {
    let read = |attempt: &attempts::Model| {
        keys.get(&attempt.answer_id)
            .map(|key| (key.paper_id, key.record_version.clone(), key.text_source.clone()))
    };
    let by_model = |attempt: &&attempts::Model| {
        attempt.state == AttemptState::Done.name()
            && attempt.model.as_deref() != Some(EXTRACTIVE)
            && read(attempt) == read(shown)
    };
    let quoted = shown.state == AttemptState::Done.name() && shown.model.as_deref() == Some(EXTRACTIVE);
    newest_first.iter().filter(|_| quoted).find(by_model).unwrap_or(shown)
}

/// Whether an attempt in this state is worth showing before others.
fn welcome(state: &str) -> bool {
    state == RUNNING || state == AttemptState::Done.name()
}
