//! What is like a document, why, and which terms name what it is about.

mod support;

use chrono::NaiveDate;
use content::{DocId, Kind};
use proptest::prelude::*;
use search::{Document, Index, Narrow, Near};
use tempfile::TempDir;

use support::{index, paper};

fn of_kind(kind: Kind, document: Document) -> Document {
    Document { id: DocId { kind, ..document.id }, ..document }
}

/// Papers about nothing in particular, so that something is rare.
fn filler() -> impl Iterator<Item = Document> {
    (100..160).map(|id| paper(id, "Filler", "We propose a new method and show every result for the task."))
}

const ROTARY: &str = "We propose rotary position embedding, which encodes every position by a rotation. \
    Rotary position embeddings help attention; results at https://example.org/rotary show 12 gains.";

/// An abstract of many words that no other document of a test has.
const LONG: &str = "Glaciers calve icebergs into fjords where salinity, bathymetry and tidal currents shape plumes \
    of meltwater; moorings with thermistors record stratification, turbulence and nutrient upwelling beside sediment.";

/// Names as `p1` for a paper and `o1` for a post, the best first.
fn names(index: &Index, document: &Document) -> String {
    names_among(index, document, &Narrow::default())
}

fn names_among(index: &Index, document: &Document, narrow: &Narrow) -> String {
    let Near { papers, posts } = index.related(document, narrow, 5).expect("searched");
    let name = |id: DocId| format!("{}{}", if id.kind == Kind::Paper { 'p' } else { 'o' }, id.id);
    papers.iter().chain(&posts).map(|one| name(one.id)).collect::<Vec<_>>().join(" ")
}

#[test]
fn related_documents_share_what_is_rare() {
    let source = paper(1, "Rotary position embedding", ROTARY);
    let (index, _folder) = index(
        filler()
            .chain([
                source.clone(),
                paper(2, "Positions by rotation", "A new method with rotary position embeddings of tokens."),
                paper(3, "Image synthesis", "We propose a new method for synthesis of images."),
                of_kind(Kind::Post, paper(1, "A note", "On rotary matrices and the position of tokens.")),
                of_kind(Kind::Comment, paper(1, "", "rotary position embedding")),
                of_kind(Kind::Answer, paper(1, "", "rotary position embedding")),
            ])
            .collect(),
    );
    let near = |document, limit| index.related(document, &Narrow::default(), limit).expect("searched");
    let Near { papers, posts } = near(&source, 1);
    assert_eq!((papers.len(), papers[0].id.id), (1, 2));
    assert_eq!(papers[0].shared, ["rotary position embedding", "rotation"]);
    assert_eq!((posts.len(), posts[0].id.id), (1, 1));
    assert_eq!(posts[0].shared, ["position", "rotary"]);
    assert_eq!(near(&source, 0), Near::default());
    assert_eq!(near(&Document::default(), 3), Near::default());
}

#[test]
fn few_posts_are_found_beside_many_papers() {
    let many =
        (10..35).map(|id| paper(id, "Rotary position embedding", "Rotary position embeddings and rotation."));
    let many = many.map(|one| Document { title: format!("{} {}", one.title, one.id.id), ..one });
    let posts = ["On rotary matrices and the position of tokens.", "A rotary club.", "Cooking."];
    let posts = (1..).zip(posts).map(|(id, body)| of_kind(Kind::Post, paper(id, "A note", body)));
    let more = (200..300).map(|id| paper(id, "Filler", "Nothing of note."));
    let (index, _folder) = index(filler().chain(more).chain(many).chain(posts).collect());
    let near = names(&index, &paper(1, "Rotary position embedding", ROTARY));
    assert!(near.ends_with(" o1") && near.split(' ').count() == 6, "{near}");
}

#[test]
fn related_papers_are_narrowed() {
    let day = |day| NaiveDate::from_ymd_opt(2024, 5, day);
    let dated = |id, on, venue: &str| Document {
        date: day(on),
        venue: Some(venue.into()),
        ..paper(id, &format!("Rotary position {id}"), "Rotation of embeddings.")
    };
    let papers = vec![dated(2, 3, "ICLR"), dated(3, 4, "ICML"), dated(4, 4, "ICLR"), dated(5, 5, "ICML")];
    let source = Document { date: day(4), ..paper(1, "Rotary position embedding", ROTARY) };
    let (index, _folder) = index(filler().chain(papers).chain([source.clone()]).collect());
    let sorted = |narrow: Narrow| {
        let names = names_among(&index, &source, &narrow);
        let mut names: Vec<_> = names.split(' ').filter(|name| name.len() < 3).map(str::to_owned).collect();
        names.sort();
        names.join(" ")
    };
    assert_eq!(sorted(Narrow::default()), "p2 p3 p4 p5");
    assert_eq!(sorted(Narrow { after: day(4), ..Narrow::default() }), "p5");
    assert_eq!(sorted(Narrow { before: day(4), ..Narrow::default() }), "p2");
    assert_eq!(sorted(Narrow { venue: Some("ICML".into()), ..Narrow::default() }), "p3 p5");
    assert_eq!(sorted(Narrow { venue: Some("ICML".into()), after: day(4), before: day(9) }), "p5");
    assert_eq!(sorted(Narrow { venue: Some("NOWHERE".into()), ..Narrow::default() }), "");
}

#[test]
fn a_work_is_shown_once() {
    let source = paper(1, "Meltwater plumes in fjords", LONG);
    let revised = LONG.replace("beside sediment", "near sediment");
    let check = |others: Vec<Document>, expected: &str| {
        let (index, _folder) = index(filler().chain(others).chain([source.clone()]).collect());
        assert_eq!(names(&index, &source), expected);
    };
    check(vec![paper(2, "Meltwater Plumes in Fjords", "Sediment."), paper(3, "Other", "Sediment.")], "p3");
    check(vec![paper(2, "How plumes of meltwater behave", &revised), paper(3, "Other", "Sediment.")], "p3");
    check(vec![paper(2, "Icebergs", "On fjords."), paper(3, "ICEBERGS", "About fjords.")], "p2");
    check(vec![of_kind(Kind::Post, paper(2, "Meltwater plumes in fjords", "Sediment."))], "o2");
    check(vec![paper(2, "", "On fjords."), paper(3, "", "Of fjords.")], "p2 p3");
}

/// The key phrases of a paper in an index of others, joined with bars.
fn phrases(title: &str, body: &str) -> String {
    let source = paper(1, title, body);
    let (index, _folder) = index(filler().chain([source.clone()]).collect());
    index.key_phrases(&source, 6).expect("read").join(" | ")
}

#[test]
fn key_phrases_name_what_a_text_is_about() {
    let check = |title: &str, body: &str, expected: &str| assert_eq!(phrases(title, body), expected);
    check("", "", "");
    check("We propose the 12 results", "https://example.org www.example.org/a a@b.org 3.14 x $x_i + y$", "");
    check("Rotary Position Embeddings", "A rotary position embedding turns.", "rotary position embedding");
    check("Low-rank adaptation with LoRA", "", "low-rank adaptation | LoRA");
    check("Gaussian Processes", "We fit a Gaussian process.", "Gaussian process");
    check("TIDAL CURRENTS", "", "TIDAL CURRENTS");
    check("A study of $k$-means clustering", "", "k-means clustering");
    check("关于低秩适配的方法", "", "低秩适配");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics(
        title in r"(\PC|[-_.,'$\\{}/ αa中文]){0,30}",
        body in r"(\PC|[-_.,'$\\{}/\n αa中文]|rotary|LoRA|www\.|a/b\.c|https://){0,60}",
        limit in 0..9_usize,
    ) {
        thread_local! { static INDEX: (Index, TempDir) = index(filler().collect()); }
        let document = paper(1, &title, &body);
        let (phrases, related) = INDEX.with(|(index, _folder)| {
            (index.key_phrases(&document, limit), index.related(&document, &Narrow::default(), limit))
        });
        prop_assert!(phrases.expect("read").len() <= limit);
        prop_assert!(related.expect("searched").papers.len() <= limit);
        let whole = index(vec![document.clone(), paper(2, &body, &title), paper(3, &title, &body)]);
        prop_assert!(whole.0.related(&document, &Narrow::default(), usize::MAX).expect("searched").papers.len() <= 2);
    }
}
