use std::{cell::RefCell, collections::HashMap};

use rust_stemmers::{Algorithm, Stemmer};

/// Stems a thread remembers. A language has few frequent words, and finding one again is ten times as
/// quick as stemming it.
const REMEMBERED: usize = 1 << 15;

thread_local! {
    static STEMS: RefCell<HashMap<Box<str>, Option<Box<str>>>> = RefCell::default();
}

/// The English stem of a folded word, where it differs from the word.
pub(crate) fn stem(word: &str) -> Option<String> {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    STEMS.with_borrow_mut(|stems| {
        if let Some(stem) = stems.get(word) {
            return stem.as_deref().map(str::to_owned);
        }
        let stem = Some(Stemmer::create(Algorithm::English).stem(word)).filter(|stem| stem != word);
        if stems.len() >= REMEMBERED {
            stems.clear();
        }
        stems.insert(word.into(), stem.as_deref().map(Box::from));
        stem.map(|stem| stem.into_owned())
    })
}
