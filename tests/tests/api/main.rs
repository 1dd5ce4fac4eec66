//! The server from outside: the real program, each case on SQLite and on PostgreSQL.

/// Turns each named test body into two tests, one for each engine.
macro_rules! on_each_engine {
    ($($(#[$note:meta])* $name:ident),* $(,)?) => { $(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(tests::Engine::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(tests::Engine::Postgres).await;
            }
        }
    )* };
}

mod accounts;
mod administration;
mod blog;
mod budgets;
mod citations;
mod commands;
mod comments;
mod continuing;
mod durability;
mod faults;
mod feeds;
mod forms;
mod fulltext;
mod harvest;
mod index;
mod languages;
mod lists;
mod macros;
mod models;
mod pages;
mod papers;
mod questions;
mod readings;
mod rights;
mod search_page;
mod searching;
mod writing;
