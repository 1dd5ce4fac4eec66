//! As much of style sheets as hides something.

use scraper::{ElementRef, Html, Selector};

use crate::contrast::Rgb;

/// The most rules of a page that are looked at.
const RULES: usize = 100;
/// Properties that can hide text.
const PROPERTIES: &[&str] = &[
    "color",
    "background",
    "display",
    "visibility",
    "opacity",
    "font-size",
    "position",
    "left",
    "top",
    "right",
    "text-indent",
    "transform",
    "clip",
    "height",
    "width",
];

/// What a rule or an attribute says.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) property: String,
    pub(super) value: String,
}

/// The rules of a page itself that may hide something.
#[derive(Debug, Default)]
pub(super) struct Styles {
    rules: Vec<(Selector, Vec<Declaration>)>,
}

impl Styles {
    pub(super) fn of(document: &Html) -> Self {
        let style = Selector::parse("style").expect("a selector");
        let mut styles = Self::default();
        for sheet in document.select(&style) {
            styles.read(&sheet.text().collect::<String>());
        }
        styles
    }

    /// What the rules say of an element, the later ones last.
    pub(super) fn of_element<'s>(&'s self, element: ElementRef<'_>) -> impl Iterator<Item = &'s Declaration> {
        let matching: Vec<_> = self.rules.iter().filter(|(selector, _)| selector.matches(&element)).collect();
        matching.into_iter().flat_map(|(_, declarations)| declarations)
    }

    /// Rules that only hold for other media are inside another pair of braces, and say nothing here.
    fn read(&mut self, sheet: &str) {
        let mut rest = sheet;
        while let Some((selectors, after)) = rest.split_once('{') {
            let Some((body, next)) = after.split_once('}') else { return };
            rest = next;
            if body.contains('{') || !PROPERTIES.iter().any(|property| body.contains(property)) {
                continue;
            }
            let selectors = selectors.rsplit(['}', ';', '/']).next().unwrap_or_default();
            if let Ok(selector) = Selector::parse(selectors.trim())
                && self.rules.len() < RULES
            {
                self.rules.push((selector, declarations(body)));
            }
        }
    }
}

/// Properties and values, in lower case.
pub(super) fn declarations(style: &str) -> Vec<Declaration> {
    let one = |declaration: &str| {
        let (property, value) = declaration.split_once(':')?;
        let value = value.trim().to_ascii_lowercase();
        let value = value.trim_end_matches("!important").trim_end().to_owned();
        Some(Declaration { property: property.trim().to_ascii_lowercase(), value })
    };
    style.split(';').filter_map(one).collect()
}

/// A colour of CSS, of its names only those of pale ones and of black.
pub(super) fn color(value: &str) -> Option<Rgb> {
    if let Some(hex) = value.strip_prefix('#') {
        return hexadecimal(hex);
    }
    if value.starts_with("rgb") {
        let mut channels = parts(value).map(channel);
        return Some([channels.next()??, channels.next()??, channels.next()??]);
    }
    Some(match value {
        "white" => [255; 3],
        "snow" => [255, 250, 250],
        "ivory" => [255, 255, 240],
        "whitesmoke" => [245; 3],
        "ghostwhite" => [248, 248, 255],
        "floralwhite" => [255, 250, 240],
        "mintcream" => [245, 255, 250],
        "azure" => [240, 255, 255],
        "black" => [0; 3],
        _ => return None,
    })
}

/// How opaque a colour is, if it says so.
pub(super) fn alpha(value: &str) -> Option<f64> {
    if let Some(hex) = value.strip_prefix('#') {
        return match (hex.is_ascii(), hex.len()) {
            (true, 8) => u8::from_str_radix(&hex[6..], 16).ok().map(|alpha| f64::from(alpha) / 255.0),
            (true, 4) => u8::from_str_radix(&hex[3..], 16).ok().map(|alpha| f64::from(alpha) / 15.0),
            _ => None,
        };
    }
    let part = value.starts_with("rgb").then(|| parts(value).nth(3))??;
    match part.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|percent| percent / 100.0),
        None => part.parse().ok(),
    }
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    let inside = value.split_once('(').map_or("", |(_, inside)| inside.trim_end_matches(')'));
    inside.split([',', ' ', '/']).filter(|part| !part.is_empty())
}

fn channel(part: &str) -> Option<u8> {
    let level = match part.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok()? * 2.55,
        None => part.parse::<f64>().ok()?,
    };
    Some(level.clamp(0.0, 255.0).round() as u8)
}

fn hexadecimal(hex: &str) -> Option<Rgb> {
    if !hex.is_ascii() {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let one = |at: usize| u8::from_str_radix(hex.get(at..at + 1)?, 16).ok().map(|level| level * 17);
    match hex.len() {
        3 | 4 => Some([one(0)?, one(1)?, one(2)?]),
        6 | 8 => Some([pair(0)?, pair(2)?, pair(4)?]),
        _ => None,
    }
}
