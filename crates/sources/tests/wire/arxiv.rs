use sources::{
    Batch, Error,
    arxiv::{Prefix, Walk},
};

use crate::{
    all, fetcher, ids,
    pages::{deleted, error, page, record},
    server::{Answer, Server},
    told,
};

const DAY: &str = "2026-11-24";

fn walk(server: &Server, cursor: Option<&str>) -> Walk {
    Walk::new(fetcher(server), &format!("{}/oai", server.address), Prefix::Raw, Some("math:math:CO"), cursor)
}

fn one(number: u32, changed: &str) -> String {
    record(number, changed, 1, "")
}

/// Walks from a cursor to the end or to an error.
async fn walked(server: &Server, cursor: Option<&str>) -> (Vec<Batch>, Option<Error>) {
    let mut walk = walk(server, cursor);
    all!(walk)
}

#[tokio::test(start_paused = true)]
async fn tokens_are_followed_and_the_next_walk_begins_a_day_before_this_one() {
    let server = Server::replaying([
        Answer::ok(page(
            DAY,
            &(one(1, "2026-11-20") + &one(2, "2026-11-21")),
            Some("from%3D2026%26skip%3D2"),
        )),
        Answer::ok(page("2026-11-25", &one(3, "2026-11-23"), Some("a b+c"))),
        Answer::ok(page("2026-11-25", &one(4, "2026-11-24"), Some(""))),
        Answer::ok(error("2026-11-26", "noRecordsMatch")),
    ])
    .await;
    let (batches, failed) = walked(&server, None).await;
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(ids(&batches), ["2611.00001", "2611.00002", "2611.00003", "2611.00004"]);
    let cursor = batches.last().map(|batch| batch.cursor.clone()).expect("a batch");
    let (batches, _) = walked(&server, Some(&cursor)).await;
    assert_eq!((ids(&batches).len(), batches[0].done), (0, true));
    assert_eq!(
        server.queries(),
        [
            "metadataPrefix=arXivRaw&set=math%3Amath%3ACO",
            "resumptionToken=from%253D2026%2526skip%253D2",
            "resumptionToken=a+b%2Bc",
            "metadataPrefix=arXivRaw&set=math%3Amath%3ACO&from=2026-11-23",
        ]
    );
    assert_eq!(server.pauses()[..2], [3, 3]);
    let head = &server.asked()[0].head;
    assert!(head.contains("user-agent: inkstone/test (+https://site.example; me@site.example)"), "{head}");
    // An empty harvest is one as well: the next begins a day before it.
    assert_eq!(batches[0].cursor, r#"{"from":"2026-11-25"}"#);
}

#[tokio::test(start_paused = true)]
async fn a_walk_that_was_interrupted_goes_on_at_its_token() {
    let server = Server::replaying([
        Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("next"))),
        Answer::ok(page(DAY, &one(2, "2026-11-21"), None)),
    ])
    .await;
    let cursor = walk(&server, None).next().await.expect("a page").cursor;
    let (batches, _) = walked(&server, Some(&cursor)).await;
    assert_eq!(ids(&batches), ["2611.00002"]);
    assert_eq!(server.queries()[1], "resumptionToken=next");
    // Where the next one begins was said by the first page.
    assert_eq!(batches[0].cursor, r#"{"from":"2026-11-23"}"#);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expired_costs_a_day_and_no_record() {
    let server = Server::replaying([
        Answer::ok(page(DAY, &(one(1, "2026-11-20") + &one(2, "2026-11-21")), Some("old"))),
        Answer::ok(error(DAY, "badResumptionToken")),
        Answer::ok(page(DAY, &(one(2, "2026-11-21") + &one(3, "2026-11-22")), None)),
    ])
    .await;
    let (batches, failed) = walked(&server, None).await;
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(ids(&batches), ["2611.00001", "2611.00002", "2611.00002", "2611.00003"]);
    assert_eq!(server.queries()[2], "metadataPrefix=arXivRaw&set=math%3Amath%3ACO&from=2026-11-21");
}

/// What a repository says in the middle of a list is never the end of it.
#[tokio::test(start_paused = true)]
async fn whatever_a_token_is_refused_with_the_walk_goes_on() {
    for refusal in
        [Answer::ok(error(DAY, "noRecordsMatch")), Answer::ok(error(DAY, "badArgument")), Answer::status(400)]
    {
        let server = Server::replaying([
            Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("old"))),
            refusal,
            Answer::ok(page(DAY, &(one(1, "2026-11-20") + &one(2, "2026-11-21")), None)),
        ])
        .await;
        let (batches, failed) = walked(&server, None).await;
        assert!(failed.is_none(), "{failed:?}");
        assert_eq!(ids(&batches), ["2611.00001", "2611.00001", "2611.00002"]);
        assert!(server.queries()[2].ends_with("&from=2026-11-20"), "{:?}", server.queries());
    }
    let server = Server::replaying([Answer::status(400)]).await;
    assert!(matches!(walked(&server, None).await.1, Some(Error::Status { status: 400, .. })));
}

#[tokio::test(start_paused = true)]
async fn pages_without_order_are_walked_again_from_the_beginning() {
    let server = Server::replaying([
        Answer::ok(page(DAY, &(one(1, "2026-11-23") + &one(2, "2026-11-20")), Some("old"))),
        Answer::ok(error(DAY, "badResumptionToken")),
        Answer::ok(page(DAY, &one(3, "2026-11-19"), None)),
    ])
    .await;
    let (batches, _) = walked(&server, Some(r#"{"from":"2026-11-10"}"#)).await;
    assert_eq!(ids(&batches), ["2611.00001", "2611.00002", "2611.00003"]);
    assert!(server.queries()[2].ends_with("&from=2026-11-10"), "{:?}", server.queries());
}

/// However a list goes round in circles, it is noticed, and asked few times.
#[tokio::test(start_paused = true)]
async fn circles_are_noticed() {
    let same_token = vec![Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("same")))];
    let empty = (0..9).map(|number| Answer::ok(page(DAY, "", Some(&format!("token{number}"))))).collect();
    let same_page = (0..99)
        .map(|number| Answer::ok(page(DAY, &one(1, "2026-11-20"), Some(&format!("token{number}")))))
        .collect();
    let always_bad = vec![
        Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("token"))),
        Answer::ok(error(DAY, "badResumptionToken")),
        Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("token"))),
        Answer::ok(error(DAY, "badResumptionToken")),
        Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("token"))),
        Answer::ok(error(DAY, "badResumptionToken")),
        Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("token"))),
        Answer::ok(error(DAY, "badResumptionToken")),
    ];
    let cases: [(&str, Vec<Answer>); 4] =
        [("same token", same_token), ("empty", empty), ("same page", same_page), ("always bad", always_bad)];
    for (name, answers) in cases {
        let server = Server::replaying(answers).await;
        let (_, failed) = walked(&server, None).await;
        assert!(matches!(failed, Some(Error::Circle { .. })), "{name}: {failed:?}");
        assert!(server.asked().len() <= 12, "{name}: {} requests", server.asked().len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_damaged_page_is_asked_for_once_more() {
    let whole = page(DAY, &one(1, "2026-11-20"), None);
    let half = &whole[..whole.len() / 2];
    let server = Server::replaying([Answer::ok(half), Answer::ok(whole.clone())]).await;
    let (batches, failed) = walked(&server, None).await;
    assert!(failed.is_none() && ids(&batches) == ["2611.00001"], "{failed:?}");

    let server =
        Server::replaying([Answer::ok(page(DAY, &one(1, "2026-11-20"), Some("next"))), Answer::ok(half)])
            .await;
    let (batches, failed) = walked(&server, None).await;
    assert!(matches!(&failed, Some(Error::Page { bytes, .. }) if bytes == half.as_bytes()), "{failed:?}");
    // The last cursor asks for the same page again.
    assert!(batches[0].cursor.contains("\"token\":\"next\""), "{}", batches[0].cursor);
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_is_made_again() {
    let whole = page(DAY, &one(1, "2026-11-20"), None);
    let server = Server::replaying([Answer::ok(whole.clone()).cut_after(300), Answer::ok(whole)]).await;
    let (batches, failed) = walked(&server, None).await;
    assert!(failed.is_none() && ids(&batches) == ["2611.00001"], "{failed:?}");
    assert_eq!(server.pauses(), [5]);
}

#[tokio::test(start_paused = true)]
async fn attacks_and_foreign_charsets_are_errors() {
    let laughs = "<?xml version='1.0'?><!DOCTYPE OAI-PMH [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;'>]><OAI-PMH>&b;</OAI-PMH>";
    let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><OAI-PMH>\xe9</OAI-PMH>".to_vec();
    let deep = "<OAI-PMH>".to_owned() + &"<a>".repeat(100_000);
    let whole = page(DAY, &one(1, "2026-11-20"), None);
    let check = async |answer: Answer, why: &str| {
        let server = Server::replaying([answer]).await;
        let (_, failed) = walked(&server, None).await;
        let said = told(failed);
        assert!(said.contains(why), "{said}");
    };
    check(Answer::ok(laughs), "DOCTYPE").await;
    check(Answer::ok(latin), "ISO-8859-1").await;
    check(Answer::ok(deep), "64 deep").await;
    check(Answer::ok(whole.clone()).with("content-type", "text/xml; charset=windows-1251"), "windows-1251")
        .await;
    check(Answer::ok(b"\xff\xfe<\0".to_vec()), "UTF-16").await;
    check(Answer::ok("<html><title>Rate exceeded.</title></html>"), "no answer of OAI-PMH").await;
    check(Answer::ok(error(DAY, "badArgument")), "badArgument: It is so.").await;
    check(Answer::ok(error(DAY, "noSetHierarchy")), "noSetHierarchy").await;
    check(Answer::ok(" ".repeat((50 << 20) + 1)), "longer than 50 MiB").await;
    let server =
        Server::replaying([Answer::ok(whole).with("content-type", "text/xml; charset=\"UTF-8\"")]).await;
    assert!(walked(&server, None).await.1.is_none());
}

#[tokio::test(start_paused = true)]
async fn new_versions_withdrawn_and_deleted_papers() {
    let withdrawn = "<comments>This paper has been withdrawn by the authors: a knot slipped</comments>";
    let records = record(1, "2026-11-20", 3, "<comments>8 pages</comments>")
        + &record(2, "2026-11-20", 2, withdrawn)
        + &deleted(3, "2026-11-21");
    let server = Server::replaying([Answer::ok(page(DAY, &records, None))]).await;
    let (batches, _) = walked(&server, None).await;
    let told = batches[0].records.iter().map(|one| {
        let record = &one.record;
        format!(
            "{} {} {} {:?} {}",
            record.key.id, record.key.version, record.date, record.authors, record.withdrawn
        )
    });
    let told: Vec<_> = told.collect();
    assert_eq!(
        told,
        [
            r#"2611.00001 v3 2026-11-03 ["Ada Sew", "B. C. Knot"] false"#,
            r#"2611.00002 v2 2026-11-03 ["Ada Sew", "B. C. Knot"] true"#,
        ]
    );
    assert_eq!(batches[0].gone, [("arxiv".to_owned(), "2611.00003".to_owned())]);
}

#[tokio::test(start_paused = true)]
async fn a_day_can_be_named() {
    let server = Server::replaying([Answer::ok(page(DAY, "", None))]).await;
    let mut walk = walk(&server, Some(r#"{"token":"x"}"#)).since("2026-01-02".parse().expect("a day"));
    assert!(walk.next().await.expect("a page").done);
    assert!(server.queries()[0].ends_with("&from=2026-01-02"), "{:?}", server.queries());
}

/// The repository's clock is the only one that is asked; where it jumps, days are asked for again and none is left out.
#[tokio::test(start_paused = true)]
async fn clocks_that_jump_leave_no_day_out() {
    let check = async |answered: &str, expected: &str| {
        let server = Server::replaying([Answer::ok(page(answered, &one(1, "2026-11-22"), None))]).await;
        let (batches, _) = walked(&server, Some(r#"{"from":"2026-11-22"}"#)).await;
        assert_eq!(batches[0].cursor, format!(r#"{{"from":"{expected}"}}"#), "{answered}");
    };
    check("2026-11-24", "2026-11-23").await;
    check("2026-11-25", "2026-11-24").await;
    check("2026-11-21", "2026-11-20").await;
    check("someday", "2026-11-22").await;
}
