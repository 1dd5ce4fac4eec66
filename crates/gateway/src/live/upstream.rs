use std::{sync::Arc, time::Duration};

use content::{AttemptId, FullText, Paper};
use futures::{StreamExt, stream::BoxStream};
use render::{Context, Patch};
use runs::{Job, Stage, Step, Upstream};
use storage::{Database, answers, papers, texts as kept};
use summarizer::{Assignment, Fault, Piece};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{meter::Meter, snapshot::renderer, summarizers::Summarizers};
use crate::{
    config::Config,
    errors::Chain,
    faults,
    metrics::Metrics,
    questions::Questions,
    texts::{self, Found, Texts},
};

/// What the renderer keeps until more has come is shown after so long, as far as it is safe.
const LATEST: Duration = Duration::from_millis(25);
/// So much longer than it took the last time is waited, so that a long paragraph costs no more than a share of the time.
const SHARE: u32 = 20;
/// Thoughts are told in pieces, so far apart: they come word by word, and nobody reads them so closely.
const THOUGHT: Duration = Duration::from_millis(250);

/// Reads a stored paper, and renders the answer while it arrives.
pub(super) struct Readings {
    pub(super) db: Database,
    pub(super) config: Arc<Config>,
    pub(super) texts: Texts,
    pub(super) summarizers: Summarizers,
    pub(super) questions: Arc<Questions>,
    pub(super) metrics: Metrics,
}

impl Upstream for Readings {
    fn read(&self, job: Job) -> BoxStream<'static, Step> {
        let (db, config, kept) = (self.db.clone(), self.config.clone(), self.texts.clone());
        let (summarizers, questions) = (self.summarizers.from(&job.key.model), self.questions.clone());
        let meter = Meter::new(self.summarizers.clone(), self.metrics.clone());
        async_stream::stream! {
            yield Step::Stage(Stage::Fetching);
            let (pages, mut at) = watch::channel(None);
            let fetching = fetch(&db, &kept, &job, pages);
            let mut fetching = std::pin::pin!(fetching);
            let mut stopped = job.stop.clone();
            let found = loop {
                tokio::select! {
                    biased;
                    // Whoever tells of pages goes before the text comes.
                    Ok(()) = at.changed() => {
                        let page = *at.borrow_and_update();
                        yield Step::Stage(Stage::Reading { page });
                    }
                    () = stopped.requested() => return,
                    found = &mut fetching => break found,
                }
            };
            let (paper, text, notes) = match found {
                Ok(found) => found,
                Err(code) => {
                    yield Step::Fault { code: code.into() };
                    return;
                }
            };
            for code in notes {
                yield Step::Note(code);
            }
            let Some(summarizers) = summarizers else {
                yield Step::Fault { code: "no_model".into() };
                return;
            };
            let asked = Assignment::new(&paper.shown, &text, questions.of(&job.key), job.key.language);
            let asked = Assignment { calls: config.readings.calls, received: &job.received, ..asked };
            let pieces = summarizer::read(&summarizers, &asked);
            let mut stop = job.stop.clone();
            // On a stop the reader is dropped here, and what was held back is still shown below.
            let pieces = pieces.take_until(async move { stop.requested().await });
            let pieces = summarizer::keeping(&job.received.sections, pieces);
            let context = match texts::context(&db, &config, &paper).await {
                Ok(context) => context,
                Err(error) => {
                    tracing::error!(error = %Chain(&error), "the text of a paper could not be looked up");
                    yield Step::Fault { code: "storage".into() };
                    return;
                }
            };
            let mut steps = std::pin::pin!(rendered(job.run, context, meter, pieces));
            while let Some(step) = steps.next().await {
                yield step;
            }
        }
        .boxed()
    }
}

/// The paper and its text, of which the attempt notes what it is, and what readers must know of that, as codes.
async fn fetch(
    db: &Database,
    texts: &Texts,
    job: &Job,
    pages: watch::Sender<Option<(u32, u32)>>,
) -> Result<(Paper, FullText, Vec<String>), &'static str> {
    let failed = |error: storage::Error| {
        tracing::error!(paper = job.key.paper.0, error = %Chain(&error), "a paper could not be fetched");
        "storage"
    };
    let paper = papers::by_id(db, job.key.paper).await.map_err(failed)?.ok_or("gone")?;
    let told = move |page, of| {
        pages.send_replace(Some((page, of)));
    };
    let Found { text, fault } = texts.of(&paper, told).await.map_err(failed)?;
    answers::reads_from(db, job.run, text.source, fault.as_deref()).await.map_err(failed)?;
    let hidden =
        kept::report(db, paper.id).await.map_err(failed)?.is_some_and(|report| !report.hidden.is_empty());
    let notes = hidden.then(|| faults::HIDDEN.to_owned()).into_iter().chain(fault).collect();
    Ok((paper, text, notes))
}

/// Sections of Markdown as steps with patches. However the pieces end, every section is finished.
pub(super) fn rendered(
    run: AttemptId,
    context: Context,
    meter: Meter,
    pieces: impl futures::Stream<Item = Result<Piece, Fault>>,
) -> impl futures::Stream<Item = Step> {
    async_stream::stream! {
        let mut pieces = std::pin::pin!(pieces);
        let mut writing = Writing::new(Sections { run, context, open: None }, meter);
        let last = loop {
            let piece = tokio::select! {
                piece = pieces.next() => piece,
                () = sleep_until(writing.due.unwrap_or_else(Instant::now)), if writing.due.is_some() => {
                    for step in writing.overdue() {
                        yield step;
                    }
                    continue;
                }
            };
            match piece {
                Some(Ok(Piece::Done { model, tokens })) => break Some(Step::Done { model, tokens }),
                Some(Ok(piece)) => {
                    for step in writing.take(piece) {
                        yield step;
                    }
                }
                Some(Err(fault)) => break Some(Step::Fault { code: fault.code().into() }),
                None => break None,
            }
        };
        for step in writing.rest().into_iter().chain(last) {
            yield step;
        }
    }
}

/// An answer that is arriving: what has come of it, and what of that readers were not told yet.
struct Writing {
    sections: Sections,
    meter: Meter,
    /// What the model has thought since readers were told.
    thoughts: String,
    /// How long the renderer may keep something.
    wait: Duration,
    /// When the next thing has to be told.
    due: Option<Instant>,
}

impl Writing {
    fn new(sections: Sections, meter: Meter) -> Self {
        Self { sections, meter, thoughts: String::new(), wait: LATEST, due: None }
    }

    fn take(&mut self, piece: Piece) -> Vec<Step> {
        let mut steps = Vec::from_iter(self.meter.take(&piece));
        if !matches!(piece, Piece::Thought(_)) {
            steps.extend(self.thought());
        }
        match piece {
            Piece::Text { section, markdown } => {
                // The first words of a section at once.
                self.within(if self.sections.writes(section) { self.wait } else { Duration::ZERO });
                steps.extend(self.sections.text(section, markdown));
            }
            Piece::Thought(text) => {
                self.thoughts.push_str(&text);
                self.within(THOUGHT);
            }
            Piece::Stage(stage) => {
                // Whoever goes on shows what there is before anybody is asked.
                steps.extend(self.sections.quiet());
                steps.push(Step::Stage(stage_of(stage)));
            }
            Piece::Replying { .. } | Piece::Called(_) | Piece::Done { .. } => {}
        }
        steps
    }

    /// What was kept until more would come.
    fn overdue(&mut self) -> Vec<Step> {
        let started = Instant::now();
        self.due = None;
        let steps = self.thought().into_iter().chain(self.sections.quiet()).collect();
        self.wait = LATEST.max(SHARE * started.elapsed());
        steps
    }

    /// Everything else, when nothing more will come.
    fn rest(&mut self) -> Vec<Step> {
        let steps = self.thought().into_iter().chain(self.sections.finish()).chain(self.meter.so_far());
        steps.collect()
    }

    fn thought(&mut self) -> Option<Step> {
        let thoughts = std::mem::take(&mut self.thoughts);
        (!thoughts.is_empty()).then(|| Step::Thought(thoughts.into()))
    }

    fn within(&mut self, wait: Duration) {
        let at = Instant::now() + wait;
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}

fn stage_of(stage: summarizer::Stage) -> Stage {
    match stage {
        summarizer::Stage::Reading { page } => Stage::Reading { page },
        summarizer::Stage::Asking { model } => Stage::Asking { model: model.into() },
        summarizer::Stage::Waiting(time) => Stage::Waiting { seconds: time.as_secs_f64().ceil() as u64 },
        summarizer::Stage::Thinking => Stage::Thinking,
    }
}

/// The renderer of the section that is being written. Sections come one after the other.
struct Sections {
    run: AttemptId,
    context: Context,
    open: Option<(usize, render::Live)>,
}

impl Sections {
    fn writes(&self, section: usize) -> bool {
        self.open.as_ref().is_some_and(|(open, _)| *open == section)
    }

    fn text(&mut self, section: usize, markdown: String) -> Vec<Step> {
        let mut steps = Vec::new();
        if !self.writes(section) {
            steps.extend(self.finish());
            self.open = Some((section, renderer(self.run, section, &self.context)));
        }
        if let Some((_, live)) = &mut self.open {
            let patches = json(live.push(&markdown));
            steps.push(Step::Text { section, markdown, patches });
        }
        steps
    }

    fn quiet(&mut self) -> Option<Step> {
        let (section, live) = self.open.as_mut()?;
        let patches = json(live.quiet())?;
        Some(Step::text(*section, "", patches))
    }

    fn finish(&mut self) -> Option<Step> {
        let (section, mut live) = self.open.take()?;
        let patches = json(live.finish())?;
        Some(Step::text(section, "", patches))
    }
}

fn json(patches: Vec<Patch>) -> Option<Arc<str>> {
    let json = || serde_json::to_string(&patches).expect("patches can be written as JSON");
    (!patches.is_empty()).then(|| json().into())
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn text(section: usize, markdown: &str) -> Result<Piece, Fault> {
        Ok(Piece::Text { section, markdown: markdown.into() })
    }

    fn done() -> Result<Piece, Fault> {
        Ok(Piece::Done { model: "m".into(), tokens: None })
    }

    async fn steps(pieces: impl futures::Stream<Item = Result<Piece, Fault>>) -> Vec<Step> {
        rendered(AttemptId(1), Context::default(), meter(), pieces).collect().await
    }

    fn meter() -> Meter {
        Meter::new(Summarizers::new(&Config::default()), Metrics::new())
    }

    /// The text of a section and all that readers were told of it.
    fn section(steps: &[Step], wanted: usize) -> (String, String) {
        let parts = steps.iter().filter_map(|step| match step {
            Step::Text { section, markdown, patches } if *section == wanted => {
                Some((markdown.clone(), patches.as_deref().unwrap_or_default().to_owned()))
            }
            _ => None,
        });
        parts.unzip()
    }

    #[tokio::test]
    async fn sections_are_finished_one_after_the_other() {
        let pieces = [text(0, "The loss is $x"), text(0, "_1$."), text(2, "**End**"), done()];
        let steps = steps(stream::iter(pieces)).await;
        let (markdown, patches) = section(&steps, 0);
        assert_eq!(markdown, "The loss is $x_1$.");
        assert!(patches.contains("$x_1$") && patches.contains(r#""op":"end""#), "{patches}");
        let second = steps.iter().position(|step| matches!(step, Step::Text { section: 2, .. })).unwrap();
        let first_ends = steps.iter().position(
            |step| matches!(step, Step::Text { patches: Some(p), .. } if p.contains(r#""op":"end""#)),
        );
        assert!(first_ends.unwrap() < second, "{steps:?}");
        assert_eq!(steps.last(), Some(&Step::Done { model: "m".into(), tokens: None }));
    }

    #[tokio::test]
    async fn what_was_held_back_is_shown_at_a_bad_end() {
        for end in [vec![Err(Fault::Cut)], vec![]] {
            let pieces = [vec![text(0, "so far $half a for")], end].concat();
            let steps = steps(stream::iter(pieces)).await;
            let (_, patches) = section(&steps, 0);
            assert!(patches.contains("$half a for") && patches.contains(r#""op":"end""#), "{patches}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn text_that_stops_arriving_is_shown() {
        let pieces = stream::iter([text(0, "Hi.")]).chain(stream::pending());
        let mut steps = std::pin::pin!(rendered(AttemptId(1), Context::default(), meter(), pieces));
        let shown = async {
            while let Some(step) = steps.next().await {
                if matches!(&step, Step::Text { patches: Some(patches), .. } if patches.contains("Hi.")) {
                    return;
                }
            }
        };
        tokio::time::timeout(LATEST * 2, shown).await.expect("shown soon");
    }
}
