//! The change log as its followers see it.

use std::time::Duration;

use content::{DocId, Kind};
use storage::{changes, papers, posts};

use crate::support::{arxiv, day, engines};

#[tokio::test]
async fn the_log_names_what_changed() {
    for engine in engines().await {
        let db = &engine.db;
        assert_eq!((changes::last(db).await.expect("0"), changes::first_kept(db).await.expect("1")), (0, 1));
        let batch: Vec<_> = (0..5).map(|n| arxiv(&format!("2401.{n:05}"), "v1", day(1))).collect();
        papers::save(db, &batch).await.expect("saved");
        let first = changes::after(db, 0, 2).await.expect("changes");
        let rest = changes::after(db, first[1].sequence, 9).await.expect("changes");
        let ids: Vec<_> = first.iter().chain(&rest).map(|change| (change.doc.kind, change.doc.id)).collect();
        assert_eq!(ids, (1..=5).map(|id| (Kind::Paper, id)).collect::<Vec<_>>(), "{}", engine.name);
        assert_eq!(rest[2].sequence, changes::last(db).await.expect("a position"));
    }
}

#[tokio::test]
async fn trimming_moves_the_beginning_and_numbers_are_never_used_again() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1)), arxiv("2401.00002", "v1", day(1))])
            .await
            .expect("saved");
        let last = changes::last(db).await.expect("a position");
        changes::trim(db, last + 1000).await.expect("trimmed");
        assert_eq!(changes::after(db, 0, 9).await.expect("changes"), []);
        assert_eq!(changes::first_kept(db).await.expect("a number"), last + 1);
        assert_eq!(changes::last(db).await.expect("a position"), last, "{}", engine.name);
        changes::trim(db, 1).await.expect("nothing to trim");
        assert_eq!(changes::first_kept(db).await.expect("a number"), last + 1);
        papers::save(db, &[arxiv("2401.00003", "v1", day(1))]).await.expect("saved");
        assert!(changes::after(db, last, 9).await.expect("changes")[0].sequence > last);
    }
}

#[tokio::test]
async fn all_documents_come_in_pieces_and_in_order() {
    for engine in engines().await {
        let db = &engine.db;
        let batch: Vec<_> = (0..5).map(|n| arxiv(&format!("2401.{n:05}"), "v1", day(1))).collect();
        papers::save(db, &batch).await.expect("saved");
        papers::join(db, content::PaperId(1), content::PaperId(3)).await.expect("joined");
        let post = posts::Draft {
            format: content::Format::Html,
            ..posts::Draft::new("one".parse().expect("a slug"), "One", chrono::Utc::now())
        };
        posts::save(db, &post).await.expect("saved");
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let piece = changes::all_documents(db, after, 2).await.expect("documents");
            let Some(last) = piece.last() else { break };
            after = Some(*last);
            all.extend(piece);
        }
        let paper = |id| DocId { kind: Kind::Paper, id };
        let post = DocId { kind: Kind::Post, id: 1 };
        assert_eq!(all, [paper(1), paper(2), paper(4), paper(5), post], "{}", engine.name);
    }
}

/// Writers of several sizes race; a follower that only ever asks for what comes after the last entry it
/// saw must see every one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_follower_misses_nothing_while_many_write() {
    for engine in engines().await {
        let db = engine.db.clone();
        let writers: Vec<_> = (0..8u32)
            .map(|writer| {
                let db = db.clone();
                tokio::spawn(async move {
                    for round in 0..12 {
                        let count = 1 + (writer * 7 + round) % 40;
                        let batch: Vec<_> = (0..count)
                            .map(|n| arxiv(&format!("{writer}.{round}.{n}"), "v1", day(1)))
                            .collect();
                        papers::save(&db, &batch).await.expect("saved");
                    }
                })
            })
            .collect();
        let all = tokio::spawn(futures::future::join_all(writers));
        let (mut position, mut seen) = (0, 0);
        loop {
            let finished = all.is_finished();
            let news = changes::after(&db, position, 100).await.expect("changes");
            seen += news.len() as u64;
            match news.last() {
                Some(last) => position = last.sequence,
                None if finished => break,
                None => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
        all.await.expect("writers").into_iter().for_each(|writer| writer.expect("a writer"));
        assert_eq!(seen, papers::count(&db).await.expect("a count"), "{}", engine.name);
    }
}
