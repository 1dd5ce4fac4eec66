//! `./just bench assistant`: readings while they are written, beside the model's own stream read directly.
//!
//! The model is this process, and so are the readers: all of it shares the machine with the server. Each event of the
//! model holds the time at which it left, so that a reader knows how long it was on its way.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod clock;
mod kernel;
mod reader;

use std::{
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tests::{Engine, Run, Site};

use clock::Clock;
use reader::{Reader, Times};

/// Runs at the same time.
const RUNS: usize = 500;
/// Readers of one run.
const READERS: usize = 1_000;
/// Open streams on which nothing happens.
const IDLE: usize = 10_000;
/// Readers who take nothing.
const STUCK: usize = 50;
/// What the model says in a second, in each of its replies.
const RATE: u32 = 20;
/// Events of one reply.
const EVENTS: u32 = 200;
/// When most of a reply is there, and it still goes on: then memory is looked at.
const MIDDLE: Duration = Duration::from_secs(8);

#[tokio::main]
async fn main() {
    println!("latency of events                       p50 ms   p99 ms  first p99   ratio of p99");
    let bare = bare().await;
    many_runs(&bare).await;
    many_readers(&bare).await;
    println!("\nopen streams                                 KiB each  in the kernel");
    idle().await;
    stuck().await;
}

/// As many readers of the model itself.
async fn bare() -> Times {
    let model = Clock::start(RATE, EVENTS).await;
    let readers = (0..RUNS).map(|_| tokio::spawn(Reader::of_model(model.address))).collect();
    model.all_asked(RUNS).await;
    model.begin();
    let times = all(readers).await;
    times.print("the model, read directly, 500 times", None);
    times
}

/// Each paper is read once, by one reader.
async fn many_runs(bare: &Times) {
    let model = Clock::start(RATE, EVENTS).await;
    let site = site(&model, RUNS).await;
    let before = site.resident();
    let mut readers = Vec::new();
    for paper in 1..=RUNS {
        let live = start(&site, paper).await;
        readers.push(tokio::spawn(Reader::of_site(site.address.clone(), live)));
    }
    model.all_asked(RUNS).await;
    let spent = site.processor_time();
    model.begin();
    tokio::time::sleep(MIDDLE).await;
    let memory = site.resident().saturating_sub(before);
    let times = all(readers).await;
    times.print("500 runs, one reader each", Some(bare));
    println!(
        "    {:.0} KiB a run; {:.0} % of one processor",
        memory as f64 / RUNS as f64,
        (site.processor_time() - spent).as_secs_f64() / f64::from(EVENTS) * f64::from(RATE) * 100.0
    );
}

/// One paper is read once, by many readers: rendered once, sent to each.
async fn many_readers(bare: &Times) {
    let model = Clock::start(RATE, EVENTS).await;
    let site = site(&model, 1).await;
    let live = start(&site, 1).await;
    model.all_asked(1).await;
    let before = site.resident();
    let readers: Vec<_> =
        (0..READERS).map(|_| tokio::spawn(Reader::of_site(site.address.clone(), live.clone()))).collect();
    kernel::established(&site, READERS).await;
    model.begin();
    tokio::time::sleep(MIDDLE).await;
    let memory = site.resident().saturating_sub(before);
    let times = all(readers).await;
    times.print("one run, 1000 readers", Some(bare));
    println!(
        "    {:.0} KiB a reader; asked the model {} time",
        memory as f64 / READERS as f64,
        model.calls()
    );
}

/// Streams of a run that says nothing.
async fn idle() {
    let model = Clock::start(RATE, EVENTS).await;
    let site = site(&model, 1).await;
    let live = start(&site, 1).await;
    model.all_asked(1).await;
    let before = site.resident();
    let mut streams = Vec::new();
    for _ in 0..IDLE {
        streams.push(reader::open(&site.address, &live).await);
    }
    // All of them are past two heartbeats.
    tokio::time::sleep(Duration::from_secs(25)).await;
    let memory = site.resident().saturating_sub(before);
    let (count, queued) = kernel::queued(&site);
    assert_eq!(count, IDLE, "streams that are still open");
    let started = Instant::now();
    site.page("/papers").await;
    println!(
        "{IDLE} on which nothing happens            {:>10.1}  {:>10.1}   a page beside them: {:.1} ms",
        memory as f64 / IDLE as f64,
        queued as f64 / 1024.0 / IDLE as f64,
        started.elapsed().as_secs_f64() * 1e3
    );
}

/// Streams that nobody reads, of a run that says very much.
async fn stuck() {
    let model = Clock::start(2_000, 60_000).await;
    let site = site(&model, 1).await;
    let live = start(&site, 1).await;
    model.all_asked(1).await;
    let mut streams = Vec::new();
    for _ in 0..STUCK {
        streams.push(reader::deaf(&site.address, &live).await);
    }
    model.begin();
    kernel::full(&site, STUCK).await;
    let (_, queued) = kernel::queued(&site);
    let started = Instant::now();
    kernel::established(&site, 0).await;
    println!(
        "{STUCK} that nobody reads                     {:>10}  {:>10.1}   dropped after {:.1} s",
        "",
        queued as f64 / 1024.0 / STUCK as f64,
        started.elapsed().as_secs_f64()
    );
}

async fn all(readers: Vec<tokio::task::JoinHandle<Times>>) -> Times {
    let mut times = Times::default();
    for reader in readers {
        times.add(reader.await.expect("a reader"));
    }
    times
}

/// A site with so many papers whose readings ask this model.
async fn site(model: &Clock, papers: usize) -> Site {
    let site = Run::on(Engine::Sqlite)
        .set("MODELS__0__NAME", "clock")
        .set("MODELS__0__BASE_URL", format!("http://{}/v1", model.address))
        .set("MODELS__0__MODEL", "clock-1")
        .set("READINGS__PARALLEL", RUNS)
        .set("READINGS__QUEUE", RUNS)
        .start()
        .await;
    let file = site.data.join("papers.jsonl");
    let lines = (0..papers).map(|number| {
        let paper = json!({
            "id": format!("2401.{:05}", number + 1), "title": format!("Paper number {number}"),
            "authors": ["An Author"], "abstract": "Of clocks that are read by many.", "categories": ["cs.LG"],
            "venue": "arXiv", "source": "arxiv-daily", "date": "2024-01-02", "keywords": "", "citations": null,
        });
        format!("{paper}\n")
    });
    fs::write(&file, lines.collect::<String>()).expect("written");
    let output = site.run(&["import", "papers", file.to_str().expect("a plain name")]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    site
}

/// Has a paper read; the papers of a new site are counted from 1.
async fn start(site: &Site, paper: usize) -> String {
    let response = site.post_json(&format!("/papers/{paper}/readings"), "lang=en").await;
    let status = response.status();
    let started: Value = response.json().await.unwrap_or_default();
    assert!(status.is_success(), "{status}: {started}");
    started["live"].as_str().expect("an address").to_owned()
}
