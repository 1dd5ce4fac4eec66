//! Everything that goes wrong: each fault has a code, and what was received before it is kept.

use super::*;

/// Plays the script on every connection: the text that was kept, the code of the fault, the calls.
async fn check(name: &str, script: Vec<Act>, kept: &str, code: &str, calls: usize) {
    let server = Server::new(vec![script]).await;
    let (sections, end) = reading(model(&server.address)).await;
    let fault = end.expect_err(name);
    assert_eq!((sections[0].as_str(), fault.code()), (kept, code), "{name}");
    assert_eq!(server.requests().len(), calls, "{name}");
}

#[tokio::test]
async fn k12_every_fault_has_a_code_and_keeps_what_was_received() {
    let begun = delta("## Q1\nhalf a sen");
    let begun = begun.as_str();
    let then = |act: Act| [stream(&[begun]), vec![act]].concat();
    check("a clean close without a reason", stream(&[begun, "[DONE]"]), "half a sen", "cut", 1).await;
    let promised = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\ndata: {begun}\n\n"
    );
    check("a broken connection", vec![Act::Send(promised.into())], "half a sen", "cut", 1).await;
    check("bad JSON", stream(&[begun, "{\"choices\": ["]), "half a sen", "malformed", 1).await;
    check("bad UTF-8", then(Act::Send(b"data: \xff\xfe\n\n".to_vec())), "half a sen", "malformed", 1).await;
    let long = then(Act::Send([b"data: ".to_vec(), vec![b'x'; 300_000]].concat()));
    check("a line without end", long, "half a sen", "endless", 1).await;
    let endless: Vec<&str> = std::iter::repeat_n(begun, 900).collect();
    let kept = "half a sen".to_owned() + &"## Q1\nhalf a sen".repeat(615);
    check("a reply without end", stream(&endless), &kept, "endless", 1).await;
    check(
        "the end of its tokens",
        stream(&[begun, r#"{"choices":[{"delta":{},"finish_reason":"length"}]}"#]),
        "half a sen",
        "output_limit",
        1,
    )
    .await;
    check(
        "withheld",
        stream(&[begun, r#"{"choices":[{"finish_reason":"content_filter"}]}"#]),
        "half a sen",
        "filtered",
        1,
    )
    .await;
    check("not a word", stream(&[STOP, "[DONE]"]), "", "empty", 1).await;
    let one = delta("## Q1\nOne.");
    check("one question of six", stream(&[&one, STOP, "[DONE]"]), "One.", "unanswered", 1).await;
}

#[tokio::test]
async fn k12_a_silent_server_is_left() {
    let begun = [stream(&[&delta("## Q1\nhalf a sen")]), vec![Act::Hang]].concat();
    let headed = vec![Act::Send(head("200 OK", "text/event-stream").into()), Act::Hang];
    for (script, kept) in [(begun, "half a sen"), (vec![Act::Hang], ""), (headed, "")] {
        let server = Server::new(vec![script]).await;
        let (sections, end) = reading(impatient(&server.address)).await;
        assert_eq!((sections[0].as_str(), end), (kept, Err(Fault::Stalled)));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn k12_errors_after_a_success() {
    let begun = delta("## Q1\nso far");
    let shapes = [
        (r#"{"error":{"message":"boom","type":"server_error","code":null}}"#, "upstream"),
        (r#"{"error":"model crashed"}"#, "upstream"),
        (r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, "upstream"),
        (r#"{"object":"error","message":"rejected","type":"BadRequestError","code":400}"#, "rejected"),
        (r#"{"error":{"message":"Rate limit reached","type":"rate_limit"}}"#, "rate_limited"),
        (r#"{"error":{"code":500,"message":"slot failed"}}"#, "upstream"),
    ];
    for (shape, code) in shapes {
        check(shape, stream(&[&begun, shape]), "so far", code, 1).await;
    }
}

#[tokio::test]
async fn k12_refusals_before_the_first_word() {
    let error =
        |kind: &str, message: &str| json!({ "error": { "type": kind, "message": message } }).to_string();
    let json = "application/json";
    let check = async |status: &str, extra: &str, body: &str, code: &str, calls: usize| {
        check(status, response(status, json, extra, body), "", code, calls).await;
    };
    check("401 Unauthorized", "", &error("invalid_api_key", "no"), "unauthorized", 1).await;
    check("403 Forbidden", "", "<html>", "unauthorized", 1).await;
    check("400 Bad Request", "", &error("invalid_request_error", "temperature must be 1"), "rejected", 1)
        .await;
    check("404 Not Found", "", "{\"detail\":\"no such model\"}", "rejected", 1).await;
    let long = error("x", "This model's maximum context length is 8192 tokens");
    check("400 Bad Request", "", &long, "too_long", 2).await;
    check("429 Too Many Requests", "retry-after: 0\r\n", &error("rate_limit", "slow"), "rate_limited", 3)
        .await;
    check("429 Too Many Requests", "", "not json", "rate_limited", 3).await;
    check("429 Too Many Requests", "", &error("insufficient_quota", "pay"), "quota", 1).await;
    check("500 Internal Server Error", "", "oops", "upstream", 3).await;
    check("503 Service Unavailable", "retry-after: 0\r\n", "", "rate_limited", 3).await;
    check("529 Overloaded", "", "", "upstream", 3).await;
    check("307 Temporary Redirect", "location: http://127.0.0.1:9/\r\n", "", "rejected", 1).await;
}

#[tokio::test]
async fn k12_a_page_instead_of_a_stream() {
    let server = Server::new(vec![response("200 OK", "text/html", "", "<h1>Log in</h1>")]).await;
    let (_, end) = reading(model(&server.address)).await;
    assert_eq!(end, Err(Fault::ContentType { given: "text/html".into() }));
}

#[tokio::test]
async fn k12_nobody_listens() {
    // A port that was free a moment ago.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (_, end) = reading(model(&format!("http://{free}/v1"))).await;
    assert_eq!(end, Err(Fault::Refused));
}

#[tokio::test]
async fn k12_a_context_that_is_too_short_is_met_by_section_once() {
    let too_long = response(
        "400 Bad Request",
        "application/json",
        "",
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens","code":"context_length_exceeded"}}"#,
    );
    let good = stream(&[&delta(&format!("## Q1\nShort.{REST}")), STOP]);
    let server = Server::new(vec![too_long, good]).await;
    let mut long = text();
    long.passages[2].text = "more ".repeat(15_000);
    let (paper, sets) = (paper(), QuestionSets::embedded());
    let readers = [reader(model(&server.address))];
    let all: Vec<_> = read(&readers, &assignment(&paper, &long, &sets, Language::En)).collect().await;
    let all: Vec<_> = all.into_iter().map(|piece| piece.expect("the second call is answered")).collect();
    let first = sections(&all).remove(0);
    assert!(
        first.starts_with("*The paper is longer than the model can read: 2 of its 3 passages"),
        "{first}"
    );
    assert!(first.ends_with("Short."), "{first}");
    let [before, after] = [0, 1].map(|call| server.requests()[call].contains("more more"));
    assert_eq!((before, after), (true, false));
    assert_eq!(calls(&all).iter().map(|call| call.fault).collect::<Vec<_>>(), [Some("too_long"), None]);
}

#[tokio::test]
async fn k12_what_is_packed_is_not_unpacked() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n";
    let script = vec![Act::Send([head.as_bytes(), &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0]].concat())];
    let server = Server::new(vec![script]).await;
    let (_, end) = reading(model(&server.address)).await;
    assert_eq!(end, Err(Fault::ContentType { given: "gzip".into() }));
    assert!(!server.requests()[0].to_lowercase().contains("accept-encoding"), "nobody asked for it");
}

#[tokio::test]
async fn k12_a_wait_may_be_told_as_a_date() {
    let past = "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    check(
        "429 Too Many Requests",
        response("429 Too Many Requests", "application/json", past, "{}"),
        "",
        "rate_limited",
        3,
    )
    .await;
}

#[tokio::test]
async fn what_was_thought_is_paid_and_not_asked_again() {
    let thought = r#"{"choices":[{"delta":{"reasoning_content":"hm"}}]}"#;
    let script = stream(&[thought, r#"{"error":{"code":503,"message":"busy"}}"#]);
    check("a fault after a thought", script, "", "upstream", 1).await;
}

#[tokio::test]
async fn a_call_that_failed_says_what_it_cost() {
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":800}}}"#;
    let server = Server::new(vec![stream(&[&delta("## Q1\nhalf"), usage])]).await;
    let (all, end) = pieces(&[reader(model(&server.address))], Calls::Combined, &[]).await;
    assert_eq!(end, Err(Fault::Cut));
    let begun = all.iter().position(|piece| matches!(piece, Piece::Replying { read, .. } if *read > 300));
    let text = all.iter().position(|piece| matches!(piece, Piece::Text { .. }));
    assert!(begun.is_some() && begun < text, "{all:?}");
    let [call] = calls(&all)[..] else { panic!("{all:?}") };
    assert_eq!((call.model.as_str(), call.fault), ("Kimi", Some("cut")));
    assert_eq!(call.usage, Some(Usage { read: 900, cached: 800, written: 7 }));
    assert!(call.first.is_some());
}

#[tokio::test]
async fn a_cancelled_context_is_a_failure_of_the_server() {
    for (message, fault) in [
        ("context deadline exceeded", Fault::Upstream { status: 200 }),
        ("context canceled", Fault::Upstream { status: 200 }),
        ("maximum context length is 4096", Fault::TooLong),
    ] {
        let error = json!({ "error": { "message": message } }).to_string();
        let (_, end) = reading(model(&Server::new(vec![stream(&[&error])]).await.address)).await;
        assert_eq!(end, Err(fault), "{message}");
    }
}

#[tokio::test]
async fn absurd_counts_and_names_are_bounded() {
    let name = format!("a\u{7}b{}", "x".repeat(100_000));
    let chunk = json!({ "model": name, "choices": [{ "delta": { "content": "## Q1\nx" }, "finish_reason": "stop" }] });
    let usage = r#"{"choices":[],"usage":{"prompt_tokens":18446744073709551615,"completion_tokens":18446744073709551615}}"#;
    let timings = r#"{"choices":[],"timings":{"cache_n":18446744073709551615,"prompt_n":18446744073709551615,"predicted_n":1}}"#;
    for count in [usage, timings] {
        let server = Server::new(vec![stream(&[&chunk.to_string(), count])]).await;
        let (all, _) = pieces(&[reader(model(&server.address))], Calls::Combined, &[]).await;
        let usage = calls(&all)[0].usage.unwrap();
        assert!(usage.read < 100_000 && usage.cached <= usage.read && usage.written <= 2000, "{usage:?}");
        let (_, end) = pieces(&[reader(model(&server.address))], Calls::PerQuestion, &received_five()).await;
        let Ok(Piece::Done { model, .. }) = end else { panic!("{end:?}") };
        assert!(model.starts_with("abx") && model.chars().count() == 200, "{model}");
    }
}

/// All but the last question, so that one is asked.
fn received_five() -> Vec<Section> {
    ["1", "2", "3", "4", "5", "6"].map(|text| Section { markdown: text.into() }).into()
}

#[tokio::test]
async fn many_retries_do_not_overflow() {
    let mut model = model("http://127.0.0.1:9/v1");
    model.limits.retries = 40;
    model.limits.backoff = Duration::from_nanos(1);
    model.limits.patience = Duration::from_millis(1);
    model.breaker = summarizer::Breaker::default();
    let busy = response("429 Too Many Requests", "application/json", "", "{}");
    model.base_url = Server::new(vec![busy]).await.address;
    assert_eq!(reading(model).await.1, Err(Fault::RateLimited { retry_after: None }));
}
