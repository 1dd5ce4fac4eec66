//! Which sentences answer which question: BM25 over the question's cue terms, where in the paper a
//! sentence stands, how much it speaks of what the paper speaks of; then no sentence that repeats
//! another, and the paper's order.

use std::collections::{HashMap, HashSet};

use content::{QuestionSet, Record, TextSource};

use super::{
    cues::{Cues, terms},
    sentences::Sentence,
};

const K1: f32 = 1.2;
const B: f32 = 0.75;

/// A sentence with less than this part of the best one's score is not worth quoting.
const WORTH: f32 = 0.55;
/// The least score that answers a question at all.
const LEAST: f32 = 0.9;
/// Two sentences that share more than this part of their words say the same.
const SAME: f32 = 0.5;

/// For each question its sentences, in the paper's order. Perhaps none.
pub(super) fn choose<'a>(
    paper: &Record,
    source: TextSource,
    sentences: &'a [Sentence],
    questions: &QuestionSet,
) -> Vec<Vec<&'a Sentence>> {
    let corpus = Corpus::new(sentences);
    let topic: HashSet<String> =
        terms(&format!("{} {} {}", paper.title, paper.title, paper.summary)).into_iter().collect();
    let central =
        relative(sentences.iter().map(|sentence| corpus.bm25(sentence, |term| topic.contains(term))));
    let scores: Vec<_> = questions
        .questions
        .iter()
        .map(|question| scores(&Cues::of(question), &corpus, &central, sentences, source))
        .collect();
    let mut chosen = Vec::new();
    for (number, question) in questions.questions.iter().enumerate() {
        let cues = Cues::of(question);
        // A summary may say again what other answers quote; else a sentence goes where it fits best.
        let fits = |at: usize| {
            question.id == "summary" || scores[number][at] >= rival(&scores, questions, number, at)
        };
        chosen.push(pick(&cues, &scores[number], sentences, source, fits));
    }
    chosen
}

/// The best score of a sentence for any other question but the summary.
fn rival(scores: &[Vec<f32>], questions: &QuestionSet, number: usize, at: usize) -> f32 {
    let others = questions.questions.iter().zip(scores).enumerate();
    others
        .filter(|(other, (question, _))| *other != number && question.id != "summary")
        .map(|(_, (_, scores))| scores[at])
        .fold(0.0, f32::max)
}

fn scores(
    cues: &Cues,
    corpus: &Corpus,
    central: &[f32],
    sentences: &[Sentence],
    source: TextSource,
) -> Vec<f32> {
    let matches = relative(sentences.iter().map(|sentence| corpus.bm25(sentence, |term| cues.holds(term))));
    let score = |(at, sentence): (usize, &Sentence)| {
        let phrases = cues.phrases_in(&sentence.lower).min(2) as f32;
        if cues.needs_cue && phrases == 0.0 && (matches[at] < 0.4 || cues.prior(sentence.kind) < 0.5) {
            return 0.0;
        }
        let place = match source {
            TextSource::Abstract => {
                let end = sentences.len().saturating_sub(1).max(1);
                (1.0 - 1.4 * (at as f32 / end as f32 - cues.place).abs()).max(0.0)
            }
            _ => cues.prior(sentence.kind) + if sentence.leads { 0.1 } else { 0.0 },
        };
        matches[at] + 0.5 * phrases + 0.9 * place + cues.centrality * central[at]
    };
    sentences.iter().enumerate().map(score).collect()
}

fn pick<'a>(
    cues: &Cues,
    scores: &[f32],
    sentences: &'a [Sentence],
    source: TextSource,
    fits: impl Fn(usize) -> bool,
) -> Vec<&'a Sentence> {
    let mut order: Vec<usize> = (0..sentences.len()).filter(|at| scores[*at] >= LEAST && fits(*at)).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    let Some(best) = order.first().map(|best| scores[*best]) else { return Vec::new() };
    // An abstract has a sentence or two for a question, not four.
    let most = if source == TextSource::Abstract { cues.most.min(2) } else { cues.most };
    let mut picked: Vec<&Sentence> = Vec::new();
    for at in order.into_iter().take_while(|at| scores[*at] >= WORTH * best) {
        if picked.len() < most && !picked.iter().any(|other| sameness(other, &sentences[at]) > SAME) {
            picked.push(&sentences[at]);
        }
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
