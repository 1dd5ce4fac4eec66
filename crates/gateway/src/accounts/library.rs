use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, Header as _, IfMatch},
    web,
};
use content::UserId;
use serde_json::Value;
use storage::users::{self, Kept, Library};

use super::SignedIn;
use crate::{app::App, errors::Failure};

/// `GET /library`: what the user keeps, with its revision as entity tag.
pub(crate) async fn library(app: web::Data<App>, signed_in: SignedIn) -> Result<HttpResponse, Failure> {
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    Ok(match users::library(&app.db, user.id).await? {
        Some(library) => answer(HttpResponse::Ok(), library),
        None => answer(HttpResponse::Ok(), Library { revision: 0, body: "null".into() }),
    })
}

/// `PUT /library` with the revision that it replaces in `If-Match`: 412 with what is there, if another browser was
/// faster; that one merges, and tries again.
pub(crate) async fn keep_library(
    app: web::Data<App>,
    signed_in: SignedIn,
    request: HttpRequest,
    body: web::Json<Value>,
) -> Result<HttpResponse, Failure> {
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    let replaces = replaced(&app, &request, user.id).await?;
    if !body.is_object() {
        return Err(Failure::WrongBody("a library is a JSON object".into()));
    }
    let text = body.to_string();
    Ok(match users::keep_library(&app.db, user.id, replaces, &text).await? {
        Kept::As(revision) => answer(HttpResponse::Ok(), Library { revision, body: text }),
        Kept::Other(other) => answer(HttpResponse::PreconditionFailed(), other),
    })
}

/// The revision that a request replaces; `*` is the one that is there. A proxy that packs bodies makes our tags weak, but
/// they are numbers of revisions, so that they stay as exact as they were.
async fn replaced(app: &App, request: &HttpRequest, user: UserId) -> Result<i64, Failure> {
    let named = match IfMatch::parse(request) {
        Ok(IfMatch::Any) => Some(users::library(&app.db, user).await?.map_or(0, |library| library.revision)),
        Ok(IfMatch::Items(tags)) => tags.iter().find_map(|tag| tag.tag().parse().ok()),
        Err(_) => None,
    };
    named.ok_or_else(|| Failure::WrongBody("If-Match names no revision".into()))
}

fn answer(mut response: actix_web::HttpResponseBuilder, library: Library) -> HttpResponse {
    response
        .insert_header((ETAG, format!("\"{}\"", library.revision)))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .content_type("application/json")
        .body(library.body)
}
