//! Lists of several categories, of what was announced, and of parts of editions.

use content::{Announced, Announcement, Harvested};
use storage::{
    Categories, Database, DayKind, Listing, Order, Scope,
    harvests::{self, Step},
    papers,
    readers::{self, Mark, Reader},
};

use crate::support::{arxiv, day, engines, published};

fn of(any: &[&str], not: &[&str]) -> Scope {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Scope::Categories(Categories { any: names(any), not: names(not), kind: None })
}

fn in_categories(id: &str, on: u32, categories: &[&str]) -> Harvested {
    let mut one = arxiv(id, "v1", day(on));
    one.record.categories = categories.iter().map(ToString::to_string).collect();
    one
}

fn announced(category: &str, on: u32, kind: Announced, ids: &[&str]) -> Vec<Announcement> {
    let one = |(id, place): (&&str, u32)| Announcement {
        category: category.into(),
        day: day(on),
        place,
        kind,
        id: (*id).into(),
    };
    ids.iter().zip(1..).map(one).collect()
}

async fn announce(db: &Database, announced: &[Announcement]) {
    let step = Step { records: &[], gone: &[], announced, cursor: "c" };
    harvests::commit(db, "lists", &step).await.expect("saved");
}

/// Walks through a list two papers at a time, as the last parts of their identifiers.
async fn walked(db: &Database, listing: Listing) -> Vec<String> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = papers::list(db, &Listing { after, limit: 2, ..listing.clone() }).await.expect("a page");
        assert_eq!(page.first, seen.len() as u64 + 1);
        seen.extend(page.items.iter().map(|paper| paper.shown.key.id.replace("2401.0000", "")));
        after = page.next;
        if after.is_none() {
            return seen;
        }
    }
}

#[tokio::test]
async fn an_archive_has_the_papers_of_its_categories_once_where_they_come_first() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [
            in_categories("2401.00001", 1, &["cond-mat"]),
            in_categories("2401.00002", 2, &["cond-mat.soft", "cond-mat.other"]),
            in_categories("2401.00003", 2, &["math.NT", "cond-mat.soft"]),
            in_categories("2401.00004", 3, &["math.NT", "hep-th"]),
        ];
        papers::save(db, &batch).await.expect("saved");
        announce(db, &announced("cond-mat.soft", 3, Announced::Cross, &["2401.00003"])).await;
        announce(db, &announced("cond-mat.soft", 3, Announced::New, &["2401.00002"])).await;
        let seen = async |any: &[&str], not: &[&str]| walked(db, Listing::first(of(any, not), 2)).await;
        assert_eq!(seen(&["cond-mat"], &[]).await, ["3", "2", "1"], "{}", engine.name);
        assert_eq!(seen(&["cond-mat"], &["math"]).await, ["2", "1"]);
        assert_eq!(seen(&["math"], &["cond-mat"]).await, ["4"]);
        assert_eq!(seen(&["math", "cond-mat"], &[]).await, ["3", "2", "4", "1"]);
        let total = papers::list(db, &Listing::first(of(&["cond-mat"], &[]), 1)).await.expect("a list").total;
        assert_eq!(total, Some(3));
        let kinds = papers::day_kinds(db, "cond-mat", day(3)).await.expect("kinds");
        assert_eq!(
            kinds.iter().map(|one| (one.kind, one.listed)).collect::<Vec<_>>(),
            [(Announced::New, 1), (Announced::Cross, 1)]
        );
        announce(db, &announced("cond-mat.other", 9, Announced::Replaced, &["2401.00001"])).await;
        let Scope::Categories(archive) = of(&["cond-mat"], &[]) else { unreachable!() };
        let again = Scope::Categories(Categories { kind: Some(Announced::Replaced), ..archive });
        let of_day = Listing { date: Some(day(9)), ..Listing::first(again, 9) };
        assert_eq!(papers::list(db, &of_day).await.expect("a list").items.len(), 1);
    }
}

#[tokio::test]
async fn unions_and_differences_show_each_paper_once_in_one_order() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [
            in_categories("2401.00001", 1, &["a"]),
            in_categories("2401.00002", 2, &["a", "b"]),
            in_categories("2401.00003", 3, &["b", "c"]),
            in_categories("2401.00004", 4, &["c"]),
            in_categories("2401.00005", 4, &["b", "a"]),
        ];
        papers::save(db, &batch).await.expect("saved");
        let check = async |any: &[&str], not: &[&str], expected: &[&str]| {
            let seen = walked(db, Listing::first(of(any, not), 2)).await;
            assert_eq!(seen, expected, "{} {any:?} {not:?}", engine.name);
        };
        check(&["a"], &[], &["5", "2", "1"]).await;
        check(&["a", "b"], &[], &["5", "3", "2", "1"]).await;
        check(&["a", "b", "c"], &[], &["5", "4", "3", "2", "1"]).await;
        check(&["a", "b"], &["c"], &["5", "2", "1"]).await;
        check(&["b"], &["a"], &["3"]).await;
        check(&["b", "none"], &["a"], &["3"]).await;
        check(&[], &["a"], &[]).await;
        let of_day = Listing { date: Some(day(4)), ..Listing::first(of(&["a", "c"], &[]), 9) };
        assert_eq!(papers::list(db, &of_day).await.expect("a list").total, Some(2));
    }
}

#[tokio::test]
async fn a_day_is_in_the_order_that_was_announced() {
    for engine in engines().await {
        let db = &engine.db;
        let batch: Vec<_> =
            (1..=5).map(|n| in_categories(&format!("2401.0000{n}"), 7, &["a", "b"])).collect();
        papers::save(db, &batch[..3]).await.expect("saved");
        announce(db, &announced("a", 7, Announced::New, &["2401.00002", "2401.00003", "2401.00004"])).await;
        announce(db, &announced("b", 9, Announced::Cross, &["2401.00001", "2401.00009"])).await;
        // What comes after its announcement stands in its place, too.
        papers::save(db, &batch).await.expect("saved");
        let day_of = |scope, on| Listing { date: Some(day(on)), ..Listing::first(scope, 2) };
        assert_eq!(
            walked(db, day_of(of(&["a"], &[]), 7)).await,
            ["2", "3", "4", "5", "1"],
            "{}",
            engine.name
        );
        assert_eq!(walked(db, day_of(of(&["b"], &[]), 9)).await, ["1"]);
        assert_eq!(walked(db, Listing::first(of(&["b"], &[]), 2)).await, ["1", "5", "4", "3", "2"]);
        // In a union a paper stands where it comes first, whichever category says so.
        assert_eq!(walked(db, Listing::first(of(&["a", "b"], &[]), 2)).await, ["1", "2", "3", "4", "5"]);
        let kinds = papers::day_kinds(db, "b", day(9)).await.expect("kinds");
        assert_eq!(
            kinds,
            [DayKind { kind: Announced::Cross, listed: 1, announced: Some(2), stored: Some(1) }]
        );
        let missing = harvests::missing(db, &["2401.00009".into(), "2401.00001".into()]).await;
        assert_eq!(missing.expect("an answer"), ["2401.00009"]);
    }
}

#[tokio::test]
async fn kinds_of_a_day() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [
            in_categories("2401.00001", 7, &["a", "b"]),
            in_categories("2401.00002", 7, &["b", "a"]),
            in_categories("2401.00003", 2, &["a"]),
        ];
        papers::save(db, &batch).await.expect("saved");
        announce(db, &announced("a", 7, Announced::Replaced, &["2401.00003"])).await;
        let kinds = papers::day_kinds(db, "a", day(7)).await.expect("kinds");
        let counted: Vec<_> = kinds.iter().map(|one| (one.kind, one.listed, one.announced)).collect();
        let expected =
            [(Announced::New, 1, None), (Announced::Cross, 1, None), (Announced::Replaced, 1, Some(1))];
        assert_eq!(counted, expected, "{}", engine.name);
        let check = async |kind, expected: &[&str]| {
            let list = Categories { any: vec!["a".into()], not: Vec::new(), kind };
            let listing = Listing { date: Some(day(7)), ..Listing::first(Scope::Categories(list), 9) };
            let page = papers::list(db, &listing).await.expect("a list");
            let ids: Vec<_> = page.items.iter().map(|paper| paper.shown.key.id.as_str()).collect();
            assert_eq!((ids, page.total), (expected.to_vec(), Some(expected.len() as u64)), "{kind:?}");
        };
        check(None, &["2401.00002", "2401.00001"]).await;
        check(Some(Announced::New), &["2401.00001"]).await;
        check(Some(Announced::Cross), &["2401.00002"]).await;
        check(Some(Announced::Replaced), &["2401.00003"]).await;
    }
}

#[tokio::test]
async fn replacements_of_several_categories() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [
            in_categories("2401.00001", 1, &["a", "b"]),
            in_categories("2401.00002", 1, &["a"]),
            in_categories("2401.00003", 1, &["b"]),
        ];
        papers::save(db, &batch).await.expect("saved");
        announce(db, &announced("a", 7, Announced::Replaced, &["2401.00001", "2401.00002"])).await;
        announce(db, &announced("b", 7, Announced::Replaced, &["2401.00003", "2401.00001"])).await;
        let check = async |any: &[&str], not: &[&str], expected: &[&str]| {
            let Scope::Categories(list) = of(any, not) else { unreachable!() };
            let list = Categories { kind: Some(Announced::Replaced), ..list };
            let listing = Listing { date: Some(day(7)), ..Listing::first(Scope::Categories(list), 2) };
            assert_eq!(walked(db, listing).await, expected, "{} {any:?} {not:?}", engine.name);
        };
        check(&["a"], &[], &["1", "2"]).await;
        check(&["a", "b"], &[], &["3", "1", "2"]).await;
        check(&["a"], &["b"], &["2"]).await;
    }
}

#[tokio::test]
async fn groups_of_an_edition() {
    for engine in engines().await {
        let db = &engine.db;
        let mut batch: Vec<_> = (1..=5).map(|n| published(&format!("p{n}"), "ICLR", 2025, day(n))).collect();
        for one in &mut batch[..2] {
            one.record.venue.as_mut().expect("a venue").group = Some("Oral".into());
        }
        papers::save(db, &batch).await.expect("saved");
        assert_eq!(papers::edition_groups(db, "ICLR", 2025).await.expect("groups"), [("Oral".to_owned(), 2)]);
        assert_eq!(papers::edition_groups(db, "ICLR", 2024).await.expect("groups"), []);
        let orals = Scope::Venue { key: "ICLR".into(), year: Some(2025), group: Some("Oral".into()) };
        let page = papers::list(db, &Listing::first(orals, 9)).await.expect("a list");
        assert_eq!((page.items.len(), page.total), (2, Some(2)), "{}", engine.name);
        let all = papers::list(db, &Listing::first(Scope::Venues, 9)).await.expect("a list");
        assert_eq!(all.items.len(), 5);
        assert_eq!(papers::venue_key(db, "iclr").await.expect("a key").as_deref(), Some("ICLR"));
        assert_eq!(papers::venue_key(db, "icml").await.expect("no key"), None);
        let starred = Listing { order: Order::Stars, ..Listing::first(Scope::venue("ICLR", None), 2) };
        assert_eq!(walked(db, starred).await, ["p5", "p4", "p3", "p2", "p1"]);
    }
}

#[tokio::test]
async fn stars_go_where_a_paper_goes() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [arxiv("2401.00001", "v1", day(1)), published("p1", "ICLR", 2025, day(5))];
        papers::save(db, &batch).await.expect("saved");
        let of = async |source: &str, id: &str| {
            papers::by_record(db, source, id).await.expect("an answer").expect("a paper")
        };
        let (one, two) = (of("arxiv", "2401.00001").await.id, of("paperlists", "p1").await.id);
        let by = |cookie| Reader { cookie, network: "home" };
        readers::mark(db, one, by("ada"), Mark::Star).await.expect("an answer").expect("kept");
        readers::mark(db, two, by("ada"), Mark::Star).await.expect("an answer").expect("kept");
        readers::mark(db, two, by("eve"), Mark::Star).await.expect("an answer").expect("kept");
        papers::join(db, one, two).await.expect("joined");
        assert_eq!(of("paperlists", "p1").await.counts.stars, 3, "{}", engine.name);
        for reader in ["ada", "eve"] {
            let id = readers::by_cookie(db, reader).await.expect("an answer").expect("a reader");
            let own = readers::marked_by(db, id, Mark::Star, None, 9).await.expect("papers");
            assert_eq!(own.items.iter().map(|paper| paper.id).collect::<Vec<_>>(), [one], "{reader}");
            assert_eq!((own.total, own.next), (1, None));
        }
        let counts = readers::unmark(db, one, "ada", Mark::Star).await.expect("taken back");
        assert_eq!(counts.stars, 1);
        papers::part(db, &batch[1].record.key).await.expect("parted");
        assert_eq!(
            [of("arxiv", "2401.00001").await, of("paperlists", "p1").await].map(|one| one.counts.stars),
            [0, 1]
        );
    }
}
