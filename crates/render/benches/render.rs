//! `./just bench render`: what a rendering costs beside the Markdown parser alone, whole and live.
//!
//! Times are the processor's, the least of a few runs that take turns, on one machine. `of comrak` is how much of the throughput of
//! comrak is left, with the same extensions and no mathematics: 0.6 is wanted on the first two texts. `live` is how many
//! whole renderings a stream in pieces of four bytes costs, 10 at most for ordinary texts and 20 for the others; `bytes`
//! the size of its patches as JSON beside that of the page, 4 at most. Code without the name of its language is not
//! coloured; what colours cost is in lines of their own.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{fmt::Write as _, hint::black_box, time::Duration};

use comrak::options::Extension;
use render::{Context, Format, Live, Trust, render};

/// Runs of each line; the fastest is shown.
const RUNS: usize = 15;
/// Bytes in which an answer arrives.
const PIECE: usize = 4;
/// Bytes of each text.
const SIZE: usize = 20_000;

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    println!(
        "{:<26} {:>9} {:>9} {:>9} {:>9} {:>6} {:>6}",
        "text", "comrak ms", "whole ms", "of comrak", "live ms", "live", "bytes"
    );
    let coloured = repeated(ANSWER);
    let texts = [
        ("article", repeated(ARTICLE)),
        ("answer", coloured.replace("```rust", "```")),
        ("answer, code coloured", coloured),
        ("one paragraph", repeated("Words with $x_{#}$ and *emphasis*, `code` and more words.\n")),
        ("one list", repeated("- item # with $x_{#}$ and *emphasis*\n")),
        ("one table", format!("| a | b |\n|---|---|\n{}", repeated("| $x_{#}$ and *emphasis* | cell # |\n"))),
        ("one code block", format!("```\n{}", repeated("let step_# = step(#, \"<#>\");\n"))),
        ("one code block, coloured", format!("```rust\n{}", repeated("let step_# = step(#, \"<#>\");\n"))),
        ("one quotation", repeated("> words # with $x_{#}$ and *emphasis*\n")),
    ];
    for (name, text) in texts.iter().filter(|(name, _)| name.contains(&wanted)) {
        line(name, text);
    }
    if wanted.is_empty() {
        preview();
    }
    println!("\n{:<26} {:>9}", "100 kB of", "whole ms");
    for unit in ["$", "\\(", "{", ">", "*"].iter().filter(|_| wanted.is_empty()) {
        let text = unit.repeat(100_000 / unit.len());
        println!("{unit:<26} {:>9.3}", milliseconds(fastest([&|| whole(&text, Trust::Answer)])[0]));
    }
}

fn line(name: &str, text: &str) {
    let trust = if name == "article" { Trust::Post } else { Trust::Answer };
    let [parser, all, streamed] = fastest([&|| comrak_alone(text), &|| whole(text, trust), &|| live(text)]);
    let bytes = live(text) as f64 / whole(text, Trust::Answer) as f64;
    println!(
        "{name:<26} {:>9.3} {:>9.3} {:>9.2} {:>9.3} {:>6.1} {bytes:>6.1}",
        milliseconds(parser),
        milliseconds(all),
        parser.as_secs_f64() / all.as_secs_f64(),
        milliseconds(streamed),
        streamed.as_secs_f64() / all.as_secs_f64(),
    );
}

/// What the preview of a long post costs the server at each key press.
fn preview() {
    let text = repeated(ARTICLE).repeat(3);
    let parts = || render(&text, Format::Markdown, Trust::Post, &Context::default()).elements().len();
    let [all, parted] = fastest([&|| whole(&text, Trust::Post), &parts]);
    println!("\n{:<26} {:>9} {:>9}", "60 kB as a preview", "whole ms", "parted ms");
    println!("{:<26} {:>9.3} {:>9.3}", "article", milliseconds(all), milliseconds(parted));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The least time of each, once it is warm. They take turns, so that a busy moment of the machine meets all of them.
fn fastest<const N: usize>(works: [&dyn Fn() -> usize; N]) -> [Duration; N] {
    let mut times = [Duration::MAX; N];
    for _ in 0..RUNS {
        for (work, time) in works.iter().zip(&mut times) {
            black_box(work());
            let begun = processor_time();
            black_box(work());
            *time = (processor_time() - begun).min(*time);
        }
    }
    times
}

/// As Linux counts it: other work on the machine does not show.
fn processor_time() -> Duration {
    // The count is brought up to date when the scheduler is called.
    std::thread::yield_now();
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn comrak_alone(text: &str) -> usize {
    let extension = Extension::builder()
        .strikethrough(true)
        .table(true)
        .autolink(true)
        .tasklist(true)
        .footnotes(true)
        .alerts(true)
        .cjk_friendly_emphasis(true)
        .header_id_prefix(String::new())
        .build();
    comrak::markdown_to_html(text, &comrak::Options { extension, ..Default::default() }).len()
}

fn whole(text: &str, trust: Trust) -> usize {
    render(text, Format::Markdown, trust, &Context::default()).html.as_str().len()
}

/// The size of all patches.
fn live(text: &str) -> usize {
    let mut live = Live::new(Trust::Answer, &Context::default());
    let pieces = text.as_bytes().chunks(PIECE).map(|piece| std::str::from_utf8(piece).expect("ASCII"));
    let mut size = 0;
    for piece in pieces {
        size += sent(&live.push(piece));
    }
    size + sent(&live.finish())
}

fn sent(patches: &[render::Patch]) -> usize {
    patches.iter().map(|patch| serde_json::to_string(patch).expect("patches are JSON").len()).sum()
}

/// A text over and over, with another number for `#` each time (`\#` stays one).
fn repeated(unit: &str) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= SIZE {
            break;
        }
        let unit = unit.replace("##", "\u{1}").replace('#', &number.to_string()).replace('\u{1}', "##");
        write!(text, "{unit}").expect("writing to a string");
    }
    text
}

/// Mathematics in every line.
const ARTICLE: &str = r"## Lemma

Let $f_{#} \colon X \to \mathbb{R}$ be *continuous* with $\|f_{#}\| \le 1$, and let $(x_n)_{n \in \mathbb{N}}$ converge
to $x$. Then $f_{#}(x_n) \to f_{#}(x)$, which is to say that for every $\varepsilon > 0$ there is an $N$ with

$$
|f_{#}(x_n) - f_{#}(x)| < \varepsilon \quad \text{for all } n \ge N.
$$

By the **triangle inequality** and \eqref{eq:#},

\begin{align}
|f_{#}(x_n) - f_{#}(y_n)| &\le |f_{#}(x_n) - f_{#}(x)| + |f_{#}(x) - f_{#}(y_n)| \label{eq:#} \\
&\le \frac{\varepsilon}{2} + \frac{\varepsilon}{2}, \notag
\end{align}

so that $\lim_{n \to \infty} |f_{#}(x_n) - f_{#}(y_n)| = 0$, as we wished to show.

";

/// A model's answer: headings, paragraphs with formulas, displays, lists, tables and code.
const ANSWER: &str = r"## Step #

Let $x_{#}$ be *small*; then **all** of $f(x_{#}) < \epsilon$ holds, at a price of $5 or so.

$$
\sum_{k=1}^{n} a_k^{#} = \frac{1}{2}
$$

- first, with $\alpha$ in it
- second, `code $x$`

| a | b |
|---|---|
| $|x|$ | # |

```rust
fn step() -> u32 { # }
```

";
