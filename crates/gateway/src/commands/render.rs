use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, Read as _},
};

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use render::{Context, Live, Rendered};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{patched::Patched, print};

/// The longest text, in bytes.
const LONGEST: u64 = 64 << 20;

/// What is rendered, and what is printed of it.
#[derive(Args)]
pub(super) struct Render {
    /// How to read the text.
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    format: Format,
    /// Whose text it is: what it may contain depends on that.
    #[arg(long, value_enum, default_value_t = Trust::Post)]
    trust: Trust,
    /// Print the HTML with formulas, headings, plain text, warnings and macros as one JSON object.
    #[arg(long)]
    json: bool,
    /// Read lines of `{"id", "text", "format"?, "trust"?}`, and print one JSON object for each. What is
    /// no such line is named on standard error.
    #[arg(long)]
    jsonl: bool,
    /// Feed the text in pieces of that many bytes, and print the patches as JSON Lines. With --jsonl:
    /// print the page after all patches, their number and their size.
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u32).range(1..))]
    stream: Option<u32>,
}

#[derive(Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
    Markdown,
    Html,
    Text,
}

#[derive(Clone, Copy, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Trust {
    Post,
    Comment,
    Answer,
    Paper,
}

#[derive(Deserialize)]
struct Line {
    id: Value,
    text: String,
    format: Option<Format>,
    trust: Option<Trust>,
}

/// Standard input to standard output.
pub(super) fn run(options: &Render) -> anyhow::Result<()> {
    if options.jsonl {
        return lines(options);
    }
    let mut bytes = Vec::new();
    io::stdin().take(LONGEST + 1).read_to_end(&mut bytes).context("standard input")?;
    ensure!(bytes.len() as u64 <= LONGEST, "standard input is longer than {} MiB", LONGEST >> 20);
    let text = String::from_utf8_lossy(&bytes);
    if let Some(size) = options.stream {
        let patches = streamed(text.as_bytes(), size, options.format, options.trust);
        return patches.iter().try_for_each(print);
    }
    let rendered = whole(&text, options.format, options.trust);
    match options.json {
        true => print(report(&rendered)),
        false => print(rendered.html.as_str().trim_end_matches('\n')),
    }
}

/// A line that is no such object is named, and the others are rendered.
fn lines(options: &Render) -> anyhow::Result<()> {
    let mut wrong = 0;
    for (number, line) in (1..).zip(io::stdin().lock().split(b'\n')) {
        match serde_json::from_slice(&line.context("standard input")?) {
            Ok(line) => print(each(options, line))?,
            Err(error) => {
                wrong += 1;
                eprintln!("line {number}: {error}");
            }
        }
    }
    ensure!(wrong == 0, "{wrong} lines could not be read");
    Ok(())
}

fn each(options: &Render, line: Line) -> Value {
    let trust = line.trust.unwrap_or(options.trust);
    let format = line.format.unwrap_or(options.format);
    let mut result = match options.stream {
        Some(size) => summary(&streamed(line.text.as_bytes(), size, format, trust)),
        None => report(&whole(&line.text, format, trust)),
    };
    result["id"] = line.id;
    result
}

fn whole(text: &str, format: Format, trust: Trust) -> Rendered {
    render::render(text, format.into(), trust.into(), &Context::default())
}

fn report(rendered: &Rendered) -> Value {
    json!({
        "html": rendered.html,
        "formulas": rendered.formulas,
        "headings": rendered.headings,
        "text": rendered.text,
        "warnings": rendered.warnings,
        "macros": rendered.macros.iter().collect::<BTreeMap<_, _>>(),
    })
}

/// The patches of a text that arrives in pieces of `size` bytes, wherever these cut it.
fn streamed(bytes: &[u8], size: u32, format: Format, trust: Trust) -> Vec<Value> {
    let mut live = Live::of(format.into(), trust.into(), &Context::default());
    let (mut patches, mut arrived) = (Vec::new(), Vec::new());
    for piece in bytes.chunks(size as usize) {
        arrived.extend_from_slice(piece);
        let whole = str::from_utf8(&arrived).map_or_else(|error| error.valid_up_to(), str::len);
        let characters: Vec<_> = arrived.drain(..whole).collect();
        patches.extend(live.push(str::from_utf8(&characters).expect("cut at the end of a character")));
    }
    patches.extend(live.finish());
    patches.iter().map(|patch| serde_json::to_value(patch).expect("patches are plain data")).collect()
}

fn summary(patches: &[Value]) -> Value {
    let mut page = Patched::default();
    patches.iter().for_each(|patch| page.apply(patch));
    let bytes: usize = patches.iter().map(|patch| patch.to_string().len()).sum();
    json!({ "html": page.html(), "patches": patches.len(), "bytes": bytes })
}

impl From<Format> for render::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Markdown => Self::Markdown,
            Format::Html => Self::Html,
            Format::Text => Self::Text,
        }
    }
}

impl From<Trust> for render::Trust {
    fn from(trust: Trust) -> Self {
        match trust {
            Trust::Post => Self::Post,
            Trust::Comment => Self::Comment,
            Trust::Answer => Self::Answer,
            Trust::Paper => Self::Paper,
        }
    }
}
