use actix_web::{HttpRequest, HttpResponse, http::StatusCode, web};
use content::{AnswerKey, AttemptId, Language, Paper, PaperId, Question, Received, UserId};
use runs::{Ask, Error, Priority, Stopped, Want};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::{answers, papers};
use summarizer::Assignment;

use super::key;
use crate::{
    accounts::SignedIn,
    app::App,
    errors::Failure,
    papers::{marks, reading_address},
    visit::{
        Visit, accepts,
        reader::{self, Acting},
    },
};

/// What the form of a reading says.
#[derive(Debug, Deserialize)]
pub(super) struct ReadingForm {
    lang: Option<String>,
    again: Option<String>,
    #[serde(rename = "continue")]
    on: Option<String>,
    /// `model`: even if its server is left alone for a while.
    ask: Option<String>,
}

/// What a page must know to show a reading.
#[derive(Debug, Serialize)]
struct Started {
    run: i64,
    attempt: i64,
    at: String,
    live: String,
    stop: String,
    page: String,
    language: Language,
    model: String,
    sections: Vec<Asking>,
}

/// A question without what the model is told about it.
#[derive(Debug, Serialize)]
struct Asking {
    id: String,
    title: String,
}

/// `POST /papers/{id}/readings`: has a paper read, or joins those who do.
pub(super) async fn start(
    app: web::Data<App>,
    visit: Visit,
    signed_in: SignedIn,
    request: HttpRequest,
    id: web::Path<i64>,
    form: web::Form<ReadingForm>,
) -> Result<HttpResponse, Failure> {
    let language = form.language(&visit)?;
    let paper = papers::by_id(&app.db, PaperId(*id)).await?.ok_or(Failure::NotFound)?;
    let text = app.texts.wanted(&paper).await?;
    let questions = app.questions.now(language);
    let (acting, user) = (Acting::of(&request, &app), signed_in.0.map(|user| user.id));
    let key = key(&paper, &text, language, form.model(&app, user), questions);
    let received = form.received(&app, &key).await?;
    let assignment = Assignment::new(&paper.shown, &text.likely, questions, language);
    let assignment = Assignment { calls: app.config.readings.calls, received: &received, ..assignment };
    let ask = Ask {
        want: form.want(),
        priority: if user.is_some() { Priority::User } else { Priority::Visitor },
        charge: app.live.summarizers.charge(&key.model, &assignment, acting.payer(user)),
        ..Ask::new(key.clone(), questions.questions.len(), acting.live())
    };
    let started = app.live.runs.start(ask).await.map_err(|error| refused(&app, error))?;
    marks::reading(&app, &acting, paper.id).await?;
    app.pages.forget();
    let response = if accepts::wants_json(&request) {
        let status = if started.stored { StatusCode::OK } else { StatusCode::ACCEPTED };
        let at = app.live.position(started.run);
        HttpResponse::build(status).json(Started {
            run: started.run.0,
            attempt: started.run.0,
            live: format!("/live?at={at}"),
            at,
            stop: format!("/readings/{}/stop", started.run.0),
            page: reading_address(&paper, language),
            language,
            model: key.model,
            sections: questions.questions.iter().map(Asking::of).collect(),
        })
    } else {
        see_other(&paper, language)
    };
    acting.answered(response)
}

impl ReadingForm {
    fn language(&self, visit: &Visit) -> Result<Language, Failure> {
        match self.lang.as_deref() {
            None | Some("") => Ok(visit.m.language()),
            Some(given) => {
                given.parse().map_err(|_| Failure::BadRequest(format!("{given:?} is no language of answers")))
            }
        }
    }

    /// Who reads: the first model for those who may use it. While the servers of all are left alone it is the embedded
    /// reader at once, if that is the last in the list.
    fn model<'a>(&self, app: &'a App, user: Option<UserId>) -> &'a str {
        let may = user.is_some() || app.config.readings.visitors_may_start_model;
        let insists = self.ask.as_deref() == Some("model");
        let models = &app.live.summarizers;
        models.first().filter(|_| may && (insists || !models.are_asleep())).unwrap_or(summarizer::EXTRACTIVE)
    }

    /// What the reading would go on from: it is a part of the prompt, and so of the price.
    async fn received(&self, app: &App, key: &AnswerKey) -> Result<Received, Failure> {
        Ok(match self.want() {
            Want::Continue => answers::left(&app.db, key).await?,
            Want::Any | Want::Again => Received::default(),
        })
    }

    fn want(&self) -> Want {
        match (self.again.as_deref(), self.on.as_deref()) {
            (Some("1"), _) => Want::Again,
            (_, Some("1")) => Want::Continue,
            _ => Want::Any,
        }
    }
}

impl Asking {
    fn of(question: &Question) -> Self {
        Self { id: question.id.clone(), title: question.title.clone() }
    }
}

pub(super) fn refused(app: &App, error: Error) -> Failure {
    match error {
        Error::Busy { .. } => {
            app.metrics.refused("queue");
            Failure::QueueFull
        }
        Error::OverBudget(refusal) => {
            app.metrics.refused("budget");
            Failure::OverBudget(refusal)
        }
        Error::Closed => Failure::Stopping,
        Error::Store(error) => match error.0.downcast::<storage::Error>() {
            Ok(error) => Failure::Storage(*error),
            Err(error) => Failure::Internal(error),
        },
    }
}

/// `POST /readings/{run}/stop`: this reader has had enough.
pub(super) async fn stop(
    app: web::Data<App>,
    request: HttpRequest,
    run: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    let state = match app.live.runs.stop(AttemptId(*run), &reader::of(&request)) {
        Stopped::Cancelled => "cancelled",
        Stopped::Detached => "detached",
        Stopped::Nothing => "nothing",
    };
    if accepts::wants_json(&request) {
        return Ok(HttpResponse::Ok().json(json!({ "run": *run, "state": state })));
    }
    let (key, _) = answers::by_attempt(&app.db, AttemptId(*run)).await?.ok_or(Failure::NotFound)?;
    let paper = papers::by_id(&app.db, key.paper).await?.ok_or(Failure::NotFound)?;
    Ok(see_other(&paper, key.language))
}

/// The answer's place on the page of its paper.
fn see_other(paper: &Paper, language: Language) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", reading_address(paper, language))).finish()
}
