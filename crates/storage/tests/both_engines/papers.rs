//! Papers and their records, on both engines.

use crate::support::{arxiv, day, engines, harvested, published, record};
use content::{ArxivId, Paper, PaperId};
use storage::{Database, Listing, Saved, Scope, papers};

async fn ids(db: &Database, scope: Scope) -> Vec<String> {
    let page = papers::list(db, &Listing::first(scope, 100)).await.expect("a list");
    assert!(page.total.is_none_or(|total| total == page.items.len() as u64), "{page:?}");
    page.items.into_iter().map(|paper| paper.shown.key.id).collect()
}

async fn only(db: &Database, source: &str, id: &str) -> Paper {
    papers::by_record(db, source, id).await.expect("an answer").unwrap_or_else(|| panic!("{source} {id}"))
}

#[tokio::test]
async fn a_record_comes_back_as_it_was_saved() {
    for engine in engines().await {
        let mut given = published("pl/a/1", "ICLR", 2025, day(3));
        given.record.note = Some("paraphrase".into());
        papers::save(&engine.db, std::slice::from_ref(&given)).await.expect("saved");
        let paper = only(&engine.db, "paperlists", "pl/a/1").await;
        assert_eq!(paper.shown, given.record, "{}", engine.name);
        assert_eq!(papers::by_id(&engine.db, paper.id).await.expect("an answer"), Some(paper));
        assert_eq!(papers::by_id(&engine.db, PaperId(99)).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn saving_again_writes_nothing() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [arxiv("2401.00001", "v1", day(1)), published("pl/a/1", "ICLR", 2025, day(3))];
        let first = papers::save(db, &batch).await.expect("saved");
        assert_eq!(first, Saved { new: 2, changed: 0, unchanged: 0 });
        let log = storage::changes::last(db).await.expect("a position");
        let second = papers::save(db, &batch).await.expect("saved");
        assert_eq!(second, Saved { new: 0, changed: 0, unchanged: 2 });
        assert_eq!(storage::changes::last(db).await.expect("a position"), log, "{}", engine.name);
        assert_eq!(papers::count(db).await.expect("a count"), 2);
    }
}

#[tokio::test]
async fn versions_are_one_paper_that_shows_the_latest() {
    for engine in engines().await {
        let db = &engine.db;
        let save = async |batch: &[content::Harvested]| papers::save(db, batch).await.expect("saved");
        save(&[arxiv("2401.00001", "v2", day(2)), arxiv("2401.00001", "v10", day(4))]).await;
        let saved = save(&[arxiv("2401.00001", "v9", day(3))]).await;
        assert_eq!(saved, Saved { new: 0, changed: 1, unchanged: 0 });
        let id: ArxivId = "2401.00001v2".parse().expect("an id");
        let paper = papers::by_arxiv(db, &id).await.expect("an answer").expect("a paper");
        assert_eq!(paper.shown.key.version, "v10");
        let others: Vec<_> = paper.others.iter().map(|key| key.version.as_str()).collect();
        assert_eq!(others, ["v9", "v2"], "{}", engine.name);
        assert_eq!(papers::latest_day(db, "cs.LG").await.expect("a day"), Some(day(4)));
        assert_eq!(papers::count(db).await.expect("a count"), 1);
    }
}

#[tokio::test]
async fn a_record_that_says_something_else_replaces_its_version() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1))]).await.expect("saved");
        let mut changed = arxiv("2401.00001", "v1", day(2));
        changed.record.categories = vec!["math.AG".into()];
        let saved = papers::save(db, &[changed.clone()]).await.expect("saved");
        assert_eq!(saved, Saved { new: 0, changed: 1, unchanged: 0 });
        let paper = only(db, "arxiv", "2401.00001").await;
        assert_eq!((paper.shown, paper.others.len()), (changed.record, 0));
        assert_eq!(
            papers::categories(db).await.expect("categories"),
            [("math".to_owned(), 1), ("math.AG".to_owned(), 1)]
        );
        assert_eq!(papers::latest_day(db, "math.AG").await.expect("a day"), Some(day(2)), "{}", engine.name);
    }
}

#[tokio::test]
async fn only_papers_with_an_arxiv_record_are_in_a_category() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [arxiv("2401.00001", "v1", day(1)), published("pl/a/1", "ICLR", 2025, day(3))];
        papers::save(db, &batch).await.expect("saved");
        assert_eq!(ids(db, Scope::category("cs.LG")).await, ["2401.00001"]);
        assert_eq!(ids(db, Scope::venue("ICLR", None)).await, ["pl/a/1"]);
        assert_eq!(ids(db, Scope::venue("ICLR", Some(2025))).await, ["pl/a/1"]);
        assert_eq!(ids(db, Scope::venue("ICLR", Some(2024))).await, [""; 0]);
        assert_eq!(ids(db, Scope::All).await, ["pl/a/1", "2401.00001"], "{}", engine.name);
    }
}

#[tokio::test]
async fn days_of_a_category() {
    for engine in engines().await {
        let db = &engine.db;
        let batch: Vec<_> =
            (1..=5).map(|n| arxiv(&format!("2401.0000{n}"), "v1", day(if n < 4 { 7 } else { 20 }))).collect();
        papers::save(db, &batch).await.expect("saved");
        let days = papers::days(db, "cs.LG", day(15)).await.expect("days");
        assert_eq!(days, [(day(7), 3), (day(20), 2)]);
        assert_eq!(papers::day_before(db, "cs.LG", day(20)).await.expect("a day"), Some(day(7)));
        assert_eq!(papers::day_before(db, "cs.LG", day(7)).await.expect("a day"), None);
        assert_eq!(papers::day_after(db, "cs.LG", day(7)).await.expect("a day"), Some(day(20)));
        assert_eq!(papers::day_after(db, "cs.LG", day(20)).await.expect("a day"), None);
        assert_eq!(papers::latest_day(db, "cs.AI").await.expect("a day"), None);
        let listing = Listing { date: Some(day(20)), ..Listing::first(Scope::category("cs.LG"), 10) };
        assert_eq!(papers::list(db, &listing).await.expect("a list").total, Some(2), "{}", engine.name);
    }
}

#[tokio::test]
async fn editions_take_the_name_of_most_of_their_papers() {
    for engine in engines().await {
        let db = &engine.db;
        let mut odd = published("pl/a/4", "ACL", 2024, day(3));
        odd.record.venue.as_mut().expect("a venue").name = "ACL: Tutorials".into();
        let batch = [
            published("pl/a/1", "ACL", 2024, day(3)),
            published("pl/a/2", "ACL", 2024, day(3)),
            odd,
            published("pl/a/3", "ACL", 2025, day(3)),
            published("pl/a/5", "ICML", 2025, day(3)),
        ];
        papers::save(db, &batch).await.expect("saved");
        let editions = papers::editions(db, "ACL").await.expect("editions");
        let editions: Vec<_> = editions.iter().map(|one| (one.year, one.papers, one.name.as_str())).collect();
        assert_eq!(editions, [(2025, 1, "Proceedings of ACL"), (2024, 3, "Proceedings of ACL")]);
        let venues = papers::venues(db).await.expect("venues");
        assert_eq!(venues, [("ACL".to_owned(), 4), ("ICML".to_owned(), 1)], "{}", engine.name);
    }
}

#[tokio::test]
async fn papers_come_in_the_order_asked() {
    for engine in engines().await {
        let db = &engine.db;
        let batch: Vec<_> = (1..=4).map(|n| arxiv(&format!("2401.0000{n}"), "v1", day(1))).collect();
        papers::save(db, &batch).await.expect("saved");
        let asked = [PaperId(3), PaperId(77), PaperId(1), PaperId(2)];
        let found = papers::by_ids(db, &asked).await.expect("papers");
        assert_eq!(found.iter().map(|paper| paper.id.0).collect::<Vec<_>>(), [3, 1, 2], "{}", engine.name);
        assert_eq!(papers::by_ids(db, &[]).await.expect("papers"), []);
    }
}

#[tokio::test]
async fn pages_show_nothing_twice_and_miss_nothing_while_papers_arrive() {
    for engine in engines().await {
        let db = &engine.db;
        let number = |n: u32| arxiv(&format!("2401.{n:05}"), "v1", day(1 + n % 3));
        let early: Vec<_> = (0..60).map(number).collect();
        papers::save(db, &early).await.expect("saved");
        let (mut seen, mut after, mut late) = (Vec::new(), None, 1000);
        loop {
            let scope = Scope::category("cs.LG");
            let page =
                papers::list(db, &Listing { after, ..Listing::first(scope, 7) }).await.expect("a page");
            seen.extend(page.items.into_iter().map(|paper| paper.shown.key.id));
            let Some(next) = page.next else { break };
            after = Some(next.to_string().parse().expect("it reads what it wrote"));
            papers::save(db, &(late..late + 3).map(number).collect::<Vec<_>>()).await.expect("saved");
            late += 3;
        }
        let distinct: std::collections::BTreeSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len(), "{}: twice", engine.name);
        let missed: Vec<_> = early.iter().filter(|one| !distinct.contains(&one.record.key.id)).collect();
        assert_eq!(missed, Vec::<&content::Harvested>::new(), "{}", engine.name);
    }
}

#[tokio::test]
async fn pages_know_their_place() {
    for engine in engines().await {
        let db = &engine.db;
        let batch: Vec<_> = (0..10).map(|n| arxiv(&format!("2401.{n:05}"), "v1", day(1 + n % 2))).collect();
        papers::save(db, &batch).await.expect("saved");
        let page = async |after| {
            papers::list(db, &Listing { after, ..Listing::first(Scope::All, 4) }).await.expect("a page")
        };
        let first = page(None).await;
        let second = page(first.next).await;
        let third = page(second.next).await;
        let places: Vec<_> =
            [&first, &second, &third].map(|page| (page.first, page.items.len(), page.total)).into();
        assert_eq!(places, [(1, 4, Some(10)), (5, 4, Some(10)), (9, 2, Some(10))], "{}", engine.name);
        assert_eq!(third.next, None);
    }
}

#[tokio::test]
async fn hostile_text_is_only_text() {
    for engine in engines().await {
        let db = &engine.db;
        let mut one = record("paperlists", "pl/'; DROP TABLE papers; --/\u{202e}\\", "h");
        one.title = "a\0b".into();
        one.authors = Vec::new();
        papers::save(db, &[harvested(one.clone())]).await.expect("saved");
        let paper = only(db, "paperlists", &one.key.id).await;
        assert_eq!(
            (paper.shown.title.as_str(), paper.shown.authors.len()),
            ("a\u{fffd}b", 0),
            "{}",
            engine.name
        );
    }
}
