//! `./just bench blog`, its part of rendering: the HTML of heavy posts, in milliseconds of the processor. 10 are wanted.
//! Each is made three times; the least counts.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{fmt::Write as _, hint::black_box, time::Duration};

use render::{Context, Format, Trust, render};
use rustix::time::{ClockId, clock_gettime};

const RUNS: usize = 9;

fn main() {
    println!("{:<52} {:>6} {:>8}", "post", "kB", "CPU ms");
    post("261 inline formulas and 60 numbered ones", &heavy(261, 60, 100_000));
    post("the same in 20 kB", &heavy(261, 60, 20_000));
    post("2000 inline formulas, all in one paragraph", &"Let $x_{1}<y^2$ be. ".repeat(2000));
    post("400 numbered ones with references to each other", &referring(400));
    post("words only", &heavy(0, 0, 100_000));
}

fn post(name: &str, text: &str) {
    let context = Context { deeper: 1, ..Context::default() };
    let once = || {
        let before = processor();
        black_box(render(black_box(text), Format::Markdown, Trust::Post, &context));
        processor() - before
    };
    let least = (0..RUNS).map(|_| once()).min().expect("some runs");
    println!("{name:<52} {:>6} {:>8.2}", text.len() / 1000, least.as_secs_f64() * 1e3);
}

/// So many formulas among words, headings, lists and notes, in so many bytes.
fn heavy(inline: usize, display: usize, bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 1000);
    let parts = 60;
    for part in 0..parts {
        if part % 6 == 0 {
            write!(text, "## Part {part}\n\n").expect("writing to a string");
        }
        let share = |all: usize| all * (part + 1) / parts - all * part / parts;
        for number in 0..share(inline) {
            write!(
                text,
                "Let $x_{{{part}}}^{{{number}}} < \\frac{{a}}{{b}}$ be *given*, 如（$\\theta$）一样. "
            )
            .expect("writing");
        }
        for number in 0..share(display) {
            let label = format!("e{part}-{number}");
            write!(
                text,
                "\n\n$$\\begin{{equation}}\\int_0^1 f_{{{part}}}(t)\\,dt = \\sum_n a_n \\label{{{label}}}\\end{{equation}}$$\n\nBy \\eqref{{{label}}} "
            )
            .expect("writing");
        }
        while text.len() < bytes * (part + 1) / parts {
            text.push_str("the words go on, with `code` and [a link](https://example.org/) among them. ");
        }
        text.push_str("\n\n- one item\n- another one\n\n");
    }
    text
}

fn referring(equations: usize) -> String {
    (0..equations).fold(String::new(), |mut text, number| {
        let next = (number + 1) % equations;
        write!(
            text,
            "By \\eqref{{e{next}}}:\n\n$$\\begin{{align}} a &= b \\label{{e{number}}} \\\\ c &= d \\notag \\end{{align}}$$\n\n"
        )
        .expect("writing to a string");
        text
    })
}

/// What the processor has spent on this thread.
fn processor() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec.unsigned_abs(), u32::try_from(now.tv_nsec).expect("less than a second"))
}
