//! How the time for hostile texts grows when they double: `cargo run --release -p render --example growth [name [bytes]]`,
//! for texts of at least so many bytes.
//!
//! A growth of 2 is linear, one of 4 quadratic; anything above 2.6 is a defect. The time is the processor's, as Linux
//! counts it, since other work on the machine would show as growth.

#![expect(clippy::print_stdout, reason = "a report for whoever runs it")]

use std::time::Duration;

use render::{Context, Format, Live, Trust, render};

/// What is repeated, how often, and what stands before and after all of it.
struct Hostile {
    name: &'static str,
    unit: fn(usize) -> String,
    times: usize,
}

impl Hostile {
    fn of(&self, bytes: usize) -> Self {
        let mut times = self.times;
        while (self.unit)(times).len() < bytes {
            times += times / 4;
        }
        Self { times, ..*self }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_default();
    let bytes = arguments.next().map_or(0, |bytes| bytes.parse().expect("a number of bytes"));
    println!("{:<28} {:>9} {:>9} {:>6} {:>6}  as", "text", "bytes", "ms", "growth", "size");
    for hostile in TEXTS.iter().filter(|hostile| hostile.name.contains(&wanted)) {
        let hostile = &hostile.of(bytes);
        for (what, trust) in [("post", Trust::Post), ("answer", Trust::Answer)] {
            report(hostile, what, |text| {
                render(text, Format::Markdown, trust, &Context::default()).html.as_str().len()
            });
        }
        report(hostile, "html", |text| {
            render(text, Format::Html, Trust::Post, &Context::default()).html.as_str().len()
        });
        report(hostile, "live", |text| live(text).len());
    }
}

fn report(hostile: &Hostile, what: &str, work: impl Fn(&str) -> usize) {
    let half = (hostile.unit)(hostile.times / 2);
    let whole = (hostile.unit)(hostile.times);
    let (before, _) = fastest(&half, &work);
    let (after, length) = fastest(&whole, &work);
    let longer = whole.len() as f64 / half.len() as f64;
    let growth = after.as_secs_f64() / before.as_secs_f64().max(1e-6) * 2.0 / longer;
    let bad = growth > 2.6 && after.as_millis() > 5 || after.as_millis() > 1_000;
    println!(
        "{:<28} {:>9} {:>9.1} {growth:>6.2} {:>6.1}  {what}{}",
        hostile.name,
        whole.len(),
        after.as_secs_f64() * 1e3,
        length as f64 / whole.len() as f64,
        if bad { "  <<<" } else { "" },
    );
}

/// The fastest of a few runs.
fn fastest(text: &str, work: &impl Fn(&str) -> usize) -> (Duration, usize) {
    let mut best = (Duration::MAX, 0);
    for _ in 0..5 {
        let begun = processor_time();
        let length = work(text);
        best = best.min((processor_time() - begun, length));
        if best.0.as_millis() > 500 {
            break;
        }
    }
    best
}

fn processor_time() -> Duration {
    // The count is brought up to date when the scheduler is called.
    std::thread::yield_now();
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// As much as a model sends at once, in bytes.
const PIECE: usize = 64;

fn live(text: &str) -> String {
    let mut live = Live::new(Trust::Answer, &Context::default());
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE.min(rest.len())));
        live.push(piece);
        rest = after;
    }
    live.finish();
    format!("{:?}", live.snapshot())
}

const TEXTS: &[Hostile] = &[
    Hostile { name: "<", unit: |n| "<".repeat(n), times: 80_000 },
    Hostile { name: "<>", unit: |n| "<>".repeat(n), times: 40_000 },
    Hostile { name: "* ", unit: |n| "* ".repeat(n), times: 40_000 },
    Hostile { name: "_a* ", unit: |n| "_a* ".repeat(n), times: 40_000 },
    Hostile { name: "*a **a ", unit: |n| "*a **a ".repeat(n), times: 20_000 },
    Hostile { name: "[a](<b", unit: |n| "[a](<b".repeat(n), times: 50_000 },
    Hostile { name: "a<!--", unit: |n| "a<!--".repeat(n), times: 50_000 },
    Hostile { name: "a<?", unit: |n| "a<?".repeat(n), times: 50_000 },
    Hostile { name: "a<b c=\"", unit: |n| "a<b c=\"".repeat(n), times: 50_000 },
    Hostile { name: "nested >", unit: |n| ">".repeat(n), times: 10_000 },
    Hostile {
        name: "nested > by line",
        unit: |n| (1..n).map(|i| ">".repeat(i) + "a\n").collect(),
        times: 400,
    },
    Hostile { name: "nested lists", unit: |n| "- ".repeat(n), times: 20_000 },
    Hostile {
        name: "nested lists by line",
        unit: |n| (0..n).map(|i| "  ".repeat(i) + "- a\n").collect(),
        times: 400,
    },
    Hostile {
        name: "notes",
        unit: |n| (0..n).map(|i| format!("[^{i}]\n\n[^{i}]: a\n\n")).collect(),
        times: 10_000,
    },
    Hostile { name: "one note", unit: |n| "[^1] ".repeat(n) + "\n\n[^1]: a\n", times: 20_000 },
    Hostile {
        name: "undefined notes",
        unit: |n| (0..n).map(|i| format!("[^{i}] ")).collect(),
        times: 20_000,
    },
    Hostile { name: "$", unit: |n| "$".repeat(n), times: 1_000_000 },
    Hostile { name: "$ ", unit: |n| "$ ".repeat(n), times: 100_000 },
    Hostile { name: "$a ", unit: |n| "$a ".repeat(n), times: 100_000 },
    Hostile { name: "$a$ ", unit: |n| "$a$ ".repeat(n), times: 100_000 },
    Hostile { name: "$$\\n", unit: |n| "$$\n".repeat(n), times: 100_000 },
    Hostile { name: "$$a\\n\\n", unit: |n| "$$a\n\n".repeat(n), times: 50_000 },
    Hostile { name: "$$\\n\\na\\n\\n", unit: |n| format!("$$\n\n{}", "a\n\n".repeat(n)), times: 50_000 },
    Hostile { name: "$x\\n", unit: |n| "$x\n".repeat(n), times: 50_000 },
    Hostile { name: "> $x\\n", unit: |n| "> $x\n".repeat(n), times: 50_000 },
    Hostile {
        name: "nested braces",
        unit: |n| format!("${}x{}$", "{".repeat(n), "}".repeat(n)),
        times: 10_000,
    },
    Hostile { name: "display braces", unit: |n| format!("$${}$$", "{".repeat(n)), times: 100_000 },
    Hostile { name: "${", unit: |n| "${".repeat(n), times: 50_000 },
    Hostile { name: "\\(", unit: |n| "\\(".repeat(n), times: 100_000 },
    Hostile { name: "\\[", unit: |n| "\\[".repeat(n), times: 100_000 },
    Hostile { name: "\\(a{\\n", unit: |n| "\\(a{\n".repeat(n), times: 50_000 },
    Hostile { name: "begin", unit: |n| "\\begin{align}".repeat(n), times: 50_000 },
    Hostile { name: "begin\\n\\n", unit: |n| "\\begin{align}\n\n".repeat(n), times: 50_000 },
    Hostile { name: "begin a begin b", unit: |n| "\\begin{align}\\begin{gather}".repeat(n), times: 20_000 },
    Hostile { name: "equations", unit: |n| "\\begin{align}a\\\\b\\end{align}\n\n".repeat(n), times: 10_000 },
    Hostile {
        name: "labels",
        unit: |n| {
            (0..n)
                .map(|i| format!("\\begin{{align}}a\\label{{{i}}}\\end{{align}} \\eqref{{{i}}}\n\n"))
                .collect()
        },
        times: 10_000,
    },
    Hostile { name: "repeated labels", unit: |n| "$$a\\tag{1}\\label{a}$$\n\n".repeat(n), times: 10_000 },
    Hostile { name: "eqref", unit: |n| (0..n).map(|i| format!("\\eqref{{{i}}} ")).collect(), times: 20_000 },
    Hostile { name: "eqref{", unit: |n| "\\eqref{".repeat(n), times: 50_000 },
    Hostile { name: "eqref{a", unit: |n| "\\eqref{a ".repeat(n), times: 50_000 },
    Hostile { name: "refs in one", unit: |n| format!("${}$", "\\eqref{a}".repeat(n)), times: 3_000 },
    Hostile { name: "ref{", unit: |n| format!("$${}$$", "\\ref{a".repeat(n)), times: 4_000 },
    Hostile { name: "tag{", unit: |n| format!("$${}$$", "\\tag{".repeat(n)), times: 6_000 },
    Hostile {
        name: "backticks",
        unit: |n| (1..n).map(|i| "`".repeat(i % 70 + 1) + "a").collect(),
        times: 20_000,
    },
    Hostile {
        name: "growing backticks",
        unit: |n| (1..n).map(|i| "`".repeat(i) + "a").collect(),
        times: 800,
    },
    Hostile { name: "$`", unit: |n| "$`".repeat(n), times: 50_000 },
    Hostile { name: "$`a\\n", unit: |n| "$`a\n".repeat(n), times: 50_000 },
    Hostile { name: "` $a ", unit: |n| "` $a `` ".repeat(n), times: 50_000 },
    Hostile { name: "[", unit: |n| "[".repeat(n), times: 100_000 },
    Hostile { name: "![", unit: |n| "![".repeat(n), times: 50_000 },
    Hostile { name: "[a](", unit: |n| "[a](".repeat(n), times: 50_000 },
    Hostile { name: "![[]()", unit: |n| "![[]()".repeat(n), times: 50_000 },
    Hostile { name: "nested images", unit: |n| "![".repeat(n) + &"](a)".repeat(n), times: 2_000 },
    Hostile { name: "nested emphasis", unit: |n| "*a ".repeat(n) + &" a*".repeat(n), times: 20_000 },
    Hostile { name: "nested brackets", unit: |n| "[".repeat(n) + "a" + &"]".repeat(n), times: 50_000 },
    Hostile {
        name: "definitions",
        unit: |n| (0..n).map(|i| format!("[{i}]: /a\n")).collect(),
        times: 10_000,
    },
    Hostile { name: "[a]: ", unit: |n| "[a]: b\n".repeat(n), times: 20_000 },
    Hostile { name: "]:", unit: |n| "]:".repeat(n), times: 50_000 },
    Hostile { name: "[^", unit: |n| "[^".repeat(n), times: 50_000 },
    Hostile {
        name: "long link, many uses",
        unit: |n| format!("[a]: /{}\n\n{}", "b".repeat(n), "[a] ".repeat(n)),
        times: 3_000,
    },
    Hostile { name: "table columns", unit: |n| "|a".repeat(n) + "\n" + &"|-".repeat(n) + "\n", times: 5_000 },
    Hostile { name: "table rows", unit: |n| "a|b\n-|-\n".to_owned() + &"$x$|\n".repeat(n), times: 20_000 },
    Hostile {
        name: "short rows",
        unit: |n| "|a".repeat(n) + "\n" + &"|-".repeat(n) + "\n" + &"a|\n".repeat(n),
        times: 1_000,
    },
    Hostile { name: "a|b\\n-|-\\n", unit: |n| "a|b\n-|-\n".repeat(n), times: 20_000 },
    Hostile { name: "| $", unit: |n| "| $a ".repeat(n) + "\n" + &"|-".repeat(n) + "\n", times: 5_000 },
    Hostile { name: "headings", unit: |n| "# a\n\n".repeat(n), times: 20_000 },
    Hostile { name: "long headings", unit: |n| format!("# {}\n\n", "a ".repeat(n)), times: 50_000 },
    Hostile { name: "words", unit: |n| "A paragraph of words.\n\n".repeat(n), times: 20_000 },
    Hostile { name: "lines", unit: |n| "A line of a paragraph.\n".repeat(n), times: 20_000 },
    Hostile { name: "lines $", unit: |n| "A $5 line.\n".repeat(n), times: 20_000 },
    Hostile { name: "items", unit: |n| "- a\n".repeat(n), times: 20_000 },
    Hostile { name: "loose items", unit: |n| "- a\n\n".repeat(n), times: 20_000 },
    Hostile { name: "item $x\\n", unit: |n| "- $x\n".repeat(n), times: 20_000 },
    Hostile { name: "displays in a paragraph", unit: |n| "$$a$$\n".repeat(n), times: 20_000 },
    Hostile { name: "displays among words", unit: |n| "a $$a$$  \n".repeat(n), times: 20_000 },
    Hostile { name: "displays, rules", unit: |n| "$$a$$\n---\n".repeat(n), times: 20_000 },
    Hostile { name: "<b>", unit: |n| "<b>".repeat(n), times: 20_000 },
    Hostile { name: "<div>", unit: |n| "<div>".repeat(n), times: 20_000 },
    Hostile { name: "<div>\\n\\n", unit: |n| "<div>\n\n".repeat(n), times: 10_000 },
    Hostile { name: "<a href=x>", unit: |n| "<a href=x>".repeat(n), times: 10_000 },
    Hostile { name: "<p>a <b>", unit: |n| "<p>a <b>".repeat(n), times: 10_000 },
    Hostile { name: "<pre>", unit: |n| "<pre>$a$".repeat(n), times: 10_000 },
    Hostile { name: "<!--\\n", unit: |n| "<!-- \n\n".repeat(n), times: 20_000 },
    Hostile { name: "<h1>", unit: |n| "<h1>a ".repeat(n), times: 10_000 },
    Hostile { name: "<table><td>", unit: |n| "<table><td>".repeat(n), times: 5_000 },
    Hostile { name: "https://", unit: |n| "https://".repeat(n), times: 50_000 },
    Hostile { name: "www.", unit: |n| "www.".repeat(n), times: 50_000 },
    Hostile { name: "a@", unit: |n| "a@".repeat(n), times: 50_000 },
    Hostile { name: "a.a@a.", unit: |n| "a.a@a.".repeat(n), times: 50_000 },
    Hostile { name: "https://x，", unit: |n| "https://x，".repeat(n), times: 20_000 },
    Hostile { name: "https://x<", unit: |n| "https://x<".repeat(n), times: 20_000 },
    Hostile { name: "a@b.c<", unit: |n| "a@b.c<".repeat(n), times: 20_000 },
    Hostile { name: "math fences", unit: |n| "```math\na\n```\n".repeat(n), times: 5_000 },
    Hostile {
        name: "math fences in an item",
        unit: |n| "- a\n".to_owned() + &"  ```math\n  a\n  ```\n".repeat(n),
        times: 5_000,
    },
    Hostile { name: "://", unit: |n| "://".repeat(n), times: 50_000 },
    Hostile { name: "link to brackets", unit: |n| format!("<http://{}>", "[".repeat(n)), times: 20_000 },
    Hostile { name: "percent", unit: |n| format!("[a](/{})", "%%".repeat(n)), times: 20_000 },
    Hostile { name: "a&", unit: |n| "a&".repeat(n), times: 200_000 },
    Hostile { name: "a&nbsp;", unit: |n| "a\u{a0}".repeat(n), times: 200_000 },
    Hostile { name: "title=&", unit: |n| format!("<p title=\"{}\">a</p>", "a&".repeat(n)), times: 200_000 },
    Hostile { name: "«", unit: |n| "«".repeat(n), times: 200_000 },
    Hostile { name: "&", unit: |n| "&amp;&".repeat(n), times: 50_000 },
    Hostile { name: "\\", unit: |n| "\\".repeat(n), times: 100_000 },
    Hostile { name: "~", unit: |n| "~a ~~b ".repeat(n), times: 20_000 },
    Hostile {
        name: "macros, doubling",
        unit: |n| {
            let doubling = (0..30).fold(String::from(r"$\def\b{\a}"), |all, _| all + r"\def\a{\b\b}");
            doubling + "$\n\n" + &r"$\a$ ".repeat(n)
        },
        times: 20_000,
    },
    Hostile {
        name: "macros, long",
        unit: |n| format!("$\\def\\a{{{}}}$\n\n{}", "x".repeat(10_000), r"$\a$ ".repeat(n)),
        times: 20_000,
    },
    Hostile { name: "macros, many", unit: |n| r"$\def\a{b}\a$ ".repeat(n), times: 10_000 },
    Hostile { name: "reserved", unit: |n| "\u{3ffd0}\u{3ffe0}".repeat(n), times: 20_000 },
    Hostile { name: "fences", unit: |n| "```rust\nfn f() {}\n```\n\n".repeat(n), times: 500 },
    Hostile {
        name: "code",
        unit: |n| format!("```rust\n{}```\n", "fn f() { a::<B>(\"c\") }\n".repeat(n)),
        times: 45_000,
    },
    Hostile { name: "code by backslash", unit: |n| format!("```cpp\n{}\n```\n", "(".repeat(n)), times: 900 },
    Hostile { name: "alerts", unit: |n| "> [!NOTE]\n> a\n\n".repeat(n), times: 5_000 },
    Hostile { name: "tabs", unit: |n| "-\t".repeat(n) + "a", times: 20_000 },
    Hostile { name: "blank lines", unit: |n| "a\n".to_owned() + &"\n".repeat(n), times: 200_000 },
    Hostile { name: "spaces", unit: |n| "a".to_owned() + &" ".repeat(n) + "b", times: 200_000 },
    Hostile { name: "lines of spaces", unit: |n| "$".to_owned() + &" \n".repeat(n), times: 100_000 },
];
