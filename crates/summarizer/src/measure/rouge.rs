use std::collections::HashMap;

/// How much of a summary is in a reference and the other way round: F1, 0 to 1 (Lin 2004).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rouge {
    /// Of words.
    pub one: f64,
    /// Of pairs of neighbouring words.
    pub two: f64,
    /// Of the longest common subsequence of words.
    pub longest: f64,
}

/// The score of a summary against the reference that has the greatest ROUGE-1, as SciTLDR counts it
/// (Cachola et al. 2020).
///
/// Words are those of the `rouge-score` package without its stemmer: runs of ASCII letters and digits in
/// lower case. Chinese characters, which that package drops, are words of their own. A summary is one
/// sentence to ROUGE-L. Without a reference everything is 0.
pub fn rouge<S: AsRef<str>>(summary: &str, references: &[S]) -> Rouge {
    let lower = summary.to_lowercase();
    let summary = tokens(&lower);
    let against = |reference: &S| Rouge::of(&summary, &tokens(&reference.as_ref().to_lowercase()));
    // The first of equal ones, so not `max_by`.
    references.iter().map(against).fold(None, best).unwrap_or_default()
}

fn best(best: Option<Rouge>, next: Rouge) -> Option<Rouge> {
    best.filter(|best| best.one >= next.one).or(Some(next))
}

impl Rouge {
    fn of(summary: &[&str], reference: &[&str]) -> Self {
        Self {
            one: of_runs(summary, reference, 1),
            two: of_runs(summary, reference, 2),
            longest: f1(longest_common(summary, reference), summary.len(), reference.len()),
        }
    }
}

/// F1 of runs of this many words.
fn of_runs(summary: &[&str], reference: &[&str], length: usize) -> f64 {
    let mut left: HashMap<&[&str], usize> = HashMap::new();
    reference.windows(length).for_each(|run| *left.entry(run).or_default() += 1);
    let mut common = 0;
    for run in summary.windows(length) {
        if let Some(count) = left.get_mut(run).filter(|count| **count > 0) {
            *count -= 1;
            common += 1;
        }
    }
    let runs = |words: &[&str]| (words.len() + 1).saturating_sub(length);
    f1(common, runs(summary), runs(reference))
}

fn f1(common: usize, summary: usize, reference: usize) -> f64 {
    if common == 0 { 0.0 } else { 2.0 * common as f64 / (summary + reference) as f64 }
}

/// The length of the longest common subsequence, in the time of one length times the other.
fn longest_common(a: &[&str], b: &[&str]) -> usize {
    let mut before = vec![0; b.len() + 1];
    for word in a {
        let mut row = vec![0; b.len() + 1];
        for (at, other) in b.iter().enumerate() {
            row[at + 1] = if word == other { before[at] + 1 } else { before[at + 1].max(row[at]) };
        }
        before = row;
    }
    before[b.len()]
}

fn tokens(lower: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut start = 0;
    for (at, c) in lower.char_indices().filter(|(_, c)| !c.is_ascii_alphanumeric()) {
        let end = at + c.len_utf8();
        let chinese = ('\u{3400}'..='\u{9fff}').contains(&c);
        tokens.extend([&lower[start..at], if chinese { &lower[at..end] } else { "" }]);
        start = end;
    }
    tokens.push(&lower[start..]);
    tokens.retain(|token| !token.is_empty());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(summary: &str, references: &[&str], expected: [f64; 3]) {
        let found = rouge(summary, references);
        let found = [found.one, found.two, found.longest];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{summary:?}: {found:?}");
    }

    #[test]
    fn scores_are_those_of_rouge_score() {
        // The example of the package's documentation.
        check(
            "The quick brown dog jumps on the log.",
            &["The quick brown fox jumps over the lazy dog"],
            [12.0 / 17.0, 4.0 / 15.0, 10.0 / 17.0],
        );
        // By hand.
        check("testing one two", &["testing"], [0.5, 0.0, 0.5]);
        check("final test", &["no word of it"], [0.0; 3]);
        check("the the the", &["the cat and the hat"], [0.5, 0.0, 0.5]);
        check("Self-attention, 2x!", &["self attention 2X"], [1.0; 3]);
    }

    #[test]
    fn of_several_references_the_nearest_by_words_counts() {
        check("a b c d", &["a b x y", "d c b a"], [1.0, 0.0, 0.25]);
        check("a", &[], [0.0; 3]);
        check("", &["a"], [0.0; 3]);
    }

    #[test]
    fn chinese_characters_are_words() {
        check("我们提出LoRA。", &["提出LoRA"], [6.0 / 8.0, 4.0 / 6.0, 6.0 / 8.0]);
    }

    proptest::proptest! {
        #[test]
        fn scores_are_between_0_and_1_and_1_for_itself(a in "[a-d ]{0,30}", b in "[a-d ]{0,30}") {
            let found = rouge(&a, &[&b]);
            for score in [found.one, found.two, found.longest] {
                proptest::prop_assert!((0.0..=1.0).contains(&score));
            }
            proptest::prop_assert!(found.longest <= found.one);
            if !tokens(&a).is_empty() {
                proptest::prop_assert_eq!(rouge(&a, &[&a]).one, 1.0);
            }
        }
    }
}
