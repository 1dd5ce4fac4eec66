//! From the body of a document to sections and paragraphs.

use content::HiddenKind;
use tex::{Found, Scanner, Token, Tokens};

use super::{
    colors::Pale,
    formula::{is_speech, visible_among},
    names::{APART, BARE, FLOATS, LAYOUT, NAMED, PAINTED, VERBATIM},
    source::Source,
};
use crate::compose::{Composed, Composer, words};

/// Type that is smaller than this, in points, is not read.
const TINY: f64 = 2.0;

pub(super) fn read(source: &Source) -> Composed {
    let mut reader = Reader {
        body: &source.body,
        pale: &source.pale,
        at: 0,
        scanner: Scanner::default(),
        composer: Composer::default(),
        text: String::new(),
        hidden: None,
        groups: Vec::new(),
    };
    reader.all();
    reader.composer.finish()
}

struct Reader<'s> {
    body: &'s str,
    pale: &'s Pale,
    at: usize,
    scanner: Scanner,
    composer: Composer,
    /// The paragraph so far, as TeX.
    text: String,
    /// Hidden text that goes on.
    hidden: Option<(HiddenKind, String)>,
    groups: Vec<Group>,
}

/// A group or an environment that is open.
#[derive(Debug, Clone, Default)]
struct Group {
    /// How its text is hidden.
    hidden: Option<HiddenKind>,
    /// Whether what is below its text is not known to be white.
    painted: bool,
    /// Whether its text is left out, because it is a float.
    float: bool,
    /// Whether it ends the paragraph: a caption.
    paragraph: bool,
    /// What stands for its closing brace.
    close: &'static str,
    /// The environment that it is, if it is none in braces.
    environment: Option<String>,
}

impl<'s> Reader<'s> {
    fn all(&mut self) {
        while self.at < self.body.len() && !self.composer.is_full() {
            let rest = &self.body[self.at..];
            let mut tokens = Tokens::of(rest);
            let Some((token, range)) = tokens.next() else { break };
            if matches!(token, Token::Char('$') | Token::Command(_)) && self.formula() {
                continue;
            }
            self.at += range.end;
            match token {
                Token::Command(name) => self.command(name),
                Token::Open => self.open(Group { close: "}", ..self.inner() }, "{"),
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
        let (seen, hidden) = visible_among(written, self.pale);
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
            "iffalse" => self.never(),
            "\\" | "newline" | "tabularnewline" => self.push(" "),
            "ref" | "autoref" | "cref" | "Cref" | "pageref" | "nameref" | "eqref" => {
                self.star();
                let label = self.argument();
                self.push(&format!("[{}]", label.trim()));
            }
            _ if name.starts_with("cite") || name.ends_with("cite") || name.ends_with("cites") => {
                self.citation()
            }
            _ => self.appearance(name),
        }
    }

    /// What changes how text looks, or whether it is seen.
    fn appearance(&mut self, name: &'s str) {
        match name {
            "textcolor" => {
                let hidden = self.pale_color();
                self.group(Group { hidden, ..Group::default() });
            }
            "color" => {
                let hidden = self.pale_color();
                if let Some(group) = self.groups.last_mut() {
                    group.hidden = hidden;
                } else if hidden.is_some() {
                    self.groups.push(Group { hidden, ..Group::default() });
                }
            }
            "colorbox" | "fcolorbox" | "cellcolor" | "rowcolor" | "sethlcolor" => {
                let model = self.option();
                let colors = if name == "fcolorbox" { 2 } else { 1 };
                let mut below = "";
                (0..colors).for_each(|_| below = self.argument());
                if name.ends_with("box") {
                    self.group(Group { painted: !self.pale.has(model, below), ..Group::default() });
                }
            }
            "fontsize" => {
                let size = points(self.argument());
                self.argument();
                if let (Some(size), Some(group)) = (size, self.groups.last_mut()) {
                    group.hidden = (size < TINY).then_some(HiddenKind::Tiny);
                }
            }
            "scalebox" => {
                let scale = self.argument().trim().parse::<f64>().unwrap_or(1.0);
                self.option();
                self.group(Group {
                    hidden: (scale.abs() < 0.2).then_some(HiddenKind::Tiny),
                    ..Group::default()
                });
            }
            "resizebox" => {
                self.star();
                let sizes = [points(self.argument()), points(self.argument())];
                let tiny = sizes.iter().flatten().any(|size| *size < TINY);
                self.group(Group { hidden: tiny.then_some(HiddenKind::Tiny), ..Group::default() });
            }
            "raisebox" => {
                let away = points(self.argument()).is_some_and(|raised| raised.abs() > 700.0);
                while self.option().is_some() {}
                self.group(Group { hidden: away.then_some(HiddenKind::OffPage), ..Group::default() });
            }
            "phantom" | "hphantom" | "vphantom" => {
                let text = self.argument();
                if is_speech(text) {
                    self.composer.hide(HiddenKind::Invisible, None, &tex::text_mode(text));
                }
            }
            "texttransparent" | "transparent" => {
                let clear = self.argument().trim().parse::<f64>().is_ok_and(|opacity| opacity < 0.1);
                let hidden = clear.then_some(HiddenKind::Invisible);
                if name == "texttransparent" {
                    self.group(Group { hidden, ..Group::default() });
                } else if let Some(group) = self.groups.last_mut() {
                    group.hidden = hidden;
                }
            }
            _ => self.other(name),
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
        } else if name == "abstract" && self.rest().trim_start().starts_with('{') {
            self.paragraph();
            self.composer.heading("Abstract", None);
            self.group(Group { paragraph: true, ..Group::default() });
        } else if matches!(name, "paragraph" | "subparagraph") {
            self.paragraph();
            self.star();
        } else if matches!(name, "parbox" | "makebox" | "framebox") {
            while self.option().is_some() {}
            if name == "parbox" {
                self.argument();
            }
            self.group(Group::default());
        } else if matches!(name, "pdfliteral" | "special") {
            self.literal();
        } else {
            // What text mode knows becomes plain there.
            self.push(&format!("\\{name}"));
        }
    }

    /// `\pdfliteral direct{3 Tr}`: text that follows is not drawn.
    fn literal(&mut self) {
        let brace = self.rest().find('{').unwrap_or(0);
        self.at += brace;
        let literal = words(self.argument());
        let hidden = match () {
            () if literal.contains("3 Tr") => Some(HiddenKind::Invisible),
            () if literal.contains("1 1 1 rg") || literal.contains("1 g") => Some(HiddenKind::Color),
            () => None,
        };
        match self.groups.last_mut() {
            Some(group) => group.hidden = hidden,
            None => self.groups.push(Group { hidden, ..Group::default() }),
        }
    }

    fn begin(&mut self, name: &'s str) {
        let plain = name.trim_end_matches('*');
        if APART.contains(&plain) {
            return self.skip_environment(name);
        }
        if VERBATIM.contains(&plain) {
            return self.verbatim(name);
        }
        let inner = self.inner();
        let float = inner.float || FLOATS.contains(&plain) || plain.starts_with("subfig");
        let painted = inner.painted || PAINTED.contains(&plain);
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
        self.groups.push(Group { float, painted, environment, close: "", ..inner });
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
        if self.inner().hidden.is_none() && !self.inner().float {
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
        self.group(Group { paragraph: true, ..Group::default() });
        if let Some(group) = self.groups.last_mut() {
            group.float = false;
        }
    }

    fn citation(&mut self) {
        self.star();
        while self.option().is_some() {}
        let keys = self.argument();
        self.push(&format!("[{}]", keys.trim()));
    }

    /// `\iffalse … \fi`: a comment, which authors leave in without any thought of readers.
    fn never(&mut self) {
        let rest = self.rest();
        let (mut depth, mut tokens, mut end) = (1_usize, Tokens::of(rest), rest.len());
        for (token, range) in tokens.by_ref() {
            match token {
                Token::Command("fi") => depth -= 1,
                // What comes after it is typeset again.
                Token::Command("else") if depth == 1 => depth = 0,
                Token::Command(name) if name.starts_with("if") && !matches!(name, "iff" | "ifthenelse") => {
                    depth += 1
                }
                _ => {}
            }
            if depth == 0 {
                end = range.start;
                break;
            }
        }
        self.at += end;
    }

    fn pale_color(&mut self) -> Option<HiddenKind> {
        let (model, color) = (self.option(), self.argument());
        let painted = self.inner().painted;
        (!painted && self.pale.has(model, color)).then_some(HiddenKind::Color)
    }

    /// Opens the group that follows, as what the command before it makes of it. One that holds no group holds a character.
    fn group(&mut self, group: Group) {
        let space = self.rest().len() - self.rest().trim_start().len();
        if !self.rest()[space..].starts_with('{') {
            return;
        }
        self.at += space + 1;
        let inner = self.inner();
        let group = Group {
            hidden: group.hidden.or(inner.hidden),
            painted: group.painted || inner.painted,
            float: inner.float,
            ..group
        };
        self.open(group, "");
    }

    fn open(&mut self, group: Group, written: &str) {
        self.push(written);
        self.groups.push(group);
    }

    fn close(&mut self) {
        // A brace does not close an environment.
        if self.groups.last().is_none_or(|group| group.environment.is_some()) {
            return;
        }
        let Some(group) = self.groups.pop() else { return };
        if group.paragraph {
            // The text of a caption is there, though its float's is not.
            self.paragraph();
        } else {
            self.push(group.close);
        }
    }

    /// What holds for a group that begins here.
    fn inner(&self) -> Group {
        let outer = self.groups.last();
        Group {
            hidden: outer.and_then(|group| group.hidden),
            painted: outer.is_some_and(|group| group.painted),
            float: outer.is_some_and(|group| group.float),
            ..Group::default()
        }
    }

    fn push_char(&mut self, c: char) {
        self.push(c.encode_utf8(&mut [0; 4]));
    }

    fn push(&mut self, written: &str) {
        let (hides, float) = self.groups.last().map_or((None, false), |group| (group.hidden, group.float));
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

/// A length in points.
fn points(length: &str) -> Option<f64> {
    let length = length.trim();
    let end = length.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(length.len());
    let number: f64 = length[..end].parse().ok()?;
    let unit = match length[end..].trim() {
        "" | "pt" | "bp" => 1.0,
        "mm" => 2.845,
        "cm" => 28.45,
        "in" => 72.27,
        "sp" => 1.0 / 65536.0,
        "em" => 10.0,
        _ => return None,
    };
    Some(number * unit)
}
