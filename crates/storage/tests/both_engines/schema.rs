//! Opening, and bringing the schema up to date.

use sea_orm::ConnectionTrait as _;
use storage::{Error, Migrated, papers};

use crate::support::{arxiv, day, engines, places};

/// Says something to the database behind the crate's back.
async fn tell(url: &str, sql: &str) {
    try_tell(url, sql).await.expect("the statement fits");
}

async fn try_tell(url: &str, sql: &str) -> Result<(), sea_orm::DbErr> {
    let connection = sea_orm::Database::connect(url).await.expect("the engine is there");
    let told = connection.execute_unprepared(sql).await.map(drop);
    connection.close().await.expect("closed");
    told
}

/// Every step of the schema.
const STEPS: [&str; 3] = ["0001_first", "0002_skimming", "0003_budgets"];

#[tokio::test]
async fn the_schema_is_made_once() {
    for (name, url, _folder) in places() {
        let db = storage::connect(&url).await.expect("the engine is there");
        let first = storage::migrate(&db).await.expect("migrated");
        assert_eq!(first, Migrated { applied: STEPS.map(String::from).into() }, "{name}");
        assert_eq!(storage::migrate(&db).await.expect("migrated"), Migrated { applied: Vec::new() });
    }
}

/// People have a place before anybody can sign in: adding them later would touch every table that names one.
#[tokio::test]
async fn readers_users_and_roles_are_in_the_first_schema() {
    let user = |name: &str, role: &str| {
        format!(
            "INSERT INTO users (name, role_id, created) \
             SELECT '{name}', id, '2026-01-01 00:00:00+00:00' FROM roles WHERE name = '{role}'"
        )
    };
    let reader = |hash: &str, user: &str| {
        format!(
            "INSERT INTO readers (cookie_hash, user_id, created) VALUES ('{hash}', {user}, '2026-01-01 00:00:00+00:00')"
        )
    };
    for engine in engines().await {
        for role in ["administrator", "editor", "author", "reader"] {
            tell(&engine.url, &user(role, role)).await;
        }
        tell(&engine.url, &reader("a", "NULL")).await;
        tell(&engine.url, &reader("b", "(SELECT id FROM users WHERE name = 'author')")).await;
        for refused in [user("author", "reader"), reader("a", "NULL"), reader("c", "999")] {
            assert!(try_tell(&engine.url, &refused).await.is_err(), "{}: {refused}", engine.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_migrate_at_once_one_does() {
    for (name, url, _folder) in places() {
        let starts = (0..10).map(|_| {
            let url = url.clone();
            tokio::spawn(async move {
                let db = storage::connect(&url).await?;
                let migrated = storage::migrate(&db).await?;
                papers::count(&db).await?;
                Ok::<_, Error>(migrated.applied.len())
            })
        });
        let applied = futures::future::join_all(starts).await;
        let applied: Vec<usize> = applied
            .into_iter()
            .map(|start| start.expect("no panic").unwrap_or_else(|error| panic!("{name}: {error:?}")))
            .collect();
        assert_eq!(applied.iter().sum::<usize>(), STEPS.len(), "{name}: {applied:?}");
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_left_alone() {
    for engine in engines().await {
        tell(&engine.url, "INSERT INTO seaql_migrations (version, applied_at) VALUES ('0999_later', 0)")
            .await;
        let refused = storage::migrate(&engine.db).await;
        let Err(Error::NewerSchema { found, known }) = refused else {
            panic!("{}: {refused:?}", engine.name)
        };
        assert_eq!((found.as_str(), known.as_str()), ("0999_later", STEPS[STEPS.len() - 1]));
    }
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_behind() {
    for (name, url, _folder) in places() {
        let db = storage::connect(&url).await.expect("the engine is there");
        tell(&url, "CREATE TABLE sections (id integer)").await;
        let failed = storage::migrate(&db).await;
        assert!(matches!(failed, Err(Error::Failed(_))), "{name}: {failed:?}");
        tell(&url, "DROP TABLE sections").await;
        assert_eq!(storage::migrate(&db).await.expect("migrated").applied.len(), STEPS.len(), "{name}");
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").expect("written");
    let refused = storage::connect(&format!("sqlite:{}/data/inkstone.db", file.display())).await;
    let Err(Error::Unwritable { path, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(path, file.join("data"));

    let refused = storage::connect(&format!("sqlite:{}", folder.path().display())).await;
    let Err(Error::Unwritable { path, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(path, folder.path());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_not_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inkstone.db");
    std::fs::write(&file, "Dear diary, ".repeat(1000)).expect("written");
    let refused = storage::connect(&format!("sqlite:{}", file.display())).await;
    assert!(matches!(refused, Err(Error::Corrupt(_))), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_cannot_be_reached() {
    let refused = storage::connect("postgres://inkstone@127.0.0.1:1/inkstone").await;
    assert!(matches!(refused, Err(Error::Unreachable(_))), "{refused:?}");
}

#[tokio::test]
async fn odd_names_of_files_are_fine() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("a b%20c/数据 #1.db");
    let db = storage::connect(&format!("sqlite:{}", file.display())).await.expect("opened");
    storage::migrate(&db).await.expect("migrated");
    papers::save(&db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
    assert!(file.is_file());
}
