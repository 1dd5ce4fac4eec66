//! What must hold for any text.

use render::{Context, Format, Trust, render};

use super::sound;

const TRUSTS: [Trust; 4] = [Trust::Post, Trust::Comment, Trust::Answer, Trust::Paper];
const FORMATS: [Format; 3] = [Format::Markdown, Format::Html, Format::Text];

/// At a format and a trust, the HTML is well formed, harmless and bounded.
pub fn whole(choice: u8, text: &str) {
    let trust = TRUSTS[usize::from(choice) % TRUSTS.len()];
    let format = FORMATS[usize::from(choice) / TRUSTS.len() % FORMATS.len()];
    let rendered = render(text, format, trust, &Context::default());
    match trust {
        Trust::Post => sound::check_authors(rendered.html.as_str()),
        _ if format == Format::Html => sound::check_authors(rendered.html.as_str()),
        _ => sound::check(rendered.html.as_str()),
    }
    // Macros write at most two million characters, each of which takes six at most.
    let macros = if rendered.macros == tex::Macros::default() { 0 } else { 12_000_000 };
    let length = rendered.html.as_str().len();
    assert!(length <= 60 * text.len() + 1000 + macros, "{length} bytes");
    for formula in &rendered.formulas {
        assert!(!formula.tex.is_empty());
    }
}

/// Formulas lie in order inside the text, and nothing that reads them panics.
pub fn tex(text: &str) {
    let mut end = 0;
    for span in tex::formulas(text) {
        assert!(end <= span.range.start && span.range.end <= text.len());
        assert!(
            span.range.start < span.tex.start && span.tex.end <= span.range.end || span.range == span.tex
        );
        let formula = &text[span.tex.clone()];
        let _ = (tex::refused(formula), tex::numbering(formula), tex::words(formula));
        let _ = (tex::Macros::default().read(formula), tex::Macros::of([("a", formula)]));
        end = span.range.end;
    }
    let _ = (tex::text_mode(text), tex::words(text), tex::refused(text), tex::numbering(text));
}
