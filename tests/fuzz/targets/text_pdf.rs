//! Papers as PDFs, whose text is extracted.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/fulltext/tests/support"]
mod support {
    pub mod fuzzed;
}

fuzz_target!(|bytes: &[u8]| support::fuzzed::pdf(bytes));
