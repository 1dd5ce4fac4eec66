//! The terms that name what a document is about.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use tantivy::Searcher;
use words::Shape;

use super::{
    profile::{Profile, Token},
    weak::{is_head, is_weak},
};
use crate::{Document, Error, schema::Fields};

/// The most units of a phrase: words, hyphenated ones counting once.
const LONGEST: usize = 4;
/// The most characters of a Chinese phrase, in pairs.
const LONGEST_PAIRS: usize = 5;
/// How often a single word must occur to be a term by itself, a title's counting double.
const ALONE: f32 = 3.0;
/// What a single word that is no name is worth beside a phrase.
const ORDINARY: f32 = 0.6;
/// Letters of the shortest name that is a term by itself.
const SHORTEST_NAME: usize = 3;

/// What may be a term: `rotary position embedding`, `LoRA`, `位置编码`.
#[derive(Debug)]
pub(crate) struct Phrase {
    /// Its words, as places in [`Profile::entries`].
    pub(crate) words: Vec<usize>,
    /// How much it says about the document: frequency, damped, times rarity.
    pub(crate) worth: f32,
    /// Where it is written, as places in [`Profile::tokens`].
    tokens: Range<usize>,
    /// Whether sharing it says something: an ordinary word must be rare.
    pub(crate) tells: bool,
    /// Whether the document alone shows that it is a term, and not a part of one or an ordinary word.
    stands: bool,
}

pub(crate) fn key_phrases(
    searcher: &Searcher,
    fields: &Fields,
    document: &Document,
    limit: usize,
) -> Result<Vec<String>, Error> {
    let profile = Profile::of(searcher, fields, document)?;
    let phrases = phrases(&profile);
    let distinct = distinct(phrases.iter().filter(|phrase| phrase.stands), limit);
    Ok(distinct.into_iter().map(|phrase| written(&profile, phrase)).collect())
}

/// Everything between the breaks of a document that may be a term, the most telling first.
pub(crate) fn phrases(profile: &Profile) -> Vec<Phrase> {
    let seen = seen(profile);
    let mut longer: HashMap<&[usize], u32> = HashMap::new();
    for (words, one) in &seen {
        for part in [&words[1..], &words[..words.len() - 1]] {
            let most = longer.entry(part).or_default();
            *most = one.times.max(*most);
        }
    }
    let phrase = |(words, one): (&Vec<usize>, &Seen)| {
        let longer = longer.get(words.as_slice()).copied().unwrap_or_default();
        phrase(profile, words, one, longer)
    };
    let mut phrases: Vec<_> = seen.iter().map(phrase).collect();
    phrases.sort_unstable_by(|a, b| b.worth.total_cmp(&a.worth).then_with(|| a.words.cmp(&b.words)));
    phrases
}

/// `longer` is how often the most frequent sequence was seen that has one word more.
fn phrase(profile: &Profile, words: &[usize], seen: &Seen, longer: u32) -> Phrase {
    let rarity = words.iter().map(|word| profile.entries[*word].rarity).sum::<f32>();
    let ordinary = words.len() == 1 && !seen.name;
    let head = || is_head(&profile.tokens[seen.tokens.start].exact);
    let tells = !ordinary || profile.is_rare(words[0]) && !head();
    let whole = seen.whole || seen.times > 1 && seen.times > longer;
    let often = !ordinary || seen.whole && seen.count >= ALONE;
    let factor = if ordinary { ORDINARY } else { 1.0 };
    Phrase {
        words: words.to_vec(),
        worth: factor * seen.count.sqrt() * rarity / (words.len() as f32).sqrt(),
        tokens: seen.tokens.clone(),
        tells,
        stands: tells && whole && often,
    }
}

/// The first phrases of which none is part of another, or ends with what another begins with.
pub(crate) fn distinct<'a>(phrases: impl Iterator<Item = &'a Phrase>, limit: usize) -> Vec<&'a Phrase> {
    let mut kept: Vec<&Phrase> = Vec::new();
    for phrase in phrases {
        if kept.len() == limit {
            break;
        }
        let said = |other: &&Phrase| {
            let (a, b) = (&other.words, &phrase.words);
            holds(a, b) || holds(b, a) || runs_into(a, b) || runs_into(b, a)
        };
        if !kept.iter().any(said) {
            kept.push(phrase);
        }
    }
    kept
}

/// Whether one sequence of words stands in another.
fn holds(long: &[usize], short: &[usize]) -> bool {
    long.windows(short.len().max(1)).any(|window| window == short)
}

/// Whether a sequence of words ends with the beginning of another.
fn runs_into(first: &[usize], second: &[usize]) -> bool {
    (1..first.len().min(second.len())).any(|length| first.ends_with(&second[..length]))
}

/// How often a sequence of words was seen.
#[derive(Default)]
struct Seen {
    /// The title's occurrences count double.
    count: f32,
    times: u32,
    /// Whether it once stood between breaks.
    whole: bool,
    /// Whether it is a name by its letters.
    name: bool,
    /// Where it is shortest: in the singular.
    tokens: Range<usize>,
}

/// Every sequence of up to [`LONGEST`] units between breaks.
fn seen(profile: &Profile) -> HashMap<Vec<usize>, Seen> {
    let mut seen: HashMap<Vec<usize>, Seen> = HashMap::new();
    for run in runs(profile) {
        let longest = longest(profile, &run);
        for from in 0..run.len() {
            for to in from + 1..=run.len().min(from + longest) {
                let tokens = run[from].tokens.start..run[to - 1].tokens.end;
                let words = profile.tokens[tokens.clone()].iter().map(|token| token.entry).collect();
                let one = seen.entry(words).or_default();
                one.count += if profile.tokens[tokens.start].text == 0 { 2.0 } else { 1.0 };
                one.times += 1;
                one.whole |= to - from == run.len();
                one.name |= to - from == 1 && run[from].name;
                if one.tokens.is_empty() || bytes(profile, &tokens).len() < bytes(profile, &one.tokens).len()
                {
                    one.tokens = tokens;
                }
            }
        }
    }
    seen
}

/// The bytes that neighbouring tokens take in their text.
fn bytes(profile: &Profile, tokens: &Range<usize>) -> Range<usize> {
    profile.tokens[tokens.start].range.start..profile.tokens[tokens.end - 1].range.end
}

/// A run of Chinese characters is longer in pairs than in words.
fn longest(profile: &Profile, run: &[Unit]) -> usize {
    let chinese = run.first().is_some_and(|unit| profile.tokens[unit.tokens.start].shape == Shape::Pair);
    if chinese { LONGEST_PAIRS } else { LONGEST }
}

/// What is written as one: a word, or several with hyphens between.
struct Unit {
    tokens: Range<usize>,
    /// Whether its letters say that it is a name: `LoRA`, `GPT-4`.
    name: bool,
}

/// The sequences of units between breaks: punctuation, numbers, and words that tell nothing.
fn runs(profile: &Profile) -> Vec<Vec<Unit>> {
    let mut runs = vec![Vec::new()];
    let mut start = 0;
    while start < profile.tokens.len() {
        let mut end = start + 1;
        while end < profile.tokens.len() && gap(profile, end) == Gap::None {
            end += 1;
        }
        if start > 0 && gap(profile, start) == Gap::Break {
            runs.push(Vec::new());
        }
        let unit = unit(profile, start..end).filter(|_| !is_gerund(profile, start, end));
        match (unit, runs.last_mut()) {
            (Some(unit), Some(run)) => run.push(unit),
            _ => runs.push(Vec::new()),
        }
        start = end;
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Whether a word is what is done, not what it is done with: `by preserving keywords`.
fn is_gerund(profile: &Profile, start: usize, end: usize) -> bool {
    const BEFORE: &[&str] = &["by", "for", "to", "via", "when", "while", "without"];
    let token = &profile.tokens[start];
    let before =
        start.checked_sub(1).map(|before| &profile.tokens[before]).filter(|before| before.text == token.text);
    let begins = before.is_none_or(|before| BEFORE.contains(&before.exact.as_str()));
    end == start + 1 && begins && token.exact.ends_with("ing")
}

/// Tokens that are written as one, if they can be part of a term.
fn unit(profile: &Profile, tokens: Range<usize>) -> Option<Unit> {
    let parts = &profile.tokens[tokens.clone()];
    let first = parts.first()?;
    let name = is_name(profile, &tokens);
    let joined: String = parts.iter().map(|part| part.exact.as_str()).collect();
    let tells = match parts {
        [pair] if pair.shape == Shape::Pair => pair.is_subject() && !holds_common(&pair.exact),
        [word] => word.is_content() && word.is_subject() && (name || profile.entries[first.entry].tells),
        _ => !is_weak(&joined) && joined.contains(char::is_alphabetic),
    };
    tells.then_some(Unit { name: name && joined.chars().nth(SHORTEST_NAME - 1).is_some(), tokens })
}

fn holds_common(pair: &str) -> bool {
    pair.chars().any(|c| words::is_common(c.encode_utf8(&mut [0; 4])))
}

/// Whether capitals or digits say that a unit is a name. In a title all in capitals they say nothing.
fn is_name(profile: &Profile, tokens: &Range<usize>) -> bool {
    let text = profile.tokens[tokens.start].text;
    let written = profile.slice(text, bytes(profile, tokens));
    let numbered = written.contains(char::is_uppercase) && written.contains(|c: char| c.is_ascii_digit());
    let inside = |part: &str| part.chars().skip(1).any(char::is_uppercase);
    let named =
        written.starts_with(char::is_alphabetic) && (numbered || written.split(is_hyphen).any(inside));
    named && (text == 1 || profile.title().contains(char::is_lowercase))
}

#[derive(PartialEq, Eq)]
enum Gap {
    /// The token belongs to the word before.
    None,
    Space,
    Break,
}

/// What is between a token and the one before.
fn gap(profile: &Profile, index: usize) -> Gap {
    let (before, token) = (&profile.tokens[index - 1], &profile.tokens[index]);
    if before.text != token.text {
        return Gap::Break;
    }
    if token.range.start < before.range.end {
        // Pairs of Chinese characters overlap.
        return Gap::Space;
    }
    let between = profile.slice(token.text, before.range.end..token.range.start);
    match between {
        _ if before.shape == Shape::Pair || token.shape == Shape::Pair => Gap::Break,
        "" => Gap::None,
        " " | "\n" => Gap::Space,
        _ if between.chars().count() == 1 && between.contains(is_hyphen) => Gap::None,
        _ => Gap::Break,
    }
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}' | '\u{2011}')
}

/// A phrase as the document writes it inside a sentence.
pub(crate) fn written(profile: &Profile, phrase: &Phrase) -> String {
    let mut written = String::new();
    let mut end = None;
    for token in &profile.tokens[phrase.tokens.clone()] {
        let start = end.unwrap_or(token.range.start);
        if token.shape == Shape::Pair {
            written.push_str(profile.slice(token.text, start.max(token.range.start)..token.range.end));
        } else {
            written.push_str(&profile.slice(token.text, start..token.range.start).replace('\n', " "));
            written.push_str(&in_sentence(profile, token));
        }
        end = Some(token.range.end);
    }
    written
}

/// A word as it is written inside a sentence: `Rotary` becomes `rotary`, `LoRA` stays, and so does
/// `Gaussian` where a sentence has it that way.
fn in_sentence<'a>(profile: &'a Profile, token: &Token) -> Cow<'a, str> {
    let mut own = None;
    for other in
        profile.tokens.iter().filter(|other| other.entry == token.entry && other.exact == token.exact)
    {
        let inside = || {
            profile
                .slice(1, 0..other.range.start)
                .trim_end()
                .ends_with(|c: char| c.is_alphanumeric() || c == ',')
        };
        if other.text == 1 && inside() {
            // Lower case is greater, and is the word's own form when both are there.
            own = own.max(Some(profile.slice(1, other.range.clone())));
        }
    }
    let written = profile.slice(token.text, token.range.clone());
    match own {
        Some(own) => Cow::Borrowed(own),
        None if written.chars().skip(1).all(char::is_lowercase) => Cow::Owned(written.to_lowercase()),
        None => Cow::Borrowed(written),
    }
}
