//! `./just bench search`, second half: pages of results under a steady load, beside a bare file of the same server.
//!
//! The papers are made up, or those of a file of JSON Lines that `INKSTONE_BENCH_PAPERS` names. Requests begin at their
//! time whether the ones before have ended or not, each with words of its own, and are timed from then. The load comes from
//! the same machine.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod made_up;

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;
use tests::{Engine, Run, Site};

/// Papers that are made up where there is no file.
const MADE_UP: usize = 50_000;
/// Requests a second, and for how long.
const RATE: u32 = 400;
const SECONDS: u32 = 15;
/// Titles whose words are asked for.
const TITLES: usize = 20_000;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = papers(folder.path());
    let site = Run::on(Engine::Sqlite).start().await;
    let output = site.run(&["import", "papers", file.to_str().expect("a plain name")]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    while site.page("/search?query=the").await.contains("still taking in") {}
    quiet(&site).await;

    let titles = titles(&file);
    let style = style(&site.page("/").await);
    println!("{RATE} requests/s for {SECONDS} s           p50 ms   p99 ms   slowest   failed   ratio of p99");
    let bare = load("a file of the site", &site, |_| style.clone(), None).await;
    for words in 1..=3 {
        let name = format!("search, {words} word{}", if words == 1 { "" } else { "s" });
        load(&name, &site, |number| format!("/search?query={}", some(&titles, number, words)), Some(bare))
            .await;
    }
    let mixed = |number: usize| format!("/search?query={}", some(&titles, number, 1 + number % 3));
    load("search, one to three words", &site, mixed, Some(bare)).await;
    let narrowed = |number: usize| format!("{}&cat=cs.LG&sort=newest", mixed(number));
    load("search, narrowed, newest first", &site, narrowed, Some(bare)).await;
    let instant = |number: usize| format!("/search/instant?query={}", some(&titles, number, 1 + number % 3));
    load("results while typing", &site, instant, Some(bare)).await;
}

/// Waits until the server has merged what it took in.
async fn quiet(site: &Site) {
    loop {
        let before = site.processor_time();
        tokio::time::sleep(Duration::from_secs(1)).await;
        // It looks for changes now and then.
        if site.processor_time() - before < Duration::from_millis(50) {
            break;
        }
    }
}

/// Asks at the rate, prints how long it took, and gives the 99th percentile in milliseconds.
async fn load(name: &str, site: &Site, address: impl Fn(usize) -> String, bare: Option<f64>) -> f64 {
    let client = reqwest::Client::new();
    let begin = Instant::now() + Duration::from_millis(50);
    let requests = (0..RATE * SECONDS).map(|number| {
        let at = begin + Duration::from_secs(1) * number / RATE;
        let request = client.get(format!("{}{}", site.address, address(number as usize)));
        tokio::spawn(async move {
            tokio::time::sleep_until(at.into()).await;
            let answer = match request.send().await {
                Ok(answer) if answer.status().is_success() => answer.bytes().await.is_ok(),
                _ => false,
            };
            (at.elapsed().as_secs_f64() * 1e3, answer)
        })
    });
    let requests: Vec<_> = requests.collect();
    let mut times = Vec::new();
    let mut failed = 0;
    for request in requests {
        let (time, answered) = request.await.expect("a request");
        times.push(time);
        failed += usize::from(!answered);
    }
    times.sort_by(f64::total_cmp);
    let of = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    let (p50, p99, slowest) = (of(0.5), of(0.99), of(1.0));
    println!(
        "{name:<34} {p50:>8.2} {p99:>8.2}  {slowest:>8.2}  {failed:>7}   × {:.1}",
        p99 / bare.unwrap_or(p99)
    );
    p99
}

/// The address of the style sheet, which changes with every build.
fn style(page: &str) -> String {
    let address = page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with("/style.css"));
    address.expect("the page has a style sheet").to_owned()
}

/// Some plain words of a title, with a plus sign between them.
fn some(titles: &[Vec<String>], number: usize, words: usize) -> String {
    // A step that shares no factor with the number of titles visits all of them.
    let title = &titles[number.wrapping_mul(7919) % titles.len()];
    let from = number % title.len();
    title.iter().cycle().skip(from).take(words).cloned().collect::<Vec<_>>().join("+")
}

fn titles(file: &Path) -> Vec<Vec<String>> {
    let lines = BufReader::new(File::open(file).expect("the papers")).lines().map(|line| line.expect("text"));
    let title = |line: String| {
        let record: Value = serde_json::from_str(&line).expect("a line of JSON");
        let title = record["title"].as_str().unwrap_or_default().to_lowercase();
        let plain = |word: &&str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        title.split(' ').filter(plain).map(str::to_owned).collect::<Vec<_>>()
    };
    lines.map(title).filter(|words| words.len() >= 3).step_by(3).take(TITLES).collect()
}

/// The file of papers.
fn papers(folder: &Path) -> PathBuf {
    let file = folder.join("papers.jsonl");
    match std::env::var_os("INKSTONE_BENCH_PAPERS").map(PathBuf::from) {
        Some(packed) if packed.extension().is_some_and(|end| end == "xz") => {
            let to = File::create(&file).expect("a file");
            let status =
                Command::new("xz").arg("-dc").arg(packed).stdout(Stdio::from(to)).status().expect("xz runs");
            assert!(status.success(), "the papers were unpacked");
            file
        }
        Some(plain) => plain,
        None => {
            fs::write(&file, made_up::papers(MADE_UP)).expect("written");
            file
        }
    }
}
