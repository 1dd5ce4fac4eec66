//! Answers: attempts at reading a paper, with their sections.

mod beginning;
mod progress;
mod shown;
mod stand_ins;
mod texts;

use std::collections::{HashMap, HashSet};

use content::{Answer, AnswerId, AnswerKey, Attempt, AttemptId, AttemptState, PaperId, Section, TextSource};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationDef, sea_query::SimpleExpr,
};

use self::texts::with_sections;
pub use self::{
    beginning::{begin, begin_within, left},
    progress::{Outcome, checkpoint, end, interrupt_running, reads_from},
    shown::{Past, latest, past},
    stand_ins::renew,
};
use crate::{
    Database, Error,
    papers::{group, roots_of},
    rows::{answers, attempts, papers},
    text::in_pieces,
};

/// The lock that keeps beginnings, checkpoints and ends of several processes apart.
pub(crate) const LOCK: i64 = 0x696e_6b02;
/// The state of attempts that may still change.
const RUNNING: &str = "running";

/// An answer that was finished, as it was last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finished {
    /// Its number.
    pub id: AnswerId,
    /// What it answers.
    pub key: AnswerKey,
    /// The paper that stands for the one that was read, or that one itself.
    pub paper: PaperId,
    /// The newest attempt that was done.
    pub attempt: Attempt,
}

/// All attempts for exactly this key.
pub async fn for_key(db: &Database, key: &AnswerKey) -> Result<Option<Answer>, Error> {
    let Some(answer) = answers::Entity::find().filter(exactly(key)).one(db.read()).await? else {
        return Ok(None);
    };
    let mut found = newest_first(attempts::Column::AnswerId.eq(answer.id), db.read()).await?;
    found.reverse();
    Ok(Some(Answer { key: key.clone(), attempts: with_sections(db, found).await? }))
}

/// One attempt and what it answers.
pub async fn by_attempt(db: &Database, id: AttemptId) -> Result<Option<(AnswerKey, Attempt)>, Error> {
    let Some(row) = attempts::Entity::find_by_id(id.0).one(db.read()).await? else { return Ok(None) };
    let key = answers::Entity::find_by_id(row.answer_id).one(db.read()).await?;
    let key = key.ok_or_else(|| Error::Corrupt(format!("attempt {} answers nothing", id.0)))?;
    let attempt = with_sections(db, vec![row]).await?.pop();
    attempt.map(|attempt| Ok((key_of(key)?, attempt))).transpose()
}

/// The answers of these numbers that were finished, in the order asked.
pub async fn by_ids(db: &Database, ids: &[AnswerId]) -> Result<Vec<Finished>, Error> {
    let (mut keys, mut done) = (HashMap::new(), Vec::new());
    for piece in in_pieces(ids.iter().map(|id| id.0)) {
        let found = answers::Entity::find().filter(answers::Column::Id.is_in(piece.clone()));
        keys.extend(found.all(db.read()).await?.into_iter().map(|key| (key.id, key)));
        let of_these = Condition::all().add(attempts::Column::AnswerId.is_in(piece)).add(is_done());
        done.extend(newest_first(of_these, db.read()).await?);
    }
    let mut seen = HashSet::new();
    done.retain(|attempt| seen.insert(attempt.answer_id));
    let roots = roots_of(db.read(), keys.values().map(|key| key.paper_id)).await?;
    let order: Vec<i64> = done.iter().map(|attempt| attempt.answer_id).collect();
    let attempts = order.into_iter().zip(with_sections(db, done).await?);
    let mut attempts: HashMap<i64, Attempt> = attempts.collect();
    let finished = |id: &AnswerId| {
        let (key, attempt) = keys.remove(&id.0).zip(attempts.remove(&id.0))?;
        let paper = PaperId(*roots.get(&key.paper_id).unwrap_or(&key.paper_id));
        Some(key_of(key).map(|key| Finished { id: *id, key, paper, attempt }))
    };
    ids.iter().filter_map(finished).collect()
}

/// What these answers were read from: the papers that stand for them, each once.
pub async fn papers_of(db: &Database, ids: &[AnswerId]) -> Result<HashSet<PaperId>, Error> {
    let mut read: HashSet<i64> = HashSet::new();
    for piece in in_pieces(ids.iter().map(|id| id.0)) {
        let of_these = answers::Entity::find().select_only().column(answers::Column::PaperId);
        let of_these = of_these.filter(answers::Column::Id.is_in(piece)).into_tuple();
        read.extend::<Vec<i64>>(of_these.all(db.read()).await?);
    }
    let roots = roots_of(db.read(), read.iter().copied()).await?;
    Ok(read.iter().map(|id| PaperId(*roots.get(id).unwrap_or(id))).collect())
}

/// Those of these papers that have a finished answer, or stand for one that has.
pub async fn papers_with_answers(db: &Database, papers: &[PaperId]) -> Result<HashSet<PaperId>, Error> {
    let mut with = HashSet::new();
    for piece in in_pieces(papers.iter().map(|paper| paper.0)) {
        let found: Vec<(i64, Option<i64>)> = papers::Entity::find()
            .select_only()
            .column(papers::Column::Id)
            .column(papers::Column::RootId)
            .distinct()
            .join(JoinType::InnerJoin, answers_of_papers())
            .filter(group(piece))
            .filter(finished())
            .into_tuple()
            .all(db.read())
            .await?;
        with.extend(found.into_iter().map(|(id, root)| PaperId(root.unwrap_or(id))));
    }
    Ok(with)
}

fn exactly(key: &AnswerKey) -> Condition {
    use answers::Column;
    Condition::all()
        .add(Column::PaperId.eq(key.paper.0))
        .add(Column::Language.eq(key.language.code()))
        .add(Column::RecordVersion.eq(&key.record_version))
        .add(Column::TextSource.eq(&key.text_source))
        .add(Column::Extractor.eq(&key.extractor))
        .add(Column::Model.eq(&key.model))
        .add(Column::QuestionSet.eq(&key.question_set))
}

pub(crate) fn is_done() -> SimpleExpr {
    attempts::Column::State.eq(AttemptState::Done.name())
}

/// Answers that have an attempt that was done.
pub(crate) fn finished() -> Condition {
    let done = attempts::Entity::find().select_only().column(attempts::Column::AnswerId).filter(is_done());
    Condition::all().add(answers::Column::Id.in_subquery(done.into_query()))
}

fn answers_of_papers() -> RelationDef {
    papers::Entity::belongs_to(answers::Entity).from(papers::Column::Id).to(answers::Column::PaperId).into()
}

async fn newest_first(
    which: impl sea_orm::sea_query::IntoCondition,
    connection: &impl ConnectionTrait,
) -> Result<Vec<attempts::Model>, Error> {
    let found = attempts::Entity::find()
        .filter(which)
        .order_by_desc(attempts::Column::Started)
        .order_by_desc(attempts::Column::Id)
        .all(connection)
        .await?;
    Ok(found)
}

fn attempt(row: attempts::Model, sections: Vec<Section>) -> Result<Attempt, Error> {
    let state = state_of(&row.state)?;
    let tokens = row.tokens_read.zip(row.tokens_written);
    Ok(Attempt {
        id: AttemptId(row.id),
        state,
        model: row.model,
        started: row.started,
        ended: row.ended,
        tokens: tokens.map(|(read, written)| (read.unsigned_abs(), written.unsigned_abs())),
        fault: row.fault,
        text: row.text_source.as_deref().and_then(TextSource::of),
        text_fault: row.text_fault,
        sections,
    })
}

fn state_of(name: &str) -> Result<AttemptState, Error> {
    AttemptState::of(name).ok_or_else(|| Error::Corrupt(format!("the state {name:?}")))
}

fn key_of(row: answers::Model) -> Result<AnswerKey, Error> {
    Ok(AnswerKey {
        paper: PaperId(row.paper_id),
        record_version: row.record_version,
        text_source: row.text_source,
        extractor: row.extractor,
        language: row
            .language
            .parse()
            .map_err(|invalid: content::Invalid| Error::Corrupt(invalid.to_string()))?,
        model: row.model,
        question_set: row.question_set,
    })
}
