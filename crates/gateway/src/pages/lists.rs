use actix_web::web;
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};
use content::ArxivId;
use serde::Deserialize;
use storage::{Cursor, Listing, Scope, papers};

use super::{
    Choice, Link, Page,
    cards::Card,
    frame::{Frame, Place},
    paper,
};
use crate::{
    app::App,
    errors::Failure,
    language::Messages,
    papers::{category_address, edition, escaped, venue_address},
    visit::Visit,
};

/// Papers on one page of a list.
const PER_PAGE: u64 = 25;

/// Which part of a list is asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    date: Option<String>,
    /// The month that the calendar shows, as `2026-11`.
    month: Option<String>,
    after: Option<String>,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    m: Messages,
    place_name: String,
    heading: String,
    feed: String,
    month: Option<Month>,
    years: Vec<YearChoice>,
    tabs: Vec<Choice>,
    cards: Vec<Card>,
    empty: Option<Empty>,
    first: u64,
    last: u64,
    total: u64,
    next: Option<String>,
    previous_day: Option<Link>,
}

/// Another edition of a venue.
struct YearChoice {
    name: String,
    href: String,
    count: u64,
    current: bool,
}

/// Why there is nothing, and where there is something.
struct Empty {
    what: String,
    link: Option<Link>,
}

/// One month of a calendar.
struct Month {
    name: String,
    weekdays: [(&'static str, &'static str); 7],
    weeks: Vec<[Option<Day>; 7]>,
    previous: Option<String>,
    next: Option<String>,
}

/// One day of a calendar; a day without papers leads nowhere.
#[derive(Clone)]
struct Day {
    number: u32,
    href: Option<String>,
    current: bool,
}

/// `GET /arxiv/{which}`: the page of a paper if `which` is an identifier, else a category's list.
pub(crate) async fn arxiv(
    app: web::Data<App>,
    visit: Visit,
    which: web::Path<String>,
    part: web::Query<Part>,
) -> Page {
    match which.parse::<ArxivId>() {
        Ok(id) => {
            let paper = papers::by_arxiv(&app.db, &id).await?.ok_or(Failure::NotFound)?;
            paper::show(&app, &visit, paper).await
        }
        Err(_) => category(&app, &visit, &which, &part).await,
    }
}

async fn category(app: &App, visit: &Visit, name: &str, part: &Part) -> Page {
    let latest = papers::latest_day(&app.db, name).await?.ok_or(Failure::NotFound)?;
    let date = part.date.as_deref().map(day).transpose()?;
    let found = found(app, Scope::category(name), date, part).await?;
    let m = visit.m;
    let address = category_address(name);
    let of_day = |day: NaiveDate| format!("{address}?date={day}");
    let tabs = vec![
        Choice { name: m.all_days().into(), href: address.clone(), count: None, current: date.is_none() },
        Choice { name: m.latest().into(), href: of_day(latest), count: None, current: date == Some(latest) },
    ];
    let before = match date {
        Some(date) => papers::day_before(&app.db, name, date).await?,
        None => None,
    };
    let heading = date.map_or_else(|| name.to_owned(), |date| m.weekday_date(date));
    let empty = date.filter(|_| found.total == 0).map(|date| Empty {
        what: m.empty_day(name, m.date(&date)),
        link: Some(Link { name: m.latest_day(m.date(&latest)), href: of_day(latest) }),
    });
    visit.page(&ListPage {
        frame: Frame::new(
            app,
            visit,
            &format!("{name}{}", date.map(|d| format!(", {d}")).unwrap_or_default()),
            Place::Papers,
        ),
        m,
        place_name: if date.is_some() { name.to_owned() } else { "arXiv".into() },
        heading,
        feed: format!("{address}/feed"),
        month: Some(calendar(app, m, name, shown_month(part, date, latest)?, date, latest).await?),
        years: Vec::new(),
        tabs,
        empty,
        previous_day: before.map(|day| Link { name: m.date(&day), href: of_day(day) }),
        next: found.next.map(|cursor| continued(&address, date, &cursor)),
        first: found.first,
        last: found.first + found.cards.len() as u64 - u64::from(!found.cards.is_empty()),
        total: found.total,
        cards: found.cards,
    })
}

/// `GET /venue/{which}`: `<id>@<source>` is a paper, `<NAME>.<YEAR>` an edition, `<NAME>` a venue.
pub(crate) async fn venue(
    app: web::Data<App>,
    visit: Visit,
    which: web::Path<String>,
    part: web::Query<Part>,
) -> Page {
    if let Some((id, source)) = which.rsplit_once('@') {
        let paper = papers::by_record(&app.db, source, id).await?.ok_or(Failure::NotFound)?;
        return paper::show(&app, &visit, paper).await;
    }
    let (key, year) = edition(&which);
    edition_list(&app, &visit, key, year, &part).await
}

async fn edition_list(app: &App, visit: &Visit, key: &str, year: Option<i32>, part: &Part) -> Page {
    let editions = papers::editions(&app.db, key).await?;
    let current = editions.iter().find(|edition| Some(edition.year) == year);
    if editions.is_empty() || (year.is_some() && current.is_none()) {
        return Err(Failure::NotFound);
    }
    let found = found(app, Scope::venue(key, year), None, part).await?;
    let short = year.map_or_else(|| key.to_owned(), |year| format!("{key} {year}"));
    let all = format!("/venue/{}", escaped(key));
    let address = year.map_or_else(|| all.clone(), |year| venue_address(key, year));
    let years = editions.iter().map(|edition| YearChoice {
        name: edition.year.to_string(),
        href: venue_address(key, edition.year),
        count: edition.papers,
        current: Some(edition.year) == year,
    });
    let tabs = vec![Choice {
        name: visit.m.papers().into(),
        href: address.clone(),
        count: Some(found.total),
        current: true,
    }];
    visit.page(&ListPage {
        frame: Frame::new(app, visit, &short, Place::Papers),
        m: visit.m,
        place_name: current
            .map(|edition| edition.name.clone())
            .filter(|name| *name != short)
            .unwrap_or_default(),
        heading: short,
        feed: format!("{all}/feed"),
        month: None,
        years: years.collect(),
        tabs,
        empty: None,
        previous_day: None,
        next: found.next.map(|cursor| continued(&address, None, &cursor)),
        first: found.first,
        last: found.first + found.cards.len() as u64 - u64::from(!found.cards.is_empty()),
        total: found.total,
        cards: found.cards,
    })
}

struct Found {
    cards: Vec<Card>,
    first: u64,
    total: u64,
    next: Option<Cursor>,
}

async fn found(app: &App, scope: Scope, date: Option<NaiveDate>, part: &Part) -> Result<Found, Failure> {
    let after =
        part.after.as_deref().map(str::parse::<Cursor>).transpose().map_err(|_| Failure::WrongCursor)?;
    let found = papers::list(&app.db, &Listing { date, after, ..Listing::first(scope, PER_PAGE) }).await?;
    let cards =
        (found.first..).zip(&found.items).map(|(number, paper)| Card::of(app, paper, number)).collect();
    Ok(Found { cards, first: found.first, total: found.total.unwrap_or(0), next: found.next })
}

fn continued(address: &str, date: Option<NaiveDate>, cursor: &Cursor) -> String {
    let date = date.map(|date| format!("date={date}&")).unwrap_or_default();
    format!("{address}?{date}after={}", escaped(&cursor.to_string()))
}

fn day(text: &str) -> Result<NaiveDate, Failure> {
    content::day(text).ok_or_else(|| Failure::WrongDate(text.chars().take(40).collect()))
}

/// The first of the month that the calendar shows: the one asked for, the day's, else the latest.
fn shown_month(part: &Part, date: Option<NaiveDate>, latest: NaiveDate) -> Result<NaiveDate, Failure> {
    let shown = match &part.month {
        Some(month) => {
            day(&format!("{month}-01")).map_err(|_| Failure::WrongDate(month.chars().take(40).collect()))?
        }
        None => date.unwrap_or(latest),
    };
    Ok(shown.with_day(1).unwrap_or(shown))
}

async fn calendar(
    app: &App,
    m: Messages,
    category: &str,
    month: NaiveDate,
    date: Option<NaiveDate>,
    latest: NaiveDate,
) -> Result<Month, Failure> {
    let days = papers::days(&app.db, category, month).await?;
    let address = category_address(category);
    let mut weeks = vec![[const { None }; 7]];
    for day in month.iter_days().take_while(|day| day.month() == month.month()) {
        let column = day.weekday().num_days_from_monday() as usize;
        if column == 0 && day != month {
            weeks.push([const { None }; 7]);
        }
        let href = days.iter().any(|(listed, _)| *listed == day).then(|| format!("{address}?date={day}"));
        let week = weeks.last_mut().expect("begins with one week");
        week[column] = Some(Day { number: day.day(), href, current: Some(day) == date });
    }
    let beside = |month: NaiveDate| format!("{address}?month={}", month.format("%Y-%m"));
    let next = month.checked_add_months(Months::new(1)).filter(|next| *next <= latest);
    let earlier = papers::day_before(&app.db, category, month).await?.is_some();
    let previous = month.checked_sub_months(Months::new(1)).filter(|_| earlier);
    Ok(Month {
        name: m.month(&month),
        weekdays: m.weekdays(),
        weeks,
        previous: previous.map(beside),
        next: next.map(beside),
    })
}

#[derive(Template)]
#[template(path = "papers.html")]
struct Overview {
    frame: Frame,
    m: Messages,
    categories: Vec<Counted>,
    venues: Vec<Counted>,
}

/// A list with how many papers it has.
struct Counted {
    name: String,
    href: String,
    count: u64,
}

/// `GET /papers`: all categories and proceedings.
pub(crate) async fn paper_overview(app: web::Data<App>, visit: Visit) -> Page {
    let categories = papers::categories(&app.db).await?;
    let venues = papers::venues(&app.db).await?;
    visit.page(&Overview {
        frame: Frame::new(&app, &visit, visit.m.papers(), Place::Papers),
        m: visit.m,
        categories: categories
            .into_iter()
            .map(|(name, count)| Counted { href: category_address(&name), name, count })
            .collect(),
        venues: venues
            .into_iter()
            .map(|(key, count)| Counted { href: format!("/venue/{}", escaped(&key)), name: key, count })
            .collect(),
    })
}
