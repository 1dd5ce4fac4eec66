use content::{Charge, Cost, Payer};
use summarizer::{Assignment, Estimate, Model, Summarizer, Usage};

use crate::config::{Config, Money, Price};

/// Who can read, in the order in which they are asked. Clones share what is known of the models' servers.
#[derive(Clone)]
pub(crate) struct Summarizers {
    models: Vec<(Model, Price)>,
    extractive_last: bool,
}

impl Summarizers {
    pub(crate) fn new(config: &Config) -> Self {
        let models = config.models.iter().map(|model| (model.into(), model.price));
        Self { models: models.collect(), extractive_last: config.readings.extractive_last }
    }

    /// The model that is asked for new readings.
    pub(super) fn first(&self) -> Option<&str> {
        self.models.first().map(|(model, _)| model.name.as_str())
    }

    /// Whether a reading that is asked of a model now would be the embedded reader's, without a call.
    pub(super) fn are_asleep(&self) -> bool {
        self.extractive_last && self.models.iter().all(|(model, _)| model.breaker.is_open())
    }

    /// The reader of that name and those who are asked if it does not reply; `None` if it is not configured any more.
    pub(super) fn from(&self, name: &str) -> Option<Vec<Summarizer>> {
        if name == summarizer::EXTRACTIVE {
            return Some(vec![Summarizer::Extractive]);
        }
        let first = self.models.iter().position(|(model, _)| model.name == name)?;
        let models = self.models[first..].iter().map(|(model, _)| Summarizer::Model(Box::new(model.clone())));
        Some(models.chain(self.extractive_last.then_some(Summarizer::Extractive)).collect())
    }

    /// The most that a reading may cost that this model is asked for, whichever replies; nothing without a model.
    pub(super) fn charge(&self, name: &str, assignment: &Assignment<'_>, payer: Payer) -> Option<Charge> {
        let first = self.models.iter().position(|(model, _)| model.name == name)?;
        let mut charge = Charge { payer, read: Cost::default(), written: Cost::default() };
        for (model, price) in &self.models[first..] {
            let Estimate { read, written } = summarizer::estimate(model, assignment);
            charge.read = most(charge.read, price.of(Usage { read, ..Usage::default() }));
            charge.written = most(charge.written, price.of(Usage { written, ..Usage::default() }));
        }
        Some(charge)
    }

    /// The model of that name.
    pub(super) fn model(&self, name: &str) -> Option<Model> {
        self.models.iter().find(|(model, _)| model.name == name).map(|(model, _)| model.clone())
    }

    /// The most that a call to this model alone may cost.
    pub(super) fn charge_alone(&self, model: &Model, assignment: &Assignment<'_>, payer: Payer) -> Charge {
        let Estimate { read, written } = summarizer::estimate(model, assignment);
        let cost = |usage| self.cost(&model.name, usage);
        Charge {
            payer,
            read: cost(Usage { read, ..Usage::default() }),
            written: cost(Usage { written, ..Usage::default() }),
        }
    }

    /// What a call to a model costs.
    pub(super) fn cost(&self, name: &str, usage: Usage) -> Cost {
        let price = self.models.iter().find(|(model, _)| model.name == name).map(|(_, price)| *price);
        price.unwrap_or_default().of(usage)
    }

    /// The models, and whether the server of each is left alone for a while.
    pub(crate) fn resting(&self) -> impl Iterator<Item = (&str, bool)> {
        self.models.iter().map(|(model, _)| (model.name.as_str(), model.breaker.is_open()))
    }
}

impl Price {
    fn of(self, usage: Usage) -> Cost {
        // A price for a million tokens is, in millionths, that for one.
        let micros = |tokens: u64, price: Money| {
            u128::from(tokens).saturating_mul(u128::from(price.micros())) / 1_000_000
        };
        let cached = usage.cached.min(usage.read);
        let fresh = micros(usage.read - cached, self.input);
        let money =
            fresh + micros(cached, self.cached.unwrap_or(self.input)) + micros(usage.written, self.output);
        Cost {
            tokens: usage.read.saturating_add(usage.written),
            micros: u64::try_from(money).unwrap_or(u64::MAX),
        }
    }
}

fn most(one: Cost, other: Cost) -> Cost {
    Cost { tokens: one.tokens.max(other.tokens), micros: one.micros.max(other.micros) }
}
