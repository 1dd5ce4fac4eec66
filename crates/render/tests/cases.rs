//! Which formulas a text holds, whole and in pieces: `tests/formulas/cases.jsonl`, one text on each line.
//!
//! `formulas` are pairs of the TeX and whether it is a display. `format` and `trust` are *markdown* and *post* unless
//! they are given.

mod support;

use render::{Context, Format, Trust, render};
use serde_json::Value;
use support::{sound, stream};

const CASES: &str = include_str!("../../../tests/formulas/cases.jsonl");

#[test]
fn formulas() {
    let mut wrong = String::new();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let text = case["text"].as_str().unwrap();
        let (format, trust) = (format(&case), trust(&case));
        let rendered = render(text, format, trust, &Context::default());
        sound::check_authors(rendered.html.as_str());
        let found: Value = rendered
            .formulas
            .iter()
            .map(|formula| serde_json::json!([formula.tex, formula.display]))
            .collect();
        if found != case["formulas"] {
            wrong += &format!("{line}\n  holds {found}\n");
        }
        if format == Format::Markdown && trust == Trust::Post {
            stream::check(text, &[1, 7, 3], Trust::Answer);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn format(case: &Value) -> Format {
    match case["format"].as_str() {
        Some("html") => Format::Html,
        Some("text") => Format::Text,
        _ => Format::Markdown,
    }
}

fn trust(case: &Value) -> Trust {
    match case["trust"].as_str() {
        Some("comment") => Trust::Comment,
        Some("answer") => Trust::Answer,
        Some("paper") => Trust::Paper,
        _ => Trust::Post,
    }
}
