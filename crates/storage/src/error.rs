use std::{error::Error as StdError, path::PathBuf};

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, SqlErr, SqlxError};

/// Why storage did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database belongs to a later version of the program; running on would damage it.
    #[error("the database has schema {found}, this program knows schemas up to {known}")]
    NewerSchema {
        /// The newest step that was applied to it.
        found: String,
        /// The newest step of this program.
        known: String,
    },
    /// The file, or the folder it is to be made in, cannot be written.
    #[error("{} cannot be written", .path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// No connection to the database.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Box<dyn StdError + Send + Sync>),
    /// Others kept it occupied for longer than a request may wait.
    #[error("the database is busy")]
    Busy(#[source] Box<dyn StdError + Send + Sync>),
    /// What is to be changed, or to be referred to, is not there.
    #[error("{0} is not in the database")]
    Missing(String),
    /// Something of the same name is there already.
    #[error("there is one of that name already")]
    Taken,
    /// A category that would be below itself.
    #[error("that would be a circle")]
    Circle,
    /// Nobody else could administer the site.
    #[error("that is the last administrator")]
    LastAdministrator,
    /// The attempt has ended another way; ended attempts do not change.
    #[error("attempt {} has ended", .0.0)]
    Ended(content::AttemptId),
    /// Something stored cannot be read back.
    #[error("the database holds something that cannot be read: {0}")]
    Corrupt(String),
    /// Anything else that the database said.
    #[error("the database failed")]
    Failed(#[source] Box<dyn StdError + Send + Sync>),
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::Busy(error.into()),
            DbErr::ConnectionAcquire(_) => Self::Unreachable(error.into()),
            DbErr::Conn(RuntimeErr::SqlxError(cause))
            | DbErr::Exec(RuntimeErr::SqlxError(cause))
            | DbErr::Query(RuntimeErr::SqlxError(cause)) => match Trouble::of(cause) {
                Trouble::Busy => Self::Busy(error.into()),
                Trouble::Unreachable => Self::Unreachable(error.into()),
                Trouble::Damaged => Self::Corrupt(error.to_string()),
                Trouble::Other => match error.sql_err() {
                    Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                        Self::Missing("what is referred to".to_owned())
                    }
                    Some(SqlErr::UniqueConstraintViolation(_)) => Self::Taken,
                    _ => Self::Failed(error.into()),
                },
            },
            DbErr::Conn(_) => Self::Unreachable(error.into()),
            _ => Self::Failed(error.into()),
        }
    }
}

enum Trouble {
    Busy,
    Unreachable,
    Damaged,
    Other,
}

impl Trouble {
    fn of(cause: &SqlxError) -> Self {
        let said = match cause {
            SqlxError::Database(said) => said,
            // The pool tries again and again when it is opened, and keeps no reason.
            SqlxError::PoolTimedOut => return Self::Unreachable,
            SqlxError::Io(_) | SqlxError::Tls(_) | SqlxError::PoolClosed | SqlxError::WorkerCrashed => {
                return Self::Unreachable;
            }
            _ => return Self::Other,
        };
        let code = said.code().unwrap_or_default();
        // SQLite's extended codes keep the primary one in their lowest byte.
        match (said.try_downcast_ref::<sea_orm::SqlxSqliteError>(), code.parse::<u32>()) {
            (Some(_), Ok(code)) => match code & 0xff {
                5 | 6 => Self::Busy,
                14 => Self::Unreachable,
                11 | 26 => Self::Damaged,
                _ => Self::Other,
            },
            (Some(_), Err(_)) => Self::Other,
            // https://www.postgresql.org/docs/current/errcodes-appendix.html
            (None, _) => match code.as_ref() {
                "57014" | "55P03" | "40001" | "40P01" | "53300" => Self::Busy,
                "57P01" | "57P02" | "57P03" => Self::Unreachable,
                code if code.starts_with("08") || code.starts_with("28") || code.starts_with("3D") => {
                    Self::Unreachable
                }
                _ => Self::Other,
            },
        }
    }
}
