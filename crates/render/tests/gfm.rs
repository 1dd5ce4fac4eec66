//! The extensions of GitHub: the examples for tables, struck words and task lists of its specification, and more of
//! tables, that the package pulldown-cmark carries. Addresses, notes and alerts have cases of our own, in `whole`.

#![allow(clippy::unwrap_used, reason = "tests")]

#[path = "support/examples.rs"]
mod examples;

use std::path::PathBuf;
use std::process::Command;

use examples::{Example, check};

/// Why pages differ from the examples, and in which.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    ("a table may begin in the last line of a paragraph", &["table 13"]),
    ("dashes and a space begin a list, as in GitHub's own parser", &["table 14"]),
    (
        "a backslash before a backslash leaves none for the bar after them",
        &["table 17", "table 18", "table 22", "table 23", "table 24", "table 25", "table 26"],
    ),
];

/// The files that hold examples, and how many.
const FILES: &[(&str, usize)] =
    &[("gfm_strikethrough", 3), ("gfm_table", 9), ("gfm_tasklist", 2), ("table", 28)];

#[test]
fn examples_of_extensions() {
    let folder = folder();
    let mut all = Vec::new();
    for (file, count) in FILES {
        let text = std::fs::read_to_string(folder.join(format!("{file}.rs"))).unwrap();
        let examples = examples(file, &text);
        assert_eq!(examples.len(), *count, "examples in {file}");
        all.extend(examples);
    }
    check(&all, EXCEPTIONS);
}

/// Where cargo has unpacked the tests of the package.
fn folder() -> PathBuf {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let arguments = ["metadata", "--format-version=1", "--locked", "--filter-platform", host];
    let metadata = cargo(&[&arguments[..], &["--manifest-path", manifest]].concat());
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "pulldown-cmark").unwrap();
    PathBuf::from(package["manifest_path"].as_str().unwrap()).with_file_name("tests").join("suite")
}

fn cargo(arguments: &[&str]) -> String {
    let done = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// The raw strings of a file of tests, by twos.
fn examples(file: &str, text: &str) -> Vec<Example> {
    let strings: Vec<&str> =
        text.split("r##\"").skip(1).map(|rest| rest.split("\"##;").next().unwrap()).collect();
    let example = |(i, pair): (usize, &[&str])| Example {
        name: format!("{file} {}", i + 1),
        markdown: pair[0].to_owned(),
        // The attribute that needs no style sheet; and no body without rows.
        html: pair[1]
            .replace("style=\"text-align: ", "align=\"")
            .replace("<tbody></tbody>", "")
            .replace("<tbody>\n</tbody>", ""),
    };
    strings.chunks(2).enumerate().map(example).collect()
}
