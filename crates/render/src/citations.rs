//! `[@arxiv:1706.03762; @doi:10.1000/182, Theorem 3]` in a post: the works that it cites.

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mention<'t> {
    Text(&'t str),
    /// The citation as it was written, and each work in it.
    Citation(&'t str, Vec<Item<'t>>),
}

/// One work of a citation.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Item<'t> {
    /// What it is named by: `arxiv:1706.03762`.
    pub(crate) key: &'t str,
    /// Where in the work, in the author's words, with the comma before it.
    pub(crate) place: &'t str,
}

/// The most works of one citation.
const MOST: usize = 50;

/// Takes a text apart at its citations.
pub(crate) fn split<'t>(text: &'t str, mut each: impl FnMut(Mention<'t>)) {
    let mut copied = 0;
    for at in memchr::memchr_iter(b'[', text.as_bytes()) {
        if at < copied || !text[at..].starts_with("[@") {
            continue;
        }
        let Some(end) = text[at..].find(']') else { break };
        let source = &text[at..=at + end];
        let Some(items) = items(&source[1..end]) else { continue };
        if copied < at {
            each(Mention::Text(&text[copied..at]));
        }
        copied = at + end + 1;
        each(Mention::Citation(source, items));
    }
    if copied < text.len() {
        each(Mention::Text(&text[copied..]));
    }
}

/// The keys of all works that a text may cite, each once, in order. It may be more than the text does cite: what stands
/// in code looks the same.
pub fn cited(text: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    if text.contains("[@") {
        split(text, |part| {
            let Mention::Citation(_, items) = part else { return };
            for item in items {
                if !keys.iter().any(|key| key == item.key) {
                    keys.push(item.key.to_owned());
                }
            }
        });
    }
    keys
}

fn items(inner: &str) -> Option<Vec<Item<'_>>> {
    let items: Vec<_> = inner.split(';').map(|item| one(item.trim())).collect::<Option<_>>()?;
    (items.len() <= MOST).then_some(items)
}

/// A key has a kind and a name: without both it may be anybody.
fn one(item: &str) -> Option<Item<'_>> {
    let item = item.strip_prefix('@')?;
    let end = item.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(item.len());
    let (key, place) = item.split_at(end);
    let (kind, name) = key.split_once(':')?;
    let word = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (word && !name.is_empty() && (place.is_empty() || place.starts_with(','))).then_some(Item { key, place })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        let mut whole = String::new();
        split(text, |part| match part {
            Mention::Text(text) | Mention::Citation(text, _) => whole.push_str(text),
        });
        assert_eq!(whole, text);
        cited(text)
    }

    #[test]
    fn citations() {
        assert_eq!(keys("so [@arxiv:1706.03762], and"), ["arxiv:1706.03762"]);
        assert_eq!(keys("[@a:1; @b:2, p. 3;@a:1] [@c:x_y-z.1/2(3)]"), ["a:1", "b:2", "c:x_y-z.1/2(3)"]);
        assert_eq!(keys("[[@a:1]]"), ["a:1"]);
    }

    #[test]
    fn what_only_looks_like_one() {
        for text in
            ["[@ada]", "[@a:]", "[@:1]", "[@a:1", "[a:1]", "@a:1", "[@a:1 b]", "[@a:1; b]", "[@]", "["]
        {
            assert!(keys(text).is_empty(), "{text}");
        }
    }
}
