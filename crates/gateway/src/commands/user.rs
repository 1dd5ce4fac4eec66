use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::{Context as _, anyhow, bail};
use chrono::{TimeDelta, Utc};
use clap::Subcommand;
use content::{Role, User, UserName};
use storage::{
    Database,
    users::{self, Draft},
};

use crate::{
    accounts::{digest, hash, secret, too_weak},
    app,
    config::Config,
};

/// Who has an account.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an account. The password is asked for, or read from standard input.
    #[command(after_help = "Example: inkstone user add ada --role administrator")]
    Add {
        /// The name to sign in with.
        name: UserName,
        /// What they may do: reader, author, editor or administrator.
        #[arg(long, default_value = "reader")]
        role: Role,
        /// Where to write to.
        #[arg(long)]
        mail: Option<String>,
    },
    /// Give somebody another password, and end their sessions.
    #[command(after_help = "Example: inkstone user password ada")]
    Password {
        /// The name that they sign in with.
        name: UserName,
    },
    /// Print an address at which one person can make an account.
    #[command(after_help = "Example: inkstone user invite --days 3")]
    Invite {
        /// How long it is good for.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=365))]
        days: i64,
    },
    /// List the accounts.
    #[command(after_help = "Example: inkstone user list --json")]
    List {
        /// Print them as one JSON list.
        #[arg(long)]
        json: bool,
    },
    /// Remove an account with all that is its own.
    #[command(after_help = "Example: inkstone user remove ada")]
    Remove {
        /// The name that they sign in with.
        name: UserName,
    },
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    match command {
        Command::Add { name, role, mail } => add(&db, name, role, mail).await,
        Command::Password { name } => {
            let user = find(&db, &name).await?;
            users::set_password(&db, user.id, &hash(&password()?)).await?;
            super::print(format!("{name} has another password, and is signed out everywhere"))
        }
        Command::Invite { days } => {
            let code = secret();
            users::invite(&db, &digest(&code), Utc::now() + TimeDelta::days(days)).await?;
            super::print(format!("{}/join?code={code}", config.base()))
        }
        Command::List { json } => list(&users::all(&db).await?, json),
        Command::Remove { name } => {
            let user = find(&db, &name).await?;
            users::remove(&db, user.id).await?;
            super::print(format!("{name} has no account any more"))
        }
    }
}

async fn add(db: &Database, name: UserName, role: Role, mail: Option<String>) -> anyhow::Result<()> {
    let draft = Draft { name, mail, password_hash: hash(&password()?), role };
    match users::create(db, &draft).await {
        Ok(user) => super::print(format!("{} is {}", user.name, role.name())),
        Err(storage::Error::Taken) => bail!("there is an account of the name {} or of that mail", draft.name),
        Err(error) => Err(error.into()),
    }
}

async fn find(db: &Database, name: &UserName) -> anyhow::Result<User> {
    let found = users::by_name(db, name).await?;
    found.map(|(user, _)| user).ok_or_else(|| anyhow!("nobody has an account of the name {name}"))
}

fn list(users: &[User], json: bool) -> anyhow::Result<()> {
    if json {
        return super::print(serde_json::to_string(users)?);
    }
    for user in users {
        super::print(format!("{}  {}  since {}", user.name, user.role.name(), user.created.date_naive()))?;
    }
    Ok(())
}

/// The first line of standard input; asked for, and not shown, on a terminal.
fn password() -> anyhow::Result<String> {
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").context("no password was given")?
    } else {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("no password was given")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if too_weak(&password) {
        bail!("the password needs 10 characters or more, and not the same few again and again");
    }
    Ok(password)
}
