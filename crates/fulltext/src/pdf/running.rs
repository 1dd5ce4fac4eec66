//! What stands at the top or the bottom of page after page.

use std::collections::HashMap;

use super::{Sheet, device::Glyph, lines::Line};

/// How far from the edge of a page, of its height, its running head can be.
const MARGIN: f64 = 0.12;

/// Removes page numbers and running heads.
pub(super) fn remove(sheets: &mut [Sheet]) {
    let mut pages: HashMap<String, usize> = HashMap::new();
    for sheet in sheets.iter() {
        let mut heads: Vec<String> = sheet
            .lines
            .iter()
            .filter(|line| sheet.is_margin(line))
            .map(|line| without_numbers(&line.text))
            .collect();
        heads.sort_unstable();
        heads.dedup();
        heads.into_iter().for_each(|head| *pages.entry(head).or_default() += 1);
    }
    // Left and right pages may have heads of their own, and the first page none.
    let often = (sheets.len() * 3 / 10).max(3);
    for sheet in sheets {
        let (height, width) = (sheet.height, sheet.width);
        let page = Sheet { lines: Vec::new(), width, height };
        let upright = sheet.lines.iter().filter(|line| !line.turned);
        let lowest = upright.map(|line| line.base).fold(f64::NEG_INFINITY, f64::max);
        sheet.lines.retain(|line| {
            let head = without_numbers(&line.text);
            let often = pages.get(&head).is_some_and(|pages| *pages >= often);
            let running = is_number(&line.text) || often || is_stamp(line);
            // Below a page with wide margins its number stands further up.
            let last = !line.turned && line.base >= lowest && is_number(&line.text);
            !(running && page.is_margin(line) || last)
        });
    }
}

impl Sheet {
    fn is_margin(&self, line: &Line) -> bool {
        let height =
            if line.turn % 2 == 1 || line.turn == Glyph::VERTICAL { self.width } else { self.height };
        let place = line.base.abs() / height.max(1.0);
        !(MARGIN..=1.0 - MARGIN).contains(&place) || place.is_nan()
    }
}

/// What arXiv prints along the left edge of a first page.
fn is_stamp(line: &Line) -> bool {
    line.turn % 2 == 1 && line.text.starts_with("arXiv:")
}

fn without_numbers(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit() && !c.is_whitespace()).collect::<String>().to_lowercase()
}

/// Whether a line is the number of a page and nothing else.
fn is_number(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| c.is_whitespace() || "-–—.|[]()".contains(c));
    let arabic = (1..=4).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    let roman = (1..=5).contains(&bare.len()) && bare.bytes().all(|byte| b"ivxlc".contains(&byte));
    arabic || roman
}
