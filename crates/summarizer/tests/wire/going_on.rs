//! Readings in several calls, and readings that go on with what was received before.

use summarizer::{Continuation, Quirks};

use super::*;

fn received(texts: &[&str]) -> Vec<Section> {
    texts.iter().map(|text| Section { markdown: (*text).into() }).collect()
}

/// Of a reading that was cut off.
fn half(sections: &[Section]) -> Received {
    Received { sections: sections.to_vec(), whole: false }
}

fn continuing(address: &str, continuation: Continuation) -> Model {
    Model { quirks: Quirks { continuation, ..Quirks::default() }, ..model(address) }
}

fn body(server: &Server, call: usize) -> Value {
    let request = server.requests().remove(call);
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

fn end_of(model: &str) -> Piece {
    Piece::Done { model: model.into(), tokens: None }
}

fn texts(wanted: &[&str]) -> Vec<String> {
    let mut texts: Vec<_> = wanted.iter().map(|text| (*text).to_owned()).collect();
    texts.resize(6, String::new());
    texts
}

/// What the last message of a request that goes on is, and what else the request says.
async fn check(continuation: Continuation, member: Value, whole: Value) {
    let server = Server::new(vec![stream(&[
        &delta("lf of it.\n\n## Q3\nThree.\n## Q4\n4\n## Q5\n5\n## Q6\n6"),
        STOP,
    ])])
    .await;
    let readers = [reader(continuing(&server.address, continuation))];
    let before = received(&["One.", "Two ha", "", "", "", ""]);
    let (all, end) = pieces(&readers, Calls::Combined, &before).await;
    assert_eq!(sections(&all), ["One.", "Two half of it.", "Three.", "4", "5", "6"], "{continuation:?}");
    assert_eq!(end, done(None));
    let shown = all.iter().position(|piece| *piece == Piece::Text { section: 1, markdown: "Two ha".into() });
    let stage = all.iter().position(|piece| matches!(piece, Piece::Stage(_)));
    assert!(shown.is_some() && shown < stage, "what was received is shown before anybody is asked: {all:?}");
    let request = body(&server, 0);
    let mut last = json!({ "role": "assistant", "content": "## Q1\nOne.\n\n## Q2\nTwo ha" });
    last.as_object_mut().unwrap().extend(member.as_object().unwrap().clone());
    assert_eq!(request["messages"][2], last, "{continuation:?}");
    for (name, value) in whole.as_object().unwrap() {
        assert_eq!(request[name], *value, "{continuation:?}");
    }
    let fresh = Server::new(vec![stream(&[STOP])]).await;
    let _ = pieces(&[reader(continuing(&fresh.address, continuation))], Calls::Combined, &[]).await;
    let fresh = body(&fresh, 0);
    assert_eq!(fresh["messages"].as_array().unwrap(), &request["messages"].as_array().unwrap()[..2]);
}

#[tokio::test]
async fn k6_a_model_that_can_goes_on_in_mid_word() {
    check(Continuation::Partial, json!({ "partial": true }), json!({})).await;
    check(Continuation::Prefix, json!({ "prefix": true }), json!({})).await;
    let whole = json!({ "continue_final_message": true, "add_generation_prompt": false });
    check(Continuation::FinalMessage, json!({}), whole).await;
    check(Continuation::Plain, json!({}), json!({})).await;
}

#[tokio::test]
async fn k6_what_was_whole_already_may_end_at_once() {
    let server = Server::new(vec![stream(&[STOP])]).await;
    let readers = [reader(continuing(&server.address, Continuation::Partial))];
    let (all, end) = pieces(&readers, Calls::Combined, &received(&["1", "2", "3", "4", "5", "6"])).await;
    assert_eq!((sections(&all), end), (texts(&["1", "2", "3", "4", "5", "6"]), Ok(end_of("kimi"))));
}

#[tokio::test]
async fn k6_other_models_are_asked_only_what_is_missing() {
    let server = Server::new(vec![stream(&[&delta("## Q2\nTwo whole.\n\n## Q3\nThree."), STOP])]).await;
    let (all, _) =
        pieces(&[reader(model(&server.address))], Calls::Combined, &received(&["One.", "Two ha"])).await;
    assert_eq!(sections(&all), texts(&["One.", "Two whole.", "Three."]));
    let request = body(&server, 0);
    assert_eq!(request["messages"].as_array().unwrap().len(), 2);
    let prompt = request["messages"][1]["content"].as_str().unwrap();
    assert!(prompt.contains("`## Q2` for the first") && prompt.contains("## Q6\n"), "{prompt}");
    assert!(!prompt.contains("## Q1\n"), "{prompt}");
}

#[tokio::test]
async fn half_a_sentence_is_finished_only_by_a_model_that_can() {
    let first = Server::new(vec![response("401 Unauthorized", "application/json", "", "{}")]).await;
    let second = Server::new(vec![stream(&[&delta("## Q2\nTwo."), STOP])]).await;
    let readers = [reader(continuing(&first.address, Continuation::Partial)), reader(model(&second.address))];
    let (all, end) = pieces(&readers, Calls::Combined, &received(&["One.", "Two ha"])).await;
    assert_eq!(end, Err(Fault::Unauthorized { status: 401 }));
    assert_eq!(sections(&all), texts(&["One.", "Two ha"]), "what was shown stays");
    assert_eq!(second.requests().len(), 0);
}

#[tokio::test]
async fn k1_one_call_for_each_question() {
    let reply = |number: usize| stream(&[&delta(&format!("## Q{number}\nAnswer {number}.")), STOP, USAGE]);
    let server = Server::new((1..=6).map(reply).collect()).await;
    let (all, end) = pieces(&[reader(model(&server.address))], Calls::PerQuestion, &[]).await;
    let answers = [1, 2, 3, 4, 5, 6].map(|number| format!("Answer {number}."));
    assert_eq!(sections(&all), answers);
    assert_eq!(end, done(Some((6 * 900, 6 * 70))));
    let prompts =
        [0, 1, 5].map(|call| body(&server, call)["messages"][1]["content"].as_str().unwrap().to_owned());
    let paper = |prompt: &str| prompt.split_once("</paper>\n\n").unwrap().0.to_owned();
    assert!(
        prompts.iter().all(|prompt| paper(prompt) == paper(&prompts[0])),
        "the server has read it before"
    );
    assert!(
        prompts[1].contains("## Q2\n") && !prompts[1].contains("## Q1\n") && !prompts[1].contains("## Q3\n")
    );
}

#[tokio::test]
async fn k6_a_reading_of_several_calls_goes_on_with_the_next() {
    let reply = |number: usize| stream(&[&delta(&format!("## Q{number}\nAnswer {number}.")), STOP]);
    let server = Server::new((4..=6).map(reply).collect()).await;
    let before = received(&["One.", "Two.", "Three.", "Fo"]);
    let (all, _) = pieces(&[reader(model(&server.address))], Calls::PerQuestion, &before).await;
    assert_eq!(sections(&all), ["One.", "Two.", "Three.", "Answer 4.", "Answer 5.", "Answer 6."]);
    assert_eq!(server.requests().len(), 3);

    let partial = Server::new(vec![stream(&[&delta("ur."), STOP]), reply(5), reply(6)]).await;
    let readers = [reader(continuing(&partial.address, Continuation::Partial))];
    let (all, _) = pieces(&readers, Calls::PerQuestion, &before).await;
    assert_eq!(sections(&all), ["One.", "Two.", "Three.", "Four.", "Answer 5.", "Answer 6."]);
    assert_eq!(body(&partial, 0)["messages"][2]["content"], "## Q4\nFo");
    assert_eq!(body(&partial, 1)["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn k11_an_estimate_is_never_less_than_what_a_reading_takes() {
    let (paper, text, sets) = (paper(), text(), QuestionSets::embedded());
    let one = summarizer::estimate(&model("http://x"), &assignment(&paper, &text, &sets, Language::En));
    assert!(one.read > 300 && one.written == 500, "{one:?}");
    let assignment =
        Assignment { calls: Calls::PerQuestion, ..assignment(&paper, &text, &sets, Language::En) };
    let six = summarizer::estimate(&model("http://x"), &assignment);
    assert!(six.read > 3 * one.read && six.written == 3000, "{six:?}");
}

#[tokio::test]
async fn a_continuation_that_fails_leaves_what_there_was() {
    let refusal = Server::new(vec![response("401 Unauthorized", "application/json", "", "{}")]).await;
    let before = received(&["One.", "Two.", "Three.", "Four.", "Five.", "Six ha"]);
    for (calls, last) in [(Calls::Combined, false), (Calls::PerQuestion, false), (Calls::Combined, true)] {
        let mut readers = vec![reader(model(&refusal.address))];
        readers.extend(last.then_some(Summarizer::Extractive));
        let mut now = before.clone();
        for _ in 0..3 {
            let (paper, text, sets) = (paper(), text(), QuestionSets::embedded());
            let assignment =
                Assignment { calls, received: &half(&now), ..assignment(&paper, &text, &sets, Language::En) };
            let mut all: Vec<_> = summarizer::keeping(&now, read(&readers, &assignment)).collect().await;
            assert_eq!(all.pop(), Some(Err(Fault::Unauthorized { status: 401 })));
            let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
            now = received(&sections(&all).iter().map(String::as_str).collect::<Vec<_>>());
            assert_eq!(now, before);
        }
    }
    // The first section alone, and half, is a model's word as well.
    let readers = [reader(model(&refusal.address)), Summarizer::Extractive];
    let (_, end) = pieces(&readers, Calls::Combined, &received(&["On"])).await;
    assert_eq!(end, Err(Fault::Unauthorized { status: 401 }));
}

#[tokio::test]
async fn what_a_model_writes_takes_the_place_of_half_a_section() {
    let server = Server::new(vec![stream(&[&delta("## Q2\nTw")])]).await;
    let (paper, text, sets) = (paper(), text(), QuestionSets::embedded());
    let before = received(&["One.", "Two ha"]);
    let assignment =
        Assignment { received: &half(&before), ..assignment(&paper, &text, &sets, Language::En) };
    let readers = [reader(model(&server.address))];
    let mut all: Vec<_> = summarizer::keeping(&before, read(&readers, &assignment)).collect().await;
    assert_eq!(all.pop(), Some(Err(Fault::Cut)));
    let all: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(sections(&all), texts(&["One.", "Tw"]));
}

#[tokio::test]
async fn a_question_that_was_left_out_is_asked() {
    for continuation in [Continuation::None, Continuation::Partial] {
        let server =
            Server::new(vec![stream(&[&delta("## Q2\n2\n## Q3\n3\n## Q4\n4\n## Q5\n5\n## Q6\n6"), STOP])])
                .await;
        let readers = [reader(continuing(&server.address, continuation))];
        let before = received(&["1", "", "three ha", "", "", ""]);
        let (all, end) = pieces(&readers, Calls::Combined, &before).await;
        assert_eq!((sections(&all), end), (texts(&["1", "2", "3", "4", "5", "6"]), done(None)));
    }
}

#[tokio::test]
async fn a_shortened_paper_is_told_once_whatever_the_calls() {
    let reply = |number: usize| stream(&[&delta(&format!("## Q{number}\nAnswer {number}.")), STOP]);
    let server = Server::new((1..=6).map(reply).collect()).await;
    let mut long = text();
    long.passages[2].text = "more ".repeat(40_000);
    let (paper, sets) = (paper(), QuestionSets::embedded());
    let assignment =
        Assignment { calls: Calls::PerQuestion, ..assignment(&paper, &long, &sets, Language::En) };
    let all: Vec<_> =
        read(&[reader(model(&server.address))], &assignment).map(Result::unwrap).collect().await;
    let sections = sections(&all);
    assert!(sections[0].starts_with("*The paper is longer") && sections[0].ends_with("*\n\nAnswer 1."));
    assert_eq!(sections.concat().matches("The paper is longer").count(), 1, "{sections:?}");
    assert_eq!(sections[1], "Answer 2.");
}

#[tokio::test]
async fn a_paper_that_was_too_long_once_is_sent_short_to_the_next_question() {
    let reply = |number: usize| stream(&[&delta(&format!("## Q{number}\nAnswer {number}.")), STOP]);
    let body = r#"{"error":{"code":"context_length_exceeded"}}"#;
    let mut scripts = vec![response("400 Bad Request", "application/json", "", body)];
    scripts.extend((1..=6).map(reply));
    let server = Server::new(scripts).await;
    let (all, end) = pieces(&[reader(model(&server.address))], Calls::PerQuestion, &[]).await;
    assert_eq!(end, done(None));
    assert!(sections(&all)[5].ends_with("Answer 6."));
    assert_eq!(server.requests().len(), 7, "refused once");
}

/// What a model that ended by itself is asked when its reader goes on, and what comes of it.
async fn check_missing(continuation: Continuation, calls: Calls, replies: &[&str], asked: &[&str]) {
    let script = |reply: &&str| stream(&[&delta(reply), STOP]);
    let server = Server::new(replies.iter().map(script).collect()).await;
    let readers = [reader(continuing(&server.address, continuation))];
    let (paper, text, sets) = (paper(), text(), QuestionSets::embedded());
    let received = Received { sections: received(&["One.", "Two.", "", "Four."]), whole: true };
    let assignment = assignment(&paper, &text, &sets, Language::En);
    let (all, end) = of(&readers, Assignment { calls, received: &received, ..assignment }).await;
    assert_eq!((sections(&all), end), (texts(&["One.", "Two.", "3", "Four.", "5", "6"]), done(None)));
    let prompts = (0..replies.len()).map(|call| body(&server, call)["messages"].clone());
    let markers = prompts.map(|messages| {
        assert_eq!(messages.as_array().unwrap().len(), 2, "nothing is half: {messages}");
        let prompt = messages[1]["content"].as_str().unwrap();
        let markers = prompt.lines().filter_map(|line| line.strip_prefix("## Q"));
        markers.collect::<Vec<_>>().join("")
    });
    assert_eq!(markers.collect::<Vec<_>>(), asked, "{continuation:?}, {calls:?}");
}

#[tokio::test]
async fn k6_whoever_left_questions_out_is_asked_these_and_no_other() {
    for continuation in [Continuation::None, Continuation::Partial] {
        check_missing(continuation, Calls::Combined, &["## Q3\n3\n## Q5\n5\n## Q6\n6"], &["356"]).await;
        let each = ["## Q3\n3", "## Q5\n5", "## Q6\n6"];
        check_missing(continuation, Calls::PerQuestion, &each, &["3", "5", "6"]).await;
    }
}

#[tokio::test]
async fn what_is_whole_stays_when_the_rest_fails() {
    let server = Server::new(vec![stream(&[&delta("## Q3\nThr")])]).await;
    let (paper, text, sets) = (paper(), text(), QuestionSets::embedded());
    let received = Received { sections: received(&["One.", "Two.", "", "Four."]), whole: true };
    let assignment = Assignment { received: &received, ..assignment(&paper, &text, &sets, Language::En) };
    let (all, end) = of(&[reader(model(&server.address))], assignment).await;
    assert_eq!((sections(&all), end), (texts(&["One.", "Two.", "Thr", "Four."]), Err(Fault::Cut)));
}
