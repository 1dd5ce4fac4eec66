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

#[tokio::test]
async fn the_extractive_reader_is_measured_on_lines_of_scitldr() {
    let stopped = Run::on(Engine::Sqlite).start().await.stop().await;
    let file = stopped.data.join("summaries.jsonl");
    let name = file.to_str().expect("a name");
    let line = r#"{"title": "Granite wheels", "target": ["We propose granite wheels.", "Wheels."],
        "source": ["Wheels are old.", "Old wheels are made of wood.", "We propose granite wheels."]}"#;
    std::fs::write(&file, format!("{}\n\n", line.replace('\n', " "))).expect("written");
    let output = stopped.run(&["eval", "summarize", name, "--json"]).await;
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["papers"], &report["extractive"]["rouge-l"]), (&1.into(), &100.0.into()), "{report}");
    for other in ["lead-1", "lexrank"] {
        assert!(report[other]["rouge-1"].as_f64() < Some(100.0), "{report}");
    }
    std::fs::write(&file, "{\"source\": [], \"target\": []}\n{\"source\": 1}\n").expect("written");
    let output = stopped.run(&["eval", "summarize", name]).await;
    let sentence = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && sentence.contains("summaries.jsonl, line 2"), "{sentence}");
}
