//! One call, bounded in time.

use std::time::Duration;

use futures::{Stream, StreamExt};
use tokio::time::Instant;

use super::{Limits, Model, reply::Reply, request::Prompt, transport};
use crate::{Fault, Piece, Stage, tokens_in};

/// How long to wait for the number of tokens after the end of the text.
const BILL: Duration = Duration::from_secs(2);

/// One call from its request to its last event. What to say after a good end is the reply's business.
pub(super) fn call<'a>(
    model: &'a Model,
    prompt: &'a Prompt,
    reply: &'a mut Reply,
) -> impl Stream<Item = Result<Piece, Fault>> + Send + 'a {
    async_stream::stream! {
        yield Ok(Piece::Stage(Stage::Reading { page: None }));
        let mut waiting = Waiting::new(&model.limits);
        let mut events = match waiting.on(transport::open(model, &prompt.request)).await {
            Ok(Ok(events)) => events,
            Ok(Err(fault)) | Err(fault) => {
                yield Err(fault);
                return;
            }
        };
        yield Ok(Piece::Stage(Stage::Thinking));
        let mut told = false;
        let fault = loop {
            let chunk = match waiting.on(events.next()).await {
                // Once the model has said that it is done, only the bill is missing.
                Ok(Some(Err(_))) | Err(_) if reply.is_finished() => break None,
                Ok(Some(chunk)) => chunk,
                Ok(None) => break None,
                Err(fault) => break Some(fault),
            };
            match chunk.and_then(|chunk| reply.take(chunk)) {
                Ok(pieces) => {
                    if reply.has_begun() && !std::mem::replace(&mut told, true) {
                        yield Ok(Piece::Replying { model: model.name.clone(), read: tokens_in(prompt.bytes) });
                    }
                    for piece in pieces {
                        yield Ok(piece);
                    }
                }
                Err(fault) => break Some(fault),
            }
            waiting.patience = match (reply.is_finished(), reply.has_begun()) {
                (true, _) => BILL,
                (_, true) => model.limits.idle,
                // A server that only says that it is there still has to begin.
                _ => model.limits.first,
            };
        };
        for piece in reply.rest() {
            yield Ok(piece);
        }
        if let Some(fault) = fault {
            yield Err(fault);
        }
    }
}

/// How long the next thing may take.
struct Waiting {
    patience: Duration,
    deadline: Instant,
}

impl Waiting {
    fn new(limits: &Limits) -> Self {
        Self { patience: limits.first, deadline: Instant::now() + limits.total }
    }

    async fn on<T>(&self, next: impl Future<Output = T>) -> Result<T, Fault> {
        let until = (Instant::now() + self.patience).min(self.deadline);
        let late = |_| if until == self.deadline { Fault::Endless } else { Fault::Stalled };
        tokio::time::timeout_at(until, next).await.map_err(late)
    }
}
