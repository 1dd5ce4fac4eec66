//! Readers without an account: what is kept of them, how much of it, and for how long.

use content::PaperId;
use storage::{
    Database, papers,
    readers::{self, Busy, Mark, Reader},
};

use crate::support::{Engine, arxiv, day, engines};

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

/// Lets a reader have left so many marks of today, beside those that are there.
async fn let_have(engine: &Engine, cookie: &str, count: u32) {
    let many = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) ");
    let rows = format!(
        "SELECT 2, 'made-up-' || i, reader_id, network, FALSE, made FROM n, (SELECT reader_id, network, made \
         FROM marks WHERE paper_id = 1 AND reader_id = (SELECT id FROM readers WHERE cookie_hash = '{cookie}')) AS one"
    );
    let insert = "INSERT INTO marks (paper_id, kind, reader_id, network, counted, made)";
    engine.run(&format!("{insert} {many}{rows}")).await;
}

async fn has_been_there_for_days(engine: &Engine, cookie: &str) {
    let created = "'2025-01-01 00:00:00+00:00'";
    engine.run(&format!("UPDATE readers SET created = {created} WHERE cookie_hash = '{cookie}'")).await;
}

/// Why a star of this reader at home is not kept.
async fn busy(db: &Database, paper: PaperId, cookie: &str) -> Option<Busy> {
    let reader = Reader { cookie, network: "home" };
    readers::mark(db, paper, reader, Mark::Star).await.expect("an answer").err()
}

#[tokio::test]
async fn readers_who_are_made_up_take_nothing_from_those_who_were_there() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 3).await;
        mark(db, papers[0], "ada", Mark::Opened).await;
        has_been_there_for_days(&engine, "ada").await;
        for cookie in ["eve-1", "eve-2", "eve-3", "eve-4"] {
            mark(db, papers[0], cookie, Mark::Star).await;
            let_have(&engine, cookie, 400).await;
        }
        assert_eq!(busy(db, papers[2], "eve-1").await, Some(Busy::Network), "{}", engine.name);
        assert_eq!(busy(db, papers[2], "ada").await, None, "{}", engine.name);
        assert_eq!(busy(db, papers[2], "bob").await, None, "there is a part left for another new one");
        let_have(&engine, "ada", 499).await;
        assert_eq!(busy(db, papers[1], "ada").await, Some(Busy::Reader));
    }
}

#[tokio::test]
async fn new_readers_without_end_are_refused() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 3).await;
        mark(db, papers[0], "ada", Mark::Star).await;
        let many = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) ";
        let readers = "SELECT 'eve-' || i, created FROM n, (SELECT created FROM readers) AS one";
        engine.run(&format!("INSERT INTO readers (cookie_hash, created) {many}{readers}")).await;
        let marks = "SELECT 2, 'star', readers.id, 'home', FALSE, one.made FROM readers, \
                     (SELECT made FROM marks) AS one WHERE cookie_hash LIKE 'eve-%'";
        engine
            .run(&format!("INSERT INTO marks (paper_id, kind, reader_id, network, counted, made) {marks}"))
            .await;
        assert_eq!(busy(db, papers[2], "eve").await, Some(Busy::Network), "{}", engine.name);
        assert_eq!(readers::by_cookie(db, "eve").await.expect("an answer"), None, "nobody is made");
        assert_eq!(busy(db, papers[0], "ada").await, None, "what is there stays");
        let elsewhere = Reader { cookie: "eve", network: "library" };
        let kept = readers::mark(db, papers[2], elsewhere, Mark::Star).await.expect("an answer");
        assert_eq!(kept.map(|counts| counts.stars), Ok(1), "others are not kept from it");
        engine.run("UPDATE marks SET made = '2020-01-01 00:00:00+00:00' WHERE paper_id = 2").await;
        assert_eq!(busy(db, papers[2], "bob").await, None, "the next day");
    }
}

#[tokio::test]
async fn where_a_network_is_full_each_has_an_equal_part() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 3).await;
        for (cookie, count) in [("a", 499), ("b", 499), ("c", 499), ("d", 499), ("e", 300)] {
            mark(db, papers[0], cookie, Mark::Star).await;
            has_been_there_for_days(&engine, cookie).await;
            let_have(&engine, cookie, count).await;
        }
        assert_eq!(busy(db, papers[2], "a").await, Some(Busy::Reader), "{}", engine.name);
        assert_eq!(busy(db, papers[2], "e").await, None, "302 of 400");
        engine.run("UPDATE marks SET made = '2020-01-01 00:00:00+00:00' WHERE kind = 'made-up-1'").await;
        assert_eq!(busy(db, papers[2], "a").await, Some(Busy::Network), "500 of 400");
        assert_eq!(busy(db, papers[2], "f").await, None);
    }
}

#[tokio::test]
async fn the_address_of_a_feed_is_renewed() {
    for engine in engines().await {
        let db = &engine.db;
        let papers = with_papers(db, 1).await;
        mark(db, papers[0], "ada", Mark::Star).await;
        let ada = readers::by_cookie(db, "ada").await.expect("an answer").expect("a reader");
        let key = async || readers::feed_key(db, ada).await.expect("an answer").expect("a key");
        assert_eq!((key().await.cookie.as_str(), key().await.number), ("ada", 0), "{}", engine.name);
        readers::renew_feed(db, ada).await.expect("renewed");
        assert_eq!(key().await.number, 1);
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
