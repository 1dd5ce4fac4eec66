//! Tells people of what was said, and sends what is to be sent.
//!
//! Two loops, each woken by the bell and from time to time (a command beside the server rings none). The first looks for
//! comments that nobody was told of in the state they are in, and writes letters down in one transaction with that they
//! were told of: so nothing is told twice, and a crash forgets nothing. The second sends what is written down. Before a
//! letter is handed to the server it is taken for some minutes, in which no other process takes it; a process that dies
//! between the server's yes and writing it down sends it twice, with the same name (`Message-ID`), and no one else does.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use chrono::{TimeDelta, Utc};
use content::CommentState;
use mail::{Letter, Sender};
use storage::{
    comments::{self, Stored},
    mails::{self, Taken},
    subscriptions,
};
use tokio::sync::Notify;

use super::{About, letters};
use crate::{
    app::App,
    errors::{Chain, Failure},
};

/// How long to wait when nobody rings.
const PAUSE: Duration = Duration::from_secs(10);
/// Comments or letters of one step.
const STEP: u64 = 20;
/// How long a letter that is being sent is nobody else's.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a letter is tried: over two days, as mail servers do.
const TRIES: u32 = 12;
/// How long to wait after the first try; after each one twice as long.
const FIRST_WAIT: TimeDelta = TimeDelta::minutes(1);
/// The most comments above a reply whose authors are told.
const ABOVE: usize = 50;
/// Wishes by one address in a day that are asked to be confirmed: nobody can have others flooded.
const WISHES: u64 = 3;

/// Begins both loops, if there is a server for mail.
pub(crate) fn start(app: &App) -> anyhow::Result<()> {
    let Some(server) = app.config.mail.server() else { return Ok(()) };
    let sender = Sender::new(&server).context("the settings of mail")?;
    let written = Arc::new(Notify::new());
    tokio::spawn(tell_on(app.clone(), written.clone()));
    tokio::spawn(send_on(app.clone(), sender, written));
    Ok(())
}

async fn tell_on(app: App, written: Arc<Notify>) {
    loop {
        match tell(&app).await {
            Ok(0) => drop(tokio::time::timeout(PAUSE, app.discussing.bell.notified()).await),
            Ok(_) => written.notify_one(),
            Err(failure) => {
                tracing::error!(error = %Chain(&failure), "nobody could be told of comments; it is tried again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn send_on(app: App, sender: Sender, written: Arc<Notify>) {
    loop {
        match send(&app, &sender).await {
            Ok(0) => drop(tokio::time::timeout(PAUSE, written.notified()).await),
            Ok(_) => {}
            Err(error) => {
                tracing::error!(error = %Chain(&error), "letters could not be looked at; it is tried again");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// Writes letters of comments that nobody was told of; gives how many comments there were.
async fn tell(app: &App) -> Result<usize, Failure> {
    let untold = comments::untold(&app.db, STEP).await?;
    for stored in &untold {
        // Moderators may read what it is about; of others nobody can tell any more.
        let letters = match About::for_editors(app, stored.comment.subject).await? {
            Some(about) if stored.state != CommentState::Visible => of_held(app, &about, stored),
            Some(about) if about.public => of_visible(app, &about, stored).await?,
            _ => Vec::new(),
        };
        comments::told(&app.db, stored.comment.id, stored.state, &letters).await?;
    }
    Ok(untold.len())
}

/// Asks its author whether they want mail, and tells those whom it replies to.
async fn of_visible(app: &App, about: &About, stored: &Stored) -> Result<Vec<mails::Draft>, Failure> {
    let comment = &stored.comment;
    let mut letters = Vec::new();
    if let Some(wish) = subscriptions::of_comment(&app.db, comment.id).await?.filter(|wish| !wish.confirmed) {
        let wished = subscriptions::wished(&app.db, &wish.mail, Utc::now() - TimeDelta::days(1)).await?;
        if wished <= WISHES {
            letters.push(letters::confirmation(app, &wish, about));
        }
    }
    let above = comments::above(&app.db, comment.id, ABOVE).await?;
    let mut told: Vec<String> = stored.mail.clone().into_iter().collect();
    for wish in subscriptions::of_comments(&app.db, &above).await? {
        if wish.confirmed && !told.contains(&wish.mail) {
            letters.push(letters::reply(app, &wish, about, comment));
            told.push(wish.mail);
        }
    }
    Ok(letters)
}

fn of_held(app: &App, about: &About, stored: &Stored) -> Vec<mails::Draft> {
    let moderators = app.config.mail.moderators.iter();
    moderators.map(|moderator| letters::held(app, moderator, about, stored)).collect()
}

/// Sends what is to be sent; gives how many letters were tried.
async fn send(app: &App, sender: &Sender) -> Result<usize, storage::Error> {
    let taken = mails::take(&app.db, STEP, LEASE).await?;
    for one in &taken {
        match sender.send(&letter(app, one)).await {
            Ok(()) => mails::sent(&app.db, one.id).await?,
            Err(fault) => {
                let again = fault.may_pass() && one.tries < TRIES;
                let wait = FIRST_WAIT * 2_i32.pow(one.tries.min(TRIES) - 1);
                let again = again.then(|| Utc::now() + wait);
                tracing::warn!(letter = one.id, tries = one.tries, again = ?again, error = %fault, "a letter was not sent");
                mails::failed(&app.db, one.id, &fault.to_string(), again).await?;
            }
        }
    }
    Ok(taken.len())
}

fn letter(app: &App, taken: &Taken) -> Letter {
    let host = app.base.split_once("://").map_or("localhost", |(_, host)| host);
    let host = host
        .split(':')
        .next()
        .filter(|host| !host.is_empty() && !host.starts_with('['))
        .unwrap_or("localhost");
    Letter {
        to: taken.draft.recipient.clone(),
        subject: taken.draft.subject.clone(),
        headers: taken.draft.headers.clone(),
        body: taken.draft.body.clone(),
        id: format!("{}.{}@{host}", taken.id, app.discussing.tokens.letter(taken.id)),
    }
}
