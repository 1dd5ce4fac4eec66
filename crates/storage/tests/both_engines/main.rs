//! One body of tests for both engines: each test runs on SQLite and on PostgreSQL.

mod papers;
#[path = "../support/mod.rs"]
mod support;
