//! Rendered texts in a notation that fits on a line: `⟨$x$⟩` for an inline formula, `⟪$$x$$⟫` for a display.

use render::{Context, Format, Live, Rendered, Trust, render};

use super::page::Page;
use super::sound;

/// What a text renders to, after everything that must hold for any text was checked.
pub fn rendered(text: &str, format: Format, trust: Trust, context: &Context) -> Rendered {
    let rendered = render(text, format, trust, context);
    sound::check(rendered.html.as_str());
    let parts: String = rendered.elements().iter().map(|part| part.html).collect();
    assert_eq!(parts, rendered.html.as_str(), "parts of {text:?}");
    if format == Format::Markdown {
        split(text);
    }
    for heading in &rendered.headings {
        sound::check(heading.html.as_str());
    }
    let mut shown = formulas(rendered.html.as_str());
    let tags: Vec<String> = rendered
        .html
        .as_str()
        .split("class=\"eqref\"")
        .skip(1)
        .flat_map(|link| formulas(link.split("</a>").next().unwrap()))
        .collect();
    shown.retain(|formula| !tags.contains(formula));
    assert_eq!(shown.len(), rendered.formulas.len(), "formulas of {text:?}");
    for formula in &rendered.formulas {
        assert!(shown.iter().any(|shown| shown.contains(&formula.tex)), "{formula:?} is not in {shown:?}");
    }
    rendered
}

/// In a text that is longer, not every split is tried.
const SPLITS: usize = 150;

/// Panics unless a text that arrives in two pieces, split anywhere, ends as the whole.
fn split(text: &str) {
    let context = Context::default();
    let whole = render(text, Format::Markdown, Trust::Answer, &context);
    let splits = text.char_indices().map(|(at, _)| at).step_by(text.len() / SPLITS + 1);
    for (first, second) in splits.map(|at| text.split_at(at)) {
        let mut live = Live::new(Trust::Answer, &context);
        let mut page = Page::default();
        page.apply_all(&live.push(first));
        page.apply_all(&live.quiet());
        sound::check(&page.html());
        sound::no_half_formula(&page.html());
        page.apply_all(&live.push(second));
        page.apply_all(&live.finish());
        assert_eq!(page.html(), whole.html.as_str(), "from {first:?} and {second:?}");
    }
}

/// HTML in short: without line breaks around it, formulas in brackets.
pub fn short(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html.trim_matches('\n');
    while let Some(at) = rest.find(START) {
        let open = rest[..at].rfind('<').unwrap();
        let tag = &rest[open + 1..at];
        let (head, body) = rest[at + START.len()..].split_once('>').unwrap();
        let (kind, attributes) = head.split_once(" notranslate\" translate=\"no\"").unwrap();
        let (source, after) = body.split_once(&format!("</{}>", tag.trim())).unwrap();
        let (left, right) = if kind == "inline" { ('⟨', '⟩') } else { ('⟪', '⟫') };
        out.push_str(&rest[..open]);
        out.push_str(&format!("{left}{}{source}{right}", attributes.trim_start()));
        rest = after;
    }
    let out = out + rest;
    let out = out.replace("<div class=\"eq\">⟪", "⟪").replace("<span class=\"eq\">⟪", "⟪");
    out.replace("⟫</div>", "⟫").replace("⟫</span>", "⟫")
}

const START: &str = " class=\"math ";

/// The sources of all formulas in HTML, as a browser reads them.
pub fn formulas(html: &str) -> Vec<String> {
    let inside = |part: &str| {
        let text = part.split_once('>').unwrap().1.split('<').next().unwrap();
        text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    };
    html.split(START).skip(1).map(inside).collect()
}
