//! What a page draws, as far as it says which text is seen.

use content::HiddenKind;
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask,
    font::{Glyph as Drawing, GlyphRun, PositionedGlyph},
    hayro_cmap::{BfString, WritingMode},
    kurbo::{Affine, BezPath, Point, Rect, Shape as _, Vec2},
};

use crate::contrast::{Rgb, WHITE, is_unseen};

/// Type that is smaller than this, in points, is not read.
const TINY: f64 = 2.0;
/// Below this opacity nothing is seen.
const FAINT: f32 = 0.1;
/// Areas smaller than this, in square points, are no background of text.
const AREA: f64 = 40.0;
/// The most areas of a page that are remembered, and that can cover text.
const AREAS: usize = 4000;
/// The most glyphs of a page.
const GLYPHS: usize = 200_000;

/// A page as it was drawn. Lengths are points, and y grows downwards.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) glyphs: Vec<Glyph>,
    /// Whether a picture fills most of the page.
    pub(super) pictured: bool,
    page: Rect,
    /// What was painted, the last one on top; `None` is a colour that is not known.
    areas: Vec<(Rect, Option<Rgb>)>,
    clips: Vec<Rect>,
    opacities: Vec<f32>,
    /// Where the run of glyphs before began.
    run: Option<(usize, Point, bool)>,
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
            opacities: vec![1.0],
            run: None,
        }
    }

    fn opacity(&self) -> f32 {
        self.opacities.last().copied().unwrap_or(1.0)
    }

    fn clip(&self) -> Rect {
        self.clips.last().copied().unwrap_or(self.page.inflate(1e6, 1e6))
    }

    fn paint(&mut self, area: Rect, color: Option<Rgb>) {
        let area = area.intersect(self.clip());
        if area.area() >= AREA && self.areas.len() < AREAS {
            self.areas.push((area, color));
        }
    }

    /// The colour below a point. A page is white until it is painted.
    fn below(&self, point: Point) -> Option<Rgb> {
        let area = self.areas.iter().rev().find(|(area, _)| area.contains(point));
        area.map_or(Some(WHITE), |(_, color)| *color)
    }

    /// Text below an opaque area is not seen any more.
    fn cover(&mut self, area: Rect) {
        let area = area.intersect(self.clip());
        if area.area() < AREA || self.areas.len() >= AREAS {
            return;
        }
        for glyph in &mut self.glyphs {
            if glyph.hidden.is_none() && area.contains(glyph.middle) {
                glyph.hidden = Some(HiddenKind::Covered);
            }
        }
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
        if matches!(&**glyph, Drawing::Type3(_)) {
            // The size of such a font is whatever its maker liked; its letters are about half as wide as they are high.
            size = size.max(2.0 * advance);
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
        let blank = text.trim().is_empty();
        let hidden = if blank { None } else { self.hides(middle, size, looks) };
        Some(Glyph { text, start, end: start + length, base, size, turn, hidden, middle })
    }

    fn hides(&self, middle: Point, size: f64, looks: &Looks) -> Option<HiddenKind> {
        let margin = size.max(4.0);
        if looks.invisible {
            Some(HiddenKind::Invisible)
        } else if !self.page.inflate(margin, margin).contains(middle)
            || !self.clip().inflate(margin, margin).contains(middle)
        {
            Some(HiddenKind::OffPage)
        } else if size < TINY {
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
        let filled = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        if !filled || self.areas.len() >= AREAS {
            return;
        }
        let (path, opacity) = (props.transform * path.clone(), self.opacity());
        let bounds = path.bounding_box();
        // Of what only has far ends, nothing lies below text.
        if bounds.area() >= AREA && path.area().abs() >= 0.5 * bounds.area() {
            let (color, alpha) = color(&props.paint);
            if alpha * opacity >= FAINT {
                self.paint(bounds, color.filter(|_| alpha * opacity > 0.9 && props.soft_mask.is_none()));
            }
        }
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        let (color, alpha) = color(&props.paint);
        let filled = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        if !filled || alpha * self.opacity() < FAINT {
            return;
        }
        let area = props.transform.transform_rect_bbox(*rect);
        let opaque = alpha * self.opacity() > 0.95
            && props.soft_mask.is_none()
            && props.blend_mode == BlendMode::Normal;
        if opaque {
            self.cover(area);
        }
        self.paint(area, color.filter(|_| opaque));
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.clips.push(clip.path.bounding_box().intersect(self.clip()));
    }

    fn push_transparency_group(&mut self, opacity: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.opacities.push(self.opacity() * opacity);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if self.glyphs.len() >= GLYPHS {
            return;
        }
        let (color, alpha) = color(&props.paint);
        let invisible = matches!(mode, DrawMode::Invisible) || alpha * self.opacity() < FAINT;
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
        let area = props.transform.transform_rect_bbox(pixels).intersect(self.page);
        self.pictured |= area.area() > 0.5 * self.page.area();
        self.paint(area, None);
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn pop_transparency_group(&mut self) {
        if self.opacities.len() > 1 {
            self.opacities.pop();
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
