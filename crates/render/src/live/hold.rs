//! What is shown of a text that is still arriving: not what the next characters may well turn into something else.
//!
//! Formulas are not handled here: the shield knows which are open.

/// What the text ends in, as far as it was parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Words,
    Code,
}

/// Nothing is held back for longer than this, in bytes.
const MAX_HELD: usize = 400;

/// How much of the text is shown.
pub(super) fn visible(text: &str, ends: Ends) -> usize {
    let line = text.rfind('\n').map_or(0, |end| end + 1);
    let last = &text[line..];
    if ends == Ends::Code {
        let fence = last.trim();
        let closing = fence.bytes().all(|byte| byte == b'`') || fence.bytes().all(|byte| byte == b'~');
        return if closing { line } else { text.len() };
    }
    let shown =
        [marker(last).then_some(line), head(text), link(text), code(text), tag(last).map(|at| line + at)];
    let shown =
        shown.into_iter().flatten().filter(|at| text.len() - at <= MAX_HELD).min().unwrap_or(text.len());
    trailing(&text[..shown])
}

/// A line that may yet be a rule, an underline, a list, a heading, a fence or a row of a table.
fn marker(line: &str) -> bool {
    let content = line.trim_start_matches([' ', '\t', '>']);
    let unfinished = content.bytes().all(|byte| b"-=+*_#>~`|:.)0123456789 \t".contains(&byte));
    (!line.is_empty() && unfinished) || content.starts_with("```") || content.starts_with("~~~")
}

/// The head of a table whose next line has not arrived.
fn head(text: &str) -> Option<usize> {
    let mut start = text.len();
    let mut rows = 0;
    for line in text.trim_end_matches('\n').rsplit('\n').take(3) {
        if !line.trim_start().starts_with('|') {
            break;
        }
        start = line.as_ptr() as usize - text.as_ptr() as usize;
        rows += 1;
    }
    let blank = text.ends_with("\n\n");
    let last = text[start..].lines().last().unwrap_or_default();
    let delimiters = last.bytes().all(|byte| b"|-: \t".contains(&byte)) && !text.ends_with('\n');
    (!blank && (rows == 1 || (rows == 2 && delimiters))).then_some(start)
}

/// The paragraph that the text ends in.
fn paragraph(text: &str) -> usize {
    let ends = text.rmatch_indices('\n').find(|(at, _)| text[..*at].ends_with('\n'));
    let start = ends.map_or(0, |(at, _)| at + 1);
    let mut near = start.max(text.len().saturating_sub(4 * MAX_HELD));
    while !text.is_char_boundary(near) {
        near += 1;
    }
    near
}

/// A link of which a part is missing.
fn link(text: &str) -> Option<usize> {
    let start = paragraph(text);
    let bytes = text.as_bytes();
    let mut open = Vec::new();
    let mut i = start;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 1,
            b'[' => open.push(i),
            b']' => {
                let begun = open.pop();
                match bytes.get(i + 1) {
                    None => return begun,
                    Some(b'(') if begun.is_some() && !text[i..].contains(')') => return begun,
                    _ => {}
                }
            }
            _ => {}
        }
        i += 1;
    }
    open.first().copied().map(|at| if at > 0 && bytes[at - 1] == b'!' { at - 1 } else { at })
}

/// A code span that is not closed.
fn code(text: &str) -> Option<usize> {
    let start = paragraph(text);
    let mut open: Option<(usize, usize)> = None;
    let mut at = start;
    while let Some(found) = text[at..].find('`') {
        let begin = at + found;
        let length = text[begin..].bytes().take_while(|byte| *byte == b'`').count();
        match open {
            Some((_, wanted)) if wanted == length => open = None,
            Some(_) => {}
            None => open = Some((begin, length)),
        }
        at = begin + length;
    }
    open.map(|(begin, _)| begin)
}

/// A tag that is not closed.
fn tag(line: &str) -> Option<usize> {
    let at = line.rfind('<')?;
    let begins = line[at + 1..].chars().next().is_none_or(|c| c.is_ascii_alphabetic() || "/!?".contains(c));
    (begins && !line[at..].contains('>')).then_some(at)
}

/// Without half an entity, half an escape, half an emphasis at the end.
fn trailing(text: &str) -> usize {
    let name = text.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '#');
    if name.ends_with('&') && text.len() - name.len() < 32 {
        return name.len() - 1;
    }
    text.trim_end_matches(['*', '_', '~', '!', '\\']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, shown: &str) {
        assert_eq!(&text[..visible(text, Ends::Words)], shown, "of {text:?}");
    }

    #[test]
    fn what_may_change_is_held_back() {
        check("a [b](c", "a ");
        check("a [b]", "a ");
        check("a [b] c", "a [b] c");
        check("a ![b", "a ");
        check("a\n-", "a\n");
        check("a\n\n12", "a\n\n");
        check("a\n\n| b | c |", "a\n\n");
        check("a\n\n| b | c |\n|--", "a\n\n");
        check("| b |\n|---|\n| c", "| b |\n|---|\n| c");
        check("a &am", "a ");
        check("a & b", "a & b");
        check("a `b", "a ");
        check("a `b` c", "a `b` c");
        check("a <b", "a ");
        check("a < b", "a < b");
        check("a **", "a ");
        check("```py", "");
        assert_eq!(visible("```py\na\n``", Ends::Code), 8);
        assert_eq!(visible("```py\na = [", Ends::Code), 11);
    }
}
