//! Readers without an account: what is kept of them, how much of it, and for how long.

use content::PaperId;
use storage::{
    Database, papers,
    readers::{self, Mark, Reader},
};

use crate::support::{arxiv, day, engines};

async fn with_papers(db: &Database, count: u32) -> Vec<PaperId> {
    let batch: Vec<_> = (1..=count).map(|n| arxiv(&format!("2401.{n:05}"), "v1", day(1))).collect();
    papers::save(db, &batch).await.expect("saved");
    (1..=i64::from(count)).map(PaperId).collect()
}

async fn mark(db: &Database, paper: PaperId, cookie: &str, mark: Mark) -> u32 {
    let counts = readers::mark(db, paper, Reader { cookie, network: "home" }, mark)
        .await
        .expect("an answer")
        .expect("kept");
    counts.stars + counts.opened
}

#[tokio::test]
async fn stars_come_page_by_page() {
    for engine in engines().await {
        let db = &engine.db;
        for paper in with_papers(db, 7).await {
            mark(db, paper, "ada", Mark::Star).await;
        }
        let ada = readers::by_cookie(db, "ada").await.expect("an answer").expect("a reader");
        assert_eq!(readers::cookie_of(db, ada).await.expect("an answer").as_deref(), Some("ada"));
        assert_eq!(readers::by_cookie(db, "eve").await.expect("an answer"), None);
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = readers::marked_by(db, ada, Mark::Star, after, 3).await.expect("a page");
            assert_eq!((page.total, page.first), (7, seen.len() as u64 + 1), "{}", engine.name);
            seen.extend(page.items.iter().map(|paper| paper.id.0));
            after = page.next.map(|next| next.to_string().parse().expect("a cursor"));
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, [7, 6, 5, 4, 3, 2, 1]);
    }
}

#[tokio::test]
async fn a_network_leaves_so_many_marks_in_a_day() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 3).await;
        mark(db, papers[0], "ada", Mark::Star).await;
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1999) ";
        let rows =
            "SELECT 2, 'made-up-' || i, 1, 'home', FALSE, made FROM n, (SELECT made FROM marks) AS one";
        engine
            .run(&format!(
                "INSERT INTO marks (paper_id, kind, reader_id, network, counted, made) {many}{rows}"
            ))
            .await;
        let eve = Reader { cookie: "eve", network: "home" };
        let refused = readers::mark(db, papers[2], eve, Mark::Star).await.expect("an answer");
        assert_eq!(refused, None, "{}: it is not kept", engine.name);
        assert_eq!(readers::by_cookie(db, "eve").await.expect("an answer"), None);
        let elsewhere = Reader { cookie: "eve", network: "library" };
        let counts = readers::mark(db, papers[2], elsewhere, Mark::Star).await.expect("an answer");
        assert_eq!(counts.map(|counts| counts.stars), Some(1), "others are not kept from it");
        engine.run("UPDATE marks SET made = '2020-01-01 00:00:00+00:00' WHERE paper_id = 2").await;
        assert_eq!(mark(db, papers[2], "bob", Mark::Star).await, 2, "the next day");
    }
}

#[tokio::test]
async fn a_reader_does_not_use_up_what_their_network_may() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 3).await;
        mark(db, papers[0], "ada", Mark::Star).await;
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 499) ";
        let rows = "SELECT 2, 'made-up-' || i, reader_id, network, FALSE, made FROM n, \
                    (SELECT reader_id, network, made FROM marks) AS one";
        engine
            .run(&format!(
                "INSERT INTO marks (paper_id, kind, reader_id, network, counted, made) {many}{rows}"
            ))
            .await;
        let ada = Reader { cookie: "ada", network: "home" };
        let refused = readers::mark(db, papers[2], ada, Mark::Star).await.expect("an answer");
        assert_eq!(refused, None, "{}", engine.name);
        assert_eq!(mark(db, papers[0], "ada", Mark::Star).await, 1, "what is there stays");
        assert_eq!(mark(db, papers[2], "eve", Mark::Star).await, 1, "neighbours are not kept from it");
    }
}

#[tokio::test]
async fn who_does_not_come_back_is_forgotten_and_stays_counted() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 3).await;
        for (cookie, what) in [("star", Mark::Star), ("opened", Mark::Opened), ("lately", Mark::Opened)] {
            mark(db, papers[0], cookie, what).await;
        }
        mark(db, papers[0], "ended", Mark::Star).await;
        let set = async |cookie: &str, created: &str| {
            let reader = format!("(SELECT id FROM readers WHERE cookie_hash = '{cookie}')");
            engine
                .run(&format!("UPDATE readers SET created = {created} WHERE cookie_hash = '{cookie}'"))
                .await;
            if cookie != "lately" {
                engine.run(&format!("UPDATE marks SET made = {created} WHERE reader_id = {reader}")).await;
            }
        };
        let ago = |days: u32| {
            let then = chrono::Utc::now() - chrono::TimeDelta::days(i64::from(days));
            format!("'{}'", then.format("%Y-%m-%d %H:%M:%S+00:00"))
        };
        for (cookie, days) in [("star", 100), ("opened", 100), ("lately", 100), ("ended", 400)] {
            set(cookie, &ago(days)).await;
        }
        assert_eq!(readers::forget(db, 1).await.expect("forgotten"), 1);
        assert_eq!(readers::forget(db, 9).await.expect("forgotten"), 1, "{}", engine.name);
        assert_eq!(readers::forget(db, 9).await.expect("forgotten"), 0);
        let known = async |cookie| readers::by_cookie(db, cookie).await.expect("an answer").is_some();
        assert!(known("star").await && known("lately").await);
        assert!(!known("opened").await && !known("ended").await);
        let paper = papers::by_id(db, papers[0]).await.expect("an answer").expect("a paper");
        assert_eq!((paper.counts.stars, paper.counts.opened), (2, 2));
    }
}
