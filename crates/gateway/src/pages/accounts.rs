//! Signing in and out, making an account by invitation, and the page of one's own account. All of it works without
//! scripts.

use actix_web::{HttpRequest, web};
use askama::Template;
use content::{Role, User, UserName};
use serde::Deserialize;
use storage::{
    invitations::{self, Invitation},
    sessions,
    users::{self, Draft},
};

use super::{
    Page,
    frame::{Frame, Place},
    private, see_other,
};
use crate::{
    accounts::{self, SignedIn, digest, too_weak},
    app::App,
    config::Registration,
    errors::Failure,
    papers::marks::is_own_path,
    visit::{Visit, language::Messages, parameters::Parameters, reader},
};

/// What somebody who signs in says.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Where somebody wants to go on after signing in.
#[derive(Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    next: String,
}

/// What somebody who makes an account says.
#[derive(Deserialize)]
pub(crate) struct Join {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    password: String,
}

/// Of which invitation.
#[derive(Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

/// A change of one's own password.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    old: String,
    new: String,
}

#[derive(Template)]
#[template(path = "sign-in.html")]
struct SignInPage {
    frame: Frame,
    m: Messages,
    name: String,
    next: String,
    fault: Option<&'static str>,
    open: bool,
}

#[derive(Template)]
#[template(path = "join.html")]
struct JoinPage {
    frame: Frame,
    m: Messages,
    code: String,
    name: String,
    /// Whose password is chosen anew; without one an account is made.
    of: Option<UserName>,
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    m: Messages,
    user: User,
    sessions: Vec<SessionLine>,
    fault: Option<&'static str>,
    done: Option<&'static str>,
}

/// A session as its user sees it.
struct SessionLine {
    id: i64,
    agent: String,
    begun: String,
    seen: String,
    own: bool,
}

/// `GET /login?next=`
pub(crate) async fn sign_in_page(
    app: web::Data<App>,
    visit: Visit,
    signed_in: SignedIn,
    next: web::Query<Next>,
) -> Page {
    match signed_in.0 {
        Some(_) => Ok(see_other(own_place(&next.next))),
        None => sign_in_form(&app, &visit, String::new(), &next.next, None),
    }
}

/// `POST /login`
pub(crate) async fn sign_in(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    form: web::Form<SignIn>,
) -> Page {
    let SignIn { name: given, password, next } = form.into_inner();
    let network = reader::network_of(&request, &app);
    let key = given.trim().to_lowercase();
    if !app.tries.take(&key, &network) {
        return Err(Failure::TooManyTries);
    }
    let found = match given.parse::<UserName>() {
        Ok(name) => users::by_name(&app.db, &name).await?,
        Err(_) => None,
    };
    let (user, kept) = found.unzip();
    if !app.passwords.check(password, kept.flatten()).await? {
        return sign_in_form(&app, &visit, given, &next, Some(visit.m.sign_in_wrong()));
    }
    app.tries.forgive(&key, &network);
    let user = user.ok_or(Failure::SignedOut)?;
    accounts::begin(&app, &request, user.id, see_other(own_place(&next))).await
}

/// `POST /logout`
pub(crate) async fn sign_out(app: web::Data<App>, request: HttpRequest) -> Page {
    accounts::end(&app, &request, see_other("/")).await
}

/// `GET /join?code=`: an account by invitation, or another password.
pub(crate) async fn join_page(
    app: web::Data<App>,
    visit: Visit,
    Parameters(invitation): Parameters<Code>,
) -> Page {
    let code = invitation.code;
    let invitation = invitation_of(&app, &code).await?.ok_or(Failure::NotInvited)?;
    join_form(&app, &visit, &invitation, code, String::new(), None)
}

/// `POST /join`
pub(crate) async fn join(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    form: web::Form<Join>,
) -> Page {
    let Join { code, name: given, password } = form.into_inner();
    let network = reader::network_of(&request, &app);
    if !app.tries.take("join", &network) {
        return Err(Failure::TooManyTries);
    }
    let invitation = invitation_of(&app, &code).await?.ok_or(Failure::NotInvited)?;
    app.tries.forgive("join", &network);
    let m = visit.m;
    let again = |fault| join_form(&app, &visit, &invitation, code.clone(), given.clone(), Some(fault));
    if too_weak(&password) {
        return again(m.password_weak());
    }
    let begin = async |user| accounts::begin(&app, &request, user, see_other("/account")).await;
    if let Invitation::Password(_) = invitation {
        let hash = app.passwords.hash(password).await?;
        let user = invitations::choose(&app.db, &digest(&code), &hash).await?.ok_or(Failure::NotInvited)?;
        return begin(user).await;
    }
    let Ok(name) = given.parse::<UserName>() else { return again(m.name_wrong()) };
    let password_hash = app.passwords.hash(password).await?;
    let draft = Draft { name, mail: None, password_hash, role: Role::Reader };
    let made = match app.config.accounts.registration {
        Registration::Open if code.is_empty() => users::create(&app.db, &draft).await.map(Some),
        _ => invitations::accept(&app.db, &digest(&code), &draft).await,
    };
    match made {
        Ok(Some(user)) => begin(user.id).await,
        Ok(None) => Err(Failure::NotInvited),
        Err(storage::Error::Taken) => again(m.name_taken()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /account`
pub(crate) async fn account(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Page {
    match signed_in.0 {
        Some(user) => account_page(&app, &visit, &request, user, None, None).await,
        None => Ok(see_other("/login")),
    }
}

/// `POST /account/password`
pub(crate) async fn change_password(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    signed_in: SignedIn,
    form: web::Form<NewPassword>,
) -> Page {
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    let NewPassword { old, new } = form.into_inner();
    let network = reader::network_of(&request, &app);
    if !app.tries.take(user.name.as_str(), &network) {
        return Err(Failure::TooManyTries);
    }
    let kept = users::by_name(&app.db, &user.name).await?.and_then(|(_, kept)| kept);
    if !app.passwords.check(old, kept).await? {
        return account_page(&app, &visit, &request, user, Some(visit.m.password_wrong()), None).await;
    }
    app.tries.forgive(user.name.as_str(), &network);
    if too_weak(&new) {
        return account_page(&app, &visit, &request, user, Some(visit.m.password_weak()), None).await;
    }
    let hash = app.passwords.hash(new).await?;
    users::set_password(&app.db, user.id, &hash).await?;
    // All sessions ended; this browser goes on under a new one.
    accounts::begin(&app, &request, user.id, see_other("/account")).await
}

/// `POST /account/sessions`: ends the other ones.
pub(crate) async fn end_sessions(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    signed_in: SignedIn,
) -> Page {
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    let token = accounts::token_hash(&request).ok_or(Failure::SignedOut)?;
    sessions::end_others(&app.db, user.id, &token).await?;
    account_page(&app, &visit, &request, user, None, Some(visit.m.sessions_ended())).await
}

/// `POST /account/sessions/{id}`: ends one of them.
pub(crate) async fn end_session(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    signed_in: SignedIn,
    id: web::Path<i64>,
) -> Page {
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    sessions::end_one(&app.db, user.id, *id).await?;
    account_page(&app, &visit, &request, user, None, Some(visit.m.session_ended())).await
}

async fn invitation_of(app: &App, code: &str) -> Result<Option<Invitation>, Failure> {
    let registration = app.config.accounts.registration;
    if code.is_empty() {
        return Ok((registration == Registration::Open).then_some(Invitation::Account(Role::Reader)));
    }
    let found = invitations::of_code(&app.db, &digest(code)).await?;
    // Who has an account may choose another password, whoever may make one.
    let good =
        |found: &Invitation| registration != Registration::Off || matches!(found, Invitation::Password(_));
    Ok(found.filter(good))
}

fn sign_in_form(app: &App, visit: &Visit, name: String, next: &str, fault: Option<&'static str>) -> Page {
    let frame = Frame::new(app, visit, visit.m.sign_in(), Place::Elsewhere);
    let open = app.config.accounts.registration == Registration::Open;
    let next = if is_own_path(next) { next.to_owned() } else { String::new() };
    private(visit, &SignInPage { frame, m: visit.m, name, next, fault, open })
}

fn join_form(
    app: &App,
    visit: &Visit,
    invitation: &Invitation,
    code: String,
    name: String,
    fault: Option<&'static str>,
) -> Page {
    let (title, of) = match invitation {
        Invitation::Account(_) => (visit.m.join(), None),
        Invitation::Password(user) => (visit.m.change_password(), Some(user.name.clone())),
    };
    let frame = Frame::new(app, visit, title, Place::Elsewhere);
    private(visit, &JoinPage { frame, m: visit.m, code, name, of, fault })
}

/// Where to go on: nowhere but on this site.
fn own_place(next: &str) -> &str {
    if is_own_path(next) { next } else { "/account" }
}

async fn account_page(
    app: &App,
    visit: &Visit,
    request: &HttpRequest,
    user: User,
    fault: Option<&'static str>,
    done: Option<&'static str>,
) -> Page {
    let frame = Frame::new(app, visit, visit.m.account(), Place::Elsewhere);
    let token = accounts::token_hash(request);
    let line = |session: sessions::Session| SessionLine {
        id: session.id,
        own: Some(&session.token_hash) == token.as_ref(),
        begun: visit.m.moment(session.begun),
        seen: session.seen.map(|seen| visit.m.moment(seen)).unwrap_or_default(),
        agent: session.agent,
    };
    let sessions = sessions::of(&app.db, user.id).await?.into_iter().map(line).collect();
    private(visit, &AccountPage { frame, m: visit.m, user, sessions, fault, done })
}
