use actix_web::web;
use askama::Template;
use chrono::NaiveDate;
use content::{Comment, Language, Subject};
use render::{Context, Format, Html, Trust};
use storage::{Listing, Scope, comments, papers, posts};

use super::{
    Link, Page,
    cards::{Brief, title},
    frame::{Frame, Place},
    page,
    posts::{Entry, address, entries},
};
use crate::{app::App, errors::Failure, language::{Messages, Visit}};

/// Posts, papers and comments on the front page.
const POSTS: u64 = 6;
const PAPERS: u64 = 6;
const COMMENTS: u64 = 4;
/// Categories named below the day's papers.
const CATEGORIES: usize = 4;
/// Characters of a comment in the margin.
const SAID: usize = 120;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    m: Messages,
    entries: Vec<Entry>,
    older: Option<String>,
    day: Option<Day>,
    said: Vec<Said>,
}

/// The latest day that has papers.
struct Day {
    date: NaiveDate,
    papers: Vec<Brief>,
    categories: Vec<Link>,
    total: u64,
}

/// A comment in the margin.
struct Said {
    language: Language,
    text: Html,
    author: String,
    href: String,
    subject: Html,
}

/// `GET /`
pub(crate) async fn home(app: web::Data<App>, visit: Visit) -> Page {
    let (mut entries, older) = entries(&app, None, POSTS).await?;
    if let Some(first) = entries.first_mut() {
        first.lead = true;
    }
    page(&HomePage {
        frame: Frame::new(&app, &visit, "", Place::Posts),
        m: visit.m,
        entries,
        older,
        day: latest_day(&app).await?,
        said: recent_comments(&app).await?,
    })
}

async fn latest_day(app: &App) -> Result<Option<Day>, Failure> {
    let listing = Listing { scope: Scope::All, date: None, after: None, limit: PAPERS };
    let found = papers::list(&app.db, &listing).await?;
    let Some(date) = found.items.first().map(|paper| paper.shown.date) else { return Ok(None) };
    let categories = papers::categories(&app.db).await?;
    Ok(Some(Day {
        date,
        papers: found.items.iter().filter(|paper| paper.shown.date == date).map(|paper| Brief::of(paper, None)).collect(),
        categories: categories
            .into_iter()
            .take(CATEGORIES)
            .map(|(name, _)| Link { href: crate::papers::category_address(&name), name })
            .collect(),
        total: found.total,
    }))
}

async fn recent_comments(app: &App) -> Result<Vec<Said>, Failure> {
    let mut said = Vec::new();
    for comment in comments::recent(&app.db, COMMENTS).await? {
        if let Some((href, subject)) = subject(app, &comment).await? {
            said.push(shortened(&comment, href, subject));
        }
    }
    Ok(said)
}

async fn subject(app: &App, comment: &Comment) -> Result<Option<(String, Html)>, Failure> {
    Ok(match comment.subject {
        Subject::Post(id) => posts::by_id(&app.db, id).await?.map(|post| (address(&post.slug), title(&post.title))),
        Subject::Paper(id) => {
            papers::by_id(&app.db, id).await?.map(|paper| (crate::papers::address(&paper), title(&paper.shown.title)))
        }
    })
}

fn shortened(comment: &Comment, href: String, subject: Html) -> Said {
    let rendered = render::render(&comment.body, Format::Markdown, Trust::Comment, &Context::default());
    Said {
        language: Language::of(&comment.body),
        text: render::inline(&render::cut(&rendered.text, SAID), &Context::default()),
        author: comment.author.clone(),
        href: format!("{href}#c-{}", comment.id.0),
        subject,
    }
}
