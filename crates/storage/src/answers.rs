//! Answers: attempts at reading a paper, with their sections.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use content::{
    Answer, AnswerId, AnswerKey, Attempt, AttemptId, AttemptState, Begun, Charge, Cost, DocId, EXTRACTIVE,
    Kind, Language, Limits, PaperId, Progress, Received, Section, TextSource, UNANSWERED, Want,
};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, RelationDef,
    sea_query::{Expr, OnConflict, SimpleExpr},
};

use crate::{
    Database, Error, budgets, changes,
    connection::{Durability, Write},
    papers::{group, members_of, roots_of},
    rows::{answers, attempts, papers, sections},
    text::{in_pieces, now, storable},
};

/// The lock that keeps beginnings, checkpoints and ends of several processes apart.
pub(crate) const LOCK: i64 = 0x696e_6b02;
/// Which sections are written again.
const NEWER: &str = "excluded.markdown <> ''";
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

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Anything but [`AttemptState::Running`].
    pub state: AttemptState,
    /// The model that replied, as it named itself.
    pub model: Option<String>,
    /// Tokens read and written.
    pub tokens: Option<(u64, u64)>,
    /// Why it failed, as a code.
    pub fault: Option<String>,
    /// What it cost, as far as is known.
    pub cost: Cost,
    /// The text as far as it came.
    pub sections: Vec<Section>,
}

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

/// Notes which text a running attempt is read from, and why from no better one, as a code.
pub async fn reads_from(
    db: &Database,
    id: AttemptId,
    source: TextSource,
    fault: Option<&str>,
) -> Result<(), Error> {
    let write = db.write(Durability::Relaxed).await?;
    write.lock(LOCK).await?;
    attempts::Entity::update_many()
        .col_expr(attempts::Column::TextSource, Expr::value(source.name()))
        .col_expr(attempts::Column::TextFault, Expr::value(fault.map(storable)))
        .filter(attempts::Column::Id.eq(id.0))
        .filter(attempts::Column::State.eq(RUNNING))
        .exec(&*write)
        .await?;
    write.commit().await
}

/// Saves the text so far of several attempts together, and what they have cost. Those that have ended are left as they
/// are: a checkpoint may come late.
pub async fn checkpoint(db: &Database, progress: &[Progress]) -> Result<(), Error> {
    let write = db.write(Durability::Relaxed).await?;
    write.lock(LOCK).await?;
    let ids = progress.iter().map(|progress| progress.attempt.0);
    let running: Vec<i64> = attempts::Entity::find()
        .select_only()
        .column(attempts::Column::Id)
        .filter(attempts::Column::Id.is_in(ids))
        .filter(attempts::Column::State.eq(RUNNING))
        .into_tuple()
        .all(&*write)
        .await?;
    let progress = || progress.iter().filter(|progress| running.contains(&progress.attempt.0));
    save_sections(&write, progress().map(|progress| (progress.attempt, progress.sections.as_slice())))
        .await?;
    note_models(&write, progress()).await?;
    budgets::note(&write, progress().map(|progress| (progress.attempt, progress.cost))).await?;
    write.commit().await
}

/// Ends an attempt. To say so twice is no harm; to end it another way is an error.
pub async fn end(db: &Database, id: AttemptId, outcome: &Outcome) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    write.lock(LOCK).await?;
    let stored = attempts::Entity::find_by_id(id.0).one(&*write).await?;
    let stored = stored.ok_or_else(|| Error::Missing(format!("attempt {}", id.0)))?;
    if stored.state != RUNNING {
        return if stored.state == outcome.state.name() { Ok(()) } else { Err(Error::Ended(id)) };
    }
    let signed = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let row = attempts::ActiveModel {
        id: Unchanged(id.0),
        state: Set(outcome.state.name().to_owned()),
        model: Set(outcome.model.as_deref().map(storable)),
        ended: Set(Some(now())),
        tokens_read: Set(outcome.tokens.map(|(read, _)| signed(read))),
        tokens_written: Set(outcome.tokens.map(|(_, written)| signed(written))),
        fault: Set(outcome.fault.as_deref().map(storable)),
        ..Default::default()
    };
    attempts::Entity::update(row).exec(&*write).await?;
    save_sections(&write, [(id, outcome.sections.as_slice())]).await?;
    budgets::settle(&write, id, outcome.cost).await?;
    let answer = match outcome.model.as_deref() {
        Some(EXTRACTIVE) => kept_as_its_own(&write, &stored).await?,
        _ => stored.answer_id,
    };
    if outcome.state == AttemptState::Done {
        changes::log(&write, [DocId { kind: Kind::Answer, id: answer }]).await?;
    }
    write.commit().await
}

/// Keeps an attempt of the embedded reader as the embedded reader's, and gives the answer that it is of now. What it wrote
/// in a model's place, whole or in part, is not what whoever asks the model next is given, nor what a model goes on with.
async fn kept_as_its_own(write: &Write, attempt: &attempts::Model) -> Result<i64, Error> {
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

async fn keep_as_their_own(write: &Write, attempts: &[attempts::Model]) -> Result<(), Error> {
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

/// Notes who replies.
async fn note_models<'p>(
    write: &Write,
    progress: impl IntoIterator<Item = &'p Progress>,
) -> Result<(), Error> {
    let mut replying: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for Progress { attempt, model, .. } in progress {
        if let Some(model) = model {
            replying.entry(model).or_default().push(attempt.0);
        }
    }
    for (model, attempts) in replying {
        let model = storable(model);
        let column = attempts::Column::Model;
        let other = Condition::any().add(column.is_null()).add(column.ne(model.as_str()));
        attempts::Entity::update_many()
            .col_expr(attempts::Column::Model, Expr::value(model.as_str()))
            .filter(attempts::Column::Id.is_in(attempts))
            .filter(other)
            .exec(&**write)
            .await?;
    }
    Ok(())
}

/// At the start of the only process that makes answers: what is still running was interrupted, with
/// the text that the last checkpoint left. Says how many.
pub async fn interrupt_running(db: &Database) -> Result<u64, Error> {
    let write = db.write(Durability::Full).await?;
    write.lock(LOCK).await?;
    let running: Vec<i64> = attempts::Entity::find()
        .select_only()
        .column(attempts::Column::Id)
        .filter(attempts::Column::State.eq(RUNNING))
        .into_tuple()
        .all(&*write)
        .await?;
    budgets::settle_interrupted(&write, &running).await?;
    let interrupted = attempts::Entity::update_many()
        .col_expr(attempts::Column::State, Expr::value(AttemptState::Interrupted.name()))
        .col_expr(attempts::Column::Ended, Expr::value(now()))
        .filter(attempts::Column::State.eq(RUNNING))
        .exec(&*write)
        .await?;
    let cut_off = attempts::Entity::find()
        .filter(attempts::Column::Id.is_in(running))
        .filter(attempts::Column::Model.eq(EXTRACTIVE));
    keep_as_their_own(&write, &cut_off.all(&*write).await?).await?;
    write.commit().await?;
    Ok(interrupted.rows_affected)
}

/// The key of an answer, made if it is new.
async fn answer_of(write: &Write, key: &AnswerKey) -> Result<i64, Error> {
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

/// Writes sections. One without text leaves what is there: an attempt that goes on began with it.
async fn save_sections(
    write: &Write,
    texts: impl IntoIterator<Item = (AttemptId, &[Section])>,
) -> Result<(), Error> {
    use sections::Column;
    let rows_of = |(attempt, sections): (AttemptId, &[Section])| {
        let row = move |(position, section): (i32, &Section)| sections::ActiveModel {
            attempt_id: Set(attempt.0),
            position: Set(position),
            markdown: Set(storable(&section.markdown)),
        };
        (0..).zip(sections).map(row).collect::<Vec<_>>()
    };
    for piece in in_pieces(texts.into_iter().flat_map(rows_of)) {
        let newer = OnConflict::columns([Column::AttemptId, Column::Position])
            .update_column(Column::Markdown)
            .action_and_where(Expr::cust(NEWER))
            .to_owned();
        sections::Entity::insert_many(piece).on_conflict(newer).exec_without_returning(&**write).await?;
    }
    Ok(())
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

async fn with_sections(db: &Database, rows: Vec<attempts::Model>) -> Result<Vec<Attempt>, Error> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut texts = sections_of(&ids, db.read()).await?;
    rows.into_iter()
        .map(|row| {
            let sections = texts.remove(&row.id).unwrap_or_default();
            attempt(row, sections)
        })
        .collect()
}

async fn sections_of(
    attempts: &[i64],
    connection: &impl ConnectionTrait,
) -> Result<HashMap<i64, Vec<Section>>, Error> {
    let mut texts: HashMap<i64, Vec<Section>> = HashMap::new();
    for piece in in_pieces(attempts.iter().copied()) {
        let found = sections::Entity::find()
            .filter(sections::Column::AttemptId.is_in(piece))
            .order_by_asc(sections::Column::Position)
            .all(connection)
            .await?;
        for row in found {
            texts.entry(row.attempt_id).or_default().push(Section { markdown: row.markdown });
        }
    }
    Ok(texts)
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

/// Whether an attempt in this state is worth showing before others.
fn welcome(state: &str) -> bool {
    state == RUNNING || state == AttemptState::Done.name()
}
