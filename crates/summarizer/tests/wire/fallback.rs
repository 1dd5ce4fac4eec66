//! A list of readers: who is asked when, and when not.

use super::*;

fn named(name: &str, address: &str) -> Model {
    Model { name: name.into(), ..model(address) }
}

async fn answering(text: &str) -> Server {
    Server::new(vec![stream(&[&delta(&format!("## Q1\n{text}{REST}")), STOP])]).await
}

/// The models that were called, with the codes of what came of it.
fn called(pieces: &[Piece]) -> Vec<(&str, Option<&str>)> {
    calls(pieces).into_iter().map(|call| (call.model.as_str(), call.fault)).collect()
}

fn asking(pieces: &[Piece]) -> Vec<&str> {
    let asking = |piece| {
        if let &Piece::Stage(Stage::Asking { ref model }) = piece { Some(model.as_str()) } else { None }
    };
    pieces.iter().filter_map(asking).collect()
}

#[tokio::test]
async fn k3_the_next_model_is_asked_when_one_does_not_reply() {
    let json = "application/json";
    for (refusal, code, tries) in [
        (response("503 Service Unavailable", json, "", ""), "upstream", 3),
        (response("429 Too Many Requests", json, "retry-after: 30\r\n", "{}"), "rate_limited", 1),
        (response("401 Unauthorized", json, "", "{}"), "unauthorized", 1),
        (response("200 OK", "text/html", "", "<h1>Log in</h1>"), "content_type", 1),
    ] {
        let (first, second) = (Server::new(vec![refusal]).await, answering("Here.").await);
        let readers = [reader(named("A", &first.address)), reader(named("B", &second.address))];
        let (all, end) = pieces(&readers, Calls::Combined, &[]).await;
        assert_eq!(sections(&all)[0], "Here.", "{code}");
        assert_eq!(end, done(None));
        let mut expected = vec![("A", Some(code)); tries];
        expected.push(("B", None));
        assert_eq!(called(&all), expected);
        assert_eq!(asking(&all), ["B"], "and readers are told");
        assert_eq!((first.requests().len(), second.requests().len()), (tries, 1));
    }
}

#[tokio::test]
async fn k3_no_other_model_is_asked_once_one_has_begun() {
    let thought = r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#;
    for begun in [vec![delta("## Q1\nSo far")], vec![thought.to_owned()], vec![delta("## ")]] {
        let chunks: Vec<_> = begun.iter().map(String::as_str).collect();
        let (first, second) = (Server::new(vec![stream(&chunks)]).await, answering("Here.").await);
        let readers = [reader(named("A", &first.address)), reader(named("B", &second.address))];
        let (_, end) = pieces(&readers, Calls::Combined, &[]).await;
        assert_eq!(end, Err(Fault::Cut), "{begun:?}");
        assert_eq!((first.requests().len(), second.requests().len()), (1, 0), "{begun:?}");
    }
}

#[tokio::test]
async fn k4_the_extractive_reader_may_be_the_last() {
    for calls in [Calls::Combined, Calls::PerQuestion] {
        let first = Server::new(vec![response("500 Internal Server Error", "text/plain", "", "")]).await;
        let readers = [reader(named("A", &first.address)), Summarizer::Extractive];
        let (all, end) = pieces(&readers, calls, &[]).await;
        assert_eq!(end, Ok(Piece::Done { model: "extractive".into(), tokens: None }));
        assert_eq!(asking(&all), ["extractive"]);
        let said = all.iter().position(|piece| matches!(piece, Piece::Text { .. }));
        let named = Piece::Replying { model: "extractive".into(), read: 0 };
        assert!(all.iter().position(|piece| *piece == named) < said, "{all:?}");
        assert!(sections(&all).iter().all(|section| !section.is_empty()));
        // Half a model's answer is not finished by sentences of the paper.
        let received = [Section { markdown: "One.".into() }, Section { markdown: "Tw".into() }];
        let (_, end) = pieces(&readers, calls, &received).await;
        assert!(matches!(end, Err(Fault::Upstream { .. } | Fault::Resting)), "{end:?}");
    }
}

#[tokio::test]
async fn a_server_that_fails_five_times_is_left_alone() {
    let (first, second) = (
        Server::new(vec![response("500 Internal Server Error", "text/plain", "", "")]).await,
        answering("Here.").await,
    );
    let readers = [reader(named("A", &first.address)), reader(named("B", &second.address))];
    for _ in 0..4 {
        let (all, _) = pieces(&readers, Calls::Combined, &[]).await;
        assert_eq!(sections(&all)[0], "Here.");
    }
    assert_eq!((first.requests().len(), second.requests().len()), (5, 4));
    let (_, end) = pieces(&readers[..1], Calls::Combined, &[]).await;
    assert_eq!(end, Err(Fault::Resting), "and who has no other is told so");
    assert_eq!(first.requests().len(), 5);
}

#[tokio::test]
async fn k7_a_wait_is_told() {
    let busy = response("429 Too Many Requests", "application/json", "retry-after: 1\r\n", "{}");
    let server = Server::new(vec![busy, stream(&[&delta(&format!("## Q1\nAt last.{REST}")), STOP])]).await;
    let (all, _) = pieces(&[reader(model(&server.address))], Calls::Combined, &[]).await;
    let waiting = Piece::Stage(Stage::Waiting(Duration::from_secs(1)));
    assert!(all.contains(&waiting), "{all:?}");
}

#[tokio::test]
async fn one_model_answers_all_questions() {
    let refusal = response("401 Unauthorized", "application/json", "", "{}");
    let first = Server::new(vec![stream(&[&delta("## Q1\nOne."), STOP]), refusal]).await;
    let second = answering("Here.").await;
    let readers = [reader(named("A", &first.address)), reader(named("B", &second.address))];
    let (all, end) = pieces(&readers, Calls::PerQuestion, &[]).await;
    assert_eq!(end, Err(Fault::Unauthorized { status: 401 }));
    assert_eq!((sections(&all)[0].as_str(), asking(&all).len()), ("One.", 0));
    assert_eq!(second.requests().len(), 0);
}
