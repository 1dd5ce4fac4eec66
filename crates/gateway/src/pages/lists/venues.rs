use actix_web::web;
use storage::{Edition, Scope, papers};

use super::{Choice, Frame, ListPage, Page, Part, Place, found};
use crate::{
    app::App,
    errors::Failure,
    pages::{moved, paper},
    papers::{edition, escaped, venue_address},
    visit::Visit,
};

/// `GET /venue/{which}`: `<id>@<source>` is a paper, `<NAME>.<YEAR>` an edition, `<NAME>` a venue.
pub(crate) async fn venue(
    app: web::Data<App>,
    visit: Visit,
    which: web::Path<String>,
    part: web::Query<Part>,
) -> Page {
    if let Some(paper) = super::ids::of_venues(&app, &which).await? {
        return paper::show(&app, &visit, paper).await;
    }
    if let Some(keys) = super::ids::several(&which) {
        return super::ids::list(&app, &visit, &keys).await;
    }
    let (name, year) = edition(&which);
    let key = papers::venue_key(&app.db, name).await?.ok_or(Failure::NotFound)?;
    if key != name {
        let query = visit.address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        return Ok(moved(&format!("{}{query}", address(&key, year))));
    }
    list(&app, &visit, &key, year, &part).await
}

/// `GET /venue/latest`: what came last to any proceedings.
pub(crate) async fn latest(app: web::Data<App>, visit: Visit, part: web::Query<Part>) -> Page {
    let (m, path) = (visit.m, "/venue/latest");
    let found = found(&app, Scope::Venues, None, &part).await?;
    visit.page(&ListPage {
        feed: Some(format!("{path}/feed")),
        next: found.next.map(|cursor| part.address(path, |part| part.after = Some(cursor.to_string()))),
        range: found.range,
        ..super::whole(&app, &visit, m.latest_proceedings().into(), found.cards)
    })
}

async fn list(app: &App, visit: &Visit, key: &str, year: Option<i32>, part: &Part) -> Page {
    let editions = papers::editions(&app.db, key).await?;
    let current = editions.iter().find(|edition| Some(edition.year) == year);
    if year.is_some() && current.is_none() {
        return Err(Failure::NotFound);
    }
    let path = address(key, year);
    let group = part.group.clone().filter(|_| year.is_some());
    let scope = Scope::Venue { key: key.to_owned(), year, group: group.clone() };
    let found = found(app, scope, None, part).await?;
    let short = year.map_or_else(|| key.to_owned(), |year| format!("{key} {year}"));
    let full = current.map(|edition| edition.name.clone()).filter(|name| *name != short);
    let m = visit.m;
    visit.page(&ListPage {
        frame: Frame::new(app, visit, &short, Place::Papers),
        m,
        place_name: full.unwrap_or_default(),
        heading: short,
        feed: Some(format!("{path}/feed")),
        month: None,
        years: years(key, &editions, year),
        tabs: groups(app, key, &editions, year, part, m.all_groups()).await?,
        orders: part.orders(&path, m),
        announced: None,
        empty: found.cards.is_empty().then(|| super::Empty { what: m.empty_list().into(), link: None }),
        previous_day: None,
        next_day: None,
        categories: Vec::new(),
        next: found.next.map(|cursor| part.address(&path, |part| part.after = Some(cursor.to_string()))),
        range: found.range,
        cards: found.cards,
    })
}

fn address(key: &str, year: Option<i32>) -> String {
    year.map_or_else(|| format!("/venue/{}", escaped(key)), |year| venue_address(key, year))
}

fn years(key: &str, editions: &[Edition], year: Option<i32>) -> Vec<Choice> {
    let choice = |edition: &Edition| Choice {
        name: edition.year.to_string(),
        href: venue_address(key, edition.year),
        count: Some(edition.papers),
        current: Some(edition.year) == year,
    };
    editions.iter().map(choice).collect()
}

/// The parts of an edition, as its organisers made them: `Oral`, `Poster`.
async fn groups(
    app: &App,
    key: &str,
    editions: &[Edition],
    year: Option<i32>,
    part: &Part,
    all: &str,
) -> Result<Vec<Choice>, Failure> {
    let path = address(key, year);
    let total = |edition: &&Edition| year.is_none_or(|year| edition.year == year);
    let total = editions.iter().filter(total).map(|edition| edition.papers).sum();
    let mut tabs = vec![Choice {
        name: all.to_owned(),
        href: part.address(&path, |part| part.group = None),
        count: Some(total),
        current: part.group.is_none(),
    }];
    let Some(year) = year else { return Ok(tabs) };
    for (name, count) in papers::edition_groups(&app.db, key, year).await? {
        let href = part.address(&path, |part| part.group = Some(name.clone()));
        let current = part.group.as_ref() == Some(&name);
        tabs.push(Choice { name, href, count: Some(count), current });
    }
    Ok(tabs)
}
