//! `./just bench reading`: how long the extractive reader ranks before its first sentence, for a paper of thirty pages
//! and for texts that are none. All questions are ranked by then; at most a second is wanted of the paper.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::time::{Duration, Instant};

use content::{FullText, Language, Passage, Record, TextSource};
use futures::StreamExt as _;
use rand::{SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use summarizer::{Assignment, Piece, Summarizer, read};

/// Runs of each line; the fastest is shown.
const RUNS: usize = 5;
const MEGABYTE: usize = 1 << 20;

const SECTIONS: &[&str] =
    &["Abstract", "1 Introduction", "2 Related work", "3 Method", "4 Experiments", "5 Conclusion"];
const WORDS: &[&str] = &[
    "we",
    "propose",
    "the",
    "of",
    "a",
    "granite",
    "wheel",
    "$W_0$",
    "turns",
    "however",
    "problem",
    "method",
    "shows",
    "results",
    "future",
    "work",
    "limits",
    "previous",
    "axle",
    "butter",
    "error",
    "smoothing",
    "bound",
    "in",
    "this",
    "paper",
    "is",
    "that",
    "and",
    "to",
    "with",
    "measure",
    "datasets",
    "earlier",
    "open",
    "question",
    "rotation",
];

fn main() {
    println!("{:<34} {:>9}", "text", "ms");
    line("a paper of 30 pages", &pages(30, 45));
    line("a book of 300 pages", &pages(300, 45));
    line("100 000 sentences", &pages(1, 100_000));
    let units = [
        ("words without a stop", "words and more "),
        ("dollar signs", "$"),
        ("formulas that do not end", "\\begin{align} \\( $$\n\n"),
        ("one formula after another", "$x_1$ "),
        ("Chinese without a stop", "旋转位置编码"),
        ("Chinese sentences", "我们提出把查询与键按位置旋转。"),
        ("rows of a table", "| a | b |\n"),
        ("quotations in one another", "> "),
    ];
    for (name, unit) in units {
        line(&format!("1 MB: {name}"), &text(vec![passage(1, "", unit.repeat(MEGABYTE / unit.len()))]));
    }
}

fn line(name: &str, text: &FullText) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let fastest = (0..RUNS).map(|_| runtime.block_on(until_ranked(text))).min().unwrap_or_default();
    println!("{name:<34} {:>9.1}", fastest.as_secs_f64() * 1e3);
}

async fn until_ranked(text: &FullText) -> Duration {
    let json = serde_json::json!({ "key": { "source": "notes", "id": "1", "version": "1" }, "title": "Granite wheels",
        "authors": [], "summary": "", "categories": [], "venue": null, "date": "2026-01-01", "keywords": [], "note": null });
    let paper: Record = serde_json::from_value(json).expect("a record");
    let questions = summarizer::questions(Language::En);
    let started = Instant::now();
    let mut reading =
        read(&[Summarizer::Extractive], &Assignment::new(&paper, text, &questions, Language::En));
    while let Some(piece) = reading.next().await {
        if matches!(piece, Ok(Piece::Text { .. })) {
            break;
        }
    }
    started.elapsed()
}

/// Made-up sentences, each unlike the others.
fn pages(count: u32, sentences: usize) -> FullText {
    let mut dice = StdRng::seed_from_u64(1);
    let mut sentence = |number: usize| {
        let words: Vec<&str> = (0..20).map(|_| *WORDS.choose(&mut dice).expect("there are words")).collect();
        format!("Sentence {number} {}.", words.join(" "))
    };
    let mut page = |page: u32| {
        let section = SECTIONS[(page as usize - 1) * SECTIONS.len() / count as usize];
        passage(page, section, (0..sentences).map(&mut sentence).collect::<Vec<_>>().join(" "))
    };
    text((1..=count).map(&mut page).collect())
}

fn passage(page: u32, section: &str, text: String) -> Passage {
    Passage { page: Some(page), section: section.into(), text }
}

fn text(passages: Vec<Passage>) -> FullText {
    FullText::new(TextSource::Stored, "bench/1", passages)
}
