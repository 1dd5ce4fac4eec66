use chrono::NaiveDate;
use content::{Comment, Language, Paper, Post};
use render::{Context, Format, Html, Rendered, Trust};
use search::{Highlighter, Query, Results, Snippet};
use storage::answers::Finished;

use super::facets::language_name;
use crate::{
    app::App,
    exports,
    pages::paper::facts,
    papers,
    posts::{body_of, numbered},
    searches::{About, Document, Documents},
    visit::language::Messages,
};

/// Characters of a snippet.
const SNIPPET: usize = 280;
/// Authors that are named.
const AUTHORS: usize = 12;

/// One result as it is shown.
pub(super) struct Hit {
    pub(super) kind: &'static str,
    /// Whether a machine wrote it.
    pub(super) made: bool,
    pub(super) href: String,
    pub(super) title: Html,
    pub(super) title_language: Language,
    pub(super) day: NaiveDate,
    /// Names and numbers that nobody translates.
    pub(super) names: Vec<String>,
    /// Something said of it in the visitor's language.
    pub(super) fact: Option<String>,
    /// Authors, or what was read.
    pub(super) people: Html,
    pub(super) snippet: Html,
    /// The language of the snippet.
    pub(super) language: Language,
    /// What it is to programs that collect references: the name that unAPI knows, and an OpenURL ContextObject.
    pub(super) unapi: Option<String>,
    pub(super) coins: Option<String>,
}

/// What is needed to show results.
struct View<'a> {
    app: &'a App,
    highlighter: Highlighter,
    context: Context,
    m: Messages,
}

/// The results in their order.
pub(super) fn hits(
    app: &App,
    query: &Query,
    results: &Results,
    documents: &Documents,
    m: Messages,
) -> Vec<Hit> {
    let view = View::of(app, query, m);
    let found = results.hits.iter().filter_map(|hit| documents.get(hit.id));
    found.map(|document| view.hit(document)).collect()
}

/// The title of a result with its words marked, and its language.
pub(super) fn title(app: &App, query: &Query, document: Document<'_>, m: Messages) -> (Html, Language) {
    let view = View::of(app, query, m);
    match document {
        Document::Comment(_, about) => (view.on(about), m.language()),
        Document::Post(post) => (view.marked(&post.title, usize::MAX), post.language),
        document => (view.marked(document.title(), usize::MAX), Language::of(document.title())),
    }
}

impl Hit {
    /// Something in that language, of which nothing else is known yet.
    fn of(language: Language) -> Self {
        Self {
            kind: "",
            made: false,
            href: String::new(),
            title: Html::default(),
            title_language: language,
            day: NaiveDate::default(),
            names: Vec::new(),
            fact: None,
            people: Html::default(),
            snippet: Html::default(),
            language,
            unapi: None,
            coins: None,
        }
    }
}

impl<'a> View<'a> {
    fn of(app: &'a App, query: &Query, m: Messages) -> Self {
        Self { app, highlighter: Highlighter::new(query), context: app.context(), m }
    }

    fn hit(&self, document: Document<'_>) -> Hit {
        let hit = match document {
            Document::Paper(paper) => self.paper(paper),
            Document::Post(post) => self.post(post),
            Document::Comment(comment, about) => self.comment(comment, about),
            Document::Answer(answer, paper) => self.answer(answer, paper),
        };
        match hit.href.is_empty() {
            true => Hit { href: document.address(), ..hit },
            false => hit,
        }
    }

    fn paper(&self, paper: &Paper) -> Hit {
        let record = &paper.shown;
        Hit {
            kind: self.m.kind_paper(),
            title: self.marked(&record.title, usize::MAX),
            day: record.date,
            names: facts(paper),
            people: self.marked(&people(&record.authors, self.m), usize::MAX),
            snippet: self.marked(&record.summary, SNIPPET),
            unapi: Some(exports::unapi_name(paper)),
            coins: Some(cite::coins(&exports::of_paper(self.app, paper))),
            ..Hit::of(Language::of(&record.title))
        }
    }

    fn post(&self, post: &Post) -> Hit {
        let foreign = post.language != self.m.language();
        Hit {
            kind: self.m.kind_post(),
            title: self.marked(&post.title, usize::MAX),
            day: post.published.date_naive(),
            names: vec![post.author.clone()],
            fact: foreign.then(|| self.m.in_language(language_name(post.language, self.m))),
            snippet: self.marked(&text_of(post, &self.context).0, SNIPPET),
            coins: Some(cite::coins(&exports::of_post(self.app, post))),
            ..Hit::of(post.language)
        }
    }

    fn comment(&self, comment: &Comment, about: About<'_>) -> Hit {
        Hit {
            kind: self.m.kind_comment(),
            title: self.on(about),
            title_language: self.m.language(),
            day: comment.created.date_naive(),
            names: vec![comment.author.clone()],
            snippet: self.marked(&self.said(comment, about), SNIPPET),
            ..Hit::of(Language::of(&comment.body))
        }
    }

    /// The section that answers the query best, under its question.
    fn answer(&self, answer: &Finished, paper: &Paper) -> Hit {
        let language = answer.key.language;
        let sections = answer.attempt.sections.iter();
        let snippets: Vec<_> =
            sections.map(|section| self.snippet(&self.plain(&section.markdown, Trust::Answer))).collect();
        let marks = |number: &usize| snippets.get(*number).map_or(0, |snippet| snippet.marks.len());
        // The last of equal ones is the greatest to `max_by_key`; the first is wanted.
        let best = (0..snippets.len()).rev().max_by_key(marks).unwrap_or_default();
        let snippet = snippets.into_iter().nth(best).unwrap_or_default();
        let question = self.app.questions.of(&answer.key).questions.get(best).cloned();
        let (anchor, title) = question.map_or_else(
            || ("ai".into(), self.m.ai_reading().into()),
            |one| (format!("q-{}", one.id), one.title),
        );
        Hit {
            kind: self.m.kind_answer(),
            made: true,
            href: format!("{}?answer={}#{anchor}", papers::address(paper), language.code()),
            title: render::inline(&title, &self.context),
            day: answer.attempt.ended.unwrap_or(answer.attempt.started).date_naive(),
            fact: Some(self.m.answer_on(best + 1, papers::identifier(paper))),
            people: render::inline(&paper.shown.title, &self.context),
            snippet: render::marked(&snippet.text, &snippet.marks, &self.context),
            ..Hit::of(language)
        }
    }

    /// The heading of a comment: what it is about.
    fn on(&self, about: About<'_>) -> Html {
        render::inline(&self.m.comment_on(about.title()), &self.context)
    }

    fn snippet(&self, text: &str) -> Snippet {
        self.highlighter.snippet(text, SNIPPET)
    }

    /// What a comment says; it may name equations of its post.
    fn said(&self, comment: &Comment, about: About<'_>) -> String {
        let context = match about {
            About::Post(post) => text_of(post, &self.context).1,
            About::Paper(_) => self.context.clone(),
        };
        let said = render::render(&comment.body, Format::Markdown, Trust::Comment, &context);
        numbered(&said.text, &context.labels)
    }

    fn plain(&self, markdown: &str, trust: Trust) -> String {
        render::render(markdown, Format::Markdown, trust, &self.context).text
    }

    /// The part of a text that answers the query, its words marked.
    fn marked(&self, text: &str, characters: usize) -> Html {
        let snippet = self.highlighter.snippet(text, characters);
        render::marked(&snippet.text, &snippet.marks, &self.context)
    }
}

/// The text of a post with its numbers, and what others may name of it.
fn text_of(post: &Post, context: &Context) -> (String, Context) {
    let Rendered { text, labels, macros, .. } = body_of(post, context);
    (numbered(&text, &labels), Context { labels, macros, ..context.clone() })
}

/// The first authors, and how many more there are.
fn people(names: &[String], m: Messages) -> String {
    let first = names.iter().take(AUTHORS).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(AUTHORS) {
        0 => first,
        more => m.people_and_more(&(more as u64), first),
    }
}
