use actix_web::web;
use askama::Template;
use content::{Kind, Paper, PaperId, PostId, Subject};
use search::Document;
use storage::{comments, papers, posts};

use super::{
    Page,
    cards::{Brief, Card},
    citations::{self, Citation},
    comments::{Thread, thread},
    frame::{Frame, Place},
    moved,
    posts::address,
    reading::{self, Reading},
};
use crate::{
    app::App,
    errors::Failure,
    indexing,
    language::Messages,
    papers::{identifier, source},
    visit::Visit,
};

/// Related documents on a paper's page.
const NEAR: usize = 8;
/// Characters of a description in a page's head.
const DESCRIPTION: usize = 200;
/// Words named as the reason of a relation.
const SHARED: usize = 4;

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    frame: Frame,
    m: Messages,
    title_text: String,
    description: String,
    people: Vec<String>,
    citation_date: String,
    card: Card,
    version: Option<String>,
    arxiv: bool,
    source: Option<String>,
    abstract_heading: &'static str,
    paraphrased: bool,
    others: Vec<String>,
    reading: Reading,
    related: Vec<Brief>,
    posts: Vec<Brief>,
    cite: Citation,
    comments: Thread,
}

/// `GET /papers/{id}`: moves to the address that its record gives it.
pub(crate) async fn paper_by_key(app: web::Data<App>, visit: Visit, id: web::Path<String>) -> Page {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let paper = papers::by_id(&app.db, PaperId(id)).await?.ok_or(Failure::NotFound)?;
    let query = visit.address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    Ok(moved(&format!("{}{query}", crate::papers::address(&paper))))
}

/// The page of one paper.
pub(super) async fn show(app: &App, visit: &Visit, paper: Paper) -> Page {
    let said = comments::of(&app.db, Subject::Paper(paper.id)).await?;
    let near = related(app, indexing::paper(&paper), NEAR, visit.m).await?;
    let reading = reading::of(app, visit, &paper).await?;
    let record = &paper.shown;
    let m = visit.m;
    visit.page(&PaperPage {
        frame: Frame::new(app, visit, &record.title, Place::Papers),
        m,
        title_text: record.title.clone(),
        description: render::cut(&record.summary, DESCRIPTION).to_string(),
        people: record.authors.clone(),
        citation_date: record.date.format("%Y/%m/%d").to_string(),
        version: record.is_arxiv().then(|| record.key.version.clone()),
        arxiv: record.is_arxiv(),
        source: source(&paper),
        abstract_heading: if record.note.is_some() {
            m.abstract_paraphrased()
        } else {
            m.abstract_by_authors()
        },
        paraphrased: record.note.is_some(),
        others: paper.others.iter().map(|key| format!("{} {}", key.source, key.id)).collect(),
        reading,
        related: near.papers,
        posts: near.posts,
        cite: citations::of_paper(&paper, m.cite_paper()),
        comments: thread(&said, &app.context(), m)?,
        card: Card::of(app, &paper, 1),
    })
}

/// What is near a document: papers and posts apart.
pub(super) struct Near {
    pub(super) papers: Vec<Brief>,
    pub(super) posts: Vec<Brief>,
}

/// The documents most like this one, each with the words it shares.
pub(super) async fn related(
    app: &App,
    document: Document,
    limit: usize,
    m: Messages,
) -> Result<Near, Failure> {
    let index = app.index.clone();
    let found = web::block(move || index.related(&document, limit)).await??;
    let ids = |kind| found.iter().filter(move |near| near.id.kind == kind).map(|near| near.id.id);
    let of_papers = papers::by_ids(&app.db, &ids(Kind::Paper).map(PaperId).collect::<Vec<_>>()).await?;
    let of_posts = posts::by_ids(&app.db, &ids(Kind::Post).map(PostId).collect::<Vec<_>>()).await?;
    let shared = |kind, id| {
        let words = found
            .iter()
            .find(|near| near.id.kind == kind && near.id.id == id)
            .map(|near| near.shared.as_slice());
        words
            .filter(|words| !words.is_empty())
            .map(|words| words[..words.len().min(SHARED)].join(m.list_comma()))
    };
    Ok(Near {
        papers: of_papers
            .iter()
            .map(|paper| Brief::of(app, paper, shared(Kind::Paper, paper.id.0)))
            .collect(),
        posts: of_posts
            .iter()
            .map(|post| Brief {
                href: address(&post.slug),
                title: super::cards::title(app, &post.title),
                language: post.language,
                byline: post.author.clone(),
                shared: shared(Kind::Post, post.id.0),
            })
            .collect(),
    })
}

/// What the pages of search say of a paper besides its title.
pub(super) fn facts(paper: &Paper) -> Vec<String> {
    let place = match (&paper.shown.venue, paper.shown.categories.first()) {
        (Some(venue), _) => Some(format!("{} {}", venue.key, venue.year)),
        (None, category) => category.cloned(),
    };
    std::iter::once(identifier(paper)).chain(place).collect()
}
