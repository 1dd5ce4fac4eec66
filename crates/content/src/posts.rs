use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Invalid, Language};

/// Key of a post, also the number in `/archives/<number>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PostId(pub i64);

/// What a person wrote here. Bodies are stored as written; HTML is only ever a cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// Key and number.
    pub id: PostId,
    /// The address below `/posts/`.
    pub slug: Slug,
    /// Plain text with formulas.
    pub title: String,
    /// The text as written.
    pub body: String,
    /// How to read `body`.
    pub format: Format,
    /// The language it is written in.
    pub language: Language,
    /// The author's name as shown.
    pub author: String,
    /// Categories, broadest first.
    pub categories: Vec<String>,
    /// Tags in the author's order.
    pub tags: Vec<String>,
    /// The slug of the same post in the other language.
    pub translation: Option<Slug>,
    /// When it was or will be public.
    pub published: DateTime<Utc>,
    /// When the text last changed.
    pub updated: DateTime<Utc>,
}

/// How the body of a post is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// CommonMark with GFM's extensions and mathematics.
    Markdown,
    /// HTML kept as imported.
    Html,
}

/// The readable part of a post's address: lower-case letters, digits (of any script) and `-`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Slug(String);

impl Slug {
    /// The most characters a slug may have.
    pub const MAX_CHARS: usize = 120;

    /// The text, fit for a path once percent-encoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = |why| Err(Invalid::new("slug", text, why));
        if text.is_empty() {
            return invalid("is empty");
        }
        if text.chars().count() > Self::MAX_CHARS {
            return invalid("is longer than 120 characters");
        }
        if !text.chars().all(|c| c == '-' || (c.is_alphanumeric() && !c.is_uppercase())) {
            return invalid("may hold lower-case letters, digits and - only");
        }
        Ok(Self(text.to_owned()))
    }
}
