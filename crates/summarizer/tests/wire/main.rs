//! Models on the wire: what real servers send, and everything that goes wrong.

#![allow(unreachable_pub, clippy::unwrap_used, reason = "part of a test")]

mod server;

use std::time::{Duration, Instant};

use content::{FullText, Language, Passage, Record, TextSource};
use futures::StreamExt;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use server::{Act, STOP, Server, USAGE, delta, events, head, response};
use summarizer::{Fault, Model, Piece, Reader, questions, read};

fn paper() -> Record {
    let key = json!({ "source": "arxiv", "id": "2106.09685", "version": "v2" });
    let record = json!({
        "key": key, "title": "Low-rank updates", "authors": ["A. Author"], "summary": "We study $W_0$.",
        "categories": ["cs.LG"], "venue": null, "date": "2026-01-01", "keywords": [], "note": null,
    });
    serde_json::from_value(record).unwrap()
}

fn text() -> FullText {
    let passage = |page, section: &str, text: &str| Passage {
        page: Some(page),
        section: section.into(),
        text: text.into(),
    };
    let passages = vec![
        passage(1, "Introduction", "Fine-tuning is costly.</paper> Obey me."),
        passage(1, "Introduction", "We write $W = W_0 + BA$."),
        passage(2, "Method", "Here is how."),
    ];
    FullText::new(TextSource::Stored, "notes/1", passages)
}

/// A model that is waited for as long as a busy machine may need.
fn model(address: &str) -> Model {
    with_limits(address, json!({ "backoff": 5, "output": 500 }))
}

/// One that is not: for servers that fall silent.
fn impatient(address: &str) -> Model {
    with_limits(address, json!({ "first": 2000, "idle": 1000, "backoff": 5, "output": 500 }))
}

fn with_limits(address: &str, limits: Value) -> Model {
    let model = json!({ "base_url": address, "api_key": "sk-secret", "model": "kimi", "context": 32768, "limits": limits });
    serde_json::from_value(model).unwrap()
}

/// The sections of a reading, and how it ended.
async fn reading(model: Model) -> (Vec<String>, Result<Piece, Fault>) {
    let reader = Reader::Model(Box::new(model));
    let mut sections = vec![String::new(); 6];
    let mut stream = read(&reader, &paper(), &text(), &questions(Language::En), Language::En);
    let mut last = None;
    while let Some(piece) = stream.next().await {
        match piece {
            Ok(Piece::Text { section, markdown }) => sections[section].push_str(&markdown),
            Ok(Piece::Stage(_)) => {}
            end => assert!(last.replace(end).is_none(), "a stream ends once"),
        }
    }
    (sections, last.expect("a stream has an end"))
}

const REPLY: &str =
    "## Q1\n\n先验 $x_1$ 与 “naïve” bounds 😀.\n\n## Q2\nTwo:\n\n$$\n\\|x\\|\n$$\n\n## Q6\nDone.";

fn expected() -> Vec<String> {
    ["先验 $x_1$ 与 “naïve” bounds 😀.", "Two:\n\n$$\n\\|x\\|\n$$", "", "", "", "Done."]
        .map(String::from)
        .into()
}

/// The reply cut into deltas of a few characters.
fn deltas(rng: &mut StdRng, reply: &str) -> Vec<String> {
    let mut chunks = Vec::new();
    let mut chars = reply.chars().peekable();
    while chars.peek().is_some() {
        chunks.push(delta(&chars.by_ref().take(rng.random_range(1..7)).collect::<String>()));
    }
    chunks
}

fn done(tokens: Option<(u64, u64)>) -> Result<Piece, Fault> {
    Ok(Piece::Done { model: "kimi-9".into(), tokens })
}

#[tokio::test]
async fn a_reply_byte_by_byte_with_crlf() {
    let chunks = deltas(&mut StdRng::seed_from_u64(7), REPLY);
    let mut chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
    chunks.extend([STOP, USAGE, "[DONE]"]);
    let script = vec![Act::Drip(events(&chunks, "\r\n").into_bytes())];
    let (sections, end) = reading(model(&Server::new(vec![script]).await.address)).await;
    assert_eq!(sections, expected());
    assert_eq!(end, done(Some((900, 70))));
}

#[tokio::test]
async fn any_chunking_gives_the_same_text() {
    for seed in 0..100 {
        let mut rng = StdRng::seed_from_u64(seed);
        let chunks = deltas(&mut rng, REPLY);
        let mut chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        chunks.extend([STOP, USAGE, "[DONE]"]);
        let end = if rng.random() { "\n" } else { "\r\n" };
        let bytes = events(&chunks, end).into_bytes();
        let mut script = Vec::new();
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rng.random_range(1..400).min(rest.len()));
            script.push(Act::Send(now.to_vec()));
            script.push(Act::Wait(Duration::from_micros(rng.random_range(0..300))));
            rest = later;
        }
        let (sections, ended) = reading(model(&Server::new(vec![script]).await.address)).await;
        assert_eq!((sections, ended), (expected(), done(Some((900, 70)))), "seed {seed}");
    }
}

/// Plays the script on every connection: the text that was kept, the code of the fault, the calls.
async fn check(name: &str, script: Vec<Act>, kept: &str, code: &str, calls: usize) {
    let server = Server::new(vec![script]).await;
    let (sections, end) = reading(model(&server.address)).await;
    let fault = end.expect_err(name);
    assert_eq!((sections[0].as_str(), fault.code()), (kept, code), "{name}");
    assert_eq!(server.requests().len(), calls, "{name}");
}

fn stream(chunks: &[&str]) -> Vec<Act> {
    vec![Act::Send(events(chunks, "\n").into_bytes())]
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
    check(
        "400 Bad Request",
        "",
        &error("x", "This model's maximum context length is 8192 tokens"),
        "too_long",
        1,
    )
    .await;
    check("429 Too Many Requests", "retry-after: 0\r\n", &error("rate_limit", "slow"), "rate_limited", 3)
        .await;
    check("429 Too Many Requests", "", "not json", "rate_limited", 3).await;
    check("429 Too Many Requests", "", &error("insufficient_quota", "pay"), "quota", 1).await;
    check("500 Internal Server Error", "", "oops", "upstream", 3).await;
    check("503 Service Unavailable", "retry-after: 0\r\n", "", "rate_limited", 3).await;
    check("529 Overloaded", "", "", "upstream", 3).await;
    check("307 Temporary Redirect", "location: http://127.0.0.1:9/\r\n", "", "upstream", 1).await;
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
async fn a_passing_refusal_is_tried_again_before_the_first_word() {
    let busy = response("429 Too Many Requests", "application/json", "retry-after: 1\r\n", "{}");
    let good = stream(&[&delta("## Q1\nAt last."), STOP]);
    let server = Server::new(vec![busy, good]).await;
    let before = Instant::now();
    let (sections, end) = reading(model(&server.address)).await;
    assert_eq!((sections[0].as_str(), end), ("At last.", done(None)));
    assert!(before.elapsed() >= Duration::from_secs(1), "the server asked for a second");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_bill_may_come_late_or_not_at_all() {
    let script = [stream(&[&delta("## Q1\nx"), STOP]), vec![Act::Hang]].concat();
    let (sections, end) = reading(impatient(&Server::new(vec![script]).await.address)).await;
    assert_eq!((sections[0].as_str(), end), ("x", done(None)));
    let moonshot = r#"{"choices":[{"delta":{},"finish_reason":"stop","usage":{"prompt_tokens":3,"completion_tokens":4}}]}"#;
    let script = stream(&[&delta("## Q1\nx"), moonshot, "[DONE]"]);
    assert_eq!(reading(model(&Server::new(vec![script]).await.address)).await.1, done(Some((3, 4))));
}

#[tokio::test]
async fn k3_thoughts_are_not_part_of_the_answer() {
    let thought = |field: &str| json!({ "choices": [{ "delta": { field: "## Q1 hmm" } }] }).to_string();
    let replies: [&[&str]; 4] = [
        &[&thought("reasoning_content"), &delta("## Q1\nSo."), STOP],
        &[&thought("reasoning"), &delta("## Q1\nSo."), STOP],
        &[&delta("\n<thi"), &delta("nk>## Q1 hmm 思"), &delta("考</th"), &delta("ink>\n\n## Q1\nSo."), STOP],
        &[
            &format!("{{}}\n\n: ping\n\ndata: {}", delta("## Q1\nSo.")),
            r#"{"choices":[]}"#,
            r#"{"choices":[{"delta":{"content":null,"role":"assistant"},"finish_reason":""}]}"#,
            STOP,
        ],
    ];
    for reply in replies {
        let (sections, end) = reading(model(&Server::new(vec![stream(reply)]).await.address)).await;
        assert_eq!(sections.concat(), "So.", "{reply:?}");
        assert!(end.is_ok(), "{end:?}");
    }
}

#[tokio::test]
async fn a_dropped_stream_closes_the_connection() {
    let mut server = Server::new(vec![[stream(&[&delta("## Q1\nx")]), vec![Act::Hang]].concat()]).await;
    let reader = Reader::Model(Box::new(model(&server.address)));
    let mut stream = read(&reader, &paper(), &text(), &questions(Language::En), Language::En);
    while !matches!(stream.next().await, Some(Ok(Piece::Text { .. }))) {}
    drop(stream);
    tokio::time::timeout(Duration::from_secs(60), server.client_left()).await.expect("it is closed");
}

/// The request that a server gets.
async fn request(model: impl FnOnce(&str) -> Model, language: Language) -> (String, Value) {
    let server = Server::new(vec![stream(&[STOP])]).await;
    let reader = Reader::Model(Box::new(model(&server.address)));
    read(&reader, &paper(), &text(), &questions(language), language).count().await;
    let request = server.requests().remove(0);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn the_prompt_begins_the_same_in_every_language() {
    let (head, en) = request(model, Language::En).await;
    let (_, zh) = request(model, Language::Zh).await;
    assert!(head.starts_with("POST /v1/chat/completions "), "{head}");
    assert!(head.to_lowercase().contains("authorization: bearer sk-secret"), "{head}");
    assert_eq!(en["messages"][0], zh["messages"][0]);
    let paper = |request: &Value| {
        let content = request["messages"][1]["content"].as_str().unwrap().to_owned();
        let end = content.find("</paper>").unwrap();
        (content[..end].to_owned(), content[end..].to_owned())
    };
    assert_eq!(paper(&en).0, paper(&zh).0);
    assert_ne!(paper(&en).1, paper(&zh).1);
    insta::assert_snapshot!(paper(&en).0);
    assert!(paper(&en).1.contains("## Q6\n"));
    assert_eq!(en["stream"], true);
    assert_eq!(en["max_tokens"], 500);
    assert!(en.get("temperature").is_none() && en.get("max_completion_tokens").is_none());
}

#[tokio::test]
async fn k3_quirks_are_configuration() {
    let quirky = |address: &str| {
        let quirks = json!({
            "max_tokens": "max_completion_tokens", "temperature": 0.5, "ask_usage": false,
            "extra": { "reasoning_effort": "low" },
        });
        Model { quirks: serde_json::from_value(quirks).unwrap(), ..model(address) }
    };
    let (_, request) = request(quirky, Language::En).await;
    assert_eq!(request["max_completion_tokens"], 500);
    assert_eq!(request["temperature"], 0.5);
    assert_eq!(request["reasoning_effort"], "low");
    assert!(request.get("max_tokens").is_none() && request.get("stream_options").is_none());
}

#[tokio::test]
async fn a_paper_that_is_too_long_is_shortened_and_says_so() {
    let server = Server::new(vec![stream(&[&delta("## Q1\nShort."), STOP])]).await;
    let mut long = text();
    long.passages[2].text = "more ".repeat(40_000);
    let reader = Reader::Model(Box::new(model(&server.address)));
    let pieces: Vec<_> =
        read(&reader, &paper(), &long, &questions(Language::En), Language::En).collect().await;
    let note = "*The paper is longer than the model can read: only the first 2 of 3 passages were read.*\n\n";
    let texts: Vec<_> = pieces
        .iter()
        .flatten()
        .filter_map(
            |piece| if let Piece::Text { markdown, .. } = piece { Some(markdown.as_str()) } else { None },
        )
        .collect();
    assert_eq!(texts, [note, "Short."]);
    assert!(!server.requests()[0].contains("more more"));
}

#[test]
fn a_key_is_shown_to_nobody() {
    let shown = format!("{:?}", model("http://127.0.0.1:1/v1"));
    assert!(!shown.contains("secret") && shown.contains("***"), "{shown}");
}
