use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// A server on a local port that answers as a source of papers would.
pub struct Replay {
    /// Where it listens.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

/// An answer of [`Replay`].
#[derive(Debug, Clone)]
pub enum Reply {
    /// A page.
    Page(String),
    /// A status without a page.
    Status(u16),
    /// None, for as long as whoever asked waits.
    Hold,
}

impl Replay {
    /// Starts it. `reply` is asked for path and query of each request, and how many there were before.
    pub async fn start(reply: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (shared, reply) = (asked.clone(), Arc::new(reply));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (shared, reply) = (shared.clone(), reply.clone());
                // Who hangs up has had enough.
                tokio::spawn(async move { serve(stream, &shared, &*reply).await.ok() });
            }
        });
        Self { address, asked }
    }

    /// Paths and queries of the requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    asked: &Mutex<Vec<String>>,
    reply: &(dyn Fn(&str, usize) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let before = {
        let mut asked = asked.lock().expect("not poisoned");
        asked.push(target.clone());
        asked.len() - 1
    };
    let (status, body) = match reply(&target, before) {
        Reply::Page(body) => (200, body),
        Reply::Status(status) => (status, String::new()),
        Reply::Hold => std::future::pending().await,
    };
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
