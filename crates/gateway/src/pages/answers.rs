//! The stored reading of a paper for programs, at the addresses that other tools use. They only read.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use content::{AnswerKey, Attempt, AttemptState, Language, Paper, QuestionSet};
use render::Context;
use serde::Deserialize;
use serde_json::json;
use storage::answers;

use super::reading::{Answered, sections};
use crate::{
    app::App,
    errors::Failure,
    papers::{address, marks::Named},
    texts,
    visit::{Visit, accepts, parameters::Parameters},
};

const MARKDOWN: &str = "text/markdown";

/// In which language.
#[derive(Debug, Deserialize)]
pub(crate) struct InLanguage {
    lang: Option<String>,
}

/// Questions and answers in turn.
#[derive(Template)]
#[template(path = "answers.html")]
struct Fragment {
    language: Language,
    sections: Vec<Answered>,
}

/// `GET` or `POST /arxiv/kimi?paper=`: the reading as a fragment of HTML, as JSON or as Markdown, whichever is wanted;
/// if there is none yet, an empty body, or data that say so. Starting one is another address.
pub(crate) async fn kimi(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    Parameters(named): Parameters<Named>,
    Parameters(asked): Parameters<InLanguage>,
) -> Result<HttpResponse, Failure> {
    let paper = named.find(&app).await?;
    let language = asked.language(&visit);
    let found = answers::latest(&app.db, paper.id, language).await?;
    let found =
        found.filter(|(_, attempt)| attempt.sections.iter().any(|section| !section.markdown.is_empty()));
    let context = texts::context(&app.db, &app.config, &paper).await?;
    let mut response = HttpResponse::Ok();
    Ok(match accepts::instead_of_page(&request, &["application/json", MARKDOWN]) {
        Some(MARKDOWN) => {
            let text =
                found.map(|(key, attempt)| as_markdown(app.questions.of(&key), &attempt)).unwrap_or_default();
            response.content_type("text/markdown; charset=utf-8").body(text)
        }
        Some(_) => response.json(as_json(&app, &paper, language, found.as_ref(), &context)),
        None => {
            let fragment = found.map(|(key, attempt)| {
                Fragment { language, sections: sections(&app, &key, &attempt, &context) }.render()
            });
            response.content_type("text/html; charset=utf-8").body(fragment.transpose()?.unwrap_or_default())
        }
    })
}

/// `GET /arxiv/progress?paper=`: how far the reading is.
pub(crate) async fn progress(
    app: web::Data<App>,
    visit: Visit,
    Parameters(named): Parameters<Named>,
    Parameters(asked): Parameters<InLanguage>,
) -> Result<HttpResponse, Failure> {
    let paper = named.find(&app).await?;
    let language = asked.language(&visit);
    let found = answers::latest(&app.db, paper.id, language).await?;
    let (state, answered) = match &found {
        None => ("none", 0),
        Some((_, attempt)) => {
            let answered = attempt.sections.iter().filter(|section| !section.markdown.is_empty()).count();
            (state(attempt.state), answered)
        }
    };
    let asked = found.as_ref().map_or_else(|| app.questions.now(language), |(key, _)| app.questions.of(key));
    let questions = asked.questions.len();
    Ok(HttpResponse::Ok().json(json!({
        "paper": paper.id.0, "language": language, "state": state, "answered": answered, "questions": questions,
    })))
}

impl InLanguage {
    fn language(&self, visit: &Visit) -> Language {
        self.lang.as_deref().and_then(|lang| lang.parse().ok()).unwrap_or(visit.m.language())
    }
}

fn state(state: AttemptState) -> &'static str {
    match state {
        AttemptState::Running => "running",
        AttemptState::Done => "done",
        AttemptState::Interrupted => "interrupted",
        AttemptState::Failed => "failed",
        AttemptState::Cancelled => "cancelled",
    }
}

fn as_json(
    app: &App,
    paper: &Paper,
    language: Language,
    found: Option<&(AnswerKey, Attempt)>,
    context: &Context,
) -> serde_json::Value {
    let address = format!("{}{}", app.base, address(paper));
    let Some((key, attempt)) = found else {
        return json!({
            "paper": paper.id.0, "address": address, "language": language, "state": "none", "sections": [],
        });
    };
    let markdown = attempt.sections.iter().map(|section| section.markdown.as_str());
    let sections = sections(app, key, attempt, context).into_iter().zip(markdown);
    let sections: Vec<_> = sections
        .map(|(section, markdown)| {
            json!({ "question": section.question, "markdown": markdown, "html": section.html.to_string() })
        })
        .collect();
    json!({
        "paper": paper.id.0,
        "address": address,
        "language": key.language,
        "state": state(attempt.state),
        "model": attempt.model.as_ref().unwrap_or(&key.model),
        "question_set": key.question_set,
        "text_source": attempt.text.map_or(key.text_source.as_str(), |text| text.name()),
        "date": attempt.ended.unwrap_or(attempt.started),
        "sections": sections,
    })
}

/// What a reader takes along: the questions as headings.
fn as_markdown(asked: &QuestionSet, attempt: &Attempt) -> String {
    let answered =
        asked.questions.iter().zip(&attempt.sections).filter(|(_, section)| !section.markdown.is_empty());
    answered
        .map(|(question, section)| format!("## {}\n\n{}\n\n", question.title, section.markdown.trim()))
        .collect()
}
