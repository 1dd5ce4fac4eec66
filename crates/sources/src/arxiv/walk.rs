//! The walk through arXiv's records by OAI-PMH: page by page, and day by day from where the last walk ended.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Prefix, oai};
use crate::{Batch, Error, fetch::Fetcher, page};

/// How often a walk starts again at the same place before it is given up.
const RESTARTS: u32 = 3;
/// Why a walk starts again where it may not go on.
const REFUSED: &str = "its tokens are refused";
/// How many pages without records may follow each other.
const EMPTY: u32 = 3;

/// The records of arXiv, or of one of its sets, that changed since the last walk.
pub struct Walk {
    fetcher: Fetcher,
    address: String,
    prefix: Prefix,
    set: Option<String>,
    cursor: Cursor,
    /// Hashes of pages and tokens since the walk last started.
    met: HashSet<Met>,
    restarts: u32,
    /// The last day of changes since this machine was made: only who comes further may start again as often.
    furthest: Option<NaiveDate>,
    empty: u32,
    bytes: u64,
}

/// Where a walk is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Cursor {
    /// The day from which the walk asks for changes; none asks for everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<NaiveDate>,
    /// What the next page is asked for with.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// The day on which the repository gave the first page: there the next walk begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    began: Option<NaiveDate>,
    /// The last day of changes so far. It is trusted only while the days came in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<NaiveDate>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disordered: bool,
}

#[derive(PartialEq, Eq, Hash)]
enum Met {
    Page(u64),
    Token(String),
}

impl Walk {
    /// From where a stored cursor says; a text that is none starts at the beginning. `set` is one of arXiv's
    /// (`math:math:NT`), or everything.
    pub fn new(
        fetcher: Fetcher,
        address: &str,
        prefix: Prefix,
        set: Option<&str>,
        cursor: Option<&str>,
    ) -> Self {
        Self {
            fetcher,
            address: address.to_owned(),
            prefix,
            set: set.map(str::to_owned),
            cursor: cursor.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
            met: HashSet::new(),
            restarts: 0,
            furthest: None,
            empty: 0,
            bytes: 0,
        }
    }

    /// From a day instead.
    #[must_use]
    pub fn since(mut self, day: NaiveDate) -> Self {
        self.cursor = Cursor { from: Some(day), ..Cursor::default() };
        self
    }

    /// The next page.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        loop {
            let goes_on = self.cursor.token.is_some();
            let (page, bytes) = match page::read_twice(&self.fetcher, &self.request()?, oai::read).await {
                Err(Error::Status { status: 400, .. }) if goes_on => {
                    self.restart(REFUSED)?;
                    continue;
                }
                read => read?,
            };
            self.bytes += bytes;
            match page.error.as_ref().map(|(code, _)| code.as_str()) {
                None => {
                    if let Some(batch) = self.advance(page)? {
                        return Ok(batch);
                    }
                }
                // Whatever a repository calls it, in the middle of a list it means the token. What is wrong without one
                // is wrong for good.
                Some(_) if goes_on => self.restart(REFUSED)?,
                Some("noRecordsMatch") => return Ok(self.end(page)),
                Some(_) => return Err(super::protocol(&self.address, page)),
            }
        }
    }

    fn request(&self) -> Result<String, Error> {
        let mut url = super::parsed(&self.address)?;
        url.query_pairs_mut().append_pair("verb", "ListRecords");
        // A token stands for all else that was asked.
        match &self.cursor.token {
            Some(token) => drop(url.query_pairs_mut().append_pair("resumptionToken", token)),
            None => self.first(&mut url),
        }
        Ok(url.into())
    }

    fn first(&self, url: &mut Url) {
        let mut query = url.query_pairs_mut();
        query.append_pair("metadataPrefix", self.prefix.name());
        if let Some(set) = &self.set {
            query.append_pair("set", set);
        }
        if let Some(day) = self.cursor.from {
            query.append_pair("from", &day.to_string());
        }
    }

    /// Takes a page in; nothing, if it came before and the walk starts again.
    fn advance(&mut self, page: oai::Page) -> Result<Option<Batch>, Error> {
        let again = !page.batch.is_empty() && !self.met.insert(Met::Page(page.content));
        let token_again = page.token.clone().is_some_and(|token| !self.met.insert(Met::Token(token)));
        if again || token_again || page.token.is_some() && page.token == self.cursor.token {
            self.restart("the same pages come again")?;
            return Ok(None);
        }
        self.empty = if page.batch.is_empty() { self.empty + 1 } else { 0 };
        if self.empty > EMPTY {
            return Err(self.circle("pages without records follow each other"));
        }
        self.note(&page);
        let Some(token) = page.token.clone() else { return Ok(Some(self.end(page))) };
        self.cursor.token = Some(token);
        Ok(Some(self.batch(page, false)))
    }

    /// Remembers how far the page came.
    fn note(&mut self, page: &oai::Page) {
        self.cursor.began = self.cursor.began.or(page.answered);
        let Some((first, last)) = page.days else { return };
        self.cursor.disordered |= !page.ordered || self.cursor.seen.is_some_and(|seen| first < seen);
        self.cursor.seen = self.cursor.seen.max(Some(last));
        if self.furthest < Some(last) {
            self.furthest = Some(last);
            self.restarts = 0;
        }
    }

    /// Starts again where the last page ended, or where the walk began if the pages came in no order.
    fn restart(&mut self, why: &'static str) -> Result<(), Error> {
        self.restarts += 1;
        if self.restarts > RESTARTS {
            return Err(self.circle(why));
        }
        self.met.clear();
        self.empty = 0;
        self.cursor.token = None;
        if !self.cursor.disordered {
            self.cursor.from = self.cursor.seen.or(self.cursor.from);
        }
        self.cursor.seen = None;
        self.cursor.disordered = false;
        Ok(())
    }

    /// The last batch. The next walk begins a day before this one did: clocks differ, and a day is asked for as a whole.
    fn end(&mut self, page: oai::Page) -> Batch {
        let began = self.cursor.began.or(page.answered).and_then(|day| day.checked_sub_days(Days::new(1)));
        self.cursor = Cursor { from: began.or(self.cursor.from), ..Cursor::default() };
        self.batch(page, true)
    }

    fn batch(&self, page: oai::Page, done: bool) -> Batch {
        let cursor = serde_json::to_string(&self.cursor).expect("a cursor is plain data");
        Batch { cursor, done, bytes: self.bytes, ..page.batch }
    }

    fn circle(&self, why: &'static str) -> Error {
        Error::Circle { address: self.address.clone(), why }
    }
}
