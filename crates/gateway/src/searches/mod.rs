//! What a search asks, and what its results are. Pages, feeds and commands say it in their own ways.

mod asked;
mod documents;
mod hints;

pub(crate) use asked::{Asked, DEEPEST, sort_name};
pub(crate) use documents::{About, Document, Documents};
pub(crate) use hints::sentence;

use search::{Facet, Request, Results};

use crate::{app::App, errors::Failure};

/// What answers what was asked.
pub(crate) async fn find(
    app: &App,
    asked: &Asked,
    limit: usize,
    facets: &'static [Facet],
) -> Result<Results, Failure> {
    let asked = asked.clone();
    let found = app.ask_index(move |index| {
        index.search(&Request {
            filters: &asked.filters,
            sort: asked.sort,
            offset: asked.from,
            facets,
            widen: !asked.all_words,
            ..Request::of(&asked.query, limit)
        })
    });
    found.await
}
