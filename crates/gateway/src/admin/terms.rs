//! `/admin/terms`: what posts are put under. An address that a term had leads to where it is now.

use std::collections::HashMap;

use actix_web::web;
use askama::Template;
use content::Slug;
use serde::Deserialize;
use storage::terms::{self, Term, TermKind};

use super::{Desk, Section, Told, after, record, said};
use crate::{
    accounts::Editor,
    app::App,
    errors::Failure,
    pages::{Frame, Page, Place, private},
    papers::escaped,
    visit::{Visit, language::Messages},
};

/// The most characters of a name and of a description.
const NAME: usize = 100;
const DESCRIPTION: usize = 4000;

#[derive(Template)]
#[template(path = "admin/terms.html")]
struct TermsPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    kinds: Vec<Kind>,
    kind: TermKind,
    terms: Vec<Line>,
}

#[derive(Template)]
#[template(path = "admin/term.html")]
struct TermPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    kind: TermKind,
    term: Line,
    parent: Option<String>,
    others: Vec<String>,
}

/// A kind of terms, as a tab.
struct Kind {
    name: &'static str,
    value: &'static str,
    current: bool,
}

/// A term as a row of the list.
struct Line {
    name: String,
    slug: String,
    href: String,
    description: String,
    /// How many categories are above it.
    depth: usize,
    posts: u64,
}

/// Which terms are listed.
#[derive(Deserialize)]
pub(super) struct Which {
    kind: Option<String>,
    done: Option<String>,
    fault: Option<String>,
}

/// A new term.
#[derive(Deserialize)]
pub(super) struct New {
    kind: String,
    name: String,
}

#[derive(Deserialize)]
pub(super) struct NameForm {
    name: String,
}

#[derive(Deserialize)]
pub(super) struct DescribeForm {
    #[serde(default)]
    description: String,
    #[serde(default)]
    parent: String,
}

#[derive(Deserialize)]
pub(super) struct AddressForm {
    slug: String,
}

#[derive(Deserialize)]
pub(super) struct MergeForm {
    into: String,
}

/// `GET /admin/terms?kind=`
pub(super) async fn list(app: web::Data<App>, visit: Visit, _: Editor, which: web::Query<Which>) -> Page {
    let Which { kind, done, fault } = which.into_inner();
    let kind = kind.as_deref().map_or(Ok(TermKind::Category), str::parse).map_err(|_| Failure::NotFound)?;
    let all = terms::all(&app.db, kind).await?;
    let counts = terms::counts(&app.db, kind).await?;
    let desk = Desk::new(&visit, Section::Terms, None).told(&Told { done, fault });
    let page = TermsPage {
        frame: desk.frame(&app, &visit),
        m: visit.m,
        desk,
        kinds: TermKind::ALL.iter().map(|one| Kind::of(*one, kind, visit.m)).collect(),
        terms: in_levels(&all, &counts),
        kind,
    };
    private(&visit, &page)
}

/// `POST /admin/terms`: one that no post names yet.
pub(super) async fn add(app: web::Data<App>, editor: Editor, new: web::Form<New>) -> Page {
    let kind: TermKind = new.kind.parse().map_err(|_| Failure::NotFound)?;
    let list = format!("/admin/terms?kind={}", kind.name());
    let Some(name) = named(&new.name) else { return Ok(said(&list, "fault=missing")) };
    let done = terms::add(&app.db, kind, &name).await;
    if done.is_ok() {
        record(&app, &editor.0, "term.add", &object(kind, &name), "").await?;
    }
    after(&list, done)
}

/// `GET /admin/terms/{kind}/{slug}`
pub(super) async fn one(
    app: web::Data<App>,
    visit: Visit,
    _: Editor,
    path: web::Path<(String, String)>,
    told: web::Query<Told>,
) -> Page {
    let term = found(&app, &path).await?;
    let posts = terms::counts(&app.db, term.kind).await?.get(&term.name).copied().unwrap_or(0);
    let others = terms::all(&app.db, term.kind).await?.into_iter().map(|other| other.name);
    let desk = Desk::new(&visit, Section::Terms, Some(&term.name)).told(&told);
    let page = TermPage {
        frame: desk.frame(&app, &visit),
        m: visit.m,
        desk,
        kind: term.kind,
        parent: term.parent.clone(),
        others: others.filter(|name| *name != term.name).collect(),
        term: Line::of(&term, 0, posts),
    };
    private(&visit, &page)
}

/// `POST /admin/terms/{kind}/{slug}/rename`
pub(super) async fn rename(
    app: web::Data<App>,
    editor: Editor,
    path: web::Path<(String, String)>,
    form: web::Form<NameForm>,
) -> Page {
    let term = found(&app, &path).await?;
    let Some(name) = named(&form.name) else { return Ok(said(&address(&term), "fault=missing")) };
    let done = terms::rename(&app.db, term.kind, &term.name, &name).await;
    if done.is_ok() {
        record(&app, &editor.0, "term.rename", &object(term.kind, &term.name), &name).await?;
    }
    after(&address(&term), done)
}

/// `POST /admin/terms/{kind}/{slug}/describe`
pub(super) async fn describe(
    app: web::Data<App>,
    editor: Editor,
    path: web::Path<(String, String)>,
    form: web::Form<DescribeForm>,
) -> Page {
    let term = found(&app, &path).await?;
    let description: String = form.description.replace("\r\n", "\n").chars().take(DESCRIPTION).collect();
    let parent = Some(form.parent.as_str()).filter(|parent| !parent.is_empty());
    let done = terms::describe(&app.db, term.kind, &term.name, description.trim(), parent).await;
    if done.is_ok() {
        record(&app, &editor.0, "term.describe", &object(term.kind, &term.name), &form.parent).await?;
        app.pages.forget();
    }
    after(&address(&term), done)
}

/// `POST /admin/terms/{kind}/{slug}/address`
pub(super) async fn readdress(
    app: web::Data<App>,
    editor: Editor,
    path: web::Path<(String, String)>,
    form: web::Form<AddressForm>,
) -> Page {
    let term = found(&app, &path).await?;
    let Ok(slug) = form.slug.trim().parse::<Slug>() else {
        return Ok(said(&address(&term), "fault=slug"));
    };
    let done = terms::readdress(&app.db, term.kind, &term.name, &slug).await;
    if done.is_err() {
        return after(&address(&term), done);
    }
    record(&app, &editor.0, "term.address", &object(term.kind, &term.name), slug.as_str()).await?;
    app.pages.forget();
    after(&address(&Term { slug: slug.to_string(), ..term }), done)
}

/// `POST /admin/terms/{kind}/{slug}/merge`: its posts are another one's from now on.
pub(super) async fn merge(
    app: web::Data<App>,
    editor: Editor,
    path: web::Path<(String, String)>,
    form: web::Form<MergeForm>,
) -> Page {
    let term = found(&app, &path).await?;
    let done = terms::merge(&app.db, term.kind, &term.name, &form.into).await;
    if done.is_err() {
        return after(&address(&term), done);
    }
    record(&app, &editor.0, "term.merge", &object(term.kind, &term.name), &form.into).await?;
    after(&format!("/admin/terms?kind={}", term.kind.name()), done)
}

/// `POST /admin/terms/{kind}/{slug}/remove`: one that no post names.
pub(super) async fn remove(app: web::Data<App>, editor: Editor, path: web::Path<(String, String)>) -> Page {
    let term = found(&app, &path).await?;
    match terms::remove(&app.db, term.kind, &term.name).await {
        Err(storage::Error::Taken) => return Ok(said(&address(&term), "fault=used")),
        done => done?,
    }
    record(&app, &editor.0, "term.remove", &object(term.kind, &term.name), "").await?;
    after(&format!("/admin/terms?kind={}", term.kind.name()), Ok(()))
}

async fn found(app: &App, (kind, slug): &(String, String)) -> Result<Term, Failure> {
    let kind: TermKind = kind.parse().map_err(|_| Failure::NotFound)?;
    terms::by_slug(&app.db, kind, slug).await?.ok_or(Failure::NotFound)
}

/// Each category after the one above it.
fn in_levels(all: &[Term], counts: &HashMap<String, u64>) -> Vec<Line> {
    let known = |name: &str| all.iter().any(|term| term.name == name);
    let mut lines = Vec::with_capacity(all.len());
    let top: Vec<_> = all.iter().filter(|term| !term.parent.as_deref().is_some_and(known)).collect();
    let mut open: Vec<_> = top.into_iter().rev().map(|term| (term, 0)).collect();
    while let Some((term, depth)) = open.pop() {
        lines.push(Line::of(term, depth, counts.get(&term.name).copied().unwrap_or(0)));
        let below = all.iter().rev().filter(|other| other.parent.as_ref() == Some(&term.name));
        open.extend(below.map(|below| (below, depth + 1)));
    }
    lines
}

impl Line {
    fn of(term: &Term, depth: usize, posts: u64) -> Self {
        Self {
            name: term.name.clone(),
            slug: term.slug.clone(),
            href: address(term),
            description: term.description.clone(),
            depth,
            posts,
        }
    }
}

impl Kind {
    fn of(one: TermKind, shown: TermKind, m: Messages) -> Self {
        let name = match one {
            TermKind::Category => m.admin_categories(),
            TermKind::Tag => m.admin_tags(),
            TermKind::Series => m.admin_series(),
        };
        Self { name, value: one.name(), current: one == shown }
    }
}

fn address(term: &Term) -> String {
    format!("/admin/terms/{}/{}", term.kind.name(), escaped(&term.slug))
}

/// A term as the audit log names it.
fn object(kind: TermKind, name: &str) -> String {
    format!("{} {name}", kind.name())
}

fn named(text: &str) -> Option<String> {
    let name: String = text.trim().chars().take(NAME).collect();
    (!name.is_empty()).then_some(name)
}
