//! `./just bench search`, second half: pages of results under a steady load, beside a bare file of the same server.
//!
//! The papers are made up, or those of a file of JSON Lines that `INKSTONE_BENCH_PAPERS` names. Each request has words of
//! its own.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod load;
mod made_up;

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;
use tests::{Engine, Run};

use load::{Rate, load, quiet, style};

/// Papers that are made up where there is no file.
const MADE_UP: usize = 50_000;
/// Requests a second, and for how long.
const RATE: Rate = Rate(400, 15);
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
    println!(
        "{} requests/s for {} s           p50 ms   p99 ms   slowest   failed   ratio of p99",
        RATE.0, RATE.1
    );
    let bare = load("a file of the site", &site, RATE, |_| style.clone(), None, None).await;
    for words in 1..=3 {
        let name = format!("search, {words} word{}", if words == 1 { "" } else { "s" });
        load(
            &name,
            &site,
            RATE,
            |number| format!("/search?query={}", some(&titles, number, words)),
            None,
            Some(bare),
        )
        .await;
    }
    let mixed = |number: usize| format!("/search?query={}", some(&titles, number, 1 + number % 3));
    load("search, one to three words", &site, RATE, mixed, None, Some(bare)).await;
    let narrowed = |number: usize| format!("{}&cat=cs.LG&sort=newest", mixed(number));
    load("search, narrowed, newest first", &site, RATE, narrowed, None, Some(bare)).await;
    let instant = |number: usize| format!("/search/instant?query={}", some(&titles, number, 1 + number % 3));
    load("results while typing", &site, RATE, instant, None, Some(bare)).await;
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
