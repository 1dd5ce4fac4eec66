//! `/admin/models`: who can read papers, how they behave, and what they cost beside what they may.

use std::time::Duration;

use actix_web::web;
use askama::Template;
use content::{Cost, Limit};
use serde::Deserialize;
use storage::budgets::{self, Spent};

use super::{
    Desk, Section, Told,
    dashboard::{amount, bound},
    record, said,
};
use crate::{
    accounts::Administrator,
    app::App,
    config::{Money, Price},
    errors::Failure,
    faults, live,
    pages::{Frame, Page, Place, private},
    visit::{Visit, language::Messages},
};

/// How long a trial is waited for; later its end is on the page.
const PATIENCE: Duration = Duration::from_secs(6);

#[derive(Template)]
#[template(path = "admin/models.html")]
struct ModelsPage {
    frame: Frame,
    m: Messages,
    desk: Desk,
    models: Vec<Line>,
    budgets: Vec<Budget>,
    open: bool,
}

/// A model, and how it does.
struct Line {
    name: String,
    model: String,
    server: String,
    context: u64,
    price: String,
    resting: bool,
    fault: Option<String>,
    day: String,
    month: String,
    trial: Option<Trial>,
}

/// The last trial of a model, in words.
struct Trial {
    begun: String,
    said: String,
    failed: bool,
}

/// A bound, and what is used of it.
struct Budget {
    name: &'static str,
    bound: String,
    used: Option<String>,
    resets: Option<String>,
}

/// Which model is to be tried.
#[derive(Deserialize)]
pub(super) struct Which {
    model: String,
}

/// `GET /admin/models`
pub(super) async fn page(
    app: web::Data<App>,
    visit: Visit,
    _: Administrator,
    told: web::Query<Told>,
) -> Page {
    let m = visit.m;
    let ledger = budgets::ledger(&app.db).await?;
    let spent = |name: &str| {
        let found = ledger.models.iter().find(|(model, _)| model == name);
        found.map_or(Spent::default(), |(_, spent)| *spent)
    };
    let resting: Vec<_> =
        app.live.summarizers().resting().filter(|(_, resting)| *resting).map(|(name, _)| name).collect();
    let line = |model: &crate::config::Model| Line {
        name: model.name.clone(),
        model: model.model.clone(),
        server: server(&model.base_url),
        context: model.context,
        price: price(model.price, m),
        resting: resting.contains(&model.name.as_str()),
        fault: app
            .metrics
            .last_fault(&model.name)
            .map(|(code, at)| m.admin_fault_at(faults::sentence(&code, m), m.moment(at))),
        day: both(spent(&model.name).day, m),
        month: both(spent(&model.name).month, m),
        trial: app.trials.of(&model.name).map(|trial| Trial::of(trial, m)),
    };
    let models = app.config.models.iter().map(line).collect();
    let budgets = budgets_of(&app, m).await?;
    let desk = Desk::new(&visit, Section::Models, None).told(&told);
    private(
        &visit,
        &ModelsPage {
            frame: desk.frame(&app, &visit),
            m,
            desk,
            models,
            budgets,
            open: app.config.readings.visitors_may_start_model,
        },
    )
}

/// `POST /admin/models/try`: asks a model for one word.
pub(super) async fn try_one(app: web::Data<App>, admin: Administrator, which: web::Form<Which>) -> Page {
    let name = which.into_inner().model;
    if !app.trials.begin(&name) {
        return Ok(said("/admin/models", "done=1"));
    }
    record(&app, &admin.0, "model.try", &name, "").await?;
    let (task_app, task_name, user) = (app.clone(), name.clone(), admin.0.id);
    // Goes on if nobody waits for it any more.
    let trial = actix_web::rt::spawn(async move {
        let came = live::try_model(&task_app, &task_name, user).await;
        let refused = matches!(&came, Err(Failure::OverBudget(_) | Failure::NotFound));
        let told = match &came {
            Ok(Ok(word)) => Ok(word.clone()),
            Ok(Err(fault)) => Err(fault.clone()),
            Err(_) => Err("failed".to_owned()),
        };
        task_app.trials.end(&task_name, told);
        came.map(drop).map_err(|failure| refused.then_some(failure))
    });
    match tokio::time::timeout(PATIENCE, trial).await {
        Ok(Ok(Err(Some(failure)))) => Err(failure),
        _ => Ok(said("/admin/models", "done=1")),
    }
}

async fn budgets_of(app: &App, m: Messages) -> Result<Vec<Budget>, Failure> {
    let (limits, spent) = (app.config.budget.limits(), budgets::spent(&app.db).await?);
    let (day, month) = budgets::resets_next();
    let line =
        |name, limit: Limit, used: Option<Cost>, resets: Option<chrono::DateTime<chrono::Utc>>| Budget {
            name,
            bound: bound(limit).unwrap_or_else(|| m.admin_unbounded().to_owned()),
            used: used.map(amount),
            resets: resets.map(|at| m.moment(at)),
        };
    Ok(vec![
        line(m.admin_budget_day(), limits.day, Some(spent.day), Some(day)),
        line(m.admin_budget_month(), limits.month, Some(spent.month), Some(month)),
        line(m.admin_budget_user(), limits.user, None, Some(day)),
        line(m.admin_budget_visitor(), limits.visitor, None, Some(day)),
    ])
}

impl Trial {
    fn of(trial: super::trials::Trial, m: Messages) -> Self {
        let (said, failed) = match trial.came {
            None => (m.admin_trial_waits().to_owned(), false),
            Some(Ok(word)) => (m.admin_trial_said(word), false),
            Some(Err(code)) => (faults::sentence(&code, m), true),
        };
        Self { begun: m.moment(trial.begun), said, failed }
    }
}

/// The host of a model's address: the rest may hold a key.
pub(crate) fn server(address: &str) -> String {
    let url = url::Url::parse(address).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// Tokens and money.
fn both(cost: Cost, m: Messages) -> String {
    if cost.micros == 0 {
        return m.admin_tokens(&cost.tokens);
    }
    format!("{} · {}", m.admin_tokens(&cost.tokens), amount(cost))
}

fn price(price: Price, m: Messages) -> String {
    if price == Price::default() {
        return m.admin_no_price().to_owned();
    }
    let number = |money: Money| f64::from(money).to_string();
    m.admin_price(number(price.input), number(price.output))
}
