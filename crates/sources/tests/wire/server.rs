//! A server that replays answers, good and bad, and remembers what it was asked and when.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::Instant,
};

/// One answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// How many bytes of the body are sent before the connection breaks.
    cut: Option<usize>,
}

/// What was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Path and query.
    pub(crate) target: String,
    pub(crate) head: String,
    /// Seconds since the server started, by the paused clock of tests.
    pub(crate) second: u64,
}

pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".into(), "text/xml".into())],
            body: body.into(),
            cut: None,
        }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: b"Sorry.".into(), cut: None }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.into(), value.to_string()));
        self
    }

    pub(crate) fn cut_after(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }
}

impl Server {
    /// Gives these answers, one after the other, and the last one for ever.
    pub(crate) async fn replaying(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::default();
        tokio::spawn(serve(listener, answers.into_iter().collect(), Arc::clone(&asked)));
        Self { address, asked }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("whole").clone()
    }

    /// The queries that were asked, without `verb` and what comes before it.
    pub(crate) fn queries(&self) -> Vec<String> {
        self.asked()
            .iter()
            .map(|one| one.target.split_once("Records&").unwrap_or(("", &one.target)).1.to_owned())
            .collect()
    }

    /// The seconds between requests.
    pub(crate) fn pauses(&self) -> Vec<u64> {
        let asked = self.asked();
        asked.windows(2).map(|pair| pair[1].second - pair[0].second).collect()
    }
}

async fn serve(listener: TcpListener, mut answers: VecDeque<Answer>, asked: Arc<Mutex<Vec<Asked>>>) {
    let started = Instant::now();
    loop {
        let Ok((mut stream, _)) = listener.accept().await else { return };
        let head = head(&mut stream).await;
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        // Clocks are asked a moment before or after a full second.
        let second = (started.elapsed() + Duration::from_millis(500)).as_secs();
        asked.lock().expect("whole").push(Asked { target, head, second });
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        send(&mut stream, &answer.expect("an answer")).await;
    }
}

async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        match stream.read(&mut byte).await {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

async fn send(stream: &mut TcpStream, answer: &Answer) {
    let headers: String = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let length = answer.body.len();
    let head = format!(
        "HTTP/1.1 {} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n",
        answer.status
    );
    let body = &answer.body[..answer.cut.unwrap_or(length)];
    // A client that has had enough hangs up.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(body).await;
    let _ = stream.shutdown().await;
}
