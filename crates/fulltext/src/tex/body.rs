//! From the body of a document to sections and paragraphs.

use std::collections::BTreeMap;

use content::HiddenKind;
use tex::{Found, Scanner, Token, Tokens};

use super::{
    formula::visible_among,
    looks::{Change, FAR, Looks, is_speech},
    names::{APART, BARE, BOXES, FLOATS, LAYOUT, NAMED, PAINTED, VERBATIM},
    source::Source,
};
use crate::compose::{Composed, Composer, words};

pub(super) fn read(source: &Source) -> Composed {
    let mut reader = Reader {
        source,
        body: &source.body,
        at: 0,
        passed_over: BTreeMap::new(),
        scanner: Scanner::default(),
        composer: Composer::default(),
        text: String::new(),
        bound: false,
        hidden: None,
        groups: Vec::new(),
        across: 0.0,
        down: 0.0,
    };
    reader.all();
    reader.composer.finish()
}

struct Reader<'s> {
    source: &'s Source,
    body: &'s str,
    at: usize,
    /// Where a branch begins that no condition chooses, and where it ends.
    passed_over: BTreeMap<usize, usize>,
    scanner: Scanner,
    composer: Composer,
    /// The paragraph so far, as TeX.
    text: String,
    /// Whether a group that follows is the argument of what stands before it.
    bound: bool,
    /// Hidden text that goes on.
    hidden: Option<(HiddenKind, String)>,
    groups: Vec<Group>,
    /// How far what follows was moved, in points: to the right, and down.
    across: f64,
    down: f64,
}

/// A group or an environment that is open.
#[derive(Debug, Clone, Default)]
struct Group {
    looks: Looks,
    /// Whether its text is left out, because it is a float.
    float: bool,
    /// Whether it ends the paragraph: a caption.
    paragraph: bool,
    /// What stands for its closing brace.
    close: &'static str,
    /// The environment that it is, if it is none in braces.
    environment: Option<String>,
    /// Where a box began: what is moved in it moves nothing after it.
    boxed: Option<f64>,
}

impl<'s> Reader<'s> {
    fn all(&mut self) {
        while self.at < self.body.len() && !self.composer.is_full() {
            if let Some(end) = self.passed_over.remove(&self.at) {
                self.at = end;
                continue;
            }
            let rest = self.rest();
            let mut tokens = Tokens::of(rest);
            let Some((token, range)) = tokens.next() else { break };
            if matches!(token, Token::Char('$') | Token::Command(_)) && self.formula() {
                continue;
            }
            self.at += range.end;
            match token {
                Token::Command(name) => self.command(name),
                Token::Open => self.open(),
                Token::Close => self.close(),
                Token::Char('\n') if rest[1..].trim_start_matches([' ', '\t']).starts_with('\n') => {
                    self.paragraph()
                }
                Token::Char(c) => self.push_char(c),
            }
        }
        self.paragraph();
    }

    /// A formula stands as it was written.
    fn formula(&mut self) -> bool {
        let Found::Formula(span) = self.scanner.at(self.body, self.at, true) else { return false };
        let written = &self.body[span.range.clone()];
        let (seen, hidden) = visible_among(written, &self.inner().looks, &self.source.colors);
        for (kind, text) in hidden {
            self.composer.hide(kind, None, &text);
        }
        let padded = if span.display { format!(" {seen} ") } else { seen.into_owned() };
        self.push(&padded);
        self.at = span.range.end;
        true
    }

    fn command(&mut self, name: &'s str) {
        match name {
            "begin" => {
                let environment = self.argument();
                self.begin(environment);
            }
            "end" => {
                let environment = self.argument();
                self.end(environment);
            }
            "part" | "chapter" | "section" | "subsection" | "subsubsection" => self.heading(),
            "caption" | "captionof" | "subcaption" => self.caption(name),
            "par" => self.paragraph(),
            "item" => {
                self.paragraph();
                let label = self.option().map(|label| format!("{label} "));
                self.push(&format!("• {}", label.unwrap_or_default()));
            }
            "\\" | "newline" | "tabularnewline" => self.push(" "),
            "ref" | "autoref" | "cref" | "Cref" | "pageref" | "nameref" | "eqref" => {
                self.star();
                let label = self.argument();
                self.push(&format!("[{}]", label.trim()));
            }
            _ if name.starts_with("cite") || name.ends_with("cite") || name.ends_with("cites") => {
                self.citation()
            }
            _ if name.starts_with("if") && self.condition(name) => {}
            _ => self.appearance(name),
        }
    }

    /// What changes how text looks, or where it stands.
    fn appearance(&mut self, name: &'s str) {
        let (looks, source) = (self.inner().looks, self.source);
        match self.asked(|tokens| looks.changed(name, tokens, &source.colors)) {
            Some(Change::Argument(_)) if name.ends_with("phantom") => {
                // Room for what stands elsewhere is no message.
                let text = self.argument();
                if is_speech(text) {
                    self.composer.hide(HiddenKind::Invisible, None, &tex::text_mode(text));
                }
            }
            Some(Change::Argument(looks)) => self.group(Group { looks, ..self.boxed() }),
            Some(Change::Rest(looks)) => self.declare(looks),
            Some(Change::Across(length)) => {
                self.across += length;
                if length > 2.0 {
                    self.push(" ");
                }
            }
            Some(Change::Down(length)) => self.down += length,
            None => self.other(name),
        }
    }

    fn other(&mut self, name: &'s str) {
        if let Some((_, arguments)) = LAYOUT.iter().find(|(known, _)| *known == name) {
            self.star();
            while self.option().is_some() {}
            for _ in 0..*arguments {
                self.argument();
                while self.option().is_some() {}
            }
        } else if BARE.contains(&name) {
            self.push(" ");
        } else if let Some((_, arguments)) = BOXES.iter().find(|(known, _)| *known == name) {
            while self.option().is_some() {}
            for _ in 0..*arguments {
                self.argument();
            }
            self.group(self.boxed());
        } else if self.source.tiny.contains(name) {
            self.declare(self.inner().looks.gone(HiddenKind::Tiny));
        } else {
            self.structure(name);
        }
    }

    fn structure(&mut self, name: &'s str) {
        match name {
            "abstract" if self.rest().trim_start().starts_with('{') => {
                self.paragraph();
                self.composer.heading("Abstract", None);
                self.group(Group { paragraph: true, ..self.inner() });
            }
            "paragraph" | "subparagraph" => {
                self.paragraph();
                self.star();
            }
            "begingroup" | "bgroup" => self.groups.push(self.inner()),
            "endgroup" | "egroup" => self.close(),
            "newpage" | "clearpage" | "cleardoublepage" | "pagebreak" => {
                self.down = 0.0;
                self.push(" ");
            }
            "setbox" | "sbox" | "savebox" => self.set_box(),
            _ => {
                // What text mode knows becomes plain there.
                self.push(&format!("\\{name}"));
                self.bound = true;
            }
        }
    }

    /// `\setbox0\hbox{…}`, `\sbox{\name}{…}`: what is in a box is seen if the box is put somewhere.
    fn set_box(&mut self) {
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

    fn begin(&mut self, name: &'s str) {
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

    fn end(&mut self, name: &'s str) {
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

    fn heading(&mut self) {
        self.star();
        self.option();
        let heading = self.argument();
        self.paragraph();
        let heading = words(&tex::text_mode(heading));
        self.composer.heading(&heading, None);
    }

    fn caption(&mut self, name: &str) {
        self.star();
        if name == "captionof" {
            self.argument();
        }
        self.option();
        self.paragraph();
        self.group(Group { paragraph: true, float: false, ..self.inner() });
    }

    fn citation(&mut self) {
        self.star();
        while self.option().is_some() {}
        let keys = self.argument();
        self.push(&format!("[{}]", keys.trim()));
    }

    /// `\iffalse … \else … \fi`: of what is known to be chosen or not, one branch is read. The other one is a comment, which
    /// authors leave in without any thought of readers.
    fn condition(&mut self, name: &'s str) -> bool {
        let Some(chosen) = self.is_chosen(name) else { return false };
        let start = self.at;
        let (other, end) = branches(self.rest());
        let (other, end) = (other.map(|at| start + at), start + end);
        if !chosen {
            self.at = other.unwrap_or(end);
        } else if let Some(other) = other {
            self.passed_over.insert(other, end);
        }
        true
    }

    /// Whether a condition holds, where that can be known; its arguments are read then.
    fn is_chosen(&mut self, name: &str) -> Option<bool> {
        match name {
            "iftrue" => Some(true),
            "iffalse" => Some(false),
            "if" => {
                let mut signs = self.rest().trim_start().chars();
                let (one, other) = (signs.next()?, signs.next()?);
                let plain = |c: char| c.is_ascii_alphanumeric();
                (plain(one) && !self.rest().trim_start()[1..].starts_with(['\\', '{'])).then(|| {
                    self.at += self.rest().len() - signs.as_str().len();
                    one == other
                })
            }
            _ => self.source.flags.get(name).copied(),
        }
    }

    /// Opens the group that follows, as what the command before it makes of it. One that holds no group holds a character.
    fn group(&mut self, group: Group) {
        let space = self.rest().len() - self.rest().trim_start().len();
        if self.rest()[space..].starts_with('{') {
            self.at += space + 1;
            self.groups.push(group);
        }
    }

    /// A group in braces of its own. Only the argument of a command keeps them for text mode, which reads what is left.
    fn open(&mut self) {
        let close = if self.bound { "}" } else { "" };
        if self.bound {
            self.push("{");
        }
        self.groups.push(Group { close, ..self.inner() });
        self.bound = false;
    }

    fn close(&mut self) {
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
    fn declare(&mut self, looks: Looks) {
        match self.groups.last_mut() {
            Some(group) => group.looks = looks,
            None => self.groups.push(Group { looks, ..Group::default() }),
        }
    }

    /// What holds for a group that begins here.
    fn inner(&self) -> Group {
        let outer = self.groups.last();
        Group {
            looks: outer.map(|group| group.looks.clone()).unwrap_or_default(),
            float: outer.is_some_and(|group| group.float),
            ..Group::default()
        }
    }

    /// The same for a box.
    fn boxed(&self) -> Group {
        Group { boxed: Some(self.across), ..self.inner() }
    }

    /// How text is hidden that stands here.
    fn hides(&self) -> Option<HiddenKind> {
        let away = self.across.abs() > FAR || self.down < -FAR;
        let looks = self.groups.last().and_then(|group| group.looks.hides());
        looks.or(away.then_some(HiddenKind::OffPage))
    }

    fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }

    fn push(&mut self, written: &str) {
        let float = self.groups.last().is_some_and(|group| group.float);
        let hides = self.hides();
        let blank = written.trim().is_empty();
        self.bound &= blank;
        if hides.is_none() && !blank {
            // Many small steps up over a whole paper lead nowhere.
            self.down = 0.0;
        }
        match (hides, &mut self.hidden) {
            (Some(kind), Some((known, hidden))) if *known == kind => hidden.push_str(written),
            (Some(kind), _) => {
                self.end_of_hidden();
                self.hidden = Some((kind, written.to_owned()));
            }
            (None, _) if float => {}
            (None, _) => self.text.push_str(written),
        }
    }

    fn paragraph(&mut self) {
        let text = tex::text_mode(self.text.trim());
        self.text.clear();
        self.composer.paragraph(&text, None);
        self.end_of_hidden();
        self.across = 0.0;
        self.bound = false;
    }

    fn end_of_hidden(&mut self) {
        if let Some((kind, text)) = self.hidden.take() {
            self.composer.hide(kind, None, &tex::text_mode(&text));
        }
    }

    fn rest(&self) -> &'s str {
        &self.body[self.at..]
    }

    fn argument(&mut self) -> &'s str {
        self.asked(|tokens| tokens.argument())
    }

    fn option(&mut self) -> Option<&'s str> {
        self.asked(|tokens| tokens.brackets())
    }

    fn star(&mut self) {
        self.at += usize::from(self.rest().starts_with('*'));
    }

    fn asked<T>(&mut self, ask: impl FnOnce(&mut Tokens<'s>) -> T) -> T {
        let rest = self.rest();
        let mut tokens = Tokens::of(rest);
        let answer = ask(&mut tokens);
        self.at += rest.len() - tokens.rest().len();
        answer
    }
}

/// Where the other branch of a condition begins, if there is one, and where the condition ends.
fn branches(rest: &str) -> (Option<usize>, usize) {
    let (mut depth, mut other) = (1_usize, None);
    for (token, range) in Tokens::of(rest) {
        match token {
            Token::Command("fi") => depth -= 1,
            Token::Command("else") if depth == 1 => other = other.or(Some(range.end)),
            Token::Command(name) if name.starts_with("if") && !matches!(name, "iff" | "ifthenelse") => {
                depth += 1
            }
            _ => {}
        }
        if depth == 0 {
            return (other, range.start);
        }
    }
    (other, rest.len())
}
