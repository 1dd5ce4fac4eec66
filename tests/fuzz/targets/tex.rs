//! TeX in plain text.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/render/tests/support"]
mod support {
    pub mod fuzzed;
    pub mod sound;
}

fuzz_target!(|text: &str| support::fuzzed::tex(text));
