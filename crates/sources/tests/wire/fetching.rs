use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use sources::{
    Error,
    fetch::{Fetcher, Lookup, Policy, Refusal, Wait},
};
use tokio::net::TcpListener;

use crate::{
    fetcher,
    server::{Answer, Server},
    told,
};

/// The seconds between the requests that these answers lead to, and how it ended.
async fn pauses(answers: Vec<Answer>) -> (Vec<u64>, String) {
    let server = Server::replaying(answers).await;
    let result = fetcher(&server).get(&server.address).await;
    (server.pauses(), told(result.err()))
}

fn busy(retry_after: &str) -> Answer {
    Answer::status(503).with("retry-after", retry_after)
}

#[tokio::test(start_paused = true)]
async fn hosts_are_waited_for_as_they_ask() {
    let date = httpdate(SystemTime::now() + Duration::from_secs(100));
    let check = async |answer: Answer, expected: std::ops::RangeInclusive<u64>| {
        let (pauses, failed) = pauses(vec![answer.clone(), Answer::ok("x")]).await;
        assert!(failed.is_empty() && expected.contains(&pauses[0]), "{answer:?}: {pauses:?} {failed}");
    };
    check(busy("20"), 20..=20).await;
    check(busy("0"), 3..=3).await;
    check(busy(&date), 97..=100).await;
    check(busy("Sun, 06 Nov 1994 08:49:37 GMT"), 3..=3).await;
    check(busy("999999999999"), 3600..=3600).await;
    check(busy("in a while"), 5..=5).await;
    check(Answer::status(503), 5..=5).await;
    check(Answer::status(429).with("retry-after", "7"), 7..=7).await;
    check(Answer::status(500), 5..=5).await;
    check(Answer::status(408), 5..=5).await;
}

#[tokio::test(start_paused = true)]
async fn a_storm_is_given_up() {
    let (pauses, failed) = pauses(vec![Answer::status(503)]).await;
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320]);
    assert!(failed.contains("cannot be had: it answered 503"), "{failed}");
}

#[tokio::test(start_paused = true)]
async fn what_no_attempt_will_change_is_asked_once() {
    for status in [400, 401, 403, 404, 410] {
        let (pauses, failed) = pauses(vec![Answer::status(status), Answer::ok("x")]).await;
        assert!(pauses.is_empty() && failed.ends_with(&format!("answered {status}")), "{failed}");
    }
}

#[tokio::test(start_paused = true)]
async fn waits_are_told() {
    let server = Server::replaying([busy("20"), Answer::ok("x")]).await;
    let waits: Arc<Mutex<Vec<Wait>>> = Arc::default();
    let told = Arc::clone(&waits);
    let fetcher =
        fetcher(&server).telling(Arc::new(move |wait| told.lock().expect("whole").push(wait.clone())));
    fetcher.get(&server.address).await.expect("a page");
    let waits = waits.lock().expect("whole");
    assert_eq!(waits.len(), 1);
    assert_eq!((waits[0].host.as_str(), waits[0].length.as_secs()), ("127.0.0.1", 20));
    assert!(waits[0].why.contains("503"), "{:?}", waits[0]);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_is_away_is_given_up() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        format!("http://{}", listener.local_addr().expect("an address"))
    };
    let fetcher = Fetcher::new(Policy::default().and_operator_chose(&address), "t").expect("a client");
    let failed = fetcher.get(&address).await.expect_err("nobody is there");
    assert!(failed.to_string().contains("refused"), "{failed}");
}

#[tokio::test(start_paused = true)]
async fn redirections_are_checked_again() {
    let canary = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let other = format!("http://{}/x", canary.local_addr().expect("an address"));
    let moved = |to: &str| Answer::status(302).with("location", to);
    let check = async |to: &str, why: &str| {
        let server = Server::replaying([moved(to), Answer::ok("x")]).await;
        let failed = told(fetcher(&server).get(&server.address).await.err());
        assert!(failed.contains(why), "{to}: {failed}");
    };
    check("http://169.254.169.254/latest/meta-data", "not among those").await;
    check(&other, "not among those").await;
    check("https://localhost/", "not among those").await;
    check("file:///etc/passwd", "no address of the web").await;
    check("/elsewhere", "").await;
    let asked = tokio::time::timeout(Duration::from_secs(1), canary.accept()).await;
    assert!(asked.is_err(), "the canary was asked");

    let server = Server::replaying([moved("/a")]).await;
    let failed = fetcher(&server).get(&server.address).await.expect_err("a circle");
    assert!(failed.to_string().contains("redirected again"), "{failed}");
    assert_eq!(server.asked().len(), 4);
}

/// Answers of a resolver, one after the other.
fn resolver(answers: &[&[&str]]) -> Lookup {
    let parse = |text: &&str| format!("{text}:443").parse().expect("an address");
    let mut answers: std::collections::VecDeque<Vec<_>> =
        answers.iter().map(|found| found.iter().map(parse).collect()).collect();
    let next = Mutex::new(move || answers.pop_front().unwrap_or_default());
    Arc::new(move |_, _| {
        let found = (next.lock().expect("whole"))();
        Box::pin(async move { Ok(found) })
    })
}

#[tokio::test(start_paused = true)]
async fn names_that_lead_inside_are_refused() {
    let check = async |answers: &[&[&str]], expected: Refusal| {
        let fetcher = Fetcher::new(Policy::of(["papers.example"]), "t")
            .expect("a client")
            .looking_up(resolver(answers));
        let failed = fetcher.get("https://papers.example/a").await.expect_err("refused");
        assert!(matches!(&failed, Error::Forbidden { why, .. } if *why == expected), "{failed}");
    };
    check(&[&["127.0.0.1"]], Refusal::Private([127, 0, 0, 1].into())).await;
    check(&[&["151.101.3.42", "10.0.0.1"]], Refusal::Private([10, 0, 0, 1].into())).await;
    check(&[&[]], Refusal::NoHost).await;
}

/// Each request connects to what was found for it, and looks nothing up a second time: a name that leads elsewhere between
/// the check and the connection leads nowhere.
#[tokio::test(start_paused = true)]
async fn a_name_is_looked_up_once_for_each_request() {
    let server = Server::replaying([Answer::ok("x")]).await;
    let port = server.address.rsplit(':').next().expect("a port").to_owned();
    let address = format!("http://localhost:{port}/");
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let lookup: Lookup = Arc::new(move |host, port| {
        assert_eq!(host, "localhost");
        *counted.lock().expect("whole") += 1;
        Box::pin(async move { Ok(vec![([127, 0, 0, 1], port).into()]) })
    });
    let policy = Policy::default().and_operator_chose(&address);
    let fetcher = Fetcher::new(policy, "t").expect("a client").looking_up(lookup);
    for expected in 1..=3 {
        fetcher.get(&address).await.expect("a page");
        assert_eq!(*count.lock().expect("whole"), expected);
    }
}

/// A moment as HTTP writes it.
fn httpdate(moment: SystemTime) -> String {
    chrono::DateTime::<chrono::Utc>::from(moment).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
