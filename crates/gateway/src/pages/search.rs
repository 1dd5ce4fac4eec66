use std::time::Instant;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::NaiveDate;
use content::{DocId, Kind, Language, PaperId, PostId};
use render::Html;
use search::{Facet, Filters, Hint, Query, Request, Results};
use serde::Deserialize;
use storage::{changes, papers, posts};

use super::{
    Choice, Page,
    frame::{Frame, Place},
    moved,
    paper::facts,
    posts::{address, body_of},
};
use crate::{app::App, errors::Failure, language::Messages, papers::escaped, visit::Visit};

/// Results on one page.
const PER_PAGE: usize = 20;
/// Characters of a snippet.
const SNIPPET: usize = 280;
/// The last result that paging reaches.
const DEEPEST: usize = 10_000;

/// What is asked: the query, a kind, and how many results came before.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    query: String,
    kind: String,
    from: Option<String>,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    m: Messages,
    query: String,
    kind: Option<&'static str>,
    hints: Vec<String>,
    tabs: Vec<Choice>,
    milliseconds: u128,
    hits: Vec<Hit>,
    first: usize,
    last: usize,
    total: u64,
    next: Option<String>,
}

/// One result as it is shown.
struct Hit {
    kind: &'static str,
    href: String,
    title: Html,
    language: Language,
    day: NaiveDate,
    facts: Vec<String>,
    people: String,
    snippet: Html,
}

/// `GET /arxiv/search?query=`: papers only, at the address that other tools use.
pub(crate) async fn paper_search(asked: web::Query<Asked>) -> HttpResponse {
    moved(&format!("/search?query={}&kind=paper", escaped(&asked.query)))
}

/// `GET /search?query=&kind=&from=`
pub(crate) async fn search(app: web::Data<App>, visit: Visit, asked: web::Query<Asked>) -> Page {
    let started = Instant::now();
    let query = Query::parse(&asked.query);
    let kind = Kind::of(&asked.kind);
    let from = offset(asked.from.as_deref())?;
    // Before the search: what the index takes in meanwhile may be missing from the results.
    let position = app.index.position();
    let results = find(&app, &query, kind, from).await?;
    let hits = hits(&app, &query, &results, visit.m).await?;
    let total = results.total;
    let reached = from + results.hits.len();
    let next = (!results.hits.is_empty() && (reached as u64) < total && reached < DEEPEST)
        .then(|| format!("{}&from={reached}", here(&asked.query, kind)));
    visit.page(&SearchPage {
        frame: Frame::new(&app, &visit, &title(&asked.query, visit.m), Place::Search),
        m: visit.m,
        kind: kind.map(Kind::name),
        hints: hints(&app, &query, &results, position, visit.m).await?,
        tabs: tabs(&asked.query, kind, &results, visit.m),
        milliseconds: started.elapsed().as_millis(),
        hits,
        first: from + 1,
        last: reached,
        total,
        next,
        query: asked.query.clone(),
    })
}

async fn find(app: &App, query: &Query, kind: Option<Kind>, from: usize) -> Result<Results, Failure> {
    let (index, query) = (app.index.clone(), query.clone());
    let filters = kind.map_or(Filters::NONE, Filters::kind);
    let results = web::block(move || {
        let request =
            Request { filters: &filters, offset: from, facets: &Facet::ALL, ..Request::of(&query, PER_PAGE) };
        index.search(&request)
    });
    Ok(results.await??)
}

fn offset(from: Option<&str>) -> Result<usize, Failure> {
    let from = from.map_or(Ok(0), str::parse).map_err(|_| Failure::WrongCursor)?;
    if from <= DEEPEST { Ok(from) } else { Err(Failure::WrongCursor) }
}

fn title(query: &str, m: Messages) -> String {
    if query.is_empty() { m.search_title().into() } else { render::cut(query, 80).to_string() }
}

fn here(query: &str, kind: Option<Kind>) -> String {
    let kind = kind.map(|kind| format!("&kind={}", kind.name())).unwrap_or_default();
    format!("/search?query={}{kind}", escaped(query))
}

fn tabs(query: &str, current: Option<Kind>, results: &Results, m: Messages) -> Vec<Choice> {
    let kinds = [(None, m.search_all()), (Some(Kind::Paper), m.papers()), (Some(Kind::Post), m.posts())];
    let tab = |(kind, name): (Option<Kind>, &str)| Choice {
        name: name.into(),
        href: here(query, kind),
        count: Some(match kind {
            Some(kind) => results.count(Facet::Kind, kind.name()),
            None => results.counts(Facet::Kind).iter().map(|(_, count)| count).sum(),
        }),
        current: kind == current,
    };
    kinds.map(tab).into()
}

/// What to tell about the query, and about results of an index that was at `position` in the change log.
async fn hints(
    app: &App,
    query: &Query,
    results: &Results,
    position: i64,
    m: Messages,
) -> Result<Vec<String>, Failure> {
    let own = query.hints().iter().chain(&results.hints).filter_map(|hint| match hint {
        Hint::Widened(_) => Some(m.hint_widened()),
        Hint::TooLong => Some(m.hint_too_long()),
        Hint::TooManyWords => Some(m.hint_too_many()),
        Hint::UnclosedQuote => Some(m.hint_unclosed()),
        Hint::OnlyExcluded => Some(m.hint_only_excluded()),
        _ => None,
    });
    let mut hints: Vec<String> = own.map(str::to_owned).collect();
    let behind = changes::last(&app.db).await? - position;
    if behind > 0 {
        hints.push(m.search_indexing(&(behind as u64)));
    }
    Ok(hints)
}

/// The results in their order; what was deleted since the index saw it is left out.
async fn hits(app: &App, query: &Query, results: &Results, m: Messages) -> Result<Vec<Hit>, Failure> {
    let ids = |kind| results.hits.iter().filter(move |hit| hit.id.kind == kind).map(|hit| hit.id.id);
    let of_papers = papers::by_ids(&app.db, &ids(Kind::Paper).map(PaperId).collect::<Vec<_>>()).await?;
    let of_posts = posts::by_ids(&app.db, &ids(Kind::Post).map(PostId).collect::<Vec<_>>()).await?;
    let mut shown: std::collections::HashMap<DocId, Hit> = std::collections::HashMap::new();
    for paper in &of_papers {
        let record = &paper.shown;
        let hit = Hit {
            kind: m.kind_paper(),
            href: crate::papers::address(paper),
            title: marked(app, query, &record.title, usize::MAX),
            language: Language::of(&record.title),
            day: record.date,
            facts: facts(paper),
            people: record.authors.join(", "),
            snippet: marked(app, query, &record.summary, SNIPPET),
        };
        shown.insert(DocId { kind: Kind::Paper, id: paper.id.0 }, hit);
    }
    for post in &of_posts {
        let hit = Hit {
            kind: m.kind_post(),
            href: address(&post.slug),
            title: marked(app, query, &post.title, usize::MAX),
            language: post.language,
            day: post.published.date_naive(),
            facts: Vec::new(),
            people: post.author.clone(),
            snippet: marked(app, query, &body_of(post, &app.context()).text, SNIPPET),
        };
        shown.insert(DocId { kind: Kind::Post, id: post.id.0 }, hit);
    }
    Ok(results.hits.iter().filter_map(|hit| shown.remove(&hit.id)).collect())
}

/// The part of a text that answers the query, its words marked.
fn marked(app: &App, query: &Query, text: &str, characters: usize) -> Html {
    let snippet = search::snippet(query, text, characters);
    render::marked(&snippet.text, &snippet.marks, &app.context())
}
