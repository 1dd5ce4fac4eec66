use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// The key of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub i64);

/// Somebody with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct User {
    /// The key.
    pub id: UserId,
    /// The name to sign in with.
    pub name: UserName,
    /// The name that they are shown by, if it is another one.
    pub shown: Option<String>,
    /// What they may do.
    pub role: Role,
    /// When the account was made.
    pub created: DateTime<Utc>,
}

/// What a user may do. Each may do what those below it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Keeps what is their own on this site.
    Reader,
    /// Writes posts.
    Author,
    /// Changes everybody's posts, and moderates.
    Editor,
    /// Everything.
    Administrator,
}

/// The name of a user: 2 to 32 lower-case letters, digits and `-`, `_`, `.`, beginning with a letter or digit. Capitals
/// make no other name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct UserName(String);

impl User {
    /// The name that others see.
    pub fn shown(&self) -> &str {
        self.shown.as_deref().unwrap_or(self.name.as_str())
    }
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Author, Self::Editor, Self::Administrator];

    /// The name in storage and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Author => "author",
            Self::Editor => "editor",
            Self::Administrator => "administrator",
        }
    }
}

impl FromStr for Role {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("role", text, "is none of reader, author, editor, administrator");
        Self::ALL.into_iter().find(|role| role.name() == text).ok_or_else(invalid)
    }
}

impl UserName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UserName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_lowercase();
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric());
        if (2..=32).contains(&name.len()) && begins && name.chars().all(fits) {
            return Ok(Self(name));
        }
        Err(Invalid::new("name", text, "is not 2 to 32 letters, digits, hyphens, underscores or dots"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let name = |text: &str| text.parse::<UserName>().ok().map(|name| name.0);
        assert_eq!(name(" Ada.Lovelace "), Some("ada.lovelace".into()));
        assert_eq!(name("x2"), Some("x2".into()));
        for wrong in ["", "a", "-ab", "a b", "a/b", "Émilie", &"a".repeat(33), "a\0b"] {
            assert_eq!(name(wrong), None, "{wrong:?}");
        }
    }
}
