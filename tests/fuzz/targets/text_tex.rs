//! TeX sources of papers, whose text is extracted.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/fulltext/tests/support"]
mod support {
    pub mod fuzzed;
}

fuzz_target!(|text: &str| support::fuzzed::tex(text));
