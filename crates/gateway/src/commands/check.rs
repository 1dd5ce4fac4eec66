use std::collections::BTreeMap;

use super::{Misunderstood, audit::record};
use crate::{
    admin::{CONFIG, with_changes},
    app,
    config::{Loaded, changeable, changeable_at},
    questions::Questions,
};

/// `config check` beside the database: what was changed while the site ran is shown, too. A database that is not there
/// yet, or cannot be asked, has nothing to say.
pub(super) async fn check(loaded: Loaded, json: bool) -> anyhow::Result<()> {
    let loaded = match changed(&loaded).await {
        Some(changed) => changed,
        None => loaded,
    };
    run(&loaded, json)
}

async fn changed(loaded: &Loaded) -> Option<Loaded> {
    let file = loaded.config.data.join("inkstone.db");
    let url = loaded.config.database_url();
    if url.starts_with("sqlite:") && !file.exists() {
        return None;
    }
    let db = storage::connect(url).await.ok()?;
    with_changes(loaded.clone(), &db).await.ok()
}

/// `config set`: over what the file says, at once and from now on.
pub(super) async fn set(loaded: Loaded, key: &str, value: &str) -> anyhow::Result<()> {
    if changeable_at(key).is_none() {
        let known: Vec<_> = changeable().map(|setting| setting.key).collect();
        let why = format!("{key} cannot be changed while the site runs, only {}", known.join(", "));
        return Err(Misunderstood(why).into());
    }
    loaded.with(&BTreeMap::from([(key.to_owned(), value.to_owned())]))?;
    let db = app::open_storage(&loaded.config).await?;
    storage::settings::set(&db, &format!("{CONFIG}{key}"), value).await?;
    record(&db, "config.set", key, value).await?;
    let origin = with_changes(loaded, &db).await?.origin(key).to_owned();
    let fixed = if origin == crate::config::BROWSER {
        String::new()
    } else {
        format!("; but {origin} has the last word")
    };
    super::print(format!("{key} = {value:?}{fixed}"))
}

/// `config unset`: as the file says, or as it is by itself.
pub(super) async fn unset(loaded: Loaded, key: &str) -> anyhow::Result<()> {
    let db = app::open_storage(&loaded.config).await?;
    storage::settings::unset(&db, &format!("{CONFIG}{key}")).await?;
    record(&db, "config.unset", key, "").await?;
    super::print(format!("{key} is not set any more; it is from {}", loaded.origin(key)))
}

/// Prints the settings in force, each with where it is from. Question sets that cannot be used are an error.
fn run(loaded: &Loaded, json: bool) -> anyhow::Result<()> {
    Questions::open(&loaded.config.readings)?;
    let settings = loaded.settings();
    if json {
        return super::print(serde_json::to_string_pretty(&settings)?);
    }
    let lines: Vec<_> =
        settings.iter().map(|setting| format!("{} = {}", setting.key, setting.value)).collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0).min(60);
    let origins = settings.iter().map(|setting| &setting.origin);
    let text = lines.iter().zip(origins).map(|(line, origin)| format!("{line:width$}  # {origin}"));
    super::print(text.collect::<Vec<_>>().join("\n"))
}
