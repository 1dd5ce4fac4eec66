use content::{AnswerKey, AttemptId, AttemptState, Section};
use futures::{FutureExt, future::BoxFuture};
use runs::{Begun, End, Store, StoreError, Want};
use storage::{Database, answers};

/// Answers in storage.
pub(super) struct Storage {
    pub(super) db: Database,
}

impl Store for Storage {
    fn begin(&self, key: AnswerKey, want: Want) -> BoxFuture<'static, Result<Begun, StoreError>> {
        let db = self.db.clone();
        let want = match want {
            Want::Any => answers::Want::Any,
            Want::Again => answers::Want::Again,
        };
        async move {
            Ok(match answers::begin(&db, &key, want).await.map_err(wrapped)? {
                answers::Begun::New(run) => Begun::New(run),
                answers::Begun::Stored(run) => Begun::Stored(run),
            })
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

    fn checkpoint(
        &self,
        texts: Vec<(AttemptId, Vec<Section>)>,
    ) -> BoxFuture<'static, Result<(), StoreError>> {
        let db = self.db.clone();
        async move { answers::checkpoint(&db, &texts).await.map_err(wrapped) }.boxed()
    }

    fn end(
        &self,
        run: AttemptId,
        end: End,
        sections: Vec<Section>,
    ) -> BoxFuture<'static, Result<(), StoreError>> {
        let db = self.db.clone();
        let End { state, fault, model, tokens } = end;
        let outcome = answers::Outcome { state, model, tokens, fault, sections };
        async move { answers::end(&db, run, &outcome).await.map_err(wrapped) }.boxed()
    }
}

fn wrapped(error: storage::Error) -> StoreError {
    StoreError(error.into())
}
