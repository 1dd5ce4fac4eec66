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

/// So many of the rarest terms are plenty, be there a better sentence or not.
const CUED: f32 = 2.0;
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
    let mut said = Vec::new();
    let mut answers = Vec::new();
    for (number, cues) in cues.iter().enumerate() {
        // An abstract has a sentence or two for a question, not four.
        let most = if source == TextSource::Abstract { cues.most.min(2) } else { cues.most };
        let answer = if is_summary(number) {
            let first: Vec<usize> = headline_of(paper, sentences).into_iter().collect();
            let more = rating.pick(&scores[number], most.saturating_sub(first.len()), &first, |_| true);
            [first, more].concat()
        } else {
            let fits = |at: usize| scores[number][at] >= rival(number, at);
            rating.pick(&scores[number], most, &said, fits)
        };
        if !is_summary(number) {
            said.extend(&answer);
        }
        answers.push(answer.into_iter().map(|at| &sentences[at]).collect());
    }
    answers
}

/// The sentence that says alone what the paper is about, of its abstract, introduction or beginning.
fn headline_of(paper: &Record, sentences: &[Sentence]) -> Option<usize> {
    let of = |kind: Kind| {
        let places = (0..sentences.len()).filter(move |at| sentences[*at].kind == kind);
        places.take(BEGINNING).collect::<Vec<_>>()
    };
    let found = [of(Kind::Abstract), of(Kind::Introduction)].into_iter().find(|found| !found.is_empty());
    let candidates = found.unwrap_or_else(|| (0..sentences.len().min(BEGINNING)).collect());
    let texts: Vec<&str> = candidates.iter().map(|at| sentences[*at].text.as_str()).collect();
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
        let central = relative(corpus.bm25(|term| topic.contains(term)), f32::EPSILON);
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
        let matches = relative(self.corpus.bm25(|term| cues.holds(term)), CUED * self.corpus.rarest());
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

    /// The best of the sentences that fit, in the paper's order; none that says what was said.
    fn pick(&self, scores: &[f32], most: usize, said: &[usize], fits: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut order: Vec<usize> =
            (0..scores.len()).filter(|at| scores[*at] >= LEAST && fits(*at)).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
        let Some(best) = order.first().map(|best| scores[*best]) else { return Vec::new() };
        order.truncate(CONSIDERED);
        order.retain(|at| scores[*at] >= WORTH * best);
        let mut picked: Vec<usize> = Vec::new();
        while picked.len() < most {
            let repeats = |at: usize| {
                let others = said.iter().chain(&picked);
                others.map(|other| self.corpus.sameness(*other, at)).fold(0.0, f32::max)
            };
            order.retain(|at| repeats(*at) <= SAME);
            let worth = |at: usize| scores[at] / best - REPEATS * repeats(at);
            let next = order.iter().copied().max_by(|a, b| worth(*a).total_cmp(&worth(*b)).then(b.cmp(a)));
            let Some(next) = next else { break };
            picked.push(next);
        }
        picked.sort_unstable();
        picked
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

/// Values as parts of the greatest one, or of the least that is great.
fn relative(values: Vec<f32>, least: f32) -> Vec<f32> {
    let greatest = values.iter().copied().fold(least, f32::max);
    values.into_iter().map(|value| value / greatest).collect()
}

/// The sentences of one paper as documents.
struct Corpus<'a> {
    /// Terms are numbered in the order in which they come.
    numbers: HashMap<&'a str, usize>,
    /// By term: in how many sentences it stands.
    frequency: Vec<f32>,
    /// By sentence: its terms in the order of their numbers, with how often it has each.
    counts: Vec<Vec<(usize, f32)>>,
    /// By sentence: how many terms it has, as a part of the average.
    lengths: Vec<f32>,
}

impl<'a> Corpus<'a> {
    fn new(sentences: &'a [Sentence]) -> Self {
        let mut numbers = HashMap::new();
        let mut frequency = Vec::new();
        let mut counts = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let number = |term: &'a String| {
                let next = numbers.len();
                *numbers.entry(term.as_str()).or_insert(next)
            };
            let mut terms: Vec<usize> = sentence.terms.iter().map(number).collect();
            terms.sort_unstable();
            frequency.resize(numbers.len(), 0.0);
            let of = |run: &[usize]| (run[0], run.len() as f32);
            let of_sentence: Vec<(usize, f32)> = terms.chunk_by(|a, b| a == b).map(of).collect();
            of_sentence.iter().for_each(|(term, _)| frequency[*term] += 1.0);
            counts.push(of_sentence);
        }
        let all: usize = sentences.iter().map(|sentence| sentence.terms.len()).sum();
        let average = (all as f32 / sentences.len().max(1) as f32).max(1.0);
        let lengths = sentences.iter().map(|sentence| sentence.terms.len() as f32 / average).collect();
        Self { numbers, frequency, counts, lengths }
    }

    /// Okapi BM25 of each sentence for a query of all terms that `asked` names.
    fn bm25(&self, asked: impl Fn(&str) -> bool) -> Vec<f32> {
        let mut rarity = vec![0.0; self.frequency.len()];
        for (_, number) in self.numbers.iter().filter(|(term, _)| asked(term)) {
            rarity[*number] = self.idf(*number);
        }
        let score = |(counts, length): (&Vec<(usize, f32)>, &f32)| {
            let length = K1 * (1.0 - B + B * length);
            let weight = |(term, count): &(usize, f32)| rarity[*term] * count * (K1 + 1.0) / (count + length);
            counts.iter().map(weight).sum()
        };
        self.counts.iter().zip(&self.lengths).map(score).collect()
    }

    fn idf(&self, term: usize) -> f32 {
        self.idf_of(self.frequency[term])
    }

    /// The idf of a term that stands in one sentence.
    fn rarest(&self) -> f32 {
        self.idf_of(1.0)
    }

    fn idf_of(&self, with: f32) -> f32 {
        (1.0 + (self.counts.len() as f32 - with + 0.5).max(0.0) / (with + 0.5)).ln().max(f32::EPSILON)
    }

    /// The part of the shorter sentence's terms that are in the other one, too.
    fn sameness(&self, a: usize, b: usize) -> f32 {
        if a == b {
            return 1.0;
        }
        let (a, b) = (&self.counts[a], &self.counts[b]);
        let shared =
            a.iter().filter(|(term, _)| b.binary_search_by_key(term, |(term, _)| *term).is_ok()).count();
        shared as f32 / a.len().min(b.len()).max(1) as f32
    }
}
