//! `./just bench papers`: import of made-up papers, and the pages that show them.
//!
//! Seconds are those of one run on one machine; the last column compares with the first line of its table.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod made_up;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use tests::{Engine, Run, Site};

/// Papers that are imported.
const PAPERS: usize = 50_000;
/// Requests of each page; the median is shown.
const REQUESTS: usize = 101;

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("papers.jsonl");
    fs::write(&file, made_up::papers(PAPERS)).expect("written");
    println!("import of {PAPERS} papers             seconds   papers/s   peak MiB   ratio");
    let first = import("first", &file, folder.path(), None);
    import("again, nothing new", &file, folder.path(), Some(first));

    let site = Run::on(Engine::Sqlite).start().await;
    let output = site.run(&["import", "papers", file.to_str().expect("a plain name")]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    while site.page("/search?query=w17").await.contains("still taking in") {}
    println!("\npage                                        ms   ratio");
    let base = request(&site, "/healthz", None).await;
    for page in ["/", "/papers", "/arxiv/cs.LG", "/search?query=w17+w200", "/search?query=%22w3+w5%22"] {
        request(&site, page, Some(base)).await;
    }
}

fn import(name: &str, file: &Path, folder: &Path, base: Option<f64>) -> f64 {
    let started = Instant::now();
    let mut child = Command::new(tests::inkstone())
        .args(["import", "papers"])
        .arg(file)
        .arg("--data")
        .arg(folder.join("data"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command runs");
    let mut peak = 0;
    while child.try_wait().expect("a child").is_none() {
        peak = peak.max(resident(child.id()));
        std::thread::sleep(Duration::from_millis(5));
    }
    let seconds = started.elapsed().as_secs_f64();
    let rate = PAPERS as f64 / seconds;
    println!(
        "{name:<34} {seconds:>9.2}  {rate:>9.0}  {:>9}  × {:.2}",
        peak / 1024,
        seconds / base.unwrap_or(seconds)
    );
    seconds
}

/// The most memory that a process has had, in KiB.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

async fn request(site: &Site, page: &str, base: Option<f64>) -> f64 {
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let started = Instant::now();
        site.page(page).await;
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let median = times[REQUESTS / 2];
    println!("{page:<38} {median:>7.2}  × {:.1}", median / base.unwrap_or(median));
    median
}
