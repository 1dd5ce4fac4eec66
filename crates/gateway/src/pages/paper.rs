use actix_web::web;
use askama::Template;
use cite::{Format, Work};
use content::{Paper, PaperId};
use storage::papers;

use super::{
    Link, Page,
    cards::Card,
    citing::Citation,
    comments::{Discussion, below},
    frame::{Frame, Place},
    heads::Head,
    moved,
    near::{self, Near},
    reading::{self, Reading},
};
use crate::{
    app::App,
    discussing::About,
    errors::Failure,
    exports::{self, asked},
    papers::{address, identifier, source},
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    frame: Frame,
    m: Messages,
    head: Head,
    card: Card,
    version: Option<String>,
    /// That another version was asked for, and where that one is.
    other_version: Option<(String, Link)>,
    feed: String,
    arxiv: bool,
    source: Option<String>,
    abstract_heading: &'static str,
    paraphrased: bool,
    others: Vec<String>,
    reading: Reading,
    near: Near,
    cite: Citation,
    comments: Discussion,
}

/// `GET /papers/{id}`: moves to the address that its record gives it. `/papers/{id}.bib` is the paper as a file.
pub(crate) async fn paper_by_key(app: web::Data<App>, visit: Visit, id: web::Path<String>) -> Page {
    let (id, format) = asked(&id, &visit);
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let paper = papers::by_id(&app.db, PaperId(id)).await?.ok_or(Failure::NotFound)?;
    if let Some(format) = format {
        return Ok(exports::paper(&app, &visit, &paper, format));
    }
    let query = visit.address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    Ok(moved(&format!("{}{query}", address(&paper))))
}

/// The page of one paper, or the paper in the format that was asked for. There is a page for the newest version only; who
/// `asked` for another is told so.
pub(super) async fn show(
    app: &App,
    visit: &Visit,
    paper: Paper,
    asked: Option<u32>,
    format: Option<Format>,
) -> Page {
    if let Some(format) = format {
        return Ok(exports::paper(app, visit, &paper, format));
    }
    let work = exports::of_paper(app, &paper);
    let mut response = page(app, visit, paper, asked, &work).await?;
    exports::signposts(&work).for_each(|(name, value)| response.headers_mut().append(name, value));
    Ok(response)
}

/// The paper of a number, at an address that has it.
pub(super) async fn by_number(app: &App, visit: &Visit, id: i64) -> Page {
    let paper = papers::by_id(&app.db, PaperId(id)).await?.ok_or(Failure::NotFound)?;
    show(app, visit, paper, None, None).await
}

async fn page(app: &App, visit: &Visit, paper: Paper, asked: Option<u32>, work: &Work) -> Page {
    let comments = below(app, visit, &About::of_paper(app, &paper)).await?;
    let phrases = app.phrases(std::slice::from_ref(&paper)).await?;
    let near = near::of_paper(app, visit, &paper).await?;
    let reading = reading::of(app, visit, &paper).await?;
    let record = &paper.shown;
    let m = visit.m;
    let head = Head::of_paper(app, &paper, work, m);
    visit.page_of_papers(&PaperPage {
        frame: Frame::new(app, visit, &record.title, Place::Papers).known_as(&head.canonical),
        m,
        head,
        version: record.is_arxiv().then(|| record.key.version.clone()),
        other_version: asked.and_then(|asked| other_version(m, &paper, asked)),
        feed: format!("{}/feed", address(&paper)),
        arxiv: record.is_arxiv(),
        source: source(&paper),
        abstract_heading: if record.note.is_some() {
            m.abstract_paraphrased()
        } else {
            m.abstract_by_authors()
        },
        paraphrased: record.note.is_some(),
        others: elsewhere(&paper),
        reading,
        near,
        cite: Citation::of(app, work, m.cite_paper()),
        comments,
        card: Card::of(app, &paper, 1, &phrases[0]),
    })
}

/// What the paper is called by others, each once: versions of one thing have one name.
fn elsewhere(paper: &Paper) -> Vec<String> {
    let own = &paper.shown.key;
    let others = paper.others.iter().filter(|key| (&key.source, &key.id) != (&own.source, &own.id));
    let mut names: Vec<String> = Vec::new();
    for name in others.map(|key| format!("{} {}", key.source, key.id)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn other_version(m: Messages, paper: &Paper, asked: u32) -> Option<(String, Link)> {
    let version = &paper.shown.key.version;
    let shown: Option<u32> = version.strip_prefix('v').and_then(|number| number.parse().ok());
    let sentence = match shown {
        Some(shown) if shown == asked => return None,
        Some(shown) if asked < shown => m.version_older(asked, shown),
        Some(shown) => m.version_unknown(asked, shown),
        None => m.version_unnamed(asked),
    };
    let href = format!("https://arxiv.org/abs/{}v{asked}", paper.shown.key.id);
    Some((sentence, Link { name: m.version_at_arxiv(asked), href }))
}

/// What the pages of search say of a paper besides its title.
pub(super) fn facts(paper: &Paper) -> Vec<String> {
    let place = match (&paper.shown.venue, paper.shown.categories.first()) {
        (Some(venue), _) => Some(format!("{} {}", venue.key, venue.year)),
        (None, category) => category.cloned(),
    };
    std::iter::once(identifier(paper)).chain(place).collect()
}
