//! Administration in the browser: what waits for somebody, who may do what, and what the site is set to. Each page is
//! one subject with its handlers and its forms; all of it works without scripts. Whatever is changed is written down in
//! the audit log, and can be done by a command as well. Who may see which address is decided in `accounts`.

mod audit;
mod dashboard;
mod harvests;
mod models;
mod questions;
mod settings;
mod terms;
mod trials;
mod users;

pub(crate) use settings::{CONFIG, follow_changes, with_changes};
pub(crate) use trials::Trials;

use actix_web::web;
use content::{Role, User};
use serde::Deserialize;
use storage::audit::Deed;

use crate::{
    app::{App, form, page},
    errors::Failure,
    pages::{Frame, Place},
    visit::{Visit, language::Messages},
};

/// Every address of administration but that of moderation, which is in `pages`.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(page("/admin", dashboard::page))
        .service(page("/admin/users", users::list))
        .service(form("/admin/users/invite", users::invite))
        .service(page("/admin/users/{name}", users::one))
        .service(form("/admin/users/{name}/role", users::set_role))
        .service(form("/admin/users/{name}/shown", users::set_shown))
        .service(form("/admin/users/{name}/blocked", users::set_blocked))
        .service(form("/admin/users/{name}/password", users::reset))
        .service(form("/admin/users/{name}/sessions/{id}", users::end_session))
        .service(form("/admin/users/{name}/remove", users::remove))
        .service(
            web::resource("/admin/settings")
                .route(web::get().to(settings::page))
                .route(web::head().to(settings::page))
                .route(web::post().to(settings::set)),
        )
        .service(form("/admin/settings/unset", settings::unset))
        .service(page("/admin/questions", questions::list))
        .service(form("/admin/questions/reload", questions::reload))
        .service(page("/admin/questions/{tag}/{language}", questions::one))
        .service(form("/admin/questions/{tag}/{language}/try", questions::try_on))
        .service(page("/admin/models", models::page))
        .service(form("/admin/models/try", models::try_one))
        .service(page("/admin/harvests", harvests::page))
        .service(form("/admin/harvests/now", harvests::now))
        .service(
            web::resource("/admin/terms")
                .route(web::get().to(terms::list))
                .route(web::head().to(terms::list))
                .route(web::post().to(terms::add)),
        )
        .service(page("/admin/terms/{kind}/{slug}", terms::one))
        .service(form("/admin/terms/{kind}/{slug}/rename", terms::rename))
        .service(form("/admin/terms/{kind}/{slug}/describe", terms::describe))
        .service(form("/admin/terms/{kind}/{slug}/address", terms::readdress))
        .service(form("/admin/terms/{kind}/{slug}/merge", terms::merge))
        .service(form("/admin/terms/{kind}/{slug}/remove", terms::remove))
        .service(page("/admin/audit", audit::page));
}

/// A subject of administration, as the list beside each page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Dashboard,
    Comments,
    Users,
    Terms,
    Settings,
    Questions,
    Models,
    Harvests,
    Audit,
}

/// A place of that list.
pub(crate) struct Tab {
    pub(crate) name: &'static str,
    pub(crate) href: &'static str,
    pub(crate) current: bool,
}

/// What is around each page of administration.
pub(crate) struct Desk {
    m: Messages,
    pub(crate) title: String,
    pub(crate) tabs: Vec<Tab>,
    /// What was just done, and why it was not.
    pub(crate) done: Option<&'static str>,
    pub(crate) fault: Option<String>,
}

/// What became of a form, in the address of the page that follows it.
#[derive(Debug, Default, Deserialize)]
struct Told {
    done: Option<String>,
    fault: Option<String>,
}

impl Section {
    const ALL: [Self; 9] = [
        Self::Dashboard,
        Self::Comments,
        Self::Users,
        Self::Terms,
        Self::Settings,
        Self::Questions,
        Self::Models,
        Self::Harvests,
        Self::Audit,
    ];

    fn name(self, m: Messages) -> &'static str {
        match self {
            Self::Dashboard => m.admin_dashboard(),
            Self::Comments => m.admin_comments(),
            Self::Users => m.admin_users(),
            Self::Terms => m.admin_terms(),
            Self::Settings => m.admin_settings(),
            Self::Questions => m.admin_questions(),
            Self::Models => m.admin_models(),
            Self::Harvests => m.admin_harvests(),
            Self::Audit => m.admin_audit(),
        }
    }

    fn href(self) -> &'static str {
        match self {
            Self::Dashboard => "/admin",
            Self::Comments => "/admin/comments",
            Self::Users => "/admin/users",
            Self::Terms => "/admin/terms",
            Self::Settings => "/admin/settings",
            Self::Questions => "/admin/questions",
            Self::Models => "/admin/models",
            Self::Harvests => "/admin/harvests",
            Self::Audit => "/admin/audit",
        }
    }
}

impl Desk {
    /// A page of a section, with a title of its own or that of the section.
    pub(crate) fn new(visit: &Visit, section: Section, title: Option<&str>) -> Self {
        let m = visit.m;
        let title = title.unwrap_or(section.name(m)).to_owned();
        let own = |one: &Section| one.least() <= visit.role.unwrap_or(Role::Reader);
        let tab = |one: Section| Tab { name: one.name(m), href: one.href(), current: one == section };
        let tabs = Section::ALL.into_iter().filter(own).map(tab).collect();
        Self { m, title, tabs, done: None, fault: None }
    }

    pub(crate) fn frame(&self, app: &App, visit: &Visit) -> Frame {
        Frame::new(app, visit, &self.title, Place::Elsewhere)
    }

    /// The same with what the form before it led to.
    fn told(self, told: &Told) -> Self {
        let done = told.done.as_ref().map(|_| self.m.admin_done());
        let fault = told.fault.as_deref().map(|code| fault(code, self.m).to_owned());
        Self { done, fault, ..self }
    }

    /// The same with why nothing was done.
    fn refused(self, fault: Option<String>) -> Self {
        Self { fault, ..self }
    }
}

impl Section {
    /// Who may see it.
    fn least(self) -> Role {
        match self {
            Self::Comments | Self::Terms => Role::Editor,
            _ => Role::Administrator,
        }
    }
}

fn fault(code: &str, m: Messages) -> &'static str {
    match code {
        "last" => m.admin_fault_last(),
        "own" => m.admin_fault_own(),
        "taken" => m.admin_fault_taken(),
        "circle" => m.admin_fault_circle(),
        "typed" => m.admin_fault_typed(),
        "used" => m.admin_fault_used(),
        "slug" => m.admin_fault_slug(),
        "paper" => m.admin_fault_paper(),
        "source" => m.admin_fault_source(),
        _ => m.admin_fault_missing(),
    }
}

/// The page after a form: that it is done, or why it is not. A failure of ours stays one.
fn after(page: &str, done: Result<(), storage::Error>) -> crate::pages::Page {
    let told = match done {
        Ok(()) => "done=1",
        Err(storage::Error::LastAdministrator) => "fault=last",
        Err(storage::Error::Taken) => "fault=taken",
        Err(storage::Error::Circle) => "fault=circle",
        Err(storage::Error::Missing(_)) => "fault=missing",
        Err(error) => return Err(error.into()),
    };
    Ok(said(page, told))
}

fn said(page: &str, told: &str) -> actix_web::HttpResponse {
    let separator = if page.contains('?') { '&' } else { '?' };
    crate::pages::see_other(&format!("{page}{separator}{told}"))
}

/// Writes down what somebody did.
async fn record(app: &App, who: &User, action: &str, object: &str, detail: &str) -> Result<(), Failure> {
    let deed = Deed { user: Some(who.id), who: who.name.as_str(), action, object, detail };
    Ok(storage::audit::record(&app.db, deed).await?)
}
