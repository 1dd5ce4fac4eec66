use actix_web::{Either, HttpRequest, HttpResponse, http::StatusCode, web};
use chrono::Utc;
use content::{Manuscript, User, Visibility};
use serde_json::json;
use storage::{
    drafts::{self, Saved, Working},
    posts,
};

use super::{
    differences::differences,
    editor::{self, Beside, Conflict},
    form::{Fault, Form, faults},
    record, see_other,
};
use crate::{
    accounts::Writer,
    app::App,
    errors::Failure,
    pages::{self, Page},
    posts::address,
    visit::{Visit, accepts},
};

/// `POST /write/{id}`: saves, and does what the button says. A program that asks for JSON saves only.
pub(super) async fn save(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    request: HttpRequest,
    id: web::Path<String>,
    form: Either<web::Json<Form>, web::Form<Form>>,
) -> Page {
    let form = Form::sent(form);
    let user = writer.0;
    let working = super::working(&app, &user, &id).await?;
    let (mut text, mut wrong) = form.manuscript(&working.text);
    if !form.password.is_empty() {
        text.password_hash = Some(app.passwords.hash(form.password.clone()).await?);
    }
    if form.wanted == "publish" && text.published.is_some_and(|day| day > Utc::now()) {
        text.published = None;
    }
    let saved = kept(&app, &user, &working, form.version(), &text).await?;
    if accepts::wants_json(&request) {
        return Ok(as_json(&app, &user, saved, &form, &text));
    }
    let working = match saved {
        Saved::As(working) => working,
        Saved::Other(other) => {
            let conflict = conflict(&other, &text);
            let beside = Beside { form: Some(form), conflict: Some(conflict), ..Beside::default() };
            return editor::page(&app, &visit, &user, other, beside).await;
        }
    };
    match form.wanted.as_str() {
        "publish" | "schedule" => {
            wrong.extend(faults(&text));
            if form.wanted == "schedule" && text.published.is_none_or(|day| day <= Utc::now()) {
                wrong.push(Fault::NoMoment);
            }
            publish(&app, &visit, &user, working, form, wrong).await
        }
        "unpublish" => unpublish(&app, &user, working).await,
        "remove" => remove(&app, &user, working).await,
        _ => {
            let form = (!wrong.is_empty()).then_some(form);
            editor::page(&app, &visit, &user, working, Beside { form, faults: wrong, ..Beside::default() })
                .await
        }
    }
}

/// Saves, if there is anything to be saved.
async fn kept(
    app: &App,
    user: &User,
    working: &Working,
    version: i64,
    text: &Manuscript,
) -> Result<Saved, Failure> {
    app.desk.together.note(working.id, user);
    if *text == working.text {
        return Ok(Saved::As(working.clone()));
    }
    Ok(drafts::save(&app.db, working.id, version, text, Some(user.id)).await?)
}

fn as_json(app: &App, user: &User, saved: Saved, form: &Form, text: &Manuscript) -> HttpResponse {
    let response = match saved {
        Saved::As(working) => HttpResponse::Ok().json(json!({
            "version": working.version.to_string(),
            "saved": working.saved,
            "others": app.desk.together.note(working.id, user),
        })),
        Saved::Other(other) => HttpResponse::build(StatusCode::CONFLICT).json(json!({
            "editor": other.editor,
            "saved": other.saved,
            "theirs": Form::of(&other),
            "differences": super::revisions::as_html(&differences(&other.text.body, &text.body)),
            "version": form.version,
        })),
    };
    pages::unkept(response)
}

fn conflict(other: &Working, mine: &Manuscript) -> Conflict {
    Conflict {
        editor: other.editor.clone().unwrap_or_default(),
        lines: differences(&other.text.body, &mine.body),
    }
}

async fn publish(
    app: &App,
    visit: &Visit,
    user: &User,
    working: Working,
    form: Form,
    mut wrong: Vec<Fault>,
) -> Page {
    let id = working.id;
    if wrong.is_empty() {
        match drafts::publish(&app.db, id, working.version, Some(user.id)).await {
            Ok(Saved::As(working)) => return published(app, user, &working).await,
            Ok(Saved::Other(other)) => {
                let conflict = conflict(&other, &working.text);
                let beside = Beside { form: Some(form), conflict: Some(conflict), ..Beside::default() };
                return editor::page(app, visit, user, other, beside).await;
            }
            Err(storage::Error::Taken) => wrong.push(Fault::Taken),
            Err(error) => return Err(error.into()),
        }
    }
    wrong.dedup();
    editor::page(app, visit, user, working, Beside { form: Some(form), faults: wrong, ..Beside::default() })
        .await
}

async fn published(app: &App, user: &User, working: &Working) -> Page {
    let post = working.post.as_ref().ok_or(Failure::NotFound)?;
    let later = post.published > Utc::now();
    app.desk.rescheduled.notify_one();
    let action = if later { "post.schedule" } else { "post.publish" };
    record(app, user, action, &address(&post.slug), &working.text.title).await?;
    let done = if later { "scheduled" } else { "published" };
    Ok(see_other(&format!("/write/{}?done={done}", working.id.0)))
}

async fn unpublish(app: &App, user: &User, working: Working) -> Page {
    let post = working.post.as_ref().ok_or(Failure::NotFound)?;
    posts::show(&app.db, post.id, Visibility::Draft).await?;
    record(app, user, "post.unpublish", &address(&post.slug), &working.text.title).await?;
    Ok(see_other(&format!("/write/{}?done=unpublished", working.id.0)))
}

async fn remove(app: &App, user: &User, working: Working) -> Page {
    match &working.post {
        Some(post) => {
            posts::remove(&app.db, post.id).await?;
            record(app, user, "post.remove", &address(&post.slug), &working.text.title).await?;
        }
        None => {
            drafts::remove(&app.db, working.id).await?;
            record(app, user, "draft.remove", &working.id.0.to_string(), &working.text.title).await?;
        }
    }
    Ok(see_other("/write"))
}
