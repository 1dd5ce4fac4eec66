//! Lists of posts: all of them, and those under a category, a tag, a series, an author or a month.

use actix_web::web;
use askama::Template;
use chrono::{DateTime, NaiveDate};
use content::{Language, Post, Visibility};
use render::{Context, Format, Html, Trust};
use serde::Deserialize;
use storage::{
    Cursor, comments,
    post_lists::{self, Scope},
    terms::{self, Term, TermKind},
};

use super::{
    Choice, Link, Page,
    around::slug_of,
    cards,
    frame::{Frame, Place},
    heads::{Head, List, Shown},
    moved,
};
use crate::{
    app::App,
    errors::Failure,
    papers::escaped,
    posts::{
        address, author_address, category_address,
        citations::Works,
        month_address, series_address,
        shelves::{self, Name, Shelf, ShelfKind, Tree},
    },
    visit::{
        Visit,
        language::{Messages, other},
    },
};

/// Posts on one page of a list.
const PER_PAGE: u64 = 10;

/// Where a list goes on.
#[derive(Deserialize)]
pub(crate) struct Continued {
    after: Option<String>,
}

impl Continued {
    fn cursor(&self) -> Result<Option<Cursor>, Failure> {
        self.after.as_deref().map(str::parse).transpose().map_err(|_| Failure::WrongCursor)
    }
}

/// `GET /posts?after=`
pub(crate) async fn post_list(app: web::Data<App>, visit: Visit, place: web::Query<Continued>) -> Page {
    shelf_page(&app, &visit, &place, Shelf::all()).await
}

/// `GET /category/{slug}`
pub(crate) async fn category(
    app: web::Data<App>,
    visit: Visit,
    slug: web::Path<String>,
    place: web::Query<Continued>,
) -> Page {
    shelf_page(&app, &visit, &place, Shelf::category(&app, &slug).await?).await
}

/// `GET /tag/{slug}`
pub(crate) async fn tag(
    app: web::Data<App>,
    visit: Visit,
    slug: web::Path<String>,
    place: web::Query<Continued>,
) -> Page {
    shelf_page(&app, &visit, &place, Shelf::tag(&app, &slug).await?).await
}

/// `GET /series/{slug}`
pub(crate) async fn series(
    app: web::Data<App>,
    visit: Visit,
    slug: web::Path<String>,
    place: web::Query<Continued>,
) -> Page {
    shelf_page(&app, &visit, &place, Shelf::series(&app, &slug).await?).await
}

/// `GET /author/{name}`
pub(crate) async fn author(
    app: web::Data<App>,
    visit: Visit,
    name: web::Path<String>,
    place: web::Query<Continued>,
) -> Page {
    shelf_page(&app, &visit, &place, Shelf::author(&app, &name).await?).await
}

/// `GET /{year}/{month}`
pub(crate) async fn month(
    app: web::Data<App>,
    visit: Visit,
    which: web::Path<(String, String)>,
    place: web::Query<Continued>,
) -> Page {
    shelf_page(&app, &visit, &place, Shelf::month(&which.0, &which.1)?).await
}

#[derive(Template)]
#[template(path = "shelf.html")]
struct ShelfPage {
    frame: Frame,
    m: Messages,
    head: Head,
    heading: String,
    /// What kind of list it is; nothing of the list of all.
    kind: Option<&'static str>,
    description: Option<Html>,
    feed: String,
    total: u64,
    first: u64,
    last: u64,
    above: Vec<Link>,
    below: Vec<Link>,
    entries: Vec<Entry>,
    /// The beginning of the list, on its other pages.
    newest: Option<String>,
    older: Option<String>,
    in_order: bool,
}

async fn shelf_page(app: &App, visit: &Visit, place: &Continued, shelf: Shelf) -> Page {
    if shelf.is_moved {
        let rest = place.after.as_deref().map(|after| format!("?after={}", escaped(after)));
        return Ok(moved(&format!("{}{}", shelf.address, rest.unwrap_or_default())));
    }
    let after = place.cursor()?;
    let found = post_lists::list(&app.db, &shelf.scope, after, PER_PAGE).await?;
    if found.total == 0 && matches!(shelf.name, Name::Month(..)) {
        return Err(Failure::NotFound);
    }
    let entries = entries(app, &found.items).await?;
    let heading = heading(&shelf.name, visit.m);
    let in_order = matches!(shelf.scope, Scope::Series(_));
    let link = |term: &Term| Link { name: term.name.clone(), href: category_address(&term.slug) };
    let above: Vec<Link> = shelf.above.iter().map(link).collect();
    let next = |cursor: Cursor| format!("{}?after={}", shelf.address, escaped(&cursor.to_string()));
    let description = (!shelf.description.is_empty()).then(|| {
        let context = app.context();
        render::render(&shelf.description, Format::Markdown, Trust::Post, &context)
    });
    let said = description.as_ref().map_or_else(
        || format!("{heading} – {}", app.config.site.tagline),
        |rendered| render::cut(&rendered.text, 200),
    );
    let shown: Vec<_> = entries.iter().map(|entry| (entry.href.clone(), entry.title_text.clone())).collect();
    let head = Head::of_list(
        app,
        &List {
            address: &shelf.address,
            name: &heading,
            description: &said,
            language: visit.m.language(),
            way: &way(&shelf, &above, visit.m),
            posts: &shown,
            first: found.first,
            picture: entries.iter().find_map(|entry| entry.picture.clone()),
        },
    );
    let place = if in_order { Place::Series } else { Place::Posts };
    let frame = Frame::new(app, visit, &heading, place);
    visit.page(&ShelfPage {
        // Later pages are pages of their own: only they have these posts.
        frame: if after.is_none() { frame.known_as(&head.canonical) } else { frame },
        m: visit.m,
        kind: kind(&shelf.name, visit.m),
        description: description.map(|rendered| rendered.html),
        feed: shelf.feed(),
        total: found.total,
        first: found.first,
        last: found.first + entries.len() as u64 - u64::from(!entries.is_empty()),
        above,
        below: shelf.below.iter().map(link).collect(),
        newest: after.is_some().then(|| shelf.address.clone()),
        older: found.next.map(next),
        heading,
        head,
        entries,
        in_order,
    })
}

/// The places on the way to a list, by paths and names.
fn way(shelf: &Shelf, above: &[Link], m: Messages) -> Vec<(String, String)> {
    let place = |href: &str, name: &str| vec![(href.to_owned(), name.to_owned())];
    let mut way = match &shelf.name {
        Name::All => Vec::new(),
        Name::Of(ShelfKind::Category, _) => place("/categories", m.categories()),
        Name::Of(ShelfKind::Tag, _) => place("/tags", m.tags()),
        Name::Of(ShelfKind::Series, _) => place("/series", m.series()),
        Name::Of(ShelfKind::Author, _) => place("/posts", m.posts()),
        Name::Month(..) => place("/archives", m.archive()),
    };
    way.extend(above.iter().map(|link| (link.href.clone(), link.name.clone())));
    way
}

fn heading(name: &Name, m: Messages) -> String {
    match name {
        Name::All => m.posts().to_owned(),
        Name::Of(_, name) => name.clone(),
        Name::Month(year, month) => m.month(&NaiveDate::from_ymd_opt(*year, *month, 1).unwrap_or_default()),
    }
}

fn kind(name: &Name, m: Messages) -> Option<&'static str> {
    match name {
        Name::All | Name::Month(..) => None,
        Name::Of(ShelfKind::Category, _) => Some(m.category()),
        Name::Of(ShelfKind::Tag, _) => Some(m.tag_name()),
        Name::Of(ShelfKind::Series, _) => Some(m.series()),
        Name::Of(ShelfKind::Author, _) => Some(m.author()),
    }
}

/// One post in a list.
pub(super) struct Entry {
    pub(super) m: Messages,
    pub(super) lead: bool,
    pub(super) pinned: bool,
    /// Whether a password is asked for before its text.
    pub(super) protected: bool,
    pub(super) language: Language,
    pub(super) other: Language,
    pub(super) href: String,
    pub(super) title: Html,
    pub(super) title_text: String,
    pub(super) teaser: Html,
    /// The first picture of the teaser.
    pub(super) picture: Option<Shown>,
    pub(super) author: Link,
    pub(super) day: NaiveDate,
    pub(super) category: Option<Link>,
    pub(super) series: Option<(Link, u32)>,
    pub(super) readers: u64,
    pub(super) comments: u64,
    pub(super) translation: Option<String>,
    /// What it is to programs that collect references: an OpenURL ContextObject.
    pub(super) coins: String,
}

/// Posts as lists show them.
pub(super) async fn entries(app: &App, posts: &[Post]) -> Result<Vec<Entry>, Failure> {
    let ids: Vec<_> = posts.iter().map(|post| post.id).collect();
    let counts = comments::counts(&app.db, &ids).await?;
    let mut entries = Vec::new();
    for (post, comments) in posts.iter().zip(counts) {
        // Of the first entry pictures may be seen at once, those of the others are further down.
        let context = Context { first_screen: (!entries.is_empty()).then_some(0), ..app.context() };
        entries.push(entry(app, post, comments, context).await?);
    }
    Ok(entries)
}

async fn entry(app: &App, post: &Post, comments: u64, context: Context) -> Result<Entry, Failure> {
    let href = address(&post.slug);
    let works = Works::of(app, &post.body).await?;
    let context =
        works.context(Context { prefix: format!("a{}-", post.id.0), page: href.clone(), ..context });
    let teaser = app.renderings.teaser(post, &context);
    let category = match post.categories.first() {
        Some(name) => {
            let slug = slug_of(app, TermKind::Category, name).await?;
            Some(Link { name: name.clone(), href: category_address(&slug) })
        }
        None => None,
    };
    let series = match &post.details.series {
        Some(series) => {
            let slug = slug_of(app, TermKind::Series, &series.name).await?;
            Some((Link { name: series.name.clone(), href: series_address(&slug) }, series.part))
        }
        None => None,
    };
    let protected = post.details.visibility == Visibility::Protected;
    Ok(Entry {
        m: Messages(post.language),
        lead: false,
        pinned: post.details.pinned,
        protected,
        language: post.language,
        other: other(post.language),
        title: cards::title(app, &post.title),
        title_text: cite::plain(&post.title),
        picture: Shown::first(app, &teaser, &works),
        teaser: teaser.html.clone(),
        author: Link { name: post.author.clone(), href: author_address(&post.author) },
        day: post.published.date_naive(),
        category,
        series,
        readers: post.readers,
        // How much is said behind a door is for who has opened it.
        comments: if protected { 0 } else { comments },
        translation: super::around::translation(app, post).await?,
        coins: cite::coins(&crate::exports::of_post(app, post)),
        href,
    })
}

#[derive(Template)]
#[template(path = "shelves.html")]
struct Shelves {
    frame: Frame,
    m: Messages,
    head: Head,
    heading: &'static str,
    none: &'static str,
    groups: Vec<Group>,
}

/// Lists that stand together: a year's months, or all there is of a kind.
struct Group {
    name: Option<String>,
    id: Option<String>,
    lists: Vec<Listed>,
}

/// A list with how much is in it.
struct Listed {
    depth: usize,
    list: Choice,
    /// What is said of it.
    description: Option<Html>,
    last: Option<NaiveDate>,
}

/// `GET /categories`: as they stand below one another.
pub(crate) async fn categories(app: web::Data<App>, visit: Visit) -> Page {
    let counted = shelves::counted(&app, TermKind::Category).await?;
    let all = terms::all(&app.db, TermKind::Category).await?;
    let tree = Tree::of(&all);
    let mut waiting: Vec<(usize, &Term)> = tree.highest().into_iter().rev().map(|term| (0, term)).collect();
    let mut lists = Vec::new();
    while let Some((depth, term)) = waiting.pop() {
        if let Some((_, posts, _)) = counted.iter().find(|(other, ..)| other.name == term.name) {
            let href = category_address(&term.slug);
            lists.push(Listed::of(&app, depth, term, href, *posts));
        }
        waiting.extend(tree.below(&term.name).into_iter().rev().map(|term| (depth + 1, term)));
    }
    let group = Group { name: None, id: None, lists };
    overview(&app, &visit, visit.m.categories(), Place::Posts, vec![group])
}

/// `GET /tags`
pub(crate) async fn tags(app: web::Data<App>, visit: Visit) -> Page {
    let counted = shelves::counted(&app, TermKind::Tag).await?;
    let one = |(term, posts, _): &(Term, u64, DateTime<chrono::Utc>)| {
        Listed::of(&app, 0, term, crate::posts::tag_address(&term.slug), *posts)
    };
    let group = Group { name: None, id: None, lists: counted.iter().map(one).collect() };
    overview(&app, &visit, visit.m.tags(), Place::Posts, vec![group])
}

/// `GET /series`: the one that went on last is the first.
pub(crate) async fn all_series(app: web::Data<App>, visit: Visit) -> Page {
    let terms = terms::all(&app.db, TermKind::Series).await?;
    let mut lists = Vec::new();
    for (name, posts, last) in post_lists::all_series(&app.db).await? {
        let Some(term) = terms.iter().find(|term| term.name == name) else { continue };
        let listed = Listed::of(&app, 0, term, series_address(&term.slug), posts);
        lists.push(Listed { last: Some(last.date_naive()), ..listed });
    }
    overview(&app, &visit, visit.m.series(), Place::Series, vec![Group { name: None, id: None, lists }])
}

/// `GET /archives`: years and their months.
pub(crate) async fn archives(app: web::Data<App>, visit: Visit) -> Page {
    let mut groups: Vec<Group> = Vec::new();
    for month in post_lists::months(&app.db).await? {
        let year = month.year.to_string();
        let first = NaiveDate::from_ymd_opt(month.year, month.month, 1).unwrap_or_default();
        let list = Choice {
            name: visit.m.month(&first),
            href: month_address(month.year, month.month),
            count: Some(month.posts),
            current: false,
        };
        let listed = Listed { depth: 0, list, description: None, last: None };
        match groups.last_mut().filter(|group| group.name.as_ref() == Some(&year)) {
            Some(group) => group.lists.push(listed),
            None => {
                groups.push(Group { id: Some(format!("y{year}")), name: Some(year), lists: vec![listed] })
            }
        }
    }
    overview(&app, &visit, visit.m.archive(), Place::Posts, groups)
}

impl Listed {
    fn of(app: &App, depth: usize, term: &Term, href: String, posts: u64) -> Self {
        let description = (!term.description.is_empty())
            .then(|| render::render(&term.description, Format::Markdown, Trust::Post, &app.context()).html);
        let list = Choice { name: term.name.clone(), href, count: Some(posts), current: false };
        Self { depth, list, description, last: None }
    }
}

fn overview(app: &App, visit: &Visit, heading: &'static str, place: Place, groups: Vec<Group>) -> Page {
    let path = visit.address.split('?').next().unwrap_or_default().to_owned();
    let head = Head::of_list(
        app,
        &List {
            address: &path,
            name: heading,
            description: &format!("{heading} – {}", app.config.site.tagline),
            language: visit.m.language(),
            way: &[],
            posts: &[],
            first: 1,
            picture: None,
        },
    );
    visit.page(&Shelves {
        frame: Frame::new(app, visit, heading, place).known_as(&head.canonical),
        m: visit.m,
        head,
        heading,
        none: visit.m.no_posts(),
        groups: groups.into_iter().filter(|group| !group.lists.is_empty()).collect(),
    })
}
