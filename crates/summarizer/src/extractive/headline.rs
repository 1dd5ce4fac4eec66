//! The one sentence of an abstract that says what the paper is about.

use std::{collections::HashSet, sync::LazyLock};

use serde::Deserialize;
use words::{Shape, Word};

use super::{cues::terms, formulas::prose, sentences::length};

/// The first sentence in which the paper speaks of itself.
const FIRST: f32 = 2.0;
/// The first one that says what is new.
const FIRST_NEW: f32 = 1.0;
/// What each such sentence has, be it the first or not.
const NEW: f32 = 1.0;
const SPEAKS: f32 = 0.5;
/// A sentence with all words of the title.
const TITLE: f32 = 2.0;
const NOVEL: f32 = 0.5;
const RESULTS: f32 = -0.5;
/// A sentence with a part of `e` of the words of a usual one.
const SHORT: f32 = -0.5;
const USUAL: f32 = 22.0;

/// Chinese characters between who speaks and the verb.
const REACH: usize = 12;

/// Which of these sentences says best, alone, what the paper of this title is about: its place, from 0.
///
/// The sentences are those of an abstract, or of whatever a paper begins with, in their order. Looked
/// for is where the paper first speaks of itself (`we propose`, `this note shows`, `本文提出`), near
/// to its title, neither short nor a result; `docs/extractive.md` has the numbers. `None` without sentences.
pub fn headline<S: AsRef<str>>(title: &str, sentences: &[S]) -> Option<usize> {
    let title: HashSet<String> = terms(title).into_iter().collect();
    let looks: Vec<Look> = sentences.iter().map(|sentence| Look::at(sentence.as_ref(), &title)).collect();
    let first = |least| looks.iter().position(|look| look.voice >= least);
    let (speaks, new) = (first(Voice::Speaks), first(Voice::New));
    let score = |(at, look): (usize, &Look)| {
        let firsts = [(speaks, FIRST), (new, FIRST_NEW)];
        look.score
            + firsts.into_iter().filter(|(first, _)| *first == Some(at)).map(|(_, bonus)| bonus).sum::<f32>()
    };
    let scores: Vec<f32> = looks.iter().enumerate().map(score).collect();
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
}

/// How a sentence speaks of the paper itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Voice {
    Silent,
    /// It says what is done.
    Speaks,
    /// It says what is new.
    New,
}

/// What a sentence is like by itself.
struct Look {
    voice: Voice,
    score: f32,
}

impl Look {
    fn at(sentence: &str, title: &HashSet<String>) -> Self {
        let lower = prose(sentence).to_lowercase();
        let words = plain_words(&lower);
        let voice = SIGNS.voice(&lower, &words);
        let own: HashSet<String> = terms(&lower).into_iter().collect();
        let shared = own.intersection(title).count() as f32 / title.len().max(1) as f32;
        let short = (USUAL / length(&lower).max(1) as f32).ln().max(0.0);
        let holds = |english: &[String], chinese: &[String], weight: f32| {
            let held = words.iter().any(|word| english.contains(&word.text))
                || chinese.iter().any(|word| lower.contains(word));
            if held { weight } else { 0.0 }
        };
        let voiced = match voice {
            Voice::Silent => 0.0,
            Voice::Speaks => SPEAKS,
            Voice::New => NEW,
        };
        let score = voiced
            + TITLE * shared
            + SHORT * short
            + holds(&SIGNS.novel, &SIGNS.chinese.novel, NOVEL)
            + holds(&SIGNS.results, &SIGNS.chinese.results, RESULTS);
        Self { voice, score }
    }
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let text = include_str!("../../questions/headline.toml");
    let mut signs: Signs = toml::from_str(text).expect("the built-in signs are valid: a test reads them");
    let lists = [&mut signs.works, &mut signs.makes, &mut signs.does, &mut signs.novel, &mut signs.results];
    for word in lists.into_iter().flatten() {
        *word = plain_words(word).into_iter().map(|word| word.text).collect();
    }
    signs
});

/// The words by which a paper speaks of itself, stemmed.
#[derive(Deserialize)]
struct Signs {
    works: Vec<String>,
    adverbs: Vec<String>,
    makes: Vec<String>,
    does: Vec<String>,
    novel: Vec<String>,
    results: Vec<String>,
    chinese: Chinese,
}

#[derive(Deserialize)]
struct Chinese {
    speakers: Vec<String>,
    makes: Vec<String>,
    does: Vec<String>,
    novel: Vec<String>,
    results: Vec<String>,
}

impl Signs {
    fn voice(&self, lower: &str, words: &[Word]) -> Voice {
        let begins = words.first().is_some_and(|word| word.exact() == "here");
        let english = (0..words.len()).map(|at| self.spoken(&words[at..])).max().unwrap_or(Voice::Silent);
        english.max(self.spoken_in_chinese(lower)).max(if begins { Voice::Speaks } else { Voice::Silent })
    }

    /// Whether these words begin with who speaks and what they do.
    fn spoken(&self, words: &[Word]) -> Voice {
        let word = |at: usize| words.get(at).map_or("", Word::exact);
        let stem = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        let lists = |words: &[String], at: usize| words.iter().any(|word| word == stem(at));
        let after = match word(0) {
            "we" => 1,
            "this" | "our" if lists(&self.works, 1) => 2,
            // `A method is proposed`; what `has been proposed` is another's.
            "is" | "are" if lists(&self.makes, 1) => return Voice::New,
            _ => return Voice::Silent,
        };
        let passing =
            |at: &usize| word(*at).ends_with("ly") || self.adverbs.iter().any(|adverb| adverb == word(*at));
        let verb = (after..words.len()).find(|at| !passing(at)).unwrap_or(after);
        if lists(&self.makes, verb) {
            Voice::New
        } else if after == 2 || lists(&self.does, verb) {
            Voice::Speaks
        } else {
            Voice::Silent
        }
    }

    fn spoken_in_chinese(&self, lower: &str) -> Voice {
        let mut voice = Voice::Silent;
        for speaker in &self.chinese.speakers {
            for (at, _) in lower.match_indices(speaker) {
                let near: String = lower[at + speaker.len()..].chars().take(REACH).collect();
                let says = |verbs: &[String]| verbs.iter().any(|verb| near.contains(verb));
                voice = voice.max(match (says(&self.chinese.makes), says(&self.chinese.does)) {
                    (true, _) => Voice::New,
                    (false, true) => Voice::Speaks,
                    _ => Voice::Silent,
                });
            }
        }
        voice
    }
}

/// The words of a text but for Chinese, with what they are before stemming.
fn plain_words(text: &str) -> Vec<Word> {
    words::words(text).into_iter().filter(|word| word.shape == Shape::Plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, expected: Voice) {
        let lower = sentence.to_lowercase();
        assert_eq!(SIGNS.voice(&lower, &plain_words(&lower)), expected, "{sentence:?}");
    }

    #[test]
    fn a_paper_is_heard_when_it_speaks_of_itself() {
        check("We formally introduce a bound.", Voice::New);
        check("In this note we will first prove a bound.", Voice::Speaks);
        check("This paper describes a shield.", Voice::New);
        check("Our work is on shields.", Voice::Speaks);
        check("A shield is proposed.", Voice::New);
        check("A shield has been proposed by others.", Voice::Silent);
        check("Here, bounds are better.", Voice::Speaks);
        check("We know little of bounds.", Voice::Silent);
        check("本文针对位置编码提出新方法。", Voice::New);
        check("我们研究位置编码。", Voice::Speaks);
        check("位置编码很重要。", Voice::Silent);
    }

    fn chosen(title: &str, sentences: &[&str], expected: &str) {
        let found = headline(title, sentences).map(|at| sentences[at]);
        assert_eq!(found, (!expected.is_empty()).then_some(expected), "{title}");
    }

    #[test]
    fn the_headline_says_what_the_paper_is_about() {
        chosen("Anything", &[], "");
        chosen("Anything", &["One sentence."], "One sentence.");
        chosen(
            "Smooth counting of lattice points",
            &[
                "Lattice points in discs have been counted for two hundred years.",
                "We count lattice points by smoothing the indicator function of the disc.",
                "We propose that experiments are done elsewhere.",
            ],
            "We count lattice points by smoothing the indicator function of the disc.",
        );
        chosen(
            "Wheels",
            &[
                "Wheels are old.",
                "We study them.",
                "We propose a wheel of granite that turns without an axle.",
            ],
            "We propose a wheel of granite that turns without an axle.",
        );
        chosen(
            "旋转位置编码",
            &[
                "绝对位置编码难以表达相对距离。",
                "本文提出旋转位置编码，用旋转矩阵表示位置。",
                "实验结果表明它优于基线。",
            ],
            "本文提出旋转位置编码，用旋转矩阵表示位置。",
        );
    }

    proptest::proptest! {
        #[test]
        fn some_sentence_is_always_chosen(sentences in proptest::collection::vec(r"(we |propose |本文|提出|\\PC){0,12}", 1..8)) {
            let found = headline("we propose", &sentences);
            proptest::prop_assert!(found.is_some_and(|at| at < sentences.len()));
        }
    }
}
