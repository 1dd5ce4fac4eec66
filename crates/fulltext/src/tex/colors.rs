//! Colours of a source, by the rules of `xcolor`.

use std::collections::BTreeMap;

use tex::{Token, Tokens};

use crate::contrast::{Rgb, WHITE};

/// How many colours an expression mixes.
const MIXED: usize = 10;

/// The colours that a source names itself.
#[derive(Debug, Default)]
pub(super) struct Colors {
    names: BTreeMap<String, Rgb>,
}

impl Colors {
    /// Learns from `\definecolor` and `\colorlet`.
    pub(super) fn learn(&mut self, text: &str) {
        let mut tokens = Tokens::of(text);
        while let Some((token, _)) = tokens.next() {
            let (name, color) = match token {
                Token::Command("definecolor" | "providecolor") => {
                    let (name, model, values) = (tokens.argument(), tokens.argument(), tokens.argument());
                    (name, of_model(model, values))
                }
                Token::Command("colorlet") => {
                    let (name, value) = (tokens.argument(), tokens.argument());
                    (name, self.of(None, value))
                }
                _ => continue,
            };
            if let Some(color) = color {
                self.names.insert(name.trim().to_owned(), color);
            }
        }
    }

    /// A colour, given its model, if there is one in brackets, and its name or values; `None` for one that is not known.
    pub(super) fn of(&self, model: Option<&str>, value: &str) -> Option<Rgb> {
        match model.map(str::trim) {
            Some("named") | None => self.mixed(value.trim()),
            Some(model) => of_model(model, value),
        }
    }

    /// `red!20!blue` is a fifth of red in blue; without a second colour it is mixed with white.
    fn mixed(&self, value: &str) -> Option<Rgb> {
        let (complement, value) = value.strip_prefix('-').map_or((false, value), |value| (true, value));
        let mut parts = value.split('!').map(str::trim);
        let mut color = self.named(parts.next()?)?;
        for _ in 0..MIXED {
            let Some(share) = parts.next() else { break };
            let share = share.parse::<f64>().ok()?.clamp(0.0, 100.0) / 100.0;
            let other = parts.next().map_or(Some(WHITE), |name| self.named(name))?;
            let mix = |at: usize| f64::from(color[at]) * share + f64::from(other[at]) * (1.0 - share);
            color = [0, 1, 2].map(|at| mix(at).round() as u8);
        }
        Some(if complement { color.map(|channel| 255 - channel) } else { color })
    }

    /// A name of the source's own, or one that many share; their tones differ a little between TeX and CSS.
    fn named(&self, name: &str) -> Option<Rgb> {
        self.names.get(name).copied().or_else(|| {
            let color = color::parse_color(&name.to_ascii_lowercase()).ok()?;
            let color = color.to_alpha_color::<color::Srgb>().to_rgba8();
            (!name.starts_with('#')).then_some([color.r, color.g, color.b])
        })
    }
}

fn of_model(model: &str, values: &str) -> Option<Rgb> {
    let numbers: Vec<f64> = values.split([',', ' ']).filter_map(|value| value.trim().parse().ok()).collect();
    let byte = |value: f64, most: f64| (value / most * 255.0).round().clamp(0.0, 255.0) as u8;
    Some(match (model.trim(), numbers.as_slice()) {
        ("rgb", &[r, g, b]) => [r, g, b].map(|light| byte(light, 1.0)),
        ("RGB", &[r, g, b]) => [r, g, b].map(|light| byte(light, 255.0)),
        ("gray", &[level]) => [byte(level, 1.0); 3],
        ("Gray", &[level]) => [byte(level, 15.0); 3],
        ("cmy", &[c, m, y]) => [c, m, y].map(|ink| byte(1.0 - ink, 1.0)),
        ("cmyk", &[c, m, y, k]) => [c, m, y].map(|ink| byte((1.0 - ink) * (1.0 - k), 1.0)),
        ("hsb", &[hue, s, b]) => of_hue(hue, s, b),
        ("Hsb", &[hue, s, b]) => of_hue(hue / 360.0, s, b),
        ("HSB", &[hue, s, b]) => of_hue(hue / 240.0, s / 240.0, b / 240.0),
        ("HTML", _) => {
            let hex = values.trim().trim_start_matches('#');
            let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
            [pair(0)?, pair(2)?, pair(4)?]
        }
        _ => return None,
    })
}

/// From hue, saturation and brightness, each up to 1.
fn of_hue(hue: f64, saturation: f64, brightness: f64) -> Rgb {
    [5.0, 3.0, 1.0].map(|place| {
        let k = (place + hue * 6.0).rem_euclid(6.0);
        let light = brightness * (1.0 - saturation * k.min(4.0 - k).clamp(0.0, 1.0));
        (light * 255.0).round().clamp(0.0, 255.0) as u8
    })
}
