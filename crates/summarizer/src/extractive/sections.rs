use serde::Deserialize;

/// What a section is for, as far as its heading tells.
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

/// The first kind of which a heading holds a word.
const WORDS: &[(Kind, &[&str])] = &[
    (Kind::Back, &["reference", "bibliograph", "acknowledg", "参考文献", "致谢"]),
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
    (Kind::Related, &["related", "prior work", "previous work", "literature", "相关工作", "已有工作"]),
    (Kind::Conclusion, &["conclu", "summary", "discussion", "结论", "总结", "讨论"]),
    (
        Kind::Introduction,
        &["introduction", "motivation", "background", "overview", "problem", "引言", "绪论", "背景", "问题"],
    ),
    (
        Kind::Experiments,
        &[
            "experiment",
            "result",
            "evaluation",
            "measure",
            "benchmark",
            "ablation",
            "实验",
            "结果",
            "评测",
            "测量",
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
            "方法",
            "算法",
            "模型",
            "原理",
            "设计",
            "推导",
        ],
    ),
];

/// The kind of a section by its heading, and by whether it is the first of the paper.
pub(super) fn kind(heading: &str, first: bool) -> Kind {
    let heading = heading.to_lowercase();
    let named = WORDS.iter().find(|(_, words)| words.iter().any(|word| heading.contains(word)));
    match named {
        Some((kind, _)) => *kind,
        None if first => Kind::Introduction,
        None => Kind::Other,
    }
}
