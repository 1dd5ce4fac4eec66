use actix_web::web;
use askama::Template;

use super::{
    Page,
    frame::{Frame, Place},
};
use crate::{
    app::App,
    visit::{Visit, language::Messages},
};

/// The frame of what a reader's own browser keeps; scripts fill it.
#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    frame: Frame,
    m: Messages,
    lists: [List; 4],
}

/// A list of a few texts that a reader writes.
struct List {
    /// What the scripts know it by.
    name: &'static str,
    heading: &'static str,
    hint: &'static str,
    add: &'static str,
    placeholder: &'static str,
}

/// `GET /mine`: stars, categories and words of a reader, which no server knows.
pub(crate) async fn mine(app: web::Data<App>, visit: Visit) -> Page {
    let m = visit.m;
    let category = "cs.LG";
    let list = |name, heading, hint, add, placeholder| List { name, heading, hint, add, placeholder };
    visit.page(&MinePage {
        frame: Frame::new(&app, &visit, m.mine_title(), Place::Elsewhere),
        m,
        lists: [
            list("watched", m.mine_watched(), m.mine_watched_hint(), m.mine_add_category(), category),
            list("excluded", m.mine_excluded(), m.mine_excluded_hint(), m.mine_add_category(), category),
            list(
                "include",
                m.mine_include(),
                m.mine_include_hint(),
                m.mine_add_words(),
                "diffusion AND control",
            ),
            list(
                "exclude",
                m.mine_exclude(),
                m.mine_exclude_hint(),
                m.mine_add_words(),
                "survey OR benchmark",
            ),
        ],
    })
}
