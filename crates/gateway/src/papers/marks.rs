//! What readers do with papers, counted: a star, an opened PDF, a reading. Each reader counts once, however often they
//! come back; what may be counted is decided in `storage::readers`.

use actix_web::{HttpRequest, HttpResponse, web};
use content::{Paper, PaperId};
use serde::Deserialize;
use serde_json::json;
use storage::{
    papers,
    readers::{self, Mark, Reader},
};

use crate::{
    app::App,
    errors::Failure,
    papers::{address, lists},
    visit::{accepts, parameters::Parameters, reader::Acting},
};

/// What the form of a star says.
#[derive(Debug, Deserialize)]
pub(crate) struct Form {
    /// `0` takes the star back, and so does `false`.
    on: Option<String>,
    /// The page to come back to.
    back: Option<String>,
}

/// A paper as other tools name it: an arXiv identifier, `<id>@<source>`, or the site's own key.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    paper: String,
    on: Option<String>,
}

/// `POST /papers/{id}/star`: stars a paper, or takes the star back.
pub(crate) async fn star(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<i64>,
    form: web::Form<Form>,
) -> Result<HttpResponse, Failure> {
    let paper = papers::by_id(&app.db, PaperId(*id)).await?.ok_or(Failure::NotFound)?;
    let back = form.back.as_deref().filter(|back| is_own_path(back)).map(str::to_owned);
    set(&app, &request, &paper, is_on(form.on.as_deref()), back).await
}

/// `POST /arxiv/star?paper=`: the same, at the address that other tools use.
pub(crate) async fn star_named(
    app: web::Data<App>,
    request: HttpRequest,
    Parameters(named): Parameters<Named>,
) -> Result<HttpResponse, Failure> {
    let paper = named.find(&app).await?;
    set(&app, &request, &paper, is_on(named.on.as_deref()), None).await
}

/// `POST /papers/{id}/opened`: the PDF was opened.
pub(crate) async fn opened(
    app: web::Data<App>,
    request: HttpRequest,
    id: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    let acting = Acting::of(&request, &app);
    // One too many is no failure of opening the PDF.
    let _kept = readers::mark(&app.db, PaperId(*id), by(&acting), Mark::Opened).await.map_err(missing)?;
    acting.answered(HttpResponse::NoContent().finish())
}

/// Counts whoever asks for a reading.
pub(crate) async fn reading(app: &App, acting: &Acting, paper: PaperId) -> Result<(), Failure> {
    let _kept = readers::mark(&app.db, paper, by(acting), Mark::Reading).await?;
    Ok(())
}

impl Named {
    /// The paper that is named.
    pub(crate) async fn find(&self, app: &App) -> Result<Paper, Failure> {
        let name = self.paper.trim();
        let found = match name.parse() {
            Ok(key) => papers::by_id(&app.db, PaperId(key)).await?,
            Err(_) => lists::paper(&app.db, name).await?,
        };
        found.ok_or(Failure::NotFound)
    }
}

async fn set(
    app: &App,
    request: &HttpRequest,
    paper: &Paper,
    on: bool,
    back: Option<String>,
) -> Result<HttpResponse, Failure> {
    let acting = Acting::of(request, app);
    let counts = match on {
        true => {
            let kept = readers::mark(&app.db, paper.id, by(&acting), Mark::Star).await?;
            kept.map_err(Failure::TooManyMarks)?
        }
        false => readers::unmark(&app.db, paper.id, &acting.hash, Mark::Star).await?,
    };
    let response = match back.filter(|_| !accepts::wants_json(request)) {
        Some(back) => HttpResponse::SeeOther().insert_header(("location", back)).finish(),
        None => HttpResponse::Ok().json(json!({
            "paper": paper.id.0, "address": address(paper), "starred": on, "stars": counts.stars,
        })),
    };
    acting.answered(response)
}

fn by(acting: &Acting) -> Reader<'_> {
    Reader { cookie: &acting.hash, network: &acting.network }
}

fn missing(error: storage::Error) -> Failure {
    match error {
        storage::Error::Missing(_) => Failure::NotFound,
        other => other.into(),
    }
}

/// A star is set unless it is said to be taken back.
fn is_on(on: Option<&str>) -> bool {
    !matches!(on, Some("0" | "false" | "off" | "no"))
}

/// A path of this site: what begins with two slashes is another host, and browsers leave tabs and line ends out.
pub(crate) fn is_own_path(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control())
}
