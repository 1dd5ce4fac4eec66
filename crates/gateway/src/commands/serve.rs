use std::{
    io::{self, IsTerminal as _},
    net::{SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use anyhow::{Context as _, anyhow};
use socket2::SockRef;
use tracing_subscriber::EnvFilter;

use crate::{
    app::{self, App},
    config::{Loaded, Log, LogFormat},
    indexing, metrics,
};

/// Serves until SIGTERM or ctrl-c. `sample` fills an empty site first.
pub(super) async fn run(loaded: Loaded, sample: Option<&Path>) -> anyhow::Result<()> {
    let config = loaded.config.clone();
    start_log(&config.log)?;
    let listener = bind(config.listen)?;
    let address = listener.local_addr()?;
    let metrics = config.metrics.listen.map(bind).transpose()?;
    app::writable(&config.data)?;
    let base = config.base_at(address);
    let app = app::open(loaded).await?;
    warn_of_no_administrator(&app).await?;
    if let Some(folder) = sample {
        fill(&app, folder).await?;
    }
    if let Some(listener) = metrics {
        tracing::info!("metrics are at http://{}/metrics", listener.local_addr()?);
        tokio::spawn(metrics::serve(app.clone(), listener)?);
    }
    let server = app::serve(app.clone(), listener).await?;
    let told = app::told_to_stop().context("the process cannot be told to stop")?;
    let handle = server.handle();
    tokio::spawn(async move {
        told.await;
        app::stop(app, handle).await;
    });
    // A server whose greeting nobody reads to the end serves all the same.
    if let Err(error) = super::print(welcome(&base, address)) {
        tracing::debug!(%error, "the greeting was not read");
    }
    server.await.context("the server stopped")
}

/// The first thing a newcomer does should find something. Later the index follows beside the pages.
async fn fill(app: &App, sample: &Path) -> anyhow::Result<()> {
    super::sample::load(&app.db, sample).await?;
    indexing::catch_up(&app.db, &app.index, |_| ()).await.context("the search index could not catch up")?;
    Ok(())
}

async fn warn_of_no_administrator(app: &App) -> anyhow::Result<()> {
    if !storage::users::has_administrator(&app.db).await? {
        tracing::warn!("{NOBODY}");
    }
    Ok(())
}

/// What the log says as long as nobody can administer the site in the browser.
const NOBODY: &str = "nobody administers this site yet: `inkstone user add NAME --role administrator` makes somebody, \
                      `inkstone user invite --role administrator` prints an address that works once";
/// How long a reader may take nothing of what is sent, or say nothing at all, before the connection is closed.
const STALL: Duration = Duration::from_secs(20);
/// How much is handed to the kernel ahead of what a reader has taken, in bytes; the kernel alone would take 4 MiB.
const AHEAD: u32 = 64 << 10;

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = listen(address)?;
    // Connections have them from the listener.
    let socket = SockRef::from(&listener);
    socket.set_tcp_user_timeout(Some(STALL)).context("the time that a reader may stall")?;
    socket.set_tcp_notsent_lowat(AHEAD).context("the bytes that wait for a reader")?;
    Ok(listener)
}

fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow!("{address} is in use by another program; choose another address with --listen")
        }
        io::ErrorKind::PermissionDenied => anyhow!("this user may not listen on {address}"),
        _ => anyhow!("cannot listen on {address}: {error}"),
    })
}

fn start_log(log: &Log) -> anyhow::Result<()> {
    // What these say of every start is said by the welcome, or is of no use. The operator's own filter comes last and wins.
    let filter =
        format!("sea_orm_migration=warn,actix_server=warn,sqlx::postgres::notice=warn,{}", log.level);
    let filter = EnvFilter::try_new(filter).with_context(|| format!("log.level {:?}", log.level))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // A line that cannot be written (the log is on a full disk) must not end the task that it speaks of: to complain of
    // it would be a panic, as that cannot be written either.
    let lines = lines.with_ansi(io::stderr().is_terminal()).log_internal_errors(false);
    match log.format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

fn welcome(base: &str, address: SocketAddr) -> String {
    let listening = if base.ends_with(&address.to_string()) {
        String::new()
    } else {
        format!(" (listening on {address})")
    };
    format!(
        "Inkstone is at {base}{listening}\n\n\
         {base}/posts                    posts with mathematics\n\
         {base}/papers                   papers: press [AI reading] on one\n\
         {base}/search?query=attention   search over both\n\n\
         Ctrl-C stops it."
    )
}
