//! Finished HTML, and the escaping that everything else in this crate relies on.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

/// HTML that is safe to put into a page. Only this crate makes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Html(String);

impl Html {
    pub(crate) fn new(html: String) -> Self {
        Self(html)
    }

    /// The HTML as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The HTML as text, without a copy.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Elements that have no end.
const VOID: [&str; 6] = ["br", "col", "hr", "img", "input", "wbr"];

/// Well-formed HTML of ours in its top-level elements, each with the text that follows it.
pub(crate) fn elements(html: &str) -> Vec<&str> {
    let (mut depth, mut begin, mut open) = (0_usize, 0, false);
    let mut cuts = Vec::new();
    let mut rest = 0;
    while let Some(at) = html[rest..].find('<').map(|at| rest + at) {
        let end = tag_end(html, at);
        let tag = &html[at + 1..end];
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if depth == 0 && !tag.starts_with('/') {
            if open {
                cuts.push(&html[begin..at]);
                begin = at;
            }
            open = true;
        }
        match tag.as_bytes().first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b'!') => {}
            _ if VOID.contains(&name) || tag.ends_with('/') => {}
            _ => depth += 1,
        }
        rest = end;
    }
    if begin < html.len() {
        cuts.push(&html[begin..]);
    }
    cuts
}

/// Where the `>` of the tag stands that begins at `at`: values of attributes may hold others.
fn tag_end(html: &str, at: usize) -> usize {
    let mut quoted = false;
    let end = html.as_bytes()[at..].iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == b'>' && !quoted
    });
    end.map_or(html.len(), |end| at + end)
}

/// Appends `text` so that it reads the same in an element and in a quoted attribute.
pub(crate) fn escape(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| SPECIAL[usize::from(byte)]) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'"' => "&quot;",
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            // A control character, for which an entity may stand.
            _ => "\u{fffd}",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// The bytes that are not written as they are.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        special[byte] = matches!(byte as u8, b'"' | b'&' | b'<' | b'>') || is_control(byte as u8);
        byte += 1;
    }
    special
};

/// Whether a text holds a control character. It looks at all of it, which takes less time than to stop early.
pub(crate) fn has_control(text: &str) -> bool {
    text.bytes().fold(false, |found, byte| found | is_control(byte))
}

/// Whether a character shows as U+FFFD, or is a carriage return.
pub(crate) const fn is_control(byte: u8) -> bool {
    byte < b' ' && byte != b'\n' && byte != b'\t'
}

/// The text that a writer meant: line ends are line feeds, and control characters show as U+FFFD.
pub(crate) fn normalised(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !has_control(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\n' if after_return => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            c if c < ' ' => out.push('\u{fffd}'),
            c => out.push(c),
        }
        after_return = c == '\r';
    }
    out.into()
}

/// Text as it was before [`escape`], or before another serializer of HTML.
pub(crate) fn unescaped(html: &str) -> String {
    let text =
        html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}");
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn top_level_elements() {
        let check = |html: &str, expected: &[&str]| {
            assert_eq!(elements(html), expected);
            assert_eq!(elements(html).concat(), html);
        };
        check("", &[]);
        check("words", &["words"]);
        check(
            "<p>a<br>b</p>\n<hr>\n<div><div>c</div></div>",
            &["<p>a<br>b</p>\n", "<hr>\n", "<div><div>c</div></div>"],
        );
        check("a <b title=\"x > y\">c</b> d <i>e</i>", &["a <b title=\"x > y\">c</b> d ", "<i>e</i>"]);
        check("<p><img src=\"a\" /></p><p>", &["<p><img src=\"a\" /></p>", "<p>"]);
    }
}
