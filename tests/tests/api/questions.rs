//! K1: the questions are the operator's.

use tests::{End, Engine, Model, Run, html::text};

use crate::readings::{a_paper, is_kind, live, start};

on_each_engine!(an_operators_questions_are_asked_one_by_one);

const SET: &str = r#"
name = "short"
version = 3
language = "en"
[[questions]]
id = "claim"
title = "What is claimed?"
prompt = "State the claim."
[[questions]]
id = "doubt"
title = "What may be doubted?"
prompt = "Say where you would look for an error."
"#;

async fn an_operators_questions_are_asked_one_by_one(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("short.toml"), SET).expect("a file");
    let answer = |number: usize| (vec![format!("## Q{number}\nAnswer {number}.")], End::Stop);
    let model = Model::replying([answer(1), answer(2)]).await;
    model.allow(10_000);
    let run = Run::on(engine).with_sample().with_model(&model).set("READINGS__CALLS", "per-question");
    let run = run.set("READINGS__QUESTIONS", folder.path().display()).set("READINGS__QUESTION_SET", "short");
    let site = run.start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    assert_eq!(started["sections"][1]["title"], "What may be doubted?");
    let events = site.events_until(live(&started), is_kind("end")).await;
    assert_eq!(events.last().expect("an end").json()["tokens"], serde_json::json!([2400, 680]));
    let page = site.page("/venue/shield@notes").await;
    let shown = text(&page);
    for part in ["What is claimed?", "Answer 1.", "What may be doubted?", "Answer 2.", "short@3"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(page.contains("id=\"q-doubt\""), "every section can be linked to");
    assert_eq!(model.calls(), 2);

    let wrong = SET.replace("\"claim\"", "\"doubt\"");
    std::fs::write(folder.path().join("wrong.toml"), wrong).expect("a file");
    let checked = site.run(&["config", "check"]).await;
    let error = String::from_utf8_lossy(&checked.stderr);
    assert!(!checked.status.success() && error.contains("wrong.toml"), "{error}");
}
