use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ETAG, IF_MATCH},
    web,
};
use serde_json::Value;
use storage::users::{self, Kept, Library};

use super::SignedIn;
use crate::{app::App, errors::Failure, reader};

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
    reader::own_form(&request, &app)?;
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    let replaces = request.headers().get(IF_MATCH).and_then(|tag| tag.to_str().ok());
    let replaces = replaces.and_then(|tag| tag.trim_matches('"').parse().ok());
    let replaces = replaces.ok_or_else(|| Failure::BadRequest("If-Match names no revision".into()))?;
    if !body.is_object() {
        return Err(Failure::BadRequest("a library is a JSON object".into()));
    }
    let text = body.to_string();
    Ok(match users::keep_library(&app.db, user.id, replaces, &text).await? {
        Kept::As(revision) => answer(HttpResponse::Ok(), Library { revision, body: text }),
        Kept::Other(other) => answer(HttpResponse::PreconditionFailed(), other),
    })
}

fn answer(mut response: actix_web::HttpResponseBuilder, library: Library) -> HttpResponse {
    response
        .insert_header((ETAG, format!("\"{}\"", library.revision)))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .content_type("application/json")
        .body(library.body)
}
