//! What whole documents render to, one line for each case.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "../support/mod.rs"]
mod support;

mod bounds;
mod documents;
mod formulas;
mod html;
mod macros;
mod markdown;
mod numbers;
mod trust;
mod words;
