use futures::{StreamExt as _, stream::BoxStream};
use serde_json::Value;

/// One event as it came over the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `id:`; goes back as `Last-Event-ID`.
    pub id: String,
    /// `event:`; `message` where none was named.
    pub name: String,
    /// `data:`, one line for each such field.
    pub text: String,
}

/// A `text/event-stream`, read as it arrives.
pub struct Events {
    bytes: BoxStream<'static, Vec<u8>>,
    pending: Vec<u8>,
}

impl Event {
    /// The data as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{:?}: {error}", self.text))
    }
}

impl Events {
    pub(crate) fn of(response: reqwest::Response) -> Self {
        let bytes = response.bytes_stream().filter_map(async |bytes| Some(bytes.ok()?.to_vec()));
        Self { bytes: bytes.boxed(), pending: Vec::new() }
    }

    /// The whole events in these bytes; what is behind the last one is half of the next.
    pub fn whole(bytes: &[u8]) -> Vec<Event> {
        let end = bytes.windows(2).rposition(|pair| pair == b"\n\n").map_or(0, |end| end + 2);
        let text = str::from_utf8(&bytes[..end]).expect("event streams are UTF-8");
        text.split_inclusive("\n\n").filter_map(parse).collect()
    }

    /// The next event; none when the server closed the stream. Comments (heartbeats) are passed over.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = self.pending.windows(2).position(|pair| pair == b"\n\n") {
                let block: Vec<_> = self.pending.drain(..end + 2).collect();
                if let Some(event) = parse(str::from_utf8(&block).expect("event streams are UTF-8")) {
                    return Some(event);
                }
                continue;
            }
            self.pending.extend(self.bytes.next().await?);
        }
    }

    /// The events up to and including the first that satisfies `last`.
    pub async fn until(mut self, last: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            let is_last = last(&event);
            events.push(event);
            if is_last {
                return events;
            }
        }
        panic!("the stream ended early: {events:#?}")
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let values = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        values.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect::<Vec<_>>().join("\n")
    };
    let (id, name, text) = (field("id"), field("event"), field("data"));
    (!text.is_empty()).then(|| Event {
        id,
        name: if name.is_empty() { "message".into() } else { name },
        text,
    })
}
