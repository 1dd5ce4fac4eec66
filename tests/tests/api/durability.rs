use std::time::Duration;

use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tests::{Engine, Run, Site, html::text};
use tokio::time::timeout;

use crate::papers;

on_each_engine!(
    a_kill_between_write_and_index_loses_nothing,
    a_lost_index_is_built_again,
    the_running_server_builds_its_index_anew,
    restarts_are_quick
);

/// The server is frozen, so the papers that the importer commits cannot reach its index before it dies.
async fn a_kill_between_write_and_index_loses_nothing(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..10)).await;
    site.signal("STOP");
    papers::import(&site, &papers::paper(77, "Quandles of unfrozen knots", "math.GT", "2024-02-01")).await;
    let site = site.kill().await.start().await;
    assert!(found(&site, "quandles").await.contains("Quandles of unfrozen knots"));
    assert!(text(&site.page("/arxiv/math.GT").await).contains("Quandles of unfrozen knots"));
}

async fn a_lost_index_is_built_again(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..10)).await;
    let stopped = site.stop().await;
    std::fs::remove_dir_all(stopped.data.join("index")).expect("the index is a folder");
    let site = stopped.start().await;
    assert!(found(&site, "number 7").await.contains("Result number 7"));
}

/// What is found comes from storage, and the server answers before, while and after.
async fn the_running_server_builds_its_index_anew(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..10)).await;
    found(&site, "number 7").await;
    let output = site.run(&["reindex"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("the running server has built"));
    assert!(found(&site, "number 7").await.contains("Result number 7"));
    let stopped = site.stop().await;
    let output = stopped.run(&["reindex"]).await;
    assert_eq!(String::from_utf8_lossy(&output.stdout), "indexed 10 documents\n");
}

async fn restarts_are_quick(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let stopped = site.stop().await;
    assert!(stopped.status.success(), "{:?}", stopped.status);
    let started = std::time::Instant::now();
    let site = stopped.start().await;
    assert!(started.elapsed().as_secs_f32() < 3.0, "{:?}", started.elapsed());
    site.page("/").await;
}

/// What a search shows once the index has caught up: until then its page says how far behind it is.
async fn found(site: &Site, query: &str) -> String {
    let address = format!("/search?query={}", query.replace(' ', "+"));
    let shown = async {
        loop {
            let page = text(&site.page(&address).await);
            if !page.contains("still taking in") {
                return page;
            }
        }
    };
    timeout(Duration::from_secs(60), shown).await.expect("the index catches up")
}

/// Records that an earlier version of the program left are compared when a server starts, and when an index is built.
#[tokio::test(flavor = "multi_thread")]
async fn twins_of_an_earlier_version_are_found_after_an_upgrade() {
    for by_server in [true, false] {
        let site = Run::on(Engine::Sqlite).start().await;
        let preprint = papers::paper(1, "On the rotation of distant galaxies", "astro-ph.GA", "2024-01-02");
        let published = preprint.replace("2401.00001", "p1").replace("arxiv-daily", "paperlists");
        papers::import(&site, &format!("{preprint}\n{published}")).await;
        let stopped = site.stop().await;
        let file = format!("sqlite://{}", stopped.data.join("inkstone.db").display());
        let mut storage = SqliteConnection::connect(&file).await.expect("a database");
        // As the program left them before it looked for twins.
        for statement in [
            "UPDATE papers SET joined_to = NULL, root_id = NULL",
            "INSERT INTO facts (name, value) VALUES ('records.renewed', 0)",
        ] {
            storage.execute(statement).await.expect("changed");
        }
        storage.close().await.expect("closed");
        if !by_server {
            let output = stopped.run(&["reindex"]).await;
            assert_eq!(String::from_utf8_lossy(&output.stdout), "indexed 1 documents\n");
            continue;
        }
        let site = stopped.start().await;
        let joined = async {
            while !site.page("/venue/p1@paperlists").await.contains("id=\"2401.00001\"") {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(60), joined).await.expect("they are joined");
    }
}
