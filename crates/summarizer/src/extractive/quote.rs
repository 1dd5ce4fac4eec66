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

/// Sentences as quotations, piece by piece. Neighbours share one; each ends with its page.
pub(super) fn quote(sentences: &[&Sentence], how: Quote) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut before: Option<&Sentence> = None;
    for sentence in sentences {
        let text = match how {
            Quote::Markdown => shielded(&sentence.text),
            Quote::Plain => escaped(&sentence.text),
        };
        let neighbour =
            before.is_some_and(|before| before.flow == sentence.flow && before.order + 1 == sentence.order);
        let mut piece = match (neighbour, before) {
            (_, None) => String::from("> "),
            (true, _) => String::from(if is_wide(&sentence.text) { "" } else { " " }),
            (false, _) => String::from("\n\n> "),
        };
        piece.push_str(&text.replace('\n', "\n> "));
        if let Some(page) = sentence.page {
            // A display ends its line: what follows needs one of its own.
            let gap = if text.ends_with(['$', '}', ']']) && text.contains('\n') { "\n> " } else { " " };
            let _ = write!(piece, "{gap}[p. {page}]");
        }
        pieces.push(piece);
        before = Some(sentence);
    }
    pieces
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
