use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// The key that requests must carry, and that must show up nowhere.
pub const KEY: &str = "sk-test-key-that-nobody-may-see";

/// A language model on a local port that speaks OpenAI's wire format and says what it was told to say.
///
/// Its words leave one by one, each only after [`allow`](Self::allow) let it.
pub struct Model {
    /// Where it listens.
    pub address: SocketAddr,
    state: Arc<State>,
}

struct State {
    replies: Vec<(Vec<String>, End)>,
    allowed: Semaphore,
    calls: AtomicUsize,
    requests: Mutex<Vec<Value>>,
}

/// How a reply ends.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// As it should.
    Stop,
    /// The connection is cut after the last word.
    Cut,
    /// Nothing more is said, and the connection stays.
    Hang,
    /// This is the data of the last event, and then the connection is closed.
    Data(&'static str),
    /// Instead of a reply: these bytes, head and all.
    Raw(&'static [u8]),
    /// Instead of anything: silence.
    Silence,
    /// Instead of a reply: this status, these headers, this body.
    Refuse(u16, &'static str, &'static str),
}

impl Model {
    /// Starts it. `words` are what it will say, piece by piece.
    pub async fn start(words: impl IntoIterator<Item = impl Into<String>>, end: End) -> Self {
        Self::replying([(words.into_iter().map(Into::into).collect(), end)]).await
    }

    /// Starts it with a reply to each call; the last one is given again and again.
    pub async fn replying(replies: impl IntoIterator<Item = (Vec<String>, End)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(State {
            replies: replies.into_iter().collect(),
            allowed: Semaphore::new(0),
            calls: AtomicUsize::new(0),
            requests: Mutex::default(),
        });
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                // A reader that went away is what some tests are about.
                tokio::spawn(async move { serve(stream, &state).await.ok() });
            }
        });
        Self { address, state }
    }

    /// Lets that many more words out.
    pub fn allow(&self, words: usize) {
        self.state.allowed.add_permits(words);
    }

    /// How often it was asked.
    pub fn calls(&self) -> usize {
        self.state.calls.load(Ordering::SeqCst)
    }

    /// The bodies of the requests so far.
    pub fn requests(&self) -> Vec<Value> {
        self.state.requests.lock().expect("not poisoned").clone()
    }
}

async fn serve(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let (head, body) = request(&mut stream).await?;
    if !head.starts_with("POST /v1/chat/completions ") || !head.contains(&format!("Bearer {KEY}")) {
        return respond(&mut stream, 404, "", "{}").await;
    }
    let call = state.calls.fetch_add(1, Ordering::SeqCst);
    let (words, end) = &state.replies[call.min(state.replies.len() - 1)];
    state.requests.lock().expect("not poisoned").push(serde_json::from_slice(&body).unwrap_or_default());
    match end {
        End::Refuse(status, headers, body) => return respond(&mut stream, *status, headers, body).await,
        End::Raw(bytes) => {
            stream.write_all(bytes).await?;
            return stream.shutdown().await;
        }
        End::Silence => return until_left(&mut stream).await,
        _ => {}
    }
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await?;
    for word in words {
        state.allowed.acquire().await.expect("never closed").forget();
        say(&mut stream, &chunk(json!({ "content": word }), Value::Null)).await?;
    }
    if *end == End::Hang {
        return until_left(&mut stream).await;
    }
    if let End::Data(data) = end {
        say(&mut stream, data).await?;
    }
    if *end == End::Stop {
        say(&mut stream, &chunk(json!({}), "stop".into())).await?;
        let usage = json!({ "prompt_tokens": 1200, "completion_tokens": 340, "total_tokens": 1540 });
        let last = json!({ "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted-1", "choices": [], "usage": usage });
        say(&mut stream, &last.to_string()).await?;
        say(&mut stream, "[DONE]").await?;
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.shutdown().await
}

/// Waits until the client closes the connection.
async fn until_left(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.read(&mut [0]).await.map(drop)
}

fn chunk(delta: Value, finish: Value) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
    json!({ "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "scripted-1", "choices": [choice] }).to_string()
}

async fn say(stream: &mut TcpStream, data: &str) -> std::io::Result<()> {
    let event = format!("data: {data}\n\n");
    stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await
}

async fn respond(stream: &mut TcpStream, status: u16, headers: &str, body: &str) -> std::io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await
}

async fn request(stream: &mut TcpStream) -> std::io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    let mut body = bytes.split_off(head_end);
    while body.len() < length.unwrap_or(0) {
        stream.read_buf(&mut body).await?;
    }
    Ok((head, body))
}
