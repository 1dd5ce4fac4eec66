//! Lists of papers: of categories by day, of venues by year, of identifiers, of what a reader starred. One template and
//! one way through all of them.

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload};
use askama::Template;
use chrono::NaiveDate;
use cite::Format;
use content::{Announced, Paper};
use storage::{Cursor, Listing, Order, Scope, papers};
use url::form_urlencoded;

use super::{
    Choice, Link, Page,
    cards::Card,
    frame::{Frame, Place},
    moved,
};
use crate::{
    app::App,
    errors::Failure,
    exports,
    papers::escaped,
    visit::{Visit, language::Messages},
};
use calendar::Month;

mod calendar;
mod categories;
mod overview;
mod starred;
mod venues;

pub(crate) use categories::arxiv;
pub(crate) use overview::paper_overview;
pub(crate) use starred::{renew_stars_feed, stars, stars_file};
pub(crate) use venues::venue;

/// Papers on one page of a list.
const PER_PAGE: u64 = 25;
/// The most papers on a page, for a reader who comes back to where they were. What is further down their browser asks
/// for. As many fit into the cache of pages.
const MOST: u64 = 500;

/// A list that is not longer is put in order by the reader's browser as a whole.
const WHOLE: u64 = 1000;

/// Which part of a list is asked for, and how. Every state of a list is an address.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    date: Option<String>,
    /// The month that the calendar shows, as `2026-11`.
    month: Option<String>,
    /// Why papers are in a day's list: `new`, `cross`, `replaced`.
    kind: Option<String>,
    /// The part of an edition.
    group: Option<String>,
    /// What comes first: `stars`; `preference` is for the reader's own browser to do.
    sort: Option<String>,
    /// How many papers, from the beginning of the list or from `after`.
    show: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "list.html")]
pub(super) struct ListPage {
    frame: Frame,
    m: Messages,
    place_name: String,
    heading: String,
    feed: Option<String>,
    /// What is special about the feed.
    feed_note: Option<&'static str>,
    /// Where a form gives the feed another address.
    feed_renewal: Option<&'static str>,
    month: Option<Month>,
    /// Other editions of the venue.
    years: Vec<Choice>,
    /// Parts of the list.
    tabs: Vec<Choice>,
    /// What may come first.
    orders: Vec<Choice>,
    /// How far the order goes.
    order_note: Option<String>,
    /// Whether everything is there that was announced.
    announced: Option<String>,
    cards: Vec<Card>,
    empty: Option<Empty>,
    range: Range,
    next: Option<String>,
    previous_day: Option<Link>,
    next_day: Option<Link>,
    /// What a reader may watch or exclude here.
    categories: Vec<String>,
}

/// Which papers of the whole list are on the page.
#[derive(Debug, Clone, Copy, Default)]
struct Range {
    first: u64,
    last: u64,
    /// Unknown for lists that would have to be counted.
    total: Option<u64>,
}

/// Why there is nothing, and where there is something.
struct Empty {
    what: String,
    link: Option<Link>,
}

impl FromRequest for Part {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request.query_string())))
    }
}

impl Part {
    /// As an address has it. Of what is said twice the last holds, and what is empty is not said.
    fn of(query: &str) -> Self {
        let mut part = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "date" => &mut part.date,
                "month" => &mut part.month,
                "kind" => &mut part.kind,
                "group" => &mut part.group,
                "sort" => &mut part.sort,
                "show" => &mut part.show,
                "after" => &mut part.after,
                _ => continue,
            };
            *place = Some(value.into_owned()).filter(|value| !value.is_empty());
        }
        part
    }

    /// The address of the same list with a part changed; what is at a place in the list does not go along.
    fn address(&self, path: &str, change: impl FnOnce(&mut Self)) -> String {
        let mut part = Self { after: None, show: None, month: None, ..self.clone() };
        change(&mut part);
        let pairs = [
            ("date", part.date),
            ("month", part.month),
            ("kind", part.kind),
            ("group", part.group),
            ("sort", part.sort),
            ("show", part.show),
            ("after", part.after),
        ];
        let pairs =
            pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped(&value?))));
        let query = pairs.collect::<Vec<_>>().join("&");
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    fn day(&self) -> Result<Option<NaiveDate>, Failure> {
        self.date.as_deref().map(day).transpose()
    }

    /// What is asked for of a list.
    fn listing(&self, scope: Scope) -> Result<Listing, Failure> {
        let (date, order, after, limit) = (self.day()?, self.order(), self.after()?, self.limit());
        Ok(Listing { scope, date, order, after, limit })
    }

    fn after(&self) -> Result<Option<Cursor>, Failure> {
        self.after.as_deref().map(str::parse).transpose().map_err(|_| Failure::WrongCursor)
    }

    /// Why papers are in a list of a day; a list of all days has no reasons.
    fn announced(&self) -> Result<Option<Announced>, Failure> {
        let dated = self.day()?.is_some();
        Ok(self.kind.as_deref().and_then(Announced::of).filter(|_| dated))
    }

    /// The part of an edition.
    fn group(&self) -> Option<String> {
        self.group.clone()
    }

    fn order(&self) -> Order {
        if self.sort.as_deref() == Some("stars") { Order::Stars } else { Order::Newest }
    }

    /// How many papers are to be shown: what is no number is the usual one, and so is none.
    fn limit(&self) -> u64 {
        let digits = |show: &&str| !show.is_empty() && show.bytes().all(|byte| byte.is_ascii_digit());
        match self.show.as_deref().filter(digits).map(str::parse::<u64>) {
            None | Some(Ok(0)) => PER_PAGE,
            Some(asked) => asked.map_or(MOST, |asked| asked.min(MOST)),
        }
    }

    /// Whether the reader's own browser is to put the papers in order.
    fn by_preference(&self) -> bool {
        self.sort.as_deref() == Some("preference")
    }

    /// A browser cannot put a list in order that it has not: it loads a day, or a list that is not longer than a day may be.
    /// It reads from the note that it should not.
    fn order_note(&self, m: Messages, total: Option<u64>) -> Option<String> {
        let is_short = self.date.is_some() || total.is_some_and(|total| total <= WHOLE);
        (self.by_preference() && !is_short).then(|| m.order_in_parts(&PER_PAGE, WHOLE))
    }

    fn orders(&self, path: &str, m: Messages) -> Vec<Choice> {
        let sorts = [
            (None, m.sort_newest()),
            (Some("stars"), m.sort_stars()),
            (Some("preference"), m.sort_preference()),
        ];
        let choice = |(sort, name): (Option<&str>, &str)| Choice {
            name: name.to_owned(),
            href: self.address(path, |part| part.sort = sort.map(str::to_owned)),
            count: None,
            current: self.sort.as_deref() == sort,
        };
        sorts.into_iter().map(choice).collect()
    }
}

/// Papers of a list as cards.
struct Found {
    cards: Vec<Card>,
    range: Range,
    next: Option<Cursor>,
}

async fn found(app: &App, scope: Scope, part: &Part) -> Result<Found, Failure> {
    let found = papers::list(&app.db, &part.listing(scope)?).await?;
    let range = Range::of(found.first, found.items.len(), found.total);
    Ok(Found { cards: cards(app, &found.items, found.first).await?, range, next: found.next })
}

/// Numbered from `first` on.
async fn cards(app: &App, papers: &[Paper], first: u64) -> Result<Vec<Card>, Failure> {
    let phrases = app.phrases(papers).await?;
    let cards = (first..).zip(papers).zip(phrases);
    Ok(cards.map(|((number, paper), phrases)| Card::of(app, paper, number, &phrases)).collect())
}

impl Range {
    fn of(first: u64, count: usize, total: Option<u64>) -> Self {
        Self { first, last: (first + count as u64).saturating_sub(1), total }
    }

    /// `1–25 of 132`, `132 papers`, or what is known.
    fn text(self, m: &Messages) -> String {
        let Self { first, last, total } = self;
        match total {
            Some(total) if first <= 1 && last == total => m.paper_count(&total),
            Some(total) => m.range_of(first, last, total),
            None => m.range_open(first, last),
        }
    }

    fn is_empty(self) -> bool {
        self.last < self.first || self.last == 0
    }
}

fn day(text: &str) -> Result<NaiveDate, Failure> {
    content::day(text).ok_or_else(|| Failure::WrongDate(text.chars().take(40).collect()))
}

/// A list that is all on one page.
fn whole(app: &App, visit: &Visit, heading: String, cards: Vec<Card>) -> ListPage {
    let total = cards.len() as u64;
    ListPage {
        frame: Frame::new(app, visit, &heading, Place::Papers),
        m: visit.m,
        place_name: String::new(),
        heading,
        feed: None,
        feed_note: None,
        feed_renewal: None,
        month: None,
        years: Vec::new(),
        tabs: Vec::new(),
        orders: Vec::new(),
        order_note: None,
        announced: None,
        range: Range { first: 1, last: total, total: Some(total) },
        cards,
        empty: None,
        next: None,
        previous_day: None,
        next_day: None,
        categories: Vec::new(),
    }
}

/// Papers that were asked for by their identifiers, as a page or as a file; unknown ones are named.
async fn some(
    app: &App,
    visit: &Visit,
    papers: &[Paper],
    missing: &[String],
    format: Option<Format>,
) -> Page {
    if let Some(format) = format {
        let works: Vec<_> = papers.iter().map(|paper| exports::of_paper(app, paper)).collect();
        return Ok(exports::file(visit, format, &works, None));
    }
    let heading = visit.m.paper_count(&(papers.len() as u64));
    let path = visit.address.split('?').next().unwrap_or_default();
    let unknown = (!missing.is_empty()).then(|| visit.m.unknown_ids(missing.join(visit.m.list_comma())));
    visit.page_of_papers(&ListPage {
        announced: unknown,
        feed: Some(format!("{path}/feed")),
        ..whole(app, visit, heading, cards(app, papers, 1).await?)
    })
}

/// The same list under its own address, in the same format.
fn moved_to(visit: &Visit, path: String, format: Option<Format>) -> HttpResponse {
    let query = visit.address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let address = format!("{path}{query}");
    moved(&format.map_or(address.clone(), |format| exports::at(&address, format)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_an_address() {
        let part = Part { date: Some("2026-11-23".into()), after: Some("1.2".into()), ..Part::default() };
        assert_eq!(part.address("/arxiv/cs.LG", |_| ()), "/arxiv/cs.LG?date=2026-11-23");
        let starred = part.address("/arxiv/cs.LG", |part| part.sort = Some("stars".into()));
        assert_eq!(starred, "/arxiv/cs.LG?date=2026-11-23&sort=stars");
        assert_eq!(part.address("/venue/A%2FB", |part| part.date = None), "/venue/A%2FB");
    }

    #[test]
    fn wrong_numbers_are_the_usual_one() {
        let limit = |show: &str| Part { show: Some(show.into()), ..Part::default() }.limit();
        assert_eq!(["75", "501", "99999999999999999999999"].map(limit), [75, MOST, MOST]);
        assert_eq!(["0", "-1", "x", ""].map(limit), [PER_PAGE; 4]);
        let twice = Part::of("show=75&date=&unknown=1&show=%32%35");
        assert_eq!((twice.limit(), twice.date.as_deref()), (25, None), "the last one holds");
    }
}
