//! The reader without a model: for each question the paper's own sentences that answer it best.

mod blocks;
mod cues;
mod formulas;
mod headline;
mod quote;
mod rank;
mod sections;
mod sentences;

use std::time::Duration;

use content::{FullText, Language, QuestionSet, Record, TextSource};
use futures::{StreamExt, stream::BoxStream};
use tokio::task::JoinHandle;

use crate::{EXTRACTIVE, Fault, Piece, Stage};
pub(crate) use cues::terms;
pub use headline::headline;

/// Between two sentences: fast enough for anybody, and the text still grows before the reader's eyes.
const PACE: Duration = Duration::from_millis(15);

pub(crate) fn read(
    paper: &Record,
    text: &FullText,
    questions: &QuestionSet,
    language: Language,
) -> BoxStream<'static, Result<Piece, Fault>> {
    let (paper, text, questions) = (paper.clone(), text.clone(), questions.clone());
    async_stream::stream! {
        let pages = text.passages.iter().filter_map(|passage| passage.page).max();
        yield Ok(Piece::Stage(Stage::Reading { page: pages.map(|pages| (1, pages)) }));
        // Ranking a long paper takes tens of milliseconds of computing: not on a thread that serves.
        let ranking = tokio::task::spawn_blocking(move || answers(&paper, &text, &questions, language));
        let answers = match settled(ranking).await {
            Ok(answers) => answers,
            Err(fault) => {
                yield Err(fault);
                return;
            }
        };
        for (section, pieces) in answers.into_iter().enumerate() {
            for markdown in pieces {
                yield Ok(Piece::Text { section, markdown });
                tokio::time::sleep(PACE).await;
            }
        }
        yield Ok(Piece::Done { model: EXTRACTIVE.into(), tokens: None });
    }
    .boxed()
}

/// What a task came to. One that panicked has answered nothing.
async fn settled<T>(task: JoinHandle<T>) -> Result<T, Fault> {
    task.await.map_err(|error| {
        tracing::error!(%error, "the extractive reader failed");
        Fault::Internal
    })
}

/// For each question the pieces of Markdown that make its answer.
fn answers(paper: &Record, text: &FullText, questions: &QuestionSet, language: Language) -> Vec<Vec<String>> {
    let sentences = sentences::of(paper, text);
    let chosen = rank::choose(paper, text.source, &sentences, questions);
    let answer = |sentences: Vec<&sentences::Sentence>| match sentences.is_empty() {
        true => vec![nothing(text.source, language).to_owned()],
        false => quote::quote(&sentences),
    };
    chosen.into_iter().map(answer).collect()
}

/// What to say where the text does not answer.
fn nothing(source: TextSource, language: Language) -> &'static str {
    match (source, language) {
        (TextSource::Abstract, Language::En) => {
            "The abstract has no sentence about this, and the full text was not at hand."
        }
        (TextSource::Abstract, Language::Zh) => "摘要里没有谈到这一点的句子，手头也没有全文。",
        (_, Language::En) => "No sentence of the text answers this clearly.",
        (_, Language::Zh) => "文中没有明确回答这个问题的句子。",
    }
}

#[cfg(test)]
mod tests;
