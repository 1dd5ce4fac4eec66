//! Opening, and bringing the schema up to date.

use content::{Announced, Harvested, Way};
use sea_orm::ConnectionTrait as _;
use storage::{Database, Error, Listing, Migrated, Scope, papers};

use crate::support::{Engine, arxiv, day, engines, places, published};

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
const STEPS: [&str; 9] = [
    "0001_first",
    "0002_skimming",
    "0003_budgets",
    "0004_versions",
    "0005_texts",
    "0006_standing",
    "0007_spent",
    "0008_blog",
    "0009_moved",
];

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

/// What the steps after the first one added, taken away again: a database as the first release left it.
const AS_AT_FIRST: &[&str] = &[
    "DROP INDEX posts_by_announced_published",
    "DROP INDEX posts_by_series_part",
    "DROP INDEX posts_by_kind_pinned_published_id_visibility",
    "DROP INDEX posts_by_kind_published_id_visibility",
    "DROP INDEX posts_by_kind_readers_id",
    "DROP INDEX posts_by_author_kind_pinned_published_id",
    "DROP INDEX comments_by_network_created",
    "DROP INDEX comments_by_edit_hash",
    "DROP INDEX comments_by_told_state",
    "DROP INDEX comments_by_mail",
    "DROP INDEX comments_by_parent_id",
    "DROP INDEX comments_by_reader_id",
    "DROP INDEX records_by_fingerprint",
    "DROP INDEX records_by_doi",
    "DROP INDEX paper_categories_by_category_date_place_paper_id",
    "DROP INDEX paper_categories_by_category_stars_date_place_paper_id",
    "DROP INDEX paper_venues_by_venue_key_venue_year_stars_date_paper_id",
    "DROP INDEX paper_venues_by_venue_key_stars_date_paper_id",
    "DROP INDEX paper_venues_by_date_paper_id",
    "DELETE FROM facts",
    "UPDATE papers SET joined_to = NULL, root_id = NULL",
    "DELETE FROM seaql_migrations WHERE version <> '0001_first'",
];
const ADDED_TABLES: &[&str] = &[
    "former_slugs",
    "terms",
    "former_terms",
    "post_links",
    "post_reads",
    "revisions",
    "drafts",
    "media",
    "subscriptions",
    "mails",
    "audit",
    "settings",
    "deletions",
    "announcements",
    "harvests",
    "list_counts",
    "marks",
    "libraries",
    "invitations",
    "charges",
    "text_failures",
];
const ADDED_COLUMNS: &[(&str, &str)] = &[
    ("posts", "kind"),
    ("posts", "pinned"),
    ("posts", "password_hash"),
    ("posts", "series"),
    ("posts", "part"),
    ("posts", "macros"),
    ("posts", "fields"),
    ("posts", "licence"),
    ("posts", "commenting"),
    ("posts", "readers"),
    ("posts", "announced"),
    ("comments", "network"),
    ("comments", "edit_hash"),
    ("comments", "edited"),
    ("comments", "why"),
    ("comments", "trusted"),
    ("comments", "told"),
    ("sessions", "agent"),
    ("sessions", "seen"),
    ("users", "shown"),
    ("users", "blocked"),
    ("readers", "feed"),
    ("full_texts", "record"),
    ("full_texts", "hidden"),
    ("full_texts", "left_out_pages"),
    ("full_texts", "pages"),
    ("attempts", "text_source"),
    ("attempts", "text_fault"),
    ("papers", "apart"),
    ("papers", "stars"),
    ("papers", "opened"),
    ("papers", "readings"),
    ("records", "page"),
    ("records", "pdf"),
    ("records", "doi"),
    ("records", "license"),
    ("records", "remark"),
    ("records", "journal"),
    ("records", "venue_group"),
    ("records", "withdrawn"),
    ("records", "fingerprint"),
    ("records", "updated"),
    ("records", "way"),
    ("paper_categories", "place"),
    ("paper_categories", "stars"),
    ("paper_categories", "kind"),
    ("paper_venues", "venue_group"),
    ("paper_venues", "stars"),
];

/// The same database, as the first release left it with these papers, and then brought up to date.
async fn upgraded(engine: &Engine, batch: &[Harvested], listed: &[(i64, &str)]) -> Database {
    papers::save(&engine.db, batch).await.expect("saved");
    for statement in AS_AT_FIRST {
        engine.run(statement).await;
    }
    for table in ADDED_TABLES {
        engine.run(&format!("DROP TABLE {table}")).await;
    }
    for (table, column) in ADDED_COLUMNS {
        engine.run(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await;
    }
    engine.run("DELETE FROM paper_categories").await;
    for (paper, category) in listed {
        let row = format!("VALUES ({paper}, '{category}', '2025-11-01')");
        engine.run(&format!("INSERT INTO paper_categories (paper_id, category, date) {row}")).await;
    }
    let db = storage::connect(&engine.url).await.expect("the engine is there");
    assert_eq!(
        storage::migrate(&db).await.expect("migrated").applied.len(),
        STEPS.len() - 1,
        "{}",
        engine.name
    );
    db
}

#[tokio::test]
async fn after_an_upgrade_papers_are_cross_lists_where_they_are() {
    for engine in engines().await {
        let mut aliased = arxiv("2401.00002", "v1", day(1));
        aliased.record.categories = ["cs.NA", "math.NA", "cs.LG"].map(String::from).into();
        let batch = [arxiv("2401.00001", "v1", day(1)), aliased];
        let listed = [(1, "cs.LG"), (1, "math.CO"), (2, "cs.NA"), (2, "math.NA"), (2, "cs.LG")];
        let db = upgraded(&engine, &batch, &listed).await;
        let kinds = async |category: &str| {
            let kinds = papers::day_kinds(&db, category, day(1)).await.expect("kinds");
            kinds.iter().map(|one| (one.kind, one.listed)).collect::<Vec<_>>()
        };
        assert_eq!(kinds("cs.LG").await, [(Announced::New, 1), (Announced::Cross, 1)], "{}", engine.name);
        assert_eq!(kinds("math.CO").await, [(Announced::Cross, 1)]);
        assert_eq!(kinds("cs.NA").await, []);
        assert_eq!(kinds("math.NA").await.iter().map(|one| one.1).sum::<u64>(), 1);
        let categories = papers::categories(&db).await.expect("categories");
        let counts = [("cs", 2), ("cs.LG", 2), ("math", 2), ("math.CO", 1), ("math.NA", 1)];
        assert_eq!(categories, counts.map(|(name, count)| (name.to_owned(), count)));
    }
}

#[tokio::test]
async fn after_an_upgrade_twins_are_found_step_by_step() {
    for engine in engines().await {
        let titled = |mut one: Harvested, title: &str| {
            one.record.title = title.into();
            one
        };
        let mut batch: Vec<_> = (1..=20)
            .map(|n| {
                titled(arxiv(&format!("2401.{n:05}"), "v1", day(1)), &format!("A telling title, number {n}"))
            })
            .collect();
        batch.extend((5..10).map(|n| {
            titled(published(&format!("p{n}"), "ICLR", 2025, day(2)), &format!("A telling title, Number {n}"))
        }));
        let db = upgraded(&engine, &batch, &[]).await;
        assert_eq!(papers::count(&db).await.expect("a count"), 25, "{}", engine.name);
        let before = storage::changes::last(&db).await.expect("a position");
        assert!(papers::renew(&db, 7).await.expect("a step"));
        let first = papers::count(&db).await.expect("a count");
        assert!((20..25).contains(&first), "{first}");
        // As after a restart.
        let db = storage::connect(&engine.url).await.expect("the engine is there");
        while papers::renew(&db, 7).await.expect("a step") {}
        assert_eq!(papers::count(&db).await.expect("a count"), 20);
        assert!(storage::changes::last(&db).await.expect("a position") > before);
        assert!(!papers::renew(&db, 7).await.expect("nothing is left"));
    }
}

/// The last release before `0006_standing` listed a paper by whatever record was imported last.
#[tokio::test]
async fn after_an_upgrade_lists_and_index_follow_the_order_of_records() {
    for engine in engines().await {
        let db = &engine.db;
        let own = arxiv("2401.00001", "v1", day(2));
        let mut list = arxiv("2401.00001", "v3", day(5));
        list.way = Way::List;
        list.record.categories = vec!["cs.CV".into()];
        papers::save(db, &[own, list, arxiv("2401.00002", "v1", day(1))]).await.expect("saved");
        for statement in [
            "DELETE FROM paper_categories WHERE paper_id = 1",
            "INSERT INTO paper_categories (paper_id, category, date, place, stars, kind) \
             VALUES (1, 'cs.CV', '2025-11-05', 0, 0, 'new')",
            "UPDATE papers SET date = '2025-11-05' WHERE id = 1",
            "UPDATE list_counts SET papers = 1 WHERE name = 'cs.LG' OR name = 'math.CO'",
            "INSERT INTO list_counts (kind, name, part, papers) VALUES ('category', 'cs.CV', '', 1)",
            "DELETE FROM paper_categories WHERE category IN ('cs', 'math')",
            "DELETE FROM list_counts WHERE name IN ('cs', 'math')",
            "INSERT INTO facts (name, value) VALUES ('twins.after', 1)",
            "DROP TABLE deletions",
            "ALTER TABLE readers DROP COLUMN feed",
            "DELETE FROM seaql_migrations WHERE version = '0006_standing'",
        ] {
            engine.run(statement).await;
        }
        let db = storage::connect(&engine.url).await.expect("the engine is there");
        storage::migrate(&db).await.expect("migrated");
        let archives = papers::list(&db, &Listing::first(Scope::category("cs"), 9)).await.expect("a list");
        assert_eq!((archives.items.len(), archives.total), (2, Some(2)), "{}: at once", engine.name);
        let before = storage::changes::last(&db).await.expect("a position");
        while papers::renew(&db, 1).await.expect("a step") {}
        let listed = async |category: &str| {
            let listing = Listing::first(Scope::category(category), 9);
            let found = papers::list(&db, &listing).await.expect("a list");
            found.items.iter().map(|paper| paper.id.0).collect::<Vec<_>>()
        };
        assert_eq!(listed("cs.CV").await, [0; 0], "{}", engine.name);
        assert_eq!(listed("cs.LG").await, [1, 2]);
        assert_eq!(papers::latest_day(&db, "cs.LG").await.expect("a day"), Some(day(2)));
        let counted = [("cs", 2), ("cs.LG", 2), ("math", 2), ("math.CO", 2)]
            .map(|(name, count)| (name.to_owned(), count));
        assert_eq!(papers::categories(&db).await.expect("categories"), counted);
        let changes = storage::changes::after(&db, before, 9).await.expect("changes");
        assert!(changes.iter().all(|change| change.doc.id == 1) && !changes.is_empty(), "{changes:?}");
    }
}

#[tokio::test]
async fn who_begins_with_this_version_has_no_earlier_twins() {
    for engine in engines().await {
        papers::save(&engine.db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        assert!(!papers::renew(&engine.db, 7).await.expect("nothing"), "{}", engine.name);
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
