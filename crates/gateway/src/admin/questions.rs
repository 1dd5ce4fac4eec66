//! `/admin/questions`: the question sets of the site, which of them is asked, and what comes of one.

use actix_web::web;
use askama::Template;
use content::{Language, PaperId, QuestionSet};
use futures::StreamExt as _;
use serde::Deserialize;
use storage::papers;
use summarizer::{Assignment, Piece};

use super::{Desk, Section, Told, record, said};
use crate::{
    accounts::Administrator,
    app::App,
    errors::Failure,
    live,
    pages::{Frame, Page, Place, private, see_other},
    papers::{lists, reading_address},
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "admin/questions.html")]
struct ListPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    sets: Vec<Line>,
    folder: Option<String>,
}

/// A set in one language and version.
struct Line {
    tag: String,
    language: Language,
    questions: usize,
    /// It is what new readings answer.
    asked: bool,
}

#[derive(Template)]
#[template(path = "admin/question-set.html")]
struct SetPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    tag: String,
    language: Language,
    questions: Vec<Asked>,
    readers: Vec<String>,
    paper: String,
    tried: bool,
}

/// A question, and what the extractive reader answered as HTML.
struct Asked {
    title: String,
    prompt: String,
    answer: Option<render::Html>,
}

/// What a set is tried on, and by whom.
#[derive(Deserialize)]
pub(super) struct Try {
    paper: String,
    reader: String,
}

/// `GET /admin/questions`
pub(super) async fn list(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    told: web::Query<Told>,
) -> Page {
    let line = |(language, set): &(Language, QuestionSet)| Line {
        tag: set.tag(),
        language: *language,
        questions: set.questions.len(),
        asked: app.questions.now(*language).tag() == set.tag(),
    };
    let sets = app.questions.sets().map(line).collect();
    let folder = app.config.readings.questions.as_ref().map(|folder| folder.display().to_string());
    let desk = Desk::new(&visit, Section::Questions, None).told(&told);
    private(&visit, &ListPage { frame: desk.frame(&app, &visit), m: visit.m, desk, sets, folder })
}

/// `POST /admin/questions/reload`: reads the operator's folder again.
pub(super) async fn reload(app: web::Data<App>, visit: Visit, admin: Administrator) -> Page {
    match app.questions.reload(&app.config.readings) {
        Ok(()) => {
            record(&app, &admin.0, "questions.reload", "", "").await?;
            app.pages.forget();
            Ok(said("/admin/questions", "done=1"))
        }
        Err(error) => {
            let desk = Desk::new(&visit, Section::Questions, None);
            let desk = desk.refused(Some(format!("{error:#}")));
            private(
                &visit,
                &ListPage {
                    frame: desk.frame(&app, &visit),
                    m: visit.m,
                    desk,
                    sets: Vec::new(),
                    folder: None,
                },
            )
        }
    }
}

/// `GET /admin/questions/{tag}/{language}`
pub(super) async fn one(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    path: web::Path<(String, Language)>,
    told: web::Query<Told>,
) -> Page {
    let (tag, language) = path.into_inner();
    let set = app.questions.tagged(&tag, language).ok_or(Failure::NotFound)?;
    set_page(&app, &visit, set, language, &told, String::new(), None)
}

/// `POST /admin/questions/{tag}/{language}/try`: has the set answered about a stored paper. The extractive reader's
/// answers are shown and not kept; those of a model are a reading like any other, and cost as much.
pub(super) async fn try_on(
    app: web::Data<App>,
    visit: Visit,
    admin: Administrator,
    path: web::Path<(String, Language)>,
    wanted: web::Form<Try>,
) -> Page {
    let (tag, language) = path.into_inner();
    let set = app.questions.tagged(&tag, language).ok_or(Failure::NotFound)?;
    let name = wanted.paper.trim();
    let found = match name.parse() {
        Ok(key) => papers::by_id(&app.db, PaperId(key)).await?,
        Err(_) => lists::paper(&app.db, name).await?,
    };
    let Some(paper) = found else {
        return Ok(said(&address(&tag, language), "fault=paper"));
    };
    record(&app, &admin.0, "questions.try", &tag, &format!("{} by {}", paper.id.0, wanted.reader)).await?;
    if wanted.reader != summarizer::EXTRACTIVE {
        live::try_questions(&app, admin.0.id, &paper, set, language, &wanted.reader).await?;
        return Ok(see_other(&reading_address(&paper, language)));
    }
    let text = app.texts.wanted(&paper).await?.likely;
    let assignment = Assignment::new(&paper.shown, &text, set, language);
    let mut answers = vec![String::new(); set.questions.len()];
    let mut pieces = summarizer::read(&[summarizer::Summarizer::Extractive], &assignment);
    while let Some(piece) = pieces.next().await {
        if let Ok(Piece::Text { section, markdown }) = piece
            && let Some(answer) = answers.get_mut(section)
        {
            answer.push_str(&markdown);
        }
    }
    let context = crate::texts::context(&app.db, &app.config, &paper).await?;
    let html = answers.iter().enumerate().map(|(place, answer)| {
        let context = render::Context { prefix: format!("a{place}-"), ..context.clone() };
        render::render(answer, render::Format::Markdown, render::Trust::Answer, &context).html
    });
    set_page(&app, &visit, set, language, &Told::default(), name.to_owned(), Some(html.collect()))
}

fn set_page(
    app: &App,
    visit: &Visit,
    set: &QuestionSet,
    language: Language,
    told: &Told,
    paper: String,
    answers: Option<Vec<render::Html>>,
) -> Page {
    let tried = answers.is_some();
    let mut answers = answers.unwrap_or_default().into_iter();
    let asked = |question: &content::Question| Asked {
        title: question.title.clone(),
        prompt: question.prompt.clone(),
        answer: answers.next(),
    };
    let models = app.config.models.iter().map(|model| model.name.clone());
    let desk = Desk::new(visit, Section::Questions, Some(&set.tag())).told(told);
    let page = SetPage {
        frame: desk.frame(app, visit),
        m: visit.m,
        desk,
        tag: set.tag(),
        language,
        questions: set.questions.iter().map(asked).collect(),
        readers: [summarizer::EXTRACTIVE.to_owned()].into_iter().chain(models).collect(),
        paper,
        tried,
    };
    private(visit, &page)
}

fn address(tag: &str, language: Language) -> String {
    format!("/admin/questions/{tag}/{language}")
}
