//! What is stored: the questions that can be asked of it, and the changes that can be made to it.
//!
//! [`connect`] opens a [`Database`], a SQLite file or a PostgreSQL server; [`migrate`] brings its schema
//! up to date. Questions and changes are functions named after what they ask, in a module named after
//! their subject: [`papers`], [`harvests`], [`readers`], [`users`], [`sessions`], [`invitations`], [`figures`],
//! [`posts`], [`post_lists`], [`post_links`], [`post_reads`], [`addresses`], [`drafts`], [`media`], [`terms`],
//! [`comments`], [`subscriptions`], [`mails`], [`answers`], [`budgets`], [`settings`], [`audit`], [`site`], and
//! [`changes`], the log that search indexes follow. A change and its entries in the log are one transaction. Both
//! engines behave alike: one body of tests runs on both.
//!
//! Missing on purpose: rows and statements (they never leave this crate), HTML (a cache, not content),
//! and anything generic; a new question is a new function.
//!
//! ```
//! # tokio_test(async {
//! let folder = tempfile::tempdir().expect("a folder");
//! let db = storage::connect(&format!("sqlite:{}/inkstone.db", folder.path().display())).await?;
//! storage::migrate(&db).await?;
//! assert_eq!(storage::papers::count(&db).await?, 0);
//! # Ok::<_, storage::Error>(()) });
//! # fn tokio_test(test: impl Future<Output = Result<(), storage::Error>>) {
//! #     tokio::runtime::Runtime::new().expect("a runtime").block_on(test).expect("the example works");
//! # }
//! ```

pub mod addresses;
pub mod answers;
pub mod audit;
pub mod budgets;
pub mod changes;
pub mod comments;
mod connection;
pub mod drafts;
mod error;
pub mod figures;
pub mod harvests;
pub mod invitations;
pub mod mails;
pub mod media;
mod paging;
pub mod papers;
pub mod post_links;
pub mod post_lists;
pub mod post_reads;
#[cfg(test)]
#[path = "../tests/support/postgres.rs"]
mod postgres;
pub mod posts;
pub mod readers;
#[expect(unreachable_pub, reason = "sea-orm's derives make public items out of these")]
mod rows;
mod schema;
pub mod sessions;
pub mod settings;
pub mod site;
pub mod subscriptions;
pub mod terms;
mod text;
pub mod texts;
pub mod users;

pub use connection::{Database, connect};
pub use error::Error;
pub use paging::{Cursor, Page};
pub use papers::{Categories, DayKind, Edition, Listing, Order, Part, Saved, Scope};
pub use schema::{Migrated, migrate};
