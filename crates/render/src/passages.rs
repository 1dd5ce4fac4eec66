//! `[p. 7]` in an answer: where in the paper something is said.

/// Words, or a mark.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passage<'t> {
    Text(&'t str),
    /// The mark as it was written, and the page; of several pages the first.
    Page(&'t str, u32),
}

/// Takes a text apart at its marks: `[p. 7]`, `[pp. 7–9]`, `[第 7 页]`.
pub(crate) fn split<'t>(text: &'t str, mut each: impl FnMut(Passage<'t>)) {
    let mut copied = 0;
    for at in memchr::memchr_iter(b'[', text.as_bytes()) {
        let Some((page, length)) = mark(&text[at..]) else { continue };
        if copied < at {
            each(Passage::Text(&text[copied..at]));
        }
        copied = at + length;
        each(Passage::Page(&text[at..copied], page));
    }
    if copied < text.len() {
        each(Passage::Text(&text[copied..]));
    }
}

/// Whether all of a text is one mark.
pub(crate) fn is_mark(text: &str) -> bool {
    mark(text).is_some_and(|(_, length)| length == text.len())
}

/// The page that a mark at the beginning of a text names, and the mark's length.
fn mark(text: &str) -> Option<(u32, usize)> {
    let inner = &text[1..text.find(']')?];
    let english = ["pp.", "p."].iter().find_map(|prefix| inner.strip_prefix(prefix));
    let list = english.or_else(|| inner.strip_prefix('第')?.trim_end().strip_suffix('页'))?;
    let mut numbers = list.split(['-', '–', '—', ',']).map(number);
    let first = numbers.next()??;
    numbers.all(|other| other.is_some()).then_some((first, inner.len() + 2))
}

fn number(text: &str) -> Option<u32> {
    let digits = text.trim();
    let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(text: &str) -> Vec<u32> {
        let (mut pages, mut whole) = (Vec::new(), String::new());
        split(text, |part| match part {
            Passage::Text(text) => whole.push_str(text),
            Passage::Page(source, page) => {
                whole.push_str(source);
                pages.push(page);
            }
        });
        assert_eq!(whole, text);
        pages
    }

    #[test]
    fn marks_of_pages() {
        assert_eq!(pages("so [p. 7], and [p.\u{a0}12]"), [7, 12]);
        assert_eq!(pages("[pp. 7–9][p. 7, 8][第 3 页]〔[第12页]"), [7, 7, 3, 12]);
    }

    #[test]
    fn what_only_looks_like_a_mark() {
        for text in ["[p. x]", "[p]", "[7]", "[p. 7", "[", "[]", "p. 7", "[p. 1234567]", "[p. 7-x]", "[第 7]"]
        {
            assert!(pages(text).is_empty(), "{text}");
        }
        assert_eq!(pages("[[p. 7]]"), [7]);
    }
}
