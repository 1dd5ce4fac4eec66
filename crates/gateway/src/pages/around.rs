//! What stands around a post: what it is under, what comes before and after it, and who links to it.

use content::{Language, Post};
use render::Html;
use storage::{
    post_links,
    post_lists::{self, Named},
    posts,
    terms::{self, TermKind},
};

use super::{
    Link,
    cards::{self, Brief},
};
use crate::{
    app::App,
    posts::{address, address_of, category_address, series_address, shelves::Tree, tag_address},
};

/// Parts of a series that are named before and after a post.
const NEAR: usize = 6;

/// A post before or after another one.
pub(super) struct Beside {
    pub(super) href: String,
    pub(super) title: Html,
    pub(super) language: Language,
}

/// A post's place in its series.
pub(super) struct InSeries {
    pub(super) name: String,
    pub(super) href: String,
    /// Which of the parts it is, from 1: numbers that authors gave may have gaps.
    pub(super) place: usize,
    /// How many parts there are.
    pub(super) all: usize,
    /// Those near this one, itself among them.
    pub(super) parts: Vec<Part>,
    pub(super) previous: Option<Beside>,
    pub(super) next: Option<Beside>,
}

/// One part of a series.
pub(super) struct Part {
    /// Its place among all parts, from 1.
    pub(super) place: usize,
    pub(super) post: Beside,
    pub(super) current: bool,
}

impl Beside {
    pub(super) fn of(app: &App, post: &Named) -> Self {
        Self { href: address(&post.slug), title: cards::title(app, &post.title), language: post.language }
    }
}

impl InSeries {
    pub(super) async fn of(app: &App, post: &Post) -> Result<Option<Self>, storage::Error> {
        let Some(series) = &post.details.series else { return Ok(None) };
        let named = post_lists::parts(&app.db, &series.name).await?;
        let Some(place) = named.iter().position(|part| part.id == post.id) else { return Ok(None) };
        let beside = |at: Option<usize>| Some(Beside::of(app, named.get(at?)?));
        Ok(Some(Self {
            name: series.name.clone(),
            href: series_address(&slug_of(app, TermKind::Series, &series.name).await?),
            place: place + 1,
            all: named.len(),
            previous: beside(place.checked_sub(1)),
            next: beside(Some(place + 1)),
            parts: (1..)
                .zip(&named)
                .skip(place.saturating_sub(NEAR))
                .take(2 * NEAR + 1)
                .map(|(number, part)| Part {
                    place: number,
                    post: Beside::of(app, part),
                    current: part.id == post.id,
                })
                .collect(),
        }))
    }
}

/// For each category of a post the way to it from the highest one; a category above another one of the post is said once.
pub(super) async fn categories(app: &App, post: &Post) -> Result<Vec<Vec<Link>>, storage::Error> {
    let all = terms::all(&app.db, TermKind::Category).await?;
    let tree = Tree::of(&all);
    let link = |term: &terms::Term| Link { name: term.name.clone(), href: category_address(&term.slug) };
    let way = |name: &String| {
        let term = all.iter().find(|term| term.name == *name)?;
        Some(tree.above(term).into_iter().chain([term]).map(link).collect::<Vec<_>>())
    };
    let ways: Vec<_> = post.categories.iter().filter_map(way).collect();
    let is_part = |way: &Vec<Link>| {
        let last = way.last().map(|link| link.href.as_str());
        ways.iter()
            .any(|other| other.len() > way.len() && other.iter().any(|link| Some(link.href.as_str()) == last))
    };
    let alone: Vec<bool> = ways.iter().map(|way| !is_part(way)).collect();
    Ok(ways.into_iter().zip(alone).filter_map(|(way, alone)| alone.then_some(way)).collect())
}

/// The tags of a post.
pub(super) async fn tags(app: &App, post: &Post) -> Result<Vec<Link>, storage::Error> {
    let mut tags = Vec::new();
    for name in &post.tags {
        let slug = slug_of(app, TermKind::Tag, name).await?;
        tags.push(Link { name: name.clone(), href: tag_address(&slug) });
    }
    Ok(tags)
}

/// The same post in the other language, if everybody may read that.
pub(super) async fn translation(app: &App, post: &Post) -> Result<Option<String>, storage::Error> {
    let Some(slug) = &post.translation else { return Ok(None) };
    Ok(posts::at(&app.db, slug).await?.map(|other| address_of(&other)))
}

/// The posts right before and after one, by their days.
pub(super) async fn neighbours(
    app: &App,
    post: &Post,
) -> Result<(Option<Beside>, Option<Beside>), storage::Error> {
    if !post.details.is_listed() {
        return Ok((None, None));
    }
    let (earlier, later) = post_lists::neighbours(&app.db, post).await?;
    Ok((earlier.map(|post| Beside::of(app, &post)), later.map(|post| Beside::of(app, &post))))
}

/// The posts that link to one.
pub(super) async fn links_here(app: &App, post: &Post) -> Result<Vec<Brief>, storage::Error> {
    let linking = post_links::to(&app.db, post).await?;
    Ok(linking.iter().map(|post| brief(app, post, String::new())).collect())
}

/// A post in a narrow list, with a line below its title.
pub(super) fn brief(app: &App, post: &Named, byline: String) -> Brief {
    Brief {
        href: address(&post.slug),
        title: cards::title(app, &post.title),
        language: post.language,
        byline: if byline.is_empty() { post.author.clone() } else { byline },
        shared: None,
    }
}

/// What the address of a term ends in.
pub(super) async fn slug_of(app: &App, kind: TermKind, name: &str) -> Result<String, storage::Error> {
    Ok(terms::slug(&app.db, kind, name).await?.unwrap_or_else(|| name.to_owned()))
}
