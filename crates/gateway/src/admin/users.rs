//! `/admin/users`: who has an account, what they may do, and where they are signed in.

use actix_web::web;
use askama::Template;
use chrono::{TimeDelta, Utc};
use content::{Role, User, UserName};
use serde::Deserialize;
use storage::{
    invitations, sessions,
    users::{self, Account},
};

use super::{Desk, Section, Told, after, record, said};
use crate::{
    accounts::{Administrator, digest, secret},
    app::App,
    config::Registration,
    errors::Failure,
    pages::{Frame, Page, Place, private},
    visit::{Visit, language::Messages},
};

/// How long a link is good for.
const DAYS: i64 = 7;
/// The most characters of a name that is shown.
const SHOWN: usize = 80;

#[derive(Template)]
#[template(path = "admin/users.html")]
struct UsersPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    users: Vec<Line>,
    roles: Vec<Choice>,
    /// Nobody may make an account, invited or not.
    closed: bool,
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct UserPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    user: Line,
    mail: Option<String>,
    shown: String,
    own: bool,
    roles: Vec<Choice>,
    sessions: Vec<SessionLine>,
    link: Option<String>,
}

/// A user as a row of the list.
struct Line {
    name: String,
    shown: Option<String>,
    role: &'static str,
    created: String,
    seen: Option<String>,
    sessions: u64,
    blocked: bool,
}

struct SessionLine {
    id: i64,
    agent: String,
    begun: String,
    seen: String,
}

/// A role to choose.
struct Choice {
    value: &'static str,
    name: &'static str,
    current: bool,
}

#[derive(Deserialize)]
pub(super) struct RoleForm {
    role: Role,
}

#[derive(Deserialize)]
pub(super) struct ShownForm {
    shown: String,
}

#[derive(Deserialize)]
pub(super) struct BlockedForm {
    blocked: bool,
}

#[derive(Deserialize)]
pub(super) struct RemoveForm {
    #[serde(default)]
    typed: String,
}

/// `GET /admin/users`
pub(super) async fn list(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    told: web::Query<Told>,
) -> Page {
    let desk = Desk::new(&visit, Section::Users, None).told(&told);
    list_page(&app, &visit, desk, None).await
}

/// `POST /admin/users/invite`: a link at which one person can make an account of a role.
pub(super) async fn invite(
    app: web::Data<App>,
    visit: Visit,
    admin: Administrator,
    form: web::Form<RoleForm>,
) -> Page {
    let code = secret();
    invitations::invite(&app.db, &digest(&code), Utc::now() + TimeDelta::days(DAYS), form.role).await?;
    record(&app, &admin.0, "user.invite", form.role.name(), "").await?;
    let desk = Desk::new(&visit, Section::Users, None);
    list_page(&app, &visit, desk, Some(link(&app, &code))).await
}

/// `GET /admin/users/{name}`
pub(super) async fn one(
    app: web::Data<App>,
    visit: Visit,
    admin: Administrator,
    name: web::Path<String>,
    told: web::Query<Told>,
) -> Page {
    let account = account(&app, &name).await?;
    user_page(&app, &visit, &admin.0, account, &told, None).await
}

/// `POST /admin/users/{name}/role`
pub(super) async fn set_role(
    app: web::Data<App>,
    admin: Administrator,
    name: web::Path<String>,
    form: web::Form<RoleForm>,
) -> Page {
    let user = account(&app, &name).await?.user;
    let done = users::set_role(&app.db, user.id, form.role).await;
    if done.is_ok() {
        record(&app, &admin.0, "user.role", user.name.as_str(), form.role.name()).await?;
    }
    after(&address(&user), done)
}

/// `POST /admin/users/{name}/shown`: the name that they are shown by.
pub(super) async fn set_shown(
    app: web::Data<App>,
    admin: Administrator,
    name: web::Path<String>,
    form: web::Form<ShownForm>,
) -> Page {
    let user = account(&app, &name).await?.user;
    let shown: String = form.shown.trim().chars().take(SHOWN).collect();
    users::set_shown(&app.db, user.id, Some(shown.as_str()).filter(|shown| !shown.is_empty())).await?;
    record(&app, &admin.0, "user.shown", user.name.as_str(), &shown).await?;
    after(&address(&user), Ok(()))
}

/// `POST /admin/users/{name}/blocked`: keeps them out, or lets them in again.
pub(super) async fn set_blocked(
    app: web::Data<App>,
    admin: Administrator,
    name: web::Path<String>,
    form: web::Form<BlockedForm>,
) -> Page {
    let user = account(&app, &name).await?.user;
    if user.id == admin.0.id {
        return Ok(said(&address(&user), "fault=own"));
    }
    let done = users::set_blocked(&app.db, user.id, form.blocked).await;
    if done.is_ok() {
        let action = if form.blocked { "user.block" } else { "user.unblock" };
        record(&app, &admin.0, action, user.name.as_str(), "").await?;
    }
    after(&address(&user), done)
}

/// `POST /admin/users/{name}/password`: a link at which they can choose another one.
pub(super) async fn reset(
    app: web::Data<App>,
    visit: Visit,
    admin: Administrator,
    name: web::Path<String>,
) -> Page {
    let account = account(&app, &name).await?;
    let code = secret();
    let expires = Utc::now() + TimeDelta::days(DAYS);
    invitations::reset(&app.db, &digest(&code), expires, account.user.id).await?;
    record(&app, &admin.0, "user.password", account.user.name.as_str(), "").await?;
    user_page(&app, &visit, &admin.0, account, &Told::default(), Some(link(&app, &code))).await
}

/// `POST /admin/users/{name}/sessions/{id}`: ends it.
pub(super) async fn end_session(
    app: web::Data<App>,
    admin: Administrator,
    path: web::Path<(String, i64)>,
) -> Page {
    let (name, id) = path.into_inner();
    let user = account(&app, &name).await?.user;
    if sessions::end_one(&app.db, user.id, id).await? {
        record(&app, &admin.0, "user.session", user.name.as_str(), "").await?;
    }
    after(&address(&user), Ok(()))
}

/// `POST /admin/users/{name}/remove`, once the name was typed again.
pub(super) async fn remove(
    app: web::Data<App>,
    admin: Administrator,
    name: web::Path<String>,
    form: web::Form<RemoveForm>,
) -> Page {
    let user = account(&app, &name).await?.user;
    if form.typed.trim() != user.name.as_str() {
        return Ok(said(&address(&user), "fault=typed"));
    }
    if user.id == admin.0.id {
        return Ok(said(&address(&user), "fault=own"));
    }
    let done = users::remove(&app.db, user.id).await;
    let page = if done.is_ok() { "/admin/users".to_owned() } else { address(&user) };
    if done.is_ok() {
        record(&app, &admin.0, "user.remove", user.name.as_str(), user.role.name()).await?;
    }
    after(&page, done)
}

async fn account(app: &App, name: &str) -> Result<Account, Failure> {
    let name: UserName = name.parse().map_err(|_| Failure::NotFound)?;
    let all = users::all(&app.db).await?;
    all.into_iter().find(|account| account.user.name == name).ok_or(Failure::NotFound)
}

async fn list_page(app: &App, visit: &Visit, desk: Desk, link: Option<String>) -> Page {
    let users = users::all(&app.db).await?.into_iter().map(|account| Line::of(account, visit.m)).collect();
    let closed = app.config.accounts.registration == Registration::Off;
    private(
        visit,
        &UsersPage {
            frame: desk.frame(app, visit),
            m: visit.m,
            desk,
            users,
            roles: roles(Role::Reader, visit.m),
            closed,
            link,
        },
    )
}

async fn user_page(
    app: &App,
    visit: &Visit,
    admin: &User,
    account: Account,
    told: &Told,
    link: Option<String>,
) -> Page {
    let m = visit.m;
    let line = |session: sessions::Session| SessionLine {
        id: session.id,
        agent: session.agent,
        begun: m.moment(session.begun),
        seen: session.seen.map(|seen| m.moment(seen)).unwrap_or_default(),
    };
    let sessions = sessions::of(&app.db, account.user.id).await?.into_iter().map(line).collect();
    let desk = Desk::new(visit, Section::Users, Some(account.user.name.as_str())).told(told);
    let page = UserPage {
        frame: desk.frame(app, visit),
        m: visit.m,
        desk,
        mail: account.mail.clone(),
        shown: account.user.shown.clone().unwrap_or_default(),
        own: account.user.id == admin.id,
        roles: roles(account.user.role, m),
        user: Line::of(account, m),
        sessions,
        link,
    };
    private(visit, &page)
}

impl Line {
    fn of(account: Account, m: Messages) -> Self {
        Self {
            name: account.user.name.to_string(),
            shown: account.user.shown,
            role: role_name(account.user.role, m),
            created: m.short_date(&account.user.created),
            seen: account.seen.map(|seen| m.moment(seen)),
            sessions: account.sessions,
            blocked: account.blocked,
        }
    }
}

fn roles(current: Role, m: Messages) -> Vec<Choice> {
    let choice =
        |role: Role| Choice { value: role.name(), name: role_name(role, m), current: role == current };
    Role::ALL.into_iter().map(choice).collect()
}

fn role_name(role: Role, m: Messages) -> &'static str {
    match role {
        Role::Reader => m.role_reader(),
        Role::Author => m.role_author(),
        Role::Editor => m.role_editor(),
        Role::Administrator => m.role_administrator(),
    }
}

fn address(user: &User) -> String {
    format!("/admin/users/{}", user.name)
}

fn link(app: &App, code: &str) -> String {
    format!("{}/join?code={code}", app.base)
}
