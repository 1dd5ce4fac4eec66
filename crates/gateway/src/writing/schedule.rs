use std::time::Duration;

use actix_web::web;
use chrono::Utc;
use storage::posts;

use crate::{app::App, errors::Chain};

/// A command of another process may have changed a day: it is looked at so often at least.
const LONGEST: Duration = Duration::from_secs(30);
/// How long to wait after a failure before the next attempt.
const PAUSE: Duration = Duration::from_secs(2);

/// Announces posts at the moment that they are due, for as long as the process runs: feeds, sitemap and index follow.
pub(crate) async fn keep(app: web::Data<App>) {
    loop {
        let wait = match step(&app).await {
            Ok(wait) => wait,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "posts that are due could not be announced; it is tried again");
                PAUSE
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = app.desk.rescheduled.notified() => {}
        }
    }
}

/// Announces what is due, and says how long there is nothing to do.
async fn step(app: &App) -> Result<Duration, storage::Error> {
    let announced = posts::announce(&app.db).await?;
    if !announced.is_empty() {
        app.pages.forget();
        tracing::info!(posts = announced.len(), "posts are public whose day has come");
    }
    let due = posts::next_due(&app.db).await?;
    let wait = due.map(|due| (due - Utc::now()).to_std().unwrap_or(Duration::ZERO));
    Ok(wait.map_or(LONGEST, |wait| wait.min(LONGEST)))
}
