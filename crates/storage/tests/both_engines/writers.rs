//! Many who write at the same time, from two processes as it were.

use chrono::Utc;
use content::{PaperId, Subject};
use storage::{changes, comments, papers};

use crate::support::{arxiv, day, engines};

const WRITERS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_lose_nothing() {
    for engine in engines().await {
        papers::save(&engine.db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        let other = storage::connect(&engine.url).await.expect("the engine is there");
        let writers = (0..WRITERS).map(|number| {
            let db = if number % 2 == 0 { engine.db.clone() } else { other.clone() };
            tokio::spawn(async move {
                let about = Subject::Paper(PaperId(1));
                let draft = comments::Draft::new(about, "Ada", number.to_string(), Utc::now());
                let id = comments::save(&db, &draft).await.expect("saved");
                // This one reads before it writes.
                let paper = arxiv(&format!("2402.{number:05}"), "v1", day(1));
                papers::save(&db, &[paper]).await.expect("saved");
                id
            })
        });
        let ids = futures::future::join_all(writers).await.into_iter().map(|id| id.expect("a writer"));
        let mut ids: Vec<_> = ids.collect();
        ids.sort();
        let stored = comments::of(&engine.db, Subject::Paper(PaperId(1))).await.expect("comments");
        let mut found: Vec<_> = stored.iter().map(|comment| comment.id).collect();
        found.sort();
        assert_eq!((found.len(), found), (WRITERS, ids), "{}", engine.name);
        let log = changes::after(&engine.db, 0, 999).await.expect("changes");
        assert_eq!(log.len(), 2 * WRITERS + 1);
        assert_eq!(papers::count(&engine.db).await.expect("a count"), WRITERS as u64 + 1);
    }
}
