use actix_web::web;
use askama::Template;
use content::{Paper, PaperId, Subject};
use storage::{comments, papers};

use super::{
    Page,
    cards::Card,
    citations::{self, Citation},
    comments::{Thread, thread},
    frame::{Frame, Place},
    moved,
    near::{self, Near},
    reading::{self, Reading},
};
use crate::{
    app::App,
    errors::Failure,
    language::Messages,
    papers::{identifier, source},
    visit::Visit,
};

/// Characters of a description in a page's head.
const DESCRIPTION: usize = 200;

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
    near: Near,
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
    let phrases = app.phrases(std::slice::from_ref(&paper)).await?;
    let near = near::of_paper(app, visit, &paper).await?;
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
        near,
        cite: citations::of_paper(&paper, m.cite_paper()),
        comments: thread(&said, &app.context(), m)?,
        card: Card::of(app, &paper, 1, &phrases[0]),
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
