//! Colours of CSS.

use color::{AlphaColor, ColorSpaceTag, DynamicColor, HueDirection, Srgb, parse_color};

use super::values::{functions, parts, share};
use crate::contrast::Rgb;

/// Functions that make a colour of what only a browser knows; only the name matters.
const UNKNOWN: &[&str] = &[
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "hwb",
    "lab",
    "lch",
    "oklab",
    "oklch",
    "color",
    "color-mix",
    "light-dark",
    "contrast-color",
    "device-cmyk",
    "attr",
    "env",
    "if",
];

/// What a value says about a colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shade {
    /// Red, green, blue and how opaque it is, all from 0 to 255.
    Known([u8; 4]),
    /// The colour of text.
    Current,
    /// Some colour.
    Unknown,
}

impl Shade {
    /// `None` for what is no colour: browsers pass over such a declaration.
    pub(super) fn of(value: &str) -> Option<Self> {
        match value {
            "currentcolor" => Some(Self::Current),
            "canvas" | "field" | "window" => Some(Self::Known([255; 4])),
            "canvastext" | "fieldtext" | "windowtext" => Some(Self::Known([0, 0, 0, 255])),
            _ => match computed(value, 0) {
                Some(color) => {
                    let color: AlphaColor<Srgb> = color.to_alpha_color();
                    let color = color.to_rgba8();
                    Some(Self::Known([color.r, color.g, color.b, color.a]))
                }
                None => functions(value).any(|(name, _)| UNKNOWN.contains(&name)).then_some(Self::Unknown),
            },
        }
    }
}

/// A colour, `light-dark()` as on a light page, and `color-mix()`.
fn computed(value: &str, depth: usize) -> Option<DynamicColor> {
    if let Ok(color) = parse_color(value) {
        return Some(color);
    }
    let (name, inside) = functions(value).next().filter(|_| depth < 8)?;
    match (name, parts(inside, ',').as_slice()) {
        ("light-dark", [light, _]) => computed(light, depth + 1),
        ("color-mix", [method, one, other]) => mixed(method, one, other, depth + 1),
        _ => None,
    }
}

/// `color-mix(in oklab, red 10%, white)` (CSS Color Level 5, 3).
fn mixed(method: &str, one: &str, other: &str, depth: usize) -> Option<DynamicColor> {
    let space = match method.strip_prefix("in ")?.split_whitespace().next()? {
        "srgb" => ColorSpaceTag::Srgb,
        "srgb-linear" => ColorSpaceTag::LinearSrgb,
        "hsl" => ColorSpaceTag::Hsl,
        "hwb" => ColorSpaceTag::Hwb,
        "lab" => ColorSpaceTag::Lab,
        "lch" => ColorSpaceTag::Lch,
        "oklch" => ColorSpaceTag::Oklch,
        _ => ColorSpaceTag::Oklab,
    };
    let part = |part: &str| {
        let (shares, colors): (Vec<_>, Vec<_>) =
            parts(part, ' ').into_iter().partition(|piece| piece.ends_with('%'));
        let color = computed(&colors.join(" "), depth)?;
        Some((color, shares.first().and_then(|piece| share(piece))))
    };
    let ((one, first), (other, second)) = (part(one)?, part(other)?);
    let second = match (first, second) {
        (None, None) => 0.5,
        (Some(first), None) => 1.0 - first,
        (None, Some(second)) => second,
        (Some(first), Some(second)) => second / (first + second),
    };
    let mixed = one.interpolate(other, space, HueDirection::default()).eval(second as f32);
    Some(mixed)
}

/// One colour as it looks above another.
pub(super) fn above([r, g, b, alpha]: [u8; 4], below: Rgb) -> Rgb {
    let alpha = f64::from(alpha) / 255.0;
    let channel =
        |at: usize| (f64::from([r, g, b][at]) * alpha + f64::from(below[at]) * (1.0 - alpha)).round();
    [0, 1, 2].map(|at| channel(at) as u8)
}

/// The colours of a background: of an area, or of the stops of a gradient. A picture has none: it may not be there.
pub(super) fn of_background(value: &str) -> Vec<Shade> {
    let layers = parts(value, ',');
    let pieces = layers.iter().flat_map(|layer| parts(layer, ' '));
    pieces
        .flat_map(|piece| match piece.split_once('(') {
            Some((name, inside)) if name.ends_with("gradient") => {
                let stops = parts(inside.trim_end_matches(')'), ',');
                stops.iter().filter_map(|stop| Shade::of(parts(stop, ' ').first()?)).collect()
            }
            _ => Vec::from_iter(Shade::of(piece)),
        })
        .collect()
}
