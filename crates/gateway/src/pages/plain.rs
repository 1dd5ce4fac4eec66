use actix_web::{HttpResponse, web};
use content::PaperId;
use storage::papers;

use super::Page;
use crate::{app::App, errors::Failure, papers::address, visit::Visit};

/// `GET /papers/{id}.txt`: what a reader copies of a paper, with formulas as TeX.
pub(crate) async fn paper_as_text(app: web::Data<App>, visit: Visit, id: web::Path<String>) -> Page {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let paper = papers::by_id(&app.db, PaperId(id)).await?.ok_or(Failure::NotFound)?;
    let record = &paper.shown;
    let link = format!("{}{}", app.base, address(&paper));
    let authors = record.authors.join(visit.m.list_comma());
    let head = [record.title.as_str(), &link, &authors].into_iter().filter(|line| !line.is_empty());
    let mut text = head.collect::<Vec<_>>().join("\n");
    if !record.summary.is_empty() && !record.withdrawn {
        text = format!("{text}\n\n{}", record.summary);
    }
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(format!("{text}\n")))
}
