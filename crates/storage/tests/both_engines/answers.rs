//! Attempts begin, grow, end, and then never change.

use content::{
    AnswerId, AnswerKey, Attempt, AttemptId, AttemptState, Begun, Cost, Language, PaperId, Progress,
    Received, Section, Want,
};
use storage::{
    Database, Error,
    answers::{self, Outcome},
    papers,
};

use crate::support::{arxiv, day, engines};

fn key(model: &str) -> AnswerKey {
    AnswerKey {
        paper: PaperId(1),
        record_version: "v1".into(),
        text_source: "abstract".into(),
        extractor: "none".into(),
        language: Language::Zh,
        model: model.into(),
        question_set: "six@1".into(),
    }
}

fn texts(texts: &[&str]) -> Vec<Section> {
    texts.iter().map(|text| Section { markdown: (*text).into() }).collect()
}

/// Of a reading that was cut off.
fn half(sections: &[&str]) -> Received {
    Received { sections: texts(sections), whole: false }
}

fn so_far(attempt: AttemptId, sections: &[&str]) -> Progress {
    Progress { attempt, sections: texts(sections), model: None, cost: Cost::default() }
}

fn ending(state: AttemptState, sections: &[&str]) -> Outcome {
    Outcome {
        state,
        model: Some("scripted-1".into()),
        tokens: Some((1200, 80)),
        fault: None,
        cost: Cost::default(),
        sections: texts(sections),
    }
}

async fn with_paper(db: &Database) {
    papers::save(db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
}

async fn new(db: &Database, key: &AnswerKey, want: Want) -> AttemptId {
    match answers::begin(db, key, want).await.expect("begun") {
        Begun::New(attempt) => attempt,
        other => panic!("{other:?}"),
    }
}

async fn stored(db: &Database, id: AttemptId) -> Attempt {
    answers::by_attempt(db, id).await.expect("an answer").expect("an attempt").1
}

#[tokio::test]
async fn one_attempt_serves_everyone_until_another_is_wanted() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let key = key("m");
        let first = new(db, &key, Want::Any).await;
        for want in [Want::Any, Want::Again] {
            assert_eq!(answers::begin(db, &key, want).await.expect("begun"), Begun::Stored(first));
        }
        answers::end(db, first, &ending(AttemptState::Done, &["a", "b"])).await.expect("ended");
        assert_eq!(answers::begin(db, &key, Want::Any).await.expect("begun"), Begun::Stored(first));
        let second = new(db, &key, Want::Again).await;
        let answer = answers::for_key(db, &key).await.expect("an answer").expect("an answer");
        let states: Vec<_> = answer.attempts.iter().map(|attempt| (attempt.id, attempt.state)).collect();
        assert_eq!(states, [(first, AttemptState::Done), (second, AttemptState::Running)], "{}", engine.name);
    }
}

#[tokio::test]
async fn an_attempt_that_failed_is_followed_by_another() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        for state in [AttemptState::Failed, AttemptState::Cancelled, AttemptState::Interrupted] {
            let attempt = new(db, &key("m"), Want::Any).await;
            answers::end(db, attempt, &ending(state, &[])).await.expect("ended");
            assert_eq!(stored(db, attempt).await.state, state, "{}", engine.name);
        }
    }
}

#[tokio::test]
async fn of_many_that_begin_at_once_one_is_new() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let key = key("m");
        let begun = futures::future::join_all((0..40).map(|_| answers::begin(db, &key, Want::Any))).await;
        let new = begun.into_iter().filter(|begun| matches!(begun.as_ref().expect("begun"), Begun::New(_)));
        assert_eq!(new.count(), 1, "{}", engine.name);
    }
}

#[tokio::test]
async fn checkpoints_keep_what_was_received() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let (one, two) = (new(db, &key("m"), Want::Any).await, new(db, &key("n"), Want::Any).await);
        answers::checkpoint(db, &[so_far(one, &["a"]), so_far(two, &["x", "y"])]).await.expect("saved");
        answers::checkpoint(db, &[so_far(one, &["a b", "c\0"])]).await.expect("saved");
        // What has not grown is not sent again.
        answers::checkpoint(db, &[so_far(one, &["", ""]), so_far(two, &["", "y"])]).await.expect("saved");
        assert_eq!(stored(db, one).await.sections, texts(&["a b", "c\u{fffd}"]), "{}", engine.name);
        assert_eq!(stored(db, two).await.sections, texts(&["x", "y"]));
        assert_eq!(stored(db, two).await.state, AttemptState::Running);
    }
}

#[tokio::test]
async fn ended_attempts_never_change() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let attempt = new(db, &key("m"), Want::Any).await;
        answers::end(db, attempt, &ending(AttemptState::Done, &["a"])).await.expect("ended");
        let ended = stored(db, attempt).await;
        assert_eq!((ended.tokens, ended.model.as_deref()), (Some((1200, 80)), Some("scripted-1")));
        answers::checkpoint(db, &[so_far(attempt, &["late"])]).await.expect("ignored");
        answers::end(db, attempt, &ending(AttemptState::Done, &["other"])).await.expect("said twice");
        let refused = answers::end(db, attempt, &ending(AttemptState::Failed, &["other"])).await;
        assert!(matches!(refused, Err(Error::Ended(id)) if id == attempt), "{refused:?}");
        assert_eq!(answers::interrupt_running(db).await.expect("none"), 0);
        assert_eq!(stored(db, attempt).await, ended, "{}", engine.name);
    }
}

#[tokio::test]
async fn an_attempt_may_go_on_with_what_was_received() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let key = key("m");
        assert!(
            matches!(answers::begin(db, &key, Want::Continue).await, Ok(Begun::New(first)) if first.0 == 1)
        );
        answers::end(db, AttemptId(1), &ending(AttemptState::Failed, &["one", "tw"])).await.expect("ended");
        let empty = new(db, &key, Want::Any).await;
        answers::end(db, empty, &ending(AttemptState::Failed, &["", ""])).await.expect("ended");
        let Begun::Continued(on, received) = answers::begin(db, &key, Want::Continue).await.expect("begun")
        else {
            panic!("{}: there was text", engine.name)
        };
        assert_eq!(received, half(&["one", "tw"]), "{}: the last one that had any", engine.name);
        assert_eq!(answers::begin(db, &key, Want::Continue).await.expect("begun"), Begun::Stored(on));
        answers::end(db, on, &ending(AttemptState::Done, &["one", "two"])).await.expect("ended");
        assert_eq!(answers::begin(db, &key, Want::Continue).await.expect("begun"), Begun::Stored(on));
        assert_eq!(stored(db, AttemptId(1)).await.sections, texts(&["one", "tw"]));
    }
}

#[tokio::test]
async fn a_start_interrupts_what_was_running() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let done = new(db, &key("m"), Want::Any).await;
        answers::end(db, done, &ending(AttemptState::Done, &["a"])).await.expect("ended");
        let running = new(db, &key("m"), Want::Again).await;
        answers::checkpoint(db, &[so_far(running, &["half"])]).await.expect("saved");
        assert_eq!(answers::interrupt_running(db).await.expect("one"), 1);
        let attempt = stored(db, running).await;
        assert_eq!((attempt.state, &attempt.sections), (AttemptState::Interrupted, &texts(&["half"])));
        assert!(attempt.ended.is_some(), "{}", engine.name);
        let (_, shown) =
            answers::latest(db, PaperId(1), Language::Zh).await.expect("an answer").expect("an answer");
        assert_eq!(shown.id, done, "a finished one is shown before a newer one that is not");
        assert_eq!(answers::latest(db, PaperId(1), Language::En).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn nothing_is_answered_about_a_paper_that_is_not_there() {
    for engine in engines().await {
        let refused = answers::begin(&engine.db, &key("m"), Want::Any).await;
        assert!(matches!(refused, Err(Error::Missing(_))), "{}: {refused:?}", engine.name);
    }
}

/// What is found by search: the newest finished attempt of each, and the paper that now stands for what was read.
#[tokio::test]
async fn answers_of_numbers_are_what_was_finished_last() {
    for engine in engines().await {
        let db = &engine.db;
        let batch: Vec<_> = (1..=4).map(|n| arxiv(&format!("2401.0000{n}"), "v1", day(1))).collect();
        papers::save(db, &batch).await.expect("saved");
        let of = |paper, model| AnswerKey { paper: PaperId(paper), ..key(model) };
        let (one, two, three) = (of(1, "m"), of(2, "m"), of(3, "m"));
        for (key, state, text) in [
            (&one, AttemptState::Done, "first"),
            (&one, AttemptState::Done, "second"),
            (&one, AttemptState::Failed, "third"),
            (&two, AttemptState::Cancelled, "never"),
            (&three, AttemptState::Done, "other"),
        ] {
            let attempt = new(db, key, Want::Again).await;
            answers::end(db, attempt, &ending(state, &[text, "more"])).await.expect("ended");
        }
        let running = new(db, &of(4, "m"), Want::Any).await;
        answers::checkpoint(db, &[so_far(running, &["half"])]).await.expect("saved");
        papers::join(db, PaperId(2), PaperId(3)).await.expect("joined");

        let asked: Vec<_> = [3, 1, 2, 9, 4].map(AnswerId).into();
        let found = answers::by_ids(db, &asked).await.expect("answers");
        let seen: Vec<_> = found.iter().map(|one| (one.id.0, one.paper.0, &one.key)).collect();
        assert_eq!(seen, [(3, 2, &three), (1, 1, &one)], "{}", engine.name);
        let sections: Vec<_> = found.iter().map(|one| one.attempt.sections.clone()).collect();
        assert_eq!(sections, [texts(&["other", "more"]), texts(&["second", "more"])], "{}", engine.name);

        let papers = answers::papers_of(db, &asked).await.expect("papers");
        assert_eq!(papers, [1, 2, 4].map(PaperId).into(), "{}", engine.name);
        let with = answers::papers_with_answers(db, &[1, 2, 3, 4].map(PaperId)).await.expect("papers");
        assert_eq!(with, [1, 2].map(PaperId).into(), "{}: the one it was joined to has it", engine.name);
    }
}

#[tokio::test]
async fn many_answers_are_loaded_in_pieces() {
    for engine in engines().await {
        let db = &engine.db;
        let ids: Vec<_> = (1..=1200).map(AnswerId).collect();
        with_paper(db).await;
        let attempt = new(db, &key("m"), Want::Any).await;
        answers::end(db, attempt, &ending(AttemptState::Done, &["a"])).await.expect("ended");
        assert_eq!(answers::by_ids(db, &ids).await.expect("answers").len(), 1, "{}", engine.name);
        let papers: Vec<_> = (1..=1200).map(PaperId).collect();
        let with = answers::papers_with_answers(db, &papers).await.expect("papers");
        assert_eq!(with, [PaperId(1)].into(), "{}", engine.name);
    }
}

#[tokio::test]
async fn a_continuation_keeps_the_fullest_text() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let key = key("m");
        let first = new(db, &key, Want::Any).await;
        let full = texts(&["one", "two", "thr"]);
        answers::end(db, first, &ending(AttemptState::Failed, &["one", "two", "thr"])).await.expect("ended");
        let on = async || match answers::begin(db, &key, Want::Continue).await.expect("begun") {
            Begun::Continued(on, received) => (on, received),
            other => panic!("{}: {other:?}", engine.name),
        };
        // A kill right at the beginning, a checkpoint of less, and an end with less: nothing is lost.
        let (second, received) = on().await;
        assert_eq!((&received.sections, &stored(db, second).await.sections), (&full, &full));
        answers::checkpoint(db, &[so_far(second, &["one", "two", ""])]).await.expect("saved");
        assert_eq!(answers::interrupt_running(db).await.expect("one"), 1);
        assert_eq!(stored(db, second).await.sections, full);
        let (third, received) = on().await;
        assert_eq!(received.sections, full);
        answers::end(db, third, &ending(AttemptState::Failed, &["one", "", ""])).await.expect("ended");
        assert_eq!(stored(db, third).await.sections, full, "{}", engine.name);
        // What a model wrote takes the place of a half section; a shorter text is not gone on from.
        let (fourth, _) = on().await;
        answers::end(db, fourth, &ending(AttemptState::Failed, &["one", "two", "t"])).await.expect("ended");
        assert_eq!(stored(db, fourth).await.sections, texts(&["one", "two", "t"]));
        assert_eq!(on().await.1.sections, full);
    }
}

#[tokio::test]
async fn a_finished_answer_is_served_while_it_is_read_again() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let key = key("m");
        let done = new(db, &key, Want::Any).await;
        answers::end(db, done, &ending(AttemptState::Done, &["a"])).await.expect("ended");
        let again = new(db, &key, Want::Again).await;
        for (want, expected) in [(Want::Any, done), (Want::Continue, done), (Want::Again, again)] {
            let begun = answers::begin(db, &key, want).await.expect("begun");
            assert_eq!(begun, Begun::Stored(expected), "{}: {want:?}", engine.name);
        }
        let shown =
            async || answers::latest(db, PaperId(1), Language::Zh).await.expect("read").expect("one").1.id;
        assert_eq!(shown().await, done);
        answers::end(db, again, &ending(AttemptState::Done, &["b"])).await.expect("ended");
        assert_eq!(shown().await, again);
    }
}

#[tokio::test]
async fn what_a_reply_left_out_is_known_to_be_all_that_is_missing() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let key = key("m");
        let first = new(db, &key, Want::Any).await;
        let left_out = Outcome { fault: Some("unanswered".into()), ..ending(AttemptState::Failed, &["one"]) };
        answers::end(db, first, &left_out).await.expect("ended");
        let whole = Received { sections: texts(&["one"]), whole: true };
        for _ in 0..2 {
            assert_eq!(answers::left(db, &key).await.expect("read"), whole, "{}", engine.name);
            let begun = answers::begin(db, &key, Want::Continue).await.expect("begun");
            assert!(matches!(&begun, Begun::Continued(_, received) if *received == whole), "{begun:?}");
            // It ends before the model has said anything.
            assert_eq!(answers::interrupt_running(db).await.expect("one"), 1);
        }
    }
}

/// What the paper's own sentences said in a model's place.
fn quoted(sections: &[&str]) -> Outcome {
    Outcome { model: Some("extractive".into()), tokens: None, ..ending(AttemptState::Done, sections) }
}

#[tokio::test]
async fn what_was_read_in_the_place_of_a_model_is_not_the_models() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let fallback = new(db, &key("m"), Want::Any).await;
        answers::end(db, fallback, &quoted(&["a"])).await.expect("ended");
        let (kept, _) = answers::by_attempt(db, fallback).await.expect("an answer").expect("an attempt");
        assert_eq!(kept, key("extractive"), "{}", engine.name);
        let begun = answers::begin(db, &key("extractive"), Want::Any).await.expect("begun");
        assert_eq!(begun, Begun::Stored(fallback), "who wants no model is served it");
        let shown =
            async || answers::latest(db, PaperId(1), Language::Zh).await.expect("read").expect("one").1.id;
        assert_eq!(shown().await, fallback);
        let model = new(db, &key("m"), Want::Any).await;
        answers::end(db, model, &ending(AttemptState::Done, &["b"])).await.expect("ended");
        assert_eq!(shown().await, model);
        let again = new(db, &key("m"), Want::Again).await;
        answers::end(db, again, &quoted(&["c"])).await.expect("ended");
        assert_eq!(shown().await, model, "{}: a model that is away takes nothing away", engine.name);
        let found = answers::by_ids(db, &[1, 2].map(AnswerId)).await.expect("answers");
        let found: Vec<_> = found.iter().map(|one| (one.key.model.as_str(), one.attempt.id)).collect();
        assert_eq!(found, [("m", model), ("extractive", again)], "{}", engine.name);
    }
}

/// Stopped, failed, or killed: no model goes on with half of the paper's own sentences.
#[tokio::test]
async fn what_was_half_read_in_the_place_of_a_model_is_not_the_models() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        for (n, state) in [AttemptState::Cancelled, AttemptState::Failed].into_iter().enumerate() {
            let attempt = new(db, &key("m"), Want::Continue).await;
            let outcome = Outcome { state, ..quoted(&[&"a".repeat(n + 1)]) };
            answers::end(db, attempt, &outcome).await.expect("ended");
            let (kept, _) = answers::by_attempt(db, attempt).await.expect("an answer").expect("an attempt");
            assert_eq!(kept, key("extractive"), "{} {state:?}", engine.name);
        }
        let killed = new(db, &key("m"), Want::Continue).await;
        let model = Some("extractive".into());
        answers::checkpoint(db, &[Progress { model, ..so_far(killed, &["a", "b"]) }]).await.expect("saved");
        let running = answers::by_attempt(db, killed).await.expect("an answer").expect("an attempt").0;
        assert_eq!(running, key("m"), "{}: while it is at work it is what was asked", engine.name);
        answers::interrupt_running(db).await.expect("one");
        let (kept, attempt) = answers::by_attempt(db, killed).await.expect("an answer").expect("an attempt");
        assert_eq!((kept, attempt.state), (key("extractive"), AttemptState::Interrupted));
        assert_eq!(answers::left(db, &key("m")).await.expect("read"), Received::default());
        new(db, &key("m"), Want::Continue).await;
    }
}

/// An earlier version kept them under the model.
#[tokio::test]
async fn what_stood_in_for_a_model_before_an_upgrade_is_brought_to_its_own() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let by_model = new(db, &key("m"), Want::Any).await;
        answers::end(db, by_model, &ending(AttemptState::Failed, &["model's"])).await.expect("ended");
        let mut stood_in = Vec::new();
        for state in [AttemptState::Done, AttemptState::Interrupted, AttemptState::Done] {
            let attempt = new(db, &key("m"), Want::Again).await;
            answers::end(db, attempt, &Outcome { state, ..quoted(&["own sentences"]) }).await.expect("ended");
            stood_in.push(attempt);
        }
        engine.run("UPDATE attempts SET answer_id = 1").await;
        engine.run("DELETE FROM answers WHERE id <> 1").await;
        let left = answers::left(db, &key("m")).await.expect("read");
        assert_eq!(left.sections, texts(&["own sentences"]), "{}: a model would go on with it", engine.name);
        let before = storage::changes::last(db).await.expect("a position");
        assert!(answers::renew(db, 2).await.expect("a step"));
        assert!(answers::renew(db, 2).await.expect("a step"));
        assert!(!answers::renew(db, 2).await.expect("nothing is left"));
        for attempt in stood_in {
            let (kept, _) = answers::by_attempt(db, attempt).await.expect("an answer").expect("an attempt");
            assert_eq!(kept, key("extractive"), "{}", engine.name);
        }
        assert_eq!(answers::left(db, &key("m")).await.expect("read").sections, texts(&["model's"]));
        let told = storage::changes::after(db, before, 9).await.expect("changes");
        let told: Vec<_> = told.iter().map(|change| change.doc.id).collect();
        let own = answers::for_key(db, &key("extractive")).await.expect("read").expect("an answer");
        assert_eq!(own.attempts.len(), 3);
        assert!(told.contains(&1) && told.iter().any(|id| *id != 1), "search hears of both: {told:?}");
    }
}

#[tokio::test]
async fn attempts_of_before_are_listed() {
    for engine in engines().await {
        let db = &engine.db;
        with_paper(db).await;
        let (first, second) = (new(db, &key("m"), Want::Any).await, new(db, &key("n"), Want::Any).await);
        answers::end(db, first, &ending(AttemptState::Done, &["a"])).await.expect("ended");
        let silent = Outcome { model: None, ..ending(AttemptState::Failed, &["", ""]) };
        answers::end(db, second, &silent).await.expect("ended");
        let third = new(db, &key("n"), Want::Any).await;
        answers::end(db, third, &Outcome { model: None, ..ending(AttemptState::Cancelled, &["", "b"]) })
            .await
            .expect("ended");
        new(db, &key("m"), Want::Again).await;
        let past = async |most| answers::past(db, PaperId(1), Language::Zh, most).await.expect("attempts");
        let seen: Vec<_> = past(9).await.into_iter().map(|past| (past.id, past.state, past.model)).collect();
        let expected = [
            (third, AttemptState::Cancelled, "n".to_owned()),
            (first, AttemptState::Done, "scripted-1".to_owned()),
        ];
        assert_eq!(seen, expected, "{}: newest first, those that have text", engine.name);
        assert_eq!(past(1).await.len(), 1);
        assert_eq!(answers::past(db, PaperId(1), Language::En, 9).await.expect("none"), []);
    }
}
