//! Nothing is spent that no budget has, whoever starts at the same time, and whatever dies in between.

use std::collections::BTreeMap;

use content::{
    AnswerKey, AttemptId, AttemptState, Begun, Charge, Cost, Language, Limit, Limits, PaperId, Payer,
    Progress, Refusal, Scope, UserId, Want,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use storage::{
    Database,
    answers::{self, Outcome},
    budgets, papers,
};

use crate::support::{arxiv, day, engines};

fn key(model: &str) -> AnswerKey {
    AnswerKey {
        paper: PaperId(1),
        record_version: "v1".into(),
        text_source: "abstract".into(),
        extractor: "none".into(),
        language: Language::En,
        model: model.into(),
        question_set: "six@1".into(),
    }
}

fn cost(tokens: u64, micros: u64) -> Cost {
    Cost { tokens, micros }
}

/// A reading of 100 tokens at the most, 60 of them read, at a price of two millionths each.
fn charge(visitor: &str, network: &str, user: Option<i64>) -> Charge {
    let payer = Payer { visitor: visitor.into(), network: network.into(), user: user.map(UserId) };
    Charge { payer, read: cost(60, 120), written: cost(40, 80) }
}

fn tokens(most: u64) -> Limit {
    Limit { tokens: Some(most), micros: None }
}

async fn begin(db: &Database, model: &str, charge: &Charge, limits: &Limits) -> Begun {
    answers::begin_within(db, &key(model), Want::Again, Some((charge, limits))).await.expect("begun")
}

async fn end(db: &Database, attempt: AttemptId, cost: Cost) {
    let outcome = Outcome {
        state: AttemptState::Failed,
        model: None,
        tokens: None,
        fault: None,
        cost,
        sections: Vec::new(),
    };
    answers::end(db, attempt, &outcome).await.expect("ended");
}

async fn today(db: &Database) -> Cost {
    let spent = budgets::spent(db).await.expect("sums");
    assert_eq!(spent.day, spent.month, "nothing was spent before today");
    spent.day
}

/// Which budget refused.
fn scope(begun: &Begun) -> Option<Scope> {
    match begun {
        Begun::Refused(Refusal { scope, resets }) => {
            assert!(resets.is_none_or(|resets| resets > chrono::Utc::now()));
            Some(*scope)
        }
        _ => None,
    }
}

#[tokio::test]
async fn k11_many_starts_at_once_spend_no_more_than_there_is() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        let limits = Limits { day: tokens(550), ..Limits::default() };
        let names: Vec<_> = (0..30).map(|number| number.to_string()).collect();
        let charges: Vec<_> = names.iter().map(|name| charge(name, name, None)).collect();
        let starts = names.iter().zip(&charges).map(|(name, charge)| begin(db, name, charge, &limits));
        let begun = futures::future::join_all(starts).await;
        let new = begun.iter().filter(|begun| matches!(begun, Begun::New(_))).count();
        let refused = begun.iter().filter(|begun| scope(begun) == Some(Scope::Day)).count();
        assert_eq!((new, refused), (5, 25), "{}", engine.name);
        assert_eq!(today(db).await, cost(500, 1000), "{}", engine.name);
    }
}

#[tokio::test]
async fn k11_each_budget_has_its_own_bound() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        let limits = Limits {
            visitor: tokens(200),
            user: Limit { tokens: None, micros: Some(600) },
            day: tokens(2900),
            month: Limit { tokens: None, micros: Some(5700) },
        };
        let mut model = 0;
        let mut start = async |visitor: &str, network: &str, user| {
            model += 1;
            scope(&begin(db, &model.to_string(), &charge(visitor, network, user), &limits).await)
        };
        assert_eq!(start("anna", "home", None).await, None);
        assert_eq!(start("anna", "cafe", None).await, None);
        assert_eq!(start("anna", "office", None).await, Some(Scope::Visitor), "wherever she goes");
        for number in 0..19 {
            assert_eq!(start(&format!("cookie {number}"), "home", None).await, None, "{}", engine.name);
        }
        assert_eq!(
            start("another cookie", "home", None).await,
            Some(Scope::Visitor),
            "ten budgets a network"
        );
        for _ in 0..3 {
            assert_eq!(start("anna", "home", Some(7)).await, None, "who has an account pays as such");
        }
        assert_eq!(start("anna", "home", Some(7)).await, Some(Scope::User), "{}", engine.name);
        for name in ["ben", "cleo", "dora", "emil"] {
            assert_eq!(start(name, name, None).await, None);
        }
        assert_eq!(start("fred", "away", None).await, Some(Scope::Month), "5600 + 200 > 5700");
        let small = Limits { day: tokens(99), ..Limits::default() };
        let never = begin(db, "never", &charge("x", "x", None), &small).await;
        assert_eq!(never, Begun::Refused(Refusal { scope: Scope::Day, resets: None }), "{}", engine.name);
    }
}

#[tokio::test]
async fn k11_what_was_set_aside_is_settled_by_what_it_cost() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        let limits = Limits { day: tokens(100), ..Limits::default() };
        let charge = charge("anna", "home", None);
        let Begun::New(first) = begin(db, "a", &charge, &limits).await else { panic!("there is room") };
        assert_eq!(scope(&begin(db, "b", &charge, &limits).await), Some(Scope::Day));
        end(db, first, cost(0, 0)).await;
        let Begun::New(second) = begin(db, "b", &charge, &limits).await else { panic!("it was given back") };
        for so_far in [cost(61, 122), cost(75, 150)] {
            let progress = Progress { attempt: second, sections: Vec::new(), model: None, cost: so_far };
            answers::checkpoint(db, &[progress]).await.expect("saved");
            assert_eq!(today(db).await, cost(100, 200), "what is set aside stays so");
        }
        // The process dies here, and another one starts.
        answers::interrupt_running(db).await.expect("one");
        assert_eq!(today(db).await, cost(75, 150), "{}: what was known last", engine.name);
        assert_eq!(
            scope(&begin(db, "c", &charge, &limits).await),
            Some(Scope::Day),
            "a restart forgets nothing"
        );
        let roomy = Limits { day: tokens(175), ..Limits::default() };
        assert!(matches!(begin(db, "c", &charge, &roomy).await, Begun::New(_)));
    }
}

/// Random days of starts, ends and crashes: what is stored is what a plain sum says, and never more than the budget.
#[tokio::test]
async fn k11_random_days_never_overspend() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        let limits = Limits { day: tokens(1000), visitor: tokens(400), ..Limits::default() };
        let mut rng = StdRng::seed_from_u64(11);
        let mut open: BTreeMap<AttemptId, &str> = BTreeMap::new();
        let mut settled: BTreeMap<&str, u64> = BTreeMap::new();
        let names = ["anna", "ben", "cleo", "dora"];
        for step in 0..150 {
            let name = names[rng.random_range(0..names.len())];
            match rng.random_range(0..10) {
                0..5 => {
                    let of = |name: &str| open.values().filter(|other| **other == name).count() as u64 * 100;
                    let own = settled.get(name).unwrap_or(&0) + of(name) + 100 <= 400;
                    let all = settled.values().sum::<u64>() + open.len() as u64 * 100 + 100 <= 1000;
                    let begun = begin(db, &step.to_string(), &charge(name, name, None), &limits).await;
                    let expected = if own { (!all).then_some(Scope::Day) } else { Some(Scope::Visitor) };
                    assert_eq!(scope(&begun), expected, "{} step {step}", engine.name);
                    if let Begun::New(attempt) = begun {
                        open.insert(attempt, name);
                    }
                }
                5..9 => {
                    let Some((attempt, name)) = open.pop_first() else { continue };
                    let tokens = rng.random_range(0..=30);
                    end(db, attempt, cost(tokens, tokens)).await;
                    *settled.entry(name).or_default() += tokens;
                }
                _ => {
                    let so_far = |attempt: &AttemptId| Progress {
                        attempt: *attempt,
                        sections: Vec::new(),
                        model: None,
                        cost: cost(60, 120),
                    };
                    let progress: Vec<_> = open.keys().map(so_far).collect();
                    answers::checkpoint(db, &progress).await.expect("saved");
                    answers::interrupt_running(db).await.expect("counted");
                    for name in std::mem::take(&mut open).into_values() {
                        *settled.entry(name).or_default() += 60;
                    }
                }
            }
            let expected = settled.values().sum::<u64>() + open.len() as u64 * 100;
            assert_eq!(today(db).await.tokens, expected, "{} step {step}", engine.name);
            assert!(expected <= 1000);
        }
    }
}
