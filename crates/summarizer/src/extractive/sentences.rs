use std::collections::HashMap;

use content::{FullText, Record, TextSource};

use super::{
    blocks::{self, Part},
    cues::terms,
    formulas::{is_balanced, prose},
    sections::{Headings, Kind},
};

/// A sentence that can be quoted.
#[derive(Debug)]
pub(super) struct Sentence {
    /// As it stands in the paper, displays and all.
    pub(super) text: String,
    pub(super) written: Written,
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

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// As Markdown.
    Markdown,
    /// As plain text with formulas: what looks like Markdown is not.
    Plain,
}

/// Fewer words say nothing, more are a list in disguise.
const WORDS: std::ops::RangeInclusive<usize> = 5..=90;
const LONGEST: usize = 1500;
/// The least part of a sentence's characters that are letters; else it is a row of numbers.
const LETTERS: f32 = 0.6;
/// The greatest part of a sentence's words that begin with a capital; else it is a list of names.
const CAPITALS: f32 = 0.6;
/// What publishers say.
const NOTICES: &[&str] = &[
    "copyright",
    "©",
    "all rights reserved",
    "permission to make",
    "to republish",
    "hard copies",
    "creative commons",
    "version of this paper",
];
const CAPTIONS: &[&str] = &["Figure ", "Fig. ", "Table ", "图 ", "表 "];

/// All sentences of a paper that can be quoted, in its order. None twice.
///
/// The abstract is the text's own, else that of the record.
pub(super) fn of(paper: &Record, text: &FullText) -> Vec<Sentence> {
    let mut runs = runs(text);
    if runs.iter().all(|run| run.kind != Kind::Abstract) {
        runs.splice(0..0, abstract_runs(None, &paper.summary));
    }
    let mut found = Found::default();
    for run in joined(runs) {
        found.take(&run);
    }
    found.sentences
}

/// Running text of one section.
struct Run {
    text: String,
    written: Written,
    kind: Kind,
    /// Counts sections.
    section: usize,
    /// From which byte on it stands on which page.
    pages: Vec<(usize, Option<u32>)>,
    /// Whether its passage begins, and ends, with it.
    begins: bool,
    ends: bool,
}

fn runs(text: &FullText) -> Vec<Run> {
    let written = if text.source == TextSource::Stored { Written::Markdown } else { Written::Plain };
    let mut headings = Headings::default();
    let mut runs: Vec<Run> = Vec::new();
    let (mut section, mut heading, mut kind) = (0, None, Kind::Introduction);
    for passage in &text.passages {
        if text.source == TextSource::Abstract {
            runs.extend(abstract_runs(passage.page, &passage.text));
            continue;
        }
        if heading != Some(&passage.section) {
            (section, heading) = (section + 1, Some(&passage.section));
            // Without sections, a heading in the text of one page goes on over the next ones.
            kind = headings.kind(&passage.section, runs.is_empty());
        }
        let parts = blocks::parts(&passage.text);
        let last = parts.len().saturating_sub(1);
        for (at, part) in parts.into_iter().enumerate() {
            match part {
                Part::Heading(text) => {
                    section += 1;
                    kind = headings.kind(&text, runs.is_empty());
                }
                Part::Flow(text) if kind != Kind::Back => {
                    let pages = vec![(0, passage.page)];
                    runs.push(Run { text, written, kind, section, pages, begins: at == 0, ends: at == last });
                }
                Part::Flow(_) | Part::Break => {}
            }
        }
    }
    runs
}

/// An abstract is plain text: no line of it is a table or code, whatever it looks like.
fn abstract_runs(page: Option<u32>, text: &str) -> Vec<Run> {
    let run = |part: &str| Run {
        text: part.trim().replace('\n', " "),
        written: Written::Plain,
        kind: Kind::Abstract,
        section: 0,
        pages: vec![(0, page)],
        begins: false,
        ends: false,
    };
    text.split("\n\n").map(run).collect()
}

/// The runs, with those put together that the end of a page had cut within a sentence.
fn joined(runs: Vec<Run>) -> Vec<Run> {
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    for run in runs {
        match joined.last_mut() {
            Some(before) if goes_on(before, &run) => {
                before.text.push(' ');
                before.pages.push((before.text.len(), run.pages[0].1));
                before.text.push_str(&run.text);
                before.ends = run.ends;
            }
            _ => joined.push(run),
        }
    }
    joined
}

fn goes_on(before: &Run, run: &Run) -> bool {
    let neighbours = before.ends && run.begins && before.section == run.section;
    neighbours && !blocks::has_ended(&before.text) && blocks::continues(&run.text)
}

/// The sentences so far.
#[derive(Default)]
struct Found {
    sentences: Vec<Sentence>,
    /// Where each is, by its letters.
    seen: HashMap<String, usize>,
    flow: usize,
    order: usize,
    section: Option<usize>,
}

impl Found {
    fn take(&mut self, run: &Run) {
        self.flow += 1;
        let mut leads = self.section.replace(run.section) != Some(run.section);
        for range in words::sentences(&run.text) {
            self.order += 1;
            let sentence = &run.text[range.clone()];
            if sentence.len() > LONGEST {
                continue;
            }
            let prose = prose(sentence);
            let turn = run.pages.partition_point(|(from, _)| *from <= range.start);
            let page = run.pages[turn - 1].1;
            if !is_quotable(sentence, &prose) || self.is_known(sentence, page) {
                continue;
            }
            self.sentences.push(Sentence {
                text: sentence.to_owned(),
                written: run.written,
                page,
                kind: run.kind,
                leads: std::mem::take(&mut leads),
                flow: self.flow,
                order: self.order,
                terms: terms(&prose),
                lower: prose.to_lowercase(),
            });
        }
    }

    /// Whether a sentence was there before, and remembers it. The abstract may be twice in a paper, once without pages.
    fn is_known(&mut self, sentence: &str, page: Option<u32>) -> bool {
        let known = *self.seen.entry(words::letters(sentence)).or_insert(self.sentences.len());
        let known = self.sentences.get_mut(known);
        if let Some(known) = known {
            known.page = known.page.or(page);
            return true;
        }
        false
    }
}

fn is_quotable(sentence: &str, prose: &str) -> bool {
    let begins_whole =
        !prose.trim_start().starts_with(|c: char| c.is_lowercase() || matches!(c, ',' | ')' | ']' | ';'));
    let caption = CAPTIONS.iter().any(|word| sentence.starts_with(word));
    let ends = sentence
        .trim_end_matches(['*', '_', ')', '"', '”', '）', '$', ']', '`'])
        .ends_with(['.', '!', '?', '。', '！', '？', '}', '；']);
    WORDS.contains(&length(prose))
        && begins_whole
        && !caption
        && ends
        && is_words(prose)
        && is_balanced(sentence)
}

/// Whether a text is made of words, and not what publishers put under every paper.
fn is_words(prose: &str) -> bool {
    let count = |is: fn(char) -> bool| prose.chars().filter(|c| is(*c)).count() as f32;
    let lower = prose.to_lowercase();
    let words = || prose.split_whitespace();
    let capitals = words().filter(|word| word.starts_with(char::is_uppercase)).count() as f32;
    capitals <= CAPITALS * words().count() as f32
        && count(char::is_alphabetic) >= LETTERS * count(|c| !c.is_whitespace())
        && !NOTICES.iter().any(|notice| lower.contains(notice))
}

/// How much a text says, in English words.
pub(super) fn length(prose: &str) -> usize {
    let chinese = prose.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
    // Two Chinese characters say about as much as an English word.
    prose.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() + chinese / 2
}
