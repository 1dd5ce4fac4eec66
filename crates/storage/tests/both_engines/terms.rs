//! What posts are put under, and what becomes of posts and addresses when that is changed.

use chrono::Utc;
use content::{DocId, Kind, Slug};
use storage::{
    Database, Error, changes, posts,
    terms::{self, TermKind},
};

use crate::support::engines;

async fn post(db: &Database, slug: &str, categories: &[&str], tags: &[&str]) -> i64 {
    let slug: Slug = slug.parse().expect("a slug");
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let draft = posts::Draft {
        categories: names(categories),
        tags: names(tags),
        ..posts::Draft::new(slug, "A post", Utc::now())
    };
    posts::save(db, &draft).await.expect("saved").0
}

#[tokio::test]
async fn posts_follow_a_term_and_its_address_leads_on() {
    for engine in engines().await {
        let db = &engine.db;
        let one = post(db, "one", &["Analysis"], &["nn", "ml"]).await;
        let two = post(db, "two", &["Analysis"], &["neural nets"]).await;
        let three = post(db, "three", &[], &["nn", "neural nets"]).await;
        let before = changes::last(db).await.expect("a number");
        terms::merge(db, TermKind::Tag, "nn", "neural nets").await.expect("merged");
        let log = changes::after(db, before, 99).await.expect("changes");
        let mut touched: Vec<_> = log.iter().map(|change| change.doc).collect();
        touched.sort();
        assert_eq!(touched, [one, three].map(|id| DocId { kind: Kind::Post, id }), "{}", engine.name);
        let counts = terms::counts(db, TermKind::Tag).await.expect("counts");
        assert_eq!((counts.get("neural nets"), counts.get("nn")), (Some(&3), None), "each post once");
        let tags = posts::by_id(db, content::PostId(two)).await.expect("asked").expect("there").tags;
        assert_eq!(tags, ["neural nets"]);
        let moved = terms::moved(db, TermKind::Tag, "nn").await.expect("asked").expect("it leads on");
        assert_eq!(moved.name, "neural nets");

        terms::rename(db, TermKind::Tag, "neural nets", "networks").await.expect("renamed");
        let new: Slug = "networks".parse().expect("a slug");
        terms::readdress(db, TermKind::Tag, "networks", &new).await.expect("moved");
        for old in ["nn", "neural-nets"] {
            let moved = terms::moved(db, TermKind::Tag, old).await.expect("asked").expect("it leads on");
            assert_eq!((moved.name.as_str(), moved.slug.as_str()), ("networks", "networks"), "{old}");
        }
        // Back to an address that it had: that one leads nowhere else any more.
        terms::readdress(db, TermKind::Tag, "networks", &"nn".parse().expect("a slug")).await.expect("moved");
        assert_eq!(terms::moved(db, TermKind::Tag, "nn").await.expect("asked"), None);
        assert_eq!(
            terms::by_slug(db, TermKind::Tag, "nn").await.expect("asked").expect("there").name,
            "networks"
        );
        assert!(matches!(terms::rename(db, TermKind::Tag, "ml", "networks").await, Err(Error::Taken)));
        assert!(
            matches!(terms::remove(db, TermKind::Tag, "ml").await, Err(Error::Taken)),
            "a post is under it"
        );
    }
}

#[tokio::test]
async fn categories_are_in_levels_and_never_in_a_circle() {
    for engine in engines().await {
        let db = &engine.db;
        for name in ["a", "b", "c"] {
            terms::add(db, TermKind::Category, name).await.expect("added");
        }
        let below =
            async |name, parent| terms::describe(db, TermKind::Category, name, "", Some(parent)).await;
        below("b", "a").await.expect("below");
        below("c", "b").await.expect("below");
        for (name, parent) in [("a", "a"), ("a", "b"), ("a", "c"), ("b", "c")] {
            assert!(matches!(below(name, parent).await, Err(Error::Circle)), "{name} below {parent}");
        }
        assert!(matches!(terms::merge(db, TermKind::Category, "a", "c").await, Err(Error::Circle)));
        assert!(matches!(below("a", "nothing").await, Err(Error::Missing(_))));
        terms::rename(db, TermKind::Category, "b", "bb").await.expect("renamed");
        terms::remove(db, TermKind::Category, "a").await.expect("removed");
        let all = terms::all(db, TermKind::Category).await.expect("asked");
        let told: Vec<_> = all.iter().map(|term| (term.name.as_str(), term.parent.as_deref())).collect();
        assert_eq!(told, [("bb", None), ("c", Some("bb"))], "{}", engine.name);
    }
}
