use actix_web::web;
use storage::{Edition, Scope, papers};

use super::{Choice, Frame, ListPage, Page, Part, Place, found, some};
use crate::{
    app::App,
    errors::Failure,
    exports::{self, asked},
    pages::paper,
    papers::{
        lists::{self, Named, venue_list_address as address},
        venue_address,
    },
    visit::Visit,
};

/// `GET /venue/{which}`: `<id>@<source>` is a paper, `<NAME>.<YEAR>` an edition, `<NAME>` a venue, `latest` all of them.
pub(crate) async fn venue(app: web::Data<App>, visit: Visit, which: web::Path<String>, part: Part) -> Page {
    let (which, format) = asked(&which, &visit);
    match (lists::of_venue(&app, which).await?, format) {
        (Named::Paper(paper, _), format) => paper::show(&app, &visit, *paper, None, format).await,
        (Named::Papers(papers, missing), format) => some(&app, &visit, &papers, &missing, format).await,
        (Named::Venue { key, year }, Some(format)) => {
            let scope = Scope::Venue { key, year, group: part.group() };
            exports::list(&app, &visit, part.listing(scope)?, format).await
        }
        (Named::Venue { key, year }, None) => list(&app, &visit, &key, year, &part).await,
        (Named::Latest, Some(format)) => {
            exports::list(&app, &visit, part.listing(Scope::Venues)?, format).await
        }
        (Named::Latest, None) => latest(&app, &visit, &part).await,
        (Named::Moved(path), format) => Ok(super::moved_to(&visit, path, format)),
        (Named::Categories(_), _) => Err(Failure::NotFound),
    }
}

/// What came last to any proceedings.
async fn latest(app: &App, visit: &Visit, part: &Part) -> Page {
    let (m, path) = (visit.m, "/venue/latest");
    let found = found(app, Scope::Venues, part).await?;
    visit.page_of_papers(&ListPage {
        feed: Some(format!("{path}/feed")),
        next: found.next.map(|cursor| part.address(path, |part| part.after = Some(cursor.to_string()))),
        range: found.range,
        ..super::whole(app, visit, m.latest_proceedings().into(), found.cards)
    })
}

async fn list(app: &App, visit: &Visit, key: &str, year: Option<i32>, part: &Part) -> Page {
    let editions = papers::editions(&app.db, key).await?;
    let current = editions.iter().find(|edition| Some(edition.year) == year);
    let path = address(key, year);
    let scope = Scope::Venue { key: key.to_owned(), year, group: part.group() };
    let found = found(app, scope, part).await?;
    let short = year.map_or_else(|| key.to_owned(), |year| format!("{key} {year}"));
    let full = current.map(|edition| edition.name.clone()).filter(|name| *name != short);
    let m = visit.m;
    visit.page_of_papers(&ListPage {
        frame: Frame::new(app, visit, &short, Place::Papers),
        m,
        place_name: full.unwrap_or_default(),
        heading: short,
        feed: Some(Part { group: part.group(), ..Part::default() }.address(&format!("{path}/feed"), |_| ())),
        feed_note: None,
        feed_renewal: None,
        month: None,
        years: years(key, &editions, year),
        tabs: groups(app, key, &editions, year, part, m.all_groups()).await?,
        orders: part.orders(&path, m),
        order_note: part.order_note(m, found.range.total),
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
        current: part.group().is_none(),
    }];
    let Some(year) = year else { return Ok(tabs) };
    for (name, count) in papers::edition_groups(&app.db, key, year).await? {
        let href = part.address(&path, |part| part.group = Some(name.clone()));
        let current = part.group.as_ref() == Some(&name);
        tabs.push(Choice { name, href, count: Some(count), current });
    }
    Ok(tabs)
}
