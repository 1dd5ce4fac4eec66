//! How text looks, as far as that decides whether it is seen.

use content::HiddenKind;
use scraper::ElementRef;

use super::styles::{self, Declaration, Styles};
use crate::contrast::{Rgb, WHITE, is_unseen};

/// Text smaller than this, in CSS pixels, is not read: two points.
const TINY: f64 = 2.0 * 96.0 / 72.0;
/// So far from where it belongs, in pixels, nothing is on a page any more.
const FAR: f64 = 400.0;

/// How the text of an element looks. `None` stands for a colour that is not known.
#[derive(Debug, Clone)]
pub(super) struct Looks {
    color: Option<Rgb>,
    below: Option<Rgb>,
    size: f64,
    seen: bool,
    /// What hides the element with all that is in it.
    gone: Option<HiddenKind>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { color: Some([0; 3]), below: Some(WHITE), size: 16.0, seen: true, gone: None }
    }
}

impl Looks {
    /// How text looks in an element inside.
    pub(super) fn inside(mut self, element: ElementRef<'_>, styles: &Styles) -> Self {
        let value = element.value();
        if value.attr("hidden").is_some() {
            self.gone = Some(HiddenKind::Invisible);
        }
        if value.name() == "svg" && draws_areas(element) {
            self.below = None;
        }
        for (attribute, background) in [("color", false), ("bgcolor", true)] {
            if let Some(color) = value.attr(attribute) {
                self.colored(color, background);
            }
        }
        let mut placing = Placing::default();
        let own = value.attr("style").map(styles::declarations).unwrap_or_default();
        for Declaration { property, value } in styles.of_element(element).chain(&own) {
            self.apply(property, value, &mut placing);
        }
        self.gone = self.gone.or_else(|| placing.hides());
        self
    }

    /// How the text is hidden, if it is.
    pub(super) fn hides(&self) -> Option<HiddenKind> {
        let same = self.color.zip(self.below).is_some_and(|(color, below)| is_unseen(color, below));
        self.gone
            .or((!self.seen).then_some(HiddenKind::Invisible))
            .or((self.size < TINY).then_some(HiddenKind::Tiny))
            .or(same.then_some(HiddenKind::Color))
    }

    fn apply(&mut self, property: &str, value: &str, placing: &mut Placing) {
        match property {
            "color" | "--ltx-fg-color" | "-webkit-text-fill-color" => self.colored(value, false),
            "background" | "background-color" | "--ltx-bg-color" => self.colored(value, true),
            "background-image" if value != "none" => self.below = None,
            "font-size" => self.size = size(value, self.size).unwrap_or(self.size),
            "visibility" => self.seen = !matches!(value, "hidden" | "collapse"),
            "display" if value == "none" => self.gone = Some(HiddenKind::Invisible),
            "opacity" if value.parse::<f64>().is_ok_and(|opacity| opacity < 0.1) => {
                self.gone = Some(HiddenKind::Invisible);
            }
            _ => placing.apply(property, value, self.size),
        }
    }

    fn colored(&mut self, value: &str, background: bool) {
        if matches!(value, "inherit" | "initial" | "unset" | "none" | "currentcolor") {
            return;
        }
        let transparent = value == "transparent" || styles::alpha(value).is_some_and(|alpha| alpha < 0.1);
        match (background, transparent) {
            (true, true) => {}
            (true, false) => self.below = styles::color(value),
            (false, true) => self.gone = Some(HiddenKind::Color),
            (false, false) => self.color = styles::color(value),
        }
    }
}

/// Where an element stands and how much of it is shown.
#[derive(Debug, Default)]
struct Placing {
    moved: bool,
    placed: bool,
    cut: bool,
    no_room: bool,
    clipped: bool,
}

impl Placing {
    fn apply(&mut self, property: &str, value: &str, em: f64) {
        let length = size(value, em);
        match property {
            "position" => self.placed = matches!(value, "absolute" | "fixed" | "relative"),
            "left" | "top" | "right" | "bottom" => {
                self.moved |= length.is_some_and(|length| length.abs() >= FAR)
            }
            "text-indent" | "margin-left" | "margin-top" if length.is_some_and(|length| length <= -FAR) => {
                (self.moved, self.placed) = (true, true);
            }
            "transform" => {
                let far = numbers(value).any(|number| number.abs() >= FAR) && value.starts_with("translate");
                let nothing = value.starts_with("scale") && numbers(value).any(|number| number.abs() < 0.05);
                self.clipped |= far || nothing;
            }
            "overflow" | "overflow-x" | "overflow-y" => self.cut = matches!(value, "hidden" | "clip"),
            "height" | "max-height" | "width" | "max-width" => {
                self.no_room |= length.is_some_and(|length| length <= 1.0);
            }
            "clip" => {
                self.clipped |= value.starts_with("rect(") && numbers(value).all(|number| number.abs() <= 1.0)
            }
            "clip-path" => self.clipped |= numbers(value).next().is_some_and(|number| number >= 50.0),
            _ => {}
        }
    }

    fn hides(&self) -> Option<HiddenKind> {
        let away = self.moved && self.placed || self.no_room && self.cut || self.clipped;
        away.then_some(HiddenKind::OffPage)
    }
}

/// A length in pixels; `None` for what is none.
fn size(value: &str, em: f64) -> Option<f64> {
    let named = [
        ("xx-small", 9.0),
        ("x-small", 10.0),
        ("small", 13.0),
        ("medium", 16.0),
        ("large", 18.0),
        ("x-large", 24.0),
        ("smaller", em / 1.2),
        ("larger", em * 1.2),
    ];
    if let Some((_, size)) = named.into_iter().find(|(name, _)| *name == value) {
        return Some(size);
    }
    let end = value.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(value.len());
    let number: f64 = value[..end].parse().ok()?;
    let unit = match value[end..].trim() {
        "" | "px" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 9.6 / 2.54,
        "em" | "ex" | "ch" => em,
        "rem" => 16.0,
        "%" => em / 100.0,
        "vw" | "vh" => 10.0,
        _ => return None,
    };
    Some(number * unit)
}

fn numbers(value: &str) -> impl Iterator<Item = f64> {
    value.split(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).filter_map(|number| number.parse().ok())
}

/// Whether a drawing may have something dark below its text.
fn draws_areas(svg: ElementRef<'_>) -> bool {
    svg.descendent_elements().any(|element| {
        let fill =
            element.attr("fill").or_else(|| element.attr("style").filter(|style| style.contains("fill")));
        fill.is_some_and(|fill| !matches!(fill, "none" | "currentColor" | "#FFFFFF" | "#ffffff" | "white"))
    })
}
