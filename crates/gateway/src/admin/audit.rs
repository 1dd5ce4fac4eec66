//! `/admin/audit`: who did what.

use actix_web::web;
use askama::Template;
use serde::Deserialize;
use storage::audit::{self, Filter};

use super::{Desk, Section};
use crate::{
    accounts::Administrator,
    app::App,
    pages::{Frame, Page, Place, private},
    papers::escaped,
    visit::{Visit, language::Messages},
};

/// Entries of a page.
const MOST: u64 = 50;

#[derive(Template)]
#[template(path = "admin/audit.html")]
struct AuditPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    entries: Vec<Line>,
    people: Vec<Choice>,
    actions: Vec<Choice>,
    next: Option<String>,
}

struct Line {
    at: String,
    who: String,
    action: String,
    object: String,
    detail: String,
}

struct Choice {
    value: String,
    current: bool,
}

/// Which entries.
#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    who: String,
    #[serde(default)]
    action: String,
    before: Option<i64>,
}

/// `GET /admin/audit?who=&action=&before=`
pub(super) async fn page(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    asked: web::Query<Asked>,
) -> Page {
    let Asked { who, action, before } = asked.into_inner();
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let filter = Filter { who: some(&who), action: some(&action) };
    let mut entries = audit::list(&app.db, &filter, before, MOST + 1).await?;
    let more = entries.len() as u64 > MOST;
    entries.truncate(MOST as usize);
    let next = entries.last().filter(|_| more).map(|last| {
        format!("/admin/audit?who={}&action={}&before={}", escaped(&who), escaped(&action), last.id)
    });
    let line = |entry: audit::Entry| Line {
        at: visit.m.moment(entry.at),
        who: entry.who,
        action: entry.action,
        object: entry.object,
        detail: entry.detail,
    };
    let (people, actions) = audit::kinds(&app.db).await?;
    let choices = |values: Vec<String>, current: &str| {
        values.into_iter().map(|value| Choice { current: value == current, value }).collect()
    };
    let desk = Desk::new(&visit, Section::Audit, None);
    let page = AuditPage {
        frame: desk.frame(&app, &visit),
        m: visit.m,
        desk,
        entries: entries.into_iter().map(line).collect(),
        people: choices(people, &who),
        actions: choices(actions, &action),
        next,
    };
    private(&visit, &page)
}
