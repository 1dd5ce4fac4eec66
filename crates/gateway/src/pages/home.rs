use actix_web::web;
use askama::Template;
use content::{Comment, Language, Subject};
use render::{Context, Format, Html, Rendered, Trust};
use storage::{Listing, Scope, comments, papers, post_lists, posts};

use super::{
    Link, Page,
    around::brief,
    cards::{Brief, title},
    frame::{Frame, Place},
    heads::Head,
    shelves::{Entry, entries},
};
use crate::{
    app::App,
    errors::Failure,
    papers::escaped,
    posts::{address, numbered},
    visit::{Visit, language::Messages},
};

/// Posts, papers and comments on the front page.
const POSTS: u64 = 6;
const PAPERS: u64 = 6;
const COMMENTS: u64 = 4;
/// Posts that most people have read, in the margin.
const POPULAR: u64 = 5;
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
    newest: Option<Newest>,
    said: Vec<Said>,
    popular: Vec<Brief>,
    total: u64,
    last: u64,
    head: Head,
}

/// The newest papers of all lists.
struct Newest {
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
    let found = post_lists::list(&app.db, &post_lists::Scope::All, None, POSTS).await?;
    let older = found.next.map(|cursor| format!("/posts?after={}", escaped(&cursor.to_string())));
    let mut entries = entries(&app, &found.items).await?;
    if let Some(first) = entries.first_mut() {
        first.lead = true;
    }
    let picture = entries.iter().find_map(|entry| entry.picture.clone());
    let head = Head::of_home(&app, visit.m.language(), picture);
    visit.page(&HomePage {
        frame: Frame::new(&app, &visit, "", Place::Posts).known_as(&head.canonical),
        head,
        m: visit.m,
        last: entries.len() as u64,
        total: found.total,
        entries,
        older,
        newest: newest(&app).await?,
        said: recent_comments(&app).await?,
        popular: popular(&app, visit.m).await?,
    })
}

async fn newest(app: &App) -> Result<Option<Newest>, Failure> {
    let found = papers::list(&app.db, &Listing::first(Scope::All, PAPERS)).await?;
    if found.items.is_empty() {
        return Ok(None);
    }
    let mut categories = papers::categories(&app.db).await?;
    categories.retain(|(name, _)| !content::is_archive(name));
    Ok(Some(Newest {
        papers: found.items.iter().map(|paper| Brief::of(app, paper, None)).collect(),
        categories: categories
            .into_iter()
            .take(CATEGORIES)
            .map(|(name, _)| Link { href: crate::papers::category_address(&name), name })
            .collect(),
        total: found.total.unwrap_or_default(),
    }))
}

/// What most people have read.
async fn popular(app: &App, m: Messages) -> Result<Vec<Brief>, Failure> {
    let most = post_lists::popular(&app.db, POPULAR).await?;
    Ok(most.iter().map(|post| brief(app, post, m.reader_count(&post.readers))).collect())
}

async fn recent_comments(app: &App) -> Result<Vec<Said>, Failure> {
    let mut said = Vec::new();
    for comment in comments::recent(&app.db, COMMENTS).await? {
        if let Some(about) = about(app, &comment).await? {
            said.push(shortened(&comment, about));
        }
    }
    Ok(said)
}

/// What a comment is about.
struct About {
    href: String,
    title: Html,
    /// What the comment may refer to.
    context: Context,
}

async fn about(app: &App, comment: &Comment) -> Result<Option<About>, Failure> {
    Ok(match comment.subject {
        Subject::Post(id) => posts::by_id(&app.db, id).await?.map(|post| {
            let rendered = app.renderings.body(&post, &app.context());
            let Rendered { labels, macros, .. } = &*rendered;
            let (labels, macros) = (labels.clone(), macros.clone());
            About {
                href: address(&post.slug),
                title: title(app, &post.title),
                context: Context { labels, macros, ..Context::default() },
            }
        }),
        Subject::Paper(id) => papers::by_id(&app.db, id).await?.map(|paper| About {
            href: crate::papers::address(&paper),
            title: title(app, &paper.shown.title),
            context: app.context(),
        }),
    })
}

fn shortened(comment: &Comment, about: About) -> Said {
    let context = about.context;
    let rendered = render::render(&comment.body, Format::Markdown, Trust::Comment, &context);
    Said {
        language: Language::of(&comment.body),
        text: render::inline(
            &render::cut(&numbered(&rendered.text, &context.labels), SAID),
            &Context::default(),
        ),
        author: comment.author.clone(),
        href: format!("{}#c-{}", about.href, comment.id.0),
        subject: about.title,
    }
}
