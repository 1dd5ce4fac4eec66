//! `./just bench blog`, its part over HTTP: a page of a post as visitors get it, kept and made anew, beside a bare server
//! of actix that answers with a page of the same size. Both are asked in the same run by the same few connections, in
//! turns; so the ratios stand on a busy machine, too. Its parts of rendering and of storage are benches of those crates.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod wire;

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tests::{Engine, Run, Site};

use wire::{Load, Measured, paced, unpaced};

/// Bytes of the page.
const SIZE: usize = 20_000;
/// Connections that ask.
const CONNECTIONS: usize = 32;
/// How long each turn takes.
const TURN: Duration = Duration::from_secs(5);
/// How often each takes its turn.
const TURNS: usize = 3;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let site = filled(folder.path()).await;
    let page = site.page("/posts/long").await;
    let file = folder.path().join("page.html");
    fs::write(&file, &page).expect("written");
    let (mut bare, address) = bare(&file);
    println!("a post's page of {} bytes, {CONNECTIONS} connections", page.len());
    let own = site.address.trim_start_matches("http://").to_owned();
    let kept = Load::new(&own, "/posts/long", &[]);
    let packed = Load::new(&own, "/posts/long", &["accept-encoding: br, gzip"]);
    let anew = Load::new(&own, "/posts/long", &["cookie: reader=known"]);
    let other = Load::new(&address, "/posts/long", &[]);
    at_once(&[("bare actix", &other), ("kept", &kept), ("kept, compressed", &packed), ("made anew", &anew)])
        .await;
    at_a_rate(20_000, &[("bare actix", &other), ("kept", &kept), ("kept, compressed", &packed)]).await;
    at_a_rate(2_500, &[("bare actix", &other), ("made anew", &anew)]).await;
    bare.kill().expect("it runs");
    bare.wait().expect("it ends");
}

/// As many requests as there can be.
async fn at_once(loads: &[(&str, &Load)]) {
    println!("\n{:<34} {:>10} {:>9}", "as fast as can be", "requests/s", "of bare");
    let mut rates = vec![Vec::new(); loads.len()];
    for _ in 0..TURNS {
        for ((_, load), rates) in loads.iter().zip(&mut rates) {
            rates.push(unpaced(load, CONNECTIONS, TURN).await);
        }
    }
    let medians: Vec<f64> = rates.into_iter().map(median).collect();
    for ((name, _), rate) in loads.iter().zip(&medians) {
        println!("{name:<34} {rate:>10.0} {:>9.2}", rate / medians[0]);
    }
}

/// So many requests a second, each at its time.
async fn at_a_rate(rate: u32, loads: &[(&str, &Load)]) {
    let title = format!("{rate} requests/s");
    println!("\n{title:<34} {:>10} {:>8} {:>8} {:>8}", "answered/s", "p50 ms", "p99 ms", "× bare");
    let mut turns: Vec<Vec<Measured>> = loads.iter().map(|_| Vec::new()).collect();
    for _ in 0..TURNS {
        for ((_, load), turns) in loads.iter().zip(&mut turns) {
            turns.push(paced(load, CONNECTIONS, rate, TURN).await);
        }
    }
    let of = |turns: &[Measured], what: fn(&Measured) -> f64| median(turns.iter().map(what).collect());
    let bare = of(&turns[0], |one| one.p99);
    for ((name, _), turns) in loads.iter().zip(&turns) {
        let [rate, p50, p99] =
            [|one: &Measured| one.rate, |one: &Measured| one.p50, |one: &Measured| one.p99]
                .map(|what| of(turns, what));
        println!("{name:<34} {rate:>10.0} {p50:>8.2} {p99:>8.2} {:>8.1}", p99 / bare);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A site of one post, whose page is about as long as is wanted.
async fn filled(folder: &Path) -> Site {
    let sample: &'static str = folder.join("sample").to_str().expect("a plain name").to_owned().leak();
    let posts = Path::new(sample).join("posts");
    fs::create_dir_all(&posts).expect("a folder");
    fs::create_dir_all(Path::new(sample).join("notes")).expect("a folder");
    for name in ["papers.jsonl", "comments.jsonl"] {
        fs::write(Path::new(sample).join(name), "").expect("written");
    }
    let mut length = SIZE / 2;
    loop {
        fs::write(posts.join("long.md"), post(length)).expect("written");
        let site = Run::on(Engine::Sqlite).with_folder(sample).start().await;
        let page = site.page("/posts/long").await.len();
        if page.abs_diff(SIZE) < SIZE / 20 {
            return site;
        }
        length = (length * SIZE / page).max(100);
        assert!(length > 100 || page < SIZE, "a page without a text is longer than that: {page} bytes");
    }
}

fn post(length: usize) -> String {
    let mut text = "+++\ntitle = \"A long post\"\nslug = \"long\"\nlanguage = \"en\"\nauthor = \"Ada\"\n\
                    published = \"2025-01-01T00:00:00Z\"\nupdated = \"2025-01-01T00:00:00Z\"\n+++\n\n"
        .to_owned();
    let mut number = 0;
    while text.len() < length {
        number += 1;
        writeln!(text, "Words of paragraph {number}, *with* $x_{{{number}}} < y$ and more of them.\n")
            .expect("writing to a string");
    }
    text
}

/// The bare server, and where it listens.
fn bare(file: &Path) -> (Child, String) {
    let program = tests::inkstone().with_file_name("examples").join("bare");
    let child = Command::new(&program).arg(file).stdout(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("an address");
    (child, line.trim().trim_start_matches("http://").to_owned())
}
