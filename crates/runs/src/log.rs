use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use content::AttemptId;
use futures::{StreamExt, stream, stream::BoxStream};
use tokio::sync::watch;

use crate::{Body, Bus, Event};

/// Event logs in the memory of this process.
#[derive(Default)]
pub struct Memory {
    logs: Mutex<HashMap<AttemptId, Arc<Log>>>,
}

/// Append-only: the event numbered `n` is at index `n - 1` for ever.
struct Log {
    events: RwLock<Vec<Event>>,
    length: watch::Sender<u64>,
}

impl Bus for Memory {
    fn publish(&self, event: Event) {
        let log = self.logs().entry(event.run).or_insert_with(|| Arc::new(Log::new())).clone();
        log.append(event);
    }

    fn follow(&self, run: AttemptId, position: u64) -> Option<BoxStream<'static, Event>> {
        let log = self.logs().get(&run)?.clone();
        let reached = *log.length.borrow() >= position;
        reached.then(|| follow(log, position))
    }

    fn forget(&self, run: AttemptId) {
        self.logs().remove(&run);
    }
}

impl Memory {
    fn logs(&self) -> std::sync::MutexGuard<'_, HashMap<AttemptId, Arc<Log>>> {
        // Every change is a single insertion or removal, so a poisoned map is whole.
        self.logs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn follow(log: Arc<Log>, position: u64) -> BoxStream<'static, Event> {
    let length = log.length.subscribe();
    stream::unfold((log, length, position), |(log, mut length, position)| async move {
        if log.ends_at(position) {
            return None;
        }
        length.wait_for(|length| *length > position).await.ok()?;
        let event = log.at(position)?;
        Some((event, (log, length, position + 1)))
    })
    .boxed()
}

impl Log {
    fn new() -> Self {
        Self { events: RwLock::default(), length: watch::Sender::new(0) }
    }

    fn append(&self, event: Event) {
        let mut events = self.events.write().unwrap_or_else(PoisonError::into_inner);
        debug_assert_eq!(event.seq, events.len() as u64 + 1, "events of a run come in order");
        events.push(event);
        self.length.send_replace(events.len() as u64);
    }

    fn at(&self, position: u64) -> Option<Event> {
        let events = self.events.read().unwrap_or_else(PoisonError::into_inner);
        events.get(usize::try_from(position).ok()?).cloned()
    }

    fn ends_at(&self, position: u64) -> bool {
        position.checked_sub(1).and_then(|last| self.at(last)).is_some_and(|e| matches!(e.body, Body::End(_)))
    }
}
