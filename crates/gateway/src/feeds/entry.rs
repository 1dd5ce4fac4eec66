use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use content::{Language, Paper, Post, RecordKey};

use super::answer::absolute;
use crate::{
    app::App,
    papers::{address, escaped},
    posts::{
        address_of, changed,
        citations::{Reference, Works},
    },
};

/// One thing in a feed. Texts hold nothing that XML has no place for.
pub(crate) struct Entry {
    /// Never changes, whatever becomes of the thing's address.
    pub(super) id: String,
    /// The absolute address of its page.
    pub(super) page: String,
    /// As HTML, formulas in their elements.
    pub(super) title: String,
    /// As plain text, formulas as TeX.
    pub(super) title_text: String,
    /// As HTML, formulas as MathML.
    pub(super) body: String,
    pub(super) language: Language,
    pub(super) authors: Vec<String>,
    pub(super) categories: Vec<String>,
    pub(super) published: DateTime<FixedOffset>,
    pub(super) updated: DateTime<FixedOffset>,
}

/// A post with the works that it cites. Of one that needs a password there is the title alone.
pub(crate) fn of_post(app: &App, post: &Post, cited: &Works) -> Entry {
    let page = absolute(app, &address_of(post));
    let body = app.renderings.body(post, &cited.context_elsewhere(app, &page));
    Entry {
        id: app.identity.urn(&format!("posts/{}", post.id.0)),
        page,
        title: legal(render::inline(&post.title, &app.context()).as_str()),
        title_text: cite::plain(&post.title),
        body: legal(&(render::with_mathml(body.html.as_str()) + &references(app, cited, &body.citations))),
        language: post.language,
        authors: vec![legal(&post.author)],
        categories: post.tags.iter().map(|tag| legal(tag)).collect(),
        published: post.published.fixed_offset(),
        updated: changed(post).fixed_offset(),
    }
}

/// The works that a text cites, as a list below it: in a feed nothing else names them.
fn references(app: &App, cited: &Works, keys: &[String]) -> String {
    let one = |reference: Reference| {
        let own = reference.href.starts_with('/');
        let href = if own { absolute(app, &reference.href) } else { reference.href };
        let (href, label) = (escape(&href), escape(&reference.label));
        format!("<li><a href=\"{href}\">{label}</a> {}</li>", reference.html.as_str())
    };
    let list: String = cited.references(keys).into_iter().map(one).collect();
    if list.is_empty() { list } else { format!("<ul>{list}</ul>") }
}

fn escape(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html)
        .map_or_else(|_| String::new(), |safe| safe.to_string())
}

pub(crate) fn of_paper(app: &App, paper: &Paper) -> Entry {
    let record = &paper.shown;
    let summary = render::inline(&record.summary, &app.context());
    Entry {
        id: paper_id(paper),
        page: absolute(app, &address(paper)),
        title: legal(render::inline(&record.title, &app.context()).as_str()),
        title_text: cite::plain(&record.title),
        body: legal(&render::with_mathml(summary.as_str())),
        language: Language::of(&record.title),
        authors: record.authors.iter().map(|name| legal(name)).collect(),
        categories: record.categories.clone(),
        published: noon(record.date).fixed_offset(),
        updated: noon(record.changed()).fixed_offset(),
    }
}

/// What the paper was made for, as a URI, so that it is the same on every site, under every address, and for all versions:
/// it stays when another record comes to be shown. `oai:arXiv.org:2401.00001` is arXiv's own.
fn paper_id(paper: &Paper) -> String {
    let (source, id) = &paper.made_for;
    let source = if source == RecordKey::ARXIV { "arXiv.org" } else { source };
    format!("oai:{source}:{}", escaped(id).replace("%2F", "/"))
}

/// A text without what XML has no place for.
pub(super) fn legal(text: &str) -> String {
    let misplaced =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    text.replace(misplaced, " ")
}

/// A day has no time of its own; noon is that day in most of the world. What a list dates in the future is of today.
fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.min(Utc::now().date_naive()).and_time(NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default()).and_utc()
}
