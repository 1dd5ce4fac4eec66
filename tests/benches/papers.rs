//! `./just bench papers`: papers taken in, and the pages that show them, as there are more and more of them.
//!
//! Seconds are those of one run on one machine; the last column compares with the first line of its table. The third
//! table has a million papers, too, if `INKSTONE_BENCH_MILLION` is set: that takes a quarter of an hour.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod load;
mod made_up;
mod oai;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{
    Connection as _, Executor as _, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tests::{Engine, Run, Site, html::next_page};

use load::{Rate, load, quiet, style};

/// Papers that are taken in.
const PAPERS: usize = 50_000;
/// Requests of each page; the median is shown.
const REQUESTS: usize = 101;
/// Pages that are gone through to one that is deep in its list.
const DEEP: usize = 40;
/// A reader who is known, for whom every page is made anew.
const KNOWN: Option<&str> = Some("reader=known");

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    take_in(folder.path()).await;
    let sizes = [10_000, 100_000].into_iter();
    let million = std::env::var_os("INKSTONE_BENCH_MILLION").map(|_| 1_000_000);
    println!(
        "\npapers        list ms  deep page   two cat.    starred      paper     /papers   ratios to the first line"
    );
    let mut first = None;
    for size in sizes.chain(million) {
        let site = filled(folder.path(), size).await;
        let times = pages(&site).await;
        let base = *first.get_or_insert(times);
        print!("{size:<12}");
        times.iter().for_each(|time| print!(" {time:>9.2} "));
        println!("  {}", ratios(&times, &base));
        if size == 100_000 {
            under_load(&site).await;
        }
    }
}

fn ratios(times: &[f64], base: &[f64]) -> String {
    let ratio = |(time, base): (&f64, &f64)| format!("× {:.2}", time / base);
    times.iter().zip(base).map(ratio).collect::<Vec<_>>().join(" ")
}

/// Records by each way in, beside bare inserts of the same texts.
async fn take_in(folder: &Path) {
    let answers = folder.join("answers");
    fs::create_dir(&answers).expect("a folder");
    let lines = made_up::papers(PAPERS);
    let pages: Vec<String> = oai::answers(&lines).collect();
    for (number, page) in pages.iter().enumerate() {
        fs::write(answers.join(format!("{number:04}.xml")), page).expect("written");
    }
    let file = folder.join("papers.jsonl");
    fs::write(&file, &lines).expect("written");
    println!("{PAPERS} records                       seconds  records/s   peak MiB   ratio");
    let bare = bare(folder, &lines).await;
    let harvest = ["harvest", "arxiv", "--from", text(&answers)];
    command("harvest of OAI-PMH answers", &harvest, &folder.join("harvested"), bare);
    command("the same again, nothing new", &harvest, &folder.join("harvested"), bare);
    let import = ["import", "papers", text(&file)];
    command("import of JSON Lines", &import, &folder.join("imported"), bare);
    command("the same again, nothing new", &import, &folder.join("imported"), bare);
}

/// The same texts into one table, a thousand to a transaction.
async fn bare(folder: &Path, lines: &str) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(folder.join("bare.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("a database");
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, raw TEXT)").await.expect("a table");
    let lines: Vec<&str> = lines.lines().collect();
    let started = Instant::now();
    for batch in lines.chunks(1000) {
        let mut insert = connection.begin().await.expect("begun");
        for line in batch {
            let row = sqlx::query("INSERT INTO bare (raw) VALUES (?)").bind(*line);
            row.execute(&mut *insert).await.expect("inserted");
        }
        insert.commit().await.expect("committed");
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{:<34} {seconds:>9.2}  {:>9.0}  {:>9}  × 1.00",
        "bare inserts of the texts",
        PAPERS as f64 / seconds,
        ""
    );
    seconds
}

fn command(name: &str, arguments: &[&str], data: &Path, bare: f64) {
    let started = Instant::now();
    let mut child = Command::new(tests::inkstone())
        .env_remove("INKSTONE_BENCH_MILLION") // no setting of the program
        .args(arguments)
        .args(["--data", text(data)])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command runs");
    let mut peak = 0;
    let status = loop {
        peak = peak.max(resident(child.id()));
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    assert!(status.success(), "{name}: {status}");
    let seconds = started.elapsed().as_secs_f64();
    let rate = PAPERS as f64 / seconds;
    println!("{name:<34} {seconds:>9.2}  {rate:>9.0}  {:>9}  × {:.2}", peak / 1024, seconds / bare);
}

/// The most memory that a process has had, in KiB.
fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

async fn filled(folder: &Path, size: usize) -> Site {
    let file: PathBuf = folder.join("some.jsonl");
    fs::write(&file, made_up::papers(size)).expect("written");
    let site = Run::on(Engine::Sqlite).start().await;
    let output = site.run(&["import", "papers", text(&file)]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    while site.page("/search?query=w17").await.contains("still taking in") {}
    quiet(&site).await;
    site
}

/// Medians in milliseconds: a list, a page deep in it, two categories, by stars, a paper, and all lists.
async fn pages(site: &Site) -> [f64; 6] {
    let mut deep = "/arxiv/cs.LG".to_owned();
    for _ in 0..DEEP {
        deep = next_page(&site.page(&deep).await).expect("a next page");
    }
    let paper = format!("/arxiv/{}", "1501.00007");
    [
        request(site, "/arxiv/cs.LG").await,
        request(site, &deep).await,
        request(site, "/arxiv/cs.LG+cs.CL").await,
        request(site, "/arxiv/cs.LG?sort=stars").await,
        request(site, &paper).await,
        request(site, "/papers").await,
    ]
}

async fn request(site: &Site, page: &str) -> f64 {
    let mut times = Vec::with_capacity(REQUESTS);
    for _ in 0..REQUESTS {
        let started = Instant::now();
        let headers = [("cookie", KNOWN.expect("a reader"))];
        let answer = site.request(reqwest::Method::GET, page, &headers).await;
        assert!(answer.status().is_success(), "{page}: {}", answer.status());
        answer.bytes().await.expect("a page");
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    times[REQUESTS / 2]
}

async fn under_load(site: &Site) {
    let (fast, slow) = (Rate(2000, 10), Rate(300, 10));
    let style = style(&site.page("/").await);
    println!(
        "\nload for {} s                        p50 ms   p99 ms   slowest   failed   ratio of p99",
        fast.1
    );
    let bare = load("a file of the site, 2000/s", site, fast, |_| style.clone(), None, None).await;
    load("25 papers, kept, 2000/s", site, fast, |_| "/arxiv/cs.LG".into(), None, Some(bare)).await;
    let bare = load("a file of the site, 300/s", site, slow, |_| style.clone(), None, None).await;
    load("25 papers, made anew, 300/s", site, slow, |_| "/arxiv/cs.LG".into(), KNOWN, Some(bare)).await;
    println!();
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}
