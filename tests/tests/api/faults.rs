//! K3 and K12: whatever a model's server does, its reader gets a sentence, the operator a count, and what was
//! received is kept; where another model is configured, it is asked instead.

use std::collections::BTreeMap;

use serde_json::Value;
use tests::{End, Engine, KEY, Model, Run, Site, html::text};

use crate::{
    models::reply,
    readings::{a_paper, is_kind, live, start},
};

on_each_engine!(
    every_fault_is_told_and_counted,
    another_model_is_asked,
    who_stood_in_for_a_model_is_named_and_the_model_asked_next,
    waiting_and_thinking_are_told,
);

const MESSAGES: [(&str, &str); 2] = [
    ("en", include_str!("../../../web/messages/en.json")),
    ("zh", include_str!("../../../web/messages/zh.json")),
];

/// What goes wrong, the code of it, and the message that readers get.
fn faults() -> Vec<(End, &'static str, &'static str)> {
    let refuse = |status, body| End::Refuse(status, "", body);
    vec![
        (refuse(401, r#"{"error":{"message":"bad key"}}"#), "unauthorized", "fault_unauthorized"),
        (refuse(500, "oops"), "upstream", "fault_upstream"),
        (refuse(429, "slow down"), "rate_limited", "fault_rate_limited"),
        (refuse(429, r#"{"error":{"code":"insufficient_quota"}}"#), "quota", "fault_quota"),
        (refuse(400, r#"{"error":{"message":"no such parameter"}}"#), "rejected", "fault_rejected"),
        (End::Silence, "stalled", "fault_stalled"),
        (refuse(404, "{}"), "rejected", "fault_rejected"),
        (End::Refuse(302, "location: http://127.0.0.1:9/\r\n", ""), "rejected", "fault_rejected"),
        (End::Raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n<h1>Log in</h1>"), "content_type", "fault_content_type"),
        (
            End::Raw(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\n\r\n\x1f\x8b"),
            "content_type",
            "fault_content_type",
        ),
        (End::Hang, "stalled", "fault_stalled"),
        (End::Cut, "cut", "fault_cut"),
        (End::Data(r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#), "output_limit", "fault_output_limit"),
        (End::Data(r#"{"choices":[{"delta":{},"finish_reason":"content_filter"}]}"#), "filtered", "fault_filtered"),
        (End::Data(r#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#), "unanswered", "fault_unanswered"),
        (End::Data("{\"choices\":["), "malformed", "fault_malformed"),
        (End::Data(r#"{"error":{"message":"boom","type":"server_error","code":null}}"#), "upstream", "fault_upstream"),
        (End::Data(r#"{"error":"model crashed"}"#), "upstream", "fault_upstream"),
        (End::Data(r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#), "upstream", "fault_upstream"),
        (End::Data(r#"{"object":"error","message":"rejected","type":"BadRequestError","code":400}"#), "rejected", "fault_rejected"),
        (End::Data(r#"{"error":{"message":"Rate limit reached","type":"rate_limit"}}"#), "rate_limited", "fault_rate_limited"),
    ]
}

async fn every_fault_is_told_and_counted(engine: Engine) {
    let faults = faults();
    let words = || reply().into_iter().take(12).collect::<Vec<_>>();
    let model = Model::replying(faults.iter().map(|(end, ..)| (words(), end.clone()))).await;
    let run = Run::on(engine).with_sample().with_metrics().with_model(&model);
    // Not one call more than there are faults, and no longer waits than a test can bear.
    let run = run.set("MODELS__0__LIMITS__RETRIES", 0).set("MODELS__0__LIMITS__FIRST", 1500);
    let site = run.set("MODELS__0__LIMITS__IDLE", 1500).start().await;
    model.allow(10_000);
    let paper = a_paper(&site).await;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (end, code, message) in &faults {
        let started = start(&site, &paper, "lang=en&again=1").await;
        let told = ends(&site, &started).await;
        for ((language, messages), told) in MESSAGES.iter().zip(&told) {
            assert_eq!(
                (&told["state"], &told["fault"]),
                (&"failed".into(), &(*code).into()),
                "{end:?}: {told}"
            );
            let messages: Value = serde_json::from_str(messages).expect("messages are JSON");
            assert_eq!(told["sentence"], messages[message], "{end:?} in {language}");
        }
        let begun = !matches!(end, End::Refuse(..) | End::Raw(_) | End::Silence);
        let page = site.page("/venue/shield@notes").await;
        assert_eq!(page.contains("$x_1 &lt; y_1$"), begun, "{end:?}: what was received is kept");
        *counts.entry(code).or_default() += 1;
    }
    assert_eq!(model.calls(), faults.len(), "no second paid call in silence");
    let metrics = site.metrics().await;
    for (code, count) in counts {
        let reading = format!("inkstone_readings_total{{state=\"failed\",fault=\"{code}\"}} {count}\n");
        let call = format!("inkstone_model_calls_total{{model=\"scripted\",outcome=\"{code}\"}} {count}\n");
        assert!(metrics.contains(&reading) && metrics.contains(&call), "{code}: {metrics}");
    }
    assert!(!metrics.contains(KEY) && !site.log().contains(KEY));
}

/// How a reading ended, in both languages.
async fn ends(site: &Site, started: &Value) -> [Value; 2] {
    let last = async |language: &str| {
        let address = format!("{}&hl={language}", live(started));
        let events = site.events_until(&address, is_kind("end")).await;
        events.last().expect("an end").json()
    };
    [last("en").await, last("zh").await]
}

async fn another_model_is_asked(engine: Engine) {
    let busy = Model::start(Vec::<String>::new(), End::Refuse(503, "", "")).await;
    let nobody =
        std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let good = Model::start(reply(), End::Stop).await;
    good.allow(10_000);
    let run = Run::on(engine).with_sample().with_metrics().with_model_at(0, "first", busy.address);
    let run = run.with_model_at(1, "second", nobody).with_model_at(2, "third", good.address);
    let site = run.set("MODELS__0__LIMITS__BACKOFF", 5).set("MODELS__1__LIMITS__BACKOFF", 5).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    assert_eq!(started["model"], "first", "what was asked for");
    let events = site.events_until(live(&started), is_kind("end")).await;
    let asked = events.iter().map(|event| event.json()).filter(|body| body["stage"] == "asking");
    assert_eq!(asked.map(|body| body["model"].clone()).collect::<Vec<_>>(), ["second", "third"]);
    let end = events.last().expect("an end").json();
    assert_eq!((&end["state"], &end["model"]), (&"done".into(), &"scripted-1".into()));
    let page = text(&site.page("/venue/shield@notes").await);
    assert!(page.contains("scripted-1"), "the page names the model that replied: {page}");
    let metrics = site.metrics().await;
    for (model, outcome, count) in [("first", "upstream", 3), ("second", "refused", 3), ("third", "ok", 1)] {
        let line = format!("inkstone_model_calls_total{{model=\"{model}\",outcome=\"{outcome}\"}} {count}\n");
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
    assert_eq!((busy.calls(), good.calls()), (3, 1));
}

async fn who_stood_in_for_a_model_is_named_and_the_model_asked_next(engine: Engine) {
    let model = Model::replying([(Vec::new(), End::Refuse(401, "", "{}")), (reply(), End::Stop)]).await;
    let run = Run::on(engine).with_sample().with_model(&model);
    let site = run.set("READINGS__EXTRACTIVE_LAST", true).start().await;
    let paper = a_paper(&site).await;
    let first = start(&site, &paper, "lang=en").await;
    site.events_until(live(&first), is_kind("idle")).await;
    let page = text(&site.page("/venue/shield@notes").await);
    assert!(page.contains("No language model wrote this") && page.contains("Ask scripted"), "{page}");
    // The next day, or the same one: two readers who ask are one call, and both get the model's words.
    let forms = ["lang=en", "lang=en&ask=model"].map(|form| start(&site, &paper, form));
    let started = futures::future::join_all(forms).await;
    assert_eq!(started[0]["run"], started[1]["run"]);
    assert_ne!(started[0]["run"], first["run"]);
    model.allow(10_000);
    let events = site.events_until(live(&started[0]), is_kind("end")).await;
    assert_eq!(events.last().expect("an end").json()["model"], "scripted-1");
    let page = text(&site.page("/venue/shield@notes").await);
    assert!(page.contains("The part 6 says") && !page.contains("Ask scripted"), "{page}");
    let third = start(&site, &paper, "lang=en").await;
    assert_eq!((&third["run"], model.calls()), (&started[0]["run"], 2), "and what it wrote is served");
}

async fn waiting_and_thinking_are_told(engine: Engine) {
    let thought = r#"{"choices":[{"delta":{"reasoning_content":"Let me see. "}}]}"#;
    let replies =
        [(Vec::new(), End::Refuse(429, "retry-after: 1\r\n", "{}")), (Vec::new(), End::Data(thought))];
    let model = Model::replying(replies).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let events = site.events_until(live(&started), is_kind("end")).await;
    let told: Vec<_> = events.iter().map(|event| event.json()).collect();
    assert!(told.iter().any(|body| body["stage"] == "waiting" && body["seconds"] == 1), "{told:#?}");
    assert!(told.iter().any(|body| body["kind"] == "thought" && body["text"] == "Let me see. "), "{told:#?}");
    assert!(
        !site.page("/venue/shield@notes").await.contains("Let me see."),
        "thoughts are no part of the answer"
    );
}
