//! The contract kit: the wire shapes of the servers that Inkstone is used with, each as such a server sends
//! it, with the members that nobody reads. However the bytes are cut, the answer is the same.

use super::*;

struct Shape {
    name: &'static str,
    events: Vec<String>,
    /// What is thought, what the server calls itself, and what it counts.
    thought: &'static str,
    model: &'static str,
    usage: Option<Usage>,
}

/// Some of what every shape says, whatever it is wrapped in.
const SAID: [&str; 6] = [
    "## Q1\n\nLet $x",
    "_1$ be “large”. 😀\n\n",
    "## Q",
    "2\n",
    "Two.\n## Q3\n3\n## Q4\n4\n## Q5\n5\n",
    "## Q6\nSix.",
];

fn expected_here() -> Vec<String> {
    ["Let $x_1$ be “large”. 😀", "Two.", "3", "4", "5", "Six."].map(String::from).into()
}

/// Events of a stream in which each piece of text is wrapped by `wrap`.
fn said(wrap: impl Fn(&str) -> Value) -> impl Iterator<Item = String> {
    SAID.map(|text| wrap(text).to_string()).into_iter()
}

fn shape(
    name: &'static str,
    thought: &'static str,
    model: &'static str,
    usage: Option<(u64, u64, u64)>,
    events: impl IntoIterator<Item = String>,
) -> Shape {
    let usage = usage.map(|(read, cached, written)| Usage { read, cached, written });
    Shape { name, events: events.into_iter().collect(), thought, model, usage }
}

fn openai() -> Shape {
    let chunk = |delta: Value, finish: Value| {
        json!({ "id": "chatcmpl-9", "object": "chat.completion.chunk", "created": 1, "model": "gpt-9-2026-01-01",
            "service_tier": "default", "system_fingerprint": "fp_1", "obfuscation": "xYz",
            "choices": [{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }], "usage": null })
    };
    let first = chunk(json!({ "role": "assistant", "content": "", "refusal": null }), Value::Null);
    let usage = json!({ "id": "chatcmpl-9", "object": "chat.completion.chunk", "created": 1, "model": "gpt-9-2026-01-01",
        "choices": [], "usage": { "prompt_tokens": 900, "completion_tokens": 70, "total_tokens": 970,
            "prompt_tokens_details": { "cached_tokens": 512, "audio_tokens": 0 },
            "completion_tokens_details": { "reasoning_tokens": 0 } } });
    let text = said(|text| chunk(json!({ "content": text }), Value::Null));
    let last = [chunk(json!({}), "stop".into()).to_string(), usage.to_string(), "[DONE]".into()];
    let events = [first.to_string()].into_iter().chain(text).chain(last);
    shape("OpenAI", "", "gpt-9-2026-01-01", Some((900, 512, 70)), events)
}

/// Thoughts in a field of their own, the bill in the last choice.
fn moonshot() -> Shape {
    let chunk = |delta: Value| {
        json!({ "id": "cmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "kimi-k3",
            "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
    };
    let thoughts = ["", "Let me ", "think 思."].map(|thought| {
        chunk(json!({ "role": "assistant", "content": "", "reasoning_content": thought })).to_string()
    });
    let last = json!({ "id": "cmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "kimi-k3",
        "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop", "usage": { "prompt_tokens": 900,
            "completion_tokens": 70, "total_tokens": 970, "cached_tokens": 640 } }] });
    let text = said(|text| chunk(json!({ "content": text })));
    let events = thoughts.into_iter().chain(text).chain([last.to_string(), "[DONE]".into()]);
    shape("Moonshot", "Let me think 思.", "kimi-k3", Some((900, 640, 70)), events)
}

/// Comments while the server is busy, `null` for what is not there, the bill in the last chunk.
fn deepseek() -> Shape {
    let chunk = |delta: Value, finish: Value, usage: Value| {
        json!({ "id": "7", "object": "chat.completion.chunk", "created": 1, "model": "deepseek-reasoner",
            "system_fingerprint": "fp", "choices": [{ "index": 0, "delta": delta, "logprobs": null,
            "finish_reason": finish }], "usage": usage })
    };
    let thought =
        chunk(json!({ "content": null, "reasoning_content": "Let me think 思." }), Value::Null, Value::Null);
    let text =
        said(|text| chunk(json!({ "content": text, "reasoning_content": null }), Value::Null, Value::Null));
    let usage = json!({ "prompt_tokens": 900, "completion_tokens": 70, "total_tokens": 970,
        "prompt_cache_hit_tokens": 832, "prompt_cache_miss_tokens": 68,
        "completion_tokens_details": { "reasoning_tokens": 40 } });
    let last = chunk(json!({ "content": "", "reasoning_content": null }), "stop".into(), usage).to_string();
    let begun = format!("{{}}\n\n: keep-alive\n\n: keep-alive\n\ndata: {thought}");
    let events = [begun].into_iter().chain(text).chain([last, "[DONE]".into()]);
    shape("DeepSeek", "Let me think 思.", "deepseek-reasoner", Some((900, 832, 70)), events)
}

fn vllm() -> Shape {
    let chunk = |delta: Value, finish: Value| {
        json!({ "id": "chatcmpl-a", "object": "chat.completion.chunk", "created": 1, "model": "Qwen/Qwen3-8B",
            "choices": [{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish,
                "stop_reason": null, "token_ids": null }], "prompt_token_ids": null })
    };
    let first = chunk(json!({ "role": "assistant", "content": "" }), Value::Null).to_string();
    let thought = chunk(json!({ "reasoning": "Let me think 思." }), Value::Null).to_string();
    let text = said(|text| chunk(json!({ "content": text }), Value::Null));
    let usage = json!({ "id": "chatcmpl-a", "object": "chat.completion.chunk", "created": 1, "model": "Qwen/Qwen3-8B",
        "choices": [], "usage": { "prompt_tokens": 900, "total_tokens": 970, "completion_tokens": 70,
            "prompt_tokens_details": null } });
    let last =
        [chunk(json!({ "content": "" }), "stop".into()).to_string(), usage.to_string(), "[DONE]".into()];
    let events = [first, thought].into_iter().chain(text).chain(last);
    shape("vLLM", "Let me think 思.", "Qwen/Qwen3-8B", Some((900, 0, 70)), events)
}

/// A role in every chunk, thoughts between tags in the text, no last mark.
fn ollama() -> Shape {
    let chunk = |text: &str, finish: Value| {
        json!({ "id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1, "model": "qwen3:8b",
            "system_fingerprint": "fp_ollama",
            "choices": [{ "index": 0, "delta": { "role": "assistant", "content": text }, "finish_reason": finish }] })
    };
    let thoughts = ["<think>", "Let me ", "think", " 思.", "</thi", "nk>", "\n\n"]
        .map(|text| chunk(text, Value::Null).to_string());
    let usage = json!({ "id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1, "model": "qwen3:8b",
        "system_fingerprint": "fp_ollama", "choices": [],
        "usage": { "prompt_tokens": 900, "completion_tokens": 70, "total_tokens": 970 } });
    let last = [chunk("", "stop".into()).to_string(), usage.to_string()];
    let events = thoughts.into_iter().chain(said(|text| chunk(text, Value::Null))).chain(last);
    shape("Ollama", "Let me think 思.", "qwen3:8b", Some((900, 0, 70)), events)
}

/// Times and counts of its own, no usage.
fn llama_cpp() -> Shape {
    let chunk = |delta: Value, finish: Value| {
        json!({ "choices": [{ "finish_reason": finish, "index": 0, "delta": delta }], "created": 1,
            "id": "chatcmpl-b", "model": "gguf", "system_fingerprint": "b1-x", "object": "chat.completion.chunk" })
    };
    let first = chunk(json!({ "role": "assistant", "content": null }), Value::Null).to_string();
    let thought = chunk(json!({ "reasoning_content": "Let me think 思." }), Value::Null).to_string();
    let mut last = chunk(json!({}), "stop".into());
    last["timings"] =
        json!({ "cache_n": 300, "prompt_n": 600, "prompt_ms": 1.5, "predicted_n": 70, "predicted_ms": 2.5 });
    let text = said(|text| chunk(json!({ "content": text }), Value::Null));
    let events = [first, thought].into_iter().chain(text).chain([last.to_string(), "[DONE]".into()]);
    shape("llama.cpp", "Let me think 思.", "gguf", Some((900, 300, 70)), events)
}

fn shapes() -> [Shape; 6] {
    [openai(), moonshot(), deepseek(), vllm(), ollama(), llama_cpp()]
}

async fn check(shape: &Shape, how: &str, script: Vec<Act>) {
    let server = Server::new(vec![script]).await;
    let (all, end) = pieces(&[reader(model(&server.address))], Calls::Combined, &[]).await;
    let tokens = shape.usage.map(|usage| (usage.read, usage.written));
    assert_eq!(end, Ok(Piece::Done { model: shape.model.into(), tokens }), "{} {how}", shape.name);
    assert_eq!(sections(&all), expected_here(), "{} {how}", shape.name);
    assert_eq!(thoughts(&all), shape.thought, "{} {how}", shape.name);
    let [call] = calls(&all)[..] else { panic!("{} {how}: one call", shape.name) };
    assert_eq!((call.fault, call.usage), (None, shape.usage), "{} {how}", shape.name);
}

fn body(shape: &Shape, end: &str) -> String {
    let chunks: Vec<_> = shape.events.iter().map(String::as_str).collect();
    events(&chunks, end)
}

#[tokio::test]
async fn k3_each_server_is_understood_in_every_way_of_ending_lines() {
    for shape in shapes() {
        for end in ["\n", "\r\n", "\r"] {
            check(&shape, &format!("{end:?}"), vec![Act::Send(body(&shape, end).into_bytes())]).await;
        }
        let marked = body(&shape, "\n").replacen("data:", "\u{feff}data:", 1);
        check(&shape, "with a byte order mark", vec![Act::Send(marked.clone().into_bytes())]).await;
        check(&shape, "with a mark in pieces", vec![Act::Drip(marked.into_bytes())]).await;
    }
}

#[tokio::test]
async fn k3_each_server_is_understood_however_its_bytes_are_cut() {
    for shape in shapes() {
        let bytes = body(&shape, "\r\n").into_bytes();
        check(&shape, "byte by byte", vec![Act::Drip(bytes.clone())]).await;
        for seed in 0..10 {
            let mut rng = StdRng::seed_from_u64(seed);
            let bytes = body(&shape, ["\n", "\r\n", "\r"][rng.random_range(0..3)]).into_bytes();
            let mut script = Vec::new();
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let (now, later) = rest.split_at(rng.random_range(1..200).min(rest.len()));
                script.push(Act::Send(now.to_vec()));
                script.push(Act::Wait(Duration::from_micros(rng.random_range(0..200))));
                rest = later;
            }
            check(&shape, &format!("seed {seed}"), script).await;
        }
    }
}

/// Wherever the connection breaks, what was received is kept, and the end says so.
#[tokio::test]
async fn k12_each_server_may_be_cut_anywhere() {
    for shape in shapes() {
        let whole = expected_here().concat();
        let finish =
            shape.events.iter().position(|event| event.contains(r#""finish_reason":"stop""#)).unwrap();
        for kept in 0..=finish {
            let chunks: Vec<_> = shape.events[..kept].iter().map(String::as_str).collect();
            let promised = events(&chunks, "\n").replacen("connection: close", "content-length: 99999", 1);
            let server = Server::new(vec![vec![Act::Send(promised.into_bytes())]]).await;
            let (all, end) = pieces(&[reader(impatient(&server.address))], Calls::Combined, &[]).await;
            assert_eq!(end, Err(Fault::Cut), "{} after {kept}", shape.name);
            let text = sections(&all).concat();
            assert!(whole.starts_with(text.as_str()), "{} after {kept}: {text}", shape.name);
            let said: String = chunks.concat();
            assert!(!said.contains("Six.") || text == whole, "{} after {kept}: nothing is lost", shape.name);
        }
    }
}
