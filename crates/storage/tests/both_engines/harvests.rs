//! Steps of a harvest, and papers that come from several sources.

use content::{Harvested, Way};
use storage::{
    Database, Listing, Saved, Scope,
    harvests::{self, Step},
    papers,
};

use crate::support::{arxiv, day, engines, published};

async fn commit(db: &Database, records: &[Harvested], gone: &[(String, String)], cursor: &str) -> Saved {
    let step = Step { records, gone, announced: &[], cursor };
    harvests::commit(db, "arxiv", &step).await.expect("saved")
}

#[tokio::test]
async fn what_came_and_where_to_go_on_are_one() {
    for engine in engines().await {
        let db = &engine.db;
        assert_eq!(harvests::cursor(db, "arxiv").await.expect("an answer"), None);
        let batch = [arxiv("2401.00001", "v1", day(1))];
        assert_eq!(commit(db, &batch, &[], "one").await, Saved { new: 1, changed: 0, unchanged: 0 });
        assert_eq!(commit(db, &batch, &[], "two").await, Saved { new: 0, changed: 0, unchanged: 1 });
        assert_eq!(harvests::cursor(db, "arxiv").await.expect("a cursor").as_deref(), Some("two"));
        assert_eq!(harvests::cursor(db, "acl").await.expect("an answer"), None, "{}", engine.name);
    }
}

#[tokio::test]
async fn what_is_gone_is_withdrawn_until_it_is_there_again() {
    for engine in engines().await {
        let db = &engine.db;
        let batch = [arxiv("2401.00001", "v1", day(1))];
        commit(db, &batch, &[], "one").await;
        let withdrawn = async || {
            let paper = papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer");
            paper.expect("it stays").shown.withdrawn
        };
        let before = storage::changes::last(db).await.expect("a position");
        let gone = [("arxiv".to_owned(), "2401.00001".to_owned()), ("arxiv".to_owned(), "none".to_owned())];
        commit(db, &[], &gone, "two").await;
        assert!(withdrawn().await, "{}", engine.name);
        assert_eq!(storage::changes::last(db).await.expect("a position"), before + 1);
        assert_eq!(commit(db, &batch, &[], "three").await.changed, 1);
        assert!(!withdrawn().await);
    }
}

/// Two records of one work under one title.
fn twins() -> [Harvested; 2] {
    let mut preprint = arxiv("2401.00001", "v1", day(1));
    preprint.record.title = "On the rotation of distant galaxies".into();
    let mut paper = published("pl/a/1", "ICLR", 2025, day(5));
    paper.record.title = "On the Rotation of Distant Galaxies.".into();
    [preprint, paper]
}

async fn groups(db: &Database) -> u64 {
    papers::count(db).await.expect("a count")
}

#[tokio::test]
async fn twins_are_joined_whichever_comes_first() {
    for engine in engines().await {
        let db = &engine.db;
        let [preprint, paper] = twins();
        let mut other = published("pl/a/2", "ICLR", 2025, day(5));
        other.record = content::Record { title: preprint.record.title.clone(), ..other.record };
        other.record.authors = vec!["Vera Rubin".into()];
        papers::save(db, &[paper.clone(), other]).await.expect("saved");
        papers::save(db, std::slice::from_ref(&preprint)).await.expect("saved");
        assert_eq!(groups(db).await, 2, "{}: other authors, another work", engine.name);
        let joined =
            papers::by_record(db, "paperlists", "pl/a/1").await.expect("an answer").expect("a paper");
        assert_eq!(joined.shown.key.id, "2401.00001");
        assert_eq!(joined.others.len(), 1);
    }
    for engine in engines().await {
        papers::save(&engine.db, &twins()).await.expect("saved");
        assert_eq!(groups(&engine.db).await, 1, "{}: in one batch", engine.name);
    }
}

#[tokio::test]
async fn names_are_the_same_with_and_without_accents() {
    let pairs = [
        ("Kurt Gödel", "Kurt Godel"),
        ("Émile Borel", "Emile Borel"),
        ("Paul Erdős", "Paul Erdos"),
        ("Anna Müller", "Anna Mueller"),
    ];
    for engine in engines().await {
        let db = &engine.db;
        let mut batch = Vec::new();
        for (at, (accented, plain)) in pairs.into_iter().enumerate() {
            let [mut preprint, mut paper] = twins();
            for (one, author) in [(&mut preprint, accented), (&mut paper, plain)] {
                one.record.key.id += &format!(".{at}");
                one.record.title += &format!(", part {at}");
                one.record.authors = vec![author.into()];
            }
            paper.record.title = preprint.record.title.clone();
            batch.extend([preprint, paper]);
        }
        papers::save(db, &batch).await.expect("saved");
        assert_eq!(groups(db).await, pairs.len() as u64, "{}", engine.name);
    }
}

#[tokio::test]
async fn a_doi_and_the_authors_are_one_work_under_any_title() {
    for engine in engines().await {
        let [mut preprint, mut paper] = twins();
        paper.record.title = "Galaxies, rotated".into();
        let mut other = published("pl/a/2", "ICLR", 2025, day(5));
        other.record.authors = vec!["Vera Rubin".into()];
        for one in [&mut preprint, &mut paper, &mut other] {
            one.record.links.doi = Some("10.1000/galaxies".into());
        }
        papers::save(&engine.db, &[preprint, paper, other]).await.expect("saved");
        assert_eq!(groups(&engine.db).await, 2, "{}: the DOI of a whole volume", engine.name);
    }
}

#[tokio::test]
async fn two_records_of_one_source_are_two_works() {
    for engine in engines().await {
        let db = &engine.db;
        let [preprint, paper] = twins();
        let mut again = paper.clone();
        again.record.key.id = "pl/a/2".into();
        papers::save(db, &[paper, again, preprint]).await.expect("saved");
        assert_eq!(groups(db).await, 2, "{}", engine.name);
    }
}

#[tokio::test]
async fn a_title_that_changes_finds_its_twin() {
    for engine in engines().await {
        let db = &engine.db;
        let [preprint, paper] = twins();
        let mut early = preprint.clone();
        early.record.title = "A working title that says nothing".into();
        papers::save(db, &[early, paper]).await.expect("saved");
        assert_eq!(groups(db).await, 2);
        papers::save(db, &[preprint]).await.expect("saved");
        assert_eq!(groups(db).await, 1, "{}", engine.name);
    }
}

#[tokio::test]
async fn what_was_parted_stays_apart() {
    for engine in engines().await {
        let db = &engine.db;
        let [preprint, paper] = twins();
        papers::save(db, &[preprint.clone(), paper.clone()]).await.expect("saved");
        papers::part(db, &paper.record.key).await.expect("parted");
        assert_eq!(groups(db).await, 2);
        let mut again = paper.clone();
        again.record.key.version = "h2".into();
        papers::save(db, &[again]).await.expect("saved");
        let mut third = paper;
        third.record.key.source = "acl".into();
        papers::save(db, &[third]).await.expect("saved");
        let preprint =
            papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer").expect("a paper");
        assert!(
            preprint.others.iter().all(|key| key.source != "paperlists"),
            "{}: {preprint:?}",
            engine.name
        );
        assert_eq!(groups(db).await, 2);
    }
}

/// One paper as a list and as arXiv itself have it.
fn two_ways() -> [Harvested; 2] {
    let mut list = arxiv("2401.00001", "v1", day(1));
    list.raw = "{}".into();
    list.way = Way::List;
    list.record.title = "A title with a slip".into();
    list.record.note = Some("paraphrase".into());
    list.record.venue = published("p", "ICLR", 2025, day(1)).record.venue;
    list.record.links.pdf = Some("https://a.example/1.pdf".into());
    let mut own = arxiv("2401.00001", "v1", day(2));
    own.record.keywords = Vec::new();
    own.record.remark = Some("5 pages".into());
    [list, own]
}

#[tokio::test]
async fn the_source_stands_over_a_list_whichever_comes_first() {
    for order in [[0, 1], [1, 0]] {
        for engine in engines().await {
            let db = &engine.db;
            let both = two_ways();
            for at in order {
                let saved = commit(db, std::slice::from_ref(&both[at]), &[], "").await;
                assert_eq!(saved.new + saved.changed, 1, "{} {order:?}", engine.name);
            }
            let [list, own] = &both;
            let paper =
                papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer").expect("a paper");
            let mut expected = own.record.clone();
            expected.keywords.clone_from(&list.record.keywords);
            expected.venue.clone_from(&list.record.venue);
            expected.links.pdf.clone_from(&list.record.links.pdf);
            assert_eq!((paper.shown, paper.others), (expected, vec![]), "{} {order:?}", engine.name);
            let listed =
                papers::list(db, &Listing::first(Scope::venue("ICLR", None), 9)).await.expect("a list");
            assert_eq!(listed.items.len(), 1);
            for at in [0, 1, 1, 0] {
                let again = commit(db, std::slice::from_ref(&both[at]), &[], "").await;
                assert_eq!(again, Saved { new: 0, changed: 0, unchanged: 1 }, "{} {order:?}", engine.name);
            }
        }
    }
}

#[tokio::test]
async fn a_list_does_not_bring_back_what_its_source_deleted() {
    for engine in engines().await {
        let db = &engine.db;
        let [list, own] = two_ways();
        commit(db, std::slice::from_ref(&list), &[], "").await;
        commit(db, &[], &[("arxiv".to_owned(), "2401.00001".to_owned())], "").await;
        let withdrawn = async || {
            let paper = papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer");
            paper.expect("it stays").shown.withdrawn
        };
        commit(db, &[list], &[], "").await;
        assert!(withdrawn().await, "{}", engine.name);
        commit(db, &[own], &[], "").await;
        assert!(!withdrawn().await);
    }
}

#[tokio::test]
async fn what_its_source_deleted_before_it_came_is_not_alive_by_a_list() {
    for engine in engines().await {
        let db = &engine.db;
        let [list, own] = two_ways();
        let gone = [("arxiv".to_owned(), "2401.00001".to_owned())];
        let found = async || papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer");
        for _ in 0..2 {
            commit(db, &[], &gone, "").await;
        }
        assert_eq!(found().await, None, "{}", engine.name);
        let missing = harvests::missing(db, &["2401.00001".into(), "2401.00002".into()]).await;
        assert_eq!(missing.expect("an answer"), ["2401.00002"], "it is not asked for again");
        commit(db, &[list.clone(), version(&list, "v2")], &[], "").await;
        let shown = found().await.expect("it is there").shown;
        assert!(shown.withdrawn && shown.summary.is_empty(), "{}", engine.name);
        for later in [&list, &version(&list, "v3")] {
            commit(db, std::slice::from_ref(later), &[], "").await;
            assert!(found().await.expect("it is there").shown.withdrawn, "{}", engine.name);
        }
        commit(db, std::slice::from_ref(&own), &[], "").await;
        let shown = found().await.expect("it is there").shown;
        assert_eq!((shown.withdrawn, shown.title), (false, own.record.title.clone()));
    }
}

#[tokio::test]
async fn what_its_source_has_again_is_alive() {
    for engine in engines().await {
        let [list, own] = two_ways();
        commit(&engine.db, &[], &[("arxiv".to_owned(), "2401.00001".to_owned())], "").await;
        commit(&engine.db, &[own], &[], "").await;
        commit(&engine.db, &[list], &[], "").await;
        let paper = papers::by_record(&engine.db, "arxiv", "2401.00001").await.expect("an answer");
        assert!(!paper.expect("it is there").shown.withdrawn, "{}", engine.name);
    }
}

fn version(of: &Harvested, version: &str) -> Harvested {
    let mut other = of.clone();
    other.record.key.version = version.into();
    other
}

#[tokio::test]
async fn another_version_in_a_list_does_not_bring_back_what_its_source_deleted() {
    let [list, own] = two_ways();
    let gone = [("arxiv".to_owned(), "2401.00001".to_owned())];
    for (before, after) in [(&list, version(&list, "v3")), (&own, version(&list, "v2"))] {
        for engine in engines().await {
            let db = &engine.db;
            let shown = async || {
                let paper = papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer");
                paper.expect("it stays").shown
            };
            commit(db, std::slice::from_ref(before), &[], "").await;
            commit(db, &[], &gone, "").await;
            commit(db, std::slice::from_ref(&after), &[], "").await;
            assert!(shown().await.withdrawn, "{} {:?}", engine.name, before.way);
            commit(db, &[], &gone, "").await;
            commit(db, std::slice::from_ref(&after), &[], "").await;
            assert!(shown().await.withdrawn, "{} {:?}: deleted again", engine.name, before.way);
            commit(db, std::slice::from_ref(&own), &[], "").await;
            let back = shown().await;
            assert!(!back.withdrawn, "{} {:?}", engine.name, before.way);
            assert_eq!((back.key.version, back.title), ("v1".to_owned(), own.record.title.clone()));
        }
    }
}

#[tokio::test]
async fn the_newest_version_has_what_a_list_alone_knows_of_any() {
    let [list, own] = two_ways();
    let steps = [list, own.clone(), version(&own, "v2")];
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1], [1, 0, 2]] {
        for engine in engines().await {
            let db = &engine.db;
            for at in order {
                commit(db, std::slice::from_ref(&steps[at]), &[], "").await;
            }
            let mut expected = steps[2].record.clone();
            expected.keywords.clone_from(&steps[0].record.keywords);
            expected.venue.clone_from(&steps[0].record.venue);
            expected.links.pdf.clone_from(&steps[0].record.links.pdf);
            let view = async || {
                let venue = Listing::first(Scope::venue("ICLR", Some(2025)), 9);
                papers::list(db, &venue).await.expect("a list").items
            };
            let papers = view().await;
            assert_eq!(papers.len(), 1, "{} {order:?}", engine.name);
            assert_eq!(papers[0].shown, expected, "{} {order:?}", engine.name);
            for at in order {
                let again = commit(db, std::slice::from_ref(&steps[at]), &[], "").await;
                assert_eq!(again, Saved { new: 0, changed: 0, unchanged: 1 }, "{} {order:?}", engine.name);
            }
            assert_eq!(view().await, papers);
        }
    }
}

#[tokio::test]
async fn a_version_that_only_a_list_has_does_not_hide_the_sources_own() {
    let [list, own] = two_ways();
    let wrong = version(&list, "v5");
    for order in [[&wrong, &own], [&own, &wrong]] {
        for engine in engines().await {
            let db = &engine.db;
            for one in order {
                commit(db, std::slice::from_ref(one), &[], "").await;
            }
            let paper =
                papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer").expect("a paper");
            assert_eq!(paper.shown.key.version, "v1", "{}", engine.name);
            assert_eq!(paper.shown.title, own.record.title);
            assert_eq!(papers::latest_day(db, "cs.LG").await.expect("a day"), Some(day(2)));
        }
    }
}

#[tokio::test]
async fn what_was_imported_last_counts_where_versions_are_hashes() {
    let line = |hash: &str, venue: &str, date| {
        let mut line = version(&published("pl/a/1", venue, 2025, date), hash);
        line.way = Way::List;
        line
    };
    let (slip, mended) = (line("h1", "ICLR", day(9)), line("h2", "ICML", day(3)));
    for engine in engines().await {
        let db = &engine.db;
        let check = async |one: &Harvested, saved: Saved| {
            assert_eq!(commit(db, std::slice::from_ref(one), &[], "").await, saved, "{}", engine.name);
            let paper =
                papers::by_record(db, "paperlists", "pl/a/1").await.expect("an answer").expect("a paper");
            assert_eq!(paper.shown, one.record, "{}", engine.name);
            let venue = one.record.venue.as_ref().expect("a venue").key.clone();
            assert_eq!(papers::venues(db).await.expect("venues"), [(venue.clone(), 1)], "{}", engine.name);
            let listing =
                Listing { date: Some(one.record.date), ..Listing::first(Scope::venue(&venue, None), 9) };
            assert_eq!(papers::list(db, &listing).await.expect("a list").items, [paper]);
        };
        let (new, changed, unchanged) = (
            Saved { new: 1, ..Saved::default() },
            Saved { changed: 1, ..Saved::default() },
            Saved { unchanged: 1, ..Saved::default() },
        );
        check(&slip, new).await;
        check(&mended, changed).await;
        check(&mended, unchanged).await;
        check(&slip, changed).await;
        check(&slip, unchanged).await;
        let both = [mended.clone(), slip.clone()];
        assert_eq!(commit(db, &both, &[], "").await, Saved { unchanged: 2, ..Saved::default() });
        check(&slip, unchanged).await;
    }
}

#[tokio::test]
async fn a_paper_keeps_the_name_that_it_was_made_for() {
    for engine in engines().await {
        let db = &engine.db;
        let [preprint, paper] = twins();
        papers::save(db, &[paper]).await.expect("saved");
        papers::save(db, &[preprint]).await.expect("saved");
        let joined = papers::by_record(db, "arxiv", "2401.00001").await.expect("an answer").expect("a paper");
        assert_eq!(joined.shown.key.source, "arxiv");
        assert_eq!(joined.made_for, ("paperlists".to_owned(), "pl/a/1".to_owned()), "{}", engine.name);
    }
}
