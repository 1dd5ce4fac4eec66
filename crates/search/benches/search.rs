//! `./just bench search`: what indexing and searching cost beside the bare engine, at 10 000, all and a million papers.
//!
//! The papers are made up, or those of a file of JSON Lines that `INKSTONE_BENCH_PAPERS` names (`id`, `title`, `authors`,
//! `abstract`, `categories`, `venue`, `date`); a million are these again with their words shuffled. The bare engine holds
//! the same stems in two fields, body and title, and the same columns; it is asked for the same words in both fields, all
//! of them required (any of 25), for the first twenty documents and how many there are. Ours finds the same words among
//! authors and as they are written too, and puts whole titles first. Times are means over many queries in one thread, ours and the
//! engine's in turns; the last column is ours beside the engine's in the same run.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    collections::HashMap,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use chrono::{Datelike as _, NaiveDate};
use content::{DocId, Kind};
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use search::{Document, Facet, Filters, Index, Narrow, Query, Request, Sort, Update};
use tantivy::{
    Order, Searcher, TantivyDocument, Term,
    aggregation::{AggregationCollector, agg_req::Aggregations},
    collector::{Count, TopDocs},
    query::{BooleanQuery, BoostQuery, Occur, Query as EngineQuery, TermQuery},
    schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
};

/// Documents of the smallest and the greatest table.
const SMALL: usize = 10_000;
const GREAT: usize = 1_000_000;
/// Papers that are made up where there is no file.
const MADE_UP: usize = 50_000;
/// Queries of each line.
const QUERIES: usize = 300;
/// Rounds of each line; the quickest counts.
const ROUNDS: usize = 4;
/// Results on a page.
const PAGE: usize = 20;
/// Documents that are handed over together.
const BATCH: usize = 1000;

fn main() {
    let papers = papers();
    println!("{} papers", papers.len());
    for size in [SMALL, papers.len(), GREAT] {
        table(&papers, size);
    }
}

fn table(papers: &[Document], size: usize) {
    println!("\n{size} papers                        engine      ours   ratio");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let index = Index::open(&folder.path().join("ours")).expect("an index");
    let engine = Engine::new(&folder.path().join("engine"));
    fill(papers, size, &index, &engine);
    index.close().expect("merged");
    let searcher = engine.index.reader().expect("a reader").searcher();
    let mut dice = StdRng::seed_from_u64(7);
    for words in 1..=3 {
        let queries: Vec<_> = (0..QUERIES).map(|_| some_words(papers, words, &mut dice)).collect();
        let name = format!("{words} word{}", if words == 1 { "" } else { "s" });
        line(&name, &queries, |words| engine.best(&searcher, words), |words| ask(&index, words, |_| ()));
        if words == 2 {
            line(
                "  with facets",
                &queries,
                |words| engine.facets(&searcher, words),
                |words| {
                    ask(&index, words, |request| request.facets = &Facet::ALL);
                },
            );
            let mut filters = Filters::default();
            filters.choose(Facet::Category, CATEGORY);
            line(
                "  of one category",
                &queries,
                |words| engine.filtered(&searcher, words),
                |words| {
                    let query = Query::parse(&words.join(" "));
                    let request = Request { filters: &filters, widen: false, ..Request::of(&query, PAGE) };
                    index.search(&request).expect("searched");
                },
            );
            line(
                "  newest first",
                &queries,
                |words| engine.newest(&searcher, words),
                |words| {
                    ask(&index, words, |request| request.sort = Sort::Newest);
                },
            );
        }
    }
    let queries: Vec<_> = (0..QUERIES).map(|_| words_of_one(papers, 25, &mut dice)).collect();
    line(
        "25 words, any of them",
        &queries,
        |words| engine.any(&searcher, words),
        |words| ask(&index, words, |_| ()),
    );
    let sources: Vec<_> =
        (0..QUERIES).map(|_| papers[dice.random_range(0..papers.len().min(size))].clone()).collect();
    line(
        "related, 40 terms",
        &sources,
        |paper| engine.related(&searcher, paper, 40),
        |paper| {
            index.related(paper, &Narrow::default(), 10).expect("searched");
        },
    );
}

fn ask(index: &Index, words: &[String], change: impl Fn(&mut Request<'_>)) {
    let query = Query::parse(&words.join(" "));
    let mut request = Request { widen: false, ..Request::of(&query, PAGE) };
    change(&mut request);
    index.search(&request).expect("searched");
}

/// Prints the mean times of both over the same queries, the least of a few rounds in turns.
fn line<T>(name: &str, queries: &[T], engine: impl Fn(&T), ours: impl Fn(&T)) {
    let mut times = [Duration::MAX; 2];
    for _ in 0..ROUNDS {
        times[0] = times[0].min(timed(|| queries.iter().for_each(&engine)));
        times[1] = times[1].min(timed(|| queries.iter().for_each(&ours)));
    }
    let [engine, ours] = times.map(|time| time.as_secs_f64() * 1e3 / queries.len() as f64);
    println!("{name:<32} {engine:>7.3} ms {ours:>7.3} ms  {:>5.2}", ours / engine);
}

/// The time that this thread's processor spent on it: other processes do not count.
fn timed(work: impl FnOnce()) -> Duration {
    let before = processor_time();
    work();
    processor_time() - before
}

fn processor_time() -> Duration {
    // The count is brought up to date when the scheduler is called.
    std::thread::yield_now();
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = counted.split(' ').next().and_then(|number| number.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Fills both, and prints how quickly.
fn fill(papers: &[Document], size: usize, index: &Index, engine: &Engine) {
    let mut dice = StdRng::seed_from_u64(1);
    let mut writer = engine.index.writer_with_num_threads(2, 96 << 20).expect("a writer");
    let mut times = [Duration::ZERO; 2];
    let mut done = 0;
    while done < size {
        let batch: Vec<_> =
            (done..size.min(done + BATCH)).map(|number| paper(papers, number, &mut dice)).collect();
        done += batch.len();
        let made: Vec<_> = batch.iter().map(|paper| engine.document(paper)).collect();
        times[0] += elapsed(|| {
            made.into_iter().for_each(|made| {
                writer.add_document(made).expect("added");
            })
        });
        times[1] += elapsed(|| index.apply(batch.into_iter().map(Update::Put).collect()).expect("applied"));
    }
    times[0] += elapsed(|| {
        writer.commit().expect("committed");
    });
    times[1] += elapsed(|| index.commit(1).expect("committed"));
    let [engine, ours] = times.map(|time| size as f64 / time.as_secs_f64());
    println!("{:<32} {engine:>7.0} /s {ours:>7.0} /s  {:>5.2}", "indexing, two threads", engine / ours);
}

fn elapsed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

/// A paper under a number of its own; beyond the first round, with its words in another order.
fn paper(papers: &[Document], number: usize, dice: &mut StdRng) -> Document {
    let mut paper = papers[number % papers.len()].clone();
    paper.id.id = number as i64 + 1;
    if number >= papers.len() {
        paper.title = shuffled(&paper.title, dice);
        paper.body = shuffled(&paper.body, dice);
        paper.identifiers = vec![format!("copy.{number}")];
    }
    paper
}

fn shuffled(text: &str, dice: &mut StdRng) -> String {
    let mut words: Vec<_> = text.split(' ').collect();
    words.shuffle(dice);
    words.join(" ")
}

/// Some words of one paper that are not common.
fn some_words(papers: &[Document], number: usize, dice: &mut StdRng) -> Vec<String> {
    loop {
        let paper = &papers[dice.random_range(0..papers.len().min(SMALL))];
        let mut words: Vec<_> = paper.title.split(' ').filter(|word| is_plain(word)).collect();
        words.shuffle(dice);
        if words.len() >= number {
            return words[..number].iter().map(|word| word.to_lowercase()).collect();
        }
    }
}

/// The first words of a paper's body that are not common.
fn words_of_one(papers: &[Document], number: usize, dice: &mut StdRng) -> Vec<String> {
    loop {
        let paper = &papers[dice.random_range(0..papers.len().min(SMALL))];
        let words = paper.body.split(' ').filter(|word| is_plain(word)).take(number);
        let words: Vec<_> = words.map(str::to_lowercase).collect();
        if words.len() == number {
            return words;
        }
    }
}

fn is_plain(word: &str) -> bool {
    word.len() > 2
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !words::is_common(&word.to_lowercase())
}

const CATEGORY: &str = "cs.LG";

/// The bare engine.
struct Engine {
    index: tantivy::Index,
    title: Field,
    body: Field,
    category: Field,
    columns: HashMap<&'static str, Field>,
    date: Field,
}

impl Engine {
    fn new(folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("a folder");
        let mut schema = Schema::builder();
        let terms = TextFieldIndexing::default()
            .set_tokenizer("whitespace")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = TextOptions::default().set_indexing_options(terms);
        let (title, body) =
            (schema.add_text_field("title", text.clone()), schema.add_text_field("body", text));
        let names = ["kind", "source", "venue", "year", "lang", "answered"];
        let columns = names.map(|name| (name, schema.add_text_field(name, STRING.set_fast("raw")))).into();
        let category = schema.add_text_field("cat", STRING.set_fast("raw"));
        let date = schema.add_i64_field("date", FAST);
        let index = tantivy::Index::create_in_dir(folder, schema.build()).expect("an index");
        Self { index, title, body, category, columns, date }
    }

    fn document(&self, paper: &Document) -> TantivyDocument {
        let mut made = TantivyDocument::default();
        made.add_text(self.title, stems(&paper.title).join(" "));
        made.add_text(self.body, stems(&paper.body).join(" "));
        paper.categories.iter().for_each(|category| made.add_text(self.category, category));
        let year = paper.year.map(|year| year.to_string());
        let values = [
            ("kind", Some("paper")),
            ("source", paper.source.as_deref()),
            ("venue", paper.venue.as_deref()),
            ("year", year.as_deref()),
            ("lang", Some("en")),
            ("answered", None),
        ];
        values.iter().for_each(|(name, value)| made.add_text(self.columns[name], value.unwrap_or_default()));
        made.add_i64(self.date, paper.date.map_or(0, |date| i64::from(date.to_epoch_days())));
        made
    }

    fn all(&self, words: &[String]) -> Vec<(Occur, Box<dyn EngineQuery>)> {
        let stems = words.iter().flat_map(|word| stems(word));
        stems
            .map(|stem| {
                (Occur::Must, Box::new(BooleanQuery::new(self.either(&stem, 1.0))) as Box<dyn EngineQuery>)
            })
            .collect()
    }

    fn any(&self, searcher: &Searcher, words: &[String]) {
        let query = BooleanQuery::new(
            words.iter().flat_map(|word| stems(word)).flat_map(|stem| self.either(&stem, 1.0)).collect(),
        );
        searcher.search(&query, &(TopDocs::with_limit(PAGE).order_by_score(), Count)).expect("searched");
    }

    fn either(&self, stem: &str, weight: f32) -> Vec<(Occur, Box<dyn EngineQuery>)> {
        [(self.body, weight), (self.title, 0.5 * weight)]
            .map(|(field, weight)| {
                let term = TermQuery::new(Term::from_field_text(field, stem), IndexRecordOption::WithFreqs);
                (Occur::Should, Box::new(BoostQuery::new(Box::new(term), weight)) as Box<dyn EngineQuery>)
            })
            .into()
    }

    fn best(&self, searcher: &Searcher, words: &[String]) {
        let query = BooleanQuery::new(self.all(words));
        searcher.search(&query, &(TopDocs::with_limit(PAGE).order_by_score(), Count)).expect("searched");
    }

    fn facets(&self, searcher: &Searcher, words: &[String]) {
        let terms = |name: &str| format!(r#""{name}":{{"terms":{{"field":"{name}","size":1000}}}}"#);
        let names = ["kind", "source", "cat", "venue", "year", "lang", "answered"].map(terms).join(",");
        let wanted: Aggregations = serde_json::from_str(&format!("{{{names}}}")).expect("aggregations");
        let counting = AggregationCollector::from_aggs(wanted, Default::default());
        let query = BooleanQuery::new(self.all(words));
        searcher.search(&query, &(TopDocs::with_limit(PAGE).order_by_score(), counting)).expect("searched");
    }

    fn filtered(&self, searcher: &Searcher, words: &[String]) {
        let mut clauses = self.all(words);
        let term = TermQuery::new(Term::from_field_text(self.category, CATEGORY), IndexRecordOption::Basic);
        clauses.push((Occur::Must, Box::new(BoostQuery::new(Box::new(term), 0.0))));
        let query = BooleanQuery::new(clauses);
        searcher.search(&query, &(TopDocs::with_limit(PAGE).order_by_score(), Count)).expect("searched");
    }

    fn newest(&self, searcher: &Searcher, words: &[String]) {
        let query = BooleanQuery::new(self.all(words));
        let newest = TopDocs::with_limit(PAGE).order_by_fast_field::<i64>("date", Order::Desc);
        searcher.search(&query, &(newest, Count)).expect("searched");
    }

    /// The terms of a paper that tell most, as many, in both fields, without pruning.
    fn related(&self, searcher: &Searcher, paper: &Document, number: usize) {
        let mut counts: HashMap<String, f32> = HashMap::new();
        stems(&paper.title).into_iter().for_each(|stem| *counts.entry(stem).or_default() += 3.0);
        stems(&paper.body).into_iter().for_each(|stem| *counts.entry(stem).or_default() += 1.0);
        let all = searcher.num_docs() as f32;
        let worth = |stem: &String, count: f32| {
            let term = Term::from_field_text(self.body, stem);
            count * (1.0 + all / (1.0 + searcher.doc_freq(&term).expect("counted") as f32)).ln()
        };
        let mut telling: Vec<_> =
            counts.into_iter().map(|(stem, count)| (worth(&stem, count), stem, count)).collect();
        telling.sort_by(|a, b| b.0.total_cmp(&a.0));
        telling.truncate(number);
        let query = BooleanQuery::new(
            telling.iter().flat_map(|(_, stem, count)| self.either(stem, *count)).collect(),
        );
        searcher.search(&query, &(TopDocs::with_limit(10).order_by_score(), Count)).expect("searched");
    }
}

/// The stems of a text, without those of common words.
fn stems(text: &str) -> Vec<String> {
    let plain = words::words(text).into_iter().filter(|word| matches!(word.shape, words::Shape::Plain));
    plain.filter(|word| !words::is_common(word.exact())).map(|word| word.text).collect()
}

fn papers() -> Vec<Document> {
    match std::env::var_os("INKSTONE_BENCH_PAPERS") {
        Some(file) => read(Path::new(&file)),
        None => made_up(),
    }
}

fn read(file: &Path) -> Vec<Document> {
    let bytes = match file.extension().is_some_and(|end| end == "xz") {
        true => Command::new("xz").arg("-dc").arg(file).output().expect("xz runs").stdout,
        false => std::fs::read(file).expect("the file of papers can be read"),
    };
    let lines = String::from_utf8(bytes).expect("text");
    lines.lines().enumerate().map(|(number, line)| record(number, line)).collect()
}

fn record(number: usize, line: &str) -> Document {
    let line: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
    let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let texts = |name: &str| {
        let values = line[name].as_array().into_iter().flatten();
        values.filter_map(|value| value.as_str()).map(str::to_owned).collect::<Vec<_>>()
    };
    let date: Option<NaiveDate> = text("date").parse().ok();
    Document {
        id: DocId { kind: Kind::Paper, id: number as i64 + 1 },
        title: text("title"),
        body: text("abstract"),
        authors: texts("authors"),
        source: Some(text("source")),
        categories: texts("categories"),
        venue: Some(text("venue").split(' ').next().unwrap_or_default().to_owned())
            .filter(|venue| !venue.is_empty()),
        year: date.map(|date| date.year()),
        date,
        identifiers: vec![text("id")],
        ..Document::default()
    }
}

/// Papers whose words are as frequent as those of a language: the n-th one n times rarer than the first.
fn made_up() -> Vec<Document> {
    let mut dice = StdRng::seed_from_u64(3);
    (0..MADE_UP).map(|number| made_up_paper(number, &mut dice)).collect()
}

fn made_up_paper(number: usize, dice: &mut StdRng) -> Document {
    let date = NaiveDate::from_ymd_opt(
        2020 + (number % 6) as i32,
        1 + (number % 12) as u32,
        1 + (number % 28) as u32,
    );
    let title = (0..8).map(|_| word(dice)).collect::<Vec<_>>().join(" ");
    let body = (0..180).map(|_| word(dice)).collect::<Vec<_>>().join(" ");
    Document {
        id: DocId { kind: Kind::Paper, id: number as i64 + 1 },
        title,
        body,
        authors: (0..4).map(|_| format!("{} {}", word(dice), word(dice))).collect(),
        source: Some(["arxiv", "acl", "openreview"][number % 3].into()),
        categories: vec![["cs.LG", "cs.CL", "math.OC", "hep-th"][number % 4].into()],
        venue: (number.is_multiple_of(2)).then(|| format!("V{}", number % 37)),
        year: date.map(|date| date.year()),
        date,
        identifiers: vec![format!("{:04}.{:05}", 2001 + number % 12, number)],
        ..Document::default()
    }
}

fn word(dice: &mut StdRng) -> String {
    const WORDS: f64 = 200_000.0;
    let mut rank = WORDS.powf(dice.random::<f64>()) as u32;
    let mut word = String::from("w");
    while rank > 0 {
        word.push(char::from(b'a' + (rank % 26) as u8));
        rank /= 26;
    }
    word
}
