use std::{
    fmt, fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{Error, comments::Waiting};

/// How long a statement waits for a lock that others hold.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a request waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);
/// Connections that only read (SQLite), or all connections (PostgreSQL).
const CONNECTIONS: u32 = 8;
/// The size in bytes that the WAL is cut back to after a checkpoint.
const WAL_LIMIT: &str = "67108864";

/// Everything that is stored. Cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Inner>);

struct Inner {
    place: Place,
    read: DatabaseConnection,
    careful: DatabaseConnection,
    quick: DatabaseConnection,
    /// SQLite has one writer at a time. Writers of this process queue here, in order, because
    /// SQLite's own waiting is a lottery.
    turn: Arc<Mutex<()>>,
    /// Grows with each change that this process makes.
    written: Arc<AtomicU64>,
    comments: Waiting,
}

/// Where the database is.
enum Place {
    File(PathBuf),
    Server(String),
}

/// What a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing that was acknowledged: what people wrote, ends of answers.
    Full,
    /// The last moments: what can be harvested or generated again.
    Relaxed,
}

/// A transaction that may write. Rolled back when dropped before [`commit`](Self::commit).
pub(crate) struct Write {
    transaction: DatabaseTransaction,
    written: Arc<AtomicU64>,
    _turn: Option<OwnedMutexGuard<()>>,
}

/// Opens the database at `sqlite:<path>` (made if it is missing, with its folder) or `postgres://…`.
/// The schema stays as it is: see [`migrate`](crate::migrate).
pub async fn connect(url: &str) -> Result<Database, Error> {
    let inner = match url.strip_prefix("sqlite:") {
        Some(rest) => {
            let path = file_path(rest);
            prepare_folder(&path)?;
            let open = async |connections, synchronous| {
                open_file(&path, connections, synchronous).await.map_err(|error| unwritable(&path, error))
            };
            // The first connection creates the file and turns the WAL on, before others come.
            let careful = open(1, "FULL").await?;
            let quick = open(1, "NORMAL").await?;
            let read = open(CONNECTIONS, "NORMAL").await?;
            Inner {
                read,
                careful,
                quick,
                turn: Arc::default(),
                written: Arc::default(),
                comments: Waiting::default(),
                place: Place::File(path),
            }
        }
        None => {
            let pool =
                sea_orm::Database::connect(server(url, CONNECTIONS).statement_timeout(PATIENCE).to_owned())
                    .await;
            let pool = pool?;
            let place = Place::Server(url.to_owned());
            Inner {
                read: pool.clone(),
                careful: pool.clone(),
                quick: pool,
                turn: Arc::default(),
                written: Arc::default(),
                comments: Waiting::default(),
                place,
            }
        }
    };
    Ok(Database(Arc::new(inner)))
}

impl Database {
    /// Comments that are about to be saved.
    pub(crate) fn waiting(&self) -> &Waiting {
        &self.0.comments
    }

    /// For questions.
    pub(crate) fn read(&self) -> &DatabaseConnection {
        &self.0.read
    }

    /// A number that grows with each change that this process makes, before whoever asked for the change hears of it.
    pub fn written(&self) -> u64 {
        self.0.written.load(Ordering::Acquire)
    }

    /// For changes.
    pub(crate) async fn write(&self, durability: Durability) -> Result<Write, Error> {
        let pool = if durability == Durability::Full { &self.0.careful } else { &self.0.quick };
        let turn = match self.0.place {
            Place::File(_) => Some(self.0.turn.clone().lock_owned().await),
            Place::Server(_) => None,
        };
        let transaction = pool.begin_with_options(immediate()).await?;
        if turn.is_none() && durability == Durability::Relaxed {
            transaction.execute_unprepared("SET LOCAL synchronous_commit = off").await?;
        }
        Ok(Write { transaction, written: self.0.written.clone(), _turn: turn })
    }

    /// A connection of its own that may take its time, for changes of the schema.
    pub(crate) async fn alone(&self) -> Result<DatabaseConnection, Error> {
        match &self.0.place {
            Place::File(path) => open_file(path, 1, "FULL").await.map_err(|error| unwritable(path, error)),
            Place::Server(url) => Ok(sea_orm::Database::connect(server(url, 1)).await?),
        }
    }

    /// The file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.0.place {
            Place::File(path) => Some(path),
            Place::Server(_) => None,
        }
    }
}

impl Write {
    /// Makes the changes last.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let committed = self.transaction.commit().await;
        // Also of one that failed: it may have been committed before the answer was lost.
        self.written.fetch_add(1, Ordering::AcqRel);
        Ok(committed?)
    }

    /// Waits until no other writer has taken this lock; it is given back with the transaction.
    /// SQLite needs none: the transaction itself is the lock.
    pub(crate) async fn lock(&self, key: i64) -> Result<(), Error> {
        if self.transaction.get_database_backend() == DbBackend::Postgres {
            self.transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({key})")).await?;
        }
        Ok(())
    }
}

impl Deref for Write {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.transaction
    }
}

impl fmt::Debug for Database {
    /// Without the address: it may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Database").field(&self.file()).finish()
    }
}

/// A transaction that holds SQLite's write lock from its first moment: one that begins with reading
/// cannot wait for the lock later, it fails.
pub(crate) fn immediate() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    }
}

async fn open_file(
    path: &Path,
    connections: u32,
    synchronous: &'static str,
) -> Result<DatabaseConnection, sea_orm::DbErr> {
    // The path is set below: an address would have to be escaped.
    let mut options = quiet("sqlite:inkstone.db");
    let path = path.to_owned();
    options.max_connections(connections).acquire_timeout(PATIENCE).map_sqlx_sqlite_opts(move |options| {
        options
            .filename(&path)
            .create_if_missing(true)
            .busy_timeout(PATIENCE)
            .foreign_keys(true)
            .pragma("journal_mode", "WAL")
            .pragma("journal_size_limit", WAL_LIMIT)
            .pragma("synchronous", synchronous)
            .pragma("cache_size", "-16384")
            .pragma("temp_store", "MEMORY")
    });
    sea_orm::Database::connect(options).await
}

fn server(url: &str, connections: u32) -> ConnectOptions {
    let mut options = quiet(url);
    options.max_connections(connections).acquire_timeout(ACQUIRE).set_application_name("inkstone");
    options
}

/// Statements may hold what visitors wrote: they are not for the log.
fn quiet(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false);
    options
}

/// The path in `sqlite:data/inkstone.db`, `sqlite:///srv/inkstone.db`, with `?…` ignored.
fn file_path(rest: &str) -> PathBuf {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    PathBuf::from(path.split('?').next().unwrap_or(path))
}

fn prepare_folder(file: &Path) -> Result<(), Error> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    fs::create_dir_all(folder)
        .map_err(|source| Error::Unwritable { path: folder.to_owned(), source: Box::new(source) })
}

/// A file that cannot be opened or changed, by its name.
pub(crate) fn unwritable(path: &Path, error: sea_orm::DbErr) -> Error {
    let text = error.to_string();
    // SQLITE_READONLY and SQLITE_CANTOPEN; their texts are part of SQLite's documented interface.
    if text.contains("readonly database") || text.contains("unable to open database file") {
        return Error::Unwritable { path: path.to_owned(), source: Box::new(error) };
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rest: &str, expected: &str) {
        assert_eq!(file_path(rest), Path::new(expected), "{rest}");
    }

    #[test]
    fn paths() {
        check("data/inkstone.db", "data/inkstone.db");
        check("//data/inkstone.db", "data/inkstone.db");
        check("///srv/ink stone/a%b.db?mode=rwc", "/srv/ink stone/a%b.db");
    }
}
