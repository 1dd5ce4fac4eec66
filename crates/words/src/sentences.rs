use std::ops::Range;

/// A formula whose end is further away than this is taken for a lone dollar sign.
const LONGEST_FORMULA: usize = 2_000;

/// Shortened words, lower case, whose full stop does not end a sentence.
const SHORT: &[&str] = &[
    "e.g", "i.e", "al", "cf", "vs", "fig", "figs", "eq", "eqs", "eqn", "eqns", "sec", "secs", "sect", "tab",
    "thm", "lem", "pp", "dr", "prof", "mr", "mrs", "ms", "st", "approx", "resp", "w.r.t", "a.k.a", "s.t",
    "viz", "ca", "jr", "dept", "univ", "proc", "conf", "trans", "eds", "assoc", "i.i.d", "u.s", "ph.d",
];

/// More bytes than any of these has.
const LONGEST_SHORT: usize = 16;

/// Words that are shortened ones only in front of a number.
const SHORT_BEFORE_NUMBERS: &[&str] = &[
    "no", "nos", "ref", "refs", "prop", "def", "cor", "rem", "ex", "ch", "chap", "app", "alg", "vol", "p",
    "ed",
];

/// The sentences of a plain text, without the white space around them.
///
/// None begins or ends inside `$…$`, `$$…$$`, `\(…\)` or `\[…\]`. A blank line always ends one.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(c) = text[at..].chars().next() {
        // Most characters neither end a sentence nor begin a formula.
        if c.is_ascii_alphanumeric() || c == ' ' {
            at += 1;
            continue;
        }
        let next = match formula_end(text, at) {
            Some(end) => end,
            None => at + c.len_utf8(),
        };
        let end = if next > at + c.len_utf8() { None } else { sentence_end(text, start, at, c) };
        match end {
            Some(end) => {
                found.extend(trimmed(text, start..end));
                (start, at) = (end, end);
            }
            // Of stops in a row, all end the sentence or none does.
            None if matches!(c, '.' | '!' | '?') => at = text.len() - text[at..].trim_start_matches(c).len(),
            None => at = next,
        }
    }
    found.extend(trimmed(text, start..text.len()));
    found
}

/// Where the sentence that began at `start` ends, if the character `c` at `at` ends it.
fn sentence_end(text: &str, start: usize, at: usize, c: char) -> Option<usize> {
    let after = at + c.len_utf8();
    match c {
        '。' | '！' | '？' | '；' => Some(closed(text, after)),
        '.' | '!' | '?' => {
            let end = closed(text, after);
            let open = c == '.' && is_short(&text[start..at], &text[after..]);
            (!open && begins_sentence(&text[end..])).then_some(end)
        }
        '\n' => text[after..].trim_start_matches([' ', '\t', '\r']).starts_with('\n').then_some(after),
        _ => None,
    }
}

/// After the stops, quotes, brackets and signs of notes that belong to the sentence that ends.
fn closed(text: &str, at: usize) -> usize {
    const CLOSING: &[char] =
        &['.', '!', '?', '。', '！', '？', '…', '"', '\'', ')', ']', '”', '’', '」', '』', '）', '》', '】'];
    const NOTES: &[char] = &['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let rest = text[at..].trim_start_matches(CLOSING);
    let notes = |c: char| NOTES.contains(&c) || c == ',';
    text.len() - if rest.starts_with(NOTES) { rest.trim_start_matches(notes) } else { rest }.len()
}

/// Whether what follows a full stop can be a new sentence.
fn begins_sentence(rest: &str) -> bool {
    let Some(first) = rest.chars().next() else { return true };
    let spaced = first.is_whitespace();
    match rest.trim_start().chars().next() {
        None => true,
        Some(c) if !spaced => c > '\u{2e7f}' && !c.is_ascii_alphanumeric(),
        Some(c) => !c.is_lowercase() && !matches!(c, ',' | ';' | ':' | ')' | ']' | '-' | '–'),
    }
}

/// Whether the text before a full stop ends with a shortened word or an initial.
fn is_short(before: &str, after: &str) -> bool {
    let before = &before[before.ceil_char_boundary(before.len().saturating_sub(LONGEST_SHORT))..];
    let last = before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '~' | '“' | '"')).next();
    let last = last.unwrap_or_default();
    // J. Su; J.-P. Serre
    let initial = last.rsplit('-').next().is_some_and(|part| part.len() == 1);
    if initial && last.starts_with(char::is_uppercase) {
        return true;
    }
    let last = last.to_lowercase();
    let numbered = after.trim_start_matches([' ', '~', '(']).starts_with(|c: char| c.is_ascii_digit());
    SHORT.contains(&last.as_str()) || (numbered && SHORT_BEFORE_NUMBERS.contains(&last.as_str()))
}

/// Where the formula that opens at `at` ends, if one does.
fn formula_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let (open, close) = match rest.as_bytes() {
        [b'\\', b'$' | b'\\', ..] => return Some(at + 2),
        [b'$', b'$', ..] => ("$$", "$$"),
        [b'$', ..] => return dollar_end(rest).map(|length| at + length),
        [b'\\', b'(', ..] => ("\\(", "\\)"),
        [b'\\', b'[', ..] => ("\\[", "\\]"),
        _ => return None,
    };
    let length = window(&rest[open.len()..]).find(close)?;
    Some(at + open.len() + length + close.len())
}

/// The length of the inline formula at the beginning of a text. Money is not one: the rules for a
/// dollar sign are those of the renderer, without its balance of braces.
fn dollar_end(rest: &str) -> Option<usize> {
    let inside = window(&rest[1..]);
    let first = inside.chars().next().filter(|c| !c.is_whitespace())?;
    let mut escaped = false;
    for (index, c) in inside.char_indices() {
        // Only the next dollar can close it: so a text full of them is read once.
        if c == '$' && !escaped {
            return closes(inside, index, first).then_some(1 + index + 1);
        }
        if c == '\n' && inside[index + 1..].trim_start_matches([' ', '\t']).starts_with('\n') {
            return None;
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn closes(inside: &str, index: usize, first: char) -> bool {
    let tight = inside[..index].ends_with(|c: char| !c.is_whitespace());
    let digit_after = inside[index + 1..].starts_with(|c: char| c.is_ascii_digit());
    tight && !(digit_after && first.is_ascii_digit())
}

/// As much of a text as a formula may take.
fn window(rest: &str) -> &str {
    let end = (0..=LONGEST_FORMULA.min(rest.len())).rev().find(|index| rest.is_char_boundary(*index));
    &rest[..end.unwrap_or(0)]
}

fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = &text[range.clone()];
    let start = range.start + piece.len() - piece.trim_start().len();
    let end = range.start + piece.trim_end().len();
    (start < end).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn english() {
        check("", &[]);
        check("  \n ", &[]);
        check("One. Two! Three? Four", &["One.", "Two!", "Three?", "Four"]);
        check("He said “no.” Then he left.", &["He said “no.”", "Then he left."]);
        check("It costs 3.5 dollars. Yes.", &["It costs 3.5 dollars.", "Yes."]);
        check("Wait... what? Yes.", &["Wait... what?", "Yes."]);
        check("A title\n\nA text. 42 cases.", &["A title", "A text.", "42 cases."]);
        check("one line\nand the next. End", &["one line\nand the next.", "End"]);
        check("See arxiv.org. It is there.", &["See arxiv.org.", "It is there."]);
        check("It is known.⁷,¹² We sew. So we do.”³", &["It is known.⁷,¹²", "We sew.", "So we do.”³"]);
        check("It is 3.⁵ or so, in R.² too.", &["It is 3.⁵ or so, in R.² too."]);
    }

    #[test]
    fn shortened_words() {
        check(
            "Models, e.g. BERT, work. Others, i.e. GPT, too.",
            &["Models, e.g. BERT, work.", "Others, i.e. GPT, too."],
        );
        check("Su et al. 2021 show it. Next.", &["Su et al. 2021 show it.", "Next."]);
        check(
            "As Fig. 3 and Eq. (4) show. (See Sec. 5.) End.",
            &["As Fig. 3 and Eq. (4) show.", "(See Sec. 5.)", "End."],
        );
        check(
            "See No. 5 and p. 7. The answer is no. Done.",
            &["See No. 5 and p. 7.", "The answer is no.", "Done."],
        );
        check("By J. Su and J.-P. Serre. Done.", &["By J. Su and J.-P. Serre.", "Done."]);
        check("Data are i.i.d. Gaussian. Fine.", &["Data are i.i.d. Gaussian.", "Fine."]);
    }

    #[test]
    fn chinese() {
        check(
            "第一句。第二句！第三句？“好。”他说。",
            &["第一句。", "第二句！", "第三句？", "“好。”", "他说。"],
        );
        check("使用LoRA. 然后", &["使用LoRA.", "然后"]);
        check("模型GPT-3.5很大。", &["模型GPT-3.5很大。"]);
    }

    #[test]
    fn formulas() {
        check("Let $x. Y$ be. Then $$a. B. C$$ holds.", &["Let $x. Y$ be.", "Then $$a. B. C$$ holds."]);
        check(r"So \(a. B\) and \[c. D\]. End.", &[r"So \(a. B\) and \[c. D\].", "End."]);
        check("It costs $5. Then $6. End.", &["It costs $5.", "Then $6.", "End."]);
        check("It holds for $n=3$. Here $k$ is free.", &["It holds for $n=3$.", "Here $k$ is free."]);
        check(r"A \$5 note. B $x$.", &[r"A \$5 note.", "B $x$."]);
        check("An open $x. Then more.", &["An open $x.", "Then more."]);
    }

    proptest::proptest! {
        #[test]
        fn sentences_cover_everything_but_space(text in r"([a-zA-Z.!?。$\\(\[\])] ?|\n|中|\PC){0,60}") {
            let mut end = 0;
            for range in sentences(&text) {
                proptest::prop_assert!(range.start >= end && text[end..range.start].trim().is_empty());
                end = range.end;
            }
            proptest::prop_assert!(text[end..].trim().is_empty());
        }
    }
}
