//! How far an attempt comes: its checkpoints and its end.

use std::collections::BTreeMap;

use content::{AttemptId, AttemptState, Cost, DocId, EXTRACTIVE, Kind, Progress, Section, TextSource};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use super::{
    LOCK, RUNNING,
    stand_ins::{keep_as_their_own, kept_as_its_own},
    texts::save_sections,
};
use crate::{
    Database, Error, budgets, changes,
    connection::{Durability, Write},
    rows::attempts,
    text::{now, storable},
};

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
