//! Twins are joined, and parted again, without a trace.

use chrono::Utc;
use content::{
    AnswerKey, AttemptState, Begun, FullText, Language, PaperId, Passage, Subject, TextSource, Want,
};
use storage::{
    Database, Listing, Scope,
    answers::{self, Outcome},
    changes, comments, papers,
    texts::{self, Kept},
};

use crate::support::{arxiv, day, engines, published};

/// Everything that a reader can see of papers, as text.
async fn view(db: &Database) -> String {
    let mut view = String::new();
    let scopes = [
        Scope::All,
        Scope::category("cs.LG"),
        Scope::category("math.CO"),
        Scope::venue("ICLR", None),
        Scope::venue("ICLR", Some(2025)),
        Scope::venue("ACL", Some(2024)),
    ];
    for scope in scopes {
        let listing = Listing::first(scope.clone(), 100);
        let page = papers::list(db, &listing).await.expect("a list");
        view += &format!("{scope:?} {:?}\n", page.total);
        for paper in page.items {
            let said = comments::of(db, Subject::Paper(paper.id)).await.expect("comments");
            let said: Vec<_> = said.into_iter().map(|comment| comment.body).collect();
            let answer = answers::latest(db, paper.id, Language::En).await.expect("an answer");
            let answer = answer.map(|(key, attempt)| (key.paper, attempt.id));
            let text = texts::of(db, paper.id).await.expect("a text").map(|kept| kept.text.extractor);
            view += &format!("  {} {:?}\n  + {:?}\n", paper.id.0, paper.shown, paper.others);
            view += &format!("  {said:?} {answer:?} {text:?}\n");
        }
    }
    view + &format!("{:?}\n{:?}", papers::categories(db).await, papers::venues(db).await)
}

async fn comment(db: &Database, paper: PaperId, body: &str) {
    let draft = comments::Draft::new(Subject::Paper(paper), "Ada", body, Utc::now());
    comments::save(db, &draft).await.expect("saved");
}

async fn answer(db: &Database, paper: PaperId) {
    let key = AnswerKey {
        paper,
        record_version: "v1".into(),
        text_source: "abstract".into(),
        extractor: "none".into(),
        language: Language::En,
        model: "extractive".into(),
        question_set: "six@1".into(),
    };
    let Begun::New(attempt) = answers::begin(db, &key, Want::Any).await.expect("begun") else {
        panic!("not new")
    };
    let outcome = Outcome {
        state: AttemptState::Done,
        model: None,
        tokens: None,
        fault: None,
        cost: Default::default(),
        sections: Vec::new(),
    };
    answers::end(db, attempt, &outcome).await.expect("ended");
}

async fn text(db: &Database, paper: PaperId, extractor: &str) {
    let passages = vec![Passage { page: Some(1), section: String::new(), text: "Let $x$ be.".into() }];
    let text = FullText::new(TextSource::Stored, extractor, passages);
    texts::save(db, paper, &Kept { record: None, text }).await.expect("saved");
}

/// Four papers: 1 on arXiv, 2 and 3 at conferences, 4 alone. Each has a comment, 2 has an answer and a text.
async fn four_papers(db: &Database) -> [PaperId; 4] {
    let batch = [
        arxiv("2401.00001", "v1", day(1)),
        published("pl/a/1", "ICLR", 2025, day(5)),
        published("acl/1", "ACL", 2024, day(3)),
        arxiv("2401.00004", "v1", day(4)),
    ];
    papers::save(db, &batch).await.expect("saved");
    let mut papers = Vec::new();
    for one in &batch {
        let key = &one.record.key;
        let paper =
            papers::by_record(db, &key.source, &key.id).await.expect("an answer").expect("a paper").id;
        comment(db, paper, &format!("about {}", key.id)).await;
        papers.push(paper);
    }
    answer(db, papers[1]).await;
    text(db, papers[1], "tex 1").await;
    papers.try_into().expect("four")
}

#[tokio::test]
async fn joined_papers_are_listed_once_with_all_that_hangs_on_them() {
    for engine in engines().await {
        let db = &engine.db;
        let [one, two, _, _] = four_papers(db).await;
        papers::join(db, one, two).await.expect("joined");
        let joined = papers::by_id(db, two).await.expect("an answer").expect("a paper");
        assert_eq!((joined.id, joined.shown.key.source.as_str()), (one, "arxiv"), "{}", engine.name);
        assert_eq!(joined.others.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(), ["pl/a/1"]);
        assert_eq!(papers::by_ids(db, &[two, one]).await.expect("papers").len(), 1);
        assert_eq!(papers::count(db).await.expect("a count"), 3);
        let iclr = Listing::first(Scope::venue("ICLR", Some(2025)), 9);
        assert_eq!(papers::list(db, &iclr).await.expect("a list").items, [joined]);
        let said = comments::of(db, Subject::Paper(one)).await.expect("comments");
        assert_eq!(said.len(), 2);
        assert!(said.iter().all(|comment| comment.subject == Subject::Paper(one)));
        let recent = comments::recent(db, 9).await.expect("comments");
        assert!(recent.iter().all(|comment| comment.subject != Subject::Paper(two)));
        let (key, _) = answers::latest(db, one, Language::En).await.expect("an answer").expect("an answer");
        assert_eq!(key.paper, two);
        assert_eq!(texts::of(db, one).await.expect("a text").expect("a text").text.extractor, "tex 1");
    }
}

#[tokio::test]
async fn parting_restores_what_was_there() {
    for engine in engines().await {
        let db = &engine.db;
        let [one, two, three, _] = four_papers(db).await;
        let before = view(db).await;
        let part = async |source: &str, id: &str| {
            let paper = papers::by_record(db, source, id).await.expect("an answer").expect("a paper");
            let key =
                paper.others.iter().chain([&paper.shown.key]).find(|key| key.id == id).expect("its record");
            papers::part(db, key).await.expect("parted");
        };
        let check = async |after: &str| assert_eq!(view(db).await, before, "{} after {after}", engine.name);

        papers::join(db, one, two).await.expect("joined");
        assert_ne!(view(db).await, before);
        part("paperlists", "pl/a/1").await;
        check("parting the one that was joined").await;

        papers::join(db, one, two).await.expect("joined");
        part("arxiv", "2401.00001").await;
        check("parting the one that stood for the other").await;

        papers::join(db, one, two).await.expect("joined");
        papers::join(db, two, three).await.expect("joined");
        part("paperlists", "acl/1").await;
        part("paperlists", "pl/a/1").await;
        check("a chain parted from its end").await;

        papers::join(db, two, three).await.expect("joined");
        let pair = view(db).await;
        papers::join(db, one, two).await.expect("joined");
        part("paperlists", "pl/a/1").await;
        assert_eq!(view(db).await, pair, "{}: what had been joined to it goes with it", engine.name);
        part("paperlists", "acl/1").await;
        check("a tree parted from its middle").await;
    }
}

#[tokio::test]
async fn the_eldest_takes_the_place_of_one_that_leaves() {
    for engine in engines().await {
        let db = &engine.db;
        let [one, two, three, four] = four_papers(db).await;
        for other in [two, three, four] {
            papers::join(db, one, other).await.expect("joined");
        }
        let group = papers::by_id(db, one).await.expect("an answer").expect("a paper");
        let key = group
            .others
            .iter()
            .chain([&group.shown.key])
            .find(|key| key.id == "2401.00001")
            .expect("its record");
        papers::part(db, key).await.expect("parted");
        let of = async |id| papers::by_id(db, id).await.expect("an answer").expect("a paper");
        assert_eq!(of(one).await.others, [], "{}", engine.name);
        let ids = [of(two).await.id, of(three).await.id, of(four).await.id];
        assert_eq!(ids, [two; 3]);
        assert_eq!(of(two).await.shown.key.id, "2401.00004");
    }
}

#[tokio::test]
async fn a_join_tells_the_index_of_both_papers() {
    for engine in engines().await {
        let db = &engine.db;
        let [one, two, _, _] = four_papers(db).await;
        let told = async |from| {
            let changes = changes::after(db, from, 99).await.expect("changes");
            changes.into_iter().map(|change| change.doc.id).collect::<Vec<_>>()
        };
        let before = changes::last(db).await.expect("a position");
        papers::join(db, one, two).await.expect("joined");
        assert_eq!(told(before).await, [one.0, two.0]);
        let before = changes::last(db).await.expect("a position");
        papers::join(db, one, two).await.expect("joined already");
        assert_eq!(told(before).await, [0; 0], "{}", engine.name);
    }
}

#[tokio::test]
async fn a_record_that_comes_later_reaches_the_paper_that_stands_for_its_own() {
    for engine in engines().await {
        let db = &engine.db;
        let [one, two, _, four] = four_papers(db).await;
        papers::join(db, two, four).await.expect("joined");
        papers::save(db, &[arxiv("2401.00004", "v2", day(9))]).await.expect("saved");
        let group = papers::by_id(db, two).await.expect("an answer").expect("a paper");
        assert_eq!(group.shown.key.version, "v2", "{}", engine.name);
        let first = papers::list(db, &Listing::first(Scope::All, 1)).await;
        assert_eq!(first.expect("a list").items[0].id, two);
        assert_eq!(papers::by_id(db, one).await.expect("an answer").expect("a paper").id, one);
    }
}

#[tokio::test]
async fn unknown_papers_cannot_be_joined() {
    for engine in engines().await {
        let refused = papers::join(&engine.db, PaperId(1), PaperId(2)).await;
        assert!(matches!(refused, Err(storage::Error::Missing(_))), "{}: {refused:?}", engine.name);
    }
}
