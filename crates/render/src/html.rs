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
