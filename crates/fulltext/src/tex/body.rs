//! From the body of a document to sections and paragraphs.

mod conditions;
mod environments;
mod groups;

use std::collections::BTreeMap;

use content::HiddenKind;
use tex::{Found, Scanner, Token, Tokens};

use self::groups::Group;
use super::{
    formula::visible_among,
    looks::{Change, is_speech},
    names::{BARE, BOXES, LAYOUT},
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
