use content::{AnswerKey, Attempt, AttemptId, AttemptState, Language, Paper, TextSource};
use render::{Context, Format, Html, Trust};
use storage::{
    answers::{self, Past},
    texts::{self, Report},
};

use crate::{
    app::App,
    errors::Failure,
    faults, papers,
    visit::{Visit, language::Messages},
};

/// Readings of before that are listed.
const LISTED: u64 = 50;

/// The reading of a paper as its page shows it.
pub(super) struct Reading {
    pub(super) language: Language,
    /// The languages to choose from.
    pub(super) languages: Vec<Tongue>,
    /// Where it is to be found.
    pub(super) href: String,
    pub(super) begun: bool,
    pub(super) running: bool,
    /// What it is doing, in words, if it is running here.
    pub(super) stage: Option<String>,
    pub(super) extractive: bool,
    /// The model that can be asked instead of the paper's own sentences.
    pub(super) asks: Option<String>,
    /// The run to follow, and where its stream begins.
    pub(super) run: i64,
    pub(super) at: String,
    pub(super) fault: Option<String>,
    /// It ended badly, and there is text to go on from.
    pub(super) unfinished: bool,
    pub(super) sections: Vec<Answered>,
    /// Model, date, question set, source of the text, tokens.
    pub(super) provenance: Vec<String>,
    /// Why only the abstract was read.
    pub(super) no_text: Option<String>,
    /// Whether the paper holds text that people do not see.
    pub(super) hidden: bool,
    /// All readings in this language, newest first; empty if there is no other.
    pub(super) earlier: Vec<Earlier>,
}

/// A language that the answer can be in.
pub(super) struct Tongue {
    pub(super) language: Language,
    pub(super) name: &'static str,
    pub(super) href: String,
    pub(super) current: bool,
}

/// One question with what is there of its answer.
pub(super) struct Answered {
    pub(super) anchor: String,
    pub(super) question: String,
    pub(super) waiting: bool,
    pub(super) html: Html,
}

/// A reading of before, by its own address.
pub(super) struct Earlier {
    pub(super) href: String,
    pub(super) date: String,
    pub(super) model: String,
    /// How it ended, unless it is whole.
    pub(super) fault: Option<String>,
    pub(super) current: bool,
}

/// The newest reading of a paper in the language asked for with `?answer=`, else the interface's.
pub(super) async fn of(app: &App, visit: &Visit, paper: &Paper) -> Result<Reading, Failure> {
    let language = asked(&visit.address).unwrap_or(visit.m.language());
    let found = answers::latest(&app.db, paper.id, language).await?;
    shown(app, visit.m, paper, language, found).await
}

/// This attempt at reading a paper, or that there is none.
pub(super) async fn shown(
    app: &App,
    m: Messages,
    paper: &Paper,
    language: Language,
    found: Option<(AnswerKey, Attempt)>,
) -> Result<Reading, Failure> {
    let report = texts::report(&app.db, paper.id).await?;
    let mut reading = Reading::none(paper, language);
    reading.hidden = report.as_ref().is_some_and(|report| !report.hidden.is_empty());
    let past = answers::past(&app.db, paper.id, language, LISTED).await?;
    let Some((key, attempt)) = found else { return Ok(reading) };
    reading.begun = true;
    reading.running = attempt.state == AttemptState::Running;
    // Whoever was asked: it may have been the last in the list.
    reading.extractive = attempt.model.as_ref().unwrap_or(&key.model) == content::EXTRACTIVE;
    reading.asks = app.config.models.first().map(|model| model.name.clone()).filter(|_| {
        key.model == content::EXTRACTIVE && app.config.readings.visitors_may_start_model && !reading.running
    });
    reading.run = attempt.id.0;
    reading.at = app.live.position(attempt.id);
    reading.stage = app.live.stage(attempt.id, m);
    reading.fault = fault(attempt.state, attempt.fault.as_deref(), m);
    reading.unfinished =
        reading.fault.is_some() && attempt.sections.iter().any(|text| !text.markdown.is_empty());
    let context = crate::texts::context(&app.db, &app.config, paper).await?;
    reading.sections = sections(app, &key, &attempt, &context);
    reading.provenance = provenance(&key, &attempt, report.as_ref(), m);
    reading.no_text = attempt.text_fault.as_deref().map(|code| faults::no_text(code, m));
    // A list of nothing but what is shown says nothing.
    if past.iter().any(|past| past.id != attempt.id) {
        reading.earlier = past.into_iter().map(|past| Earlier::of(past, attempt.id, m)).collect();
    }
    Ok(reading)
}

impl Reading {
    fn none(paper: &Paper, language: Language) -> Self {
        let tongue = |(tongue, name)| Tongue {
            language: tongue,
            name,
            href: papers::reading_address(paper, tongue),
            current: tongue == language,
        };
        Self {
            language,
            languages: [(Language::En, "English"), (Language::Zh, "中文")].map(tongue).into(),
            href: papers::reading_address(paper, language),
            begun: false,
            running: false,
            stage: None,
            extractive: false,
            asks: None,
            run: 0,
            at: String::new(),
            fault: None,
            unfinished: false,
            sections: Vec::new(),
            provenance: Vec::new(),
            no_text: None,
            hidden: false,
            earlier: Vec::new(),
        }
    }
}

impl Earlier {
    fn of(past: Past, shown: AttemptId, m: Messages) -> Self {
        Self {
            href: papers::attempt_address(past.id),
            // Two of one day are told apart.
            date: format!("{} {}", m.short_date(&past.started), past.started.format("%H:%M UTC")),
            model: past.model,
            fault: (past.state != AttemptState::Done).then(|| m.unfinished().to_owned()),
            current: past.id == shown,
        }
    }
}

fn asked(address: &str) -> Option<Language> {
    let (_, query) = address.split_once('?')?;
    query.split('&').find_map(|pair| pair.strip_prefix("answer="))?.parse().ok()
}

fn fault(state: AttemptState, code: Option<&str>, m: Messages) -> Option<String> {
    match state {
        AttemptState::Running | AttemptState::Done => None,
        AttemptState::Interrupted => Some(m.fault_interrupted().into()),
        AttemptState::Cancelled => Some(m.fault_cancelled().into()),
        AttemptState::Failed => Some(faults::sentence(code.unwrap_or("unknown"), m)),
    }
}

pub(super) fn sections(app: &App, key: &AnswerKey, attempt: &Attempt, context: &Context) -> Vec<Answered> {
    let questions = app.questions.of(key).questions.clone();
    let empty = content::Section::default();
    let texts = attempt.sections.iter().chain(std::iter::repeat(&empty));
    let answered =
        questions.into_iter().zip(texts).enumerate().map(|(number, (question, section))| Answered {
            anchor: format!("q-{}", question.id),
            question: question.title,
            waiting: section.markdown.is_empty(),
            html: body(context, &section.markdown, attempt.id.0, number),
        });
    answered.collect()
}

/// A section is a document of its own, with ids of its own, as in the stream.
fn body(context: &Context, markdown: &str, run: i64, section: usize) -> Html {
    let context = Context { prefix: format!("r{run}-{section}-"), ..context.clone() };
    render::render(markdown, Format::Markdown, Trust::Answer, &context).html
}

fn provenance(key: &AnswerKey, attempt: &Attempt, report: Option<&Report>, m: Messages) -> Vec<String> {
    // Attempts of before noted nothing: their key says what they were read from.
    let text = attempt.text.or_else(|| TextSource::of(&key.text_source));
    let source = match text {
        Some(TextSource::Html) => m.text_from_html(),
        Some(TextSource::Tex) => m.text_from_tex(),
        Some(TextSource::Pdf) => m.text_from_pdf(),
        Some(TextSource::Abstract) => m.text_from_abstract(),
        Some(TextSource::Stored) | None => m.text_from_stored(),
    };
    let left_out = report.filter(|report| report.left_out_pages > 0 && Some(report.source) == text);
    let left_out = left_out.map(|report| m.pages_left_out(&u64::from(report.left_out_pages)));
    let tokens = attempt.tokens.map(|(read, written)| m.tokens_used(read, written));
    let model = attempt.model.clone().unwrap_or_else(|| key.model.clone());
    let facts = [model, m.short_date(&attempt.started), m.question_set_is(&key.question_set), source.into()];
    facts.into_iter().chain(left_out).chain(tokens).collect()
}
