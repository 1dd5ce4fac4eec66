//! From glyphs to lines, in the order in which they are drawn: that is how columns stay apart.

use unicode_normalization::UnicodeNormalization as _;

use super::{device::Glyph, raised::Height};

/// A line of text, or what looks like one. Lengths are points; `base` grows downwards.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) start: f64,
    pub(crate) end: f64,
    pub(crate) base: f64,
    pub(crate) size: f64,
    /// As of [`Glyph::turn`].
    pub(crate) turn: u8,
    /// Whether it runs in another direction than most of the page.
    pub(crate) turned: bool,
}

/// The lines of a page: those in the direction that most of it has, then the others.
pub(super) fn of(glyphs: Vec<Glyph>) -> Vec<Line> {
    let mut turns = [0_usize; 5];
    glyphs.iter().for_each(|glyph| turns[usize::from(glyph.turn)] += 1);
    let usual = (0..5).rev().max_by_key(|turn| turns[usize::from(*turn)]).unwrap_or(0);
    let (straight, turned): (Vec<_>, Vec<_>) = glyphs.into_iter().partition(|glyph| glyph.turn == usual);
    let mut lines = drawn_on(straight);
    lines.extend(drawn_on(turned).into_iter().map(|line| Line { turned: true, ..line }));
    lines
}

fn drawn_on(glyphs: Vec<Glyph>) -> Vec<Line> {
    let (mut lines, mut open) = (Vec::new(), None::<Open>);
    for glyph in glyphs {
        match &mut open {
            Some(line) if line.goes_on_with(&glyph) => line.push(&glyph),
            _ => {
                lines.extend(open.take().and_then(Open::close));
                open = Some(Open::with(&glyph));
            }
        }
    }
    lines.extend(open.and_then(Open::close));
    lines
}

/// A line that may go on.
struct Open {
    line: Line,
    /// An accent that waits for its letter.
    accent: Option<(char, f64)>,
    /// The height of the last signs, and where in the text they begin.
    last: (Height, usize),
}

impl Open {
    fn with(glyph: &Glyph) -> Self {
        let Glyph { start, base, size, .. } = *glyph;
        let line =
            Line { text: String::new(), start, end: start, base, size, turn: glyph.turn, turned: false };
        let mut open = Self { line, accent: None, last: (Height::Level, 0) };
        open.push(glyph);
        open
    }

    fn goes_on_with(&self, glyph: &Glyph) -> bool {
        let line = &self.line;
        let size = line.size.max(glyph.size);
        let step = glyph.start - line.end;
        let raised = (glyph.base - line.base).abs();
        // An index below an exponent begins where that did.
        let back = if raised > 0.1 * size { 2.5 } else { 0.9 };
        line.turn == glyph.turn && raised < 0.65 * size && step > -back * size && step < 4.0 * size
    }

    fn push(&mut self, glyph: &Glyph) {
        let line = &mut self.line;
        let gap = glyph.start - line.end;
        let initial = glyph.size < 0.6 * line.size && line.text.chars().count() == 1;
        let apart = gap > 0.17 * line.size.min(glyph.size) && line.turn != Glyph::VERTICAL && !initial;
        if apart
            && !line.text.is_empty()
            && !line.text.ends_with(char::is_whitespace)
            && self.accent.is_none()
        {
            line.text.push(' ');
        }
        // A line is as large as its largest letters, but for an initial.
        if glyph.size > 1.2 * line.size || line.text.trim().is_empty() || initial {
            (line.size, line.base) = (glyph.size, glyph.base);
        }
        let height = Height::of(glyph, line);
        if height != self.last.0 {
            self.last.0.write(&mut line.text, self.last.1);
            self.last = (height, line.text.len());
        }
        // A cedilla is drawn after its letter.
        let below_last = gap < -0.25 * (glyph.end - glyph.start) && !line.text.ends_with(' ');
        line.start = line.start.min(glyph.start);
        line.end = line.end.max(glyph.end);
        match glyph.text.chars().next().and_then(combining) {
            Some(mark) if below_last && line.text.ends_with(char::is_alphabetic) => {
                let letter = line.text.pop();
                line.text.extend(letter.into_iter().chain([mark]).nfc());
            }
            _ => glyph.text.chars().for_each(|c| self.letter(c, glyph)),
        }
    }

    /// A letter, with the accent that was drawn before it.
    fn letter(&mut self, c: char, glyph: &Glyph) {
        let text = &mut self.line.text;
        if let Some((mark, end)) = self.accent.take() {
            let letter = match c {
                'ı' => 'i',
                'ȷ' => 'j',
                c => c,
            };
            if letter.is_alphabetic() && glyph.start < end + 0.1 * glyph.size {
                return text.extend([letter, mark].into_iter().nfc());
            }
        }
        match (combining(c), c) {
            (Some(mark), _) if glyph.text.chars().count() == 1 => self.accent = Some((mark, glyph.end)),
            (_, c) if c.is_whitespace() => {
                if !text.is_empty() && !text.ends_with(' ') {
                    text.push(' ');
                }
            }
            // Of what is for compatibility only ligatures and radicals are letters of their own.
            (_, '\u{fb00}'..='\u{fb06}' | '\u{2f00}'..='\u{2fdf}') => text.extend(c.nfkc()),
            (_, c) => text.push(c),
        }
    }

    fn close(mut self) -> Option<Line> {
        self.last.0.write(&mut self.line.text, self.last.1);
        self.line.text.truncate(self.line.text.trim_end().len());
        (!self.line.text.is_empty()).then_some(self.line)
    }
}

/// The mark that TeX's fonts draw as a character of its own.
fn combining(c: char) -> Option<char> {
    Some(match c {
        '´' | 'ˊ' => '\u{301}',
        '`' | 'ˋ' => '\u{300}',
        '¨' => '\u{308}',
        'ˆ' => '\u{302}',
        '˜' => '\u{303}',
        '¯' | 'ˉ' => '\u{304}',
        '˘' => '\u{306}',
        'ˇ' => '\u{30c}',
        '˚' => '\u{30a}',
        '˝' => '\u{30b}',
        '¸' => '\u{327}',
        _ => return None,
    })
}
