//! `./just bench blog`, its part of storage: comments that a crash cannot take back, beside inserts into one bare table
//! that it cannot take back either. Both write to the same disk in turns. 0.6 of bare inserts is wanted.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::{Duration, Instant};

use chrono::Utc;
use content::{Slug, Subject};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection};
use storage::{Database, comments, posts};

/// Writers at one time.
const WRITERS: usize = 16;
/// How long each turn takes, and how many there are.
const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir_in(".").expect("a folder on a real disk");
    let db = storage::connect(&format!("sqlite:{}", folder.path().join("site.db").display())).await;
    let db = db.expect("a database");
    storage::migrate(&db).await.expect("a schema");
    let slug: Slug = "a-post".parse().expect("a slug");
    let post = posts::save(&db, &posts::Draft::new(slug, "A post", Utc::now())).await.expect("a post");
    let bare = bare_table(&folder.path().join("bare.db")).await;
    let (mut saved, mut inserted) = (0, 0);
    for _ in 0..TURNS {
        saved += turn(|| save(&db, Subject::Post(post))).await;
        inserted += turn(|| insert(&bare)).await;
    }
    let rate = |count: u64| count as f64 / (TURN.as_secs_f64() * TURNS as f64);
    println!("durable writes, {WRITERS} writers        a second   of bare");
    println!("bare inserts of one row            {:>9.0}      1.00", rate(inserted));
    println!(
        "comments                           {:>9.0}   {:>7.2}",
        rate(saved),
        saved as f64 / inserted as f64
    );
}

/// Writes of many at once, for one turn; how many there were.
async fn turn<F: Future<Output = ()> + Send + 'static>(write: impl Fn() -> F + Send + Sync) -> u64 {
    let end = Instant::now() + TURN;
    let writers = (0..WRITERS).map(|_| async {
        let mut count = 0;
        while Instant::now() < end {
            tokio::spawn(write()).await.expect("written");
            count += 1;
        }
        count
    });
    futures::future::join_all(writers).await.into_iter().sum()
}

fn save(db: &Database, subject: Subject) -> impl Future<Output = ()> + Send + 'static {
    let db = db.clone();
    async move {
        let body = "Is $x_1 < x_2$ needed in the second step?";
        let draft = comments::Draft::new(subject, "Ada", body, Utc::now());
        comments::save(&db, &draft).await.expect("saved");
    }
}

async fn bare_table(file: &std::path::Path) -> DatabaseConnection {
    let file = file.to_owned();
    let mut options = ConnectOptions::new("sqlite:bare.db");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |options| {
        let options = options.filename(&file).create_if_missing(true);
        options.pragma("journal_mode", "WAL").pragma("synchronous", "FULL")
    });
    let bare = sea_orm::Database::connect(options).await.expect("a database");
    bare.execute_unprepared("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)").await.expect("a table");
    bare
}

fn insert(bare: &DatabaseConnection) -> impl Future<Output = ()> + Send + 'static {
    let bare = bare.clone();
    async move {
        let row = "INSERT INTO bare (body) VALUES ('Is $x_1 < x_2$ needed in the second step?')";
        bare.execute_unprepared(row).await.expect("inserted");
    }
}
