use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::interval_at,
};

/// Begins every word that the model says; the microseconds since [`start`] follow.
pub(crate) const MARK: &str = "t";

/// A model that tells the time, in the wire format of OpenAI, at a steady rate.
pub(crate) struct Clock {
    pub(crate) address: SocketAddr,
    asked: Arc<AtomicUsize>,
    begun: watch::Sender<bool>,
}

/// Microseconds since this process first asked.
pub(crate) fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    u64::try_from(START.get_or_init(Instant::now).elapsed().as_micros()).expect("not so long")
}

impl Clock {
    /// Starts it. Each reply has so many `events`, `rate` of them a second, from when the model is told to begin.
    pub(crate) async fn start(rate: u32, events: u32) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(AtomicUsize::new(0));
        let begun = watch::Sender::new(false);
        let (counter, beginning) = (asked.clone(), begun.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (counter, beginning) = (counter.clone(), beginning.subscribe());
                tokio::spawn(async move {
                    let number = counter.fetch_add(1, Ordering::SeqCst);
                    tell(stream, number, beginning, rate, events).await.ok()
                });
            }
        });
        Self { address, asked, begun }
    }

    /// Lets it speak, in all its replies.
    pub(crate) fn begin(&self) {
        self.begun.send_replace(true);
    }

    /// How often it was asked.
    pub(crate) fn calls(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Waits until it was asked so often.
    pub(crate) async fn all_asked(&self, times: usize) {
        while self.calls() < times {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn tell(
    mut stream: TcpStream,
    number: usize,
    mut begun: watch::Receiver<bool>,
    rate: u32,
    events: u32,
) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
        )
        .await?;
    if begun.wait_for(|begun| *begun).await.is_err() {
        return Ok(());
    }
    let period = Duration::from_secs(1) / rate;
    // Replies do not all speak at the same moment.
    let first = tokio::time::Instant::now() + period * u32::try_from(number % 97).expect("small") / 97;
    let mut ticks = interval_at(first, period);
    say(&mut stream, json!({ "content": "## Q1\n\n" }), None).await?;
    for event in 1..=events {
        ticks.tick().await;
        let end = if event % 20 == 0 { "\n\n" } else { " " };
        say(&mut stream, json!({ "content": format!("{MARK}{}{end}", now()) }), None).await?;
    }
    // A reply that leaves questions out is no whole one.
    let rest: String = (2..=6).map(|question| format!("\n\n## Q{question}\n\nYes.")).collect();
    say(&mut stream, json!({ "content": rest }), None).await?;
    say(&mut stream, json!({}), Some("stop")).await?;
    stream.write_all(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n").await?;
    stream.shutdown().await
}

async fn say(stream: &mut TcpStream, delta: serde_json::Value, finish: Option<&str>) -> std::io::Result<()> {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish });
    let chunk = json!({ "id": "1", "object": "chat.completion.chunk", "created": 1, "model": "clock-1", "choices": [choice] });
    let event = format!("data: {chunk}\n\n");
    stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes()).await
}
