//! How near the extractive reader's one-sentence summary is to summaries that people wrote, in the form
//! of SciTLDR (Cachola et al. 2020).

use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde::{Deserialize, Serialize};
use summarizer::measure::{LexRank, Rouge, rouge};

use super::super::{print, progress};

/// Samples of the papers, drawn with replacement, by which the interval of a mean difference is told.
const SAMPLES: usize = 1000;

/// A collection, and how to print what it shows.
#[derive(Args)]
pub(in crate::commands) struct Measured {
    /// JSON Lines, plain, gzip or xz; `-` is standard input. Each line has "source", the sentences of an abstract,
    /// "target", summaries of it, and perhaps "title".
    file: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    title: String,
    source: Vec<String>,
    target: Target,
}

/// One summary, or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    One(String),
    Several(Vec<String>),
}

/// Mean F1 over all papers, in hundredths.
#[derive(Debug, Serialize)]
struct Report {
    extractive: Scores,
    #[serde(rename = "lead-1")]
    lead: Scores,
    lexrank: Scores,
    /// By how much the extractive reader is ahead of each: the middle 95 % of the bootstrap.
    ahead: Ahead,
    papers: usize,
}

#[derive(Debug, Serialize)]
struct Ahead {
    #[serde(rename = "lead-1")]
    lead: Intervals,
    lexrank: Intervals,
}

#[derive(Debug, Serialize)]
struct Scores {
    #[serde(rename = "rouge-1")]
    one: f64,
    #[serde(rename = "rouge-2")]
    two: f64,
    #[serde(rename = "rouge-l")]
    longest: f64,
}

#[derive(Debug, Serialize)]
struct Intervals {
    #[serde(rename = "rouge-1")]
    one: (f64, f64),
    #[serde(rename = "rouge-2")]
    two: (f64, f64),
    #[serde(rename = "rouge-l")]
    longest: (f64, f64),
}

/// Scores the three ways of choosing a sentence on the same sentences.
pub(super) fn run(asked: &Measured) -> anyhow::Result<()> {
    let mut papers: Vec<Line> = super::lines(&asked.file)?;
    papers.retain(|paper| !paper.source.is_empty() && !paper.target.summaries().is_empty());
    ensure!(!papers.is_empty(), "{}: no line has sentences and a summary", asked.file.display());
    let report = Report::of(&papers);
    print(if asked.json { serde_json::to_string(&report)? } else { report.table() })
}

impl Target {
    fn summaries(&self) -> &[String] {
        match self {
            Self::One(summary) => std::slice::from_ref(summary),
            Self::Several(summaries) => summaries,
        }
    }
}

impl Report {
    fn of(papers: &[Line]) -> Self {
        let rank = LexRank::of(papers.iter().map(|paper| paper.source.as_slice()));
        let (mut extractive, mut lead, mut lexrank) = (Vec::new(), Vec::new(), Vec::new());
        let bar = progress::counting("reading", Some(papers.len() as u64));
        for paper in papers {
            let score = |chosen: Option<usize>| {
                rouge(chosen.map_or("", |at| &paper.source[at]), paper.target.summaries())
            };
            extractive.push(score(summarizer::headline(&paper.title, &paper.source)));
            lead.push(score(Some(0)));
            lexrank.push(score(rank.first(&paper.source)));
            bar.inc(1);
        }
        bar.finish_and_clear();
        Self {
            ahead: Ahead {
                lead: Intervals::of(&extractive, &lead),
                lexrank: Intervals::of(&extractive, &lexrank),
            },
            extractive: Scores::of(&extractive),
            lead: Scores::of(&lead),
            lexrank: Scores::of(&lexrank),
            papers: papers.len(),
        }
    }

    fn table(&self) -> String {
        let row = |name: &str, scores: &Scores| {
            format!("{name:<12}{:7.2}   {:7.2}   {:7.2}\n", scores.one, scores.two, scores.longest)
        };
        let ahead = |name: &str, ahead: &Intervals| {
            let interval = |(from, to): (f64, f64)| format!("{from:.2} to {to:.2}");
            let [one, two, longest] = [ahead.one, ahead.two, ahead.longest].map(interval);
            format!("ahead of {name} by {one}, {two}, {longest}\n")
        };
        "F1 in %     ROUGE-1   ROUGE-2   ROUGE-L\n".to_owned()
            + &row("extractive", &self.extractive)
            + &row("lead-1", &self.lead)
            + &row("LexRank", &self.lexrank)
            + &ahead("lead-1", &self.ahead.lead)
            + &ahead("LexRank", &self.ahead.lexrank)
            + &format!("{} papers; intervals of 95 % by bootstrap", self.papers)
    }
}

impl Scores {
    fn of(scores: &[Rouge]) -> Self {
        let mean = |score: fn(&Rouge) -> f64| mean(scores.iter().map(score));
        Self {
            one: mean(|rouge| rouge.one),
            two: mean(|rouge| rouge.two),
            longest: mean(|rouge| rouge.longest),
        }
    }
}

impl Intervals {
    fn of(ours: &[Rouge], theirs: &[Rouge]) -> Self {
        let interval = |score: fn(&Rouge) -> f64| {
            let differences: Vec<f64> = ours.iter().zip(theirs).map(|(a, b)| score(a) - score(b)).collect();
            bootstrap(&differences)
        };
        Self {
            one: interval(|rouge| rouge.one),
            two: interval(|rouge| rouge.two),
            longest: interval(|rouge| rouge.longest),
        }
    }
}

/// Between which means of samples the middle 95 % are (Koehn 2004). The same values give the same interval.
fn bootstrap(values: &[f64]) -> (f64, f64) {
    let mut dice = StdRng::seed_from_u64(0);
    let mut means: Vec<f64> = (0..SAMPLES)
        .map(|_| mean(values.iter().map(|_| values[dice.random_range(0..values.len())])))
        .collect();
    means.sort_unstable_by(f64::total_cmp);
    (means[SAMPLES / 40], means[SAMPLES - 1 - SAMPLES / 40])
}

/// The mean in hundredths, to a hundredth of one.
fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    (values.sum::<f64>() / count * 10_000.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_intervals_are_hundredths() {
        assert_eq!(mean([0.123_456, 0.123_456].into_iter()), 12.35);
        assert_eq!(bootstrap(&[0.25; 9]), (25.0, 25.0));
        let (from, to) = bootstrap(&[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        assert!(0.0 < from && from < 50.0 && 50.0 < to && to < 100.0, "{from} to {to}");
    }

    #[test]
    fn the_three_are_scored_on_the_same_sentences() {
        let line = r#"{"title": "Granite wheels", "target": "We propose granite wheels.",
            "source": ["Wheels are old.", "Old wheels are wood.", "We propose granite wheels."]}"#;
        let papers: Vec<Line> = vec![serde_json::from_str(line).expect("a line")];
        let report = Report::of(&papers);
        assert_eq!((report.extractive.one, report.lead.one, report.papers), (100.0, 28.57, 1));
        assert_eq!(report.ahead.lead.one, (71.43, 71.43));
    }
}
