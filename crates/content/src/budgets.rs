use chrono::{DateTime, Utc};

use crate::UserId;

/// What a reading costs, or may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Tokens read and written, thoughts included.
    pub tokens: u64,
    /// Money, in millionths of whatever the prices are in.
    pub micros: u64,
}

/// Who has a paper read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// A hash of the reader's cookie.
    pub visitor: String,
    /// A hash of the network that the request came from.
    pub network: String,
    /// The account, of one who has signed in.
    pub user: Option<UserId>,
}

/// What is set aside before a reading begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    /// Whose budget it is taken from.
    pub payer: Payer,
    /// For what the model is given to read: certain, once it is asked.
    pub read: Cost,
    /// For what the model may write, at the most.
    pub written: Cost,
}

/// How much may be spent in a time; without a number, any amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limit {
    /// Tokens.
    pub tokens: Option<u64>,
    /// Money, in millionths.
    pub micros: Option<u64>,
}

/// How much readings may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Each visitor without an account, in a day.
    pub visitor: Limit,
    /// Each user, in a day.
    pub user: Limit,
    /// All together, in a day.
    pub day: Limit,
    /// All together, in a month.
    pub month: Limit,
}

/// Whose budget, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// One visitor's, for a day.
    Visitor,
    /// One user's, for a day.
    User,
    /// Everybody's, for a day.
    Day,
    /// Everybody's, for a month.
    Month,
}

/// A reading that no budget has room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// Which budget.
    pub scope: Scope,
    /// When it is full again; `None` if even a full one would not do.
    pub resets: Option<DateTime<Utc>>,
}

impl Cost {
    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.saturating_add(other.tokens),
            micros: self.micros.saturating_add(other.micros),
        }
    }
}

impl Charge {
    /// The most that the reading may cost.
    pub fn most(&self) -> Cost {
        self.read.plus(self.written)
    }
}

impl Limit {
    /// Whether a cost is within it.
    pub fn allows(&self, cost: Cost) -> bool {
        self.tokens.is_none_or(|most| cost.tokens <= most)
            && self.micros.is_none_or(|most| cost.micros <= most)
    }
}
