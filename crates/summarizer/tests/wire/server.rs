//! A server that speaks the wire format byte by byte, as the test wrote it down.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the server does on a connection.
#[derive(Clone)]
pub enum Act {
    Send(Vec<u8>),
    /// Byte by byte, each in a packet of its own.
    Drip(Vec<u8>),
    Wait(Duration),
    /// Neither sends nor closes until the client goes away.
    Hang,
}

pub struct Server {
    pub address: String,
    requests: Arc<Mutex<Vec<String>>>,
    /// Connections that the client left while the server hung.
    left: watch::Receiver<usize>,
}

impl Server {
    /// Plays the first script on the first connection, and so on; the last one again and again.
    pub async fn new(scripts: Vec<Vec<Act>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/v1", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (gone, left) = watch::channel(0);
        let seen = requests.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                let script = scripts[usize::min(number, scripts.len() - 1)].clone();
                tokio::spawn(play(stream, script, seen.clone(), gone.clone()));
            }
        });
        Self { address, requests, left }
    }

    /// Head and body of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Resolves when a client has left a hanging connection.
    pub async fn client_left(&mut self) {
        self.left.wait_for(|left| *left > 0).await.unwrap();
    }
}

async fn play(
    mut stream: TcpStream,
    script: Vec<Act>,
    seen: Arc<Mutex<Vec<String>>>,
    gone: watch::Sender<usize>,
) {
    stream.set_nodelay(true).unwrap();
    let request = request(&mut stream).await;
    seen.lock().unwrap().push(request);
    for act in script {
        let sent = match act {
            Act::Send(bytes) => stream.write_all(&bytes).await,
            Act::Drip(bytes) => drip(&mut stream, &bytes).await,
            Act::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Act::Hang => {
                let _ = stream.read(&mut [0]).await;
                gone.send_modify(|left| *left += 1);
                return;
            }
        };
        if sent.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}

async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        stream.flush().await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.unwrap_or(0);
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().unwrap())
            });
            body.len() >= length.unwrap_or(0)
        });
        if whole || read == 0 {
            return text;
        }
    }
}

/// The head of a response whose body ends with the connection.
pub fn head(status: &str, kind: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n")
}

/// A whole response that is no event stream.
pub fn response(status: &str, kind: &str, extra: &str, body: &str) -> Vec<Act> {
    let text = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{extra}connection: close\r\n\r\n{body}");
    vec![Act::Send(text.into_bytes())]
}

/// The head of an event stream, and events made of these JSON texts.
pub fn events(chunks: &[&str], end: &str) -> String {
    let body: String = chunks.iter().map(|chunk| format!("data: {chunk}{end}{end}")).collect();
    head("200 OK", "text/event-stream; charset=utf-8") + &body
}

/// One chunk of text.
pub fn delta(text: &str) -> String {
    serde_json::json!({ "model": "kimi-9", "choices": [{ "index": 0, "delta": { "content": text }, "finish_reason": null }] })
        .to_string()
}

/// The last chunks of a whole reply.
pub const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
pub const USAGE: &str = r#"{"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":70}}"#;
