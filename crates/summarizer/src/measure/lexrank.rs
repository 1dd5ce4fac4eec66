use std::collections::{BTreeMap, HashMap};

use crate::extractive::terms;

/// The probability of going on along the graph instead of to any sentence.
const DAMPING: f64 = 0.85;
/// Steps of the power iteration; the rest is then below one part in a million.
const STEPS: i32 = 100;

/// Continuous LexRank (Erkan and Radev 2004): sentences that are like many others like them.
///
/// Sentences are vectors of their terms' frequencies times rarity, likeness is the cosine, and a
/// sentence's rank is its part of a random walk's time. Takes the square of the number of sentences.
#[derive(Debug, Default)]
pub struct LexRank {
    documents: f64,
    /// In how many documents a term is.
    frequency: HashMap<String, f64>,
}

/// In an order, since sums of floats depend on theirs.
type Vector = BTreeMap<String, f64>;

impl LexRank {
    /// With rarity counted in these documents, each a list of sentences.
    pub fn of<S: AsRef<str>>(documents: impl IntoIterator<Item = impl AsRef<[S]>>) -> Self {
        let mut rank = Self::default();
        for document in documents {
            rank.documents += 1.0;
            let mut all: Vec<String> =
                document.as_ref().iter().flat_map(|sentence| terms(sentence.as_ref())).collect();
            all.sort_unstable();
            all.dedup();
            all.into_iter().for_each(|term| *rank.frequency.entry(term).or_default() += 1.0);
        }
        rank
    }

    /// The sentence of the highest rank, from 0; of equal ones the first. `None` without sentences.
    pub fn first<S: AsRef<str>>(&self, sentences: &[S]) -> Option<usize> {
        let ranks = self.ranks(sentences);
        (0..ranks.len()).max_by(|a, b| ranks[*a].total_cmp(&ranks[*b]).then(b.cmp(a)))
    }

    fn ranks<S: AsRef<str>>(&self, sentences: &[S]) -> Vec<f64> {
        let vectors: Vec<Vector> = sentences.iter().map(|sentence| self.vector(sentence.as_ref())).collect();
        let links: Vec<Vec<f64>> = (0..vectors.len()).map(|at| links(&vectors, at)).collect();
        let even = 1.0 / vectors.len() as f64;
        let mut ranks = vec![even; vectors.len()];
        for _ in 0..STEPS {
            let inflow =
                |at: usize| links.iter().zip(&ranks).map(|(from, rank)| from[at] * rank).sum::<f64>();
            ranks = (0..ranks.len()).map(|at| (1.0 - DAMPING) * even + DAMPING * inflow(at)).collect();
        }
        ranks
    }

    /// The terms of a sentence, as a vector of length 1.
    fn vector(&self, sentence: &str) -> Vector {
        let mut vector = Vector::new();
        for term in terms(sentence) {
            let rarity = (self.documents.max(1.0) / self.frequency.get(&term).copied().unwrap_or(1.0)).ln();
            *vector.entry(term).or_default() += rarity;
        }
        let length = vector.values().map(|weight| weight * weight).sum::<f64>().sqrt();
        vector.values_mut().for_each(|weight| *weight /= length.max(f64::EPSILON));
        vector
    }
}

/// How probable each sentence is after this one.
fn links(vectors: &[Vector], from: usize) -> Vec<f64> {
    let cosine = |to: usize| match to == from {
        true => 1.0,
        false => vectors[from].iter().filter_map(|(term, a)| Some(a * vectors[to].get(term)?)).sum(),
    };
    let row: Vec<f64> = (0..vectors.len()).map(cosine).collect();
    let sum: f64 = row.iter().sum();
    row.into_iter().map(|cosine| cosine / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCES: [&str; 4] = [
        "Granite wheels turn slowly.",
        "Granite wheels and wooden axles turn together.",
        "Wooden axles break.",
        "Butter melts.",
    ];

    #[test]
    fn the_sentence_that_is_like_most_others_comes_first() {
        let rank = LexRank::of([&SENTENCES[..1], &SENTENCES[1..2], &SENTENCES[2..3], &SENTENCES[3..]]);
        assert_eq!(rank.first(&SENTENCES), Some(1));
        assert_eq!(rank.first::<&str>(&[]), None);
        let ranks = rank.ranks(&SENTENCES);
        assert!((ranks.iter().sum::<f64>() - 1.0).abs() < 1e-9, "a walk is somewhere: {ranks:?}");
        // Nothing leads to or from it but chance.
        assert!((ranks[3] - 0.25).abs() < 1e-9, "{ranks:?}");
    }
}
