use std::{collections::HashSet, sync::LazyLock};

/// English words, folded, and pairs of Chinese characters that any text may use whatever it is about. Many
/// more are told by the index (see [`Entry::tells`](super::profile::Entry)); these are for one that is small.
const WEAK: &str = include_str!("weak.txt");

static WEAK_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| WEAK.split_whitespace().collect());

/// Words that end many a term (`Markov decision process`) and are none alone.
const HEADS: &[&str] = &[
    "code",
    "design",
    "effect",
    "effects",
    "problem",
    "problems",
    "process",
    "processes",
    "system",
    "systems",
    "task",
    "tasks",
];

/// Words in `-ly` that are no adverbs.
const NO_ADVERBS: &[&str] = &["anomaly", "assembly", "butterfly", "family", "multiply", "supply"];

/// Whether a folded, unstemmed word can be in a text about anything.
pub(crate) fn is_weak(word: &str) -> bool {
    WEAK_SET.contains(word) || word.len() > 5 && word.ends_with("ly") && !NO_ADVERBS.contains(&word)
}

/// Whether a word names something only together with others.
pub(crate) fn is_head(word: &str) -> bool {
    HEADS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_words() {
        for word in ["every", "results", "significantly", "方法"] {
            assert!(is_weak(word), "{word:?}");
        }
        for word in ["curvature", "anomaly", "编码", "fly", ""] {
            assert!(!is_weak(word), "{word:?}");
        }
    }
}
