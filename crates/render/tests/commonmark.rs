//! The examples of CommonMark 0.31.2, from the npm package that carries its text.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/examples.rs"]
mod examples;

use examples::{Example, check};

const SPECIFICATION: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules/commonmark-spec/spec.txt");

/// Why pages differ from the specification, and in which examples.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    (
        "comments, instructions and declarations, which nobody sees, are not sent",
        &["177", "179", "180", "182", "183", "308", "309", "625", "626", "627", "628", "629"],
    ),
    ("scripts and style sheets in a text are dropped", &["170", "172", "173", "176", "178"]),
    ("an element that is not on the allow-list loses its tags in an HTML block", &["150", "163", "171"]),
    (
        "a tag that is not on the allow-list is text among words, as in `List<int>`",
        &["201", "491", "524", "536", "613", "614", "615", "617", "623"],
    ),
    ("an attribute that is not on the allow-list is dropped", &["169", "616"]),
    ("a bare address is a link, as on GitHub", &["602", "608", "611", "612"]),
];

#[test]
fn examples_of_commonmark() {
    let specification = std::fs::read_to_string(SPECIFICATION).unwrap_or_else(|error| {
        panic!("{SPECIFICATION}: {error}; `./just web` installs the package that holds it")
    });
    let examples = examples(&specification);
    assert_eq!(examples.len(), 652, "examples of CommonMark 0.31.2");
    check(&examples, EXCEPTIONS);
}

fn examples(specification: &str) -> Vec<Example> {
    let fence = "`".repeat(32);
    let begin = format!("{fence} example");
    let mut lines = specification.lines();
    let mut examples = Vec::new();
    while lines.any(|line| line == begin) {
        let mut part = |end: &str| -> String {
            lines
                .by_ref()
                .take_while(|line| *line != end)
                .map(|line| line.replace('→', "\t") + "\n")
                .collect()
        };
        let number = examples.len() + 1;
        examples.push(Example { name: number.to_string(), markdown: part("."), html: part(&fence) });
    }
    examples
}
