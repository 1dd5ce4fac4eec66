//! `./just bench render`: what the shield and the live renderer cost beside the Markdown parser alone.
//!
//! Times are medians of one run on one machine; the last column compares them with the first line.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{fmt::Write as _, hint::black_box, time::Instant};

use render::{Context, Format, Live, Trust, render};

/// Runs of each line; the median is shown.
const RUNS: usize = 31;
/// Bytes in which an answer arrives.
const PIECE: usize = 4;

fn main() {
    let answer = answer(20_000);
    let list = list(20_000);
    let words = answer.replace("```rust", "```");
    let long = answer.repeat(5);
    let base = measure("parser alone, answer of 20 kB", None, || comrak_alone(&answer));
    let base = Some(base);
    measure("whole, answer of 20 kB", base, || whole(&answer, Trust::Answer));
    measure("whole, its code without colours", base, || whole(&words, Trust::Answer));
    measure("whole, the same as a post", base, || whole(&answer, Trust::Post));
    measure("live in pieces of 4 bytes", base, || live(&answer));
    measure("live, one list of 20 kB", base, || live(&list));
    measure("whole, post of 100 kB", base, || whole(&long, Trust::Post));
    measure("anew at every 400th byte", base, || anew(&answer, 400));
}

fn measure(name: &str, base: Option<f64>, run: impl Fn() -> usize) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            black_box(run());
            started.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let median = times[RUNS / 2];
    println!("{name:<34} {median:>9.3} ms  × {:.2}", median / base.unwrap_or(median));
    median
}

fn comrak_alone(text: &str) -> usize {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options.extension.footnotes = true;
    comrak::markdown_to_html(text, &options).len()
}

fn whole(text: &str, trust: Trust) -> usize {
    render(text, Format::Markdown, trust, &Context::default()).html.as_str().len()
}

fn live(text: &str) -> usize {
    let mut live = Live::new(Trust::Answer, &Context::default());
    let pieces = text.as_bytes().chunks(PIECE).map(|piece| std::str::from_utf8(piece).expect("ASCII"));
    pieces.map(|piece| live.push(piece).len()).sum::<usize>() + live.finish().len()
}

/// What a renderer without sealing does, at a coarser step than pieces arrive.
fn anew(text: &str, step: usize) -> usize {
    (step..text.len()).step_by(step).map(|end| whole(&text[..end], Trust::Answer)).sum()
}

/// A model's answer: headings, paragraphs with formulas, displays, lists, tables and code.
fn answer(bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        write!(
            text,
            "## Step {number}\n\nLet $x_{{{number}}}$ be *small*; then **all** of $f(x_{{{number}}}) < \\epsilon$ \
             holds, at a price of $5 or so.\n\n$$\n\\sum_{{k=1}}^{{n}} a_k^{{{number}}} = \\frac{{1}}{{2}}\n$$\n\n\
             - first, with $\\alpha$ in it\n- second, `code $x$`\n\n| a | b |\n|---|---|\n| $|x|$ | {number} |\n\n\
             ```rust\nfn step() -> u32 {{ {number} }}\n```\n\n"
        )
        .expect("writing to a string");
    }
    text
}

fn list(bytes: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        writeln!(text, "- item {number} with $x_{{{number}}}$ and *emphasis*").expect("writing to a string");
    }
    text
}
