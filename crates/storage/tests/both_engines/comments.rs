//! What is said, who may see it, and who is told of it.

use chrono::{DateTime, TimeDelta, Utc};
use content::{CommentId, CommentState, DocId, Kind, Language, PaperId, PostId, Subject, Visibility, Why};
use storage::{
    Database,
    audit::{self, Deed},
    changes,
    comments::{self, Draft, Filter, Known, Verdict, Wish},
    mails, papers, posts, subscriptions,
};

use crate::support::{arxiv, day, engines};

fn moment(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_760_000_000 + second, 0).expect("a moment")
}

async fn post(db: &Database) -> PostId {
    let draft = posts::Draft::new("rotary".parse().expect("a slug"), "Rotary", moment(0));
    posts::save(db, &draft).await.expect("saved")
}

fn said(post: PostId, body: &str) -> Draft {
    let now = Utc::now();
    Draft {
        mail: Some("ada@example.org".into()),
        network: "n1".into(),
        tell: true,
        ..Draft::new(Subject::Post(post), "Ada", body, now)
    }
}

async fn save(db: &Database, draft: Draft) -> CommentId {
    comments::save(db, &draft).await.expect("saved")
}

async fn logged(db: &Database, after: i64) -> Vec<DocId> {
    changes::after(db, after, 99).await.expect("changes").into_iter().map(|change| change.doc).collect()
}

async fn position(db: &Database) -> i64 {
    changes::last(db).await.expect("a position")
}

async fn change(db: &Database, id: CommentId, state: CommentState) -> Vec<(CommentId, CommentState)> {
    comments::change(db, &[id], Verdict::new(state, Some(Why::Moderator)), None).await.expect("changed")
}

#[tokio::test]
async fn only_what_is_visible_is_read_logged_and_counted() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let at = position(db).await;
        let held = Draft { state: CommentState::Held, why: Some(Why::First), ..said(post, "held") };
        let held = save(db, held).await;
        assert_eq!(logged(db, at).await, [], "{}", engine.name);
        let stored = comments::by_id(db, held).await.expect("an answer").expect("a comment");
        assert_eq!((stored.state, stored.why), (CommentState::Held, Some(Why::First)));
        assert_eq!((stored.mail.as_deref(), stored.network.as_str()), (Some("ada@example.org"), "n1"));
        assert_eq!(comments::counts(db, &[post]).await.expect("counts"), [0]);
        assert_eq!(comments::recent(db, 9).await.expect("comments"), []);
        assert_eq!(comments::tally(db).await.expect("a tally"), [1, 0, 0, 0]);

        assert_eq!(change(db, held, CommentState::Visible).await, [(held, CommentState::Held)]);
        assert_eq!(change(db, held, CommentState::Visible).await, []);
        let comment = DocId { kind: Kind::Comment, id: held.0 };
        assert_eq!(logged(db, at).await, [comment]);
        assert_eq!(comments::recent(db, 9).await.expect("comments").len(), 1);
        assert_eq!(comments::tally(db).await.expect("a tally"), [0, 1, 0, 0]);
        assert_eq!(change(db, held, CommentState::Spam).await, [(held, CommentState::Visible)]);
        assert_eq!(change(db, held, CommentState::Deleted).await, [(held, CommentState::Spam)]);
        assert_eq!(logged(db, at).await, [comment; 2]);
    }
}

#[tokio::test]
async fn a_hidden_post_hides_what_was_said_about_it() {
    for engine in engines().await {
        let db = &engine.db;
        let id = post(db).await;
        let comment = save(db, said(id, "seen")).await;
        let docs = [DocId { kind: Kind::Post, id: id.0 }, DocId { kind: Kind::Comment, id: comment.0 }];
        let mut draft = posts::Draft::new("rotary".parse().expect("a slug"), "Rotary", moment(0));
        let at = position(db).await;
        posts::save(db, &draft).await.expect("saved");
        assert_eq!(logged(db, at).await, docs[..1], "{}", engine.name);
        for visibility in [Visibility::Private, Visibility::Public] {
            let at = position(db).await;
            draft.details.visibility = visibility;
            posts::save(db, &draft).await.expect("saved");
            assert_eq!(logged(db, at).await, docs);
            let shown = usize::from(visibility == Visibility::Public);
            assert_eq!(comments::recent(db, 9).await.expect("comments").len(), shown);
            assert_eq!(comments::by_ids(db, &[comment]).await.expect("comments").len(), shown);
        }
    }
}

#[tokio::test]
async fn what_is_gone_holds_together_what_replies_to_it() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let reply = |parent, body: &str| Draft { parent: Some(parent), ..said(post, body) };
        let first = save(db, said(post, "1")).await;
        let second = save(db, reply(first, "2")).await;
        let third = save(db, reply(second, "3")).await;
        let lonely = save(db, said(post, "4")).await;
        for gone in [first, second, lonely] {
            change(db, gone, CommentState::Deleted).await;
        }
        let places = comments::places(db, Subject::Post(post)).await.expect("places");
        let shape: Vec<_> = places.iter().map(|place| (place.id, place.parent, place.gone)).collect();
        let mut expected = [(first, None, true), (second, Some(first), true), (third, Some(second), false)];
        expected.sort_by_key(|(id, _, gone)| (!gone, *id));
        let mut shape = shape;
        shape.sort_by_key(|(id, _, gone)| (!gone, *id));
        assert_eq!(shape, expected, "{}", engine.name);
        let visible = comments::visible_of(db, &[first, second, third]).await.expect("comments");
        assert_eq!(visible.len(), 1);
        assert_eq!(comments::above(db, third, 9).await.expect("comments"), [second, first]);
        let tomorrow = Utc::now() + TimeDelta::days(1);
        assert_eq!(comments::forget(db, Utc::now() - TimeDelta::days(1), 9).await.expect("a count"), 0);
        assert_eq!(comments::forget(db, tomorrow, 9).await.expect("a count"), 1, "what has replies stays");
        assert_eq!(comments::above(db, third, 1).await.expect("comments"), [second]);
    }
}

#[tokio::test]
async fn a_joined_papers_comments_are_those_of_the_one_that_stands_for_it() {
    for engine in engines().await {
        let db = &engine.db;
        papers::save(db, &[arxiv("2401.00001", "v1", day(1)), arxiv("2401.00002", "v1", day(1))])
            .await
            .expect("saved");
        let about = |paper| Draft::new(Subject::Paper(PaperId(paper)), "Ada", "said", Utc::now());
        let ids = [save(db, about(1)).await, save(db, about(2)).await];
        papers::join(db, PaperId(1), PaperId(2)).await.expect("joined");
        let places = comments::places(db, Subject::Paper(PaperId(1))).await.expect("places");
        assert_eq!(places.iter().map(|place| place.id).collect::<Vec<_>>(), ids, "{}", engine.name);
        let stored = comments::by_id(db, ids[1]).await.expect("an answer").expect("a comment");
        assert_eq!(stored.comment.subject, Subject::Paper(PaperId(1)));
    }
}

#[tokio::test]
async fn people_are_known_by_name_and_mail() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let known = async |name: &str, mail: &str| comments::known(db, name, mail).await.expect("an answer");
        let id = save(db, Draft { state: CommentState::Held, ..said(post, "x") }).await;
        assert_eq!(known("Ada", "ada@example.org").await, Known::No, "{}", engine.name);
        change(db, id, CommentState::Visible).await;
        assert_eq!(known("Ada", "ada@example.org").await, Known::Yes);
        assert_eq!(known("Eve", "ada@example.org").await, Known::No);
        assert_eq!(known("Ada", "eve@example.org").await, Known::No);
        save(db, said(post, "y")).await;
        let trusted = Verdict { trusted: Some(true), ..Verdict::new(CommentState::Visible, None) };
        comments::change(db, &[id], trusted, None).await.expect("changed");
        assert_eq!(known("Ada", "ada@example.org").await, Known::Trusted);
        change(db, id, CommentState::Spam).await;
        assert_eq!(known("Ada", "ada@example.org").await, Known::Yes);
        let again = said(post, "y");
        let since = Utc::now() - TimeDelta::days(1);
        assert!(comments::is_repeated(db, &again, since).await.expect("an answer"));
        let other = Draft { author: "Eve".into(), ..again };
        assert!(!comments::is_repeated(db, &other, since).await.expect("an answer"));
    }
}

#[tokio::test]
async fn authors_change_what_they_said_for_a_while() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let id = save(db, said(post, "x")).await;
        let now = Utc::now();
        let edit = async |body: &str, since, state| {
            comments::edit(db, id, body, since, (state, None)).await.expect("an answer")
        };
        assert!(!edit("late", now + TimeDelta::hours(1), CommentState::Visible).await, "{}", engine.name);
        let at = position(db).await;
        assert!(edit("in time", now - TimeDelta::hours(1), CommentState::Held).await);
        assert_eq!(logged(db, at).await.len(), 1);
        let stored = comments::by_id(db, id).await.expect("an answer").expect("a comment");
        assert_eq!((stored.comment.body.as_str(), stored.state), ("in time", CommentState::Held));
        assert!(stored.comment.edited.is_some());
        change(db, id, CommentState::Deleted).await;
        assert!(!edit("taken away", now - TimeDelta::hours(1), CommentState::Visible).await);
    }
}

#[tokio::test]
async fn moderators_find_by_state_text_and_origin() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        for number in 0..5 {
            save(db, Draft { network: "n2".into(), ..said(post, &format!("100%_{number} \\alpha 旋转")) })
                .await;
        }
        let odd = save(db, said(post, "100 percent")).await;
        let found = async |filter: Filter, before, limit| {
            comments::list(db, &filter, before, limit).await.expect("a list")
        };
        let text = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
        let all = found(Filter::default(), None, 4).await;
        assert_eq!((all.items.len(), all.items[0].comment.id), (4, odd), "{}", engine.name);
        let rest = found(Filter::default(), all.next, 4).await;
        assert_eq!((rest.items.len(), rest.next), (2, None));
        for (query, count) in
            [("100%_", 5), ("\\ALPHA", 5), ("旋转", 5), ("ada@EXAMPLE", 6), ("100", 6), ("none", 0)]
        {
            assert_eq!(found(text(query), None, 9).await.items.len(), count, "{query}");
        }
        let network = Filter { network: Some("n2".into()), ..Filter::default() };
        assert_eq!(comments::numbers(db, &network, 99).await.expect("numbers").len(), 5);
        let held = Filter { state: Some(CommentState::Held), ..network };
        assert_eq!(comments::numbers(db, &held, 99).await.expect("numbers"), []);
    }
}

#[tokio::test]
async fn each_is_told_of_once() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let untold = async || {
            let untold = comments::untold(db, 9).await.expect("comments");
            untold.iter().map(|one| (one.comment.id, one.state)).collect::<Vec<_>>()
        };
        save(db, Draft { tell: false, ..said(post, "quiet") }).await;
        let id = save(db, Draft { state: CommentState::Held, ..said(post, "x") }).await;
        let letter = mails::Draft {
            recipient: "eve@example.org".into(),
            subject: "旋转".into(),
            headers: vec![("List-Unsubscribe".into(), "<https://a.example>".into())],
            body: "Let $x$.\n".into(),
        };
        let told =
            async |state| comments::told(db, id, state, std::slice::from_ref(&letter)).await.expect("told");
        assert_eq!(untold().await, [(id, CommentState::Held)], "{}", engine.name);
        assert!(told(CommentState::Held).await);
        assert!(!told(CommentState::Held).await);
        assert_eq!(untold().await, []);
        change(db, id, CommentState::Visible).await;
        assert_eq!(untold().await, [(id, CommentState::Visible)]);
        assert!(told(CommentState::Visible).await);
        change(db, id, CommentState::Spam).await;
        change(db, id, CommentState::Visible).await;
        assert_eq!(untold().await, []);

        let taken = mails::take(db, 9, TimeDelta::minutes(5)).await.expect("letters");
        assert_eq!(taken.iter().map(|one| &one.draft).collect::<Vec<_>>(), [&letter; 2]);
        assert_eq!(mails::take(db, 9, TimeDelta::minutes(5)).await.expect("letters"), []);
        assert_eq!(mails::waiting(db).await.expect("a count"), 2);
        mails::sent(db, taken[0].id).await.expect("written");
        mails::failed(db, taken[1].id, "no such user", None).await.expect("written");
        assert_eq!(mails::waiting(db).await.expect("a count"), 0);
        let unsent = mails::unsent(db, 9).await.expect("letters");
        assert_eq!((unsent.len(), unsent[0].fault.as_str(), unsent[0].again), (1, "no such user", None));
        mails::failed(db, taken[1].id, "busy", Some(Utc::now())).await.expect("written");
        assert_eq!(mails::take(db, 9, TimeDelta::zero()).await.expect("letters")[0].tries, 2);
        assert_eq!(mails::forget(db, Utc::now() + TimeDelta::days(1)).await.expect("a count"), 1);
    }
}

#[tokio::test]
async fn nobody_gets_mail_without_saying_so_twice() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let hash = |id: CommentId| format!("hash of {}", id.0);
        let wish =
            Wish { mail: "ada@example.org".into(), language: Language::Zh, token_hash: Box::new(hash) };
        let id = comments::save_with(db, &said(post, "x"), Some(wish)).await.expect("saved");
        let token = hash(id);
        let wished = subscriptions::of_comment(db, id).await.expect("an answer").expect("a wish");
        assert_eq!((wished.confirmed, wished.language), (false, Language::Zh), "{}", engine.name);
        assert_eq!(subscriptions::by_token(db, &token).await.expect("an answer"), Some(wished));
        assert!(!subscriptions::confirm(db, "guessed").await.expect("an answer"));
        assert!(subscriptions::confirm(db, &token).await.expect("an answer"));
        assert!(subscriptions::of_comments(db, &[id]).await.expect("wishes")[0].confirmed);
        let day = Utc::now() - TimeDelta::days(1);
        assert_eq!(subscriptions::wished(db, "ada@example.org", day).await.expect("a count"), 1);
        assert_eq!(subscriptions::forget(db, Utc::now() + TimeDelta::days(9)).await.expect("a count"), 0);
        assert!(subscriptions::stop(db, &token).await.expect("an answer"));
        assert!(!subscriptions::stop(db, &token).await.expect("an answer"));
        assert_eq!(subscriptions::by_token(db, &token).await.expect("an answer"), None);
    }
}

#[tokio::test]
async fn what_moderators_decide_is_written_down_with_it() {
    for engine in engines().await {
        let db = &engine.db;
        let post = post(db).await;
        let first = save(db, Draft { state: CommentState::Held, ..said(post, "first") }).await;
        let second = save(db, said(post, "second")).await;
        let deed = |action| Deed { user: None, who: "rose", action, object: "", detail: "" };
        let spam = Verdict::new(CommentState::Spam, Some(Why::Moderator));
        let ids = [second, first, CommentId(999)];
        let changed = comments::change(db, &ids, spam, Some(deed("comment.spam"))).await.expect("changed");
        assert_eq!(changed.len(), 2, "{}", engine.name);
        let answer = said(post, "an answer");
        let id = comments::answer(db, first, &answer, deed("comment.reply")).await.expect("answered");
        let written = async || -> Vec<(String, String)> {
            let all = audit::list(db, &audit::Filter::default(), None, 9).await.expect("entries");
            all.into_iter().rev().map(|entry| (entry.action, entry.object)).collect()
        };
        let entry = |action: &str, object: String| (action.to_owned(), object);
        let expected = [
            entry("comment.spam", format!("{},{}", first.0, second.0)),
            entry("comment.approve", first.0.to_string()),
            entry("comment.reply", id.0.to_string()),
        ];
        assert_eq!(written().await, expected, "{}", engine.name);
        // What fails leaves neither: the post of this answer is not there.
        let nowhere = said(PostId(999), "an answer");
        let failed = comments::answer(db, second, &nowhere, deed("comment.reply")).await;
        assert!(failed.is_err(), "{}", engine.name);
        assert_eq!(written().await, expected, "{}", engine.name);
        let stored = comments::by_id(db, second).await.expect("an answer").expect("a comment");
        assert_eq!(stored.state, CommentState::Spam, "{}", engine.name);
        // Nothing is written of what is about nothing.
        comments::change(db, &[CommentId(999)], spam, Some(deed("comment.spam"))).await.expect("an answer");
        assert_eq!(written().await, expected);
    }
}

/// Many are saved in one transaction, and who cannot be saved spoils nothing for the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_hears_of_their_own() {
    for engine in engines().await {
        let db = &engine.db;
        let here = post(db).await;
        let nowhere = PostId(987_654);
        let said = (0..40).map(|n| {
            let draft = said(if n % 8 == 3 { nowhere } else { here }, &n.to_string());
            let db = db.clone();
            // The last ones go away before they hear.
            let waits = async move { comments::save(&db, &draft).await };
            async move {
                match n {
                    38.. => drop(tokio::time::timeout(std::time::Duration::ZERO, waits).await),
                    _ => assert_eq!(waits.await.is_ok(), n % 8 != 3, "{n}"),
                }
            }
        });
        futures::future::join_all(said).await;
        // One more stands behind all of them.
        save(db, self::said(here, "last")).await;
        let stored = comments::of(db, Subject::Post(here)).await.expect("comments");
        let mut bodies: Vec<_> = stored.into_iter().map(|comment| comment.body).collect();
        bodies.sort();
        let mut expected: Vec<_> = (0..40).filter(|n| n % 8 != 3).map(|n| n.to_string()).collect();
        expected.push("last".into());
        expected.sort();
        assert_eq!(bodies, expected, "{}", engine.name);
    }
}
