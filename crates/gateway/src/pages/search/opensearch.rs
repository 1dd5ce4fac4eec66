use actix_web::{HttpResponse, web};
use askama::Template;

use crate::{app::App, assets, errors::Failure, visit::Visit};

/// The longest short name that the format allows, in characters.
const SHORT_NAME: usize = 16;

/// How browsers learn to search here: OpenSearch 1.1.
#[derive(Template)]
#[template(path = "opensearch.xml")]
struct Description<'a> {
    name: String,
    description: &'static str,
    base: &'a str,
    assets: &'static str,
}

/// `GET /opensearch.xml`
pub(crate) async fn description(app: web::Data<App>, visit: Visit) -> Result<HttpResponse, Failure> {
    let name = app.config.site.title.chars().take(SHORT_NAME).collect();
    let description = visit.m.search_placeholder();
    let text = Description { name, description, base: &app.base, assets: assets::base() }.render()?;
    Ok(HttpResponse::Ok().content_type("application/opensearchdescription+xml; charset=utf-8").body(text))
}
