//! Signing in and out, making an account by invitation, and the page of one's own account. All of it works without
//! scripts.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, web};
use askama::Template;
use content::{Role, User, UserName};
use serde::Deserialize;
use storage::users::{self, Draft};

use super::{
    Page,
    frame::{Frame, Place},
};
use crate::{
    accounts::{self, SignedIn, digest, too_weak},
    app::App,
    config::Registration,
    errors::Failure,
    language::Messages,
    parameters::Parameters,
    reader,
    visit::Visit,
};

/// What somebody who signs in says.
#[derive(Deserialize)]
pub(crate) struct SignIn {
    name: String,
    password: String,
}

/// What somebody who makes an account says.
#[derive(Deserialize)]
pub(crate) struct Join {
    #[serde(default)]
    code: String,
    name: String,
    password: String,
}

/// Which invitation.
#[derive(Deserialize)]
pub(crate) struct Invitation {
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
    fault: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    m: Messages,
    user: User,
    sessions: u64,
    fault: Option<&'static str>,
    done: Option<&'static str>,
}

/// `GET /login`
pub(crate) async fn sign_in_page(app: web::Data<App>, visit: Visit, signed_in: SignedIn) -> Page {
    match signed_in.0 {
        Some(_) => Ok(see_other("/account")),
        None => sign_in_form(&app, &visit, String::new(), None),
    }
}

/// `POST /login`
pub(crate) async fn sign_in(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    form: web::Form<SignIn>,
) -> Page {
    reader::own_form(&request, &app)?;
    let SignIn { name: given, password } = form.into_inner();
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
        return sign_in_form(&app, &visit, given, Some(visit.m.sign_in_wrong()));
    }
    app.tries.forgive(&key, &network);
    let user = user.ok_or(Failure::SignedOut)?;
    accounts::begin(&app, &request, user.id, see_other("/account")).await
}

/// `POST /logout`
pub(crate) async fn sign_out(app: web::Data<App>, request: HttpRequest) -> Page {
    reader::own_form(&request, &app)?;
    accounts::end(&app, &request, see_other("/")).await
}

/// `GET /join?code=`
pub(crate) async fn join_page(
    app: web::Data<App>,
    visit: Visit,
    Parameters(invitation): Parameters<Invitation>,
) -> Page {
    let code = invitation.code;
    if !is_invited(&app, &code).await? {
        return Err(Failure::NotInvited);
    }
    join_form(&app, &visit, code, String::new(), None)
}

/// `POST /join`
pub(crate) async fn join(
    app: web::Data<App>,
    visit: Visit,
    request: HttpRequest,
    form: web::Form<Join>,
) -> Page {
    reader::own_form(&request, &app)?;
    let Join { code, name: given, password } = form.into_inner();
    let network = reader::network_of(&request, &app);
    if !app.tries.take("join", &network) {
        return Err(Failure::TooManyTries);
    }
    if !is_invited(&app, &code).await? {
        return Err(Failure::NotInvited);
    }
    app.tries.forgive("join", &network);
    let m = visit.m;
    let again = |fault| join_form(&app, &visit, code.clone(), given.clone(), Some(fault));
    let Ok(name) = given.parse::<UserName>() else { return again(m.name_wrong()) };
    if too_weak(&password) {
        return again(m.password_weak());
    }
    let password_hash = app.passwords.hash(password).await?;
    let draft = Draft { name, mail: None, password_hash, role: Role::Reader };
    let made = match app.config.accounts.registration {
        Registration::Open if code.is_empty() => users::create(&app.db, &draft).await.map(Some),
        _ => users::accept(&app.db, &digest(&code), &draft).await,
    };
    match made {
        Ok(Some(user)) => accounts::begin(&app, &request, user.id, see_other("/account")).await,
        Ok(None) => Err(Failure::NotInvited),
        Err(storage::Error::Taken) => again(m.name_taken()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /account`
pub(crate) async fn account(app: web::Data<App>, visit: Visit, signed_in: SignedIn) -> Page {
    match signed_in.0 {
        Some(user) => account_page(&app, &visit, user, None, None).await,
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
    reader::own_form(&request, &app)?;
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    let NewPassword { old, new } = form.into_inner();
    let network = reader::network_of(&request, &app);
    if !app.tries.take(user.name.as_str(), &network) {
        return Err(Failure::TooManyTries);
    }
    let kept = users::by_name(&app.db, &user.name).await?.and_then(|(_, kept)| kept);
    if !app.passwords.check(old, kept).await? {
        return account_page(&app, &visit, user, Some(visit.m.password_wrong()), None).await;
    }
    app.tries.forgive(user.name.as_str(), &network);
    if too_weak(&new) {
        return account_page(&app, &visit, user, Some(visit.m.password_weak()), None).await;
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
    reader::own_form(&request, &app)?;
    let user = signed_in.0.ok_or(Failure::SignedOut)?;
    let token = accounts::token_hash(&request).ok_or(Failure::SignedOut)?;
    users::end_other_sessions(&app.db, user.id, &token).await?;
    account_page(&app, &visit, user, None, Some(visit.m.sessions_ended())).await
}

async fn is_invited(app: &App, code: &str) -> Result<bool, Failure> {
    match app.config.accounts.registration {
        Registration::Open if code.is_empty() => Ok(true),
        Registration::Open | Registration::Invitation => {
            Ok(!code.is_empty() && users::is_invited(&app.db, &digest(code)).await?)
        }
        Registration::Off => Ok(false),
    }
}

fn sign_in_form(app: &App, visit: &Visit, name: String, fault: Option<&'static str>) -> Page {
    let frame = Frame::new(app, visit, visit.m.sign_in(), Place::Elsewhere);
    let open = app.config.accounts.registration == Registration::Open;
    private(visit, &SignInPage { frame, m: visit.m, name, fault, open })
}

fn join_form(app: &App, visit: &Visit, code: String, name: String, fault: Option<&'static str>) -> Page {
    let frame = Frame::new(app, visit, visit.m.join(), Place::Elsewhere);
    private(visit, &JoinPage { frame, m: visit.m, code, name, fault })
}

async fn account_page(
    app: &App,
    visit: &Visit,
    user: User,
    fault: Option<&'static str>,
    done: Option<&'static str>,
) -> Page {
    let frame = Frame::new(app, visit, visit.m.account(), Place::Elsewhere);
    let sessions = users::sessions(&app.db, user.id).await?;
    private(visit, &AccountPage { frame, m: visit.m, user, sessions, fault, done })
}

/// A page that no cache may keep.
fn private(visit: &Visit, page: &impl Template) -> Page {
    let mut response = visit.page(page)?;
    response.headers_mut().insert(CACHE_CONTROL, "private, no-store".parse().expect("a header"));
    Ok(response)
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", to)).finish()
}
