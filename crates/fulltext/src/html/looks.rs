//! How text looks, as far as that decides whether it is seen.

use std::rc::Rc;

use content::HiddenKind;
use scraper::ElementRef;

use super::{
    colors::{Shade, above, of_background},
    place::Place,
    styles::Styles,
    values::{Basis, Variables, functions, length, parts, share, written_out},
};
use crate::contrast::{Rgb, WHITE, is_unseen};

/// Text smaller than this, in CSS pixels, is not read: two points.
const TINY: f64 = 2.0 * 96.0 / 72.0;
/// Below this opacity nothing is seen.
const FAINT: f64 = 0.1;

/// How the text of an element looks.
#[derive(Debug, Clone)]
pub(super) struct Looks {
    color: Shade,
    /// What text is filled with, if not with its colour.
    fill: Option<Shade>,
    /// The colours that are below; none where that is not known.
    below: Vec<Rgb>,
    size: f64,
    /// How much larger than its size text is drawn.
    scale: f64,
    opacity: f64,
    seen: bool,
    /// What hides the element with all that is in it.
    gone: Option<HiddenKind>,
    variables: Rc<Variables>,
}

/// What an element itself says of its background, and of where it stands.
#[derive(Default)]
struct Own {
    area: Vec<Shade>,
    picture: Vec<Shade>,
    place: Place,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            color: Shade::Known([0, 0, 0, 255]),
            fill: None,
            below: vec![WHITE],
            size: 16.0,
            scale: 1.0,
            opacity: 1.0,
            seen: true,
            gone: None,
            variables: Rc::default(),
        }
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
            self.below.clear();
        }
        let mut own = Own::default();
        for (attribute, property) in [("color", "color"), ("bgcolor", "background-color")] {
            if let Some(color) = value.attr(attribute) {
                self.apply(property, &legacy(color), &mut own);
            }
        }
        let declarations = styles.of_element(element);
        let said = declarations.iter().map(|one| (one.property.as_str(), one.value.as_str()));
        self.name(said.clone().filter(|(property, _)| property.starts_with("--")));
        for (property, value) in said {
            if let Some(value) = written_out(value, &self.variables) {
                self.apply(property, &value, &mut own);
            }
        }
        self.paint(&own.area);
        self.paint(&own.picture);
        self.scale *= own.place.scale();
        self.gone = self.gone.or_else(|| own.place.hides());
        self
    }

    /// How the text is hidden, if it is. A colour that only a browser can compute hides it: who has nothing to hide gives
    /// one by name or number.
    pub(super) fn hides(&self) -> Option<HiddenKind> {
        let same = match self.fill.unwrap_or(self.color) {
            Shade::Known(color) => {
                !self.below.is_empty()
                    && self.below.iter().all(|below| is_unseen(above(color, *below), *below))
            }
            Shade::Current | Shade::Unknown => true,
        };
        self.gone
            .or((!self.seen || self.opacity < FAINT).then_some(HiddenKind::Invisible))
            .or((self.size * self.scale < TINY).then_some(HiddenKind::Tiny))
            .or(same.then_some(HiddenKind::Color))
    }

    fn apply(&mut self, property: &str, value: &str, own: &mut Own) {
        match property {
            "color" | "--ltx-fg-color" => self.color = self.text_color(value).unwrap_or(self.color),
            "-webkit-text-fill-color" => self.fill = self.text_color(value).or(self.fill),
            "background" => (own.area, own.picture) = (of_background(value), Vec::new()),
            "background-color" | "--ltx-bg-color" => own.area = of_background(value),
            "background-image" => own.picture = of_background(value),
            "font-size" => self.size = size(value, self.size).unwrap_or(self.size),
            "font" => {
                let sizes = parts(value, ' ').into_iter().filter(|part| part.parse::<f64>().is_err());
                let first = sizes.filter_map(|part| size(parts(part, '/').first()?, self.size)).next();
                self.size = first.unwrap_or(self.size);
            }
            "visibility" => self.seen = !matches!(value, "hidden" | "collapse"),
            "display" if value == "none" => self.gone = Some(HiddenKind::Invisible),
            "content-visibility" if value == "hidden" => self.gone = Some(HiddenKind::Invisible),
            "opacity" => self.opacity *= share(value).unwrap_or(1.0).clamp(0.0, 1.0),
            "filter" | "-webkit-filter" => self.opacity *= functions(value).map(left).product::<f64>(),
            _ => own.place.apply(property, value, self.size),
        }
    }

    /// `None` for what leaves the colour as it is.
    fn text_color(&self, value: &str) -> Option<Shade> {
        match value {
            "initial" => Some(Shade::Known([0, 0, 0, 255])),
            value => Shade::of(value).filter(|shade| *shade != Shade::Current),
        }
    }

    /// Learns custom properties, written out with those from around and with each other.
    fn name<'d>(&mut self, said: impl Iterator<Item = (&'d str, &'d str)> + Clone) {
        if said.clone().next().is_none() {
            return;
        }
        let mut all = Variables::clone(&self.variables);
        all.extend(said.clone().map(|(name, value)| (name.to_owned(), value.to_owned())));
        let mut variables = Variables::clone(&self.variables);
        for (name, value) in said {
            match written_out(value, &all) {
                Some(value) => variables.insert(name.to_owned(), value),
                None => variables.remove(name),
            };
        }
        self.variables = Rc::new(variables);
    }

    fn paint(&mut self, shades: &[Shade]) {
        let color = self.fill.unwrap_or(self.color);
        let known = shades.iter().filter_map(|shade| match (shade, color) {
            (Shade::Known(color), _) => Some(*color),
            (Shade::Current, Shade::Known(color)) => Some(color),
            _ => None,
        });
        let painted: Vec<Rgb> =
            known.flat_map(|color| self.below.iter().map(move |below| above(color, *below))).collect();
        if !painted.is_empty() {
            self.below = painted;
            self.below.dedup();
            self.below.truncate(16);
        }
    }
}

/// The size of type in pixels.
fn size(value: &str, em: f64) -> Option<f64> {
    Some(match value {
        "xx-small" => 9.0,
        "x-small" => 10.0,
        "small" => 13.0,
        "medium" => 16.0,
        "large" => 18.0,
        "x-large" => 24.0,
        "smaller" => em / 1.2,
        "larger" => em * 1.2,
        value => length(value, Basis { em, whole: em })?,
    })
}

/// How much a filter leaves of text, as an opacity.
fn left((filter, amount): (&str, &str)) -> f64 {
    let amount = length(amount, Basis { em: 16.0, whole: 1.0 });
    match (filter, amount) {
        ("opacity", Some(opacity)) => opacity.clamp(0.0, 1.0),
        ("contrast", Some(contrast)) if contrast < FAINT => 0.0,
        ("brightness", Some(brightness)) if brightness > 10.0 => 0.0,
        ("blur", Some(radius)) if radius > 8.0 => 0.0,
        _ => 1.0,
    }
}

/// A colour as old attributes have it: a number may lack its sign.
fn legacy(color: &str) -> String {
    let color = color.trim().to_ascii_lowercase();
    match Shade::of(&color) {
        None => format!("#{color}"),
        Some(_) => color,
    }
}

/// Whether a drawing may have something dark below its text.
fn draws_areas(svg: ElementRef<'_>) -> bool {
    svg.descendent_elements().any(|element| {
        let fill =
            element.attr("fill").or_else(|| element.attr("style").filter(|style| style.contains("fill")));
        fill.is_some_and(|fill| !matches!(fill, "none" | "currentColor" | "#FFFFFF" | "#ffffff" | "white"))
    })
}
