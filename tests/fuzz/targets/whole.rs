//! Whole documents at each format and trust: the HTML is well formed, harmless and bounded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use render::{Context, Format, Trust, render};

#[path = "../../../crates/render/tests/support/sound.rs"]
mod sound;

const TRUSTS: [Trust; 4] = [Trust::Post, Trust::Comment, Trust::Answer, Trust::Paper];
const FORMATS: [Format; 3] = [Format::Markdown, Format::Html, Format::Text];

fuzz_target!(|input: (u8, &str)| {
    let (choice, text) = input;
    let trust = TRUSTS[usize::from(choice) % TRUSTS.len()];
    let format = FORMATS[usize::from(choice) / TRUSTS.len() % FORMATS.len()];
    let rendered = render(text, format, trust, &Context::default());
    match trust {
        Trust::Post => sound::check_authors(rendered.html.as_str()),
        _ if format == Format::Html => sound::check_authors(rendered.html.as_str()),
        _ => sound::check(rendered.html.as_str()),
    }
    assert!(rendered.html.as_str().len() <= 60 * text.len() + 1000, "{} bytes", rendered.html.as_str().len());
    for formula in &rendered.formulas {
        assert!(!formula.tex.is_empty());
    }
});
