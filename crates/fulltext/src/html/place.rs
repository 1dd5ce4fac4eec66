//! Where an element stands, and how much of it is shown.

use content::HiddenKind;

use super::values::{Basis, functions, length, parts, share};

/// So far from where it belongs, in pixels, nothing is on a page any more.
const FAR: f64 = 400.0;
/// Shapes that show less than this, in square pixels, show no text.
const AREA: f64 = 4.0;

/// What declarations say, one by one.
#[derive(Debug)]
pub(super) struct Place {
    moved: bool,
    placed: bool,
    indented: bool,
    cut: bool,
    no_room: bool,
    clipped: bool,
    /// By `scale`, `transform` and `zoom`, each of which replaces what it said before.
    scales: [f64; 3],
}

impl Default for Place {
    fn default() -> Self {
        Self {
            moved: false,
            placed: false,
            indented: false,
            cut: false,
            no_room: false,
            clipped: false,
            scales: [1.0; 3],
        }
    }
}

impl Place {
    pub(super) fn apply(&mut self, property: &str, value: &str, em: f64) {
        let read = |value: &str| length(value, Basis { em, whole: 800.0 });
        let lengths = || parts(value, ' ').into_iter().filter_map(read);
        match property {
            "position" => self.placed = matches!(value, "absolute" | "fixed" | "relative" | "sticky"),
            "left" | "top" | "right" | "bottom" | "inset" | "inset-inline" | "inset-block"
            | "inset-inline-start" | "inset-block-start" => {
                self.moved |= lengths().any(|length| length.abs() >= FAR);
            }
            "text-indent" => {
                self.clipped |= lengths().any(|length| length <= -FAR);
                self.indented |= lengths().any(|length| length >= FAR);
            }
            "margin" | "margin-left" | "margin-top" | "margin-inline-start" | "margin-block-start" => {
                self.clipped |= lengths().any(|length| length <= -FAR);
            }
            "translate" => self.clipped |= lengths().any(|length| length.abs() >= FAR),
            "scale" => {
                self.scales[0] = parts(value, ' ').into_iter().take(2).filter_map(share).fold(1.0, f64::min)
            }
            "transform" | "-webkit-transform" => self.transform(value, &read),
            "zoom" => self.scales[2] = share(value).unwrap_or(1.0),
            "overflow" | "overflow-x" | "overflow-y" => {
                self.cut = value.contains("hidden") || value == "clip"
            }
            "height" | "max-height" | "width" | "max-width" | "inline-size" | "block-size"
            | "max-inline-size" | "max-block-size" => {
                self.no_room |= read(value).is_some_and(|length| length <= 1.0);
            }
            "clip" => {
                let edges = functions(value).next().map(|(_, edges)| edges.replace(',', " "));
                self.clipped |= edges.is_some_and(|edges| {
                    parts(&edges, ' ').into_iter().all(|edge| read(edge).is_some_and(|edge| edge <= 1.0))
                });
            }
            "clip-path" => {
                self.clipped |= functions(value).any(|(shape, inside)| !shows(shape, inside));
            }
            _ => {}
        }
    }

    /// How much larger than its size text is drawn.
    pub(super) fn scale(&self) -> f64 {
        self.scales.iter().map(|scale| scale.abs()).product()
    }

    pub(super) fn hides(&self) -> Option<HiddenKind> {
        let away = self.moved && self.placed || (self.no_room || self.indented) && self.cut || self.clipped;
        away.then_some(HiddenKind::OffPage)
    }

    fn transform(&mut self, value: &str, read: &dyn Fn(&str) -> Option<f64>) {
        self.scales[1] = 1.0;
        for (function, inside) in functions(value) {
            let numbers: Vec<f64> = parts(inside, ',').into_iter().filter_map(read).collect();
            let least = numbers.iter().copied().map(f64::abs).fold(1.0, f64::min);
            match (function, numbers.as_slice()) {
                ("scale" | "scalex" | "scaley" | "scale3d", _) => self.scales[1] *= least,
                ("matrix", &[a, b, c, d, x, y]) => {
                    self.scales[1] *= (a * d - b * c).abs().sqrt().min(1.0);
                    self.clipped |= x.abs() >= FAR || y.abs() >= FAR;
                }
                // What is seen from its edge.
                ("rotatex" | "rotatey", &[angle]) => {
                    self.scales[1] *= angle.to_radians().cos().abs();
                }
                (name, numbers) if name.starts_with("translate") => {
                    self.clipped |= numbers.iter().any(|number| number.abs() >= FAR);
                }
                _ => {}
            }
        }
    }
}

/// Whether a shape shows anything of a box, taken as one of a hundred by a hundred.
fn shows(shape: &str, inside: &str) -> bool {
    let inside = inside.replace(',', " ");
    let pieces = parts(&inside, ' ');
    let read = |piece: &&str| length(piece, Basis { em: 16.0, whole: 100.0 });
    let numbers: Vec<f64> =
        pieces.iter().take_while(|piece| !matches!(**piece, "at" | "round")).filter_map(read).collect();
    match (shape, numbers.as_slice()) {
        ("inset", &[all]) => all < 49.0,
        ("inset", &[vertical, horizontal]) => vertical < 49.0 && horizontal < 49.0,
        ("inset", &[top, right, bottom, ref left @ ..]) => {
            top + bottom < 98.0 && right + left.first().copied().unwrap_or(right) < 98.0
        }
        ("circle" | "ellipse", radii) => radii.iter().all(|radius| *radius >= 1.0),
        ("polygon", corners) => area(corners) >= AREA,
        ("rect", &[top, right, bottom, left]) => right - left > 1.0 && bottom - top > 1.0,
        ("xywh", &[_, _, width, height, ..]) => width > 1.0 && height > 1.0,
        _ => true,
    }
}

/// The area of a polygon, given x and y of each corner.
fn area(corners: &[f64]) -> f64 {
    let points: Vec<[f64; 2]> = corners.as_chunks().0.to_vec();
    let next = points.iter().cycle().skip(1);
    points.iter().zip(next).map(|([x, y], [u, v])| x * v - u * y).sum::<f64>().abs() / 2.0
}
