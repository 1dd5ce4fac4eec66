//! What is being written: working copies, their revisions, and how they become posts.

use chrono::{TimeDelta, Utc};
use content::{Manuscript, PostId, Role, Slug, UserId, Visibility};
use storage::{
    Database, Error, changes,
    drafts::{self, Listed, Saved, State, Which, Working},
    media::{self, Medium},
    posts, users,
};

use crate::support::{Engine, engines};

fn text(title: &str, body: &str) -> Manuscript {
    Manuscript { title: title.into(), body: body.into(), ..Manuscript::default() }
}

async fn user(db: &Database, name: &str) -> Option<UserId> {
    let draft = users::Draft {
        name: name.parse().expect("a name"),
        mail: None,
        password_hash: String::new(),
        role: Role::Author,
    };
    Some(users::create(db, &draft).await.expect("made").id)
}

fn made(saved: Result<Saved, Error>) -> Working {
    match saved.expect("an answer") {
        Saved::As(working) => working,
        Saved::Other(other) => panic!("somebody was faster: {other:?}"),
    }
}

async fn published(engine: &Engine, title: &str) -> Working {
    let begun = drafts::begin(&engine.db, None, &text(title, "Let $x_1$.")).await.expect("begun");
    made(drafts::publish(&engine.db, begun.id, 1, None).await)
}

async fn listed(db: &Database, which: &Which) -> Vec<Listed> {
    drafts::list(db, which, None, 99).await.expect("a list").items
}

#[tokio::test]
async fn lists_of_what_is_written_come_in_pages() {
    for engine in engines().await {
        let db = &engine.db;
        let ada = user(db, "ada").await;
        for n in 0..7 {
            drafts::begin(db, ada, &text(&format!("Draft {n}"), "")).await.expect("begun");
            published(&engine, &format!("Post {n}")).await;
        }
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = drafts::list(db, &Which::default(), after, 4).await.expect("a page");
            assert_eq!((page.total, page.first), (14, 1 + seen.len() as u64), "{}", engine.name);
            seen.extend(page.items.into_iter().map(|one| one.title));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<_> =
            (0..7).rev().flat_map(|n| [format!("Post {n}"), format!("Draft {n}")]).collect();
        assert_eq!(seen, expected, "{}: what was saved last comes first, and each once", engine.name);
    }
}

#[tokio::test]
async fn lists_of_what_is_written_are_narrowed() {
    for engine in engines().await {
        let db = &engine.db;
        let ada = user(db, "ada").await;
        drafts::begin(db, ada, &text("Écrit 100% 旋转", "")).await.expect("begun");
        for visibility in Visibility::ALL {
            let mut one = text(&format!("A {} post", visibility.name()), "");
            one.details.visibility = visibility;
            let begun = drafts::begin(db, None, &one).await.expect("begun");
            made(drafts::publish(db, begun.id, 1, None).await);
        }
        let later = Manuscript { published: Some(Utc::now() + TimeDelta::days(1)), ..text("To come", "") };
        let begun = drafts::begin(db, None, &later).await.expect("begun");
        made(drafts::publish(db, begun.id, 1, None).await);
        let titles = async |which: Which| -> Vec<String> {
            let mut titles: Vec<_> = listed(db, &which).await.into_iter().map(|one| one.title).collect();
            titles.sort();
            titles
        };
        let in_state = |state| Which { state: Some(state), ..Which::default() };
        let drafts_of_all = titles(in_state(State::Draft)).await;
        assert_eq!(drafts_of_all, ["A draft post", "Écrit 100% 旋转"], "{}", engine.name);
        assert_eq!(titles(in_state(State::Private)).await, ["A private post"]);
        assert_eq!(titles(in_state(State::Published)).await, ["A protected post", "A public post"]);
        assert_eq!(titles(in_state(State::Scheduled)).await, ["To come"]);
        assert_eq!(drafts::tally(db, &in_state(State::Private)).await.expect("counts"), [2, 1, 2, 1]);
        let with = |words: &[&str]| Which {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            ..Which::default()
        };
        assert_eq!(titles(with(&["POST", "pri"])).await, ["A private post"], "{}", engine.name);
        for words in [&["0%"][..], &["旋"], &["Écrit"], &["100%", "Écrit"]] {
            assert_eq!(titles(with(words)).await.len(), 1, "{} {words:?}", engine.name);
        }
        for words in [&["_"][..], &["p%t"], &["\\"], &["post", "other"]] {
            assert_eq!(titles(with(words)).await, [""; 0], "{} {words:?}", engine.name);
        }
        let own = Which { owner: ada, ..Which::default() };
        assert_eq!(titles(own.clone()).await, ["Écrit 100% 旋转"]);
        assert_eq!(drafts::tally(db, &own).await.expect("counts"), [1, 0, 0, 0]);
    }
}

#[tokio::test]
async fn nothing_is_overwritten() {
    for engine in engines().await {
        let db = &engine.db;
        let (ada, eve) = (user(db, "ada").await, user(db, "eve").await);
        let begun = drafts::begin(db, ada, &text("A", "one")).await.expect("begun");
        assert_eq!((begun.version, begun.owner, begun.post.is_none()), (1, ada, true), "{}", engine.name);
        let saved = made(drafts::save(db, begun.id, 1, &text("A", "two"), ada).await);
        assert_eq!((saved.version, saved.text.body.as_str()), (2, "two"));
        let late = drafts::save(db, begun.id, 1, &text("A", "three"), eve).await.expect("an answer");
        let Saved::Other(other) = late else { panic!("{}: it was overwritten", engine.name) };
        assert_eq!((other.text.body.as_str(), other.editor.as_deref()), ("two", Some("ada")));
        let late = drafts::publish(db, begun.id, 1, eve).await.expect("an answer");
        assert!(matches!(late, Saved::Other(_)), "{}", engine.name);
        assert_eq!(posts::count(db).await.expect("a count"), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_who_save_at_once_one_is_first() {
    for engine in engines().await {
        let begun = drafts::begin(&engine.db, None, &text("A", "")).await.expect("begun");
        let other = storage::connect(&engine.url).await.expect("the engine is there");
        let writers = (0..20).map(|number| {
            let db = if number % 2 == 0 { engine.db.clone() } else { other.clone() };
            tokio::spawn(async move {
                let mine = text("A", &number.to_string());
                let saved = drafts::save(&db, begun.id, 1, &mine, None).await.expect("an answer");
                matches!(saved, Saved::As(_)).then_some(mine)
            })
        });
        let outcomes = futures::future::join_all(writers).await;
        let won: Vec<_> = outcomes.into_iter().filter_map(|one| one.expect("a writer")).collect();
        let kept = drafts::by_id(&engine.db, begun.id).await.expect("an answer").expect("a draft");
        assert_eq!((won.len(), &won[0], kept.version), (1, &kept.text, 2), "{}", engine.name);
    }
}

#[tokio::test]
async fn what_one_saves_within_some_minutes_is_one_revision() {
    for engine in engines().await {
        let db = &engine.db;
        let (ada, eve) = (user(db, "ada").await, user(db, "eve").await);
        let id = drafts::begin(db, ada, &text("A", "0")).await.expect("begun").id;
        let shape = async || {
            let found = drafts::revisions(db, id).await.expect("revisions");
            found.iter().map(|one| (one.number, one.editor.clone(), one.published)).collect::<Vec<_>>()
        };
        for version in 1..=3 {
            made(drafts::save(db, id, version, &text("A", &version.to_string()), ada).await);
        }
        assert_eq!(shape().await, [(1, Some("ada".into()), false)], "{}", engine.name);
        made(drafts::save(db, id, 4, &text("A", "4"), eve).await);
        engine.run("UPDATE revisions SET begun = '2020-01-01 00:00:00+00:00' WHERE number = 2").await;
        made(drafts::save(db, id, 5, &text("A", "5"), eve).await);
        made(drafts::publish(db, id, 6, eve).await);
        made(drafts::save(db, id, 7, &text("A", "7"), eve).await);
        let eves = |number, published| (number, Some("eve".to_owned()), published);
        let expected = vec![
            eves(5, false),
            eves(4, true),
            eves(3, false),
            eves(2, false),
            (1, Some("ada".into()), false),
        ];
        assert_eq!(shape().await, expected, "{}", engine.name);
        let first = drafts::revision(db, id, 1).await.expect("an answer").expect("a revision");
        assert_eq!(first.body, "3");
        assert_eq!(drafts::revision(db, id, 9).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn a_published_text_is_a_post_and_its_working_copy_goes_on() {
    for engine in engines().await {
        let db = &engine.db;
        let mut working = published(&engine, "On $x_1$").await;
        let standing = working.post.clone().expect("a post");
        assert_eq!(standing.slug.as_str(), "on-x-1", "{}", engine.name);
        let log = changes::after(db, 0, 9).await.expect("changes");
        assert_eq!((log.len(), log[0].doc.id), (1, standing.id.0));
        working.text.body = "other".into();
        working.text.slug = "renamed".into();
        let saved = made(drafts::save(db, working.id, working.version, &working.text, None).await);
        let post = posts::by_id(db, standing.id).await.expect("an answer").expect("a post");
        assert_eq!((post.body.as_str(), post.slug.as_str()), ("Let $x_1$.", "on-x-1"), "{}", engine.name);
        assert!(listed(db, &Which::default()).await[0].changed);
        made(drafts::publish(db, working.id, saved.version, None).await);
        let post = posts::by_id(db, standing.id).await.expect("an answer").expect("a post");
        assert_eq!((post.body.as_str(), post.slug.as_str()), ("other", "renamed"));
        assert_eq!(post.published, standing.published, "the day stays");
        assert!(!listed(db, &Which::default()).await[0].changed);
    }
}

#[tokio::test]
async fn addresses_belong_to_one_post() {
    for engine in engines().await {
        let db = &engine.db;
        published(&engine, "Same").await;
        let second = drafts::begin(db, None, &text("Same", "")).await.expect("begun");
        let refused = drafts::publish(db, second.id, 1, None).await;
        assert!(matches!(refused, Err(Error::Taken)), "{}: {refused:?}", engine.name);
        let kept = drafts::by_id(db, second.id).await.expect("an answer").expect("a draft");
        assert_eq!((kept.version, kept.post), (1, None), "nothing changed");
        let nameless = drafts::begin(db, None, &text("…", "")).await.expect("begun");
        let refused = drafts::publish(db, nameless.id, 1, None).await;
        assert!(matches!(refused, Err(Error::Missing(_))), "{}: {refused:?}", engine.name);
    }
}

#[tokio::test]
async fn a_post_of_elsewhere_gets_a_working_copy() {
    for engine in engines().await {
        let db = &engine.db;
        let slug: Slug = "old".parse().expect("a slug");
        let post = posts::Draft { body: "as it was".into(), ..posts::Draft::new(slug, "Old", Utc::now()) };
        let id = posts::save(db, &post).await.expect("saved");
        let first = drafts::of_post(db, id, None).await.expect("an answer").expect("a draft");
        assert_eq!((first.text.body.as_str(), first.version), ("as it was", 1), "{}", engine.name);
        assert!(!listed(db, &Which::default()).await[0].changed);
        let again = drafts::of_post(db, id, None).await.expect("an answer").expect("a draft");
        assert_eq!(again.id, first.id);
        assert_eq!(drafts::of_post(db, PostId(99), None).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn what_is_taken_back_or_to_come_is_not_public() {
    for engine in engines().await {
        let db = &engine.db;
        let working = published(&engine, "Here").await;
        let id = working.post.as_ref().expect("a post").id;
        posts::show(db, id, Visibility::Draft).await.expect("taken back");
        assert_eq!(posts::by_id(db, id).await.expect("an answer"), None, "{}", engine.name);
        let slug = "here".parse().expect("a slug");
        let (kept, _) = posts::kept_at(db, &slug).await.expect("an answer").expect("a post");
        assert_eq!(kept.details.visibility, Visibility::Draft);
        let later = Manuscript { published: Some(Utc::now() + TimeDelta::days(1)), ..working.text.clone() };
        let saved = made(drafts::save(db, working.id, working.version, &later, None).await);
        made(drafts::publish(db, working.id, saved.version, None).await);
        assert_eq!(posts::by_id(db, id).await.expect("an answer"), None, "{}", engine.name);
        let due = posts::next_due(db).await.expect("an answer").expect("a day");
        assert!((due - Utc::now()).num_hours() > 20);
        posts::remove(db, id).await.expect("removed");
        assert!(matches!(posts::remove(db, id).await, Err(Error::Missing(_))));
        assert_eq!(drafts::by_id(db, working.id).await.expect("an answer"), None, "it went with the post");
    }
}

#[tokio::test]
async fn previews_are_for_who_has_the_secret() {
    for engine in engines().await {
        let db = &engine.db;
        let id = drafts::begin(db, None, &text("A", "")).await.expect("begun").id;
        let found =
            async |hash: &str| drafts::by_preview(db, hash).await.expect("an answer").map(|one| one.id);
        drafts::share(db, id, Some("hash")).await.expect("shared");
        assert_eq!((found("hash").await, found("other").await), (Some(id), None), "{}", engine.name);
        drafts::share(db, id, None).await.expect("taken back");
        assert_eq!(found("hash").await, None);
    }
}

#[tokio::test]
async fn files_know_where_they_are_shown() {
    for engine in engines().await {
        let db = &engine.db;
        let hash = "00ff".repeat(8);
        let file = Medium {
            hash: hash.clone(),
            name: "Bild.png".into(),
            mime: "image/png".into(),
            bytes: 7,
            size: Some((3, 4)),
            owner: None,
            created: Utc::now(),
        };
        media::save(db, &file).await.expect("saved");
        media::save(db, &Medium { name: "again.png".into(), ..file.clone() }).await.expect("saved");
        let listed = media::list(db, None, 0, 9).await.expect("files");
        assert_eq!((listed.len(), listed[0].name.as_str(), listed[0].size), (1, "Bild.png", Some((3, 4))));
        let body = format!("![](/files/{hash}.png)");
        let draft = drafts::begin(db, None, &text("Shows it", &body)).await.expect("begun");
        made(drafts::publish(db, draft.id, 1, None).await);
        drafts::begin(db, None, &text("Will show it", &body)).await.expect("begun");
        let titles: Vec<_> =
            media::uses(db, &hash).await.expect("uses").into_iter().map(|one| one.title).collect();
        assert_eq!(titles, ["Shows it", "Will show it"], "{}", engine.name);
        media::remove(db, &hash).await.expect("removed");
        assert_eq!(media::by_hash(db, &hash).await.expect("an answer"), None);
    }
}
