//! K5 and K6 over real HTTP: many clicks are one call, a reader who is cut off anywhere ends with the same text, and
//! a reading that was interrupted goes on.

use std::time::{Duration, Instant};

use futures::future::join_all;
use reqwest::Method;
use serde_json::Value;
use tests::{End, Engine, Event, Events, Model, Run, Site, html::text};
use tokio::time::timeout;

use crate::{
    models::{pages, reply},
    readings::{a_paper, check_numbers, is_kind, live, start},
};

on_each_engine!(
    a_hundred_clicks_are_one_call,
    a_reader_is_cut_off_two_hundred_times,
    a_killed_reading_goes_on_in_mid_sentence,
    a_killed_reading_is_asked_only_what_is_missing,
    questions_that_were_left_out_are_asked_and_no_others,
    no_more_than_a_second_is_lost,
);

async fn a_hundred_clicks_are_one_call(engine: Engine) {
    let model = Model::start(reply(), End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let paper = a_paper(&site).await;
    let host = site.address.trim_start_matches("http://");
    let click = format!(
        "POST /papers/{paper}/readings HTTP/1.1\r\nhost: {host}\r\naccept: application/json\r\ncontent-length: 7\r\n\
         content-type: application/x-www-form-urlencoded\r\nconnection: close\r\n\r\nlang=en"
    );
    let answers = join_all((0..100).map(|_| site.raw(&click))).await;
    let started = answers.iter().map(|answer| {
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with("HTTP/1.1 202 "), "{answer}");
        serde_json::from_str(body).expect("JSON")
    });
    let started: Vec<Value> = started.collect();
    assert!(started.iter().all(|other| other["run"] == started[0]["run"]), "{started:?}");
    model.allow(10_000);
    let readers = started[..10].iter().map(|started| site.events_until(live(started), is_kind("idle")));
    let seen: Vec<_> = join_all(readers).await.iter().map(|events| pages(events)).collect();
    assert!(seen.iter().all(|page| page.len() == 6 && *page == seen[0]));
    assert_eq!(model.calls(), 1);
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

async fn a_reader_is_cut_off_two_hundred_times(engine: Engine) {
    const CUTS: u64 = 200;
    let words: Vec<_> = (0..4).flat_map(|_| reply()).collect();
    let count = words.len();
    let model = Model::start(words, End::Stop).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let steady = site.events(live(&started), None).await;
    let mut dice = Dice(6);
    let (mut seen, mut last) = (Vec::<Event>::new(), None::<String>);
    for cut in 0..CUTS {
        // The answer grows for the first half of the cuts, and is whole for the rest.
        model.allow(if cut < CUTS / 2 { count / 100 } else { count });
        let events = first_bytes(&site, live(&started), last.as_deref(), dice.roll(1200) as usize).await;
        last = events.last().map(|event| event.id.clone()).or(last);
        seen.extend(events);
    }
    seen.extend(site.events(live(&started), last.as_deref()).await.until(is_kind("idle")).await);
    // Whoever comes back after the end is told so again.
    let idle = is_kind("idle");
    seen.retain(|event| !idle(event));
    let mut whole = steady.until(&idle).await;
    whole.retain(|event| !idle(event));
    check_numbers(&seen);
    let differs = seen.iter().zip(&whole).position(|(one, other)| one != other);
    assert_eq!((differs, seen.len()), (None, whole.len()), "event for event, each once");
    assert_eq!(pages(&seen), pages(&whole));
    assert_eq!(model.calls(), 1);
}

/// The whole events in so many bytes of a stream. Then the connection is gone, in mid-event or not.
async fn first_bytes(site: &Site, address: &str, last: Option<&str>, most: usize) -> Vec<Event> {
    let headers: Vec<_> = last.map(|id| ("last-event-id", id)).into_iter().collect();
    let mut response = site.request(Method::GET, address, &headers).await;
    let mut bytes = Vec::new();
    while bytes.len() < most
        && let Ok(Ok(Some(more))) = timeout(Duration::from_millis(20), response.chunk()).await
    {
        bytes.extend_from_slice(&more);
    }
    bytes.truncate(most);
    Events::whole(&bytes)
}

/// A reading that a kill ends in mid-answer, and the site that starts after it. Says what was stored.
async fn killed(engine: Engine, model: &Model, settings: &[(&str, &str)]) -> (Site, Value, Vec<String>) {
    let run = Run::on(engine).with_sample().with_model(model);
    let run = settings.iter().fold(run, |run, (name, value)| run.set(name, value));
    let site = run.start().await;
    let started = start(&site, &a_paper(&site).await, "lang=en").await;
    let events = site.events(live(&started), None).await;
    // Past the formula of the second answer, in mid-sentence.
    let said = reply().concat().find("y_2$").expect("the second answer has it");
    let words = reply()
        .iter()
        .scan(0, |sum, word| {
            *sum += word.len();
            Some(*sum)
        })
        .position(|sum| sum > said);
    model.allow(words.expect("the reply is longer") + 1);
    events.until(|event| event.json().to_string().contains("y_2$")).await;
    // A checkpoint stores what was seen, within a second; who dies later loses nothing of it.
    let stored = async {
        loop {
            let stored = sections(&site).await;
            if stored.get(1).is_some_and(|second| second.contains("y_2$")) {
                return stored;
            }
        }
    };
    timeout(Duration::from_secs(60), stored).await.expect("it is stored");
    let site = site.kill().await.start().await;
    let kept = sections(&site).await;
    assert!(kept[1].contains("y_2$"), "{kept:?}");
    (site, started, kept)
}

/// The Markdown of the newest reading.
async fn sections(site: &Site) -> Vec<String> {
    let response = site
        .request(Method::GET, "/venue/kimi?paper=shield@notes&lang=en", &[("accept", "application/json")])
        .await;
    let body: Value = serde_json::from_str(&response.text().await.expect("a body")).unwrap_or_default();
    let sections = body["sections"].as_array().cloned().unwrap_or_default();
    sections.iter().map(|section| section["markdown"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn a_killed_reading_goes_on_in_mid_sentence(engine: Engine) {
    let rest = "THE REST.\n\n## Q3\nThree.\n\n## Q4\n4\n\n## Q5\n5\n\n## Q6\nSix.";
    let model = Model::replying([(reply(), End::Stop), (vec![rest.to_owned()], End::Stop)]).await;
    let (site, before, kept) =
        killed(engine, &model, &[("MODELS__0__QUIRKS__CONTINUATION", "partial")]).await;
    assert_eq!(model.calls(), 1, "nothing is asked before somebody clicks");
    model.allow(10_000);
    let started = start(&site, &a_paper(&site).await, "lang=en&continue=1").await;
    assert_ne!(started["attempt"], before["attempt"], "a new attempt");
    let events = site.events_until(live(&started), is_kind("idle")).await;
    check_numbers(&events);
    let after = sections(&site).await;
    assert_eq!(after[0], kept[0]);
    assert_eq!(after[1], format!("{}THE REST.", kept[1]), "what was received, and the rest");
    assert_eq!((after[2].as_str(), after[5].as_str()), ("Three.", "Six."));
    let requests = model.requests();
    let messages = |call: usize| requests[call]["messages"].as_array().cloned().expect("messages");
    assert_eq!(messages(0)[..], messages(1)[..2], "the prompt is the one that the server has read");
    let last = &messages(1)[2];
    assert_eq!((&last["role"], &last["partial"]), (&"assistant".into(), &true.into()));
    assert_eq!(last["content"], format!("## Q1\n{}\n\n## Q2\n{}", kept[0], kept[1]));
    // The page shows what was received before the model says anything.
    let patches = events.iter().position(|event| event.json().to_string().contains("y_2$")).expect("shown");
    let thinking = events.iter().position(|event| event.json()["stage"] == "thinking").expect("asked");
    assert!(patches < thinking, "{events:#?}");
    // The reading that was interrupted stays as it was, and a finished one is not read on.
    let again = start(&site, &a_paper(&site).await, "lang=en&continue=1").await;
    assert_eq!((again["attempt"].clone(), model.calls()), (started["attempt"].clone(), 2));
}

async fn a_killed_reading_is_asked_only_what_is_missing(engine: Engine) {
    let rest = "## Q2\nTwo.\n\n## Q3\n3\n\n## Q4\n4\n\n## Q5\n5\n\n## Q6\nSix.";
    let model = Model::replying([(reply(), End::Stop), (vec![rest.to_owned()], End::Stop)]).await;
    let (site, _, kept) = killed(engine, &model, &[]).await;
    model.allow(10_000);
    let started = start(&site, &a_paper(&site).await, "lang=en&continue=1").await;
    site.events_until(live(&started), is_kind("idle")).await;
    let after = sections(&site).await;
    assert_eq!([&after[0], &after[1], &after[5]], [&kept[0], "Two.", "Six."]);
    let prompt = model.requests()[1]["messages"][1]["content"].as_str().expect("a prompt").to_owned();
    assert!(prompt.contains("`## Q2` for the first") && !prompt.contains("## Q1\n"), "{prompt}");
}

async fn questions_that_were_left_out_are_asked_and_no_others(engine: Engine) {
    let replies = ["## Q1\nOne.\n\n## Q3\nThree.", "## Q2\nTwo.\n## Q4\nFour.\n## Q5\nFive.\n## Q6\nSix."];
    let model = Model::replying(replies.map(|reply| (vec![reply.to_owned()], End::Stop))).await;
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let paper = a_paper(&site).await;
    model.allow(10);
    let started = start(&site, &paper, "lang=en").await;
    let events = site.events_until(live(&started), is_kind("end")).await;
    let end = events.last().expect("an end").json();
    assert_eq!((&end["state"], &end["fault"]), (&"failed".into(), &"unanswered".into()), "{end}");
    let page = text(&site.page("/venue/shield@notes").await);
    assert!(page.contains("The model left questions out") && page.contains("Continue"), "{page}");
    let started = start(&site, &paper, "lang=en&continue=1").await;
    let events = site.events_until(live(&started), is_kind("end")).await;
    assert_eq!(events.last().expect("an end").json()["state"], "done");
    assert_eq!(sections(&site).await, ["One.", "Two.", "Three.", "Four.", "Five.", "Six."]);
    let prompt = model.requests()[1]["messages"][1]["content"].as_str().expect("a prompt").to_owned();
    let asked = prompt.lines().filter_map(|line| line.strip_prefix("## Q")).collect::<String>();
    assert_eq!(asked, "2456");
}

/// A process dies at any moment while an answer arrives word by word: of what its reader had seen, nothing is lost that
/// was on the page for a second.
async fn no_more_than_a_second_is_lost(engine: Engine) {
    const KILLS: u64 = 5;
    let mut dice = Dice(10);
    for _ in 0..KILLS {
        let words: Vec<_> = (0..2000).map(|number| format!("word{number} ")).collect();
        let model = Model::start(words, End::Hang).await;
        let site = Run::on(engine).with_sample().with_model(&model).start().await;
        let started = start(&site, &a_paper(&site).await, "lang=en").await;
        let mut events = site.events(live(&started), None).await;
        let life = Duration::from_millis(1500 + dice.roll(2500));
        let begun = Instant::now();
        // The newest word on the page, and since when it is there.
        let mut seen: Vec<(Duration, usize)> = Vec::new();
        let mut words = tokio::time::interval(Duration::from_millis(10));
        while begun.elapsed() < life {
            tokio::select! {
                _ = words.tick() => model.allow(1),
                event = events.next() => {
                    let event = event.expect("the stream goes on").text;
                    if let Some((_, number)) = event.rsplit_once("word") {
                        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
                        seen.extend(digits.parse().map(|number| (begun.elapsed(), number)));
                    }
                }
            }
        }
        let died = begun.elapsed();
        let site = site.kill().await.start().await;
        let stored = sections(&site).await.first().map_or(0, |text| text.split_whitespace().count());
        let lost =
            seen.iter().find(|(_, number)| *number >= stored).map_or(Duration::ZERO, |(at, _)| died - *at);
        let last = seen.last().expect("words were seen").1 + 1;
        assert!(stored > 0 && last > 50, "{last} words seen, {stored} stored");
        assert!(
            lost < Duration::from_secs(1),
            "killed after {died:?}; {last} words seen, {stored} stored, {lost:?} lost"
        );
        assert_eq!(model.calls(), 1);
    }
}
