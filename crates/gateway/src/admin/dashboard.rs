//! `GET /admin`: what waits for somebody, and how the site is.

use std::{fs, path::Path};

use actix_web::web;
use askama::Template;
use chrono::{Datelike as _, Utc};
use content::{Cost, Limit};
use storage::{budgets::Ledger, figures::Figures};

use super::{Desk, Section};
use crate::{
    accounts::Administrator,
    app::App,
    errors::Failure,
    pages::{Frame, Page, Place, private},
    visit::{Visit, language::Messages},
};

#[derive(Template)]
#[template(path = "admin/dashboard.html")]
struct Dashboard {
    frame: Frame,
    m: Messages,
    desk: Desk,
    lines: Vec<Line>,
    bars: Option<Bars>,
}

/// A sentence with the number it is about.
struct Line {
    number: String,
    sentence: String,
    href: Option<&'static str>,
    /// Whether somebody should look.
    urgent: bool,
}

/// What was spent on each day of the month, as bars of a drawing that is 31 × 8 wide and 60 high.
struct Bars {
    bars: Vec<Bar>,
    /// In words.
    told: String,
}

struct Bar {
    x: u32,
    y: u32,
    height: u32,
    day: u32,
    amount: String,
}

/// `GET /admin`
pub(super) async fn page(app: web::Data<App>, visit: Visit, _: Administrator) -> Page {
    let m = visit.m;
    let figures = storage::figures::all(&app.db).await?;
    let ledger = storage::budgets::ledger(&app.db).await?;
    let mut lines = waiting(&app, &figures, m);
    lines.extend(house(&app, m).await?);
    lines.extend(spending(&app, m).await?);
    let bars = bars(&ledger, m);
    let desk = Desk::new(&visit, Section::Dashboard, None);
    private(&visit, &Dashboard { frame: desk.frame(&app, &visit), m, desk, lines, bars })
}

/// What waits for somebody.
fn waiting(app: &App, figures: &Figures, m: Messages) -> Vec<Line> {
    let (working, queued) = app.live.at_work();
    let limited = app.metrics.limited();
    vec![
        Line::of(figures.held, m.admin_held(&figures.held)).at("/admin/comments").urgent_if(figures.held > 0),
        Line::of(figures.mail_faults, m.admin_mails(&figures.mail_faults, figures.mails))
            .urgent_if(figures.mail_faults > 0),
        Line::of(queued, m.admin_queue(&(queued as u64), working)),
        Line::of(limited, m.admin_limited(&limited)),
        Line::of(figures.posts, m.admin_posts(&figures.posts, figures.drafts)),
    ]
}

/// How the site itself is.
async fn house(app: &App, m: Messages) -> Result<Vec<Line>, Failure> {
    let behind = (storage::changes::last(&app.db).await? - app.index.position()).max(0).unsigned_abs();
    let harvest = storage::harvests::standings(&app.db).await?;
    let lag = harvest.iter().map(|one| one.updated).max().map(|last| (Utc::now() - last).num_hours().max(0));
    let harvest = match lag {
        Some(hours) => Line::of(hours, m.admin_lag(&hours.unsigned_abs())),
        None => Line::of("–", m.admin_no_harvest().to_owned()),
    };
    let failed = app.harvest.failed();
    let folder = app.config.data.clone();
    let (used, free) = web::block(move || (size(&folder), free(&folder))).await?;
    let disk = match free {
        Some(free) => m.admin_disk(bytes(free)),
        None => m.admin_disk_unknown().to_owned(),
    };
    Ok(vec![
        Line::of(behind, m.admin_behind(&behind)).urgent_if(app.indexing.is_stuck()),
        harvest.at("/admin/harvests").urgent_if(failed),
        Line::of(bytes(used), disk).urgent_if(free.is_some_and(|free| free < 1 << 30)),
        Line::of(env!("CARGO_PKG_VERSION"), m.admin_version().to_owned()),
    ])
}

/// What models cost, beside what they may.
async fn spending(app: &App, m: Messages) -> Result<Vec<Line>, Failure> {
    let spent = storage::budgets::spent(&app.db).await?;
    let limits = app.config.budget.limits();
    let line = |cost: Cost,
                limit: Limit,
                of: fn(&Messages, String) -> String,
                free: fn(&Messages) -> &'static str| {
        let sentence = match bound(limit) {
            Some(bound) => of(&m, bound),
            None => free(&m).to_owned(),
        };
        Line::of(amount(cost), sentence).at("/admin/models").urgent_if(!limit.allows(cost))
    };
    Ok(vec![
        line(spent.day, limits.day, |m, bound| m.admin_day_of(bound), |m| m.admin_day_free()),
        line(spent.month, limits.month, |m, bound| m.admin_month_of(bound), |m| m.admin_month_free()),
    ])
}

fn bars(ledger: &Ledger, m: Messages) -> Option<Bars> {
    let in_money = ledger.days.iter().any(|(_, cost)| cost.micros > 0);
    let of = |cost: Cost| if in_money { cost.micros } else { cost.tokens };
    let most = ledger.days.iter().map(|(_, cost)| of(*cost)).max().filter(|most| *most > 0)?;
    let bar = |(day, cost): &(chrono::NaiveDate, Cost)| {
        let height = u32::try_from(of(*cost) * 56 / most).unwrap_or(56).max(1);
        let amount = if in_money { money(cost.micros) } else { m.admin_tokens(&cost.tokens) };
        Bar { x: day.day0() * 8, y: 60 - height, height, day: day.day(), amount }
    };
    let bars: Vec<_> = ledger.days.iter().map(bar).collect();
    let told: Vec<_> = bars.iter().map(|bar| format!("{}: {}", bar.day, bar.amount)).collect();
    Some(Bars { bars, told: m.admin_bars(told.join("; ")) })
}

impl Line {
    fn of(number: impl ToString, sentence: String) -> Self {
        Self { number: number.to_string(), sentence, href: None, urgent: false }
    }

    fn at(self, href: &'static str) -> Self {
        Self { href: Some(href), ..self }
    }

    fn urgent_if(self, urgent: bool) -> Self {
        Self { urgent, ..self }
    }
}

/// An amount in whatever the prices are in, or in tokens where it is nothing.
pub(super) fn amount(cost: Cost) -> String {
    if cost.micros == 0 { cost.tokens.to_string() } else { money(cost.micros) }
}

pub(super) fn money(micros: u64) -> String {
    format!("{:.2}", micros as f64 / 1e6)
}

/// A bound in words of numbers: money first.
pub(super) fn bound(limit: Limit) -> Option<String> {
    limit.micros.map(money).or_else(|| limit.tokens.map(|tokens| tokens.to_string()))
}

/// The bytes of all files of a folder.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(about) if about.is_dir() => size(&entry.path()),
        Ok(about) => about.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

/// The bytes that still fit beside it, if the system says so.
fn free(folder: &Path) -> Option<u64> {
    let about = rustix::fs::statvfs(folder).ok()?;
    Some(about.f_bavail * about.f_frsize)
}

fn bytes(count: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let mut amount = count as f64 / 1e3;
    let mut unit = 0;
    while amount >= 1000.0 && unit < units.len() - 1 {
        amount /= 1e3;
        unit += 1;
    }
    if amount < 10.0 {
        format!("{amount:.1} {}", units[unit])
    } else {
        format!("{amount:.0} {}", units[unit])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_told_in_units() {
        assert_eq!(
            [0, 999, 12_345, 45_678_901, 2_500_000_000].map(bytes),
            ["0.0 kB", "1.0 kB", "12 kB", "46 MB", "2.5 GB"]
        );
    }
}
