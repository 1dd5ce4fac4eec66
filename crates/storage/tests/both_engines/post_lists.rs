//! Which lists name which posts, who links to whom, and who reads.

use chrono::{DateTime, TimeDelta, Utc};
use content::{Details, PostId, PostKind, Series, Slug, Visibility};
use storage::{
    Database, Error, addresses, post_links, post_lists, post_lists::Scope, post_reads, post_reads::Reading,
    posts, terms::TermKind,
};

use crate::support::engines;

fn moment(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000 + second, 0).expect("a moment")
}

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn draft(name: &str, second: i64) -> posts::Draft {
    posts::Draft {
        body: format!("The text of {name}."),
        author: "Ada".into(),
        ..posts::Draft::new(slug(name), name, moment(second))
    }
}

async fn save(db: &Database, name: &str, second: i64, details: Details) -> PostId {
    posts::save(db, &posts::Draft { details, ..draft(name, second) }).await.expect("saved")
}

async fn named(db: &Database, scope: &Scope) -> String {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = post_lists::list(db, scope, after, 2).await.expect("a page");
        assert_eq!(page.first, names.len() as u64 + 1);
        names.extend(page.items.iter().map(|post| post.slug.to_string()));
        after = page.next;
        if after.is_none() {
            assert_eq!(page.total, names.len() as u64);
            return names.join(" ");
        }
    }
}

#[tokio::test]
async fn pinned_posts_come_first_and_once() {
    for engine in engines().await {
        let db = &engine.db;
        for (name, second, pinned) in
            [("a", 1, false), ("b", 2, true), ("c", 3, false), ("d", 4, true), ("e", 5, false)]
        {
            save(db, name, second, Details { pinned, ..Details::default() }).await;
        }
        assert_eq!(named(db, &Scope::All).await, "d b e c a", "{}", engine.name);
        assert_eq!(named(db, &Scope::Author("Ada".into())).await, "d b e c a");
        assert_eq!(named(db, &Scope::Between(moment(2), moment(5))).await, "d c b");
        let newest = post_lists::newest(db, &Scope::All, 2).await.expect("posts");
        assert_eq!(newest.iter().map(|post| post.slug.as_str()).collect::<Vec<_>>(), ["e", "d"]);
    }
}

#[tokio::test]
async fn lists_name_what_may_be_named() {
    for engine in engines().await {
        let db = &engine.db;
        let with = |visibility| Details { visibility, ..Details::default() };
        save(db, "public", 1, with(Visibility::Public)).await;
        save(db, "protected", 2, with(Visibility::Protected)).await;
        save(db, "private", 3, with(Visibility::Private)).await;
        save(db, "draft", 4, with(Visibility::Draft)).await;
        save(db, "page", 5, Details { kind: PostKind::Page, ..Details::default() }).await;
        let tomorrow = posts::Draft { published: Utc::now() + TimeDelta::days(1), ..draft("tomorrow", 6) };
        posts::save(db, &tomorrow).await.expect("saved");
        assert_eq!(named(db, &Scope::All).await, "protected public", "{}", engine.name);
        let list = post_lists::list(db, &Scope::All, None, 9).await.expect("a page");
        let texts: Vec<_> = list.items.iter().map(|post| post.body.as_str()).collect();
        assert_eq!(texts, ["", "The text of public."]);
        let found = addresses::posts_in(db, 0).await.expect("addresses");
        assert_eq!(found.iter().map(|((_, slug), _)| slug.as_str()).collect::<Vec<_>>(), ["public", "page"]);
        assert_eq!(addresses::pieces_of_posts(db).await.expect("pieces"), [(0, moment(5))]);
        assert_eq!(addresses::posts_in(db, 1).await.expect("addresses"), []);
        let pages = post_lists::pages(db).await.expect("pages");
        assert_eq!(pages.iter().map(|(page, _)| page.slug.as_str()).collect::<Vec<_>>(), ["page"]);
        let months = post_lists::months(db).await.expect("months");
        assert_eq!(months.iter().map(|month| month.posts).sum::<u64>(), 2);
    }
}

#[tokio::test]
async fn a_series_is_in_its_order() {
    for engine in engines().await {
        let db = &engine.db;
        for (name, second, part) in [("three", 1, 3), ("one", 2, 1), ("two", 3, 2)] {
            let series = Some(Series { name: "Curves".into(), part });
            save(db, name, second, Details { series, ..Details::default() }).await;
        }
        assert_eq!(named(db, &Scope::Series("Curves".into())).await, "one two three", "{}", engine.name);
        let all = post_lists::all_series(db).await.expect("series");
        assert_eq!(all, [("Curves".to_owned(), 3, moment(3))]);
        let two = posts::by_slug(db, &slug("two")).await.expect("an answer").expect("a post");
        let (before, after) = post_lists::neighbours(db, &two).await.expect("neighbours");
        assert_eq!((before.map(|post| post.title), after), (Some("one".into()), None));
    }
}

#[tokio::test]
async fn what_is_under_a_category_or_a_tag() {
    for engine in engines().await {
        let db = &engine.db;
        for (name, second, categories, tags) in [
            ("a", 1, vec!["Analysis"], vec!["x"]),
            ("b", 2, vec!["Measure"], vec!["x", "y"]),
            ("c", 3, vec![], vec![]),
        ] {
            let owned = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
            let under =
                posts::Draft { categories: owned(categories), tags: owned(tags), ..draft(name, second) };
            posts::save(db, &under).await.expect("saved");
        }
        let both = Scope::Categories(vec!["Analysis".into(), "Measure".into()]);
        assert_eq!(named(db, &both).await, "b a", "{}", engine.name);
        assert_eq!(named(db, &Scope::Tag("y".into())).await, "b");
        let tags = post_lists::in_terms(db, TermKind::Tag).await.expect("counts");
        assert_eq!((tags["x"], tags["y"]), ((2, moment(2)), (1, moment(2))));
    }
}

#[tokio::test]
async fn links_lead_back_until_they_are_gone() {
    for engine in engines().await {
        let db = &engine.db;
        let from = save(db, "from", 1, Details::default()).await;
        let hidden =
            save(db, "hidden", 2, Details { visibility: Visibility::Private, ..Details::default() }).await;
        assert_eq!(post_links::position(db).await.expect("a position"), None);
        let links = [(from, vec![slug("to"), slug("other")]), (hidden, vec![slug("to")])];
        post_links::note(db, &links, 7).await.expect("noted");
        let target = save(db, "to", 3, Details::default()).await;
        let target = posts::by_id(db, target).await.expect("an answer").expect("a post");
        let to = || async { post_links::to(db, &target).await.expect("links") };
        assert_eq!(to().await.iter().map(|post| post.id).collect::<Vec<_>>(), [from], "{}", engine.name);
        post_links::note(db, &[(from, vec![slug("other")])], 8).await.expect("noted");
        assert_eq!((to().await.len(), post_links::position(db).await.expect("a position")), (0, Some(8)));
    }
}

#[tokio::test]
async fn readers_count_once_and_a_network_is_bounded() {
    for engine in engines().await {
        let db = &engine.db;
        let post = save(db, "read", 1, Details::default()).await;
        let visitors: Vec<String> = (0..40).map(|number| format!("{number:032x}")).collect();
        let read = |network: &'static str, visitor: &'static str| async move {
            post_reads::read(db, post, Reading { network, visitor, cookie: Some("made up") }).await
        };
        assert!(read("aaaa", "01").await.expect("read"), "{}", engine.name);
        assert!(!read("aaaa", "01").await.expect("read"));
        assert!(read("bbbb", "01").await.expect("read"));
        let mut counted = 0;
        for visitor in &visitors {
            let reading = Reading { network: "cccc", visitor, cookie: None };
            counted += u32::from(post_reads::read(db, post, reading).await.expect("read"));
        }
        assert_eq!(counted, 20);
        let popular = post_lists::popular(db, 3).await.expect("posts");
        assert_eq!(popular.iter().map(|post| post.readers).collect::<Vec<_>>(), [22]);
        let missing =
            post_reads::read(db, PostId(99), Reading { network: "a", visitor: "b", cookie: None }).await;
        assert!(matches!(missing, Err(Error::Missing(_))));
        let later = Utc::now().date_naive() + TimeDelta::days(2);
        assert_eq!(post_reads::forget(db, later).await.expect("forgotten"), 22);
    }
}
