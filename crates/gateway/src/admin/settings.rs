//! `/admin/settings`: what the site is set to, and by whom; some of it can be changed here. What is changed is kept in
//! storage, is in force at once and after a restart, and is over what the file says.

use std::{collections::BTreeMap, time::Duration};

use actix_web::web;
use askama::Template;
use serde::Deserialize;
use storage::Database;

use super::{Desk, Section, Told, after, record};
use crate::{
    accounts::Administrator,
    app::App,
    config::{self, BROWSER, Changeable, Form, Loaded, Setting, changeable, changeable_at},
    errors::{Chain, Failure},
    pages::{Frame, Page, Place, private},
    visit::{Visit, language::Messages},
};

/// What begins the name of a setting in storage.
pub(crate) const CONFIG: &str = "config.";
/// How soon what another process or a command changed is in force here.
const SOON: Duration = Duration::from_secs(1);

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct SettingsPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    fields: Vec<Field>,
    others: Vec<Setting>,
    /// The key that could not be set.
    wrong: Option<String>,
}

/// A setting that can be changed.
struct Field {
    key: &'static str,
    name: &'static str,
    value: String,
    form: Form,
    origin: String,
    /// It was set here.
    changed: bool,
    /// The file says something else, too.
    over_file: bool,
    /// A variable or a flag has the last word.
    fixed: bool,
}

/// What is to be set.
#[derive(Deserialize)]
pub(super) struct Wanted {
    key: String,
    #[serde(default)]
    value: String,
}

/// `GET /admin/settings`
pub(super) async fn page(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    told: web::Query<Told>,
) -> Page {
    let desk = Desk::new(&visit, Section::Settings, None).told(&told);
    show(&app, &visit, desk, None)
}

/// `POST /admin/settings`
pub(super) async fn set(
    app: web::Data<App>,
    visit: Visit,
    admin: Administrator,
    wanted: web::Form<Wanted>,
) -> Page {
    let Wanted { key, value } = wanted.into_inner();
    let value = value.replace("\r\n", "\n");
    if changeable_at(&key).is_none() {
        return Err(Failure::BadRequest(format!("{key} cannot be changed here")));
    }
    let mut changes = changes(&app.db).await?;
    changes.insert(key.clone(), value.clone());
    match app.config.loaded().with(&changes) {
        Ok(loaded) => {
            storage::settings::set(&app.db, &format!("{CONFIG}{key}"), &value).await?;
            record(&app, &admin.0, "config.set", &key, &value).await?;
            now(&app, loaded);
            after("/admin/settings", Ok(()))
        }
        Err(error) => {
            let desk = Desk::new(&visit, Section::Settings, None).refused(Some(error.to_string()));
            show(&app, &visit, desk, Some((key, value)))
        }
    }
}

/// `POST /admin/settings/unset`: as the file says, or as it is by itself.
pub(super) async fn unset(app: web::Data<App>, admin: Administrator, wanted: web::Form<Wanted>) -> Page {
    storage::settings::unset(&app.db, &format!("{CONFIG}{}", wanted.key)).await?;
    record(&app, &admin.0, "config.unset", &wanted.key, "").await?;
    let loaded = with_changes(app.config.loaded().clone(), &app.db).await?;
    now(&app, loaded);
    after("/admin/settings", Ok(()))
}

/// Settings with what was changed in the browser or by a command. What this version cannot use any more is left out,
/// and told to the log: it must not keep a site from being served.
pub(crate) async fn with_changes(loaded: Loaded, db: &Database) -> Result<Loaded, storage::Error> {
    let mut changes = changes(db).await?;
    loop {
        let error = match loaded.with(&changes) {
            Ok(loaded) => return Ok(loaded),
            Err(error) => error,
        };
        let known = |key: &String| {
            let alone = BTreeMap::from([(key.clone(), changes[key].clone())]);
            loaded.with(&alone).is_err()
        };
        let Some(key) = changes.keys().find(|key| known(key)).or(changes.keys().next()).cloned() else {
            return Ok(loaded);
        };
        tracing::warn!(key, error = %Chain(&error), "a setting of the browser cannot be used");
        changes.remove(&key);
    }
}

/// Puts into force what other processes change, for as long as this one runs.
pub(crate) async fn follow_changes(app: App) {
    let mut seen = changes(&app.db).await.unwrap_or_default();
    loop {
        tokio::time::sleep(SOON).await;
        let Ok(found) = changes(&app.db).await else { continue };
        if found == seen {
            continue;
        }
        if let Ok(loaded) = with_changes(app.config.loaded().clone(), &app.db).await {
            now(&app, loaded);
            seen = found;
        }
    }
}

fn now(app: &App, loaded: Loaded) {
    app.config.replace(loaded);
    app.pages.forget();
}

/// What is kept in storage, by key.
async fn changes(db: &Database) -> Result<BTreeMap<String, String>, storage::Error> {
    let all = storage::settings::all(db).await?;
    let own =
        all.into_iter().filter_map(|(name, value)| Some((name.strip_prefix(CONFIG)?.to_owned(), value)));
    Ok(own.collect())
}

fn show(app: &App, visit: &Visit, desk: Desk, wrong: Option<(String, String)>) -> Page {
    let loaded = app.config.loaded();
    let mut fields: Vec<_> = changeable().map(|setting| Field::of(setting, loaded, visit.m)).collect();
    // Nothing that was typed is lost.
    if let Some((key, value)) = &wrong
        && let Some(field) = fields.iter_mut().find(|field| field.key == key)
    {
        field.value.clone_from(value);
    }
    let is_field = |setting: &Setting| {
        fields
            .iter()
            .any(|field| setting.key == field.key || setting.key.starts_with(&format!("{}.", field.key)))
    };
    let others = loaded.settings().into_iter().filter(|setting| !is_field(setting)).collect();
    let wrong = wrong.map(|(key, _)| key);
    private(visit, &SettingsPage { frame: desk.frame(app, visit), m: visit.m, desk, fields, others, wrong })
}

impl Field {
    fn of(setting: Changeable, loaded: &config::Loaded, m: Messages) -> Self {
        let origin = loaded.origin(setting.key).to_owned();
        let (changed, in_file) = (origin == BROWSER, loaded.is_in_file(setting.key));
        let fixed = origin.starts_with("INKSTONE_") || origin.starts_with("--");
        Self {
            key: setting.key,
            name: name(setting.key, m),
            value: setting.shown(&loaded.config),
            form: setting.form,
            over_file: changed && in_file,
            origin,
            changed,
            fixed,
        }
    }

    /// The choices of a select.
    fn choices(&self) -> &'static [&'static str] {
        match self.form {
            Form::Choice(choices) => choices,
            Form::Switch => &["true", "false"],
            _ => &[],
        }
    }

    fn is_long(&self) -> bool {
        matches!(self.form, Form::Text | Form::Menu)
    }
}

/// What a setting is called on the page; one without a name of its own is called by its key.
fn name(key: &'static str, m: Messages) -> &'static str {
    match key {
        "site.title" => m.setting_title(),
        "site.tagline" => m.setting_tagline(),
        "site.author" => m.setting_author(),
        "site.language" => m.setting_language(),
        "site.menu" => m.setting_menu(),
        "accounts.registration" => m.setting_registration(),
        "site.licence" => m.setting_licence(),
        "site.support.text" => m.setting_support(),
        "comments.hold" => m.setting_hold(),
        "comments.mail_required" => m.setting_mail_required(),
        "comments.editing" => m.setting_editing(),
        "comments.links" => m.setting_links(),
        "comments.network" => m.setting_network(),
        "comments.subject" => m.setting_subject(),
        key => key,
    }
}
