use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
};

use crate::clock::{MARK, now};

/// How long events were on their way, in milliseconds.
#[derive(Default)]
pub(crate) struct Times {
    /// One for each event.
    each: Vec<f64>,
    /// One for each reader: its first event.
    first: Vec<f64>,
}

impl Times {
    pub(crate) fn add(&mut self, other: Self) {
        self.each.extend(other.each);
        self.first.extend(other.first);
    }

    pub(crate) fn print(&self, name: &str, bare: Option<&Self>) {
        let (p50, p99, first) = (at(&self.each, 0.5), at(&self.each, 0.99), at(&self.first, 0.99));
        let ratio = bare.map_or(1.0, |bare| p99 / at(&bare.each, 0.99));
        println!("{name:<38} {p50:>8.2} {p99:>8.2}   {first:>8.2}   × {ratio:.1}");
    }
}

fn at(times: &[f64], part: f64) -> f64 {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * part) as usize]
}

/// Reads event streams to their end.
pub(crate) struct Reader;

impl Reader {
    pub(crate) async fn of_model(address: SocketAddr) -> Times {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}")
            .await
            .expect("sent");
        read(stream).await
    }

    pub(crate) async fn of_site(address: String, live: String) -> Times {
        read(open(&address, &live).await).await
    }
}

/// A connection on which this stream was asked for.
pub(crate) async fn open(address: &str, live: &str) -> TcpStream {
    let stream = TcpStream::connect(address.trim_start_matches("http://")).await.expect("a connection");
    ask(stream, live).await
}

/// The same, of somebody whose own buffer is small, and who will not read.
pub(crate) async fn deaf(address: &str, live: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    let address = address.trim_start_matches("http://").parse().expect("an address");
    ask(socket.connect(address).await.expect("a connection"), live).await
}

async fn ask(mut stream: TcpStream, live: &str) -> TcpStream {
    let request = format!("GET {live} HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream
}

/// Every time that the stream tells, once, with the time at which it came.
async fn read(mut stream: TcpStream) -> Times {
    let mut times = Times::default();
    let mut latest = 0;
    let mut pending = Vec::new();
    let mut bytes = vec![0; 16 << 10];
    loop {
        let read = stream.read(&mut bytes).await.unwrap_or(0);
        let came = now();
        pending.extend_from_slice(&bytes[..read]);
        // A time at the very end may go on with the next bytes.
        let whole = pending.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |last| last + 1);
        let text = String::from_utf8_lossy(&pending[..whole]).into_owned();
        for left in text.split(MARK).filter_map(told) {
            if left > latest {
                latest = left;
                times.each.push((came.saturating_sub(left)) as f64 / 1e3);
            }
        }
        let ended = text.contains("0\r\n\r\n") || text.contains("\"idle\"");
        pending.drain(..whole);
        if read == 0 || ended {
            times.first.extend(times.each.first().copied());
            return times;
        }
    }
}

/// The time with which a piece begins; shorter numbers are others.
fn told(piece: &str) -> Option<u64> {
    let digits = piece.find(|c: char| !c.is_ascii_digit()).unwrap_or(piece.len());
    (digits >= 6).then(|| piece[..digits].parse().ok()).flatten()
}
