//! One body of tests for both engines: each test runs on SQLite and on PostgreSQL.

mod answers;
mod budgets;
mod changes;
mod harvests;
mod joins;
mod lists;
mod papers;
mod posts;
mod readers;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod writers;
