use content::{Hidden, HiddenKind, Passage};

use crate::{report::Report, unseen};

/// A passage grows to about so many bytes: a reader with little room takes whole ones.
const PASSAGE: usize = 3000;
/// The longest text, in bytes. A book of a thousand pages has three million.
const TEXT: usize = 3 << 20;
/// The longest heading, in characters.
const HEADING: usize = 200;

/// A text while it is put together, paragraph by paragraph.
#[derive(Debug, Default)]
pub(crate) struct Composer {
    passages: Vec<Passage>,
    section: String,
    length: usize,
    pub(crate) report: Report,
}

/// What was put together.
#[derive(Debug, Default)]
pub(crate) struct Composed {
    pub(crate) passages: Vec<Passage>,
    pub(crate) hidden: Vec<Hidden>,
    pub(crate) left_out_pages: u32,
}

impl Composer {
    /// A section begins.
    pub(crate) fn heading(&mut self, heading: &str, page: Option<u32>) {
        let heading = self.seen(heading, page);
        self.section = words(&heading).chars().take(HEADING).collect();
    }

    /// A paragraph, on the page it begins on.
    pub(crate) fn paragraph(&mut self, text: &str, page: Option<u32>) {
        let text = self.seen(text, page);
        let text = text.trim();
        if text.is_empty() || self.length >= TEXT {
            return;
        }
        let text = cut(text, TEXT - self.length);
        self.length += text.len();
        match self.passages.last_mut() {
            Some(last)
                if last.section == self.section
                    && last.page == page
                    && last.text.len() + text.len() < PASSAGE =>
            {
                last.text.push_str("\n\n");
                last.text.push_str(text);
            }
            _ => self.passages.push(Passage { page, section: self.section.clone(), text: text.to_owned() }),
        }
    }

    /// Whether no more text finds room.
    pub(crate) fn is_full(&self) -> bool {
        self.length >= TEXT
    }

    pub(crate) fn hide(&mut self, kind: HiddenKind, page: Option<u32>, text: &str) {
        let text = self.seen(text, page);
        self.report.note(kind, page, &text);
    }

    pub(crate) fn finish(self) -> Composed {
        Composed { passages: self.passages, hidden: self.report.into_found(), left_out_pages: 0 }
    }

    fn seen(&mut self, text: &str, page: Option<u32>) -> String {
        unseen::without(text, page, &mut self.report)
    }
}

/// White space as one space each.
pub(crate) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The beginning of a text, in bytes.
fn cut(text: &str, length: usize) -> &str {
    &text[..text.floor_char_boundary(length)]
}
