//! Papers as PDFs: glyphs are collected as a page draws them, and become lines, paragraphs and sections.

mod device;
mod lines;
mod paragraphs;
mod raised;
mod running;

use content::HiddenKind;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, RenderContent, TransformExt as _,
    hayro_syntax::{LoadPdfError, Pdf, page::Page},
    interpret_page,
    kurbo::Rect,
};

use crate::{
    Error,
    compose::{Composed, Composer},
};
use device::{Drawn, Glyph};
use lines::Line;

/// The text of a PDF, of no more than its first pages. `told` is told which page is next, and how many will be read.
pub(crate) fn read(bytes: &[u8], most: u32, told: &mut dyn FnMut(u32, u32)) -> Result<Composed, Error> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => Error::Encrypted,
        LoadPdfError::Invalid => Error::Broken,
    })?;
    let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
    let wanted = pages.min(most);
    let (cache, settings) = (InterpreterCache::new(), settings());
    let (mut composer, mut tally, mut read) = (Composer::default(), Tally::default(), Vec::new());
    for (number, page) in (1..=wanted).zip(pdf.pages().iter()) {
        told(number, wanted);
        let (width, height) = page.render_dimensions();
        let drawn = drawn(&pdf, page, &cache, settings.clone());
        let seen = seen(drawn, number, &mut composer, &mut tally);
        read.push(Sheet { lines: lines::of(seen), width: width.into(), height: height.into() });
    }
    tally.judge()?;
    running::remove(&mut read);
    paragraphs::compose(&read, &mut composer);
    Ok(Composed { left_out_pages: pages - wanted, ..composer.finish() })
}

/// A page as lines, with its size in points.
#[derive(Debug)]
struct Sheet {
    lines: Vec<Line>,
    width: f64,
    height: f64,
}

/// What the glyphs of all pages were.
#[derive(Debug, Default)]
struct Tally {
    letters: usize,
    nameless: usize,
    pictures: bool,
}

impl Tally {
    fn judge(&self) -> Result<(), Error> {
        match (self.letters, self.nameless) {
            (0, 0) if self.pictures => Err(Error::NoTextLayer),
            (0, 0) => Err(Error::Empty),
            (letters, nameless) if nameless > letters => Err(Error::NoLetters),
            _ => Ok(()),
        }
    }
}

fn settings() -> InterpreterSettings {
    // Notes and fields are seen, and can cover what is on the page.
    InterpreterSettings { render_content: RenderContent::all(), ..InterpreterSettings::default() }
}

fn drawn<'a>(
    pdf: &'a Pdf,
    page: &Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: InterpreterSettings,
) -> Drawn {
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, width.into(), height.into());
    let transform = page.initial_transform(true).to_kurbo();
    let mut device = Drawn::on(area);
    interpret_page(page, &mut Context::new(transform, area, cache, pdf.xref(), settings), &mut device);
    device
}

/// What people see of a page; the rest goes into the report.
fn seen(drawn: Drawn, page: u32, composer: &mut Composer, tally: &mut Tally) -> Vec<Glyph> {
    tally.pictures |= drawn.pictured;
    let read = |kind| matches!(kind, HiddenKind::Invisible | HiddenKind::Covered);
    let unseen = drawn.glyphs.iter().filter(|glyph| glyph.hidden.is_some_and(read)).count();
    // A scanned page: what was read from its picture lies invisibly above it, or below it.
    let scanned = drawn.pictured && unseen * 5 > drawn.glyphs.len() * 4;
    let (mut seen, mut hidden) = (Vec::new(), Vec::new());
    for glyph in drawn.glyphs {
        tally.letters += usize::from(glyph.text.contains(char::is_alphanumeric));
        tally.nameless += usize::from(glyph.text.contains('\u{fffd}'));
        match glyph.hidden {
            Some(kind) if !(scanned && read(kind)) => hidden.push((kind, glyph)),
            _ => seen.push(glyph),
        }
    }
    for kinds in hidden.chunk_by(|(one, _), (other, _)| one == other) {
        let glyphs: Vec<Glyph> = kinds.iter().map(|(_, glyph)| glyph.clone()).collect();
        let text: Vec<String> = lines::of(glyphs).into_iter().map(|line| line.text).collect();
        composer.hide(kinds[0].0, Some(page), &text.join(" "));
    }
    seen
}

#[cfg(test)]
mod tests;
