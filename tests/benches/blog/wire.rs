//! A load generator that costs little: a few connections that stay, requests whose bytes are made once, and answers of
//! which only the length is read. It runs on one thread beside the servers.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What is asked, of whom.
pub(crate) struct Load {
    address: String,
    request: String,
}

/// What came of a load.
pub(crate) struct Measured {
    /// Answers a second.
    pub(crate) rate: f64,
    /// From the time of a request to the end of its answer, in milliseconds: half took less.
    pub(crate) p50: f64,
    /// All but a hundredth took less.
    pub(crate) p99: f64,
}

impl Load {
    pub(crate) fn new(address: &str, path: &str, headers: &[&str]) -> Self {
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\naccept: text/html\r\n{headers}\r\n");
        Self { address: address.to_owned(), request }
    }
}

/// Asks again as soon as there is an answer; answers a second.
pub(crate) async fn unpaced(load: &Load, connections: usize, turn: Duration) -> f64 {
    let end = Instant::now() + turn;
    let asked = (0..connections).map(|_| async {
        let mut connection = Connection::open(load).await;
        let mut count = 0;
        while Instant::now() < end {
            connection.ask(load).await;
            count += 1;
        }
        count
    });
    let counts = futures::future::join_all(asked).await;
    f64::from(counts.into_iter().sum::<u32>()) / turn.as_secs_f64()
}

/// Asks at a rate: each request has its time, whether the one before it on its connection was answered by then or not.
pub(crate) async fn paced(load: &Load, connections: usize, rate: u32, turn: Duration) -> Measured {
    let begin = Instant::now() + Duration::from_millis(50);
    let all = u64::from(rate) * turn.as_secs();
    let asked = (0..connections as u64).map(|first| async move {
        let mut connection = Connection::open(load).await;
        let mut times = Vec::new();
        for number in (first..all).step_by(connections) {
            let at = begin + Duration::from_nanos(number * 1_000_000_000 / u64::from(rate));
            if at > Instant::now() {
                tokio::time::sleep_until(at.into()).await;
            }
            // Who is that late is overloaded; the rest would only be later.
            if at + turn < Instant::now() {
                break;
            }
            connection.ask(load).await;
            times.push(at.elapsed().as_secs_f64() * 1e3);
        }
        times
    });
    let mut times = futures::future::join_all(asked).await.concat();
    let took = begin.elapsed().as_secs_f64();
    times.sort_by(f64::total_cmp);
    let of = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    Measured { rate: times.len() as f64 / took, p50: of(0.5), p99: of(0.99) }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(load: &Load) -> Self {
        let stream = TcpStream::connect(&load.address).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        Self { stream, buffer: vec![0; 256 << 10] }
    }

    async fn ask(&mut self, load: &Load) {
        self.stream.write_all(load.request.as_bytes()).await.expect("sent");
        let mut filled = 0;
        let whole = loop {
            let read = self.stream.read(&mut self.buffer[filled..]).await.expect("received");
            assert!(read > 0, "the server closed the connection");
            filled += read;
            if let Some(whole) = length(&self.buffer[..filled]) {
                break whole;
            }
        };
        while filled < whole {
            let read = self.stream.read(&mut self.buffer[..]).await.expect("received");
            assert!(read > 0, "the server closed the connection");
            filled += read;
        }
    }
}

/// The bytes of a whole answer, head and body, once its head is there.
fn length(begun: &[u8]) -> Option<usize> {
    let end = begun.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&begun[..end]).expect("a head is text");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let lengths = head.lines().filter_map(|line| line.split_once(':'));
    let mut lengths = lengths.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = lengths.next().unwrap_or_else(|| panic!("an answer of unknown length:\n{head}"));
    Some(end + 4 + length.trim().parse::<usize>().expect("a number"))
}
