//! How commands change how text looks, and where it stands, as far as that decides whether it is seen.

use content::HiddenKind;
use tex::{Token, Tokens};

use super::colors::Colors;
use crate::contrast::{Rgb, WHITE, is_unseen};

/// Type that is smaller than this, in points, is not read.
const TINY: f64 = 2.0;
/// What is moved so far, in points, is not on the page any more.
pub(super) const FAR: f64 = 600.0;
/// The size of usual type, in points.
const USUAL: f64 = 10.0;
/// Sizes by name, in points, where usual type has ten.
const SIZES: &[(&str, f64)] = &[
    ("tiny", 5.0),
    ("scriptsize", 7.0),
    ("footnotesize", 8.0),
    ("small", 9.0),
    ("normalsize", 10.0),
    ("large", 12.0),
    ("Large", 14.4),
    ("LARGE", 17.3),
    ("huge", 20.7),
    ("Huge", 24.9),
];

/// How text looks. `None` is a colour that is not known.
#[derive(Debug, Clone)]
pub(super) struct Looks {
    color: Option<Rgb>,
    below: Option<Rgb>,
    size: f64,
    scale: f64,
    gone: Option<HiddenKind>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { color: Some([0; 3]), below: Some(WHITE), size: USUAL, scale: 1.0, gone: None }
    }
}

/// What a command does to the text that comes after it.
#[derive(Debug)]
pub(super) enum Change {
    /// The argument that follows looks like this.
    Argument(Looks),
    /// All looks like this, to the end of the group.
    Rest(Looks),
    /// All stands so many points further to the right.
    Across(f64),
    /// All stands so many points further down.
    Down(f64),
}

impl Looks {
    /// How the text is hidden, if it is.
    pub(super) fn hides(&self) -> Option<HiddenKind> {
        let same = self.color.zip(self.below).is_some_and(|(color, below)| is_unseen(color, below));
        self.gone
            .or((self.size * self.scale < TINY).then_some(HiddenKind::Tiny))
            .or(same.then_some(HiddenKind::Color))
    }

    /// The same, but not seen at all.
    pub(super) fn gone(self, kind: HiddenKind) -> Self {
        Self { gone: self.gone.or(Some(kind)), ..self }
    }

    /// The same above some colour.
    pub(super) fn painted(self) -> Self {
        Self { below: None, ..self }
    }

    /// What a command does, whose name was just read, with the arguments that say how; `None`, and nothing is read, for one
    /// that changes nothing here.
    pub(super) fn changed(&self, name: &str, tokens: &mut Tokens<'_>, colors: &Colors) -> Option<Change> {
        let looks = self.clone();
        self.colored(name, tokens, colors)
            .or_else(|| looks.sized(name, tokens))
            .or_else(|| looks.drawn(name, tokens))
            .or_else(|| looks.placed(name, tokens))
    }

    fn colored(&self, name: &str, tokens: &mut Tokens<'_>, colors: &Colors) -> Option<Change> {
        let mut looks = self.clone();
        let mut color = || {
            let model = tokens.option();
            colors.of(model, tokens.argument())
        };
        match name {
            "textcolor" | "mathcolor" => looks.color = color(),
            "colorbox" => looks.below = color(),
            "fcolorbox" => {
                color();
                looks.below = color();
            }
            "color" | "normalcolor" => {
                looks.color = if name == "color" { color() } else { Some([0; 3]) };
                return Some(Change::Rest(looks));
            }
            "pagecolor" => {
                looks.below = color();
                return Some(Change::Rest(looks));
            }
            _ => return None,
        }
        Some(Change::Argument(looks))
    }

    fn sized(&self, name: &str, tokens: &mut Tokens<'_>) -> Option<Change> {
        let mut looks = self.clone();
        if let Some((_, size)) = SIZES.iter().find(|(known, _)| *known == name) {
            looks.size = *size;
            return Some(Change::Rest(looks));
        }
        match name {
            "fontsize" => {
                looks.size = points(tokens.argument()).unwrap_or(looks.size);
                tokens.argument();
                return Some(Change::Rest(looks));
            }
            "scalebox" => {
                let across = factor(tokens.argument());
                let up = tokens.brackets().map_or(across, factor);
                looks.scale *= across.min(up);
            }
            "resizebox" => {
                skip_star(tokens);
                let sizes = [tokens.argument(), tokens.argument()].map(points);
                if sizes.iter().flatten().any(|size| *size < TINY) {
                    looks.gone = Some(HiddenKind::Tiny);
                }
            }
            "adjustbox" => {
                let scale = tokens.argument().split(',').find_map(|one| one.trim().strip_prefix("scale="));
                looks.scale *= scale.map_or(1.0, factor);
            }
            _ => return None,
        }
        Some(Change::Argument(looks))
    }

    fn drawn(&self, name: &str, tokens: &mut Tokens<'_>) -> Option<Change> {
        let mut looks = self.clone();
        match name {
            "phantom" | "hphantom" | "vphantom" => looks.gone = Some(HiddenKind::Invisible),
            "texttransparent" | "transparent" => {
                if factor(tokens.argument()) < 0.1 {
                    looks.gone = Some(HiddenKind::Invisible);
                }
                if name == "transparent" {
                    return Some(Change::Rest(looks));
                }
            }
            "textpdfrender" => {
                let mode = tokens.argument();
                if ["Invisible", "Clip", "=3", "=7"].iter().any(|hides| mode.contains(hides)) {
                    looks.gone = Some(HiddenKind::Invisible);
                }
            }
            "pdfliteral" | "special" => {
                let rest = tokens.rest();
                let direct =
                    rest.find('{').filter(|at| rest[..*at].chars().all(|c| c.is_alphabetic() || c == ' '));
                tokens.pass(direct.unwrap_or(0));
                looks.literally(tokens.argument());
                return Some(Change::Rest(looks));
            }
            _ => return None,
        }
        Some(Change::Argument(looks))
    }

    /// Operators of PDF (ISO 32000-2, Annex A), and what drivers know beside them.
    fn literally(&mut self, operators: &str) {
        let words: Vec<&str> = operators.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok());
        let byte = |value: f64| (value * 255.0).clamp(0.0, 255.0) as u8;
        for (at, operator) in words.iter().enumerate() {
            let operand = |back: usize| at.checked_sub(back).and_then(number);
            match (*operator, operand(1)) {
                ("Tr", Some(mode)) => {
                    self.gone = matches!(mode as u8, 3 | 7).then_some(HiddenKind::Invisible);
                }
                ("Tz", Some(width)) if width < 10.0 => self.gone = Some(HiddenKind::Tiny),
                ("g" | "setgray", Some(level)) => self.color = Some([byte(level); 3]),
                ("rg" | "setrgbcolor", Some(blue)) => {
                    let others = operand(3).zip(operand(2));
                    self.color = others.map(|(red, green)| [red, green, blue].map(byte));
                }
                ("gray", _) => self.color = number(at + 1).map(|level| [byte(level); 3]),
                ("rgb", _) => {
                    let color = number(at + 1).zip(number(at + 2)).zip(number(at + 3));
                    self.color = color.map(|((red, green), blue)| [red, green, blue].map(byte));
                }
                _ => {}
            }
        }
    }

    fn placed(&self, name: &str, tokens: &mut Tokens<'_>) -> Option<Change> {
        Some(match name {
            "hspace" | "vspace" => {
                skip_star(tokens);
                let length = points(tokens.argument()).unwrap_or(0.0);
                if name == "hspace" { Change::Across(length) } else { Change::Down(length) }
            }
            "kern" | "hskip" | "mkern" | "mskip" => Change::Across(dimension(tokens).unwrap_or(0.0)),
            "vskip" => Change::Down(dimension(tokens).unwrap_or(0.0)),
            "raise" | "lower" | "moveleft" | "moveright" => self.away(dimension(tokens), tokens),
            "raisebox" => {
                let length = points(tokens.argument());
                while tokens.brackets().is_some() {}
                self.away(length, tokens)
            }
            _ => return None,
        })
    }

    /// A box that is moved: what is far away is not on the page.
    fn away(&self, length: Option<f64>, tokens: &mut Tokens<'_>) -> Change {
        let mut looks = self.clone();
        if length.is_some_and(|length| length.abs() > FAR) {
            looks.gone = Some(HiddenKind::OffPage);
        }
        // `\raise 2pt\hbox{…}`
        let mut after = tokens.clone();
        after.skip_space();
        if let Some((Token::Command("hbox" | "vbox" | "vtop" | "box"), _)) = after.next() {
            *tokens = after;
        }
        Change::Argument(looks)
    }
}

/// Whether a phantom is more than room for a number or a symbol.
pub(super) fn is_speech(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1).count() >= 4
}

fn factor(number: &str) -> f64 {
    number.trim().parse::<f64>().map_or(1.0, f64::abs)
}

fn skip_star(tokens: &mut Tokens<'_>) {
    tokens.pass(usize::from(tokens.rest().starts_with('*')));
}

/// A length in points.
pub(super) fn points(length: &str) -> Option<f64> {
    dimension(&mut Tokens::of(length))
}

/// The length that follows: `-3pt`, `=-3 true cm plus 1fil`, `-2\textwidth`. Nothing is read where none does.
fn dimension(tokens: &mut Tokens<'_>) -> Option<f64> {
    let text = tokens.rest();
    let start = text.trim_start_matches([' ', '=']);
    let end = start.find(|c: char| !(c.is_ascii_digit() || "+-., ".contains(c))).unwrap_or(start.len());
    let number: String = start[..end].chars().filter(|c| *c != ' ').collect();
    let number = match number.replace(',', ".").as_str() {
        "" | "+" => 1.0,
        "-" => -1.0,
        number => number.parse::<f64>().ok()?,
    };
    let rest = start[end..].strip_prefix("true").unwrap_or(&start[end..]).trim_start();
    let (unit, length) = match Tokens::of(rest).next() {
        Some((Token::Command(name), range)) => (of_page(name)?, range.end),
        _ => {
            let unit = rest.get(..2).unwrap_or(rest);
            (of_unit(unit)?, unit.len())
        }
    };
    tokens.pass(text.len() - rest.len() + length);
    let stretch = tokens.rest();
    for word in [" plus ", " minus "] {
        if let Some(after) = stretch.strip_prefix(word) {
            tokens.pass(word.len() + after.find(char::is_whitespace).unwrap_or(after.len()));
        }
    }
    Some(number * unit)
}

fn of_unit(unit: &str) -> Option<f64> {
    Some(match unit {
        "" | "pt" | "bp" => 1.0,
        "mm" => 2.845,
        "cm" => 28.45,
        "in" => 72.27,
        "sp" => 1.0 / 65536.0,
        "em" => USUAL,
        "ex" => USUAL / 2.0,
        "mu" => USUAL / 18.0,
        "pc" => 12.0,
        "dd" => 1.07,
        "cc" => 12.84,
        _ => return None,
    })
}

/// Lengths of a page by name.
fn of_page(name: &str) -> Option<f64> {
    Some(match name {
        "textwidth" | "linewidth" | "columnwidth" | "hsize" => 400.0,
        "paperwidth" | "pagewidth" | "textheight" | "vsize" => 600.0,
        "paperheight" | "pageheight" => 800.0,
        "maxdimen" => 16383.0,
        "baselineskip" | "parindent" | "parskip" | "quad" => 12.0,
        _ => return None,
    })
}
