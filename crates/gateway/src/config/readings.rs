use std::path::PathBuf;

use content::{Limit, Limits};
use serde::{Deserialize, Serialize};
use summarizer::Calls;

/// Who may have a paper read, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Readings {
    /// Whether a visitor may start a reading by a configured model, which costs money. The extractive
    /// reader is free and open to all.
    pub visitors_may_start_model: bool,
    /// Whether the extractive reader answers where no model replies.
    pub extractive_last: bool,
    /// `combined`: one call asks all questions. `per-question`: each has a call of its own.
    pub calls: Calls,
    /// A folder with question sets, beside the built-in ones.
    pub questions: Option<PathBuf>,
    /// The set that new readings answer, in its newest version.
    pub question_set: String,
    /// Readings at work at the same time.
    pub parallel: usize,
    /// Readings that may wait for their turn.
    pub queue: usize,
}

/// How much readings by models may cost. What is not set has no bound. Days and months are those of UTC.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// Each visitor without an account, in a day; a network has ten times as much.
    pub visitor: Bound,
    /// Each user, in a day.
    pub user: Bound,
    /// All readings together, in a day.
    pub day: Bound,
    /// All readings together, in a month.
    pub month: Bound,
}

/// A bound in tokens, in money, in both or in none.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bound {
    /// Tokens read and written.
    pub tokens: Option<u64>,
    /// Money, in whatever the prices are in.
    pub money: Option<Money>,
}

/// What a million tokens cost, in whatever the budgets are in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens that the model reads.
    pub input: Money,
    /// Tokens that it has read before; without this, as `input`.
    #[serde(default)]
    pub cached: Option<Money>,
    /// Tokens that it writes, thoughts included.
    pub output: Money,
}

/// An amount that is not negative.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Money(f64);

impl Money {
    /// In millionths.
    pub fn micros(self) -> u64 {
        // A conversion of floats saturates.
        (self.0 * 1e6).round() as u64
    }
}

impl TryFrom<f64> for Money {
    type Error = &'static str;

    fn try_from(amount: f64) -> Result<Self, Self::Error> {
        match amount.is_finite() && amount >= 0.0 {
            true => Ok(Self(amount)),
            false => Err("must be an amount from 0 on"),
        }
    }
}

impl From<Money> for f64 {
    fn from(money: Money) -> Self {
        money.0
    }
}

impl Budget {
    /// The name of the first bound in money.
    pub(super) fn in_money(&self) -> Option<&'static str> {
        let bounds =
            [("visitor", self.visitor), ("user", self.user), ("day", self.day), ("month", self.month)];
        bounds.into_iter().find_map(|(name, bound)| bound.money.map(|_| name))
    }

    /// As storage keeps to them.
    pub fn limits(&self) -> Limits {
        let [visitor, user, day, month] = [self.visitor, self.user, self.day, self.month]
            .map(|bound| Limit { tokens: bound.tokens, micros: bound.money.map(Money::micros) });
        Limits { visitor, user, day, month }
    }
}

impl Default for Readings {
    fn default() -> Self {
        Self {
            visitors_may_start_model: true,
            extractive_last: false,
            calls: Calls::Combined,
            questions: None,
            question_set: "six".into(),
            parallel: 4,
            queue: 100,
        }
    }
}
