use std::{panic::AssertUnwindSafe, sync::Arc};

use content::AttemptState;
use futures::{FutureExt, StreamExt};
use tokio::sync::oneshot;

use crate::{End, Job, Stage, Step, Stop, house::House};

/// One run from its place in the queue to the day its log is forgotten.
pub(crate) async fn live(house: Arc<House>, job: Job, turn: oneshot::Receiver<()>) {
    let run = job.run;
    let end = work(&house, job, turn).await;
    tracing::info!(run = run.0, state = end.state.name(), fault = end.fault, "a run ended");
    house.end(run, end).await;
    house.seams.clock.sleep(house.settings.keep).await;
    house.seams.bus.forget(run);
}

async fn work(house: &House, mut job: Job, turn: oneshot::Receiver<()>) -> End {
    tokio::select! {
        biased;
        () = job.stop.requested() => return stopped(&job.stop),
        _ = turn => {}
    }
    house.stage(job.run, Stage::Fetching);
    // The upstream is foreign code with a renderer in it: a panic there must not lose the text.
    AssertUnwindSafe(read(house, job)).catch_unwind().await.unwrap_or_else(|_| End::failed("internal"))
}

async fn read(house: &House, job: Job) -> End {
    let (run, stop) = (job.run, job.stop.clone());
    let mut steps = house.seams.upstream.read(job);
    let overdue = overdue(house, stop.clone());
    tokio::pin!(overdue);
    loop {
        let step = tokio::select! {
            biased;
            () = &mut overdue => return stopped(&stop),
            step = steps.next() => step,
        };
        match step {
            Some(Step::Stage(stage)) => house.stage(run, stage),
            Some(Step::Text { section, markdown, patches }) => house.text(run, section, &markdown, patches),
            Some(Step::Thought(thought)) => house.thought(run, thought),
            Some(Step::Note(code)) => house.note(run, code),
            Some(Step::Spent { model, cost }) => house.spent(run, model, cost),
            Some(Step::Done { model, tokens }) => {
                return End { model: Some(model), tokens, ..End::early(AttemptState::Done) };
            }
            Some(Step::Fault { code }) => return End::failed(code),
            None => return stopped(&stop),
        }
    }
}

/// Resolves when an upstream that was told to stop has had its time.
async fn overdue(house: &House, mut stop: Stop) {
    stop.requested().await;
    house.seams.clock.sleep(house.settings.grace).await;
}

/// The end of a run whose upstream said neither `Done` nor `Fault`.
fn stopped(stop: &Stop) -> End {
    stop.state().map_or_else(|| End::failed("cut"), End::early)
}
