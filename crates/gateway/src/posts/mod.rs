//! Where posts and lists of them live on this site, and what their texts may refer to. Used by pages, feeds and indexing
//! alike.

use chrono::{DateTime, Datelike, Utc};
use content::{Format, Post, PostKind, Slug};
use render::{Context, Labels, Rendered, Trust};

use crate::papers::escaped;

pub(crate) mod access;
pub(crate) mod citations;
pub(crate) mod linking;
pub(crate) mod menu;
pub(crate) mod reads;
pub(crate) mod rendered;
pub(crate) mod shelves;

/// The address of a post's page.
pub(crate) fn address(slug: &Slug) -> String {
    format!("/posts/{}", escaped(slug.as_str()))
}

/// The address of what stands on its own.
pub(crate) fn page_address(slug: &Slug) -> String {
    format!("/pages/{}", escaped(slug.as_str()))
}

/// The address of a post, or of what stands on its own.
pub(crate) fn address_of(post: &Post) -> String {
    match post.details.kind {
        PostKind::Post => address(&post.slug),
        PostKind::Page => page_address(&post.slug),
    }
}

/// The list of a category, by what its address ends in.
pub(crate) fn category_address(slug: &str) -> String {
    format!("/category/{}", escaped(slug))
}

/// The list of a tag.
pub(crate) fn tag_address(slug: &str) -> String {
    format!("/tag/{}", escaped(slug))
}

/// The parts of a series.
pub(crate) fn series_address(slug: &str) -> String {
    format!("/series/{}", escaped(slug))
}

/// The posts of an author.
pub(crate) fn author_address(name: &str) -> String {
    format!("/author/{}", escaped(name))
}

/// The posts of a month.
pub(crate) fn month_address(year: i32, month: u32) -> String {
    format!("/{year:04}/{month:02}")
}

/// When a post last changed for its readers: never before it was there.
pub(crate) fn changed(post: &Post) -> DateTime<Utc> {
    post.updated.max(post.published)
}

/// The first moment of a month, and that of the next one.
pub(crate) fn month(year: i32, month: u32) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let first = chrono::NaiveDate::from_ymd_opt(year, month, 1)?;
    let next = first.checked_add_months(chrono::Months::new(1))?;
    let begins = |day: chrono::NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    (first.year() >= 1900).then(|| (begins(first), begins(next)))
}

/// The body of a post, rendered with an author's trust.
pub(crate) fn body_of(post: &Post, context: &Context) -> Rendered {
    render::render(&post.body, format_of(post), Trust::Post, &with_macros(post, context))
}

/// The beginning of a post, with the numbers of the whole.
pub(crate) fn teaser_of(post: &Post, context: &Context) -> Rendered {
    render::teaser(&post.body, format_of(post), &with_macros(post, context))
}

/// What a post may refer to: its own macros as well.
fn with_macros(post: &Post, context: &Context) -> Context {
    let mut context = context.clone();
    if !post.details.macros.is_empty() {
        context.macros.read(&post.details.macros);
        context.macros = context.macros.afresh();
    }
    context
}

fn format_of(post: &Post) -> render::Format {
    match post.format {
        Format::Markdown => render::Format::Markdown,
        Format::Html => render::Format::Html,
    }
}

/// Plain text with the numbers that its references stand for: a reader cannot read `\eqref{label}`.
pub(crate) fn numbered(text: &str, labels: &Labels) -> String {
    labels.iter().fold(text.to_owned(), |text, (label, number)| {
        text.replace(&format!(r"\eqref{{{label}}}"), &format!("({number})"))
    })
}

/// Words of Latin script plus Chinese characters, as both kinds of readers count.
pub(crate) fn length(text: &str) -> u64 {
    let han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let characters = text.chars().filter(|c| han(*c)).count();
    let words =
        text.split(|c: char| c.is_whitespace() || han(c)).filter(|word| word.contains(char::is_alphanumeric));
    (characters + words.count()) as u64
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    #[test]
    fn months() {
        let text = |year, number| month(year, number).map(|(from, to)| format!("{from:?} {to:?}"));
        assert_eq!(text(2026, 12).as_deref(), Some("2026-12-01T00:00:00Z 2027-01-01T00:00:00Z"));
        assert_eq!((text(2026, 13), text(0, 1), text(999_999, 1)), (None, None, None));
    }

    #[test]
    fn macros_of_a_post_are_its_own() {
        let mut post = crate::posts::tests::post("$\\half$");
        post.details.macros = r"\newcommand{\half}{\frac12}".into();
        let html = body_of(&post, &Context::default()).html;
        assert!(html.as_str().contains(r#"data-expanded="\frac12""#), "{html:?}");
        post.details.macros.clear();
        assert!(!body_of(&post, &Context::default()).html.as_str().contains("frac"));
    }

    pub(crate) fn post(body: &str) -> Post {
        Post {
            id: content::PostId(1),
            slug: "one".parse().expect("a slug"),
            title: "One".into(),
            body: body.into(),
            format: Format::Markdown,
            language: content::Language::En,
            author: "Ada".into(),
            owner: None,
            categories: Vec::new(),
            tags: Vec::new(),
            translation: None,
            published: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
            readers: 0,
            details: content::Details::default(),
        }
    }
}
