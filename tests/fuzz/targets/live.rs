//! Documents that arrive in pieces: every page on the way is sound, and the last one is that of the whole.

#![no_main]

use libfuzzer_sys::fuzz_target;
use render::{Context, Format, Live, Trust, render};

#[path = "../../../crates/render/tests/support/page.rs"]
mod page;
#[path = "../../../crates/render/tests/support/sound.rs"]
mod sound;

fuzz_target!(|input: (u8, u8, &str)| {
    let (first, second, text) = input;
    let lengths = [usize::from(first) % 40 + 1, usize::from(second) % 7 + 1];
    let mut live = Live::new(Trust::Answer, &Context::default());
    let mut page = page::Page::default();
    let mut rest = text;
    for length in lengths.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let mut end = (*length).min(rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        page.apply_all(&live.push(&rest[..end]));
        page.apply_all(&live.quiet());
        sound::check(&page.html());
        sound::no_half_formula(&page.html());
        rest = &rest[end..];
    }
    page.apply_all(&live.finish());
    let whole = render(text, Format::Markdown, Trust::Answer, &Context::default());
    assert_eq!(page.html(), whole.html.as_str());
});
