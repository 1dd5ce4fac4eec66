//! What is found, and in which order.

mod support;

use content::{DocId, Kind};
use search::{Document, Facet, Filters, Hint, Index, Query, Request, Results, Sort};
use tempfile::TempDir;

use support::{index, paper};

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
    documents[3].language = content::Language::Zh;
    let post = Document {
        id: DocId { kind: Kind::Post, id: 1 },
        ..paper(0, "On attention", "A post about attention.")
    };
    documents.push(post);
    index(documents)
}

/// Names as `p1` for a paper and `o1` for a post, the best first.
fn found(index: &Index, query: &str) -> Vec<String> {
    let results = index.search(&Request::of(&Query::parse(query), 50)).expect("searched");
    assert_eq!(results.total, results.hits.len() as u64, "{query:?} counts what it shows");
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

fn ask(index: &Index, query: &str) -> Results {
    index.search(&Request::of(&Query::parse(query), 10)).expect("searched")
}

#[test]
fn few_results_are_widened_and_say_so() {
    let (index, _folder) = library();
    let results = ask(&index, "transformer images");
    assert_eq!((results.total, results.hints), (2, vec![Hint::Widened(0)]));
    let results = ask(&index, "network images");
    assert_eq!(
        (results.hits[0].id.id, results.hints),
        (7, vec![Hint::Widened(1)]),
        "what has all words stays first"
    );
    assert_eq!(ask(&index, "transformer relies").hints, [], "nothing was gained by widening");
    let long = "the hidden state of a derivative that we parameterize, with zebras and more";
    let results = ask(&index, long);
    assert_eq!((results.hits[0].id.id, results.hints), (2, vec![]));
    let query = Query::parse("network images");
    let narrow = index.search(&Request { widen: false, ..Request::of(&query, 10) }).expect("searched");
    assert_eq!((narrow.total, narrow.hints), (1, vec![]));
    // What was required stays so.
    assert_eq!(found(&index, "network AND images"), ["p7"]);
    assert_eq!(found(&index, "ti:network images systems zebra"), ["p7", "p6"]);
}

#[test]
fn what_has_all_words_stays_before_what_has_one_often() {
    let mut documents: Vec<_> = (10..90).map(|id| paper(id, "Filler", "nothing of note")).collect();
    documents.push(paper(1, "Zebra zebra zebra", "zebra zebra zebra"));
    documents.push(paper(2, "Other", &format!("{} zebra and quagga in the wild", "filling ".repeat(300))));
    let (index, _folder) = index(documents);
    assert_eq!(found(&index, "zebra quagga wild"), ["p2", "p1"]);
}

#[test]
fn what_is_chosen_does_not_widen_a_search() {
    let documents = (1..=8).map(|id| Document {
        venue: Some(if id == 1 { "RARE" } else { "USUAL" }.into()),
        ..paper(id, "Zebra", if id <= 6 { "quagga" } else { "horse" })
    });
    let (index, _folder) = index(documents.collect());
    let query = Query::parse("zebra quagga");
    let mut filters = Filters::default();
    filters.choose(Facet::Venue, "RARE");
    for facets in [&Facet::ALL[..], &[]] {
        let request = Request { filters: &filters, facets, ..Request::of(&query, 10) };
        let results = index.search(&request).expect("searched");
        assert_eq!((results.total, results.hints, results.complete), (1, vec![], true), "{facets:?}");
    }
}

#[test]
fn a_title_is_found_whatever_its_signs_mean() {
    let (index, _folder) = index(vec![
        paper(1, "MOVE -Modular Enhancement", ""),
        paper(2, "Cat: a study of animals", ""),
        paper(3, "Attention images", ""),
        paper(4, "Attention", "nothing else"),
        paper(5, "An enhancement", "that we move"),
        paper(6, "Attention", "one"),
        paper(7, "Attention", "two"),
        paper(8, "Attention", "three"),
        paper(9, "Attention", "four"),
    ]);
    assert_eq!(found(&index, "move -modular enhancement"), ["p1", "p5"]);
    assert_eq!(found(&index, "cat: a study of animals"), ["p2"]);
    assert_eq!(found(&index, "attention -images").len(), 5, "nobody wants what is excluded");
    assert_eq!(found(&index, "ti:-attention images"), Vec::<String>::new());
}

#[test]
fn kinds_are_counted_truly_whatever_is_shown() {
    let (index, _folder) = library();
    let query = Query::parse("attention");
    let filters = Filters::kind(Kind::Post);
    let request = Request { filters: &filters, facets: &[Facet::Kind], ..Request::of(&query, 10) };
    let posts = index.search(&request).expect("searched");
    assert_eq!((posts.hits.len(), posts.total), (1, 1));
    assert_eq!(posts.counts(Facet::Kind), [("paper", 2), ("post", 1)]);
    assert_eq!(posts.count(Facet::Kind, "answer"), 0);
}

#[test]
fn operators_and_fields() {
    let (index, _folder) = library();
    let check = |query: &str, expected: &[&str]| {
        let mut names = found(&index, query);
        names.sort();
        assert_eq!(names, expected, "{query:?}");
    };
    check("transformer OR lora", &["p1", "p4"]);
    check("attention AND (transformer OR detail)", &["p1", "p3"]);
    check("attention AND NOT (transformer OR detail)", &["o1"]);
    check("attention -(transformer OR detail)", &["o1"]);
    check("ti:network", &["p6", "p7"]);
    check("ti:images", &[]);
    check("abs:images", &["p7"]);
    check("abs:\"hidden state\"", &["p2"]);
    check("au:chen", &["p2"]);
    check("au:\"Su, Jianlin\"", &["p2"]);
    check("au:\"J. Su\"", &["p2"]);
    check("au:\"Chen Su\"", &[]);
    check("cat:cs.LG", &["p2"]);
    check("cat:cs", &["p2"]);
    check("venue:neurips", &["p2"]);
    check("venue:neurips.2018", &["p2"]);
    check("venue:neurips.2019", &[]);
    check("year:2017..2019", &["p2"]);
    check("year:<2018", &[]);
    check("id:1806.07366v2", &["p2"]);
    check("in:post attention", &["o1"]);
    check("in:post", &["o1"]);
    check("trans*", &["p1"]);
    check("schröd*", &["p5"]);
    check("ti:diff*", &["p2"]);
    check("-attention", &["p2", "p4", "p5", "p6", "p7"]);
    check("lang:zh", &["p4"]);
    check("WHY NOT", &[]);
}

#[test]
fn identifiers_open_as_a_list() {
    let mut documents: Vec<_> = (1..=3).map(|id| paper(id, "Paper", "mentions 2401.00003")).collect();
    for (document, id) in documents.iter_mut().zip(["2401.00001", "10.1000/abc", "hep-th/9901001"]) {
        document.identifiers = vec![id.into()];
    }
    let (index, _folder) = index(documents);
    assert_eq!(found(&index, "https://arxiv.org/abs/hep-th/9901001v2, arXiv:2401.00001"), ["p3", "p1"]);
    assert_eq!(found(&index, "10.48550/arXiv.2401.00001"), ["p1"]);
    assert_eq!(found(&index, "doi:10.1000/ABC"), ["p2"]);
    let results = ask(&index, "2401.00001 2401.00002");
    assert_eq!((results.total, results.hints), (1, vec![Hint::Unknown(vec!["2401.00002".into()])]));
    let results = ask(&index, "2401.00003");
    assert_eq!(
        (results.total, results.hints),
        (3, vec![Hint::Unknown(vec!["2401.00003".into()])]),
        "it is text, then"
    );
}

#[test]
fn facets_narrow_and_count_what_could_be_chosen_instead() {
    let mut documents: Vec<_> = (1..=6).map(|id| paper(id, "Same title", "same words")).collect();
    for (document, category, year) in [
        (0, "cs.LG", 2023),
        (1, "cs.LG", 2024),
        (2, "math.OC", 2024),
        (3, "cs.NA", 2024),
        (4, "math.NA", 2023),
    ] {
        documents[document].categories = vec![category.into(), "stat.ML".into()];
        documents[document].year = Some(year);
    }
    let (index, _folder) = index(documents);
    let query = Query::parse("words");
    let search = |chosen: &[(Facet, &str)]| {
        let mut filters = Filters::default();
        chosen.iter().for_each(|(facet, value)| filters.choose(*facet, *value));
        index
            .search(&Request { filters: &filters, facets: &Facet::ALL, ..Request::of(&query, 10) })
            .expect("searched")
    };
    let all = search(&[]);
    assert_eq!(all.counts(Facet::Category), [("stat.ML", 5), ("cs.LG", 2), ("math.NA", 2), ("math.OC", 1)]);
    assert_eq!(all.counts(Facet::Year), [("2024", 3), ("2023", 2)]);
    assert_eq!(all.counts(Facet::Venue), []);
    let one = search(&[(Facet::Category, "cs.LG"), (Facet::Category, "math.OC"), (Facet::Year, "2024")]);
    assert_eq!(one.total, 2);
    assert_eq!(one.counts(Facet::Year), [("2024", 2), ("2023", 1)], "as if no year were chosen");
    assert_eq!(one.count(Facet::Category, "math.NA"), 1, "as if no category were chosen");
    let none = search(&[(Facet::Category, "no such"), (Facet::Year, "2024")]);
    assert_eq!(
        (none.total, none.count(Facet::Category, "cs.LG"), none.count(Facet::Year, "2024")),
        (0, 1, 0)
    );
}

#[test]
fn filters_without_words_list_what_is_new() {
    let mut documents: Vec<_> = (1..=3).map(|id| paper(id, "Title", "words")).collect();
    for (document, day) in documents.iter_mut().zip([2, 3, 1]) {
        document.date = chrono::NaiveDate::from_ymd_opt(2024, 1, day);
    }
    documents.push(paper(4, "Title", "words without a day"));
    let (index, _folder) = index(documents);
    let ids = |query: &str, sort| {
        let (query, filters) = (Query::parse(query), Filters::kind(Kind::Paper));
        let results =
            index.search(&Request { sort, filters: &filters, ..Request::of(&query, 10) }).expect("searched");
        results.hits.iter().map(|hit| hit.id.id).collect::<Vec<_>>()
    };
    assert_eq!(ids("", Sort::Relevance), [2, 1, 3, 4]);
    assert_eq!(ids("words", Sort::Newest), [2, 1, 3, 4]);
    assert_eq!(ids("words", Sort::Oldest), [3, 1, 2, 4]);
    assert_eq!(ids("date:2024-01-02..", Sort::Relevance), [2, 1]);
    assert_eq!(ids("date:2024-01 year:2024", Sort::Relevance), [0; 0], "a day is not a year");
}

#[test]
fn mistyped_words_are_mended() {
    let (index, _folder) = library();
    let check = |query: &str, expected: Option<&str>| {
        assert_eq!(ask(&index, query).suggestion.as_deref(), expected, "{query:?}");
    };
    check("tranformer", Some("transformer"));
    check("the tarnsformer of \"images\"", Some("the transformer of \"images\""));
    check("ti:diferential (entrpy OR x)", Some("ti:differential (entropy OR x)"));
    check("transformers", None);
    check("zebra", None);
    check("W_0 schrodinger", None);
    check("-tranformer", None);
}

#[test]
fn pages_follow_each_other() {
    let documents =
        (1..=95).map(|id| paper(id, "", if id % 3 == 0 { "same words here" } else { "same words" }));
    let (index, _folder) = index(documents.collect());
    let query = Query::parse("same words");
    let page = |offset, limit| {
        index.search(&Request { offset, ..Request::of(&query, limit) }).expect("searched").hits
    };
    let whole = page(0, 100);
    assert_eq!(whole.len(), 95);
    assert_eq!((0..10).flat_map(|number| page(number * 10, 10)).collect::<Vec<_>>(), whole);
    assert!(page(usize::MAX, 10).is_empty());
}
