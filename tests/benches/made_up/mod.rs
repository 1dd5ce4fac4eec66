//! Papers for the benchmarks.

use std::fmt::Write as _;

use serde_json::json;

/// So many lines of papers whose words are as unevenly frequent as those of a language.
pub(crate) fn papers(number: usize) -> String {
    let mut lines = String::new();
    let mut state = 1u64;
    let mut word = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let uniform = (state >> 11) as f64 / (1u64 << 53) as f64;
        format!("w{}", (20_000f64.powf(uniform)) as u32)
    };
    for number in 0..number {
        let mut text = |count: usize| (0..count).map(|_| word()).collect::<Vec<_>>().join(" ");
        let paper = json!({
            "id": format!("{:02}{:02}.{:05}", 15 + number / 60_000, 1 + number / 5_000 % 12, 1 + number % 5_000),
            "title": text(9), "authors": [text(2), text(2), text(2)],
            "abstract": format!("{} $x_{{{number}}}$ {}", text(90), text(90)),
            "categories": ["cs.LG"], "venue": "arXiv", "source": "arxiv-daily",
            "date": format!("20{:02}-{:02}-{:02}", 15 + number / 60_000, 1 + number / 5_000 % 12, 1 + number % 28),
            "keywords": "", "citations": null,
        });
        writeln!(lines, "{paper}").expect("writing to a string");
    }
    lines
}
