//! What a search asks, and what its results are. Pages, feeds and commands say it in their own ways.

mod asked;
mod documents;
mod hints;

pub(crate) use asked::{Asked, DEEPEST, sort_name};
pub(crate) use documents::{About, Document, Documents};
pub(crate) use hints::sentence;

use actix_web::web;
use search::{Facet, Request, Results};

use crate::{app::App, errors::Failure};

/// Searches off the threads that answer requests.
pub(crate) async fn find(
    app: &App,
    asked: &Asked,
    limit: usize,
    facets: &'static [Facet],
) -> Result<Results, Failure> {
    let (index, asked) = (app.index.clone(), asked.clone());
    let found = web::block(move || {
        index.search(&Request {
            filters: &asked.filters,
            sort: asked.sort,
            offset: asked.from,
            facets,
            widen: !asked.all_words,
            ..Request::of(&asked.query, limit)
        })
    });
    Ok(found.await??)
}
