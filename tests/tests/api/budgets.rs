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
    another_model_is_paid_at_its_own_price,
    who_stops_in_the_queue_pays_nothing,
    a_reading_that_goes_on_pays_for_its_own_part,
    thoughts_cost_what_words_cost,
    a_killed_reading_costs_what_was_known_last,
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

/// Money of today, spent and set aside.
async fn money(site: &Site) -> f64 {
    metric(site, "inkstone_budget_cost{period=\"day\"}").await
}

/// Tokens of today, spent and set aside.
async fn tokens(site: &Site) -> f64 {
    metric(site, "inkstone_budget_tokens{period=\"day\"}").await
}

async fn another_model_is_paid_at_its_own_price(engine: Engine) {
    let dear = Model::start(Vec::<String>::new(), End::Refuse(401, "", "{}")).await;
    let cheap = Model::start(reply(), End::Stop).await;
    let run = Run::on(engine).with_sample().with_metrics();
    let run = run.with_model_at(0, "dear", dear.address).with_model_at(1, "cheap", cheap.address);
    let run = run.set("MODELS__0__PRICE__INPUT", 20).set("MODELS__0__PRICE__OUTPUT", 100);
    let run = run.set("MODELS__1__PRICE__INPUT", 1).set("MODELS__1__PRICE__OUTPUT", 3);
    let site = run.set("BUDGET__DAY__MONEY", 100).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    site.events_until(live(&started), |event| event.json()["stage"] == "asking").await;
    let aside = money(&site).await;
    assert!(aside > 8192.0 * 100.0 / 1e6, "as much as the dearer one may cost: {aside}");
    cheap.allow(10_000);
    site.events_until(live(&started), is_kind("end")).await;
    let cost = money(&site).await;
    assert!((cost - (1200.0 + 340.0 * 3.0) / 1e6).abs() < 1e-9, "{cost}");
}

async fn who_stops_in_the_queue_pays_nothing(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let run = Run::on(engine).with_sample().with_metrics().with_model(&model);
    let run = run.set("READINGS__PARALLEL", 1).set("BUDGET__DAY__TOKENS", 1_000_000);
    let site = run.start().await;
    let paper = a_paper(&site).await;
    let first = start(&site, &paper, "lang=en").await;
    let one = tokens(&site).await;
    let address = format!("/papers/{paper}/readings");
    let second = site.post_json(&address, "lang=zh").await;
    let cookie =
        second.headers()["set-cookie"].to_str().expect("text").split(';').next().expect("one").to_owned();
    let second: Value = second.json().await.expect("JSON");
    assert!(tokens(&site).await > 1.5 * one, "both may be written");
    let own = [("accept", "application/json"), ("cookie", &cookie), ("origin", &site.address)];
    let stopped = site.form(second["stop"].as_str().expect("an address"), "", &own).await;
    let stopped: Value = stopped.json().await.expect("JSON");
    assert_eq!(stopped["state"], "cancelled");
    let events = site.events_until(live(&second), is_kind("end")).await;
    assert_eq!(events.last().expect("an end").json()["state"], "cancelled");
    assert_eq!(tokens(&site).await, one);
    model.allow(10_000);
    site.events_until(live(&first), is_kind("end")).await;
    assert_eq!((tokens(&site).await, model.calls()), (1540.0, 1));
}

async fn a_reading_that_goes_on_pays_for_its_own_part(engine: Engine) {
    let replies = [(reply().into_iter().take(60).collect(), End::Cut), (vec![" on.".to_owned()], End::Stop)];
    let model = Model::replying(replies).await;
    let run = Run::on(engine).with_sample().with_metrics().with_model(&model);
    let run = run.set("MODELS__0__QUIRKS__CONTINUATION", "partial").set("MODELS__0__LIMITS__OUTPUT", 1000);
    let site = run.set("BUDGET__DAY__TOKENS", 1_000_000).start().await;
    let paper = a_paper(&site).await;
    let started = start(&site, &paper, "lang=en").await;
    let whole = tokens(&site).await;
    model.allow(60);
    site.events_until(live(&started), is_kind("end")).await;
    let first = tokens(&site).await;
    let started = start(&site, &paper, "lang=en&continue=1").await;
    let aside = tokens(&site).await - first;
    assert!(aside > whole + 50.0, "what was received is a part of the prompt: {aside} after {whole}");
    model.allow(60);
    site.events_until(live(&started), is_kind("end")).await;
    assert_eq!(
        tokens(&site).await,
        first + 1540.0,
        "the server's count of the second call, and no word twice"
    );
}

async fn thoughts_cost_what_words_cost(engine: Engine) {
    let thought = r#"{"choices":[{"delta":{"reasoning_content":"Sixty bytes of thoughts cost twenty tokens, at three a token"}}]}"#;
    let replies = [
        (Vec::new(), End::Data(r#"{"choices":[{"delta":{"reasoning_content":"hm."}}]}"#)),
        (Vec::new(), End::Data(thought)),
    ];
    let model = Model::replying(replies).await;
    let run = Run::on(engine).with_sample().with_metrics().with_model(&model);
    let site = run.set("BUDGET__DAY__TOKENS", 1_000_000).start().await;
    let paper = a_paper(&site).await;
    let mut spent = Vec::new();
    for _ in 0..2 {
        let before = tokens(&site).await;
        let started = start(&site, &paper, "lang=en").await;
        site.events_until(live(&started), is_kind("end")).await;
        spent.push(tokens(&site).await - before);
    }
    assert_eq!(spent[1] - spent[0], 19.0, "the prompt is the same: {spent:?}");
}

async fn a_killed_reading_costs_what_was_known_last(engine: Engine) {
    let model = Model::start(reply(), End::Hang).await;
    let run = Run::on(engine).with_sample().with_metrics().with_model(&model);
    let run = run.set("READINGS__PARALLEL", 1).set("MODELS__0__LIMITS__OUTPUT", 50_000);
    let site = run.set("BUDGET__DAY__TOKENS", 1_000_000).start().await;
    let paper = a_paper(&site).await;
    let started = start(&site, &paper, "lang=en").await;
    start(&site, &paper, "lang=zh").await;
    model.allow(60);
    site.events_until(live(&started), |event| event.json().to_string().contains("y_2$")).await;
    // The next checkpoint comes within a second; the page shows what is stored.
    let stored = async { while !site.page("/venue/shield@notes").await.contains("y_2$") {} };
    tokio::time::timeout(std::time::Duration::from_secs(60), stored).await.expect("it is stored");
    assert!(tokens(&site).await > 100_000.0, "both are set aside");
    let site = site.kill().await.start().await;
    let spent = tokens(&site).await;
    assert!((500.0..10_000.0).contains(&spent), "one prompt, and what was received: {spent}");
    assert_eq!(model.calls(), 1, "the one that waited cost nothing");
}
