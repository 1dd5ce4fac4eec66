//! Papers made up for a test, in the form that `inkstone import papers` reads.

use std::{fmt::Write as _, path::Path};

use serde_json::json;
use tests::Site;

/// One line of JSON.
pub(crate) fn paper(number: usize, title: &str, category: &str, date: &str) -> String {
    let id = format!("2401.{number:05}");
    let record = json!({
        "id": id, "title": title, "authors": ["Ada Example"], "abstract": format!("We study {title} with $x_{{{number}}}$."),
        "categories": [category], "venue": "arXiv", "date": date, "keywords": "", "citations": null, "source": "arxiv-daily"
    });
    record.to_string()
}

/// `count` papers of one category over a few days, with equal days so that the order needs its second key.
pub(crate) fn some(category: &str, numbers: std::ops::Range<usize>) -> String {
    numbers.fold(String::new(), |mut lines, number| {
        let title = format!("Result number {number}");
        let line = paper(number, &title, category, &format!("2024-01-{:02}", 1 + number % 5));
        writeln!(lines, "{line}").expect("writing to a string");
        lines
    })
}

/// Runs `inkstone import papers` beside the running server.
pub(crate) async fn import(site: &Site, lines: &str) -> serde_json::Value {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), lines).expect("written");
    let output = site.run(&["import", "papers", name(file.path()), "--json"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn name(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}
