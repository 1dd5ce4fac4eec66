use sqlx::{Connection as _, Executor as _, SqliteConnection};
use tests::{Engine, Run};

#[tokio::test]
async fn a_newer_schema_is_left_alone() {
    let stopped = Run::on(Engine::Sqlite).start().await.stop().await;
    let file = stopped.data.join("inkstone.db");
    let mut database =
        SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.expect("a database");
    let insert =
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m29991231_000000_from_the_future', 0)";
    database.execute(insert).await.expect("a row");
    database.close().await.expect("written");
    let before = std::fs::read(&file).expect("a file");
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["reindex"]] {
        let output = stopped.run(command).await;
        let sentence = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {sentence}");
        assert!(sentence.contains("this program knows schemas up to"), "{sentence}");
    }
    assert!(std::fs::read(&file).expect("a file") == before, "the file was changed");
}

#[tokio::test]
async fn a_healthy_server_is_found_healthy() {
    let site = Run::on(Engine::Sqlite).start().await;
    let address = site.address.trim_start_matches("http://");
    assert!(site.run(&["healthcheck", "--listen", address]).await.status.success());
    let (alive, ready) = (site.get("/healthz").await.status(), site.get("/readyz").await.status());
    assert_eq!((alive.as_u16(), ready.as_u16()), (200, 200));
}
