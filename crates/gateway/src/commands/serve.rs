use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::Path,
};

use anyhow::{Context as _, anyhow};
use tracing_subscriber::EnvFilter;

use crate::{
    app,
    config::{Config, Log, LogFormat},
    indexing,
};

/// Serves until SIGTERM or ctrl-c. `sample` fills an empty site first.
pub(super) async fn run(config: Config, sample: Option<&Path>) -> anyhow::Result<()> {
    start_log(&config.log)?;
    let listener = bind(config.listen)?;
    let address = listener.local_addr()?;
    app::writable(&config.data)?;
    let base = config.base_url.as_ref().map_or(format!("http://{address}"), |url| url.as_str().to_owned());
    let app = app::open(config).await?;
    if let Some(folder) = sample {
        super::sample::load(&app.db, folder).await?;
        // The first thing a newcomer does should find something. Later the index follows beside the pages.
        indexing::catch_up(&app.db, &app.index, |_| ())
            .await
            .context("the search index could not catch up")?;
    }
    let server = app::serve(app.clone(), listener).await?;
    tokio::spawn(app::stop_when_told(app, server.handle()));
    super::print(welcome(&base, address))?;
    server.await.context("the server stopped")
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            anyhow!("{address} is in use by another program; choose another address with --listen")
        }
        io::ErrorKind::PermissionDenied => anyhow!("this user may not listen on {address}"),
        _ => anyhow!("cannot listen on {address}: {error}"),
    })
}

fn start_log(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.level).with_context(|| format!("log.level {:?}", log.level))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
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
         {base}/papers                   papers: press [Kimi] on one to have it read\n\
         {base}/search?query=attention   search over both\n\n\
         Ctrl-C stops it."
    )
}
