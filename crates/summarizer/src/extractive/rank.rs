//! Which sentences answer which question: BM25 over the question's cue terms, where in the paper a
//! sentence stands, how much it speaks of what the paper speaks of; then no sentence that repeats
//! another, and the paper's order.

use std::collections::{HashMap, HashSet};

use content::{QuestionSet, Record, TextSource};

use super::{
    cues::{Cues, terms},
    headline,
    sections::Kind,
    sentences::Sentence,
};

const K1: f32 = 1.2;
const B: f32 = 0.75;

const PHRASE: f32 = 0.5;
const PLACE: f32 = 0.9;
/// For the first sentence of a section.
const LEADS: f32 = 0.1;

/// For a sentence that leans on one before it.
const LEANS: f32 = -0.25;

/// A sentence with less than this part of the best one's score is not worth quoting.
const WORTH: f32 = 0.55;
/// The least score that answers a question at all.
const LEAST: f32 = 0.9;
/// So many of the best are looked at when those that say something else are picked.
const CONSIDERED: usize = 50;
/// How much a sentence loses that has all its words in common with one that was picked (Carbonell and Goldstein 1998).
const REPEATS: f32 = 0.3;
/// Two sentences that share more than this part of their words say the same.
const SAME: f32 = 0.5;
/// The headline of a paper without an abstract is among so many of its first sentences.
const BEGINNING: usize = 40;

/// The question that may say again what other answers quote, and whose answer begins with the headline.
const SUMMARY: &str = "summary";

/// For each question its sentences, in the paper's order. Perhaps none. The summary begins with the
/// sentence that says alone what the paper is about.
pub(super) fn choose<'a>(
    paper: &Record,
    source: TextSource,
    sentences: &'a [Sentence],
    questions: &QuestionSet,
) -> Vec<Vec<&'a Sentence>> {
    let cues: Vec<Cues> = questions.questions.iter().map(Cues::of).collect();
    let is_summary = |number: usize| questions.questions[number].id == SUMMARY;
    let rating = Rating::new(paper, source, sentences);
    let scores: Vec<Vec<f32>> = cues.iter().map(|cues| rating.scores(cues)).collect();
    // A sentence goes where it fits best.
    let rival = |number: usize, at: usize| {
        let others = scores.iter().enumerate().filter(|(other, _)| *other != number && !is_summary(*other));
        others.map(|(_, scores)| scores[at]).fold(0.0, f32::max)
    };
    let mut said: Vec<&Sentence> = Vec::new();
    let mut answers = Vec::new();
    for (number, cues) in cues.iter().enumerate() {
        // An abstract has a sentence or two for a question, not four.
        let most = if source == TextSource::Abstract { cues.most.min(2) } else { cues.most };
        if is_summary(number) {
            let first: Vec<_> = headline_of(paper, sentences).into_iter().collect();
            let more = pick(&scores[number], sentences, most - first.len(), &first, |_| true);
            answers.push([first, more].concat());
        } else {
            let fits = |at: usize| scores[number][at] >= rival(number, at);
            let picked = pick(&scores[number], sentences, most, &said, fits);
            said.extend(&picked);
            answers.push(picked);
        }
    }
    answers
}

/// The sentence that says alone what the paper is about, of its abstract, introduction or beginning.
fn headline_of<'a>(paper: &Record, sentences: &'a [Sentence]) -> Option<&'a Sentence> {
    let of = |kind: Kind| sentences.iter().filter(|sentence| sentence.kind == kind).take(BEGINNING).collect();
    let begins = || sentences.iter().take(BEGINNING).collect();
    let candidates: Vec<&Sentence> = [of(Kind::Abstract), of(Kind::Introduction)]
        .into_iter()
        .find(|found: &Vec<_>| !found.is_empty())
        .unwrap_or_else(begins);
    let texts: Vec<&str> = candidates.iter().map(|sentence| sentence.text.as_str()).collect();
    headline(&paper.title, &texts).map(|at| candidates[at])
}

/// What every question asks of a sentence.
struct Rating<'a> {
    sentences: &'a [Sentence],
    source: TextSource,
    corpus: Corpus<'a>,
    /// How much each speaks of what title and abstract speak of, 0 to 1.
    central: Vec<f32>,
    /// Where in the abstract each stands, 0 to 1; of no meaning for others.
    position: Vec<f32>,
}

impl<'a> Rating<'a> {
    fn new(paper: &Record, source: TextSource, sentences: &'a [Sentence]) -> Self {
        let corpus = Corpus::new(sentences);
        let topic: HashSet<String> =
            terms(&format!("{} {}", paper.title, paper.summary)).into_iter().collect();
        let central =
            relative(sentences.iter().map(|sentence| corpus.bm25(sentence, |term| topic.contains(term))));
        let of_abstract = sentences.iter().filter(|sentence| sentence.kind == Kind::Abstract).count();
        let end = of_abstract.saturating_sub(1).max(1) as f32;
        let place = |sentence: &Sentence, before: &mut f32| {
            let position = *before / end;
            *before += if sentence.kind == Kind::Abstract { 1.0 } else { 0.0 };
            position
        };
        let mut before = 0.0;
        let position = sentences.iter().map(|sentence| place(sentence, &mut before)).collect();
        Self { sentences, source, corpus, central, position }
    }

    /// How well each sentence answers.
    fn scores(&self, cues: &Cues) -> Vec<f32> {
        let found = |sentence| self.corpus.bm25(sentence, |term| cues.holds(term));
        let matches = relative(self.sentences.iter().map(found));
        let score = |(at, sentence): (usize, &Sentence)| {
            let phrases = cues.phrases_in(&sentence.lower).min(2) as f32;
            if cues.needs_cue && phrases == 0.0 && (matches[at] < 0.4 || cues.prior(sentence.kind) < 0.5) {
                return 0.0;
            }
            let leans = if leans(&sentence.lower) { LEANS } else { 0.0 };
            let place = PLACE * self.place(cues, at);
            matches[at] + PHRASE * phrases + place + cues.centrality * self.central[at] + leans
        };
        self.sentences.iter().enumerate().map(score).collect()
    }

    /// How likely the answer is where a sentence stands.
    fn place(&self, cues: &Cues, at: usize) -> f32 {
        let sentence = &self.sentences[at];
        let within = (1.0 - 1.4 * (self.position[at] - cues.place).abs()).max(0.0);
        match (self.source, sentence.kind) {
            (TextSource::Abstract, _) => within,
            (_, Kind::Abstract) => cues.prior(Kind::Abstract) * within,
            (_, kind) => cues.prior(kind) + if sentence.leads { LEADS } else { 0.0 },
        }
    }
}

/// Whether a sentence begins with what only the one before it explains.
fn leans(lower: &str) -> bool {
    const OWN: &[&str] = &["this paper", "this work", "this article", "this note", "this study"];
    const LEANING: &[&str] = &[
        "this ",
        "these ",
        "it ",
        "they ",
        "those ",
        "such ",
        "its ",
        "their ",
        "also",
        "moreover",
        "furthermore",
        "in addition",
        "then ",
        "thus",
        "therefore",
        "hence",
        "so ",
        "second",
        "for example",
        "for instance",
        "这",
        "该",
        "它",
        "其",
        "此外",
        "因此",
        "所以",
        "例如",
        "同时",
    ];
    let begins = |words: &[&str]| words.iter().any(|word| lower.trim_start().starts_with(word));
    begins(LEANING) && !begins(OWN)
}

/// The best of the sentences that fit, in the paper's order; none that says what was said.
fn pick<'a>(
    scores: &[f32],
    sentences: &'a [Sentence],
    most: usize,
    said: &[&'a Sentence],
    fits: impl Fn(usize) -> bool,
) -> Vec<&'a Sentence> {
    let mut order: Vec<usize> = (0..sentences.len()).filter(|at| scores[*at] >= LEAST && fits(*at)).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let Some(best) = order.first().map(|best| scores[*best]) else { return Vec::new() };
    order.truncate(CONSIDERED);
    order.retain(|at| scores[*at] >= WORTH * best);
    let mut picked: Vec<&Sentence> = Vec::new();
    while picked.len() < most {
        let repeats = |at: usize| {
            said.iter().chain(&picked).map(|other| sameness(other, &sentences[at])).fold(0.0, f32::max)
        };
        let worth = |at: usize| (scores[at] / best - REPEATS * repeats(at), at);
        order.retain(|at| repeats(*at) <= SAME);
        let next = order.iter().map(|at| worth(*at)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        let Some((_, next)) = next else { break };
        picked.push(&sentences[next]);
    }
    picked.sort_by_key(|sentence| sentence.order);
    picked
}

/// The part of the shorter sentence's words that are in the other one, too.
fn sameness(a: &Sentence, b: &Sentence) -> f32 {
    let set = |sentence: &Sentence| sentence.terms.iter().cloned().collect::<HashSet<_>>();
    let (a, b) = (set(a), set(b));
    let shorter = a.len().min(b.len()).max(1);
    a.intersection(&b).count() as f32 / shorter as f32
}

/// Values as parts of the greatest one.
fn relative(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let values: Vec<f32> = values.collect();
    let greatest = values.iter().copied().fold(f32::EPSILON, f32::max);
    values.into_iter().map(|value| value / greatest).collect()
}

/// The sentences of one paper as documents.
struct Corpus<'a> {
    /// In how many sentences a term stands.
    frequency: HashMap<&'a str, f32>,
    sentences: f32,
    average: f32,
}

impl<'a> Corpus<'a> {
    fn new(sentences: &'a [Sentence]) -> Self {
        let mut frequency = HashMap::new();
        for sentence in sentences {
            let distinct: HashSet<&str> = sentence.terms.iter().map(String::as_str).collect();
            distinct.into_iter().for_each(|term| *frequency.entry(term).or_insert(0.0) += 1.0);
        }
        let words: usize = sentences.iter().map(|sentence| sentence.terms.len()).sum();
        let count = sentences.len().max(1) as f32;
        Self { frequency, sentences: count, average: (words as f32 / count).max(1.0) }
    }

    /// Okapi BM25 of a sentence for the query that `asked` describes.
    fn bm25(&self, sentence: &Sentence, asked: impl Fn(&str) -> bool) -> f32 {
        let mut counts: HashMap<&str, f32> = HashMap::new();
        let terms = sentence.terms.iter().map(String::as_str);
        terms.filter(|term| asked(term)).for_each(|term| *counts.entry(term).or_insert(0.0) += 1.0);
        let length = K1 * (1.0 - B + B * sentence.terms.len() as f32 / self.average);
        let mut weights: Vec<f32> = counts
            .iter()
            .map(|(term, count)| self.idf(term) * count * (K1 + 1.0) / (count + length))
            .collect();
        // The order of a hash map is chance, and sums of floats depend on their order.
        weights.sort_by(f32::total_cmp);
        weights.into_iter().sum()
    }

    fn idf(&self, term: &str) -> f32 {
        let with = self.frequency.get(term).copied().unwrap_or(0.0);
        (1.0 + (self.sentences - with + 0.5) / (with + 0.5)).ln()
    }
}
