//! Groups, boxes, and how what is in them looks.

use content::HiddenKind;
use tex::{Token, Tokens};

use super::Reader;
use crate::tex::looks::{FAR, Looks};

/// A group or an environment that is open.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) looks: Looks,
    /// Whether its text is left out, because it is a float.
    pub(super) float: bool,
    /// Whether it ends the paragraph: a caption.
    pub(super) paragraph: bool,
    /// What stands for its closing brace.
    pub(super) close: &'static str,
    /// The environment that it is, if it is none in braces.
    pub(super) environment: Option<String>,
    /// Where a box began: what is moved in it moves nothing after it.
    pub(super) boxed: Option<f64>,
}

impl Reader<'_> {
    /// Opens the group that follows, as what the command before it makes of it. One that holds no group holds a character.
    pub(super) fn group(&mut self, group: Group) {
        let space = self.rest().len() - self.rest().trim_start().len();
        if self.rest()[space..].starts_with('{') {
            self.at += space + 1;
            self.groups.push(group);
        }
    }

    /// A group in braces of its own. Only the argument of a command keeps them for text mode, which reads what is left.
    pub(super) fn open(&mut self) {
        let close = if self.bound { "}" } else { "" };
        if self.bound {
            self.push("{");
        }
        self.groups.push(Group { close, ..self.inner() });
        self.bound = false;
    }

    pub(super) fn close(&mut self) {
        // A brace does not close an environment.
        if self.groups.last().is_none_or(|group| group.environment.is_some()) {
            return;
        }
        let Some(group) = self.groups.pop() else { return };
        self.across = group.boxed.unwrap_or(self.across);
        if group.paragraph {
            // The text of a caption is there, though its float's is not.
            return self.paragraph();
        }
        let ends_command = group.close.is_empty()
            && self.text.ends_with(|c: char| c.is_ascii_alphabetic())
            && self.text.trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with('\\');
        self.push(if ends_command { "{}" } else { group.close });
        self.bound = group.close == "}";
    }

    /// From here on text looks like this, to the end of the group.
    pub(super) fn declare(&mut self, looks: Looks) {
        match self.groups.last_mut() {
            Some(group) => group.looks = looks,
            None => self.groups.push(Group { looks, ..Group::default() }),
        }
    }

    /// What holds for a group that begins here.
    pub(super) fn inner(&self) -> Group {
        let outer = self.groups.last();
        Group {
            looks: outer.map(|group| group.looks.clone()).unwrap_or_default(),
            float: outer.is_some_and(|group| group.float),
            ..Group::default()
        }
    }

    /// The same for a box.
    pub(super) fn boxed(&self) -> Group {
        Group { boxed: Some(self.across), ..self.inner() }
    }

    /// `\setbox0\hbox{…}`, `\sbox{\name}{…}`: what is in a box is seen if the box is put somewhere.
    pub(super) fn set_box(&mut self) {
        let rest = self.rest().trim_start_matches([' ', '{']);
        let mut tokens = Tokens::of(rest);
        let register = match tokens.next() {
            Some((Token::Command(name), _)) => format!("\\{name}"),
            _ => rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())].to_owned(),
        };
        let after = &rest[register.len()..];
        let uses = ["\\box", "\\copy", "\\unhbox", "\\unvbox", "\\unhcopy", "\\usebox{", "\\usebox"];
        let used = uses.iter().any(|usage| after.contains(&format!("{usage}{register}")));
        self.at = self.body.len() - after.len();
        while self.option().is_some() {}
        // `=\hbox to 3pt`
        let brace = self.rest().find('{').unwrap_or(0);
        self.at += brace;
        let mut group = self.boxed();
        if !used {
            group.looks = group.looks.gone(HiddenKind::Invisible);
        }
        self.group(group);
    }

    /// How text is hidden that stands here.
    pub(super) fn hides(&self) -> Option<HiddenKind> {
        let away = self.across.abs() > FAR || self.down < -FAR;
        let looks = self.groups.last().and_then(|group| group.looks.hides());
        looks.or(away.then_some(HiddenKind::OffPage))
    }
}
