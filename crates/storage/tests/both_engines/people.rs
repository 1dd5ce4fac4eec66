//! People, their sessions and what they are invited to.

use chrono::{TimeDelta, Utc};
use content::{Role, User};
use storage::{
    Database, Error,
    invitations::{self, Invitation},
    sessions, users,
};

use crate::support::engines;

async fn person(db: &Database, name: &str, role: Role) -> User {
    let password_hash = "hash".to_owned();
    let draft = users::Draft { name: name.parse().expect("a name"), mail: None, password_hash, role };
    users::create(db, &draft).await.expect("made")
}

async fn begin(db: &Database, user: &User, token: &str) {
    let draft = sessions::Draft {
        user: user.id,
        token_hash: token,
        expires: Utc::now() + TimeDelta::days(1),
        reader: None,
        agent: "Lynx",
    };
    sessions::begin(db, draft).await.expect("begun");
}

/// Each sees the other and could go; but not both.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_administrators_who_leave_at_once_one_stays() {
    for engine in engines().await {
        assert!(!users::has_administrator(&engine.db).await.expect("an answer"));
        for round in 0..10 {
            let one = person(&engine.db, &format!("one{round}"), Role::Administrator).await;
            let two = person(&engine.db, &format!("two{round}"), Role::Administrator).await;
            let other = storage::connect(&engine.url).await.expect("the engine is there");
            let (left, right) = tokio::join!(
                users::set_role(&engine.db, one.id, Role::Reader),
                users::set_blocked(&other, two.id, true)
            );
            let stayed =
                [&left, &right].iter().filter(|done| matches!(done, Err(Error::LastAdministrator))).count();
            assert_eq!(stayed, 1, "{}: {left:?} {right:?}", engine.name);
            assert!(users::has_administrator(&engine.db).await.expect("an answer"));
            // The next round begins without any, by hands that are allowed to.
            let last = if left.is_err() { one } else { two };
            let helper = person(&engine.db, &format!("helper{round}"), Role::Administrator).await;
            users::remove(&engine.db, last.id).await.expect("not the last one");
            assert!(matches!(users::remove(&engine.db, helper.id).await, Err(Error::LastAdministrator)));
            engine.run("UPDATE users SET blocked = TRUE").await;
        }
    }
}

#[tokio::test]
async fn sessions_end_one_by_one_and_with_their_user() {
    for engine in engines().await {
        let db = &engine.db;
        let (ada, bob) = (person(db, "ada", Role::Reader).await, person(db, "bob", Role::Reader).await);
        for (user, token) in [(&ada, "a1"), (&ada, "a2"), (&bob, "b1")] {
            begin(db, user, token).await;
        }
        let (session, user) = sessions::of_token(db, "a1").await.expect("asked").expect("there");
        assert_eq!((&user, session.agent.as_str(), session.seen.is_some()), (&ada, "Lynx", true));
        assert!(!sessions::end_one(db, bob.id, session.id).await.expect("asked"), "not bob's to end");
        assert!(sessions::end_one(db, ada.id, session.id).await.expect("asked"));
        assert_eq!(sessions::of(db, ada.id).await.expect("asked").len(), 1);
        users::set_blocked(db, ada.id, true).await.expect("blocked");
        assert!(sessions::of_token(db, "a2").await.expect("asked").is_none());
        assert_eq!(
            users::by_name(db, &ada.name).await.expect("asked").expect("there").1,
            None,
            "no password"
        );
        let accounts = users::all(db).await.expect("asked");
        let told: Vec<_> =
            accounts.iter().map(|one| (one.user.name.as_str(), one.blocked, one.sessions)).collect();
        assert_eq!(told, [("ada", true, 0), ("bob", false, 1)], "{}", engine.name);
        assert!(accounts[1].seen.is_some());
    }
}

#[tokio::test]
async fn a_code_is_good_for_one_thing_and_once() {
    for engine in engines().await {
        let db = &engine.db;
        let week = Utc::now() + TimeDelta::days(7);
        let ada = person(db, "ada", Role::Author).await;
        begin(db, &ada, "token").await;
        invitations::invite(db, "for an editor", week, Role::Editor).await.expect("invited");
        invitations::reset(db, "for ada, earlier", week, ada.id).await.expect("invited");
        invitations::reset(db, "for ada", week, ada.id).await.expect("invited");
        let of = async |code| invitations::of_code(db, code).await.expect("asked");
        assert_eq!(of("for an editor").await, Some(Invitation::Account(Role::Editor)));
        assert_eq!(of("for ada").await, Some(Invitation::Password(ada.clone())));
        assert_eq!(of("for ada, earlier").await, None);
        let name = "eve".parse().expect("a name");
        let draft = users::Draft { name, mail: None, password_hash: "x".into(), role: Role::Administrator };
        assert_eq!(invitations::accept(db, "for ada", &draft).await.expect("asked"), None, "no account");
        assert_eq!(invitations::choose(db, "for an editor", "x").await.expect("asked"), None, "no password");
        let eve = invitations::accept(db, "for an editor", &draft).await.expect("asked").expect("made");
        assert_eq!(eve.role, Role::Editor, "the code says the role");
        assert_eq!(invitations::choose(db, "for ada", "new").await.expect("asked"), Some(ada.id));
        assert_eq!(invitations::choose(db, "for ada", "newer").await.expect("asked"), None);
        assert!(sessions::of_token(db, "token").await.expect("asked").is_none(), "{}", engine.name);
        assert_eq!(
            users::by_name(db, &ada.name).await.expect("asked").expect("there").1.as_deref(),
            Some("new")
        );
    }
}
