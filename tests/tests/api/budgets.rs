//! K11: a reading by a model is begun only if a budget has room for it.

use serde_json::Value;
use tests::{End, Engine, Model, Run, Site};

use crate::{
    accounts,
    models::reply,
    readings::{a_paper, is_kind, live, start},
};

on_each_engine!(
    a_reading_is_charged_what_it_cost,
    a_used_up_budget_refuses_until_it_is_full,
    users_have_budgets_of_their_own,
    what_was_not_replied_to_costs_nothing,
);

async fn refused(site: &Site, paper: &str, language: &str) -> (reqwest::header::HeaderMap, Value) {
    let headers = [("accept", "application/json"), ("accept-language", language), ("origin", &site.address)];
    let response = site.form(&format!("/papers/{paper}/readings"), "lang=en&again=1", &headers).await;
    assert_eq!(response.status(), 429);
    (response.headers().clone(), response.json().await.expect("a problem"))
}

/// What is counted under a name.
async fn metric(site: &Site, name: &str) -> f64 {
    let metrics = site.metrics().await;
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name}: {metrics}")).parse().expect("a number")
}

/// A site whose readings cost 0.0058 each, and may cost about 0.21.
async fn priced(engine: Engine, model: &Model) -> Site {
    let run = Run::on(engine).with_sample().with_metrics().with_model(model);
    let run = run.set("MODELS__0__LIMITS__OUTPUT", 20_000).set("BUDGET__DAY__MONEY", "0.25");
    run.set("MODELS__0__PRICE__INPUT", "2").set("MODELS__0__PRICE__OUTPUT", "10").start().await
}

async fn a_reading_is_charged_what_it_cost(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = priced(engine, &model).await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let aside = metric(&site, "inkstone_budget_cost{period=\"day\"}").await;
    assert!((0.2..0.25).contains(&aside), "20000 tokens to write and some thousands to read: {aside}");
    model.allow(10_000);
    site.events_until(live(&started), is_kind("idle")).await;
    let cost = metric(&site, "inkstone_budget_cost{period=\"day\"}").await;
    assert!((cost - (1200.0 * 2.0 + 340.0 * 10.0) / 1e6).abs() < 1e-9, "{cost}");
    assert_eq!(metric(&site, "inkstone_model_cost_total{model=\"scripted\"}").await, cost);
    assert_eq!(metric(&site, "inkstone_budget_tokens{period=\"month\"}").await, 1540.0);
}

/// Reads a paper again and again until it is refused; says how often it was not.
async fn used_up(site: &Site, paper: &str, model: &Model) -> usize {
    for begun in 0..20 {
        let response = site.post_json(&format!("/papers/{paper}/readings"), "lang=en&again=1").await;
        if response.status() == 429 {
            return begun;
        }
        let started: Value = response.json().await.expect("JSON");
        model.allow(10_000);
        site.events_until(live(&started), is_kind("idle")).await;
    }
    panic!("the budget has no end")
}

async fn a_used_up_budget_refuses_until_it_is_full(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = priced(engine, &model).await;
    let paper = a_paper(&site).await;
    let begun = used_up(&site, &paper, &model).await;
    assert_eq!(model.calls(), begun);
    let (headers, english) = refused(&site, &paper, "en").await;
    let wait: u64 = headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=86_400).contains(&wait), "{wait}");
    let english = english["detail"].as_str().expect("a sentence").to_owned();
    assert!(english.contains("Today's budget") && english.ends_with("00:00 UTC."), "{english}");
    let site = site.stop().await.start().await;
    let (_, chinese) = refused(&site, &paper, "zh").await;
    let chinese = chinese["detail"].as_str().expect("a sentence");
    assert!(
        chinese.contains("预算") && chinese.contains("00:00 UTC"),
        "a restart forgets nothing: {chinese}"
    );
    assert_eq!(metric(&site, "inkstone_readings_refused_total{reason=\"budget\"}").await, 1.0);
    let stored = start(&site, &paper, "lang=en").await;
    site.events_until(live(&stored), is_kind("idle")).await;
    assert_eq!(model.calls(), begun, "what is there is shown, whatever the budget");
}

async fn users_have_budgets_of_their_own(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    model.allow(10_000);
    let run = Run::on(engine).with_sample().with_model(&model).set("BUDGET__VISITOR__TOKENS", 1);
    let site = run.set("BUDGET__USER__TOKENS", 15_000).start().await;
    accounts::add(&site, "ada").await;
    let session = accounts::session(&accounts::sign_in(&site, "ada", accounts::PASSWORD).await);
    let paper = a_paper(&site).await;
    let (headers, told) = refused(&site, &paper, "en").await;
    assert!(!headers.contains_key("retry-after"), "it would never do");
    assert!(told["detail"].as_str().is_some_and(|told| told.contains("too long for the budget")), "{told}");
    let own = [("accept", "application/json"), ("cookie", &session), ("origin", &site.address)];
    let response = site.form(&format!("/papers/{paper}/readings"), "lang=en", &own).await;
    assert_eq!(response.status(), 202);
}

async fn what_was_not_replied_to_costs_nothing(engine: Engine) {
    let replies =
        [(Vec::new(), End::Refuse(401, "", "{}")), (reply().into_iter().take(12).collect(), End::Cut)];
    let model = Model::replying(replies).await;
    let run = Run::on(engine).with_sample().with_metrics().with_model(&model);
    let site = run.set("BUDGET__VISITOR__TOKENS", 20_000).start().await;
    let paper = a_paper(&site).await;
    let started = start(&site, &paper, "lang=en").await;
    site.events_until(live(&started), is_kind("end")).await;
    assert_eq!(metric(&site, "inkstone_budget_tokens{period=\"day\"}").await, 0.0);
    model.allow(10_000);
    let started = start(&site, &paper, "lang=en").await;
    site.events_until(live(&started), is_kind("end")).await;
    let spent = metric(&site, "inkstone_budget_tokens{period=\"day\"}").await;
    assert!((500.0..10_000.0).contains(&spent), "the prompt, and what was received: {spent}");
}
