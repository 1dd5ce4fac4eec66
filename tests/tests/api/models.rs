use std::collections::BTreeMap;

use serde_json::Value;
use tests::{End, Engine, Event, KEY, Model, Run, html::text};

use crate::accounts;
use crate::readings::{a_paper, check_numbers, is_kind, live, start};

on_each_engine!(
    a_model_answers_in_sections,
    late_and_returning_readers_see_the_same,
    many_readers_are_one_call,
    a_restart_leaves_what_had_arrived,
    a_kill_leaves_no_answer_running,
    faults_end_in_a_sentence,
    visitors_can_be_kept_from_models,
);

/// A reply to all six questions, cut into words.
pub(crate) fn reply() -> Vec<String> {
    let sections = (1..=6).map(|number| {
        format!("## {number}. Question {number}\n\nThe part **{number}** says $x_{number} < y_{number}$ and [p. 2].\n\n- one\n- $\\begin{{pmatrix}} a & b \\\\ c & d \\end{{pmatrix}}$\n\n")
    });
    let whole = sections.collect::<String>();
    whole.split_inclusive(' ').map(str::to_owned).collect()
}

async fn a_model_answers_in_sections(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    model.allow(10_000);
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    assert_eq!(started["model"], "scripted");
    let events = site.events_until(live(&started), is_kind("idle")).await;
    check_numbers(&events);
    let page = site.page("/venue/shield@notes").await;
    for number in 1..=6 {
        assert!(page.contains(&format!("$x_{number} &lt; y_{number}$")), "section {number}: {page}");
    }
    assert!(text(&page).contains("1200 + 340 tokens"), "{}", text(&page));
    assert_eq!(model.calls(), 1);
    let request = &model.requests()[0];
    assert_eq!((&request["model"], &request["stream"]), (&"scripted-1".into(), &true.into()));
    assert!(request["messages"].to_string().contains("A Shield for Formulas"));
    assert!(!site.log().contains(KEY) && !page.contains(KEY));
}

async fn late_and_returning_readers_see_the_same(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let mut early = site.events(live(&started), None).await;
    model.allow(30);
    let mut before = Vec::new();
    while before.iter().filter(|event: &&Event| event.json()["kind"] == "patch").count() < 3 {
        before.push(early.next().await.expect("an event"));
    }
    // The connections of these readers stand before the rest is said.
    let mut returning = Vec::new();
    for event in &before {
        returning.push((event.clone(), site.events(live(&started), Some(&event.id)).await));
    }
    model.allow(10_000);
    let whole: Vec<_> = before.into_iter().chain(early.until(is_kind("idle")).await).collect();
    check_numbers(&whole);
    for (last, events) in returning {
        let rest = events.until(is_kind("idle")).await;
        let place = whole.iter().position(|event| event.id == last.id).expect("seen by the early reader");
        assert_eq!(rest, whole[place + 1..], "after {}", last.id);
    }
    let late = site.events_until(live(&started), is_kind("idle")).await;
    assert_eq!(pages(&late), pages(&whole));
}

/// The sections that a reader of these events ends up with.
pub(crate) fn pages(events: &[Event]) -> BTreeMap<u64, String> {
    let mut sections: BTreeMap<u64, (Vec<String>, String)> = BTreeMap::new();
    for body in events.iter().map(Event::json) {
        if body["kind"] == "snapshot" {
            sections.clear();
            for (number, patches) in body["sections"].as_array().into_iter().flatten().enumerate() {
                apply(sections.entry(number as u64).or_default(), patches);
            }
        } else if body["kind"] == "patch" {
            apply(sections.entry(body["section"].as_u64().expect("a number")).or_default(), &body["patches"]);
        }
    }
    sections.into_iter().map(|(number, (blocks, tail))| (number, blocks.concat() + &tail)).collect()
}

fn apply((blocks, tail): &mut (Vec<String>, String), patches: &Value) {
    for patch in patches.as_array().into_iter().flatten() {
        let html = patch["html"].as_str().unwrap_or_default();
        let units: Vec<u16> =
            tail.encode_utf16().take(patch["keep"].as_u64().unwrap_or(0) as usize).collect();
        let kept = String::from_utf16(&units).expect("never parts a character") + html;
        match patch["op"].as_str().unwrap_or_default() {
            "append" => {
                blocks.push(kept);
                tail.clear();
            }
            "tail" => *tail = kept,
            "replace" => blocks[patch["block"].as_u64().expect("a number") as usize] = html.to_owned(),
            "snapshot" => {
                *blocks = serde_json::from_value(patch["blocks"].clone()).expect("strings");
                *tail = patch["tail"].as_str().unwrap_or_default().to_owned();
            }
            "end" => assert_eq!(tail, "", "the tail is empty at the end"),
            other => panic!("{other} does not occur here"),
        }
    }
}

async fn many_readers_are_one_call(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let paper = a_paper(&site).await;
    let started = futures::future::join_all((0..20).map(|_| start(&site, &paper, "lang=en"))).await;
    let readers: Vec<_> =
        started.iter().map(|started| site.events_until(live(started), is_kind("idle"))).collect();
    model.allow(10_000);
    let seen: Vec<_> = futures::future::join_all(readers).await.iter().map(|events| pages(events)).collect();
    assert!(seen.iter().all(|page| page.len() == 6 && *page == seen[0]));
    assert_eq!(model.calls(), 1);
}

async fn a_restart_leaves_what_had_arrived(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let events = site.events(live(&started), None).await;
    model.allow(12);
    let seen = events.until(|event| event.json().to_string().contains("$x_1 &lt; y_1$")).await;
    let site = site.stop().await.start().await;
    let page = site.page("/venue/shield@notes").await;
    assert!(page.contains("$x_1 &lt; y_1$"), "what had arrived is kept: {}", text(&page));
    assert!(text(&page).contains("The server was restarted in the middle."), "{}", text(&page));
    let last = &seen.last().expect("an event").id;
    let after = site.events(live(&started), Some(last)).await.until(is_kind("idle")).await;
    assert_eq!(after[0].json()["kind"], "snapshot", "{after:#?}");
    assert_eq!(after[0].json()["state"], "interrupted", "{after:#?}");
    // One click continues: a new attempt, and the old one is not lost.
    model.allow(10_000);
    let again = start(&site, &a_paper(&site).await, "lang=en").await;
    assert_ne!(again["attempt"], started["attempt"]);
    let events = site.events_until(live(&again), is_kind("idle")).await;
    assert_eq!(pages(&events).len(), 6);
}

async fn a_kill_leaves_no_answer_running(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let events = site.events(live(&started), None).await;
    model.allow(12);
    events.until(is_kind("patch")).await;
    let site = site.kill().await.start().await;
    let page = text(&site.page("/venue/shield@notes").await);
    assert!(page.contains("The server was restarted in the middle."), "{page}");
    assert!(page.contains("Start again"), "{page}");
}

async fn faults_end_in_a_sentence(engine: Engine) {
    check_fault(engine, End::Refuse(401, "", r#"{"error":{"message":"bad key"}}"#), "unauthorized").await;
    check_fault(engine, End::Cut, "cut").await;
}

async fn check_fault(engine: Engine, end: End, code: &str) {
    let model = Model::start(reply().into_iter().take(12), end).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    model.allow(10_000);
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let events = site.events_until(live(&started), is_kind("end")).await;
    let end = events.last().expect("an end").json();
    assert_eq!((&end["state"], &end["fault"]), (&"failed".into(), &code.into()), "{end}");
    let sentence = end["sentence"].as_str().unwrap_or_default();
    assert!(sentence.ends_with('.') && sentence.contains(' ') && !sentence.contains(KEY), "{end}");
    assert!(!site.log().contains(KEY), "{}", site.log());
    assert_eq!(model.calls(), 1, "no second paid call in silence");
}

async fn visitors_can_be_kept_from_models(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let run = Run::on(engine).with_sample().with_model(&model);
    let site = run.set("READINGS__VISITORS_MAY_START_MODEL", false).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    assert_eq!(started["model"], "extractive");
    assert_eq!(model.calls(), 0);
    accounts::add(&site, "ada").await;
    let session = accounts::session(&accounts::sign_in(&site, "ada", accounts::PASSWORD).await);
    let own = [("accept", "application/json"), ("cookie", session.as_str()), ("origin", &site.address)];
    let address = format!("/papers/{}/readings", a_paper(&site).await);
    let started: Value = site.form(&address, "lang=en", &own).await.json().await.expect("JSON");
    assert_eq!(started["model"], "scripted", "a user is no visitor");
}
