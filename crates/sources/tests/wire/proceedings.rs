use std::path::Path;

use serde_json::json;
use sources::{Manifest, Proceedings};

use crate::{
    all, fetcher, ids,
    server::{Answer, Server},
};

fn manifest(server: &Server, text: &str) -> Manifest {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("quilts.toml");
    std::fs::write(&path, text.replace("SERVER", &server.address)).expect("written");
    Manifest::read(Path::new(&path)).expect("a manifest")
}

fn notes(numbers: std::ops::Range<u32>, count: u32) -> Answer {
    let note = |number: u32| {
        json!({"id": format!("n{number}"), "forum": format!("n{number}"), "pdate": 1_769_860_800_000_i64, "content": {
            "title": {"value": format!("Quilt {number}")}, "authors": {"value": ["Ada Sew"]},
            "venue": {"value": "Q 2026 Poster"}, "venueid": {"value": "Q.cc/2026/Conference"}}})
    };
    Answer::ok(json!({"notes": numbers.map(note).collect::<Vec<_>>(), "count": count}).to_string())
        .with("content-type", "application/json; charset=utf-8")
}

#[tokio::test(start_paused = true)]
async fn notes_come_page_by_page_and_go_on_after_an_interruption() {
    let server = Server::replaying([notes(0..3, 5), notes(3..5, 5), notes(0..3, 5)]).await;
    let text = "kind = 'openreview'\naddresses = ['SERVER/notes?content.venueid=Q.cc/2026/Conference']";
    let manifest = manifest(&server, text);
    let first = Proceedings::new(fetcher(&server), manifest.clone(), None).next().await.expect("a page");
    assert!(!first.done);
    let mut rest = Proceedings::new(fetcher(&server), manifest.clone(), Some(&first.cursor));
    let (batches, failed) = all!(rest);
    assert!(failed.is_none(), "{failed:?}");
    assert_eq!(ids(&batches), ["n3", "n4"]);
    let again =
        Proceedings::new(fetcher(&server), manifest, batches.last().map(|batch| batch.cursor.as_str()))
            .next()
            .await;
    assert_eq!(ids(&[again.expect("a page")]), ["n0", "n1", "n2"]);
    let asked: Vec<_> = server.asked().into_iter().map(|one| one.target).collect();
    let page =
        |offset: u32| format!("/notes?content.venueid=Q.cc/2026/Conference&limit=1000&offset={offset}");
    assert_eq!(asked, [page(0), page(3), page(0)]);
}

#[tokio::test(start_paused = true)]
async fn a_count_that_lies_ends_all_the_same() {
    let server = Server::replaying([notes(0..2, 1_000_000), notes(0..0, 1_000_000)]).await;
    let mut proceedings = Proceedings::new(
        fetcher(&server),
        manifest(&server, "kind = 'openreview'\naddresses = ['SERVER/notes']"),
        None,
    );
    let (batches, failed) = all!(proceedings);
    assert!(failed.is_none() && ids(&batches) == ["n0", "n1"], "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_knows_no_pages_is_noticed() {
    let server = Server::replaying([notes(0..2, 9)]).await;
    let manifest = manifest(&server, "kind = 'openreview'\naddresses = ['SERVER/notes']");
    let mut proceedings = Proceedings::new(fetcher(&server), manifest, None);
    let (batches, failed) = all!(proceedings);
    assert!(matches!(failed, Some(sources::Error::Circle { .. })) && batches.len() == 1, "{failed:?}");
}

#[tokio::test(start_paused = true)]
async fn several_addresses_one_after_the_other() {
    let entry = |key: &str| {
        Answer::ok(format!("@inproceedings{{{key}, title = {{Quilt}}, author = {{Sew, Ada}}, year = 2026}}"))
    };
    let server = Server::replaying([entry("one"), Answer::status(404), entry("two")]).await;
    let text = "kind = 'bibtex'\nsource = 'quilts'\naddresses = ['SERVER/1.bib', 'SERVER/2.bib']\n\
                venue = {key = 'Q', year = 2026, name = 'Quilts'}";
    let manifest = manifest(&server, text);
    let mut proceedings = Proceedings::new(fetcher(&server), manifest.clone(), None);
    let (first, failed) = all!(proceedings);
    assert!(failed.is_some() && ids(&first) == ["one"]);
    let mut proceedings = Proceedings::new(fetcher(&server), manifest, Some(&first[0].cursor));
    let (rest, failed) = all!(proceedings);
    assert!(failed.is_none() && ids(&rest) == ["two"], "{failed:?}");
    let asked: Vec<_> = server.asked().into_iter().map(|one| one.target).collect();
    assert_eq!(asked, ["/1.bib", "/2.bib", "/2.bib"]);
}
