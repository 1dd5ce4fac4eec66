//! One body of tests for both engines: each test runs on SQLite and on PostgreSQL.

mod answers;
mod budgets;
mod changes;
mod comments;
mod drafts;
mod harvests;
mod joins;
mod lists;
mod papers;
mod people;
mod post_lists;
mod posts;
mod readers;
mod schema;
#[path = "../support/mod.rs"]
mod support;
mod terms;
mod writers;
