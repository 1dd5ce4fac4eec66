//! Posts and what is said about them.

use chrono::{DateTime, Utc};
use content::{CommentId, Kind, Language, PaperId, PostId, Slug, Subject};
use storage::{Database, Error, changes, comments, papers, post_lists, post_lists::Scope, posts};

use crate::support::{arxiv, day, engines};

fn slug(text: &str) -> Slug {
    text.parse().expect("a slug")
}

fn moment(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000 + second, 123_456_789).expect("a moment")
}

fn draft(name: &str, second: i64) -> posts::Draft {
    posts::Draft {
        body: "Let $a<b$.\n".into(),
        language: Language::Zh,
        author: "科学".into(),
        categories: vec!["数学".into(), "Analysis".into()],
        tags: vec!["b".into(), "a".into()],
        translation: Some(slug("旋转位置")),
        updated: moment(second + 5),
        ..posts::Draft::new(slug(name), format!("On {name}: $x_1$"), moment(second))
    }
}

async fn say(
    db: &Database,
    subject: Subject,
    parent: Option<CommentId>,
    second: i64,
) -> Result<CommentId, Error> {
    let draft = comments::Draft {
        parent,
        mail: Some("ada@example.org".into()),
        ..comments::Draft::new(subject, "Ada", format!("said at {second}"), moment(second))
    };
    comments::save(db, &draft).await
}

#[tokio::test]
async fn a_post_comes_back_as_it_was_saved() {
    for engine in engines().await {
        let db = &engine.db;
        let given = draft("旋转", 0);
        let id = posts::save(db, &given).await.expect("saved");
        let post = posts::by_slug(db, &slug("旋转")).await.expect("an answer").expect("a post");
        assert_eq!((post.id, &post.title, &post.body), (id, &given.title, &given.body), "{}", engine.name);
        assert_eq!((&post.categories, &post.tags), (&given.categories, &given.tags));
        assert_eq!((post.format, post.language, &post.author), (given.format, given.language, &given.author));
        assert_eq!(post.translation, given.translation);
        assert_eq!(post.published.timestamp_micros(), given.published.timestamp_micros());
        assert_eq!(post.updated.timestamp_micros(), given.updated.timestamp_micros());
        assert_eq!(posts::by_id(db, id).await.expect("an answer"), Some(post));
        assert_eq!(posts::by_slug(db, &slug("other")).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn saving_a_slug_again_keeps_number_and_comments() {
    for engine in engines().await {
        let db = &engine.db;
        let id = posts::save(db, &draft("one", 0)).await.expect("saved");
        say(db, Subject::Post(id), None, 1).await.expect("said");
        let newer = posts::Draft { tags: vec!["c".into()], title: "Other".into(), ..draft("one", 0) };
        assert_eq!(posts::save(db, &newer).await.expect("saved"), id);
        let post = posts::by_id(db, id).await.expect("an answer").expect("a post");
        assert_eq!((post.title.as_str(), post.tags), ("Other", vec!["c".to_owned()]), "{}", engine.name);
        assert_eq!(comments::counts(db, &[PostId(9), id]).await.expect("counts"), [0, 1]);
        assert_eq!(changes::after(db, 0, 9).await.expect("changes").len(), 3);
    }
}

#[tokio::test]
async fn pages_of_posts_are_newest_first() {
    for engine in engines().await {
        let db = &engine.db;
        for (name, second) in [("a", 3), ("b", 1), ("c", 3), ("d", 9)] {
            posts::save(db, &draft(name, second)).await.expect("saved");
        }
        let names = |page: &storage::Page<content::Post>| {
            page.items.iter().map(|post| post.slug.to_string()).collect::<Vec<_>>()
        };
        let all = &Scope::All;
        let first = post_lists::list(db, all, None, 2).await.expect("a page");
        assert_eq!((names(&first), first.first, first.total), (vec!["d".into(), "c".into()], 1, 4));
        posts::save(db, &draft("e", 20)).await.expect("saved");
        let second = post_lists::list(db, all, first.next, 2).await.expect("a page");
        assert_eq!((names(&second), second.first), (vec!["a".into(), "b".into()], 3), "{}", engine.name);
        assert_eq!((second.next, posts::count(db).await.expect("a count")), (None, 5));
    }
}

#[tokio::test]
async fn comments_are_oldest_first_and_recent_ones_newest_first() {
    for engine in engines().await {
        let db = &engine.db;
        let post = posts::save(db, &draft("one", 0)).await.expect("saved");
        let first = say(db, Subject::Post(post), None, 5).await.expect("said");
        let reply = say(db, Subject::Post(post), Some(first), 9).await.expect("said");
        let early = say(db, Subject::Post(post), None, 1).await.expect("said");
        let of: Vec<_> = comments::of(db, Subject::Post(post)).await.expect("comments");
        assert_eq!(of.iter().map(|one| one.id).collect::<Vec<_>>(), [early, first, reply], "{}", engine.name);
        assert_eq!((of[2].parent, of[2].body.as_str()), (Some(first), "said at 9"));
        let recent = comments::recent(db, 2).await.expect("comments");
        assert_eq!(recent.iter().map(|one| one.id).collect::<Vec<_>>(), [reply, first]);
    }
}

/// What is found by search: many at once, in the order asked, and nothing that is not for everybody.
#[tokio::test]
async fn comments_of_numbers_are_those_that_everybody_may_read() {
    for engine in engines().await {
        let db = &engine.db;
        let (open, closed) = (save(db, "open").await, save(db, "closed").await);
        papers::save(db, &[arxiv("2401.00001", "v1", day(1)), arxiv("2401.00002", "v1", day(1))])
            .await
            .expect("saved");
        let (keep, joined) = (PaperId(1), PaperId(2));
        papers::join(db, keep, joined).await.expect("joined");
        let mut said = Vec::new();
        for subject in
            [Subject::Post(open), Subject::Post(closed), Subject::Paper(joined), Subject::Post(open)]
        {
            said.push(say(db, subject, None, 1).await.expect("said"));
        }
        let asked = [said[3], said[2], CommentId(99), said[1], said[0]];
        let ids = async || {
            let found = comments::by_ids(db, &asked).await.expect("comments");
            found.iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(ids().await, [said[3], said[2], said[1], said[0]], "{}", engine.name);
        let about = comments::by_ids(db, &[said[2]]).await.expect("comments");
        assert_eq!(about[0].subject, Subject::Paper(keep), "the one that stands for it");

        engine.run("UPDATE posts SET visibility = 'private' WHERE slug = 'closed'").await;
        engine.run(&format!("UPDATE comments SET state = 'deleted' WHERE id = {}", said[3].0)).await;
        assert_eq!(ids().await, [said[2], said[0]], "{}", engine.name);
        let all = changes::all_documents(db, None, 99).await.expect("documents");
        let all: Vec<_> =
            all.iter().filter(|doc| doc.kind == Kind::Comment).map(|doc| CommentId(doc.id)).collect();
        assert_eq!(all, [said[0], said[2]], "{}", engine.name);
    }
}

async fn save(db: &Database, name: &str) -> PostId {
    posts::save(db, &draft(name, 0)).await.expect("saved")
}

#[tokio::test]
async fn nothing_is_said_about_what_is_not_there() {
    for engine in engines().await {
        let db = &engine.db;
        let post = posts::save(db, &draft("one", 0)).await.expect("saved");
        let log = changes::last(db).await.expect("a position");
        let checks = [
            say(db, Subject::Post(PostId(99)), None, 1).await,
            say(db, Subject::Paper(PaperId(99)), None, 1).await,
            say(db, Subject::Post(post), Some(CommentId(99)), 1).await,
        ];
        for refused in checks {
            assert!(matches!(refused, Err(Error::Missing(_))), "{}: {refused:?}", engine.name);
        }
        assert_eq!(changes::last(db).await.expect("a position"), log, "nothing was logged either");
    }
}
