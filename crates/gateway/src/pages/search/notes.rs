use search::{Facet, Hint, Results, Sort};
use storage::changes;

use super::Link;
use crate::{
    app::App,
    errors::Failure,
    searches::{Asked, sentence},
    visit::language::Messages,
};

/// Something to know about the results, and what can be done about it.
pub(super) struct Note {
    pub(super) text: String,
    pub(super) link: Option<Link>,
}

/// A way on from where nothing was found.
pub(super) struct Way {
    pub(super) name: String,
    pub(super) href: String,
}

/// What to tell about the query, and about results of an index that was at `position` in the change log.
pub(super) async fn notes(
    app: &App,
    asked: &Asked,
    results: &Results,
    position: i64,
    m: Messages,
) -> Result<Vec<Note>, Failure> {
    let hints = asked.query.hints().iter().chain(&results.hints);
    let mut notes: Vec<_> = hints.map(|hint| of_hint(asked, hint, results, m)).collect();
    let behind = changes::last(&app.db).await? - position;
    if behind > 0 {
        notes.push(Note { text: m.search_indexing(&(behind as u64)), link: None });
    }
    Ok(notes)
}

fn of_hint(asked: &Asked, hint: &Hint, results: &Results, m: Messages) -> Note {
    let link = match hint {
        Hint::Widened(all @ 1..) => {
            Some(Link { name: m.show_only(all), href: asked.with_all_words(true).address() })
        }
        _ => None,
    };
    Note { text: sentence(hint, results.total, m), link }
}

/// What leads on from an empty list, the most promising first.
pub(super) fn ways(asked: &Asked, results: &Results, m: Messages) -> Vec<Way> {
    let others: u64 = results.counts(Facet::Kind).iter().map(|(_, count)| count).sum();
    let first =
        (results.total > 0).then(|| Way { name: m.way_first_page().into(), href: asked.at(0).address() });
    let kinds = (asked.kind().is_some() && others > 0)
        .then(|| Way { name: m.way_all_kinds(&others), href: asked.with_kind(None).address() });
    let words = asked
        .all_words
        .then(|| Way { name: m.way_some_words().into(), href: asked.with_all_words(false).address() });
    let order = (asked.sort != Sort::Relevance)
        .then(|| Way { name: m.way_by_relevance().into(), href: asked.sorted(Sort::Relevance).address() });
    let filters = asked
        .chosen()
        .next()
        .map(|_| Way { name: m.way_no_filters().into(), href: asked.without_filters().address() });
    [first, kinds, words, order, filters].into_iter().flatten().collect()
}
