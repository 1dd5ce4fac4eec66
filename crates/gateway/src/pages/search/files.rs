use actix_web::web;
use cite::{Format, Work};

use crate::{
    app::App,
    errors::Failure,
    exports::{self, MOST, Part},
    pages::Page,
    searches::{Asked, DEEPEST, Document, Documents, find},
    visit::Visit,
};

/// `GET /search.bib?query=&…`: what a search finds among papers and posts, in its order.
pub(crate) async fn search_file(
    app: web::Data<App>,
    visit: Visit,
    asked: Asked,
    suffix: web::Path<String>,
) -> Page {
    let format = Format::of_suffix(&suffix).filter(|_| !asked.is_empty()).ok_or(Failure::NotFound)?;
    file(&app, &visit, &asked, format).await
}

pub(super) async fn file(app: &App, visit: &Visit, asked: &Asked, format: Format) -> Page {
    let results = find(app, &asked.of_works(), MOST, &[]).await?;
    let documents = Documents::load(&app.db, results.hits.iter().map(|hit| hit.id)).await?;
    let found = results.hits.iter().filter_map(|hit| documents.get(hit.id));
    let works: Vec<_> = found.filter_map(|document| work(app, document)).collect();
    let reached = asked.from + results.hits.len();
    let more = !results.hits.is_empty() && (reached as u64) < results.total && reached <= DEEPEST;
    let next = more.then(|| format!("{}{}", app.base, exports::at(&asked.at(reached).address(), format)));
    let part =
        Part { first: asked.from as u64 + 1, count: works.len() as u64, total: Some(results.total), next };
    Ok(exports::file(visit, format, &works, Some(&part)))
}

fn work(app: &App, document: Document<'_>) -> Option<Work> {
    match document {
        Document::Paper(paper) => Some(exports::of_paper(app, paper)),
        Document::Post(post) => Some(exports::of_post(app, post)),
        Document::Comment(..) | Document::Answer(..) => None,
    }
}
