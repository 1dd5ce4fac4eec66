//! Which list of papers an address names. Pages, files and feeds of one list ask the same question here.

use chrono::NaiveDate;
use content::{ArxivId, CategoryTerms, Paper, RecordKey};
use storage::{Categories, Database, Listing, Scope, papers};

use crate::{
    app::App,
    errors::Failure,
    papers::{edition, escaped, venue_address},
};

/// The most papers that can be asked for by their identifiers at once.
pub(crate) const MOST: usize = 200;
/// Characters that are shown of what can be no identifier.
const SHOWN: usize = 40;
/// Days that are looked at for the last one with papers that a list does not leave out.
const LOOKED_AT: usize = 31;

/// What an address below `/arxiv` or `/venue` names.
pub(crate) enum Named {
    /// One paper, and the version that was asked for.
    Paper(Box<Paper>, Option<u32>),
    /// Papers in the order asked, and identifiers that are not known.
    Papers(Vec<Paper>, Vec<String>),
    /// A list of categories.
    Categories(CategoryList),
    /// A venue, in one year or in all.
    Venue {
        /// The short name.
        key: String,
        /// The year of the edition.
        year: Option<i32>,
    },
    /// What came last to any venue.
    Latest,
    /// The same under a better address.
    Moved(String),
}

/// Papers of some categories and not of others.
pub(crate) struct CategoryList {
    /// As the address says it.
    pub(crate) terms: CategoryTerms,
    /// The last day on which there is any.
    pub(crate) latest: Option<NaiveDate>,
}

/// `2401.00001`, `2401.00001,2401.00002`, or categories.
pub(crate) async fn of_arxiv(app: &App, which: &str) -> Result<Named, Failure> {
    if let Ok(id) = which.parse::<ArxivId>() {
        let paper = papers::by_arxiv(&app.db, &id).await?.filter(|_| id.version() != Some(0));
        return Ok(Named::Paper(Box::new(paper.ok_or(Failure::NotFound)?), id.version()));
    }
    if let Some(keys) = arxiv_keys(which) {
        return several(app, &keys).await;
    }
    let terms = CategoryTerms::parse(which).map_err(|_| Failure::NotFound)?;
    // A comma says the same as a plus, and others link to it.
    if terms.text() != which.replace([',', ' '], "+") {
        return Ok(Named::Moved(category_list_address(&terms)));
    }
    CategoryList::of(app, terms).await.map(Named::Categories)
}

/// One paper as others name it: an arXiv identifier or `<id>@<source>`.
pub(crate) async fn paper(db: &Database, name: &str) -> Result<Option<Paper>, storage::Error> {
    let key = match name.parse::<ArxivId>() {
        Ok(id) => Some((RecordKey::ARXIV.to_owned(), id.to_string())),
        Err(_) => venue_key(name),
    };
    match key {
        Some((source, id)) => papers::by_record(db, &source, &id).await,
        None => Ok(None),
    }
}

/// `<id>@<source>`, several of these, `<NAME>.<YEAR>`, `<NAME>` or `latest`.
pub(crate) async fn of_venue(app: &App, which: &str) -> Result<Named, Failure> {
    if let Some((source, id)) = venue_key(which) {
        // Identifiers may hold commas.
        if let Some(paper) = papers::by_record(&app.db, &source, &id).await? {
            return Ok(Named::Paper(Box::new(paper), None));
        }
        return match venue_keys(which) {
            Some(keys) => several(app, &keys).await,
            None => Err(Failure::NotFound),
        };
    }
    if which == "latest" {
        return Ok(Named::Latest);
    }
    let (name, year) = edition(which);
    let key = match papers::venue_key(&app.db, name).await? {
        Some(key) => key,
        None => papers::venue_key(&app.db, &sources::venue_key(name)).await?.ok_or(Failure::NotFound)?,
    };
    if key != name {
        return Ok(Named::Moved(venue_list_address(&key, year)));
    }
    let editions = papers::editions(&app.db, &key).await?;
    if year.is_some_and(|year| !editions.iter().any(|edition| edition.year == year)) {
        return Err(Failure::NotFound);
    }
    Ok(Named::Venue { key, year })
}

/// The address of a list of categories.
pub(crate) fn category_list_address(terms: &CategoryTerms) -> String {
    // A plus is itself in a path.
    format!("/arxiv/{}", escaped(&terms.text()).replace("%2B", "+"))
}

/// The address of a venue, in one year or in all.
pub(crate) fn venue_list_address(key: &str, year: Option<i32>) -> String {
    year.map_or_else(|| format!("/venue/{}", escaped(key)), |year| venue_address(key, year))
}

impl CategoryList {
    /// Fails if neither arXiv nor this site knows one of the categories.
    async fn of(app: &App, terms: CategoryTerms) -> Result<Self, Failure> {
        let mut latest = None;
        for name in &terms.any {
            let of_this = papers::latest_day(&app.db, name).await?;
            if of_this.is_none() && !content::is_category(name) {
                return Err(Failure::NotFound);
            }
            latest = latest.max(of_this);
        }
        let mut list = Self { terms, latest };
        if !list.terms.not.is_empty() {
            list.latest = list.latest_left(app).await?;
        }
        Ok(list)
    }

    /// The last day on which there is any paper that is not left out.
    async fn latest_left(&self, app: &App) -> Result<Option<NaiveDate>, Failure> {
        let any = Listing::first(self.scope(), 1);
        if papers::list(&app.db, &any).await?.items.is_empty() {
            return Ok(None);
        }
        let mut day = self.latest;
        for _ in 0..LOOKED_AT {
            let Some(date) = day else { break };
            let of_day = Listing { date: day, ..any.clone() };
            if !papers::list(&app.db, &of_day).await?.items.is_empty() {
                return Ok(day);
            }
            day = None;
            for name in &self.terms.any {
                day = day.max(papers::day_before(&app.db, name, date).await?);
            }
        }
        Ok(None)
    }

    /// The list as storage knows it.
    pub(crate) fn categories(&self) -> Categories {
        Categories { any: self.terms.any.clone(), not: self.terms.not.clone(), kind: None }
    }

    /// The same, of any kind.
    pub(crate) fn scope(&self) -> Scope {
        Scope::Categories(self.categories())
    }

    /// The category, if it is one alone.
    pub(crate) fn single(&self) -> Option<&str> {
        match (self.terms.any.as_slice(), self.terms.not.as_slice()) {
            ([one], []) => Some(one),
            _ => None,
        }
    }
}

/// A source's name and its identifier of a paper; or what stands in the place of one, and can be none.
type Key = Result<(String, String), String>;

/// Each paper once.
async fn several(app: &App, keys: &[Key]) -> Result<Named, Failure> {
    if keys.len() > MOST {
        return Err(Failure::TooManyPapers);
    }
    let (mut found, mut missing): (Vec<Paper>, Vec<String>) = (Vec::new(), Vec::new());
    for key in keys {
        let (paper, id) = match key {
            Ok((source, id)) => (papers::by_record(&app.db, source, id).await?, id),
            Err(other) => (None, other),
        };
        match paper {
            Some(paper) if found.iter().any(|other| other.id == paper.id) => {}
            Some(paper) => found.push(paper),
            None => missing.push(id.clone()),
        }
    }
    if found.is_empty() {
        return Err(Failure::NotFound);
    }
    Ok(Named::Papers(found, missing))
}

/// The keys in `2401.00001,hep-th/9901001`; nothing if none is among them.
fn arxiv_keys(which: &str) -> Option<Vec<Key>> {
    keys(which, |part| part.parse::<ArxivId>().ok().map(|id| (RecordKey::ARXIV.to_owned(), id.to_string())))
}

/// The keys in `a1@OpenReview,b2@ACL`; nothing if there are not several.
fn venue_keys(which: &str) -> Option<Vec<Key>> {
    keys(which, venue_key).filter(|keys| keys.len() > 1)
}

fn keys(which: &str, key: impl Fn(&str) -> Option<(String, String)>) -> Option<Vec<Key>> {
    let parts = which.split(',').map(str::trim).filter(|part| !part.is_empty());
    let keys: Vec<Key> =
        parts.map(|part| key(part).ok_or_else(|| part.chars().take(SHOWN).collect())).collect();
    keys.iter().any(Result::is_ok).then_some(keys)
}

/// Others write the names of sources with capitals.
fn venue_key(which: &str) -> Option<(String, String)> {
    let (id, source) = which.trim().rsplit_once('@')?;
    Some((source.to_lowercase(), id.to_owned()))
}
