//! Streams against the whole.

use render::{Context, Format, Live, Trust, render};

use super::page::Page;
use super::sound;

/// Panics unless a text that arrives in pieces of these lengths, over and over, ends as the whole, and every page on the
/// way is sound, also for a reader who comes late.
pub fn check(text: &str, lengths: &[usize], trust: Trust) {
    let whole = render(text, Format::Markdown, trust, &Context::default());
    let page = streamed(text, lengths, trust, |page| {
        sound::check(&page.html());
        sound::no_half_formula(&page.html());
    });
    assert!(page.ended && page.tail.is_empty());
    assert_eq!(page.html(), whole.html.as_str(), "from {text:?} in pieces of {lengths:?}");
}

fn streamed(text: &str, lengths: &[usize], trust: Trust, check: impl Fn(&Page)) -> Page {
    let mut live = Live::new(trust, &Context::default());
    let mut page = Page::default();
    for (i, piece) in pieces(text, lengths).into_iter().enumerate() {
        page.apply_all(&live.push(piece));
        if i % 3 == 0 {
            page.apply_all(&live.quiet());
        }
        check(&page);
        let mut late = Page::default();
        late.apply_all(&live.snapshot());
        assert_eq!(late, page, "a late reader sees another page");
    }
    page.apply_all(&live.finish());
    page
}

/// The text in pieces of the given lengths, over and over; never inside a character.
fn pieces<'t>(text: &'t str, lengths: &[usize]) -> Vec<&'t str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let mut end = (*length).min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}
