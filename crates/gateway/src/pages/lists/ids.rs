//! Papers that are asked for by their identifiers, one or several.

use content::{ArxivId, Paper, RecordKey};
use storage::papers;

use super::{Page, cards, whole};
use crate::{app::App, errors::Failure, visit::Visit};

/// The most papers that can be asked for at once.
const MOST: usize = 200;

/// A source's name and its identifier of a paper.
pub(super) type Key = (String, String);

/// The keys in `2401.00001,hep-th/9901001`; nothing if anything else is among them.
pub(super) fn of_arxiv(which: &str) -> Option<Vec<Key>> {
    let ids = which.split(',').map(str::trim).filter(|part| !part.is_empty());
    let keys = ids.map(|part| Some((RecordKey::ARXIV.to_owned(), part.parse::<ArxivId>().ok()?.to_string())));
    keys.collect::<Option<Vec<_>>>().filter(|keys| !keys.is_empty())
}

/// The keys in `a1@OpenReview,b2@ACL`; nothing if there are not several, or anything else is among them.
pub(super) fn several(which: &str) -> Option<Vec<Key>> {
    let keys = which.split(',').map(key).collect::<Option<Vec<_>>>()?;
    (keys.len() > 1).then_some(keys)
}

/// The paper of `<id>@<source>`, where identifiers may hold commas; an error if there is none of a key that is alone.
pub(super) async fn of_venues(app: &App, which: &str) -> Result<Option<Paper>, Failure> {
    let Some((source, id)) = key(which) else { return Ok(None) };
    match papers::by_record(&app.db, &source, &id).await? {
        Some(paper) => Ok(Some(paper)),
        None if several(which).is_some() => Ok(None),
        None => Err(Failure::NotFound),
    }
}

/// Others write the names of sources with capitals.
fn key(which: &str) -> Option<Key> {
    let (id, source) = which.trim().rsplit_once('@')?;
    Some((source.to_lowercase(), id.to_owned()))
}

/// The papers in the order asked, each once; unknown ones are named.
pub(super) async fn list(app: &App, visit: &Visit, keys: &[Key]) -> Page {
    if keys.len() > MOST {
        return Err(Failure::BadRequest(visit.m.too_many_ids(MOST as u64)));
    }
    let (mut found, mut missing): (Vec<Paper>, Vec<&str>) = (Vec::new(), Vec::new());
    for (source, id) in keys {
        match papers::by_record(&app.db, source, id).await? {
            Some(paper) if found.iter().any(|other| other.id == paper.id) => {}
            Some(paper) => found.push(paper),
            None => missing.push(id),
        }
    }
    if found.is_empty() {
        return Err(Failure::NotFound);
    }
    let heading = visit.m.paper_count(&(found.len() as u64));
    let mut page = whole(app, visit, heading, cards(app, &found, 1).await?);
    page.announced = (!missing.is_empty()).then(|| visit.m.unknown_ids(&missing.join(visit.m.list_comma())));
    super::page(visit, &page)
}
