//! `/admin/harvests`: where papers come from, where each harvest stands, and one asked for now.

use std::collections::BTreeMap;

use actix_web::web;
use askama::Template;
use serde::Deserialize;
use storage::harvests;

use super::{Desk, Section, Told, record, said};
use crate::{
    accounts::Administrator,
    app::App,
    harvesting,
    pages::{Frame, Page, Place, private},
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "admin/harvests.html")]
struct HarvestsPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    sources: Vec<Line>,
    records: Vec<(String, u64)>,
    now: String,
    errors: Vec<String>,
}

/// A source, and where its harvest stands.
struct Line {
    name: String,
    saved: Option<String>,
    lag: Option<String>,
    cursor: String,
    last: Option<String>,
    fault: Option<String>,
    next: Option<String>,
    /// The settings ask for it, so that it can be harvested now.
    configured: bool,
    waits: bool,
}

/// Which source.
#[derive(Deserialize)]
pub(super) struct Which {
    source: String,
}

/// `GET /admin/harvests`
pub(super) async fn page(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    told: web::Query<Told>,
) -> Page {
    let m = visit.m;
    let (jobs, errors) = harvesting::jobs(&app.config);
    let standings = harvests::standings(&app.db).await?;
    let mut names: Vec<_> = jobs.iter().map(harvesting::Job::name).collect();
    let configured = names.len();
    names.extend(standings.iter().map(|one| one.source.clone()));
    let mut seen = BTreeMap::new();
    for (place, name) in names.into_iter().enumerate() {
        seen.entry(name).or_insert(place < configured);
    }
    let sources = seen.into_iter().map(|(name, configured)| {
        let standing = standings.iter().find(|one| one.source == name);
        Line::of(&app, name, standing, configured, m)
    });
    let desk = Desk::new(&visit, Section::Harvests, None).told(&told);
    let page = HarvestsPage {
        sources: sources.collect(),
        records: harvests::records(&app.db).await?,
        now: match app.harvest.at() {
            Some(source) => m.admin_harvest_at(source),
            None => m.admin_harvest_waits().to_owned(),
        },
        errors: errors.iter().map(|error| crate::errors::Chain(error).to_string()).collect(),
        frame: desk.frame(&app, &visit),
        m: visit.m,
        desk,
    };
    private(&visit, &page)
}

/// `POST /admin/harvests/now`: has the server's own schedule harvest a source next, at its own pace.
pub(super) async fn now(app: web::Data<App>, admin: Administrator, which: web::Form<Which>) -> Page {
    let (jobs, _) = harvesting::jobs(&app.config);
    if !jobs.iter().any(|job| job.name() == which.source) {
        return Ok(said("/admin/harvests", "fault=source"));
    }
    record(&app, &admin.0, "harvest.now", &which.source, "").await?;
    app.harvest.ask(&which.source);
    Ok(said("/admin/harvests", "done=1"))
}

impl Line {
    fn of(
        app: &App,
        name: String,
        standing: Option<&harvests::Standing>,
        configured: bool,
        m: Messages,
    ) -> Self {
        let last = app.harvest.last(&name);
        let hours = |at: chrono::DateTime<chrono::Utc>| {
            let hours = (chrono::Utc::now() - at).num_hours().max(0).unsigned_abs();
            m.admin_hours(&hours)
        };
        Self {
            saved: standing.map(|one| m.moment(one.updated)),
            lag: standing.map(|one| hours(one.updated)),
            cursor: standing.map(|one| one.cursor.chars().take(60).collect()).unwrap_or_default(),
            last: last
                .as_ref()
                .map(|last| m.admin_harvested(m.moment(last.ended), last.tally.new, last.tally.changed)),
            fault: last.and_then(|last| last.fault),
            next: app.harvest.next().filter(|_| configured).map(|at| m.moment(at)),
            waits: app.harvest.is_asked(&name),
            configured,
            name,
        }
    }
}
