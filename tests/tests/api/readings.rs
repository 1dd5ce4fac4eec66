use std::collections::BTreeMap;

use futures::future::join_all;
use reqwest::Method;
use serde_json::Value;
use tests::{
    End, Engine, Event, Model, Run, Site,
    html::{attributes, text},
};

on_each_engine!(
    a_reading_needs_no_model,
    finished_answers_are_served_at_once,
    twenty_clicks_are_one_run,
    ten_panels_share_one_stream,
    forms_work_without_scripts,
    other_sites_cannot_start_readings,
    a_reader_is_known_from_the_first_action_on,
    readings_of_before_have_pages,
    a_page_without_scripts_says_what_is_done,
);

/// The key of the sample's note on the shield, a paper with full text.
pub(crate) async fn a_paper(site: &Site) -> String {
    let page = site.page("/venue/shield@notes").await;
    attributes(&page, "data-paper").pop().expect("the page names its paper")
}

/// Starts a reading as the page's script does.
pub(crate) async fn start(site: &Site, paper: &str, form: &str) -> Value {
    let response = site.post_json(&format!("/papers/{paper}/readings"), form).await;
    assert!(response.status().is_success(), "{}", response.status());
    response.json().await.expect("JSON")
}

pub(crate) fn live(started: &Value) -> &str {
    started["live"].as_str().expect("an address")
}

pub(crate) fn is_kind(kind: &'static str) -> impl Fn(&Event) -> bool {
    move |event| event.json()["kind"] == kind
}

/// The sequence numbers of each run must be 1, 2, 3 …, and each event's id must name its place.
pub(crate) fn check_numbers(events: &[Event]) {
    let mut last: BTreeMap<i64, u64> = BTreeMap::new();
    for event in events {
        let body = event.json();
        let (Some(run), Some(seq)) = (body["run"].as_i64(), body["seq"].as_u64()) else { continue };
        let before = last.insert(run, seq);
        let expected = if body["kind"] == "snapshot" { seq } else { before.unwrap_or(0) + 1 };
        assert_eq!(seq, expected, "{body}");
        assert!(event.id.contains(&format!("{run}:{seq}")), "{} does not hold {run}:{seq}", event.id);
    }
}

async fn a_reading_needs_no_model(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    assert_eq!(started["model"], "extractive");
    assert_eq!(started["sections"].as_array().map(Vec::len), Some(6));
    let events = site.events_until(live(&started), is_kind("idle")).await;
    check_numbers(&events);
    let end =
        events.iter().find(|event| event.json()["kind"] == "end").or(events.first()).expect("events").json();
    assert_eq!(end["state"], "done", "{end}");
    let page = site.page("/venue/shield@notes").await;
    assert!(text(&page).contains("No language model wrote this"), "{}", text(&page));
    assert!(page.matches("<h3 class=\"faq-q").count() == 6);
}

async fn finished_answers_are_served_at_once(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let paper = a_paper(&site).await;
    let first = start(&site, &paper, "lang=zh").await;
    site.events_until(live(&first), is_kind("idle")).await;
    let again = start(&site, &paper, "lang=zh").await;
    assert_eq!(again["attempt"], first["attempt"]);
    let english = start(&site, &paper, "lang=en").await;
    assert_ne!(english["attempt"], first["attempt"]);
    site.events_until(live(&english), is_kind("idle")).await;
    let regenerated = start(&site, &paper, "lang=zh&again=1").await;
    assert_ne!(regenerated["attempt"], first["attempt"]);
}

async fn twenty_clicks_are_one_run(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let paper = a_paper(&site).await;
    let started = join_all((0..20).map(|_| start(&site, &paper, "lang=en"))).await;
    let runs: Vec<_> = started.iter().map(|started| started["run"].as_i64()).collect();
    assert!(runs.iter().all(|run| run.is_some() && *run == runs[0]), "{runs:?}");
}

/// Browsers allow six connections to a host: ten open panels must leave some for the next page.
async fn ten_panels_share_one_stream(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let page = site.page("/papers").await;
    let list = attributes(&page, "href").into_iter().filter(|href| href.starts_with("/arxiv/"));
    let (mut papers, lists) = (Vec::new(), list.collect::<Vec<_>>());
    for list in lists {
        let cards = attributes(&site.page(&list).await, "action");
        papers.extend(cards.into_iter().filter(|action| action.ends_with("/readings")));
    }
    papers.sort();
    papers.dedup();
    assert!(papers.len() >= 10, "{papers:?}");
    let mut at = String::new();
    for paper in &papers[..10] {
        let started: Value = site.post_json(paper, "lang=en").await.json().await.expect("JSON");
        let own = started["at"].as_str().expect("a place");
        let run = own.split_once('.').expect("an epoch").1;
        at = if at.is_empty() { own.to_owned() } else { format!("{at},{run}") };
    }
    let events = site.events_until(&format!("/live?at={at}"), is_kind("idle")).await;
    check_numbers(&events);
    let done =
        |event: &&Event| ["end", "snapshot"].contains(&event.json()["kind"].as_str().unwrap_or_default());
    let runs: std::collections::BTreeSet<_> =
        events.iter().filter(done).map(|event| event.json()["run"].as_i64()).collect();
    assert_eq!(runs.len(), 10);
    assert_eq!(site.get("/posts").await.status(), 200);
}

async fn forms_work_without_scripts(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let paper = a_paper(&site).await;
    let response = site.post(&format!("/papers/{paper}/readings"), "lang=en").await;
    assert_eq!(response.status(), 303);
    let location = response.headers()["location"].to_str().expect("an address");
    assert!(location.starts_with("/venue/shield@notes"), "{location}");
    assert_eq!(site.get(location).await.status(), 200);
}

async fn other_sites_cannot_start_readings(engine: Engine) {
    let site = Site::sample(engine).await;
    let address = format!("/papers/{}/readings", a_paper(site).await);
    for headers in [
        [("origin", "https://evil.example"), ("content-type", "application/x-www-form-urlencoded")],
        [("sec-fetch-site", "cross-site"), ("content-type", "application/x-www-form-urlencoded")],
    ] {
        let response = site.request(Method::POST, &address, &headers).await;
        assert_eq!(response.status(), 403, "{headers:?}");
    }
    assert_eq!(site.get(&address).await.status().as_u16() / 100, 4);
}

async fn a_reader_is_known_from_the_first_action_on(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let paper = a_paper(&site).await;
    for page in ["/", "/venue/shield@notes", "/search?query=shield"] {
        assert!(site.get(page).await.headers().get("set-cookie").is_none(), "{page}");
    }
    let first = site.post_json(&format!("/papers/{paper}/readings"), "lang=en").await;
    let cookie = first.headers()["set-cookie"].to_str().expect("text").to_owned();
    let (pair, attributes) = cookie.split_once(';').expect("a cookie with attributes");
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{cookie}");
    let value = pair.strip_prefix("reader=").expect("the reader's cookie");
    assert!(value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "{cookie}");
    let address = format!("/papers/{paper}/readings");
    let headers = [("cookie", pair), ("content-type", "application/x-www-form-urlencoded")];
    let again = site.request(Method::POST, &address, &headers).await;
    assert!(again.headers().get("set-cookie").is_none(), "a known reader keeps the cookie");
    let other = site.post_json(&address, "lang=en").await;
    assert_ne!(other.headers()["set-cookie"].to_str().expect("text").split(';').next(), Some(pair));
    assert!(!site.log().contains(value), "the cookie itself is kept nowhere");
}

async fn readings_of_before_have_pages(engine: Engine) {
    let replies = ["first", "second"].map(|word| {
        let reply = (1..=6).map(|number| format!("## Q{number}\nThe {word} answer, zyzzyva.\n\n")).collect();
        (vec![reply], End::Stop)
    });
    let model = Model::replying(replies).await;
    model.allow(10);
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let paper = a_paper(&site).await;
    let mut runs = Vec::new();
    for form in ["lang=en", "lang=en&again=1"] {
        let started = start(&site, &paper, form).await;
        site.events_until(live(&started), is_kind("idle")).await;
        let page = site.page("/venue/shield@notes").await;
        assert_eq!(page.contains("class=\"earlier\""), !runs.is_empty(), "a list of one says nothing");
        runs.push(started["run"].as_i64().expect("a number"));
    }
    let page = site.page("/venue/shield@notes").await;
    let listed = attributes(&page, "href");
    let listed: Vec<_> = listed.iter().filter(|href| href.starts_with("/readings/")).collect();
    assert_eq!(listed, [&format!("/readings/{}", runs[1]), &format!("/readings/{}", runs[0])]);
    let before = site.page(listed[1]).await;
    let told = text(&before);
    assert!(told.contains("The first answer") && !told.contains("The second answer"), "{told}");
    assert!(told.contains("scripted-1") && told.contains("A Shield for Formulas"), "{told}");
    assert!(before.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(attributes(&before, "href").iter().any(|href| href == "/venue/shield@notes?answer=en#ai"));
    assert_eq!(site.get("/readings/987654").await.status(), 404);
    // What is found is the answer, once, as it is now.
    let found = async {
        loop {
            let page = site.page("/search?query=zyzzyva&kind=answer").await;
            if text(&page).contains("second") {
                return page;
            }
        }
    };
    let found = tokio::time::timeout(std::time::Duration::from_secs(60), found).await.expect("it is found");
    assert!(!text(&found).contains("The first answer"), "{}", text(&found));
}

async fn a_page_without_scripts_says_what_is_done(engine: Engine) {
    let model = Model::start(vec!["## Q1\nOne."], End::Hang).await;
    let run = Run::on(engine).with_sample().with_model(&model).set("READINGS__PARALLEL", 1);
    let site = run.set("READINGS__QUEUE", 1).start().await;
    let paper = a_paper(&site).await;
    let first = start(&site, &paper, "lang=en").await;
    let told = async |language: &str, stage: &str| {
        let address = format!("/venue/shield@notes?answer={language}&hl=en");
        let page = site.page(&address).await;
        let said = page.split("<noscript>").filter_map(|part| part.split_once("</noscript>"));
        let said = said.map(|(said, _)| text(said)).find(|said| said.contains("still being written"));
        assert!(said.as_ref().is_some_and(|said| said.contains(stage)), "{stage}: {said:?}");
    };
    site.events_until(live(&first), |event| event.json()["stage"] == "thinking").await;
    told("en", "Thinking").await;
    model.allow(1);
    site.events_until(live(&first), is_kind("patch")).await;
    // The page that was made a moment ago may be shown to somebody of whom nothing is known.
    let second = start(&site, &paper, "lang=zh").await;
    told("en", "Writing 1 of 6").await;
    told("zh", "Queued").await;
    assert_ne!(first["run"], second["run"]);
    let headers = [("origin", site.address.as_str()), ("accept", "text/html"), ("accept-language", "en")];
    let refused = site.form(&format!("/papers/{paper}/readings"), "lang=en&again=1", &headers).await;
    assert_eq!(refused.status(), 303, "who asks for what is being done joins");
    let page = site.page("/papers").await;
    let list =
        attributes(&page, "href").into_iter().find(|href| href.starts_with("/arxiv/")).expect("a list");
    let other = attributes(&site.page(&list).await, "action");
    let other = other.into_iter().find(|action| action.ends_with("/readings")).expect("another paper");
    let refused = site.form(&other, "lang=en", &headers).await;
    assert_eq!(refused.status(), 429);
    let back = other.trim_end_matches("/readings").to_owned();
    let page = refused.text().await.expect("a page");
    assert!(attributes(&page, "href").contains(&back), "{back}: {page}");
    let there = site.get(&back).await;
    assert_eq!(there.status().as_u16() / 100, 3, "it moves to the paper's own address");
}
