use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Details, Format, Language, Post, Slug};

/// Key of what is being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DraftId(pub i64);

/// A post as it is being written: what it says need not be valid yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Manuscript {
    /// Plain text with formulas.
    pub title: String,
    /// The address that is wished for; without one it is made of the title.
    pub slug: String,
    /// The text as written.
    pub body: String,
    /// How to read `body`.
    pub format: Format,
    /// The language it is written in.
    pub language: Language,
    /// The author's name as shown.
    pub author: String,
    /// The categories it is in, the chief one first.
    pub categories: Vec<String>,
    /// Tags in the author's order.
    pub tags: Vec<String>,
    /// The address of the same post in the other language, if there is one.
    pub translation: String,
    /// When it is to be public; without a moment, when it is published.
    pub published: Option<DateTime<Utc>>,
    /// How it is shown, and to whom.
    pub details: Details,
    /// What opens it if it is protected, as it is kept.
    pub password_hash: Option<String>,
}

impl Default for Manuscript {
    fn default() -> Self {
        Self {
            title: String::new(),
            slug: String::new(),
            body: String::new(),
            format: Format::Markdown,
            language: Language::En,
            author: String::new(),
            categories: Vec::new(),
            tags: Vec::new(),
            translation: String::new(),
            published: None,
            details: Details::default(),
            password_hash: None,
        }
    }
}

impl Manuscript {
    /// The address that the post will have, if the wish or the title can be one.
    pub fn address(&self) -> Option<Slug> {
        match self.slug.trim() {
            "" => Slug::of(&self.title),
            wish => wish.parse().ok().or_else(|| Slug::of(wish)),
        }
    }

    /// A post as somebody begins to change it.
    pub fn of(post: Post, password_hash: Option<String>) -> Self {
        Self {
            title: post.title,
            slug: post.slug.to_string(),
            body: post.body,
            format: post.format,
            language: post.language,
            author: post.author,
            categories: post.categories,
            tags: post.tags,
            translation: post.translation.map(|slug| slug.to_string()).unwrap_or_default(),
            published: Some(post.published),
            details: post.details,
            password_hash,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_wished_for_or_made_of_titles() {
        let check = |slug: &str, title: &str, expected: Option<&str>| {
            let text = Manuscript { slug: slug.into(), title: title.into(), ..Manuscript::default() };
            assert_eq!(text.address().as_ref().map(Slug::as_str), expected, "{slug:?} {title:?}");
        };
        check("", "On $x_1$", Some("on-x-1"));
        check("  mine ", "On $x_1$", Some("mine"));
        check("My Wish!", "On $x_1$", Some("my-wish"));
        check("", "…", None);
    }

    #[test]
    fn what_an_earlier_version_kept_is_read() {
        let text: Manuscript = serde_json::from_str(r#"{"title": "A"}"#).expect("readable");
        assert_eq!(text, Manuscript { title: "A".into(), ..Manuscript::default() });
    }
}
