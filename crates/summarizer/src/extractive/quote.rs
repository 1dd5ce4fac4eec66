use super::{
    formulas::formulas,
    sentences::{Sentence, Written},
};

/// Sentences as quotations, piece by piece, each with its page. Neighbours share a paragraph.
pub(super) fn quote(sentences: &[&Sentence]) -> Vec<String> {
    let quoted = |(at, sentence): (usize, &&Sentence)| {
        let before = at.checked_sub(1).map(|before| sentences[before]);
        let seam = match before {
            None => "> ",
            Some(before) if !follows(before, sentence) => "\n\n> ",
            Some(before) if is_wide(&sentence.text) && before.page.is_none() => "",
            Some(_) => " ",
        };
        seam.to_owned() + &cited(sentence)
    };
    sentences.iter().enumerate().map(quoted).collect()
}

/// A sentence with its page, which stays on its line.
fn cited(sentence: &Sentence) -> String {
    let text = match sentence.written {
        Written::Markdown => shielded(&without_footnotes(&sentence.text)),
        Written::Plain => escaped(&sentence.text),
    };
    let text = text.replace('\n', "\n> ");
    let Some(page) = sentence.page else { return text };
    // A display ends its line: what follows needs one of its own.
    let display = text.contains('\n') && text.ends_with(['$', '}', ']']);
    let gap = if display { "\n> " } else { "\u{a0}" };
    format!("{text}{gap}[p.\u{a0}{page}]")
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
