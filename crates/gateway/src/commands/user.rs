use std::io::{self, BufRead as _, IsTerminal as _};

use anyhow::{Context as _, anyhow, bail};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Subcommand;
use content::{Role, User, UserName};
use storage::{
    Database, invitations, sessions,
    users::{self, Account, Draft},
};

use super::audit::record;
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
    /// Print an address at which somebody can choose another password, once. The present one stays until then.
    #[command(after_help = "Example: inkstone user reset ada")]
    Reset {
        /// The name that they sign in with.
        name: UserName,
        /// How many days it is good for.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=365))]
        days: i64,
    },
    /// Print an address at which one person can make an account, once.
    #[command(after_help = "Example: inkstone user invite --role administrator --days 3")]
    Invite {
        /// What they may do: reader, author, editor or administrator.
        #[arg(long, default_value = "reader")]
        role: Role,
        /// How long it is good for.
        #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(i64).range(1..=365))]
        days: i64,
    },
    /// Give somebody another role.
    #[command(after_help = "Example: inkstone user role ada editor")]
    Role {
        /// The name that they sign in with.
        name: UserName,
        /// What they may do: reader, author, editor or administrator.
        role: Role,
    },
    /// Give somebody another name to be shown by; without one, the name that they sign in with.
    #[command(after_help = "Example: inkstone user shown ada 'Ada Lovelace'")]
    Shown {
        /// The name that they sign in with.
        name: UserName,
        /// The name that is shown.
        shown: Option<String>,
    },
    /// Keep somebody out, and end their sessions.
    #[command(after_help = "Example: inkstone user block mallory")]
    Block {
        /// The name that they sign in with.
        name: UserName,
    },
    /// Let somebody in again.
    #[command(after_help = "Example: inkstone user unblock mallory")]
    Unblock {
        /// The name that they sign in with.
        name: UserName,
    },
    /// End all sessions of somebody.
    #[command(after_help = "Example: inkstone user sign-out ada")]
    SignOut {
        /// The name that they sign in with.
        name: UserName,
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
        Command::Invite { role, days } => {
            let code = secret();
            invitations::invite(&db, &digest(&code), in_days(days), role).await?;
            record(&db, "user.invite", role.name(), "").await?;
            super::print(format!("{}/join?code={code}", config.base()))
        }
        Command::Reset { name, days } => {
            let (user, code) = (find(&db, &name).await?, secret());
            invitations::reset(&db, &digest(&code), in_days(days), user.id).await?;
            done(&db, "user.password", &name, "").await?;
            super::print(format!("{}/join?code={code}", config.base()))
        }
        Command::List { json } => list(&users::all(&db).await?, json),
        Command::Role { name, role } => set_role(&db, &name, role).await,
        Command::Shown { name, shown } => set_shown(&db, &name, shown).await,
        Command::Block { name } => set_blocked(&db, &name, true).await,
        Command::Unblock { name } => set_blocked(&db, &name, false).await,
        Command::Password { name } => set_password(&db, &name).await,
        Command::SignOut { name } => sign_out(&db, &name).await,
        Command::Remove { name } => remove(&db, &name).await,
    }
}

async fn set_password(db: &Database, name: &UserName) -> anyhow::Result<()> {
    let user = find(db, name).await?;
    users::set_password(db, user.id, &hash(&password()?)).await?;
    done(db, "user.password", name, "").await?;
    super::print(format!("{name} has another password, and is signed out everywhere"))
}

async fn set_role(db: &Database, name: &UserName, role: Role) -> anyhow::Result<()> {
    let user = find(db, name).await?;
    users::set_role(db, user.id, role).await?;
    done(db, "user.role", name, role.name()).await?;
    super::print(format!("{name} is {}", role.name()))
}

async fn set_shown(db: &Database, name: &UserName, shown: Option<String>) -> anyhow::Result<()> {
    let user = find(db, name).await?;
    users::set_shown(db, user.id, shown.as_deref()).await?;
    let shown = shown.unwrap_or_else(|| name.to_string());
    done(db, "user.shown", name, &shown).await?;
    super::print(format!("{name} is shown as {shown}"))
}

async fn set_blocked(db: &Database, name: &UserName, blocked: bool) -> anyhow::Result<()> {
    let user = find(db, name).await?;
    users::set_blocked(db, user.id, blocked).await?;
    done(db, if blocked { "user.block" } else { "user.unblock" }, name, "").await?;
    super::print(match blocked {
        true => format!("{name} is kept out"),
        false => format!("{name} may sign in again"),
    })
}

async fn sign_out(db: &Database, name: &UserName) -> anyhow::Result<()> {
    let user = find(db, name).await?;
    let ended = sessions::end_others(db, user.id, "").await?;
    done(db, "user.session", name, "").await?;
    super::print(format!("{name} is signed out in {ended} browsers"))
}

async fn remove(db: &Database, name: &UserName) -> anyhow::Result<()> {
    let user = find(db, name).await?;
    users::remove(db, user.id).await?;
    done(db, "user.remove", name, user.role.name()).await?;
    super::print(format!("{name} has no account any more"))
}

async fn add(db: &Database, name: UserName, role: Role, mail: Option<String>) -> anyhow::Result<()> {
    let draft = Draft { name, mail, password_hash: hash(&password()?), role };
    match users::create(db, &draft).await {
        Ok(user) => {
            done(db, "user.add", &user.name, role.name()).await?;
            super::print(format!("{} is {}", user.name, role.name()))
        }
        Err(storage::Error::Taken) => bail!("there is an account of the name {} or of that mail", draft.name),
        Err(error) => Err(error.into()),
    }
}

async fn find(db: &Database, name: &UserName) -> anyhow::Result<User> {
    let found = users::by_name(db, name).await?;
    found.map(|(user, _)| user).ok_or_else(|| anyhow!("nobody has an account of the name {name}"))
}

fn list(accounts: &[Account], json: bool) -> anyhow::Result<()> {
    if json {
        return super::print(serde_json::to_string(accounts)?);
    }
    for Account { user, blocked, sessions, .. } in accounts {
        let blocked = if *blocked { "  blocked" } else { "" };
        let (role, since) = (user.role.name(), user.created.date_naive());
        super::print(format!("{}  {role}  since {since}  sessions {sessions}{blocked}", user.name))?;
    }
    Ok(())
}

fn in_days(days: i64) -> DateTime<Utc> {
    Utc::now() + TimeDelta::days(days)
}

async fn done(db: &Database, action: &str, name: &UserName, detail: &str) -> anyhow::Result<()> {
    record(db, action, name.as_str(), detail).await
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
