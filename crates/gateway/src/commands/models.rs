use clap::Args;
use serde::Serialize;
use storage::budgets::{self, Spent};

use crate::{app, config::Config};

/// The models of the settings, and what they cost.
#[derive(Args)]
pub(super) struct Models {
    /// Print them as one JSON list.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    model: &'a str,
    context: u64,
    price: crate::config::Price,
    tokens_today: u64,
    money_today: f64,
    tokens_this_month: u64,
    money_this_month: f64,
}

pub(super) async fn run(config: Config, asked: Models) -> anyhow::Result<()> {
    app::writable(&config.data)?;
    let db = app::open_storage(&config).await?;
    let ledger = budgets::ledger(&db).await?;
    let line = |model: &'_ crate::config::Model| {
        let found = ledger.models.iter().find(|(name, _)| *name == model.name);
        let Spent { day, month } = found.map_or(Spent::default(), |(_, spent)| *spent);
        (day, month)
    };
    let lines = config.models.iter().map(|model| {
        let (day, month) = line(model);
        Line {
            name: &model.name,
            model: &model.model,
            context: model.context,
            price: model.price,
            tokens_today: day.tokens,
            money_today: day.micros as f64 / 1e6,
            tokens_this_month: month.tokens,
            money_this_month: month.micros as f64 / 1e6,
        }
    });
    let lines: Vec<_> = lines.collect();
    if asked.json {
        return super::print(serde_json::to_string(&lines)?);
    }
    for line in lines {
        super::print(format!(
            "{}  {}  context {}  today {} tokens, {:.2}  this month {} tokens, {:.2}",
            line.name,
            line.model,
            line.context,
            line.tokens_today,
            line.money_today,
            line.tokens_this_month,
            line.money_this_month
        ))?;
    }
    Ok(())
}
