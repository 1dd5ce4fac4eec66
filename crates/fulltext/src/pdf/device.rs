//! What a page draws, as far as it says which text is seen.

use content::HiddenKind;
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask,
    font::{Glyph as Drawing, GlyphRun, PositionedGlyph},
    hayro_cmap::{BfString, WritingMode},
    kurbo::{Affine, BezPath, Point, Rect, Shape as _, Stroke, StrokeOpts, Vec2, stroke},
};

use crate::contrast::{Rgb, WHITE, is_unseen};

/// Type that is smaller than this, in points, is not read.
const TINY: f64 = 2.0;
/// Below this opacity nothing is seen, and above the other one nothing shines through.
const FAINT: f32 = 0.1;
const OPAQUE: f32 = 0.95;
/// Lines thicker than this, in points, can cover text.
const THICK: f64 = 3.0;
/// The most points of a shape that is looked at closely.
const POINTS: usize = 200;
/// Areas smaller than this, in square points, are no background of text.
const AREA: f64 = 40.0;
/// The most areas of a page that are remembered, and that can cover text.
const AREAS: usize = 4000;
/// What a picture has that is not opaque everywhere.
const MASKS: [&[u8]; 3] = [b"SMask", b"SMaskInData", b"Mask"];
/// The most glyphs of a page.
const GLYPHS: usize = 200_000;

/// A page as it was drawn. Lengths are points, and y grows downwards.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) glyphs: Vec<Glyph>,
    /// Whether a picture fills most of the page.
    pub(super) pictured: bool,
    page: Rect,
    /// What was painted, the last one on top.
    areas: Vec<Area>,
    clips: Vec<Rect>,
    groups: Vec<Group>,
    /// Where the run of glyphs before began.
    run: Option<(usize, Point, bool)>,
}

/// A shape that was painted.
#[derive(Debug)]
struct Area {
    bounds: Rect,
    path: BezPath,
    rule: FillRule,
    /// `None` is one that is not known.
    color: Option<Rgb>,
}

/// What is drawn together.
#[derive(Debug, Clone, Copy)]
struct Group {
    opacity: f32,
    /// Whether it is mixed with what is below it, or masked.
    mixed: bool,
}

impl Area {
    fn has(&self, point: Point) -> bool {
        self.bounds.contains(point)
            && match (self.path.winding(point), self.rule) {
                (winding, FillRule::NonZero) => winding != 0,
                (winding, FillRule::EvenOdd) => winding % 2 != 0,
            }
    }
}

/// A glyph in its reading direction.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) text: String,
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) base: f64,
    pub(super) size: f64,
    /// Quarter turns of its line, or [`Glyph::VERTICAL`].
    pub(super) turn: u8,
    pub(super) hidden: Option<HiddenKind>,
    /// Its middle on the page.
    middle: Point,
}

impl Glyph {
    /// Lines that run downwards, of upright glyphs.
    pub(super) const VERTICAL: u8 = 4;
}

impl Drawn {
    pub(super) fn on(page: Rect) -> Self {
        Self {
            glyphs: Vec::new(),
            pictured: false,
            page,
            areas: Vec::new(),
            clips: Vec::new(),
            groups: vec![Group { opacity: 1.0, mixed: false }],
            run: None,
        }
    }

    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or(Group { opacity: 1.0, mixed: false })
    }

    fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(self.page.inflate(1e6, 1e6))
    }

    /// A filled shape covers the text below it, if it is opaque, and is below what comes.
    fn paint(&mut self, path: BezPath, rule: FillRule, color: Option<Rgb>, opaque: bool) {
        let shape = path.bounding_box();
        let bounds = shape.intersect(self.clip());
        if bounds.area() < AREA || self.areas.len() >= AREAS {
            return;
        }
        let simple = path.elements().len() <= POINTS;
        // Of what only has far ends, nothing lies below text.
        if !simple && path.area().abs() < 0.5 * shape.area() {
            return;
        }
        let path = if simple { path } else { bounds.to_path(0.1) };
        let area = Area { bounds, path, rule, color };
        if opaque && simple {
            for glyph in &mut self.glyphs {
                if glyph.hidden.is_none() && area.has(glyph.middle) {
                    glyph.hidden = Some(HiddenKind::Covered);
                }
            }
        }
        self.areas.push(area);
    }

    /// The colour below a point. A page is white until it is painted.
    fn below(&self, point: Point) -> Option<Rgb> {
        let area = self.areas.iter().rev().find(|area| area.has(point));
        area.map_or(Some(WHITE), |area| area.color)
    }

    fn glyph(
        &self,
        glyph: &PositionedGlyph<'_>,
        upright: bool,
        transform: Affine,
        looks: &Looks,
    ) -> Option<Glyph> {
        let text = letters(glyph)?;
        let placed = transform * glyph.transform();
        let origin = placed * Point::ZERO;
        let along = vector(placed, 1.0, 0.0);
        let mut size = vector(placed, 0.0, 1000.0).hypot();
        let advance = match &**glyph {
            Drawing::Outline(outline) => outline.advance_width(),
            Drawing::Type3(drawn) => drawn.advance_width(),
        };
        let advance = along.hypot() * f64::from(advance.unwrap_or(500.0));
        // Letters can be made flat, and narrow.
        let mut least = size.min(1000.0 * along.hypot());
        if matches!(&**glyph, Drawing::Type3(_)) {
            // The size of such a font is whatever its maker liked; its letters are about half as wide as they are high.
            size = size.max(2.0 * advance);
            least = size;
        }
        if !(origin.is_finite() && size.is_finite() && advance.is_finite()) {
            return None;
        }
        let turn = if upright { turn(along)? } else { Glyph::VERTICAL };
        let (start, base) = match turn {
            0 => (origin.x, origin.y),
            1 => (origin.y, -origin.x),
            2 => (-origin.x, -origin.y),
            3 => (-origin.y, origin.x),
            _ => (origin.y, -origin.x),
        };
        let length = if upright { advance } else { size };
        let direction = if along.hypot() > 0.0 { along / along.hypot() } else { Vec2::ZERO };
        let middle = origin + direction * (advance / 2.0) + vector(placed, 0.0, 300.0);
        let hidden = self.hides(middle, size, least, looks);
        Some(Glyph { text, start, end: start + length, base, size, turn, hidden, middle })
    }

    fn hides(&self, middle: Point, size: f64, least: f64, looks: &Looks) -> Option<HiddenKind> {
        let (margin, clip) = (size.max(4.0), self.clip());
        if looks.invisible {
            Some(HiddenKind::Invisible)
        } else if !self.page.inflate(margin, margin).contains(middle)
            || !clip.inflate(margin, margin).contains(middle)
            || clip.area() < 1.0
        {
            Some(HiddenKind::OffPage)
        } else if least < TINY {
            Some(HiddenKind::Tiny)
        } else {
            let same =
                looks.color.zip(self.below(middle)).is_some_and(|(text, below)| is_unseen(text, below));
            same.then_some(HiddenKind::Color)
        }
    }

    /// Whether a run is drawn a second time: filled and outlined, or moved a little to look bold.
    fn is_repeated(&self, run: &[Glyph]) -> bool {
        let Some((from, at, invisible)) = self.run else { return false };
        let Some(first) = run.first() else { return false };
        let known = &self.glyphs[from.min(self.glyphs.len())..];
        let near = (first.middle - at).hypot() < 0.15 * first.size;
        near && !invisible
            && known.len() == run.len()
            && known.iter().zip(run).all(|(one, other)| one.text == other.text)
    }
}

/// How a run of glyphs is painted.
struct Looks {
    color: Option<Rgb>,
    invisible: bool,
}

impl<'a> Device<'a> for Drawn {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        let group = self.group();
        let (color, alpha) = color(&props.paint);
        let alpha = alpha * group.opacity;
        if self.areas.len() >= AREAS || alpha < FAINT {
            return;
        }
        let masked = group.mixed || props.soft_mask.is_some() || props.blend_mode != BlendMode::Normal;
        let opaque = alpha > OPAQUE && !masked;
        let color = color.filter(|_| opaque);
        match mode {
            DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) => {
                self.paint(props.transform * path.clone(), *rule, color, opaque);
            }
            DrawMode::Stroke(line) => {
                let width = f64::from(line.line_width);
                let thick = width * vector(props.transform, 1.0, 0.0).hypot() >= THICK;
                if thick && path.elements().len() <= POINTS {
                    let shape = stroke(path, &Stroke::new(width), &StrokeOpts::default(), 0.5);
                    self.paint(props.transform * shape, FillRule::NonZero, color, opaque);
                }
            }
            DrawMode::Invisible => {}
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.clips.push(clip.path.bounding_box().intersect(self.clip()));
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        let outer = self.group();
        let mixed = outer.mixed || mask.is_some() || blend != BlendMode::Normal;
        self.groups.push(Group { opacity: outer.opacity * opacity, mixed });
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if self.glyphs.len() >= GLYPHS {
            return;
        }
        let (color, alpha) = color(&props.paint);
        let invisible = matches!(mode, DrawMode::Invisible) || alpha * self.group().opacity < FAINT;
        let looks = Looks { color, invisible };
        let upright = matches!(run.writing_mode(), WritingMode::Horizontal);
        let glyphs =
            run.glyphs().iter().filter_map(|glyph| self.glyph(glyph, upright, props.transform, &looks));
        let glyphs: Vec<Glyph> = glyphs.collect();
        if self.is_repeated(&glyphs) {
            return;
        }
        self.run = glyphs.first().map(|first| (self.glyphs.len(), first.middle, first.hidden.is_some()));
        self.glyphs.extend(glyphs);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let shape = props.transform * pixels.to_path(0.1);
        self.pictured |= shape.bounding_box().intersect(self.page).area() > 0.5 * self.page.area();
        let group = self.group();
        let masked = match &image {
            Image::Stencil(_) => true,
            Image::Raster(raster) => MASKS.iter().any(|key| raster.stream().dict().contains_key(*key)),
        };
        let mixed = group.mixed || props.soft_mask.is_some() || props.blend_mode != BlendMode::Normal;
        self.paint(shape, FillRule::NonZero, None, group.opacity > OPAQUE && !masked && !mixed);
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        if self.groups.len() > 1 {
            self.groups.pop();
        }
    }
}

/// What a paint looks like, where that is one colour, and how opaque it is.
fn color(paint: &Paint<'_>) -> (Option<Rgb>, f32) {
    match paint {
        Paint::Color(color) => {
            let [r, g, b, alpha] = color.to_rgba().to_rgba8();
            (Some([r, g, b]), f32::from(alpha) / 255.0)
        }
        Paint::Pattern(_) => (None, 1.0),
    }
}

/// The letters of a glyph; none for what only moves the pen.
fn letters(glyph: &PositionedGlyph<'_>) -> Option<String> {
    let text = match glyph.as_unicode() {
        // What a font calls a control character is a sign of Windows.
        Some(BfString::Char(c @ '\u{80}'..='\u{9f}')) => {
            encoding_rs::WINDOWS_1252.decode(&[c as u8]).0.into_owned()
        }
        Some(BfString::Char(c)) => c.to_string(),
        Some(BfString::String(text)) => text,
        // A code of ASCII that its font does not name is most likely what it looks like.
        None if glyph.char_code() == 32 => " ".into(),
        None => "\u{fffd}".into(),
    };
    (!text.is_empty()).then_some(text)
}

fn vector(transform: Affine, x: f64, y: f64) -> Vec2 {
    (transform * Point::new(x, y)) - (transform * Point::ZERO)
}

/// Quarter turns of a direction; `None` for what is aslant, as watermarks are.
fn turn(along: Vec2) -> Option<u8> {
    let turns = along.y.atan2(along.x) / std::f64::consts::FRAC_PI_2;
    let near = turns.round();
    ((turns - near).abs() < 0.12).then(|| near.rem_euclid(4.0) as u8)
}
