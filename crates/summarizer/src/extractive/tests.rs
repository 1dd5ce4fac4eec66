use content::Passage;

use super::*;

fn paper(title: &str, summary: &str) -> Record {
    let record = serde_json::json!({
        "key": { "source": "notes", "id": "1", "version": "1" }, "title": title, "authors": [], "summary": summary,
        "categories": [], "venue": null, "date": "2026-01-01", "keywords": [], "note": null,
    });
    serde_json::from_value(record).unwrap()
}

/// Titles and answers, as a reader sees them.
fn shown(paper: &Record, text: &FullText, language: Language) -> String {
    let questions = crate::questions(language);
    let answers = answers(paper, text, &questions, language);
    let shown = questions
        .questions
        .iter()
        .zip(answers)
        .map(|(question, pieces)| format!("## {}\n\n{}\n", question.title, pieces.concat()));
    shown.collect::<Vec<_>>().join("\n")
}

fn full(passages: &[(u32, &str, &str)]) -> FullText {
    let passage = |(page, section, text): &(u32, &str, &str)| Passage {
        page: (*page > 0).then_some(*page),
        section: (*section).into(),
        text: (*text).into(),
    };
    FullText::new(TextSource::Stored, "test/1", passages.iter().map(passage).collect())
}

fn only_abstract(summary: &str) -> FullText {
    let passage = Passage { page: None, section: String::new(), text: summary.into() };
    FullText::new(TextSource::Abstract, "test/1", vec![passage])
}

/// A small paper, written for this test.
fn note() -> (Record, FullText) {
    let paper = paper(
        "Counting lattice points by smoothing",
        "We count lattice points in a growing disc. Smoothing the indicator function gives an error of order $R^{2/3}$.",
    );
    let text = full(&[
        (
            1,
            "Introduction",
            "Counting the lattice points $N(R)$ in a disc of radius $R$ is an old problem. However, the trivial bound \
          $N(R) = \\pi R^2 + O(R)$ is far from the truth, and it is difficult to do better by elementary means. In this note we prove \
          a sharper bound by smoothing.\n\n```python\nprint('We propose code that must never be quoted here.')\n```",
        ),
        (
            1,
            "Related work",
            "Gauss obtained the exponent one by comparing areas [1]. In contrast to earlier work, which used exponential \
          sums, Sierpiński et al. followed Voronoi. Recent work extends the method to convex bodies with curved boundary.",
        ),
        (
            2,
            "The method",
            "The key idea is to replace the indicator by a smooth function. We define\n\n$$\nf_\\delta(x) = \\frac{1}{\\delta^2} \
          \\int_{|y| < \\delta} 1_R(x - y)\\, dy\n$$\n\nwhere $\\delta$ is chosen last. Then the Poisson formula turns the sum into a \
          sum over frequencies. We use the bound $|\\hat 1_R(\\xi)| \\le C R^{1/2} |\\xi|^{-3/2}$ of the Bessel function.\n\n\
          | step | cost |\n|---|---|\n| We propose a table. | 3 |",
        ),
        (
            3,
            "Numerical results",
            "We measure the error for all radii up to one million. On average it is 4.2 times smaller than the bound. \
          The results show no drift, compared with the trivial estimate, which is off by a factor of 90.",
        ),
        (
            4,
            "Discussion",
            "Our method needs a boundary with nowhere vanishing curvature, which is a limitation. Whether the exponent can be \
          lowered by the same smoothing remains an open question. In summary, we have shown that smoothing alone gives two thirds. Broken $x",
        ),
        (5, "References", "[1] We propose that references are never quoted by anybody at all."),
    ]);
    (paper, text)
}

#[test]
fn k4_a_paper_answers_in_its_own_words() {
    let (paper, text) = note();
    insta::assert_snapshot!(shown(&paper, &text, Language::En));
}

#[test]
fn k4_an_abstract_is_divided_among_the_questions() {
    let summary = "Fine-tuning large models is expensive, since every copy stores all parameters_of the *network*. We propose to train \
        a low-rank update $\\Delta W = BA$ while $W_0$ stays frozen. On three benchmarks the method matches full fine-tuning with 10,000 \
        times fewer trainable parameters. It costs $5 or less.";
    let text = only_abstract(summary);
    insta::assert_snapshot!(shown(&paper("Low-rank updates", summary), &text, Language::En));
}

#[test]
fn k4_chinese_papers_are_read_too() {
    let paper = paper("旋转位置编码", "本文提出旋转位置编码。");
    let text = full(&[
        (
            0,
            "引言",
            "绝对位置编码难以表达相对距离，这是一个长期存在的问题。本文研究如何用旋转矩阵$R_m$表示位置。",
        ),
        (
            0,
            "方法",
            "我们提出把查询与键按位置旋转。具体来说，内积$\\langle R_m q, R_n k\\rangle$只依赖于$m-n$，因此编码是相对的。",
        ),
        (0, "实验", "实验结果表明，新方法在长文本上的性能优于基线，困惑度下降了百分之三。"),
        (0, "总结", "本文的局限在于没有讨论二维位置，这有待进一步研究。"),
    ]);
    insta::assert_snapshot!(shown(&paper, &text, Language::Zh));
}

#[test]
fn what_is_quoted_stands_in_the_text() {
    let (paper, text) = note();
    let sentences = sentences::of(&paper, &text);
    let whole: String = text
        .passages
        .iter()
        .map(|passage| passage.text.replace("\n\n$$", "\n$$").replace("$$\n\n", "$$\n") + "\n")
        .collect();
    let whole = whole + &paper.summary;
    for sentence in &sentences {
        assert!(whole.contains(&sentence.text), "{:?} is not in the text", sentence.text);
        assert!(formulas::is_balanced(&sentence.text), "{:?} has half a formula", sentence.text);
        for never in ["must never", "propose a table", "references are", "Broken"] {
            assert!(!sentence.text.contains(never), "{:?}", sentence.text);
        }
    }
    let questions = crate::questions(Language::En);
    let mut answers = rank::choose(&paper, text.source, &sentences, &questions);
    let headline = answers[5].remove(0);
    assert!(headline.text.starts_with("We count lattice points"), "{headline:?}");
    for answer in answers {
        assert!(answer.is_sorted_by_key(|sentence| sentence.order), "the paper's order");
    }
}

#[test]
fn nothing_to_quote_is_said_in_the_language_of_the_answer() {
    for (language, words) in [(Language::En, "No sentence"), (Language::Zh, "没有明确")] {
        let answers = answers(
            &paper("T", ""),
            &full(&[(1, "Introduction", "Short.")]),
            &crate::questions(language),
            language,
        );
        assert!(answers.iter().all(|answer| answer.concat().contains(words)), "{answers:?}");
    }
}

#[tokio::test]
async fn sentences_come_one_by_one_in_the_order_of_the_questions() {
    let (paper, text) = note();
    let pieces: Vec<_> = read(&paper, &text, &crate::questions(Language::En), Language::En)
        .map(Result::unwrap)
        .collect()
        .await;
    assert_eq!(pieces[0], Piece::Stage(Stage::Reading { page: Some((1, 5)) }));
    assert_eq!(pieces[pieces.len() - 1], Piece::Done { model: "extractive".into(), tokens: None });
    let sections: Vec<_> = pieces
        .iter()
        .filter_map(|piece| if let Piece::Text { section, .. } = piece { Some(*section) } else { None })
        .collect();
    assert!(sections.is_sorted() && sections.len() > 8, "{sections:?}");
}

/// The notes of the sample site, which every newcomer's first reading is about.
#[test]
fn k4_the_sample_notes_answer_most_questions() {
    for name in ["shield", "live-renderer"] {
        let path = format!("{}/../../tests/sample/notes/{name}.md", env!("CARGO_MANIFEST_DIR"));
        let note = std::fs::read_to_string(path).unwrap();
        let body = note.splitn(3, "+++").nth(2).unwrap();
        let passages: Vec<_> = body
            .split("\n## ")
            .map(|part| part.split_once('\n').unwrap_or((part, "")))
            .map(|(heading, text)| (0, heading.trim(), text))
            .collect();
        let shown = shown(&paper(name, ""), &full(&passages), Language::En);
        assert!(shown.matches("No sentence of the text").count() <= 1, "{name}:\n{shown}");
    }
}

/// What is no paper is answered quickly and without a fault: with whole sentences, or with none.
#[test]
fn texts_that_are_no_papers_are_read_too() {
    let check = |text: &str, expected: &str| {
        for full in [full(&[(1, "", text)]), only_abstract(text)] {
            let answers = answers(&paper("Title", ""), &full, &crate::questions(Language::En), Language::En);
            let said: String = answers.concat().concat();
            assert!(said.contains(expected), "{:?}: {said}", &text[..text.len().min(60)]);
        }
    };
    let nothing = "sentence";
    check("", nothing);
    check("We propose a wheel of granite.", "We propose a wheel of granite.");
    check("$$\na = b\n$$\n\n$x$ $y$ $z$ $a$ $b$ $c$.", nothing);
    check("| a | b |\n|---|---|\n| one | two |", nothing);
    check(&"words and more ".repeat(70_000), nothing);
    check(&"旋转位置编码".repeat(60_000), nothing);
    check(&"$".repeat(100_000), nothing);
    check(&"\\begin{align} \\( $$\n\n".repeat(5_000), nothing);
    check(
        "我们提出用granite做的轮子，它不需要轴。We measure $x_1$ in every run.",
        "我们提出用granite做的轮子，它不需要轴。",
    );
}

#[test]
fn a_sentence_that_a_page_cuts_is_whole_again() {
    let text = full(&[
        (1, "Method", "The wheel turns slowly without an axle. We propose to cut it of"),
        (2, "Method", "granite that weighs a ton. It rolls down every hill in the land."),
    ]);
    let found: Vec<_> = sentences::of(&paper("Wheels", ""), &text)
        .into_iter()
        .map(|sentence| (sentence.text, sentence.page))
        .collect();
    let expected = [
        ("The wheel turns slowly without an axle.", 1),
        ("We propose to cut it of granite that weighs a ton.", 1),
        ("It rolls down every hill in the land.", 2),
    ];
    assert_eq!(found, expected.map(|(text, page)| (text.to_owned(), Some(page))));
}

#[test]
fn an_abstract_that_the_text_repeats_is_quoted_once_with_its_page() {
    let summary = "We propose a wheel of granite that turns without an axle.";
    let text = full(&[(
        1,
        "",
        &format!(
            "Wheels\n\nAbstract\n{summary}\n\n1 Introduction\nWheels have been round for a very long time."
        ),
    )]);
    let found = sentences::of(&paper("Wheels", summary), &text);
    let found: Vec<_> =
        found.iter().map(|sentence| (sentence.text.as_str(), sentence.page, sentence.kind)).collect();
    let expected = [
        (summary, Some(1), sections::Kind::Abstract),
        ("Wheels have been round for a very long time.", Some(1), sections::Kind::Introduction),
    ];
    assert_eq!(found, expected);
}

#[test]
fn nothing_is_quoted_from_references_lists_of_names_and_notices() {
    let text = full(&[(
        1,
        "",
        "Granite Wheels Ada Lovelace University of London, London, U.K.\n\nWe propose a wheel that is made of granite.\n\n\
         Permission to make copies of this work is granted without a fee.\n\n1.2 3.4 a 5.6 7.8 b 9.1 c 2.3 d 4.5 e 6.7.\n\n\
         References\n[1] We propose that nobody quotes this reference here.",
    )]);
    let found: Vec<_> =
        sentences::of(&paper("T", ""), &text).into_iter().map(|sentence| sentence.text).collect();
    assert_eq!(found, ["We propose a wheel that is made of granite."]);
}

/// Sentences with formulas, headings and bits of Markdown, as they come.
const MIXED: &str = r"(We propose |granite |\$x_1\$ |\$|\\\(a\\\) |\. |。|\n\n|\n|\$\$\n|# |- |\| |1 Results\n|References\n|本文提出|\[1\] |et al\. |\PC){0,80}";

proptest::proptest! {
    #[test]
    fn every_quotation_stands_in_the_text_once_and_has_no_half_formula(text in MIXED, summary in MIXED) {
        let (paper, text) = (paper("Granite", &summary), full(&[(1, "", &text), (2, "", &summary)]));
        let sentences = sentences::of(&paper, &text);
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let all = text.passages.iter().map(|passage| squeezed(&passage.text)).collect::<String>();
        for sentence in &sentences {
            let quoted = squeezed(&sentence.text);
            proptest::prop_assert!(all.contains(&quoted) || squeezed(&summary).contains(&quoted), "{:?}", sentence.text);
            proptest::prop_assert!(formulas::is_balanced(&sentence.text));
        }
        let questions = crate::questions(Language::En);
        let answers = rank::choose(&paper, text.source, &sentences, &questions);
        for (answer, question) in answers.iter().zip(&questions.questions) {
            let orders: Vec<_> = answer.iter().map(|sentence| sentence.order).collect();
            let ordered = if question.id == "summary" { orders.get(1..).unwrap_or_default() } else { &orders };
            proptest::prop_assert!(ordered.is_sorted_by(|a, b| a < b), "{:?}", orders);
            proptest::prop_assert!(answer.len() <= 4);
        }
        // A sentence answers one question beside the summary.
        let mut quoted: Vec<_> = answers[..5].iter().flatten().map(|sentence| sentence.order).collect();
        quoted.sort_unstable();
        proptest::prop_assert!(quoted.is_sorted_by(|a, b| a < b), "{:?}", quoted);
    }
}

#[tokio::test]
async fn a_reader_that_panics_has_not_answered() {
    let task = tokio::task::spawn_blocking(|| -> Vec<String> { panic!("as the test wants") });
    assert_eq!(super::settled(task).await, Err(crate::Fault::Internal));
}
