use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use aho_corasick::AhoCorasick;
use content::Question;
use serde::Deserialize;
use words::Shape;

use super::sections::Kind;

/// What an answer to one question looks like.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Cues {
    terms: Vec<String>,
    phrases: Vec<String>,
    sections: HashMap<Kind, f32>,
    pub(super) centrality: f32,
    /// Where in an abstract the answer stands, 0 at its beginning and 1 at its end.
    pub(super) place: f32,
    pub(super) most: usize,
    #[serde(default)]
    pub(super) needs_cue: bool,
    #[serde(skip)]
    stems: HashSet<String>,
    /// Looks for all phrases at once.
    #[serde(skip)]
    finder: Option<AhoCorasick>,
}

static CUES: LazyLock<HashMap<String, Cues>> = LazyLock::new(|| {
    let text = include_str!("../../questions/cues.toml");
    let mut cues: HashMap<String, Cues> =
        toml::from_str(text).expect("the built-in cues are valid: a test reads them");
    cues.values_mut().for_each(Cues::prepare);
    cues
});

impl Cues {
    /// The cues of a question; those of one that nobody foresaw are its own words.
    pub(super) fn of(question: &Question) -> Self {
        if let Some(cues) = CUES.get(&question.id) {
            return cues.clone();
        }
        let mut cues = Self {
            terms: vec![question.title.clone(), question.prompt.clone()],
            phrases: Vec::new(),
            sections: HashMap::new(),
            centrality: 0.5,
            place: 0.5,
            most: 3,
            needs_cue: true,
            stems: HashSet::new(),
            finder: None,
        };
        cues.prepare();
        cues
    }

    fn prepare(&mut self) {
        self.stems = self.terms.iter().flat_map(|text| terms(text)).collect();
        self.finder = AhoCorasick::new(&self.phrases).ok();
    }

    pub(super) fn holds(&self, term: &str) -> bool {
        self.stems.contains(term)
    }

    /// How many phrases stand in a text in lower case.
    pub(super) fn phrases_in(&self, text: &str) -> usize {
        let finder = self.finder.iter();
        let mut found: Vec<_> = finder
            .flat_map(|finder| finder.find_overlapping_iter(text))
            .map(|found| found.pattern())
            .collect();
        found.sort_unstable();
        found.dedup();
        found.len()
    }

    /// How likely the answer is in such a section, 0 to 1.
    pub(super) fn prior(&self, kind: Kind) -> f32 {
        self.sections.get(&kind).copied().unwrap_or(0.2)
    }
}

/// The words of a text that can tell sentences apart: stems and pairs of Chinese characters.
pub(crate) fn terms(text: &str) -> Vec<String> {
    let tells = |word: &words::Word| {
        matches!(word.shape, Shape::Plain | Shape::Pair) && !words::is_common(word.exact())
    };
    words::words(text).into_iter().filter(tells).map(|word| word.text).collect()
}

#[cfg(test)]
mod tests {
    use content::Language;

    use super::*;

    #[test]
    fn every_built_in_question_has_cues() {
        for language in [Language::En, Language::Zh] {
            for question in crate::questions(language).questions {
                assert!(CUES.contains_key(&question.id), "{}", question.id);
            }
        }
    }

    #[test]
    fn cues_are_compared_by_stem() {
        let cues = &CUES["method"];
        assert!(terms("optimizes proposed 提出").iter().all(|term| cues.holds(term)));
        assert!(!terms("banana").iter().any(|term| cues.holds(term)));
    }

    #[test]
    fn a_phrase_counts_once_and_one_within_another_too() {
        let cues = &CUES["related"];
        assert_eq!(cues.phrases_in("in contrast to prior work and prior work"), 3);
        assert_eq!(cues.phrases_in("granite"), 0);
    }
}
