//! The only crate where the others meet: pages, feeds and live streams over HTTP, and the commands.
//!
//! [`app::App`] holds what is open while a process runs: storage, index, running readings.
//! [`app::serve`] puts the one table of routes in front of it; [`commands`] use the same `App`
//! without HTTP. A handler parses, calls one or two crates, and responds; only this crate turns
//! errors into sentences, and only [`errors`] chooses HTTP statuses. `pages`, `feeds` and `live`
//! do not call one another; `exports` has what pages offer as files.
//!
//! Missing on purpose: anything that decides what mathematics, a search result or an answer is.

mod accounts;
mod admin;
pub mod app;
mod assets;
mod cache;
pub mod commands;
pub mod config;
mod discussing;
mod errors;
mod exports;
mod faults;
mod feeds;
mod forms;
mod harvesting;
mod identity;
pub mod indexing;
mod live;
mod metrics;
mod pages;
mod papers;
mod posts;
mod questions;
mod searches;
mod texts;
mod upkeep;
mod visit;
mod writing;
