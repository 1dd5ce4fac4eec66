use std::ops::Range;

/// The formulas of a text as far as a reader of sentences must know them: where not to cut, not to
/// count words, not to escape. Byte ranges with delimiters.
pub(super) fn formulas(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = text[at..].find(['$', '\\']) {
        let start = at + offset;
        at = match formula_end(&text[start..]) {
            Some(length) => {
                found.push(start..start + length);
                start + length
            }
            None => start + skipped(&text[start..]),
        };
    }
    found
}

/// The text without its formulas.
pub(super) fn prose(text: &str) -> String {
    let mut prose = String::with_capacity(text.len());
    let mut at = 0;
    for formula in formulas(text) {
        prose.push_str(&text[at..formula.start]);
        prose.push(' ');
        at = formula.end;
    }
    prose + &text[at..]
}

/// Whether every delimiter outside of formulas is a literal one.
pub(super) fn is_balanced(text: &str) -> bool {
    let prose = prose(text).replace("\\\\", "").replace("\\$", "");
    !["$", "\\(", "\\)", "\\[", "\\]", "\\begin{", "\\end{"].iter().any(|open| prose.contains(open))
}

/// An escape is two characters, so that the second opens nothing.
fn skipped(text: &str) -> usize {
    text.chars().take(if text.starts_with('\\') { 2 } else { 1 }).map(char::len_utf8).sum()
}

fn formula_end(text: &str) -> Option<usize> {
    let between = |open: &str, close: &str| {
        let rest = text.strip_prefix(open)?;
        find_unescaped(rest, close).filter(|end| *end > 0).map(|end| open.len() + end + close.len())
    };
    if let Some(rest) = text.strip_prefix("\\begin{") {
        let name = &rest[..rest.find('}')?];
        let close = format!("\\end{{{name}}}");
        return text.find(&close).map(|end| end + close.len());
    }
    between("$$", "$$")
        .or_else(|| between("\\(", "\\)"))
        .or_else(|| between("\\[", "\\]"))
        .or_else(|| inline_end(text))
}

/// `$…$` by the rule that money is not mathematics.
fn inline_end(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('$').filter(|rest| !rest.starts_with(['$', ' ', '\n', '\t']))?;
    let mut from = 0;
    while let Some(end) = find_unescaped(&rest[from..], "$").map(|end| from + end) {
        let (inside, after) = (&rest[..end], &rest[end + 1..]);
        if inside.contains("\n\n") {
            return None;
        }
        let number = inside.starts_with(|c: char| c.is_ascii_digit())
            && after.starts_with(|c: char| c.is_ascii_digit());
        if !inside.is_empty() && !inside.ends_with(char::is_whitespace) && !number {
            return Some(end + 2);
        }
        from = end + 1;
    }
    None
}

fn find_unescaped(text: &str, what: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(what) {
            return Some(at);
        }
        at += skipped(&text[at..]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = formulas(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn formulas_are_found() {
        check("of $x$ and $$y$$", &["$x$", "$$y$$"]);
        check(r"\(a\) \[b\] \\(no\\)", &[r"\(a\)", r"\[b\]"]);
        check(r"costs \$5 or $5 and $10", &[]);
        check(r"\begin{align}a\\b\end{align}", &[r"\begin{align}a\\b\end{align}"]);
        check("在$W_0$之后", &["$W_0$"]);
        check("open $x and no end", &[]);
    }

    #[test]
    fn half_formulas_are_noticed() {
        for (text, expected) in
            [("a $x$ b", true), ("a $x b", false), (r"\$5", true), (r"x\)", false), ("", true)]
        {
            assert_eq!(is_balanced(text), expected, "{text:?}");
        }
    }
}
