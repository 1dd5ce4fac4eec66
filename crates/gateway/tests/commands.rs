//! The commands that need no running server. Where this file is, cargo builds the program for all tests.

use std::{
    io::Write as _,
    net::TcpListener,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Runs a command with nothing but these settings, in a folder of its own.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("a plain name").to_owned()
    }

    fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_inkstone"))
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("read by the program");
        child.wait_with_output().expect("the program ends")
    }

    fn good(&self, arguments: &[&str], input: &str) -> String {
        let output = self.run(arguments, input);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    }

    /// The sentence that a command fails with. It must come at once, and hold no backtrace.
    fn bad(&self, arguments: &[&str], code: i32) -> String {
        let started = Instant::now();
        let output = self.run(arguments, "");
        let sentence = String::from_utf8(output.stderr).expect("text");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {sentence}");
        assert!(started.elapsed() < Duration::from_secs(2), "{arguments:?}: {:?}", started.elapsed());
        assert!(!sentence.contains("backtrace") && !sentence.contains("panicked"), "{sentence}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{arguments:?}");
        sentence
    }
}

#[test]
fn every_command_has_help_with_an_example() {
    let bench = Bench::new();
    for command in [
        "serve",
        "migrate",
        "import papers",
        "reindex",
        "search",
        "eval search",
        "eval related",
        "render",
        "config check",
        "healthcheck",
    ] {
        let arguments: Vec<_> = command.split(' ').chain(["--help"]).collect();
        let help = bench.good(&arguments, "");
        assert!(help.contains("Example: ") && help.contains(&format!("inkstone {command}")), "{help}");
    }
    assert!(bench.bad(&["surf"], 2).contains("unrecognized subcommand"));
    assert!(bench.bad(&[], 2).contains("Usage:"));
}

#[test]
fn settings_are_checked() {
    let bench = Bench::new();
    assert!(bench.good(&["config", "check"], "").contains("# default"));
    std::fs::write(bench.path("inkstone.toml"), "listen = '127.0.0.1:0'\n[site]\ntilte = 'Notes'")
        .expect("written");
    let sentence = bench.bad(&["config", "check"], 2);
    assert_eq!(sentence, "inkstone: unknown key `site.tilte` in inkstone.toml, did you mean `site.title`?\n");
    assert_eq!(bench.bad(&["serve"], 2), sentence);
    let sentence = bench.bad(&["serve", "--config", "nowhere.toml"], 2);
    assert_eq!(sentence, "inkstone: nowhere.toml: No such file or directory (os error 2)\n");
}

#[test]
fn a_collection_is_measured() {
    let bench = Bench::new();
    let write = |name: &str, text: &str| std::fs::write(bench.path(name), text).expect("written");
    assert!(bench.bad(&["eval", "search", "."], 1).contains("corpus.jsonl cannot be read"));
    write(
        "corpus.jsonl",
        "{\"_id\": \"a\", \"title\": \"Rotations\", \"text\": \"Of planes and positions.\"}\n\
         {\"_id\": \"b\", \"title\": \"Ranks\", \"text\": \"Of matrices, and of rotations.\"}\n",
    );
    write(
        "queries.jsonl",
        "{\"_id\": \"1\", \"text\": \"matrices\"}\n{\"_id\": \"a\", \"text\": \"quandles\"}\n",
    );
    std::fs::create_dir(bench.path("qrels")).expect("created");
    write("qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\tb\t1\na\tb\t1\n");
    let measured = |what| {
        let json = bench.good(&["eval", what, ".", "--json"], "");
        let measures: Value = serde_json::from_str(&json).expect("JSON");
        assert!(measures["queries_per_second"].as_f64().is_some_and(|rate| rate > 0.0));
        [&measures["ndcg@10"], &measures["recall@100"], &measures["mrr@10"]].map(|value| value.as_f64())
    };
    assert_eq!(measured("search"), [Some(0.5); 3], "one of two queries finds its document");
    // The second query names a document; the first is one of one word.
    assert_eq!(measured("related"), [Some(1.0); 3]);
    write("qrels/test.tsv", "query-id\tcorpus-id\tscore\n1\tb\n");
    assert!(bench.bad(&["eval", "search", "."], 1).contains("line 2: not query, document and a number"));
}

#[test]
fn rendering_reads_standard_input() {
    let bench = Bench::new();
    let html = bench.good(&["render"], "Let **$x_1 < x_2$**.");
    assert!(html.contains("$x_1 &lt; x_2$</span></strong>"), "{html}");
    let all: Value =
        serde_json::from_str(&bench.good(&["render", "--json"], "# A\n\n$$\nb\n$$\n")).expect("JSON");
    assert_eq!((&all["formulas"][0]["tex"], &all["formulas"][0]["display"]), (&"\nb\n".into(), &true.into()));
    assert_eq!(all["headings"][0]["text"], "A");
    let hostile = bench.good(&["render", "--trust", "comment"], "<script>alert(1)</script>");
    assert!(!hostile.contains("<script"), "{hostile}");
    let plain = bench.good(&["render", "--format", "text"], "PSPO* and $a*b$ and *c*");
    assert!(plain.contains("*c*") && plain.contains("$a*b$</span>"), "{plain}");
}

#[test]
fn rendering_piecewise_ends_as_the_whole() {
    let bench = Bench::new();
    let text = "# 标题\n\nMoney $5 and $x^2$.\n\n```rust\nfn main() {}\n```\n\n| a | $|b|$ |\n|---|---|\n| 1 | 2 |\n";
    let lines = serde_json::json!({ "id": 7, "text": text }).to_string() + "\n";
    let whole: Value = serde_json::from_str(&bench.good(&["render", "--jsonl"], &lines)).expect("JSON");
    for size in ["1", "2", "3", "5", "64", "100000"] {
        let streamed = bench.good(&["render", "--jsonl", "--stream", size], &lines);
        let streamed: Value = serde_json::from_str(&streamed).expect("JSON");
        assert_eq!((&streamed["id"], &streamed["html"]), (&whole["id"], &whole["html"]), "pieces of {size}");
        assert!(streamed["patches"].as_u64() > Some(0) && streamed["bytes"].as_u64() > Some(0));
    }
    let patches = bench.good(&["render", "--stream", "4"], text);
    let last: Value = serde_json::from_str(patches.lines().last().expect("patches")).expect("JSON");
    assert_eq!(last["op"], "end");
}

#[test]
fn importing_tells_what_is_wrong() {
    let bench = Bench::new();
    let sentence = bench.bad(&["import", "papers", "nowhere.jsonl"], 1);
    assert!(sentence.contains("nowhere.jsonl") && sentence.contains("No such file"), "{sentence}");
    let good = |number| {
        json!({
            "id": format!("2401.{number:05}"), "title": "A good line", "authors": ["Ada Example"], "abstract": "$x$",
            "categories": ["math.NT"], "venue": "arXiv", "date": "2024-01-01", "source": "arxiv-daily",
        })
        .to_string()
    };
    let lines = [good(1), "{\"id\": 5}".into(), good(2), "not JSON".into(), good(3)].join("\n");
    let output = bench.run(&["import", "papers", "-", "--json"], &lines);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("line 2") && log.contains("line 4"), "{log}");
    let counts: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&counts["new"], &counts["skipped"]), (&3.into(), &2.into()), "{counts}");
    let again: Value =
        serde_json::from_str(&bench.good(&["import", "papers", "-", "--json"], &good(1))).expect("JSON");
    assert_eq!((&again["new"], &again["unchanged"]), (&0.into(), &1.into()), "{again}");
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let bench = Bench::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let sentence = bench.bad(&["serve", "--listen", &address], 1);
    assert!(sentence.contains(&address) && sentence.contains("in use"), "{sentence}");

    std::fs::write(bench.path("file"), "in the way").expect("written");
    let below = bench.path("file/data");
    let sentence = bench.bad(&["serve", "--listen", "127.0.0.1:0", "--data", &below], 1);
    assert!(sentence.contains(&below) && sentence.contains("cannot be written"), "{sentence}");

    let sentence = bench.bad(&["healthcheck", "--listen", "127.0.0.1:1"], 1);
    assert!(sentence.contains("did not answer"), "{sentence}");
}
