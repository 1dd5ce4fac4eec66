//! How well results are ordered, measured on a collection in the form of BEIR
//! (Thakur et al. 2021): `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv`.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, ensure};
use clap::Args;
use content::{DocId, Kind, Language};
use search::{Document, Index, Narrow, Query, Request, Update};
use serde::{Deserialize, Serialize};

use super::{
    super::{print, progress},
    lines,
};

/// Results that count for nDCG and MRR.
const SHOWN: usize = 10;
/// Results that count for recall.
const REACHED: usize = 100;

/// A collection, and how to print what it shows.
#[derive(Args)]
pub(in crate::commands) struct Measured {
    /// The folder of the collection.
    folder: PathBuf,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Means over all queries that have relevant documents.
#[derive(Debug, Default, Serialize)]
struct Measures {
    #[serde(rename = "ndcg@10")]
    ndcg: f64,
    #[serde(rename = "recall@100")]
    recall: f64,
    #[serde(rename = "mrr@10")]
    mrr: f64,
    queries_per_second: f64,
    queries: usize,
    documents: usize,
}

/// A line of `corpus.jsonl` or `queries.jsonl`.
#[derive(Deserialize)]
struct Line {
    _id: String,
    #[serde(default)]
    title: String,
    text: String,
}

/// How relevant each document is to a query; 0 is not at all.
type Judged = HashMap<String, u32>;

/// Measures search.
pub(super) fn search(asked: &Measured) -> anyhow::Result<()> {
    measured(asked, |_, index, query| {
        let hits = index.search(&Request::of(&Query::parse(&query.text), REACHED))?.hits;
        Ok(hits.iter().map(|hit| hit.id.id).collect())
    })
}

/// Measures related documents.
pub(super) fn related(asked: &Measured) -> anyhow::Result<()> {
    measured(asked, |collection, index, query| {
        let document = collection.document_of(query);
        let near = index.related(&document, &Narrow::default(), REACHED)?;
        Ok(near.papers.iter().map(|near| near.id.id).collect())
    })
}

/// Builds an index of the collection in a temporary folder, and asks it all queries.
fn measured(
    asked: &Measured,
    found: impl Fn(&Collection, &Index, &Line) -> anyhow::Result<Vec<i64>>,
) -> anyhow::Result<()> {
    let collection = Collection::read(&asked.folder)?;
    let folder = tempfile::tempdir().context("a temporary folder")?;
    let index = Index::open(folder.path())?;
    collection.fill(&index)?;
    let measures = collection.measure(|query| found(&collection, &index, query))?;
    print(if asked.json { serde_json::to_string(&measures)? } else { measures.table() })
}

struct Collection {
    documents: Vec<Line>,
    queries: Vec<Line>,
    judged: HashMap<String, Judged>,
}

impl Collection {
    fn read(folder: &Path) -> anyhow::Result<Self> {
        let documents = lines(&folder.join("corpus.jsonl"))?;
        let mut queries: Vec<Line> = lines(&folder.join("queries.jsonl"))?;
        let judged = judgements(&folder.join("qrels/test.tsv"))?;
        queries.retain(|query| {
            judged.get(&query._id).is_some_and(|judged| judged.values().any(|relevance| *relevance > 0))
        });
        ensure!(!queries.is_empty(), "{}: no query has a relevant document", folder.display());
        Ok(Self { documents, queries, judged })
    }

    fn fill(&self, index: &Index) -> anyhow::Result<()> {
        let bar = progress::counting("indexing", Some(self.documents.len() as u64));
        for piece in (0..self.documents.len()).collect::<Vec<_>>().chunks(1000) {
            index.apply(piece.iter().map(|number| Update::Put(self.document(*number))).collect())?;
            bar.inc(piece.len() as u64);
        }
        index.commit(1)?;
        index.close()?;
        bar.finish_and_clear();
        Ok(())
    }

    /// A document under its place in the corpus.
    fn document(&self, number: usize) -> Document {
        let line = &self.documents[number];
        Document {
            id: DocId { kind: Kind::Paper, id: number as i64 },
            title: line.title.clone(),
            body: line.text.clone(),
            language: Language::of(&line.title),
            ..Document::default()
        }
    }

    /// The document that a query names, else the query's own text as one that is not in the index.
    fn document_of(&self, query: &Line) -> Document {
        match self.documents.iter().position(|document| document._id == query._id) {
            Some(number) => self.document(number),
            None => Document {
                id: DocId { kind: Kind::Paper, id: self.documents.len() as i64 },
                title: query.title.clone(),
                body: query.text.clone(),
                ..Document::default()
            },
        }
    }

    /// Asks every query; `found` gives places in the corpus, the best first.
    fn measure(&self, found: impl Fn(&Line) -> anyhow::Result<Vec<i64>>) -> anyhow::Result<Measures> {
        let bar = progress::counting("asking", Some(self.queries.len() as u64));
        let mut sum = Measures::default();
        let mut seconds = 0.0;
        for query in &self.queries {
            let started = Instant::now();
            let ranked = found(query)?;
            seconds += started.elapsed().as_secs_f64();
            let judged = &self.judged[&query._id];
            let relevance =
                |place: &i64| judged.get(&self.documents[*place as usize]._id).copied().unwrap_or(0);
            sum.add(&ranked.iter().map(relevance).collect::<Vec<_>>(), judged);
            bar.inc(1);
        }
        bar.finish_and_clear();
        let queries = self.queries.len();
        let mean = |sum: f64| sum / queries as f64;
        Ok(Measures {
            ndcg: mean(sum.ndcg),
            recall: mean(sum.recall),
            mrr: mean(sum.mrr),
            queries_per_second: queries as f64 / seconds.max(1e-9),
            queries,
            documents: self.documents.len(),
        })
    }
}

impl Measures {
    /// Adds the measures of one query, whose results have these relevances.
    fn add(&mut self, ranked: &[u32], judged: &Judged) {
        let mut ideal: Vec<u32> = judged.values().copied().filter(|relevance| *relevance > 0).collect();
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let reached = ranked.iter().take(REACHED).filter(|relevance| **relevance > 0).count();
        let first = ranked.iter().take(SHOWN).position(|relevance| *relevance > 0);
        self.ndcg += gain(ranked) / gain(&ideal);
        self.recall += reached as f64 / ideal.len() as f64;
        self.mrr += first.map_or(0.0, |place| 1.0 / (place + 1) as f64);
    }

    fn table(&self) -> String {
        let Self { ndcg, recall, mrr, queries_per_second, queries, documents } = self;
        format!(
            "nDCG@10     {ndcg:.4}\nrecall@100  {recall:.4}\nMRR@10      {mrr:.4}\n\
             {queries_per_second:.0} queries/s, {queries} queries, {documents} documents"
        )
    }
}

/// Discounted cumulative gain of the first ten, as trec_eval counts it.
fn gain(relevances: &[u32]) -> f64 {
    let gains = relevances.iter().take(SHOWN).enumerate();
    gains.map(|(place, relevance)| f64::from(*relevance) / ((place + 2) as f64).log2()).sum()
}

/// Query, document and relevance, with tabs between; the first line names the columns.
fn judgements(path: &Path) -> anyhow::Result<HashMap<String, Judged>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut judged: HashMap<String, Judged> = HashMap::new();
    for (number, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let mut fields = line.split('\t').map(str::trim);
        let row = (fields.next(), fields.next(), fields.next().and_then(|field| field.parse().ok()));
        let (Some(query), Some(document), Some(relevance)) = row else {
            anyhow::bail!("{}, line {}: not query, document and a number", path.display(), number + 1);
        };
        judged.entry(query.to_owned()).or_default().insert(document.to_owned(), relevance);
    }
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relevances of the results, relevances of all judged documents, and nDCG, recall and MRR by hand.
    fn check(ranked: &[u32], judged: &[u32], expected: [f64; 3]) {
        let judged = judged.iter().enumerate().map(|(n, relevance)| (n.to_string(), *relevance)).collect();
        let mut sum = Measures::default();
        sum.add(ranked, &judged);
        let found = [sum.ndcg, sum.recall, sum.mrr];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4), "{ranked:?}: {found:?}");
    }

    #[test]
    fn measures_are_those_of_trec_eval() {
        check(&[1, 0, 0], &[1], [1.0, 1.0, 1.0]);
        check(&[0, 1, 0], &[1, 0], [0.6309, 1.0, 0.5]);
        check(&[0, 0], &[1], [0.0, 0.0, 0.0]);
        check(&[1, 0, 2], &[2, 1], [0.7602, 1.0, 1.0]);
        check(&[&[0; 10][..], &[1]].concat(), &[1, 1], [0.0, 0.5, 0.0]);
    }
}
