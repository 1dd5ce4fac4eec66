//! The model reader: one call, bounded in every way, with its own few retries.

mod call;
mod reply;
mod request;
mod settings;
mod split;
mod thoughts;
mod told;
mod transport;
mod tries;
mod wire;

use futures::{Stream, StreamExt};
use tokio::time::Instant;

use crate::{
    Call, Fault, Piece, Stage,
    chain::{Ask, Work},
};
use call::call;
use reply::Reply;
pub use settings::{Continuation, Limits, MaxTokens, Model, Quirks, Secret};
pub(crate) use told::marked;
use tries::Tries;

/// Bytes of the prompt of a call.
pub(crate) fn prompt_bytes(model: &Model, work: &Work, ask: &Ask) -> usize {
    request::request(model, work, ask, request::room(model)).bytes
}

/// One answer, with the few retries that cost nothing: before the reply has begun. `others` is how many
/// readers could be asked instead: with any, this one is not waited for long.
pub(crate) fn answer<'a>(
    model: &'a Model,
    work: &'a Work,
    ask: &'a Ask,
    others: usize,
) -> impl Stream<Item = Result<Piece, Fault>> + Send + 'a {
    async_stream::stream! {
        let known = work.room(&model.name);
        let room = known.unwrap_or_else(|| request::room(model));
        let mut tries = Tries::new(model, others, room, known.is_some());
        loop {
            if !model.breaker.allows() {
                yield Err(Fault::Resting);
                return;
            }
            let prompt = request::request(model, work, ask, tries.room);
            let mut reply = Reply::new(model, ask, &prompt);
            let begun = Instant::now();
            let mut first = None;
            let fault = {
                let mut pieces = std::pin::pin!(call(model, &prompt, &mut reply));
                loop {
                    let piece = match pieces.next().await {
                        Some(Ok(piece)) => piece,
                        Some(Err(fault)) => break Some(fault),
                        None => break None,
                    };
                    if matches!(piece, Piece::Replying { .. }) {
                        first = Some(begun.elapsed());
                    }
                    yield Ok(piece);
                }
            };
            let end = fault.map_or_else(|| reply.end(), Err);
            let (fault, usage) = (end.as_ref().err().map(Fault::code), reply.usage());
            yield Ok(Piece::Called(Call { model: model.name.clone(), fault, usage, first }));
            let fault = match end {
                Ok(done) => {
                    model.breaker.succeeded();
                    yield Ok(done);
                    return;
                }
                Err(fault) => fault,
            };
            let Some(pause) = tries.after(&fault, reply.has_begun()) else {
                tracing::warn!(model = model.name, code = fault.code(), %fault, "a call failed");
                yield Err(fault);
                return;
            };
            if fault == Fault::TooLong {
                // The next questions come with the same paper.
                work.remember_room(&model.name, tries.room);
            }
            tracing::info!(model = model.name, code = fault.code(), ?pause, "a call is made again");
            if !pause.is_zero() {
                yield Ok(Piece::Stage(Stage::Waiting(pause)));
                tokio::time::sleep(pause).await;
            }
        }
    }
}
