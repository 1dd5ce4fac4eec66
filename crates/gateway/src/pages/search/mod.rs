//! The page of a search: works without scripts, and every state of it is an address.

mod chips;
mod facets;
mod files;
mod hits;
mod instant;
mod notes;
mod opensearch;

pub(crate) use files::search_file;
pub(crate) use instant::{instant, suggest};
pub(crate) use opensearch::description;

use std::time::Instant;

use actix_web::{HttpResponse, web};
use askama::Template;
use content::{Kind, Paper};
use search::{Facet, Results, Sort};

use self::{
    chips::Chip,
    facets::{Group, groups},
    hits::Hit,
    notes::{Note, Way, notes, ways},
};
use super::{
    Choice, Link, Page,
    frame::{Frame, Place},
    moved,
};
use crate::{
    app::App,
    errors::Failure,
    searches::{Asked, DEEPEST, Document, Documents, find, sort_name},
    visit::{Visit, language::Messages},
};

/// Results on one page.
const PER_PAGE: usize = 20;

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    m: Messages,
    /// What was typed, as far as it was looked at.
    query: String,
    /// What the form sends besides the query and what is chosen in it.
    kept: Vec<(&'static str, &'static str)>,
    examples: Vec<Example>,
    /// Nothing: there is nothing to look for.
    found: Option<Found>,
}

/// What a search found, as it is shown.
struct Found {
    chips: Vec<Chip>,
    notes: Vec<Note>,
    suggestion: Option<Link>,
    groups: Vec<Group>,
    feed: Option<String>,
    tabs: Vec<Choice>,
    orders: Vec<Choice>,
    milliseconds: u128,
    hits: Vec<Hit>,
    total: u64,
    /// What leads on where nothing was found.
    ways: Vec<Way>,
    range: Option<String>,
    previous: Option<String>,
    next: Option<String>,
    /// Whether there is more than paging reaches.
    cut_off: bool,
}

impl Found {
    /// Whether there is anything beside the results.
    fn has_rail(&self) -> bool {
        !self.groups.is_empty() || self.feed.is_some()
    }
}

/// A query that shows what queries can say.
struct Example {
    queries: Vec<Link>,
    meaning: &'static str,
}

/// `GET /arxiv/search?query=`: papers only, at the address that other tools use.
pub(crate) async fn paper_search(asked: Asked) -> HttpResponse {
    moved(&asked.with_kind(Some(Kind::Paper)).at(asked.from).address())
}

/// `GET /search?query=&kind=&source=&cat=&venue=&year=&lang=&answered=&sort=&words=&from=`
pub(crate) async fn search(app: web::Data<App>, visit: Visit, asked: Asked) -> Page {
    if let Some(format) = visit.accepts.filter(|_| !asked.is_empty()) {
        return files::file(&app, &visit, &asked, format).await;
    }
    let found = match asked.is_empty() {
        true => None,
        false => match look(&app, &visit, &asked).await? {
            Answer::Opened(address) => return Ok(opened(&address)),
            Answer::Found(found) => Some(*found),
        },
    };
    visit.page(&SearchPage {
        frame: Frame::new(&app, &visit, &title(&asked, visit.m), Place::Search)
            .of_list(asked.whole_list())
            .known_as(&format!("{}{}", app.base, asked.address())),
        m: visit.m,
        query: asked.query.text().to_owned(),
        kept: kept(&asked),
        examples: examples(visit.m),
        found,
    })
}

/// A page of results, or the paper that the query names.
enum Answer {
    Opened(String),
    Found(Box<Found>),
}

async fn look(app: &App, visit: &Visit, asked: &Asked) -> Result<Answer, Failure> {
    let started = Instant::now();
    // Before the search: what the index takes in meanwhile may be missing from the results.
    let position = app.index.position();
    let results = find(app, asked, PER_PAGE, &Facet::ALL).await?;
    let documents = Documents::load(&app.db, results.hits.iter().map(|hit| hit.id)).await?;
    if let Some(paper) = named(asked, &results, &documents) {
        return Ok(Answer::Opened(crate::papers::address(paper)));
    }
    let m = visit.m;
    let hits = hits::hits(app, &asked.query, &results, &documents, m);
    let reached = asked.from + results.hits.len();
    let more = !results.hits.is_empty() && (reached as u64) < results.total;
    let next = (more && reached <= DEEPEST).then(|| asked.at(reached).address());
    Ok(Answer::Found(Box::new(Found {
        chips: chips::chips(asked, m),
        notes: notes(app, asked, &results, position, m).await?,
        suggestion: results.suggestion.as_deref().map(|text| suggestion(asked, text)),
        groups: groups(asked, &results, m),
        feed: feeds(asked, &results).then(|| asked.feed()),
        tabs: tabs(asked, &results, m),
        orders: orders(asked, m),
        milliseconds: started.elapsed().as_millis(),
        ways: if results.hits.is_empty() { ways(asked, &results, m) } else { Vec::new() },
        range: (!results.hits.is_empty()).then(|| m.result_range(asked.from + 1, reached, results.total)),
        previous: (asked.from > 0).then(|| asked.at(asked.from.saturating_sub(PER_PAGE)).address()),
        cut_off: more && next.is_none(),
        total: results.total,
        next,
        hits,
    })))
}

/// The paper that a query names, when that is all that it does and all that was found.
fn named<'a>(asked: &Asked, results: &Results, documents: &'a Documents) -> Option<&'a Paper> {
    let [hit] = results.hits[..] else { return None };
    let Some(Document::Paper(paper)) = documents.get(hit.id) else { return None };
    (results.named && results.total == 1 && asked.is_bare()).then_some(paper)
}

/// For now: what is named today may be named by another tomorrow.
fn opened(address: &str) -> HttpResponse {
    HttpResponse::Found().insert_header(("location", address)).finish()
}

fn title(asked: &Asked, m: Messages) -> String {
    match asked.query.text() {
        "" => m.search_title().into(),
        text => render::cut(text, 80),
    }
}

fn suggestion(asked: &Asked, text: &str) -> Link {
    Link { name: text.to_owned(), href: asked.with_query(text).address() }
}

/// Feeds are of what is written to be read by itself, and hold what has all that was asked for.
fn feeds(asked: &Asked, results: &Results) -> bool {
    results.complete && !matches!(asked.kind(), Some(Kind::Comment | Kind::Answer))
}

fn kept(asked: &Asked) -> Vec<(&'static str, &'static str)> {
    let kind = asked.kind().map(|kind| (Facet::Kind.name(), kind.name()));
    let sort = sort_name(asked.sort).map(|sort| ("sort", sort));
    let words = asked.all_words.then_some(("words", "all"));
    [kind, sort, words].into_iter().flatten().collect()
}

fn tabs(asked: &Asked, results: &Results, m: Messages) -> Vec<Choice> {
    let all: u64 = results.counts(Facet::Kind).iter().map(|(_, count)| count).sum();
    let kinds = [
        (Kind::Paper, m.papers()),
        (Kind::Post, m.posts()),
        (Kind::Comment, m.comments()),
        (Kind::Answer, m.answers()),
    ];
    let kinds = kinds.map(|(kind, name)| (Some(kind), name, results.count(Facet::Kind, kind.name())));
    let tab = |(kind, name, count): (Option<Kind>, &str, u64)| {
        let there = asked.with_kind(kind);
        Choice {
            name: name.into(),
            current: kind == asked.kind(),
            // Everything there is, is no search.
            count: (!there.is_empty()).then_some(count),
            href: there.address(),
        }
    };
    std::iter::once((None, m.search_all(), all)).chain(kinds).map(tab).collect()
}

fn orders(asked: &Asked, m: Messages) -> Vec<Choice> {
    let orders = [
        (Sort::Relevance, m.by_relevance()),
        (Sort::Newest, m.newest_first()),
        (Sort::Oldest, m.oldest_first()),
    ];
    let order = |(sort, name): (Sort, &str)| Choice {
        name: name.into(),
        href: asked.sorted(sort).address(),
        count: None,
        current: sort == asked.sort,
    };
    orders.map(order).into()
}

fn examples(m: Messages) -> Vec<Example> {
    let rows: [(&[&str], &'static str); 10] = [
        (&["low-rank adaptation"], m.help_words()),
        (&["\"rotary position\""], m.help_phrase()),
        (&["attention -image", "attention NOT image"], m.help_without()),
        (&["(rotary OR absolute) position"], m.help_or()),
        (&["transform*"], m.help_star()),
        (&["ti:attention", "abs:kernel"], m.help_fields()),
        (&["au:\"Yann LeCun\"", "au:lecun"], m.help_author()),
        (&["cat:cs.LG", "venue:ICLR.2024", "source:arxiv"], m.help_place()),
        (&["year:2023..2025", "date:2024-05"], m.help_time()),
        (&["in:answers", "has:answer", "lang:zh"], m.help_kind()),
    ];
    let link = |query: &&str| Link { name: (*query).into(), href: Asked::query(query).address() };
    rows.map(|(queries, meaning)| Example { queries: queries.iter().map(link).collect(), meaning }).into()
}
