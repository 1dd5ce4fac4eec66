use content::{AnswerKey, AttemptId, Section};
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
        async move {
            let begun = match want {
                Want::Any => answers::begin(&db, &key).await,
                Want::Again => answers::begin_again(&db, &key).await,
            };
            let begun = begun.map_err(wrapped)?;
            Ok(if begun.new { Begun::New(begun.attempt) } else { Begun::Stored(begun.attempt) })
        }
        .boxed()
    }

    fn checkpoint(&self, texts: Vec<(AttemptId, Vec<Section>)>) -> BoxFuture<'static, Result<(), StoreError>> {
        let db = self.db.clone();
        async move { answers::checkpoint(&db, &texts).await.map_err(wrapped) }.boxed()
    }

    fn end(&self, run: AttemptId, end: End, sections: Vec<Section>) -> BoxFuture<'static, Result<(), StoreError>> {
        let db = self.db.clone();
        let ending = answers::Ending {
            state: end.state,
            model: end.model,
            tokens: end.tokens,
            fault: end.fault,
            sections,
        };
        async move { answers::end(&db, run, &ending).await.map_err(wrapped) }.boxed()
    }
}

fn wrapped(error: storage::Error) -> StoreError {
    StoreError(error.into())
}
