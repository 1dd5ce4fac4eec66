use askama::Template;
use content::{Language, Role};

use crate::{
    app::App,
    assets,
    config::Entry,
    exports::{self, File},
    feeds::{self, Feed},
    posts::menu::Item,
    visit::{
        Visit,
        language::{Messages, other},
    },
};

/// What is around every page.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) site: String,
    pub(crate) language: Language,
    pub(crate) other: Language,
    /// The same page in the other language.
    pub(crate) switch: String,
    /// The same page with formulas the other way.
    pub(crate) formulas: String,
    pub(crate) canonical: String,
    /// The address of the page without the place in its list.
    address: String,
    pub(crate) assets: &'static str,
    /// Places of the masthead that the operator added.
    pub(crate) menu: Vec<Entry>,
    /// Whether the visitor writes here.
    pub(crate) writes: bool,
    pub(crate) place: Place,
    pub(crate) has_series: bool,
    /// Under what texts may be used whose author does not say.
    pub(crate) licence: Option<String>,
    /// Pages that stand on their own.
    pub(crate) pages: Vec<Item>,
}

/// Which part of the site a page belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Posts,
    Series,
    Papers,
    Search,
    /// A page that stands on its own, by its address.
    Page(String),
    Elsewhere,
}

impl Frame {
    /// The frame of a page with this title; an empty one is the site itself.
    pub(crate) fn new(app: &App, visit: &Visit, title: &str, place: Place) -> Self {
        let site = app.config.site.title.clone();
        Self {
            title: if title.is_empty() { site.clone() } else { format!("{title} – {site}") },
            language: visit.m.language(),
            other: other(visit.m.language()),
            switch: visit.switched(),
            formulas: visit.other_formulas(),
            canonical: format!("{}{}", app.base, visit.address),
            assets: assets::base(),
            menu: app.config.site.menu.clone(),
            writes: visit.role >= Some(Role::Author),
            address: visit.without(&["after", "from", "month"]),
            licence: app.config.site.licence.clone(),
            has_series: app.menu.has_series(),
            pages: app.menu.pages(visit.m.language()),
            place,
            site,
        }
    }

    /// Whether this is a page that stands on its own.
    pub(crate) fn is_page(&self, href: &str) -> bool {
        matches!(&self.place, Place::Page(here) if here == href)
    }

    /// The same with this as the one address of what the page is about.
    pub(crate) fn known_as(self, canonical: &str) -> Self {
        Self { canonical: canonical.to_owned(), ..self }
    }

    /// The same, where the address of the list that the page shows was understood, and not only repeated.
    pub(crate) fn of_list(self, address: String) -> Self {
        Self { address, ..self }
    }

    /// The list of this page as a file.
    pub(crate) fn files(&self) -> Vec<File> {
        exports::files(&self.address)
    }

    /// That a file holds a part only, where a list is that long.
    pub(crate) fn part_only(&self, total: &u64) -> Option<String> {
        let most = exports::MOST as u64;
        (*total > most).then(|| Messages(self.language).take_along_most(&most))
    }

    /// A feed in each of its formats, by the address that it has as Atom.
    pub(crate) fn feeds(&self, feed: &str) -> Vec<Feed> {
        feeds::each(feed)
    }

    /// The posts of the site as feeds.
    pub(crate) fn site_feeds(&self) -> Vec<Feed> {
        feeds::each("/feed")
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    frame: Frame,
    m: Messages,
    what: &'static str,
    detail: Option<String>,
    /// The page of the paper that the request was about.
    back: Option<String>,
}

/// The page of an error, as HTML.
pub(crate) fn error(app: &App, visit: &Visit, what: &'static str, detail: Option<String>) -> String {
    let back = paper_of(&visit.address);
    let frame = Frame::new(app, visit, what, Place::Elsewhere);
    ErrorPage { frame, m: visit.m, what, detail, back }.render().unwrap_or_else(|_| what.to_owned())
}

/// The paper whose form was sent to this address: `/papers/7/readings`.
fn paper_of(address: &str) -> Option<String> {
    let (id, _) = address.strip_prefix("/papers/")?.split_once('/')?;
    id.parse::<i64>().ok().map(|id| format!("/papers/{id}"))
}
