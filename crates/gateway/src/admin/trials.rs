//! A model asked for one word, to see whether it replies. It is counted like a reading.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};

/// What came of the last trial of each model, as long as the process runs. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Trials(Arc<Mutex<BTreeMap<String, Trial>>>);

/// A trial, over or not.
#[derive(Debug, Clone)]
pub(crate) struct Trial {
    pub(crate) begun: DateTime<Utc>,
    /// What the model said, or the code of why it did not; nothing while it is waited for.
    pub(crate) came: Option<Result<String, String>>,
}

impl Trials {
    /// One begins, unless one of that model goes on.
    pub(crate) fn begin(&self, model: &str) -> bool {
        let mut trials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if trials.get(model).is_some_and(|trial| trial.came.is_none()) {
            return false;
        }
        trials.insert(model.to_owned(), Trial { begun: Utc::now(), came: None });
        true
    }

    /// It is over.
    pub(crate) fn end(&self, model: &str, came: Result<String, String>) {
        let mut trials = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(trial) = trials.get_mut(model) {
            trial.came = Some(came);
        }
    }

    /// The last one of a model.
    pub(crate) fn of(&self, model: &str) -> Option<Trial> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(model).cloned()
    }
}
