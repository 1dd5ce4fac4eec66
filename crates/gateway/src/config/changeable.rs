//! Settings that can be changed while the site runs.

use super::{Config, layers::leaf_at};

/// A setting that can be changed while the site runs, and how a form asks for it.
#[derive(Debug, Clone, Copy)]
pub struct Changeable {
    /// `site.title`, …
    pub key: &'static str,
    /// What it looks like.
    pub form: Form,
}

/// How a form asks for a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line of text.
    Line,
    /// Some lines of text.
    Text,
    /// A number, or a length of time.
    Number,
    /// Yes or no.
    Switch,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Entries of a menu, one a line: an address and a name.
    Menu,
}

const fn of(key: &'static str, form: Form) -> Changeable {
    Changeable { key, form }
}

/// Every setting that can be changed while the site runs: none of them can keep it from being reached.
const ALL: [Changeable; 14] = [
    of("site.title", Form::Line),
    of("site.tagline", Form::Line),
    of("site.author", Form::Line),
    of("site.language", Form::Choice(&["en", "zh"])),
    of("site.menu", Form::Menu),
    of("site.licence", Form::Line),
    of("site.support.text", Form::Text),
    of("comments.hold", Form::Choice(&["first", "all", "none"])),
    of("comments.mail_required", Form::Switch),
    of("comments.editing", Form::Number),
    of("comments.links", Form::Number),
    of("comments.network", Form::Number),
    of("comments.subject", Form::Number),
    of("accounts.registration", Form::Choice(&["off", "invitation", "open"])),
];

/// Those that this version has.
pub fn changeable() -> impl Iterator<Item = Changeable> {
    ALL.into_iter()
}

/// The one of that key.
pub fn changeable_at(key: &str) -> Option<Changeable> {
    ALL.into_iter().find(|setting| setting.key == key)
}

impl Changeable {
    /// The value as a form shows it.
    pub fn shown(&self, config: &Config) -> String {
        match (self.form, leaf_at(config, self.key)) {
            (Form::Menu, _) => config.site.menu.iter().map(|entry| format!("{entry}\n")).collect(),
            (_, serde_json::Value::String(text)) => text,
            (_, serde_json::Value::Null) => String::new(),
            (_, value) => value.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_of_them_is_a_setting() {
        let tree = serde_json::to_value(Config::default()).expect("plain data");
        for setting in changeable() {
            let pointer = format!("/{}", setting.key.replace('.', "/"));
            assert!(tree.pointer(&pointer).is_some(), "{}", setting.key);
        }
    }
}
