use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Invalid, Language, UserId};

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
    /// The account that it belongs to.
    pub owner: Option<UserId>,
    /// The categories it is in, the chief one first.
    pub categories: Vec<String>,
    /// Tags in the author's order.
    pub tags: Vec<String>,
    /// The slug of the same post in the other language.
    pub translation: Option<Slug>,
    /// When it was or will be public.
    pub published: DateTime<Utc>,
    /// When the text last changed.
    pub updated: DateTime<Utc>,
    /// How many people have read it.
    pub readers: u64,
    /// How it is shown, and to whom.
    pub details: Details,
}

/// What its author decides about a post besides its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Details {
    /// Whether it stands in the lists of posts, or on its own.
    pub kind: PostKind,
    /// Who may read it.
    pub visibility: Visibility,
    /// Whether it stands before newer ones.
    pub pinned: bool,
    /// The series that it is a part of.
    pub series: Option<Series>,
    /// Definitions of macros, as TeX, that its formulas use.
    pub macros: String,
    /// Names and values that its author added, in their order.
    pub fields: Vec<(String, String)>,
    /// The licence, if it is not that of the site.
    pub licence: Option<String>,
    /// Whether something may be said about it.
    pub commenting: bool,
}

impl Default for Details {
    fn default() -> Self {
        Self {
            kind: PostKind::Post,
            visibility: Visibility::Public,
            pinned: false,
            series: None,
            macros: String::new(),
            fields: Vec::new(),
            licence: None,
            commenting: true,
        }
    }
}

impl Details {
    /// Whether lists name it once it is published: a protected post too, without its text.
    pub fn is_listed(&self) -> bool {
        self.kind == PostKind::Post && matches!(self.visibility, Visibility::Public | Visibility::Protected)
    }
}

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PostKind {
    /// In the lists, by its day.
    #[default]
    Post,
    /// On its own, such as what the site is about.
    Page,
}

/// Who may read a post once it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Everybody.
    #[default]
    Public,
    /// Who knows its password. Lists name it; its text is in no list, feed or index.
    Protected,
    /// Its author, and editors.
    Private,
    /// The same: it was taken back, or never published.
    Draft,
}

/// A place in a series.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Series {
    /// The name of the series.
    pub name: String,
    /// Its place there, from 1.
    pub part: u32,
}

impl PostKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Post, Self::Page];

    /// The name in storage and forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Page => "page",
        }
    }
}

impl Visibility {
    /// Every one, the most open first.
    pub const ALL: [Self; 4] = [Self::Public, Self::Protected, Self::Private, Self::Draft];

    /// The name in storage and forms.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Protected => "protected",
            Self::Private => "private",
            Self::Draft => "draft",
        }
    }
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

impl Slug {
    /// A slug for a name or title: what may not be in one becomes `-`. `None` if nothing is left.
    pub fn of(text: &str) -> Option<Self> {
        let fit = |c: char| if c.is_alphanumeric() { c } else { '-' };
        let lower: String = text.to_lowercase().chars().filter(|c| *c != '\'').map(fit).collect();
        let parts: Vec<&str> = lower.split('-').filter(|part| !part.is_empty()).collect();
        let slug: String = parts.join("-").chars().take(Self::MAX_CHARS).collect();
        slug.trim_end_matches('-').parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_of_titles() {
        let check = |title: &str, expected: Option<&str>| {
            assert_eq!(Slug::of(title).as_ref().map(Slug::as_str), expected, "{title:?}");
        };
        check("Newton–Schulz without Tears", Some("newton-schulz-without-tears"));
        check("  Euler's $e^{i\\pi}$ ", Some("eulers-e-i-pi"));
        check("旋转式位置编码：一", Some("旋转式位置编码-一"));
        check("İstanbul", Some("i-stanbul"));
        check("$$", None);
        check(&"a ".repeat(200), Some(&"a-".repeat(60)[..119]));
    }
}
