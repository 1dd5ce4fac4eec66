//! What readings may cost and did cost. A charge belongs to an attempt: it is set aside in the transaction that begins
//! the attempt, and settled in the one that ends it; so neither a crash nor two starts at once can spend anything twice.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use content::{AttemptId, Charge, Cost, Limit, Limits, Refusal, Scope};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef,
    sea_query::{CaseStatement, Expr},
};

use crate::{
    Database, Error,
    connection::{Durability, Write},
    rows::{answers, attempts, charges},
    text::{in_pieces, now, storable},
};

/// How many visitors' budgets a network has: it may be one person who forgets cookies, or a university.
const OF_A_NETWORK: u64 = 10;

/// What was spent, with what is set aside, on a day and in the month up to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// On the day (UTC).
    pub day: Cost,
    /// In its month.
    pub month: Cost,
}

/// What has been spent today and this month.
pub async fn spent(db: &Database) -> Result<Spent, Error> {
    let today = now().date_naive();
    Ok(Spent { day: sum(db.read(), on(today)).await?, month: sum(db.read(), in_month(today)).await? })
}

/// What was spent on each day of this month, and by each model today and this month.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Days on which something was spent, the first one first.
    pub days: Vec<(NaiveDate, Cost)>,
    /// Models by the names that answers are kept under, with what was spent today and this month.
    pub models: Vec<(String, Spent)>,
}

/// What was spent this month, by day and by model. Trials belong to no model here.
pub async fn ledger(db: &Database) -> Result<Ledger, Error> {
    let today = now().date_naive();
    let rows = charges::Entity::find().filter(in_month(today)).all(db.read()).await?;
    let mut names = HashMap::new();
    for piece in in_pieces(rows.iter().map(|row| row.attempt_id)) {
        let named: Vec<(i64, String)> = attempts::Entity::find()
            .select_only()
            .column(attempts::Column::Id)
            .column(answers::Column::Model)
            .join(JoinType::InnerJoin, answer_of_attempt())
            .filter(attempts::Column::Id.is_in(piece))
            .into_tuple()
            .all(db.read())
            .await?;
        names.extend(named);
    }
    let (mut days, mut models) = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        let cost = Cost { tokens: row.tokens.unsigned_abs(), micros: row.micros.unsigned_abs() };
        let day: &mut Cost = days.entry(row.day).or_default();
        *day = day.plus(cost);
        let Some(name) = names.remove(&row.attempt_id) else { continue };
        let of_model: &mut Spent = models.entry(name).or_default();
        of_model.month = of_model.month.plus(cost);
        if row.day == today {
            of_model.day = of_model.day.plus(cost);
        }
    }
    Ok(Ledger { days: days.into_iter().collect(), models: models.into_iter().collect() })
}

/// Sets aside what a trial of a model may cost, that is no reading of a paper; or says which budget has no room.
pub async fn reserve_trial(
    db: &Database,
    charge: &Charge,
    limits: &Limits,
) -> Result<Result<AttemptId, Refusal>, Error> {
    let write = db.write(Durability::Full).await?;
    write.lock(crate::answers::LOCK).await?;
    // No attempt has a number below zero.
    let trial = -now().timestamp_micros();
    if let Some(refusal) = reserve(&write, trial, charge, limits).await? {
        return Ok(Err(refusal));
    }
    write.commit().await?;
    Ok(Ok(AttemptId(trial)))
}

/// Replaces what was set aside for a trial by what it did cost.
pub async fn settle_trial(db: &Database, trial: AttemptId, cost: Cost) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    settle(&write, trial, cost).await?;
    write.commit().await
}

/// When the budgets of a day and of a month are full again.
pub fn resets_next() -> (DateTime<Utc>, DateTime<Utc>) {
    let today = now().date_naive();
    (resets(Scope::Day, today), resets(Scope::Month, today))
}

/// Sets aside what an attempt may cost, or says which budget has no room for it. The caller holds the lock of answers.
pub(crate) async fn reserve(
    write: &Write,
    attempt: i64,
    charge: &Charge,
    limits: &Limits,
) -> Result<Option<Refusal>, Error> {
    let now = now();
    if let Some(refusal) = refusal(write, charge, limits, now.date_naive()).await? {
        return Ok(Some(refusal));
    }
    let most = charge.most();
    let row = charges::ActiveModel {
        id: NotSet,
        attempt_id: Set(attempt),
        visitor: Set(storable(&charge.payer.visitor)),
        network: Set(storable(&charge.payer.network)),
        user_id: Set(charge.payer.user.map(|user| user.0)),
        day: Set(now.date_naive()),
        tokens: Set(signed(most.tokens)),
        micros: Set(signed(most.micros)),
        read_tokens: Set(signed(charge.read.tokens)),
        read_micros: Set(signed(charge.read.micros)),
        spent_tokens: Set(0),
        spent_micros: Set(0),
        open: Set(true),
        made: Set(now),
    };
    charges::Entity::insert(row).exec_without_returning(&**write).await?;
    Ok(None)
}

/// Replaces what was set aside for an attempt by what it did cost.
pub(crate) async fn settle(write: &Write, attempt: AttemptId, cost: Cost) -> Result<(), Error> {
    charges::Entity::update_many()
        .col_expr(charges::Column::Tokens, Expr::value(signed(cost.tokens)))
        .col_expr(charges::Column::Micros, Expr::value(signed(cost.micros)))
        .col_expr(charges::Column::Open, Expr::value(false))
        .filter(charges::Column::AttemptId.eq(attempt.0))
        .exec(&**write)
        .await?;
    Ok(())
}

/// Notes what running attempts have cost so far; what was set aside for them stays so.
pub(crate) async fn note(
    write: &Write,
    costs: impl IntoIterator<Item = (AttemptId, Cost)>,
) -> Result<(), Error> {
    for piece in in_pieces(costs) {
        let of_each = |count: fn(&Cost) -> u64| {
            let when = |case: CaseStatement, (attempt, cost): &(AttemptId, Cost)| {
                case.case(charges::Column::AttemptId.eq(attempt.0), signed(count(cost)))
            };
            piece.iter().fold(CaseStatement::new(), when)
        };
        charges::Entity::update_many()
            .col_expr(charges::Column::SpentTokens, of_each(|cost| cost.tokens).into())
            .col_expr(charges::Column::SpentMicros, of_each(|cost| cost.micros).into())
            .filter(charges::Column::AttemptId.is_in(piece.iter().map(|(attempt, _)| attempt.0)))
            .exec(&**write)
            .await?;
    }
    Ok(())
}

/// Settles what a process that went away left open, with what was noted last.
pub(crate) async fn settle_interrupted(write: &Write, attempts: &[i64]) -> Result<(), Error> {
    charges::Entity::update_many()
        .col_expr(charges::Column::Tokens, Expr::col(charges::Column::SpentTokens))
        .col_expr(charges::Column::Micros, Expr::col(charges::Column::SpentMicros))
        .col_expr(charges::Column::Open, Expr::value(false))
        .filter(charges::Column::AttemptId.is_in(attempts.iter().copied()))
        .filter(charges::Column::Open.eq(true))
        .exec(&**write)
        .await?;
    Ok(())
}

async fn refusal(
    write: &Write,
    charge: &Charge,
    limits: &Limits,
    today: NaiveDate,
) -> Result<Option<Refusal>, Error> {
    let payer = &charge.payer;
    let own = match payer.user {
        Some(user) => vec![(Scope::User, limits.user, on(today).add(charges::Column::UserId.eq(user.0)))],
        None => {
            let visitors = on(today).add(charges::Column::UserId.is_null());
            let one = visitors.clone().add(charges::Column::Visitor.eq(&payer.visitor));
            let network = visitors.add(charges::Column::Network.eq(&payer.network));
            vec![
                (Scope::Visitor, limits.visitor, one),
                (Scope::Visitor, of_a_network(limits.visitor), network),
            ]
        }
    };
    let all = [(Scope::Day, limits.day, on(today)), (Scope::Month, limits.month, in_month(today))];
    for (scope, limit, charges) in own.into_iter().chain(all) {
        if limit == Limit::default() {
            continue;
        }
        let most = charge.most();
        if !limit.allows(most) {
            return Ok(Some(Refusal { scope, resets: None }));
        }
        if !limit.allows(sum(&**write, charges).await?.plus(most)) {
            return Ok(Some(Refusal { scope, resets: Some(resets(scope, today)) }));
        }
    }
    Ok(None)
}

fn answer_of_attempt() -> RelationDef {
    attempts::Entity::belongs_to(answers::Entity)
        .from(attempts::Column::AnswerId)
        .to(answers::Column::Id)
        .into()
}

fn of_a_network(limit: Limit) -> Limit {
    let times = |most: u64| most.saturating_mul(OF_A_NETWORK);
    Limit { tokens: limit.tokens.map(times), micros: limit.micros.map(times) }
}

/// Midnight (UTC) after the day, or after the last one of its month.
fn resets(scope: Scope, today: NaiveDate) -> DateTime<Utc> {
    let day = match scope {
        Scope::Month => first_of_next_month(today),
        _ => today + Days::new(1),
    };
    day.and_time(NaiveTime::MIN).and_utc()
}

fn first_of_next_month(day: NaiveDate) -> NaiveDate {
    let (year, month) = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).expect("every month has a first day")
}

fn on(day: NaiveDate) -> Condition {
    Condition::all().add(charges::Column::Day.eq(day))
}

fn in_month(day: NaiveDate) -> Condition {
    let first = day - Days::new(u64::from(day.day0()));
    Condition::all()
        .add(charges::Column::Day.gte(first))
        .add(charges::Column::Day.lt(first_of_next_month(day)))
}

async fn sum(connection: &impl ConnectionTrait, which: Condition) -> Result<Cost, Error> {
    // Here only: it gives numbers a second `max`.
    use sea_orm::sea_query::ExprTrait as _;
    // PostgreSQL sums big integers to numerics.
    let total = |column: charges::Column| Expr::col(column).sum().cast_as("bigint");
    let (tokens, micros): (Option<i64>, Option<i64>) = charges::Entity::find()
        .select_only()
        .expr_as(total(charges::Column::Tokens), "tokens")
        .expr_as(total(charges::Column::Micros), "micros")
        .filter(which)
        .into_tuple()
        .one(connection)
        .await?
        .unwrap_or_default();
    let unsigned = |sum: Option<i64>| sum.unwrap_or(0).unsigned_abs();
    Ok(Cost { tokens: unsigned(tokens), micros: unsigned(micros) })
}

/// A number that a sum of many still fits beside.
fn signed(count: u64) -> i64 {
    const MOST: u64 = 1 << 53;
    i64::try_from(count.min(MOST)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_full_again_at_midnight() {
        let check = |scope, today: &str, expected: &str| {
            let today = today.parse().expect("a day");
            assert_eq!(resets(scope, today).to_rfc3339(), format!("{expected}T00:00:00+00:00"));
        };
        check(Scope::Day, "2026-02-28", "2026-03-01");
        check(Scope::Visitor, "2026-12-31", "2027-01-01");
        check(Scope::Month, "2026-12-01", "2027-01-01");
        check(Scope::Month, "2026-02-28", "2026-03-01");
    }
}
