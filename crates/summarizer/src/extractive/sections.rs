//! What a section is for, as far as its heading tells, and which lines of a text are headings.

use std::collections::HashMap;

use serde::Deserialize;

/// What a section is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Abstract,
    Introduction,
    Related,
    Method,
    Experiments,
    Conclusion,
    Future,
    /// Some section in the body.
    Other,
    /// Nothing to quote from: references, thanks.
    Back,
}

/// How a heading begins that nothing is quoted under.
const BACK: &[&str] = &[
    "references",
    "bibliography",
    "literature cited",
    "works cited",
    "acknowledg",
    "author contributions",
    "funding",
    "conflict of interest",
    "conflicts of interest",
    "competing interests",
    "参考文献",
    "致谢",
    "鸣谢",
    "基金项目",
    "作者简介",
];

/// The first kind of which a heading holds a word, or the beginning of one.
const WORDS: &[(Kind, &[&str])] = &[
    (Kind::Abstract, &["abstract", "摘要"]),
    (
        Kind::Future,
        &[
            "limitation",
            "future",
            "outlook",
            "open problem",
            "open question",
            "missing",
            "局限",
            "展望",
            "未来",
        ],
    ),
    (
        Kind::Related,
        &[
            "related",
            "prior work",
            "previous work",
            "earlier work",
            "literature",
            "state of the art",
            "相关工作",
            "相关研究",
            "已有工作",
            "研究现状",
            "文献综述",
        ],
    ),
    (
        Kind::Conclusion,
        &["conclu", "summary", "discussion", "closing", "结论", "结语", "总结", "小结", "讨论"],
    ),
    (
        Kind::Introduction,
        &[
            "introduction",
            "motivation",
            "background",
            "overview",
            "problem",
            "引言",
            "绪论",
            "前言",
            "导言",
            "背景",
            "概述",
            "问题",
        ],
    ),
    (
        Kind::Experiments,
        &[
            "experiment",
            "result",
            "evaluat",
            "measure",
            "benchmark",
            "ablation",
            "empirical",
            "numerical",
            "simulation",
            "case stud",
            "setup",
            "实验",
            "结果",
            "评测",
            "评估",
            "测量",
            "仿真",
            "算例",
        ],
    ),
    (
        Kind::Method,
        &[
            "method",
            "approach",
            "model",
            "algorithm",
            "architecture",
            "design",
            "theory",
            "proof",
            "framework",
            "preliminar",
            "formulation",
            "implementation",
            "technique",
            "idea",
            "方法",
            "算法",
            "模型",
            "原理",
            "设计",
            "推导",
            "框架",
            "理论",
            "预备知识",
        ],
    ),
];

/// The headings of a paper so far.
#[derive(Default)]
pub(super) struct Headings {
    /// What the numbered ones are for, by their number.
    numbered: HashMap<String, Kind>,
}

impl Headings {
    /// The kind of the section under a heading. One that says nothing is what its chapter is, by their
    /// numbers, or what every paper begins with.
    pub(super) fn kind(&mut self, heading: &str, first: bool) -> Kind {
        let (number, name) = numbered(heading);
        let chapter = number.rsplit_once('.').and_then(|(chapter, _)| self.numbered.get(chapter));
        let kind =
            named(name).or(chapter.copied()).unwrap_or(if first { Kind::Introduction } else { Kind::Other });
        if !number.is_empty() {
            self.numbered.insert(number.to_owned(), kind);
        }
        kind
    }
}

/// Whether a line that stands by itself is a heading that papers usually have.
pub(super) fn is_usual_heading(line: &str) -> bool {
    let (_, name) = numbered(line);
    let upper = name.starts_with(|c: char| c.is_uppercase() || c > '\u{2e7f}');
    let short = name.len() <= 60 && name.split_whitespace().count() <= 4;
    let sentence = name.ends_with(['.', ',', ';', '?', '!', '。', '，', '；', '：']);
    let lower = name.to_lowercase();
    let first = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
    upper && short && !sentence && (first(BACK) || WORDS.iter().any(|(_, words)| first(words)))
}

fn named(name: &str) -> Option<Kind> {
    let lower = name.to_lowercase();
    if BACK.iter().any(|word| lower.starts_with(word)) || lower == "reference" {
        return Some(Kind::Back);
    }
    let named = WORDS.iter().find(|(_, words)| words.iter().any(|word| begins_word(&lower, word)));
    named.map(|(kind, _)| *kind)
}

/// Whether a word of the text begins like this; Chinese has no space before its words.
fn begins_word(text: &str, word: &str) -> bool {
    let begins = |at: usize| !text[..at].ends_with(|c: char| c.is_ascii_alphabetic());
    text.match_indices(word).any(|(at, _)| begins(at))
}

/// A heading's number, like `3.2`, `IV` or `A.1`, and its name.
fn numbered(heading: &str) -> (&str, &str) {
    let heading = heading.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_' | '#' | ':'));
    let heading = heading.strip_prefix('§').unwrap_or(heading).trim_start();
    let end = heading.find(|c: char| !is_of_number(c)).unwrap_or(heading.len());
    let (number, name) = heading.split_at(end);
    let apart = number.ends_with('.') || name.starts_with([' ', '\t', '\u{3000}', '、', '．', '）', ')']);
    let chinese = name.starts_with(|c| c > '\u{2e7f}') && number.starts_with(|c: char| c.is_ascii_digit());
    if number.is_empty() || !(apart || chinese) || !is_number(number) {
        return ("", heading);
    }
    let name = name.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '、' | '．' | '）' | ')'));
    (number.trim_end_matches('.'), name)
}

fn is_of_number(c: char) -> bool {
    c.is_ascii_digit() || c.is_ascii_uppercase() || c == '.' || "一二三四五六七八九十".contains(c)
}

/// Digits, a Roman number or one letter, and digits after dots.
fn is_number(number: &str) -> bool {
    number.trim_end_matches('.').split('.').all(|part| {
        let all = |of: &str| part.chars().all(|c| of.contains(c));
        !part.is_empty()
            && (part.len() == 1 || all("0123456789") || all("IVX") || all("一二三四五六七八九十"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headings: &[(&str, Kind)]) {
        let mut seen = Headings::default();
        for (heading, kind) in headings {
            assert_eq!(seen.kind(heading, false), *kind, "{heading:?}");
        }
    }

    #[test]
    fn headings_tell_what_a_section_is_for() {
        check(&[
            ("Abstract", Kind::Abstract),
            ("1 Introduction", Kind::Introduction),
            ("2. Method", Kind::Method),
            ("II. RELATED WORK", Kind::Related),
            ("**Experimental design**", Kind::Experiments),
            ("Conclusions and Future Work", Kind::Future),
            ("References", Kind::Back),
            ("7 Acknowledgements", Kind::Back),
            ("Granite", Kind::Other),
        ]);
        check(&[
            ("摘要", Kind::Abstract),
            ("一、引言", Kind::Introduction),
            ("2 相关工作", Kind::Related),
            ("3．方法", Kind::Method),
            ("4实验", Kind::Experiments),
            ("五、结论", Kind::Conclusion),
            ("参考文献", Kind::Back),
        ]);
    }

    #[test]
    fn a_word_inside_another_tells_nothing() {
        check(&[("Preferences of users", Kind::Other), ("Remodeling houses", Kind::Other)]);
        check(&[("Reference frames", Kind::Other), ("Consequences", Kind::Other)]);
    }

    #[test]
    fn a_part_belongs_to_its_chapter() {
        check(&[
            ("3 Method", Kind::Method),
            ("3.1 Low-rank updates", Kind::Method),
            ("3.1.1 Scaling", Kind::Method),
            ("4 Granite", Kind::Other),
            ("4.1 Results", Kind::Experiments),
            ("4.2 Butter", Kind::Other),
            ("A.1 Details", Kind::Other),
        ]);
    }

    #[test]
    fn usual_headings_stand_out_of_plain_text() {
        for line in [
            "Introduction",
            "ABSTRACT",
            "2. Related Work",
            "REFERENCES",
            "IV. Experimental Results",
            "3 实验",
            "参考文献",
        ] {
            assert!(is_usual_heading(line), "{line:?}");
        }
        for line in [
            "Results are good.",
            "model",
            "In the model",
            "Model of a wheel that turns without axle",
            "A. Turing",
            "",
        ] {
            assert!(!is_usual_heading(line), "{line:?}");
        }
    }
}
