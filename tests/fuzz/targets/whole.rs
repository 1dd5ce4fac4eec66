//! Whole documents at each format and trust.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/render/tests/support"]
mod support {
    pub mod fuzzed;
    pub mod sound;
}

fuzz_target!(|input: (u8, &str)| support::fuzzed::whole(input.0, input.1));
