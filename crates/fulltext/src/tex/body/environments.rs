//! Environments: what begins and ends, stands apart, or is taken as it is written.

use super::{Reader, groups::Group};
use crate::tex::names::{APART, FLOATS, NAMED, PAINTED, VERBATIM};

impl<'s> Reader<'s> {
    pub(super) fn begin(&mut self, name: &'s str) {
        let plain = name.trim_end_matches('*');
        if APART.contains(&plain) || self.source.left_out.contains(name) {
            return self.skip_environment(name);
        }
        if VERBATIM.contains(&plain) {
            return self.verbatim(name);
        }
        let inner = self.inner();
        let float = inner.float || FLOATS.contains(&plain) || plain.starts_with("subfig");
        let mut looks = inner.looks;
        if PAINTED.contains(&plain) {
            looks = looks.painted();
        }
        self.paragraph();
        let title = self.option();
        if matches!(
            plain,
            "minipage" | "multicols" | "adjustbox" | "spacing" | "list" | "wrapfigure" | "wraptable"
        ) {
            while self.option().is_some() {}
            self.argument();
        }
        if plain == "abstract" {
            self.composer.heading("Abstract", None);
        } else if NAMED.contains(&plain) {
            let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
            let (first, rest) = plain.split_at(1);
            self.push(&format!("{}{rest}{title}. ", first.to_uppercase()));
        }
        let environment = Some(name.to_owned());
        self.groups.push(Group { looks, float, environment, ..Group::default() });
    }

    pub(super) fn end(&mut self, name: &'s str) {
        self.paragraph();
        let open = self.groups.iter().rposition(|group| group.environment.as_deref() == Some(name));
        if let Some(open) = open {
            self.groups.truncate(open);
        }
        if name == "abstract" {
            self.composer.heading("", None);
        }
    }

    fn skip_environment(&mut self, name: &str) {
        let end = format!("\\end{{{name}}}");
        let rest = self.rest();
        self.at += rest.find(&end).map_or(rest.len(), |at| at + end.len());
    }

    fn verbatim(&mut self, name: &str) {
        let start = self.at;
        self.skip_environment(name);
        let text = self.body[start..self.at].trim_end_matches(&format!("\\end{{{name}}}"));
        self.paragraph();
        if self.inner().looks.hides().is_none() && !self.inner().float {
            self.composer.paragraph(&format!("```\n{}\n```", text.trim_matches('\n')), None);
        }
    }
}
