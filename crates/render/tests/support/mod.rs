//! What several test files use.

#![allow(dead_code, unreachable_pub, reason = "no test file uses all of it")]
#![allow(clippy::unwrap_used, reason = "tests")]

pub mod page;
pub mod short;
pub mod sound;
