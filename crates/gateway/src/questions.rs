//! The questions that readings answer: now, and at the time of an answer that is stored.

use anyhow::{Context as _, bail};
use content::{AnswerKey, Language, QuestionSet};
use summarizer::QuestionSets;

use crate::config::{Readings, newest::Newest};

/// Every question set of the site.
pub(crate) struct Questions {
    sets: Newest<QuestionSets>,
    /// The set that new readings answer.
    name: String,
}

impl Questions {
    /// The built-in sets and those in the operator's folder.
    pub(crate) fn open(config: &Readings) -> anyhow::Result<Self> {
        Ok(Self { sets: Newest::new(sets(config)?), name: config.question_set.clone() })
    }

    /// Reads the operator's folder again. If there is something wrong in it, everything stays as it was.
    pub(crate) fn reload(&self, config: &Readings) -> anyhow::Result<()> {
        self.sets.replace(sets(config)?);
        Ok(())
    }

    /// All sets, each in one language and one version.
    pub(crate) fn sets(&self) -> impl Iterator<Item = &(Language, QuestionSet)> {
        self.sets.each()
    }

    /// The set of that tag in a language.
    pub(crate) fn tagged(&self, tag: &str, language: Language) -> Option<&QuestionSet> {
        self.sets.tagged(tag, language)
    }

    /// What a new reading in this language answers. A set that does not speak it gives way to the built-in one.
    pub(crate) fn now(&self, language: Language) -> &QuestionSet {
        let own = self.sets.newest(&self.name, language);
        own.or_else(|| self.sets.newest("six", language))
            .expect("the built-in set is there in every language")
    }

    /// What an answer answers. A version that is gone is shown under the questions of today.
    pub(crate) fn of(&self, key: &AnswerKey) -> &QuestionSet {
        self.sets.tagged(&key.question_set, key.language).unwrap_or_else(|| self.now(key.language))
    }
}

fn sets(config: &Readings) -> anyhow::Result<QuestionSets> {
    let mut sets = QuestionSets::embedded();
    if let Some(folder) = &config.questions {
        sets = sets.read_folder(folder).context("readings.questions")?;
    }
    let name = &config.question_set;
    if ![Language::En, Language::Zh].iter().any(|language| sets.newest(name, *language).is_some()) {
        let tags: Vec<_> = sets.tags().map(|(tag, language)| format!("{tag} ({language})")).collect();
        bail!("readings.question_set: there is no set {name:?}, only {}", tags.join(", "));
    }
    Ok(sets)
}
