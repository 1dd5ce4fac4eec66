//! Trials by those who run the site: a model asked for one word, and questions asked about a paper by a model of choice.

use content::{FullText, Language, Paper, Passage, Payer, Question, QuestionSet, Record, TextSource, UserId};
use futures::StreamExt as _;
use runs::{Ask, Priority, Reader};
use serde_json::json;
use storage::budgets;
use summarizer::{Assignment, Piece};

use super::{key, meter::Meter, readings::refused};
use crate::{app::App, errors::Failure};

/// The most tokens that a model may write in a trial: some think before they say a word.
const MOST: u64 = 2048;
/// What is shown of what it said, in characters.
const SHOWN: usize = 200;

/// Asks a model for one word: what it said, or the code of why it did not. What it costs is set aside before and
/// settled after, like that of a reading.
pub(crate) async fn try_model(
    app: &App,
    name: &str,
    user: UserId,
) -> Result<Result<String, String>, Failure> {
    let summarizers = app.live.summarizers();
    let mut model = summarizers.model(name).ok_or(Failure::NotFound)?;
    model.limits.output = model.limits.output.min(MOST);
    let (paper, text, questions) = little();
    let assignment = Assignment::new(&paper, &text, &questions, Language::En);
    let payer = Payer { visitor: "trial".into(), network: "trial".into(), user: Some(user) };
    let charge = summarizers.charge_alone(&model, &assignment, payer);
    let limits = app.config.budget.limits();
    let trial = budgets::reserve_trial(&app.db, &charge, &limits).await?.map_err(Failure::OverBudget)?;
    let mut meter = Meter::new(summarizers.clone(), app.metrics.clone());
    let mut pieces = summarizer::read(&[summarizer::Summarizer::Model(Box::new(model))], &assignment);
    let (mut said, mut fault) = (String::new(), None);
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(piece) => {
                meter.take(&piece);
                if let Piece::Text { markdown, .. } = &piece {
                    said.push_str(markdown);
                }
            }
            Err(error) => fault = Some(error.code().to_owned()),
        }
    }
    budgets::settle_trial(&app.db, trial, meter.cost()).await?;
    Ok(match fault {
        Some(code) => Err(code),
        None => Ok(said.trim().chars().take(SHOWN).collect()),
    })
}

/// Begins a reading of a paper by this model with these questions, whichever are asked now. It is kept like any other.
pub(crate) async fn try_questions(
    app: &App,
    user: UserId,
    paper: &Paper,
    questions: &QuestionSet,
    language: Language,
    model: &str,
) -> Result<(), Failure> {
    let summarizers = app.live.summarizers();
    summarizers.model(model).ok_or(Failure::NotFound)?;
    let text = app.texts.wanted(paper).await?;
    let key = key(paper, &text, language, model, questions);
    let assignment = Assignment::new(&paper.shown, &text.likely, questions, language);
    let assignment = Assignment { calls: app.config.readings.calls, ..assignment };
    let payer = Payer { visitor: "trial".into(), network: "trial".into(), user: Some(user) };
    let ask = Ask {
        priority: Priority::User,
        charge: summarizers.charge(model, &assignment, payer),
        ..Ask::new(key, questions.questions.len(), Reader::Anonymous)
    };
    app.live.runs.start(ask).await.map_err(|error| refused(app, error))?;
    Ok(())
}

/// A paper of one sentence and a question about it.
fn little() -> (Record, FullText, QuestionSet) {
    let sentence = "The word of this note is ink.";
    let record = json!({
        "key": { "source": "trial", "id": "trial", "version": "1" }, "title": "A note", "authors": [],
        "summary": sentence, "categories": [], "venue": null, "date": "2026-01-01", "keywords": [], "note": null,
    });
    let record = serde_json::from_value(record).expect("a record");
    let passage = Passage { page: None, section: "Note".into(), text: sentence.into() };
    let prompt = "Answer with the one word of the note, and nothing else.";
    let question = Question { id: "word".into(), title: "The word".into(), prompt: prompt.into() };
    let questions = QuestionSet { name: "trial".into(), version: 1, questions: vec![question] };
    (record, FullText::new(TextSource::Stored, "trial", vec![passage]), questions)
}
