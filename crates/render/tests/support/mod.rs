//! What several test files use.

#![allow(dead_code, unreachable_pub, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used, reason = "tests")]

pub mod fuzzed;
pub mod page;
pub mod random;
pub mod short;
pub mod sound;
pub mod stream;
