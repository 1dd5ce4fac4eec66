use crate::{config::Loaded, questions::Questions};

/// Prints the settings in force, each with where it is from. Question sets that cannot be used are an error.
pub(super) fn run(loaded: &Loaded, json: bool) -> anyhow::Result<()> {
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
