use std::sync::Arc;

use content::{AnswerKey, AttemptId, AttemptState, Charge, Progress, Section};
use futures::{FutureExt, future::BoxFuture};
use runs::{Begun, End, Store, StoreError, Want};
use storage::{Database, answers};

use crate::{config::Config, metrics::Metrics};

/// Answers in storage.
pub(super) struct Storage {
    pub(super) db: Database,
    pub(super) config: Arc<Config>,
    pub(super) metrics: Metrics,
}

impl Store for Storage {
    fn begin(
        &self,
        key: AnswerKey,
        want: Want,
        charge: Option<Charge>,
    ) -> BoxFuture<'static, Result<Begun, StoreError>> {
        let (db, limits) = (self.db.clone(), self.config.budget.limits());
        async move {
            let charge = charge.as_ref().map(|charge| (charge, &limits));
            answers::begin_within(&db, &key, want, charge).await.map_err(wrapped)
        }
        .boxed()
    }

    fn finished(&self, key: AnswerKey) -> BoxFuture<'static, Result<Option<AttemptId>, StoreError>> {
        let db = self.db.clone();
        async move {
            let attempts = answers::for_key(&db, &key).await.map_err(wrapped)?.map(|answer| answer.attempts);
            let done = attempts.into_iter().flatten().rfind(|attempt| attempt.state == AttemptState::Done);
            Ok(done.map(|attempt| attempt.id))
        }
        .boxed()
    }

    fn checkpoint(&self, progress: Vec<Progress>) -> BoxFuture<'static, Result<(), StoreError>> {
        let db = self.db.clone();
        async move { answers::checkpoint(&db, &progress).await.map_err(wrapped) }.boxed()
    }

    fn end(
        &self,
        run: AttemptId,
        end: End,
        sections: Vec<Section>,
    ) -> BoxFuture<'static, Result<(), StoreError>> {
        let (db, metrics) = (self.db.clone(), self.metrics.clone());
        async move {
            let counted = end.clone();
            let End { state, fault, model, tokens, cost, notes: _ } = end;
            let outcome = answers::Outcome { state, model, tokens, fault, cost, sections };
            answers::end(&db, run, &outcome).await.map_err(wrapped)?;
            metrics.ended(&counted);
            Ok(())
        }
        .boxed()
    }
}

fn wrapped(error: storage::Error) -> StoreError {
    StoreError(error.into())
}
