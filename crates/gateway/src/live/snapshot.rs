use content::{AttemptId, AttemptState, Cost};
use render::{Context, Live, Patch, Trust};
use runs::End;
use storage::{answers, papers, texts as kept};

use crate::{app::App, faults, texts};

/// All of a run that is over, as the store has it.
pub(super) struct Snapshot {
    pub(super) end: End,
    /// For each section the patches that make it.
    pub(super) sections: Vec<Vec<Patch>>,
}

/// From the store; `None` if there never was such a run.
pub(super) async fn of(app: &App, run: AttemptId) -> Result<Option<Snapshot>, storage::Error> {
    let Some((key, attempt)) = answers::by_attempt(&app.db, run).await? else { return Ok(None) };
    let Some(paper) = papers::by_id(&app.db, key.paper).await? else { return Ok(None) };
    let context = texts::context(&app.db, &app.config, &paper).await?;
    let sections = attempt.sections.iter().enumerate();
    let sections = sections.map(|(section, text)| whole(run, section, &text.markdown, &context)).collect();
    let state = match attempt.state {
        // No process is at work on it, or there would be a log.
        AttemptState::Running => AttemptState::Interrupted,
        state => state,
    };
    let hidden = kept::report(&app.db, key.paper).await?.is_some_and(|report| !report.hidden.is_empty());
    let notes = hidden.then(|| faults::HIDDEN.to_owned()).into_iter().chain(attempt.text_fault).collect();
    let end = End {
        state,
        fault: attempt.fault,
        model: attempt.model,
        tokens: attempt.tokens,
        cost: Cost::default(),
        notes,
    };
    Ok(Some(Snapshot { end, sections }))
}

/// The renderer of one section of an answer: a document of its own, with ids of its own.
pub(super) fn renderer(run: AttemptId, section: usize, context: &Context) -> Live {
    let prefix = format!("r{}-{section}-", run.0);
    Live::new(Trust::Answer, &Context { prefix, ..context.clone() })
}

fn whole(run: AttemptId, section: usize, markdown: &str, context: &Context) -> Vec<Patch> {
    let mut live = renderer(run, section, context);
    live.push(markdown);
    live.finish();
    live.snapshot()
}
