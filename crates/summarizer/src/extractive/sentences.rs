use std::collections::HashSet;

use content::{FullText, TextSource};

use super::{
    blocks,
    cues::terms,
    formulas::{is_balanced, prose},
    sections::{Kind, kind},
};

/// A sentence that can be quoted.
#[derive(Debug)]
pub(super) struct Sentence {
    /// As it stands in the paper, displays and all.
    pub(super) text: String,
    pub(super) page: Option<u32>,
    pub(super) kind: Kind,
    /// The first of its section.
    pub(super) leads: bool,
    /// Number of the stretch of running text that it stands in; neighbours there follow each other.
    pub(super) flow: usize,
    /// Its place in the paper.
    pub(super) order: usize,
    /// The words that can tell it from others.
    pub(super) terms: Vec<String>,
    /// Prose in lower case, to look for phrases.
    pub(super) lower: String,
}

/// Fewer words say nothing, more are a list in disguise.
const WORDS: std::ops::RangeInclusive<usize> = 5..=90;
const LONGEST: usize = 1500;

/// All sentences of a paper that can be quoted, in its order. None twice.
pub(super) fn of(text: &FullText) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    let mut seen = HashSet::new();
    let (mut flow, mut order, mut section) = (0, 0, None);
    for passage in &text.passages {
        let first = found.is_empty();
        let mut leads = section != Some(&passage.section);
        section = Some(&passage.section);
        let kind = match text.source {
            TextSource::Abstract => Kind::Abstract,
            TextSource::Stored => kind(&passage.section, first),
        };
        if kind == Kind::Back {
            continue;
        }
        for blocks::Flow(running) in flows(text.source, &passage.text) {
            flow += 1;
            for range in words::sentences(&running) {
                order += 1;
                let prose = prose(&running[range.clone()]);
                let sentence = &running[range];
                if !is_quotable(sentence, &prose) || !seen.insert(sentence.to_owned()) {
                    continue;
                }
                found.push(Sentence {
                    text: sentence.to_owned(),
                    page: passage.page,
                    kind,
                    leads: std::mem::take(&mut leads),
                    flow,
                    order,
                    terms: terms(&prose),
                    lower: prose.to_lowercase(),
                });
            }
        }
    }
    found
}

/// An abstract is plain text: no line of it is a table or code, whatever it looks like.
fn flows(source: TextSource, text: &str) -> Vec<blocks::Flow> {
    match source {
        TextSource::Abstract => {
            text.split("\n\n").map(|part| blocks::Flow(part.trim().replace('\n', " "))).collect()
        }
        TextSource::Stored => blocks::flows(text),
    }
}

fn is_quotable(sentence: &str, prose: &str) -> bool {
    let words = length(prose);
    let begins_whole =
        !prose.trim_start().starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | ')' | ']' | ';'));
    let caption = ["Figure ", "Fig. ", "Table ", "图 ", "表 "].iter().any(|word| sentence.starts_with(word));
    let ends = sentence
        .trim_end_matches(['*', '_', ')', '"', '”', '）', '$', ']', '`'])
        .ends_with(['.', '!', '?', '。', '！', '？', '}', '；']);
    WORDS.contains(&words)
        && sentence.len() <= LONGEST
        && begins_whole
        && !caption
        && ends
        && is_balanced(sentence)
}

/// How much a text says, in English words.
pub(super) fn length(prose: &str) -> usize {
    let chinese = prose.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
    // Two Chinese characters say about as much as an English word.
    prose.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() + chinese / 2
}
