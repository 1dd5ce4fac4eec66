//! Documents that arrive in pieces.

#![no_main]

use libfuzzer_sys::fuzz_target;
use render::Trust;

#[path = "../../../crates/render/tests/support"]
mod support {
    pub mod page;
    pub mod sound;
    pub mod stream;
}

fuzz_target!(|input: (u8, u8, &str)| {
    let lengths = [usize::from(input.0) % 40 + 1, usize::from(input.1) % 7 + 1];
    support::stream::check(input.2, &lengths, Trust::Answer);
});
