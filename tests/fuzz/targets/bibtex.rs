//! BibTeX files, and titles and names that are written as BibTeX and read back.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../../crates/cite/tests/support"]
mod support {
    pub mod fuzzed;
}

fuzz_target!(|text: &str| support::fuzzed::bibtex(text));
