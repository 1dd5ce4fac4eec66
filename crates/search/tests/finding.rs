//! What is found, and in which order.

use content::{DocId, Kind};
use search::{Document, Hint, Index, Query, Update};
use tempfile::TempDir;

fn paper(id: i64, title: &str, body: &str) -> Document {
    Document {
        id: DocId { kind: Kind::Paper, id },
        title: title.into(),
        body: body.into(),
        ..Document::default()
    }
}

fn index(documents: Vec<Document>) -> (Index, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let index = Index::open(folder.path()).expect("a new index");
    index.apply(documents.into_iter().map(Update::Put).collect()).expect("applied");
    index.commit(1).expect("committed");
    (index, folder)
}

fn library() -> (Index, TempDir) {
    let mut documents = vec![
        paper(1, "Attention Is All You Need", "The Transformer relies on attention mechanisms alone."),
        paper(
            2,
            "Neural Ordinary Differential Equations",
            "We parameterize the derivative of the hidden state.",
        ),
        paper(
            3,
            "All You Need Is Attention to Detail",
            "An attention study. You need all of it, attention is key.",
        ),
        paper(4, "LoRA-GA的$W_0$初始化", "低秩适配的初始化方法，旋转位置编码。"),
        paper(
            5,
            r"$\alpha$-Divergence and Rényi Entropy",
            r"For $L_2$ norms in C++, see Schrödinger on GPT-4.",
        ),
        paper(6, "Networks", "We networked the network. Test-time training of multi-agent systems."),
        paper(7, "A network", "One network is enough for images and sound."),
    ];
    documents[1].authors = vec!["Ricky T. Q. Chen".into(), "Jian-Lin Su".into()];
    documents[1].identifiers = vec!["1806.07366".into()];
    documents[1].categories = vec!["cs.LG".into()];
    documents[1].venue = Some("NeurIPS".into());
    documents[1].year = Some(2018);
    let post = Document {
        id: DocId { kind: Kind::Post, id: 1 },
        ..paper(0, "On attention", "A post about attention.")
    };
    documents.push(post);
    index(documents)
}

/// Names as `p1` for a paper and `o1` for a post, the best first.
fn found(index: &Index, query: &str) -> Vec<String> {
    let results = index.search(&Query::parse(query), None, 0, 50).expect("searched");
    assert_eq!(results.total(None), results.hits.len() as u64, "{query:?} counts what it shows");
    let name = |id: DocId| format!("{}{}", if id.kind == Kind::Paper { 'p' } else { 'o' }, id.id);
    results.hits.iter().map(|hit| name(hit.id)).collect()
}

#[test]
fn any_part_of_a_text_finds_it() {
    let (index, _folder) = library();
    let check = |query: &str, expected: &[&str]| {
        let mut names = found(&index, query);
        names.sort();
        assert_eq!(names, expected, "{query:?}");
    };
    check("transformers", &["p1"]);
    check("schrodinger", &["p5"]);
    check("gpt4", &["p5"]);
    check("GPT 4", &["p5"]);
    check("c++", &["p5"]);
    check("L_2", &["p5"]);
    check("l2", &["p5"]);
    check("α", &["p5"]);
    check(r"\alpha", &["p5"]);
    check("alpha-divergence", &["p5"]);
    check("test time", &["p6"]);
    check("test-time", &["p6"]);
    check("multiagent", &["p6"]);
    check("lora", &["p4"]);
    check("W_0", &["p4"]);
    check("初始化", &["p4"]);
    check("旋转位置编码", &["p4"]);
    check("秩", &["p4"]);
    check("LoRA-GA的$W_0$初始化", &["p4"]);
    check("su jianlin", &["p2"]);
    check("Su, Jian-Lin", &["p2"]);
    check("1806.07366v3", &["p2"]);
    check("https://arxiv.org/abs/1806.07366", &["p2"]);
    check("cs.LG", &["p2"]);
    check("neurips 2018", &["p2"]);
    check("post", &["o1"]);
    check("zebra", &[]);
    check("", &[]);
    check("!!!", &[]);
}

#[test]
fn phrases_and_exclusions() {
    let (index, _folder) = library();
    assert_eq!(found(&index, "\"you need is\""), ["p3"]);
    assert_eq!(found(&index, "\"旋转位置\""), ["p4"]);
    assert_eq!(found(&index, "\"位置旋转\""), [""; 0]);
    assert_eq!(found(&index, "\"networked\""), ["p6"]);
    let mut without = found(&index, "attention -transformer -detail");
    without.sort();
    assert_eq!(without, ["o1"]);
    assert_eq!(found(&index, "-attention"), [""; 0]);
}

#[test]
fn a_title_in_any_spelling_comes_first() {
    let (index, _folder) = library();
    for (query, first) in [
        ("attention is all you need", "p1"),
        ("Attention is all you need!", "p1"),
        ("NEURAL ORDINARY  DIFFERENTIAL-EQUATIONS", "p2"),
        ("lora ga 的 W0 初始化", "p4"),
        (r"\alpha-divergence and Renyi entropy", "p5"),
        ("networks", "p6"),
        ("a network", "p7"),
    ] {
        assert_eq!(found(&index, query).first().map(String::as_str), Some(first), "{query:?}");
    }
}

#[test]
fn the_form_that_was_typed_ranks_higher() {
    let (index, _folder) = index(vec![
        paper(1, "", "universal laws of nature"),
        paper(2, "", "university laws of nature"),
        paper(3, "", "universe laws of nature"),
    ]);
    assert_eq!(found(&index, "university"), ["p2", "p1", "p3"]);
    assert_eq!(found(&index, "universal")[0], "p1");
}

#[test]
fn few_results_are_widened_and_say_so() {
    let (index, _folder) = library();
    let results = index.search(&Query::parse("transformer images"), None, 0, 10).expect("searched");
    assert_eq!(results.hint, Some(Hint::Widened));
    assert_eq!(results.total(None), 2);
    let results = index.search(&Query::parse("network images"), None, 0, 10).expect("searched");
    assert_eq!(results.hits[0].id.id, 7, "what has all words stays first");
    let results = index.search(&Query::parse("transformer relies"), None, 0, 10).expect("searched");
    assert_eq!(results.hint, None, "nothing was gained by widening");
    let long = "the hidden state of a derivative that we parameterize, with zebras and more";
    let results = index.search(&Query::parse(long), None, 0, 10).expect("searched");
    assert_eq!((results.hits[0].id.id, results.hint), (2, None));
}

#[test]
fn kinds_are_counted_truly_whatever_is_shown() {
    let (index, _folder) = library();
    let query = Query::parse("attention");
    let posts = index.search(&query, Some(Kind::Post), 0, 10).expect("searched");
    assert_eq!(posts.hits.len(), 1);
    assert_eq!((posts.total(None), posts.total(Some(Kind::Paper)), posts.total(Some(Kind::Post))), (3, 2, 1));
    assert_eq!(posts.total(Some(Kind::Answer)), 0);
}

#[test]
fn pages_follow_each_other() {
    let documents =
        (1..=95).map(|id| paper(id, "", if id % 3 == 0 { "same words here" } else { "same words" }));
    let (index, _folder) = index(documents.collect());
    let query = Query::parse("same words");
    let whole = index.search(&query, None, 0, 100).expect("searched").hits;
    assert_eq!(whole.len(), 95);
    let pages = (0..10).flat_map(|page| index.search(&query, None, page * 10, 10).expect("searched").hits);
    assert_eq!(pages.collect::<Vec<_>>(), whole);
    assert!(index.search(&query, None, usize::MAX, 10).expect("searched").hits.is_empty());
}

#[test]
fn related_documents_share_what_is_rare() {
    let mut documents: Vec<_> =
        (10..60).map(|id| paper(id, "Filler", "we propose a new method for the task")).collect();
    documents.extend([
        paper(
            1,
            "Rotary position embedding",
            "We propose a rotary embedding that encodes positions by rotation.",
        ),
        paper(2, "Positions by rotation", "A new method that embeds positions with rotary matrices."),
        paper(3, "Image synthesis", "We propose a new method for synthesis of images."),
        paper(4, "Rotary Position Embedding", "The same work from another source, on rotary positions."),
    ]);
    let source = documents[50].clone();
    let (index, _folder) = index(documents);
    let related = index.related(&source, 3).expect("searched");
    assert_eq!(related[0].id.id, 2);
    assert!(
        related.iter().all(|one| ![1, 4].contains(&one.id.id)),
        "neither itself nor its twin: {related:?}"
    );
    assert!(related[0].shared.contains(&"rotary".to_owned()), "{related:?}");
    assert!(!related[0].shared.contains(&"we".to_owned()), "{related:?}");
    assert!(index.related(&Document::default(), 3).expect("searched").is_empty());
}
