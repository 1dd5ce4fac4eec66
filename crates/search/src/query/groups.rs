//! The words of what was typed between two spaces, and which of them say one thing.

use std::collections::HashSet;

use words::{Shape, Word};

use crate::text::{exact_term, is_alone};

/// Words that say one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Group {
    /// A word, or several with hyphens between them; then also all of them as one word.
    Compound { parts: Vec<Word>, joined: Option<Word> },
    /// Chinese characters without a space between them, as pairs.
    Run { pairs: Vec<Word>, characters: Vec<Word> },
    /// One Chinese character alone.
    Character(Word),
    /// Any word that begins like this.
    Prefix(String),
}

impl Group {
    /// Whether the group is one ordinary word, which too many documents hold to ask for.
    pub(crate) fn is_common(&self) -> bool {
        match self {
            Self::Compound { parts, .. } => parts.iter().all(|word| words::is_common(word.exact())),
            Self::Run { pairs, .. } => pairs.iter().all(|pair| words::is_common(pair.exact())),
            Self::Character(word) => words::is_common(word.exact()),
            Self::Prefix(_) => false,
        }
    }

    /// How many words of a query it is; a run of Chinese characters counts half of its length.
    pub(crate) fn length(&self) -> usize {
        match self {
            Self::Compound { parts, .. } => parts.len(),
            Self::Run { pairs, .. } => pairs.len().div_ceil(2),
            Self::Character(_) | Self::Prefix(_) => 1,
        }
    }

    /// How many things of the group can occur without the others.
    pub(crate) fn parts(&self) -> usize {
        match self {
            Self::Compound { parts, .. } => parts.len(),
            Self::Run { pairs, .. } => pairs.len(),
            Self::Character(_) | Self::Prefix(_) => 1,
        }
    }

    /// The forms under which the group can stand in a text.
    pub(super) fn forms(&self, forms: &mut HashSet<String>, prefixes: &mut Vec<String>) {
        match self {
            Self::Compound { parts, joined } => {
                // The parts of `W_0` by themselves are in nearly every formula.
                let told = |part: &&Word| joined.is_none() || part.text.chars().nth(1).is_some();
                forms.extend(parts.iter().filter(told).chain(joined).map(|word| word.text.clone()));
            }
            Self::Run { pairs, .. } => forms.extend(pairs.iter().map(|word| word.text.clone())),
            Self::Character(word) => drop(forms.insert(exact_term(word))),
            Self::Prefix(prefix) => prefixes.push(prefix.clone()),
        }
    }
}

/// The words that stand one after the other in a text: no joined ones, pairs instead of characters.
pub(crate) fn sequence(words: &[Word]) -> Vec<Word> {
    let in_order = |index: usize| match words[index].shape {
        Shape::Plain | Shape::Pair => true,
        Shape::Single => is_alone(words, index),
        Shape::Joined => false,
    };
    (0..words.len()).filter(|index| in_order(*index)).map(|index| words[index].clone()).collect()
}

/// The groups of a text. `open` says that its last word is only begun.
pub(super) fn groups(text: &str, open: bool) -> Vec<Group> {
    let words = words::words(text);
    let mut groups = Vec::new();
    // Where the compound that is being read ends.
    let mut end = 0;
    (0..words.len()).for_each(|index| add(&words, index, &mut groups, &mut end));
    if open {
        leave_open(&mut groups);
    }
    groups
}

fn add(words: &[Word], index: usize, groups: &mut Vec<Group>, end: &mut usize) {
    let word = &words[index];
    match (word.shape, groups.last_mut()) {
        (Shape::Plain, Some(Group::Compound { parts, .. })) if word.range.start < *end => {
            parts.push(word.clone())
        }
        (Shape::Plain, _) => {
            *end = word.range.end;
            groups.push(Group::Compound { parts: vec![word.clone()], joined: None });
        }
        (Shape::Joined, Some(Group::Compound { parts, joined: joined @ None })) if parts.len() == 1 => {
            *end = word.range.end;
            *joined = Some(word.clone());
        }
        (Shape::Joined, _) => (),
        (Shape::Pair, Some(Group::Run { pairs, .. })) if touches(pairs.last(), word) => {
            pairs.push(word.clone())
        }
        (Shape::Pair, _) => {
            // Its first character was read before it.
            let first = index.checked_sub(1).map(|before| words[before].clone());
            groups.push(Group::Run { pairs: vec![word.clone()], characters: first.into_iter().collect() });
        }
        (Shape::Single, _) if is_alone(words, index) => groups.push(Group::Character(word.clone())),
        (Shape::Single, Some(Group::Run { pairs, characters })) if touches(pairs.last(), word) => {
            characters.push(word.clone());
        }
        (Shape::Single, _) => (),
    }
}

fn touches(pair: Option<&Word>, word: &Word) -> bool {
    pair.is_some_and(|pair| pair.range.end > word.range.start)
}

/// Makes the last word a prefix. Chinese is found by any part of it anyway.
fn leave_open(groups: &mut Vec<Group>) {
    let Some(Group::Compound { parts, joined }) = groups.last_mut() else { return };
    let Some(last) = parts.pop() else { return };
    *joined = None;
    if parts.is_empty() {
        groups.pop();
    }
    groups.push(Group::Prefix(last.exact().to_owned()));
}
