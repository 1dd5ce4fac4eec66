use std::{path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use clap::Args;
use content::{FullText, PaperId};
use fulltext::{Extractor, Form};
use storage::papers;

use super::print;
use crate::{
    app::open_storage,
    config::Config,
    faults,
    papers::lists,
    texts::{Found, Texts},
    visit::language::Messages,
};

/// Which text is printed, and how.
#[derive(Args)]
pub(super) struct Fulltext {
    /// A file of HTML, TeX (packed or not) or PDF; or a paper, by its address, number or identifier.
    #[arg(value_name = "FILE|ID")]
    paper: String,
    /// Print the text with all that is known of it as one JSON object.
    #[arg(long)]
    json: bool,
}

/// The text to standard output; what was left out of it to standard error.
pub(super) async fn run(config: Config, asked: Fulltext) -> anyhow::Result<()> {
    let text = match Path::new(&asked.paper).is_file() {
        true => of_file(&config, &asked.paper).await?,
        false => of_paper(config, &asked.paper).await?,
    };
    tell(&text);
    match asked.json {
        true => print(serde_json::to_string_pretty(&text)?),
        false => print(summarizer::told(&text).trim()),
    }
}

async fn of_file(config: &Config, path: &str) -> anyhow::Result<FullText> {
    let bytes = tokio::fs::read(path).await.with_context(|| path.to_owned())?;
    let Some(form) = Form::of(&bytes) else { bail!("{path}: {}", fulltext::Error::Unknown) };
    let extractor = Extractor::new(std::env::current_exe()?, config.fulltext.pages);
    extractor.read(form, &bytes, |_, _| ()).await.with_context(|| path.to_owned())
}

/// What a reading of a stored paper would be given; fetched if it has to be, and kept.
async fn of_paper(config: Config, name: &str) -> anyhow::Result<FullText> {
    let db = open_storage(&config).await?;
    let paper = match name.parse() {
        Ok(key) => papers::by_id(&db, PaperId(key)).await?,
        Err(_) => lists::paper(&db, name).await?,
    };
    let paper = paper.with_context(|| format!("{name} is neither a file nor a paper that is stored"))?;
    let texts = Texts::new(&Arc::new(config), &db)?;
    let Found { text, fault } = texts.of(&paper, |_, _| ()).await?;
    if let Some(fault) = fault {
        eprintln!("{}", faults::no_text(&fault, Messages(content::Language::En)));
    }
    Ok(text)
}

fn tell(text: &FullText) {
    for hidden in &text.hidden {
        let page = hidden.page.map(|page| format!(" on page {page}")).unwrap_or_default();
        eprintln!(
            "left out, {}{page}: {} characters, {:?}",
            hidden.kind.name(),
            hidden.characters,
            hidden.sample
        );
    }
    if text.left_out_pages > 0 {
        eprintln!("left out: the last {} pages, because there are too many", text.left_out_pages);
    }
}
