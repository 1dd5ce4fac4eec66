use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use actix_web::{Either, HttpResponse, web};
use chrono::Utc;
use content::{Manuscript, Post, PostId};
use render::{Rendered, Warning, WarningKind};
use serde::Serialize;

use super::form::Form;
use crate::{
    accounts::Writer,
    app::App,
    errors::Failure,
    pages::{self, Page},
    posts::{body_of, citations::Works, length as words_in},
    visit::{Visit, language::Messages},
};

/// What a preview is made of, in its order, and what the browser lacks of it.
#[derive(Serialize)]
struct Preview {
    blocks: Vec<Block>,
    warnings: Vec<Told>,
    /// Words and formulas, as a sentence.
    length: String,
}

/// A top-level element of the text.
#[derive(Serialize)]
struct Block {
    /// The same for the same HTML, for as long as the server runs.
    key: String,
    /// The line of the text at which it begins.
    line: usize,
    /// For a browser that has no block of that key.
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

/// Something that the author should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    /// From 1.
    pub(super) line: usize,
    /// Where it is in the text, in UTF-16 code units.
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) sentence: String,
    /// The place itself.
    pub(super) text: String,
}

/// `POST /write/{id}/preview`: the text as readers would see it, of which the browser gets what it has not.
pub(super) async fn preview(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    id: web::Path<String>,
    form: Either<web::Json<Form>, web::Form<Form>>,
) -> Page {
    let form = Form::sent(form);
    let kept = super::working(&app, &writer.0, &id).await?.text;
    let have: HashSet<String> = form.have.iter().cloned().collect();
    let (text, _) = form.manuscript(&kept);
    let (text, rendered) = rendered(&app, text).await?;
    let parts = rendered.elements();
    let mut sent = have;
    let block = |part: &render::Element<'_>| {
        let key = key(part.html);
        let html = sent.insert(key.clone()).then(|| part.html.to_owned());
        Block { key, line: part.line, html }
    };
    let answer = Preview {
        blocks: parts.iter().map(block).collect(),
        warnings: told(&rendered, &text.body, visit.m),
        length: length(&rendered, visit.m),
    };
    Ok(pages::unkept(HttpResponse::Ok().json(answer)))
}

/// The body of a manuscript as its readers would see it.
pub(super) async fn rendered(app: &App, text: Manuscript) -> Result<(Post, Rendered), Failure> {
    let post = as_post(text);
    let context = Works::of(app, &post.body).await?.context(app.context());
    let rendered = web::block(move || {
        let rendered = body_of(&post, &context);
        (post, rendered)
    });
    Ok(rendered.await?)
}

/// A manuscript as the post that it would be.
pub(super) fn as_post(text: Manuscript) -> Post {
    let slug = text.address().or_else(|| content::Slug::of("draft")).expect("a slug");
    Post {
        id: PostId(0),
        slug,
        title: text.title,
        body: text.body,
        format: text.format,
        language: text.language,
        author: text.author,
        owner: None,
        categories: text.categories,
        tags: text.tags,
        translation: text.translation.parse().ok(),
        published: text.published.unwrap_or_else(Utc::now),
        updated: Utc::now(),
        readers: 0,
        details: text.details,
    }
}

/// How long a text is, in words.
pub(super) fn length(rendered: &Rendered, m: Messages) -> String {
    let formulas = m.write_formulas(&(rendered.formulas.len() as u64));
    m.write_length(formulas, m.words_count(&words_in(&rendered.text)))
}

/// What the author of a text should look at, in sentences.
pub(super) fn told(rendered: &Rendered, body: &str, m: Messages) -> Vec<Told> {
    let (mut line, mut units, mut at) = (1, 0, 0);
    let tell = |warning: &Warning| {
        let (start, end) = (warning.range.start.min(body.len()), warning.range.end.min(body.len()));
        let between = &body[at.min(start)..start];
        line += between.matches('\n').count();
        units += between.encode_utf16().count();
        at = start;
        let text = &body[start..end];
        Told {
            line,
            from: units,
            to: units + text.encode_utf16().count(),
            sentence: sentence(&warning.kind, m),
            text: text.lines().next().unwrap_or_default().to_owned(),
        }
    };
    rendered.warnings.iter().map(tell).collect()
}

fn sentence(kind: &WarningKind, m: Messages) -> String {
    match kind {
        WarningKind::UnknownLabel { label } => m.warn_unknown_label(label),
        WarningKind::RepeatedLabel { label } => m.warn_repeated_label(label),
        WarningKind::RefusedFormula { .. } => m.warn_refused_formula().to_owned(),
        WarningKind::UnknownCitation { key } => m.warn_unknown_citation(key),
        WarningKind::UnclosedFormula => m.warn_unclosed_formula().to_owned(),
    }
}

fn key(html: &str) -> String {
    let mut hasher = DefaultHasher::new();
    html.hash(&mut hasher);
    format!("{:x}", hasher.finish())
}
