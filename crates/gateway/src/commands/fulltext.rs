use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;
use content::FullText;
use fulltext::{Extractor, Form};

use super::print;
use crate::config::Config;

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
    let text = of_file(&config, &asked.paper).await?;
    tell(&text);
    match asked.json {
        true => print(serde_json::to_string_pretty(&text)?),
        false => print(summarizer::told(&text).trim()),
    }
}

async fn of_file(config: &Config, path: &str) -> anyhow::Result<FullText> {
    let bytes = tokio::fs::read(path).await.with_context(|| path.to_owned())?;
    let Some(form) = Form::of(&bytes) else { bail!("{path}: {}", fulltext::Error::Unknown) };
    let extractor = Extractor::new(std::env::current_exe()?, 300);
    extractor.read(form, &bytes, |_, _| ()).await.with_context(|| path.to_owned())
}

fn tell(text: &FullText) {
    for hidden in &text.hidden {
        let page = hidden.page.map(|page| format!(" on page {page}")).unwrap_or_default();
        eprintln!("left out, {}{page}: {} characters, {:?}", hidden.kind.name(), hidden.characters, hidden.sample);
    }
    if text.left_out_pages > 0 {
        eprintln!("left out: the last {} pages, because there are too many", text.left_out_pages);
    }
}
