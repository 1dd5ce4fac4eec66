use std::fmt::Write as _;

use super::{formulas::formulas, sentences::Sentence};

/// How the quoted text is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Quote {
    /// As Markdown already.
    Markdown,
    /// As plain text with formulas: what looks like Markdown is not.
    Plain,
}

/// Sentences as quotations, piece by piece. Neighbours share one; its end names the page.
pub(super) fn quote(sentences: &[&Sentence], how: Quote) -> Vec<String> {
    let mut pieces = Vec::new();
    for (at, sentence) in sentences.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| sentences[before]);
        let mut piece = match before {
            None => String::from("> "),
            Some(before) if follows(before, sentence) => {
                String::from(if is_wide(&sentence.text) { "" } else { " " })
            }
            Some(_) => String::from("\n\n> "),
        };
        let text = match how {
            Quote::Markdown => shielded(&without_footnotes(&sentence.text)),
            Quote::Plain => escaped(&sentence.text),
        };
        piece.push_str(&text.replace('\n', "\n> "));
        let goes_on = sentences.get(at + 1).is_some_and(|next| follows(sentence, next));
        if let Some(page) = sentence.page.filter(|_| !goes_on) {
            // A display ends its line: what follows needs one of its own.
            let gap = if text.contains('\n') && text.ends_with(['$', '}', ']']) { "\n> " } else { " " };
            let _ = write!(piece, "{gap}[p. {page}]");
        }
        pieces.push(piece);
    }
    pieces
}

/// Whether two sentences are neighbours on one page.
fn follows(before: &Sentence, sentence: &Sentence) -> bool {
    before.flow == sentence.flow && before.order + 1 == sentence.order && before.page == sentence.page
}

/// The text without marks of footnotes, which stay behind in the paper.
fn without_footnotes(text: &str) -> String {
    let mut out = text.to_owned();
    while let Some(start) = out.find("[^")
        && let Some(length) = out[start..].find(']')
        && !formulas(&out).iter().any(|formula| formula.contains(&start))
    {
        out.replace_range(start..=start + length, "");
    }
    out
}

fn is_wide(text: &str) -> bool {
    text.starts_with(|c| c > '\u{2e7f}')
}

/// A sentence from the middle of a paragraph may begin like a block: `# of steps`, `1. e4`.
fn shielded(text: &str) -> String {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_digit());
    if digits.len() < text.len() && digits.starts_with(['.', ')']) {
        let at = text.len() - digits.len();
        return format!("{}\\{digits}", &text[..at]);
    }
    if text.starts_with(['#', '>', '-', '+', '=', '~', '|']) || text.starts_with("* ") {
        return format!("\\{text}");
    }
    text.to_owned()
}

/// Plain text as Markdown that reads the same; formulas stay as they are.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut at = 0;
    for formula in formulas(text) {
        escape(&text[at..formula.start], &mut out);
        out.push_str(&text[formula.clone()]);
        at = formula.end;
    }
    escape(&text[at..], &mut out);
    shielded(&out)
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '\\' | '*' | '_' | '`' | '<' | '[' | ']' | '~' | '|' | '&' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
}
