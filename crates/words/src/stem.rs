use std::{cell::RefCell, collections::HashMap};

use foldhash::fast::RandomState;
use rust_stemmers::{Algorithm, Stemmer};

/// Stems a thread remembers. A language has few frequent words, and finding one again is ten times as
/// quick as stemming it.
const REMEMBERED: usize = 1 << 15;

thread_local! {
    static STEMS: RefCell<HashMap<Box<str>, Option<Box<str>>, RandomState>> = RefCell::default();
}

/// Endings that English took from Latin and Greek, which the stemmer does not know, and what is stemmed
/// in their place.
const FOREIGN: &[(&str, &str)] = &[
    ("ysis", "yses"),
    ("thesis", "theses"),
    ("matrices", "matrix"),
    ("vertices", "vertex"),
    ("indices", "index"),
    ("vortices", "vortex"),
    ("simplices", "simplex"),
    ("cortices", "cortex"),
    ("helices", "helix"),
    ("appendices", "appendix"),
    ("criteria", "criterion"),
    ("phenomena", "phenomenon"),
    ("automata", "automaton"),
    ("polyhedra", "polyhedron"),
    ("corpora", "corpus"),
    ("spectra", "spectrum"),
    ("optima", "optimum"),
    ("minima", "minimum"),
    ("maxima", "maximum"),
    ("momenta", "momentum"),
    ("quanta", "quantum"),
    ("bacteria", "bacterium"),
    ("nuclei", "nucleus"),
    ("stimuli", "stimulus"),
    ("moduli", "modulus"),
    ("radii", "radius"),
    ("formulae", "formula"),
    ("lemmata", "lemma"),
];

/// The English stem of a folded word, where it differs from the word.
pub(crate) fn stem(word: &str) -> Option<String> {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    STEMS.with_borrow_mut(|stems| {
        if let Some(stem) = stems.get(word) {
            return stem.as_deref().map(str::to_owned);
        }
        let stem = Some(stemmed(word)).filter(|stem| stem != word);
        if stems.len() >= REMEMBERED {
            stems.clear();
        }
        stems.insert(word.into(), stem.as_deref().map(Box::from));
        stem
    })
}

fn stemmed(word: &str) -> String {
    let stemmer = Stemmer::create(Algorithm::English);
    if let Some(one) = initials(word) {
        return one.to_owned();
    }
    let foreign =
        FOREIGN.iter().find_map(|(ending, other)| Some(word.strip_suffix(ending)?.to_owned() + other));
    stemmer.stem(foreign.as_deref().unwrap_or(word)).into_owned()
}

/// One of several things that go by initials: `cnn` of `cnns`, `gpu` of `gpus`, `pde` of `pdes`. The stemmer looks for a
/// vowel before the ending, and takes the `s` for a part of the name.
fn initials(word: &str) -> Option<&str> {
    let one = word.strip_suffix('s').filter(|one| !one.ends_with('s'))?;
    let vowel = |byte: &u8| b"aeiouy".contains(byte);
    let before = match one.as_bytes() {
        [before @ .., b'e' | b'u'] if before.len() == 2 => before,
        before => before,
    };
    (before.len() > 1 && !before.iter().any(vowel)).then_some(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expected: &str) {
        for word in words {
            assert_eq!(stemmed(word), expected, "{word:?}");
        }
    }

    #[test]
    fn stems() {
        check(&["network", "networks", "networked"], "network");
        check(&["analysis", "analyses", "analyse", "analysing"], "analys");
        check(&["hypothesis", "hypotheses"], "hypothes");
        check(&["synthesis", "syntheses", "synthesize"], "synthes");
        check(&["matrix", "matrices"], "matrix");
        check(&["eigenspectra", "eigenspectrum"], "eigenspectrum");
        check(&["minimum", "minima"], "minimum");
        check(&["cnn", "cnns"], "cnn");
        check(&["llm", "llms"], "llm");
        check(&["gpu", "gpus"], "gpu");
        check(&["pde", "pdes"], "pde");
        check(&["gan", "gans"], "gan");
        check(&["bus"], "bus");
        check(&["gas"], "gas");
        check(&["loss"], "loss");
        check(&["css"], "css");
    }
}
