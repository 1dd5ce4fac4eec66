//! The index follows the change log of storage; this is the only way anything gets into it.

use std::{
    collections::{BTreeSet, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::Datelike as _;
use content::{AnswerId, Comment, CommentId, DocId, Kind, Language, Paper, PaperId, Post, PostId};
use render::{Format, Trust};
use search::{Document, Index, Update};
use storage::{
    Database,
    answers::{self, Finished},
    changes, comments, papers, posts,
};
use tokio::task::JoinHandle;

use crate::{
    errors::Chain,
    posts::{body_of, numbered},
};

/// Documents that are loaded and handed to the index together.
const BATCH: u64 = 1000;
/// The most documents between two commits while the index catches up; a commit costs a flush to disk. The first ones
/// come sooner, so that something is found soon.
const COMMIT_EVERY: u64 = 20_000;
/// How often the log is asked for news.
const INTERVAL: Duration = Duration::from_millis(500);
/// How long to wait after a failure (a full disk) before the next attempt.
const PAUSE: Duration = Duration::from_secs(2);

/// Why the index could not follow.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The log or a document could not be read.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The index refused a change or a commit.
    #[error(transparent)]
    Search(#[from] search::Error),
    /// The task that feeds the index went away.
    #[error("indexing task: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Whether the index can follow the log, for whoever watches the process.
#[derive(Debug, Clone, Default)]
pub(crate) struct Health(Arc<AtomicBool>);

impl Health {
    /// Whether the last attempt failed.
    pub(crate) fn is_stuck(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Notes how an attempt ended, and logs what is new about that.
    fn note(&self, attempt: &Result<u64, Error>) {
        let was_stuck = self.0.swap(attempt.is_err(), Ordering::Relaxed);
        match attempt {
            Err(error) if !was_stuck => {
                tracing::error!(error = %Chain(error), "the index cannot follow the change log, and tries again");
            }
            Ok(_) if was_stuck => tracing::info!("the index follows the change log again"),
            _ => {}
        }
    }
}

/// Follows the log for as long as the process runs, and builds the index anew beside that when somebody
/// asks for it. What fails is logged and tried again.
pub(crate) async fn follow(db: Database, index: Arc<Index>, health: Health) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut rebuilding: Option<JoinHandle<()>> = None;
    let mut complete = false;
    loop {
        ticks.tick().await;
        let attempt = catch_up(&db, &index, |_| ()).await;
        health.note(&attempt);
        match attempt {
            Err(_) => ticks.reset_after(PAUSE),
            Ok(_) if !complete => {
                complete = true;
                index.remove_older_versions();
            }
            Ok(_) => {}
        }
        let idle = rebuilding.as_ref().is_none_or(JoinHandle::is_finished);
        if idle && index.rebuild_wanted() {
            rebuilding = Some(tokio::spawn(rebuild_as_asked(db.clone(), index.clone())));
        }
    }
}

async fn rebuild_as_asked(db: Database, index: Arc<Index>) {
    tracing::info!("the index is being built anew");
    match rebuild(&db, &index, |_| ()).await {
        Ok(documents) => tracing::info!(documents, "the index was built anew"),
        Err(error) => {
            tracing::error!(error = %Chain(&error), "the index could not be built anew; it is tried again");
            // The wish stands. Whatever is wrong should not be asked for all of the documents all the time.
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Brings the index to the end of the log. `progress` gets the number of documents done so far.
///
/// Rows that were trimmed before the index had read them force a [`rebuild`], and so does a log that ends before the
/// index's position: the database is then an older one, put back from a copy.
pub async fn catch_up(
    db: &Database,
    index: &Arc<Index>,
    mut progress: impl FnMut(u64),
) -> Result<u64, Error> {
    let mut position = index.position();
    if position + 1 < changes::first_kept(db).await? || position > changes::last(db).await? {
        return rebuild(db, index, progress).await;
    }
    let (mut done, mut uncommitted) = (0_u64, 0_u64);
    loop {
        let entries = changes::after(db, position, BATCH).await?;
        let Some(last) = entries.last() else { break };
        position = last.sequence;
        let docs: BTreeSet<_> = entries.iter().map(|change| change.doc).collect();
        done += docs.len() as u64;
        uncommitted += docs.len() as u64;
        let loaded = load(db, with_papers(db, docs).await?).await?;
        let index = index.clone();
        let commit = uncommitted >= COMMIT_EVERY.min(done / 2);
        tokio::task::spawn_blocking(move || {
            index.apply(loaded.updates())?;
            if commit { index.commit(position) } else { Ok(()) }
        })
        .await??;
        if commit {
            uncommitted = 0;
        }
        progress(done);
    }
    if uncommitted > 0 {
        let index = index.clone();
        tokio::task::spawn_blocking(move || index.commit(position)).await??;
    }
    Ok(done)
}

/// Builds the index anew from storage beside the one in use, then swaps them.
pub async fn rebuild(db: &Database, index: &Arc<Index>, mut progress: impl FnMut(u64)) -> Result<u64, Error> {
    // Read first: what changes while the documents are read is read again by the next `catch_up`.
    let position = changes::last(db).await?;
    let mut building = Some(index.rebuild()?);
    let (mut after, mut done) = (None, 0);
    loop {
        let docs = changes::all_documents(db, after, BATCH).await?;
        let Some(last) = docs.last() else { break };
        after = Some(*last);
        done += docs.len() as u64;
        let loaded = load(db, docs.into_iter().collect()).await?;
        let mut taken = building.take().expect("put back below");
        let applied = move || taken.apply(loaded.updates()).map(|()| taken);
        building = Some(tokio::task::spawn_blocking(applied).await??);
        progress(done);
    }
    let taken = building.take().expect("put back above");
    tokio::task::spawn_blocking(move || taken.finish(position)).await??;
    Ok(done)
}

/// Documents as storage has them now.
struct Loaded {
    asked: BTreeSet<DocId>,
    papers: Vec<Paper>,
    answered: HashSet<PaperId>,
    posts: Vec<Post>,
    comments: Vec<Comment>,
    answers: Vec<Finished>,
}

/// These documents and the papers that tell whether one of these answers is there.
async fn with_papers(db: &Database, mut docs: BTreeSet<DocId>) -> Result<BTreeSet<DocId>, Error> {
    let answers: Vec<_> = numbers(&docs, Kind::Answer).map(AnswerId).collect();
    let papers = answers::papers_of(db, &answers).await?.into_iter();
    docs.extend(papers.map(|paper| DocId { kind: Kind::Paper, id: paper.0 }));
    Ok(docs)
}

/// A few queries for each kind, however many documents there are.
async fn load(db: &Database, asked: BTreeSet<DocId>) -> Result<Loaded, Error> {
    let papers: Vec<_> = numbers(&asked, Kind::Paper).map(PaperId).collect();
    let posts: Vec<_> = numbers(&asked, Kind::Post).map(PostId).collect();
    let comments: Vec<_> = numbers(&asked, Kind::Comment).map(CommentId).collect();
    let answers: Vec<_> = numbers(&asked, Kind::Answer).map(AnswerId).collect();
    Ok(Loaded {
        papers: papers::by_ids(db, &papers).await?,
        answered: answers::papers_with_answers(db, &papers).await?,
        posts: posts::by_ids(db, &posts).await?,
        comments: comments::by_ids(db, &comments).await?,
        answers: answers::by_ids(db, &answers).await?,
        asked,
    })
}

fn numbers(docs: &BTreeSet<DocId>, kind: Kind) -> impl Iterator<Item = i64> {
    docs.iter().filter(move |doc| doc.kind == kind).map(|doc| doc.id)
}

impl Loaded {
    /// What the index has to do so that it tells the truth about these documents. Takes its time: texts are rendered.
    fn updates(&self) -> Vec<Update> {
        let papers = self.papers.iter();
        let papers = papers.map(|one| Document { answered: self.answered.contains(&one.id), ..paper(one) });
        let said = self.comments.iter().map(comment).chain(self.answers.iter().map(answer));
        let found: Vec<_> = papers.chain(self.posts.iter().map(post)).chain(said).collect();
        let present: BTreeSet<_> = found.iter().map(|document| document.id).collect();
        let gone = self.asked.difference(&present).copied().map(Update::Remove);
        gone.chain(found.into_iter().map(Update::Put)).collect()
    }
}

/// A paper as the index sees it.
pub(crate) fn paper(paper: &Paper) -> Document {
    let record = &paper.shown;
    Document {
        id: DocId { kind: Kind::Paper, id: paper.id.0 },
        title: record.title.clone(),
        body: record.summary.clone(),
        authors: record.authors.clone(),
        categories: record.categories.clone(),
        source: Some(record.key.source.clone()),
        venue: record.venue.as_ref().map(|venue| venue.key.clone()),
        year: Some(record.venue.as_ref().map_or(record.date.year(), |venue| venue.year)),
        date: Some(record.date),
        language: Language::of(&record.title),
        identifiers: std::iter::once(&record.key).chain(&paper.others).map(|key| key.id.clone()).collect(),
        answered: false,
    }
}

/// A post as the index sees it: its rendered plain text, formulas as their TeX. It does not depend on settings, so that
/// no change of the site's macros makes the index wrong.
pub(crate) fn post(post: &Post) -> Document {
    document(post, &body_of(post, &render::Context::default()))
}

/// A post as the index would see it if it were rendered like this.
pub(crate) fn document(post: &Post, rendered: &render::Rendered) -> Document {
    Document {
        id: DocId { kind: Kind::Post, id: post.id.0 },
        title: post.title.clone(),
        body: numbered(&rendered.text, &rendered.labels),
        authors: vec![post.author.clone()],
        categories: post.categories.iter().chain(&post.tags).cloned().collect(),
        year: Some(post.published.year()),
        date: Some(post.published.date_naive()),
        language: post.language,
        ..Document::default()
    }
}

/// A comment as the index sees it: what it says and who said it. The title of its subject is the subject's own, and
/// would make every comment on it answer to its words.
fn comment(comment: &Comment) -> Document {
    Document {
        id: DocId { kind: Kind::Comment, id: comment.id.0 },
        body: plain(&comment.body, Trust::Comment),
        authors: vec![comment.author.clone()],
        year: Some(comment.created.year()),
        date: Some(comment.created.date_naive()),
        language: Language::of(&comment.body),
        ..Document::default()
    }
}

/// An answer as the index sees it: all sections of its newest finished attempt.
fn answer(answer: &Finished) -> Document {
    let attempt = &answer.attempt;
    let ended = attempt.ended.unwrap_or(attempt.started);
    let sections = attempt.sections.iter().map(|section| plain(&section.markdown, Trust::Answer));
    Document {
        id: DocId { kind: Kind::Answer, id: answer.id.0 },
        body: sections.collect::<Vec<_>>().join("\n\n"),
        year: Some(ended.year()),
        date: Some(ended.date_naive()),
        language: answer.key.language,
        ..Document::default()
    }
}

fn plain(markdown: &str, trust: Trust) -> String {
    render::render(markdown, Format::Markdown, trust, &render::Context::default()).text
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use content::{
        AnswerKey, AttemptId, AttemptState, Begun, Cost, Harvested, Progress, Record, RecordKey, Section,
        Subject, Want, Way,
    };
    use search::{Query, Request};
    use storage::answers::Outcome;
    use tempfile::TempDir;

    use super::*;

    /// An empty database and an index that follows it.
    struct Place {
        db: Database,
        index: Arc<Index>,
        _folder: TempDir,
    }

    impl Place {
        async fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let file = folder.path().join("inkstone.db");
            let db = storage::connect(&format!("sqlite:{}", file.display())).await.expect("a database");
            storage::migrate(&db).await.expect("the schema fits");
            let index = Arc::new(Index::open(&folder.path().join("index")).expect("an index"));
            Self { db, index, _folder: folder }
        }

        /// What the index finds, as `kind:number`: the same whether it followed the log or was built anew.
        async fn check(&self, query: &str, expected: &str) {
            catch_up(&self.db, &self.index, |_| ()).await.expect("caught up");
            assert_eq!(self.found(query), expected, "{query}, from the log");
            rebuild(&self.db, &self.index, |_| ()).await.expect("built");
            assert_eq!(self.found(query), expected, "{query}, built anew");
        }

        fn found(&self, query: &str) -> String {
            let results = self.index.search(&Request::of(&Query::parse(query), 9)).expect("searched");
            let mut ids: Vec<_> = results.hits.iter().map(|hit| hit.id.to_string()).collect();
            ids.sort();
            ids.join(" ")
        }

        async fn say(&self, body: &str) {
            let draft = comments::Draft {
                mail: Some("vera@example.org".into()),
                ..comments::Draft::new(Subject::Paper(PaperId(1)), "Vera Rubin", body, moment())
            };
            comments::save(&self.db, &draft).await.expect("saved");
        }

        async fn attempt(&self) -> AttemptId {
            match answers::begin(&self.db, &key(), Want::Again).await.expect("begun") {
                Begun::New(attempt) => attempt,
                other => panic!("{other:?}"),
            }
        }

        async fn end(&self, attempt: AttemptId, state: AttemptState, texts: [&str; 2]) {
            let sections = texts.map(|text| Section { markdown: text.into() }).into();
            let outcome =
                Outcome { state, model: None, tokens: None, fault: None, cost: Default::default(), sections };
            answers::end(&self.db, attempt, &outcome).await.expect("ended");
        }
    }

    fn moment() -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000, 0).expect("a moment")
    }

    fn key() -> AnswerKey {
        AnswerKey {
            paper: PaperId(1),
            record_version: "v1".into(),
            text_source: "abstract".into(),
            extractor: "none".into(),
            language: Language::En,
            model: "m".into(),
            question_set: "six@1".into(),
        }
    }

    async fn with_paper() -> Place {
        let place = Place::new().await;
        let key = RecordKey { source: "arxiv".into(), id: "2401.00001".into(), version: "v1".into() };
        let record = Record {
            authors: vec!["Ada Lovelace".into()],
            summary: "Curves are flat.".into(),
            categories: vec!["astro-ph.GA".into()],
            ..Record::new(key, "Rotation of galaxies".into(), moment().date_naive())
        };
        papers::save(&place.db, &[Harvested { record, raw: String::new(), way: Way::Source }])
            .await
            .expect("saved");
        place
    }

    /// A database that was put back from an older copy, and has gone another way since.
    #[tokio::test]
    async fn an_index_that_is_ahead_is_built_anew() {
        let place = with_paper().await;
        place.index.commit(1000).expect("committed");
        place.check("galaxies", "paper:1").await;
        assert_eq!(place.index.position(), changes::last(&place.db).await.expect("a position"));
    }

    #[tokio::test]
    async fn comments_are_found_by_what_they_say_and_who_said_it() {
        let place = with_paper().await;
        place.say("**Halo** masses, see [this](https://example.org/hidden) and $v_c$").await;
        place.check("halo masses", "comment:1").await;
        place.check("rubin", "comment:1").await;
        place.check("hidden", "").await;
        place.check("example", "").await;
        place.check("galaxies", "paper:1").await;
    }

    #[tokio::test]
    async fn answers_are_found_once_they_are_finished() {
        let place = with_paper().await;
        let first = place.attempt().await;
        let sections = vec![Section { markdown: "# Darkness\n\nhalf".into() }];
        let half = Progress { attempt: first, sections, model: None, cost: Cost::default() };
        answers::checkpoint(&place.db, &[half]).await.expect("saved");
        place.check("darkness", "").await;
        place.end(first, AttemptState::Done, ["# Darkness", "is *everywhere*"]).await;
        place.check("darkness", "answer:1").await;
        place.check("everywhere", "answer:1").await;
        let failed = place.attempt().await;
        place.end(failed, AttemptState::Failed, ["unfinished", ""]).await;
        place.check("unfinished", "").await;
        place.check("darkness", "answer:1").await;
        let second = place.attempt().await;
        place.end(second, AttemptState::Done, ["Light", ""]).await;
        place.check("darkness", "").await;
        place.check("light", "answer:1").await;
    }

    #[tokio::test]
    async fn an_answer_changes_its_paper_too() {
        let place = with_paper().await;
        let attempt = place.attempt().await;
        place.end(attempt, AttemptState::Done, ["Darkness", ""]).await;
        let answer = DocId { kind: Kind::Answer, id: 1 };
        let docs = with_papers(&place.db, [answer].into()).await.expect("docs");
        let updates = load(&place.db, docs).await.expect("loaded").updates();
        let answered = |update: &Update| matches!(update, Update::Put(document) if document.answered);
        assert_eq!(updates.iter().map(answered).collect::<Vec<_>>(), [true, false], "{updates:?}");
    }
}
