//! Words in which pages of a paper are named, or works cited.

use super::{Finding, Known, Writer};
use crate::citations;
use crate::context::Trust;
use crate::html::escape;
use crate::passages;

impl Writer<'_, '_> {
    /// Words in which pages of the paper may be named. A page that it does not have is marked, and leads nowhere.
    pub(super) fn passages(&mut self, text: &str) {
        if self.setting.trust == Trust::Post {
            return self.citations(text);
        }
        let pages = self.setting.context.pages.as_ref().filter(|_| self.setting.trust == Trust::Answer);
        let Some(pages) = pages.filter(|_| !self.in_link()) else { return self.words(text) };
        passages::split(text, |part| match part {
            passages::Passage::Text(text) => self.words(text),
            passages::Passage::Page(source, page) if (1..=pages.last).contains(&page) => {
                self.raw("<a class=\"pg\" href=\"");
                escape(&mut self.html, &pages.address);
                self.raw(&format!("#page={page}\" rel=\"noopener\">"));
                self.words(source);
                self.raw("</a>");
            }
            passages::Passage::Page(source, _) => {
                self.raw("<span class=\"pg lost\">");
                self.words(source);
                self.raw("</span>");
            }
        });
    }

    /// Words in which works may be cited.
    fn citations(&mut self, text: &str) {
        if !text.contains("[@") {
            return self.words(text);
        }
        citations::split(text, |part| match part {
            citations::Mention::Text(text) => self.words(text),
            citations::Mention::Citation(source, items) => self.citation(source, &items),
        });
    }

    /// A citation of which nothing is known stays as it was written.
    fn citation(&mut self, source: &str, items: &[citations::Item<'_>]) {
        let works = &self.setting.context.citations;
        for item in items {
            let known = match works.get(item.key) {
                Some(work) if work.known => Known::Well,
                Some(_) => Known::ByName,
                None => Known::NotAtAll,
            };
            self.findings.push(Finding::Citation(item.key.to_owned(), known));
        }
        if !items.iter().any(|item| works.contains_key(item.key)) {
            self.raw("<span class=\"unknown-ref\">");
            self.words(source);
            return self.raw("</span>");
        }
        self.raw("<span class=\"cited\">");
        let mut before = "[";
        for item in items {
            self.words(before);
            self.work(item.key);
            self.words(item.place);
            before = "; ";
        }
        self.words("]");
        self.raw("</span>");
    }

    fn work(&mut self, key: &str) {
        let Some(work) = self.setting.context.citations.get(key) else {
            self.raw("<span class=\"unknown-ref\">");
            self.words(&format!("@{key}"));
            return self.raw("</span>");
        };
        if self.in_link() {
            return self.words(&work.label);
        }
        self.raw("<a href=\"");
        escape(&mut self.html, &work.href);
        self.raw("\">");
        self.words(&work.label);
        self.raw("</a>");
    }
}
