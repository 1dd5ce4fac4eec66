use actix_web::http::header::{HeaderName, HeaderValue, LINK};
use cite::Format;

use crate::visit::language::Messages;

/// Which part of a list a file holds.
pub(crate) struct Part {
    /// The number of its first work in the list, from 1.
    pub(crate) first: u64,
    /// How many works it holds.
    pub(crate) count: u64,
    /// How many the list has, if that is known.
    pub(crate) total: Option<u64>,
    /// The absolute address of the next part, if there is one.
    pub(crate) next: Option<String>,
}

impl Part {
    pub(super) fn headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let total = self.total.map(|total| ("x-total-count", total.to_string()));
        let next = self.next.as_ref().map(|next| (LINK.as_str(), format!("<{next}>; rel=\"next\"")));
        let header = |(name, value): (&str, String)| {
            Some((HeaderName::try_from(name).ok()?, HeaderValue::try_from(value).ok()?))
        };
        total.into_iter().chain(next).filter_map(header).collect::<Vec<_>>().into_iter()
    }

    /// The file with a comment that says that it is not all, where it is not and the format has comments.
    pub(super) fn said_in(&self, format: Format, body: String, m: Messages) -> String {
        let Some(next) = &self.next else { return body };
        let last = self.first + self.count.saturating_sub(1);
        let sentence = match self.total {
            Some(total) => m.file_part_of(self.first, last, next, total),
            None => m.file_part(self.first, last, next),
        };
        match format {
            Format::Bibtex => format!("% {sentence}\n\n{body}"),
            Format::Markdown => format!("> {sentence}\n\n{body}"),
            // Two hyphens may not stand in a comment of XML; this one is the first thing in the root.
            Format::Mods => {
                body.replacen("\">\n", &format!("\">\n<!-- {} -->\n", sentence.replace("--", "-%2D")), 1)
            }
            Format::Ris | Format::Csl | Format::Csv => body,
        }
    }
}
