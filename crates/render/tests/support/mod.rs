//! What several test files use.

#![allow(dead_code, reason = "no test file uses all of it")]

pub mod page;
pub mod sound;
