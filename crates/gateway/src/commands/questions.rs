use clap::Args;
use serde_json::json;

use crate::{config::Config, questions::Questions};

/// The question sets that readings can answer.
#[derive(Args)]
pub(super) struct Sets {
    /// Print them, with their questions, as one JSON list.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, asked: &Sets) -> anyhow::Result<()> {
    let questions = Questions::open(&config.readings)?;
    let asked_now = |language, tag: &str| questions.now(language).tag() == tag;
    if asked.json {
        let sets = questions.sets().map(|(language, set)| {
            let of = set.questions.iter().map(|one| json!({ "id": one.id, "title": one.title, "prompt": one.prompt }));
            let of: Vec<_> = of.collect();
            json!({ "set": set.tag(), "language": language, "asked": asked_now(*language, &set.tag()), "questions": of })
        });
        return super::print(serde_json::to_string(&sets.collect::<Vec<_>>())?);
    }
    for (language, set) in questions.sets() {
        let now = if asked_now(*language, &set.tag()) { "  asked now" } else { "" };
        super::print(format!("{}  {language}  questions {}{now}", set.tag(), set.questions.len()))?;
    }
    Ok(())
}
