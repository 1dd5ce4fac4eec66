//! What a server does beside answering: what an upgrade left to be done, and forgetting who does not come back.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use storage::{Database, answers, comments, mails, papers, post_reads, readers, subscriptions};

use crate::errors::Chain;

/// Records, answers or readers of one transaction: others who write wait no longer than that.
const STEP: u64 = 500;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long spam and what was deleted can be looked at.
const LOOKED_AT: TimeDelta = TimeDelta::days(60);
/// How long letters that were sent, and wishes that nobody confirmed, are kept.
const KEPT: TimeDelta = TimeDelta::days(7);
/// How long to wait after a failure before the next attempt.
const PAUSE: Duration = Duration::from_secs(60);

/// Keeps the house for as long as the process runs. What fails is logged and tried again.
pub(crate) async fn keep(db: Database) {
    loop {
        let attempt = async {
            renew(&db).await?;
            forget(&db).await?;
            forget_said(&db).await
        };
        let wait = match attempt.await {
            Ok(()) => DAY,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "the house could not be kept; it is tried again");
                PAUSE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Brings what an earlier version of the program stored to what this one makes of it; goes on where it was interrupted.
pub(crate) async fn renew(db: &Database) -> Result<(), storage::Error> {
    let mut steps = 0_u64;
    while papers::renew(db, STEP).await? {
        steps += 1;
        tokio::task::yield_now().await;
    }
    if steps > 0 {
        tracing::info!(
            records = steps * STEP,
            "earlier records were compared with each other and listed anew"
        );
    }
    while answers::renew(db, STEP).await? {
        tracing::info!("readings of the embedded reader that were kept under a model are its own now");
        tokio::task::yield_now().await;
    }
    Ok(())
}

async fn forget(db: &Database) -> Result<(), storage::Error> {
    let mut forgotten = 0;
    loop {
        match readers::forget(db, STEP).await? {
            0 => break,
            some => forgotten += some,
        }
    }
    if forgotten > 0 {
        tracing::info!(readers = forgotten, "readers who do not come back were forgotten");
    }
    post_reads::forget(db, Utc::now().date_naive()).await?;
    Ok(())
}

/// Forgets what moderators threw away, and mail that is over.
async fn forget_said(db: &Database) -> Result<(), storage::Error> {
    let now = Utc::now();
    while comments::forget(db, now - LOOKED_AT, STEP).await? > 0 {}
    mails::forget(db, now - KEPT).await?;
    subscriptions::forget(db, now - KEPT).await?;
    Ok(())
}
