use anyhow::{bail, ensure};
use clap::{Args, Subcommand};
use content::{CommentId, CommentState, Subject, Why};
use serde_json::json;
use storage::{
    Database,
    audit::Deed,
    comments::{self, Filter, Stored, Verdict},
};

use crate::{app, config::Config};

/// Comments that are looked at at once.
const MOST: u64 = 10_000;

/// What visitors said, and what is shown of it.
#[derive(Subcommand)]
pub(super) enum Command {
    /// List comments, newest first.
    #[command(after_help = "Example: inkstone comment list --state held --json")]
    List {
        /// Those in this state: held, visible, spam or deleted.
        #[arg(long)]
        state: Option<CommentState>,
        /// Those that hold this text, or whose name or mail does.
        #[arg(long)]
        text: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=MOST))]
        limit: u64,
        /// Print them as one JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Print a comment with all that is kept of it.
    #[command(after_help = "Example: inkstone comment show 17")]
    Show {
        /// Its number, as in its address.
        id: i64,
        /// Print it as one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Show comments to everybody.
    #[command(after_help = "Example: inkstone comment approve 17 18 --trust")]
    Approve {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
        /// Show later ones of the same names and mails at once.
        #[arg(long)]
        trust: bool,
    },
    /// Say that comments are advertisements.
    #[command(after_help = "Example: inkstone comment spam 17")]
    Spam {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Take comments away; replies to them stay.
    #[command(after_help = "Example: inkstone comment delete 17")]
    Delete {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Have comments wait for a moderator again.
    #[command(after_help = "Example: inkstone comment hold 17")]
    Hold {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Take everything away that came from somewhere.
    #[command(after_help = "Example: inkstone comment remove-all-of --mail eve@example.org")]
    RemoveAllOf(Origin),
    /// Say which letters were not sent, and why.
    #[command(after_help = "Example: inkstone comment letters")]
    Letters,
}

/// Where comments came from.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(super) struct Origin {
    /// From this address of mail.
    #[arg(long)]
    mail: Option<String>,
    /// By this name.
    #[arg(long)]
    name: Option<String>,
    /// From this network, as `comment show` prints it.
    #[arg(long)]
    network: Option<String>,
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    match command {
        Command::List { state, text, limit, json } => {
            let filter = Filter { state, text, ..Filter::default() };
            list(&comments::list(&db, &filter, None, limit).await?.items, json)
        }
        Command::Show { id, json } => match comments::by_id(&db, CommentId(id)).await? {
            Some(stored) => show(&stored, json),
            None => bail!("there is no comment {id}"),
        },
        Command::Approve { ids, trust } => {
            change(&db, &numbers(ids), CommentState::Visible, trust.then_some(true)).await
        }
        Command::Spam { ids } => change(&db, &numbers(ids), CommentState::Spam, Some(false)).await,
        Command::Delete { ids } => change(&db, &numbers(ids), CommentState::Deleted, None).await,
        Command::Hold { ids } => change(&db, &numbers(ids), CommentState::Held, None).await,
        Command::RemoveAllOf(origin) => remove_all_of(&db, origin).await,
        Command::Letters => letters(&db).await,
    }
}

fn numbers(ids: Vec<i64>) -> Vec<CommentId> {
    ids.into_iter().map(CommentId).collect()
}

async fn change(
    db: &Database,
    ids: &[CommentId],
    state: CommentState,
    trusted: Option<bool>,
) -> anyhow::Result<()> {
    for id in ids {
        ensure!(comments::by_id(db, *id).await?.is_some(), "there is no comment {}", id.0);
    }
    let why = (state != CommentState::Visible).then_some(Why::Moderator);
    let action = format!("comment.{}", state.name());
    let verdict = Verdict { state, why, trusted };
    let changed = comments::change(db, ids, verdict, Some(deed(&action, ""))).await?;
    super::print(format!("{} of {} are {} now and were not before", changed.len(), ids.len(), state.name()))
}

async fn remove_all_of(db: &Database, origin: Origin) -> anyhow::Result<()> {
    let Origin { mail, name, network } = origin;
    // By what they were found, not which: that is what a visitor keeps to themselves.
    let by = [("mail", mail.is_some()), ("name", name.is_some()), ("network", network.is_some())];
    let by: Vec<_> = by.into_iter().filter(|(_, given)| *given).map(|(what, _)| what).collect();
    let filter =
        Filter { mail: mail.map(|mail| mail.to_lowercase()), author: name, network, ..Filter::default() };
    let ids = comments::numbers(db, &filter, MOST).await?;
    let verdict = Verdict { state: CommentState::Deleted, why: Some(Why::Moderator), trusted: Some(false) };
    let detail = format!("found by {}", by.join(", "));
    let changed = comments::change(db, &ids, verdict, Some(deed("comment.remove-all-of", &detail))).await?;
    super::print(format!("{} comments were taken away", changed.len()))
}

fn deed<'a>(action: &'a str, detail: &'a str) -> Deed<'a> {
    Deed { user: None, who: "command", action, object: "", detail }
}

async fn letters(db: &Database) -> anyhow::Result<()> {
    super::print(format!("{} letters wait to be sent", storage::mails::waiting(db).await?))?;
    for letter in storage::mails::unsent(db, 100).await? {
        let again = letter.again.map_or("given up".to_owned(), |again| format!("again at {again:.0}"));
        super::print(format!("{}  of {:.0}, {again}: {}", letter.id, letter.created, letter.fault))?;
    }
    Ok(())
}

fn list(found: &[Stored], json: bool) -> anyhow::Result<()> {
    if json {
        return super::print(serde_json::Value::from_iter(found.iter().map(as_json)));
    }
    for stored in found {
        let comment = &stored.comment;
        let line: String =
            comment.body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(80).collect();
        super::print(format!("{}  {}  {}: {line}", comment.id.0, stored.state.name(), comment.author))?;
    }
    Ok(())
}

fn show(stored: &Stored, json: bool) -> anyhow::Result<()> {
    if json {
        return super::print(as_json(stored));
    }
    let comment = &stored.comment;
    let why = stored.why.map(|why| format!(" ({})", why.name())).unwrap_or_default();
    let mail = stored.mail.as_deref().unwrap_or("no mail");
    super::print(format!(
        "{}{why}, by {} ({mail}), {:.0}, from network {}\non {}\n\n{}",
        stored.state.name(),
        comment.author,
        comment.created,
        stored.network,
        subject(comment.subject),
        comment.body
    ))
}

fn as_json(stored: &Stored) -> serde_json::Value {
    let comment = &stored.comment;
    json!({
        "id": comment.id.0,
        "about": subject(comment.subject),
        "parent": comment.parent.map(|parent| parent.0),
        "state": stored.state.name(),
        "why": stored.why.map(Why::name),
        "author": comment.author,
        "mail": stored.mail,
        "site": comment.site,
        "network": stored.network,
        "trusted": stored.trusted,
        "created": comment.created,
        "edited": comment.edited,
        "body": comment.body,
    })
}

fn subject(subject: Subject) -> String {
    match subject {
        Subject::Post(id) => format!("post {}", id.0),
        Subject::Paper(id) => format!("paper {}", id.0),
    }
}
