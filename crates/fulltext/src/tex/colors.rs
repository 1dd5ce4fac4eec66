//! Which colours of a source are as white as its paper.

use std::collections::BTreeSet;

use tex::{Token, Tokens};

use crate::contrast::{Rgb, WHITE, is_unseen};

/// Names of colours that cannot be seen on white.
#[derive(Debug, Default)]
pub(super) struct Pale {
    names: BTreeSet<String>,
}

impl Pale {
    /// Learns from `\definecolor` and `\colorlet`.
    pub(super) fn learn(&mut self, text: &str) {
        let mut tokens = Tokens::of(text);
        while let Some((token, _)) = tokens.next() {
            let pale = match token {
                Token::Command("definecolor" | "providecolor") => {
                    let (name, model, values) = (tokens.argument(), tokens.argument(), tokens.argument());
                    of_model(model, values).then_some(name)
                }
                Token::Command("colorlet") => {
                    let (name, value) = (tokens.argument(), tokens.argument());
                    self.has(None, value).then_some(name)
                }
                _ => None,
            };
            self.names.extend(pale.map(|name| name.trim().to_owned()));
        }
    }

    /// Whether a colour cannot be seen: its model, if one is given in brackets, and its name or values.
    pub(super) fn has(&self, model: Option<&str>, value: &str) -> bool {
        match model {
            Some(model) => of_model(model, value),
            None => self.is_named(value.trim()),
        }
    }

    /// `white`, a name of the source's own, or a mixture: `red!2` is two parts of red in a hundred of white.
    fn is_named(&self, value: &str) -> bool {
        let mut parts = value.split('!').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let pale = |name: &str| name.eq_ignore_ascii_case("white") || self.names.contains(name);
        match (parts.next().map(str::parse::<f64>), parts.next()) {
            (None, _) => pale(name),
            (Some(Ok(share)), other) => {
                let with_white = other.is_none_or(pale);
                (with_white && (share <= 4.0 || pale(name))) || (pale(name) && share >= 98.0)
            }
            (Some(Err(_)), _) => false,
        }
    }
}
fn of_model(model: &str, values: &str) -> bool {
    let numbers: Vec<f64> = values.split([',', ' ']).filter_map(|value| value.trim().parse().ok()).collect();
    let byte = |value: f64, most: f64| (value / most * 255.0).round().clamp(0.0, 255.0) as u8;
    let rgb: Option<Rgb> = match (model.trim(), numbers.as_slice()) {
        ("rgb", &[r, g, b]) => Some([byte(r, 1.0), byte(g, 1.0), byte(b, 1.0)]),
        ("RGB", &[r, g, b]) => Some([byte(r, 255.0), byte(g, 255.0), byte(b, 255.0)]),
        ("gray", &[level]) => Some([byte(level, 1.0); 3]),
        ("cmyk", &[c, m, y, k]) => Some([c, m, y].map(|ink| byte((1.0 - ink) * (1.0 - k), 1.0))),
        ("HTML", _) => {
            let hex = values.trim().trim_start_matches('#');
            let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
            pair(0).zip(pair(2)).zip(pair(4)).map(|((r, g), b)| [r, g, b])
        }
        ("named", _) => return values.trim().eq_ignore_ascii_case("white"),
        _ => None,
    };
    rgb.is_some_and(|color| is_unseen(color, WHITE))
}
