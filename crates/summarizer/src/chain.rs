//! From a list of summarizers and an assignment to one stream: which calls there are, and who answers each.

use std::{
    collections::{BTreeSet, HashMap},
    pin::pin,
    sync::{Mutex, PoisonError},
};

use content::{FullText, Language, QuestionSet, Record, Section};
use futures::{
    Stream, StreamExt,
    stream::{self, BoxStream},
};

use crate::{
    Assignment, Calls, EXTRACTIVE, Estimate, Fault, Model, Piece, Stage, Summarizer, extractive, model,
    tokens_in,
};

/// An assignment that borrows nothing.
pub(crate) struct Work {
    pub(crate) paper: Record,
    pub(crate) text: FullText,
    pub(crate) questions: QuestionSet,
    pub(crate) language: Language,
    /// What was received before and stands, for each question.
    pub(crate) kept: Vec<Section>,
    /// Whether a model has written of it before.
    begun: bool,
    /// Bytes that a prompt may have, of the models whose server found a longer one too long.
    rooms: Mutex<HashMap<String, usize>>,
}

impl Work {
    fn new(assignment: &Assignment<'_>, kept: Vec<Section>, begun: bool) -> Self {
        let Assignment { paper, text, questions, language, .. } = *assignment;
        Self {
            paper: paper.clone(),
            text: text.clone(),
            questions: questions.clone(),
            language,
            kept,
            begun,
            rooms: Mutex::default(),
        }
    }

    /// Bytes that a prompt may have, if the server of this model has refused a longer one.
    pub(crate) fn room(&self, model: &str) -> Option<usize> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied()
    }

    pub(crate) fn remember_room(&self, model: &str, room: usize) {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), room);
    }
}

/// One call: some of the questions, perhaps with the answers begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The questions that are asked, in their order; one at the least.
    pub(crate) questions: Vec<usize>,
    /// The section in which a model must go on, in mid-sentence.
    pub(crate) within: Option<usize>,
}

pub(crate) fn read(
    summarizers: Vec<Summarizer>,
    assignment: &Assignment<'_>,
) -> BoxStream<'static, Result<Piece, Fault>> {
    let (work, asks) = prepare(summarizers.first(), assignment);
    async_stream::stream! {
        for (section, kept) in work.kept.iter().enumerate().filter(|(_, kept)| !kept.markdown.is_empty()) {
            yield Ok(Piece::Text { section, markdown: kept.markdown.clone() });
        }
        let mut bill = Bill::default();
        // Whoever has said a word answers all of it: an answer names one model.
        let mut speaker = None;
        for ask in asks {
            let mut pieces = pin!(answer(&summarizers, &work, &ask, speaker.clone()));
            while let Some(piece) = pieces.next().await {
                if let Ok(Piece::Replying { model, .. }) = &piece {
                    speaker = Some(model.clone());
                }
                match piece {
                    // It has answered all questions, however they were to be asked.
                    Ok(Piece::Done { model, tokens }) if model == EXTRACTIVE => {
                        yield Ok(Piece::Done { model, tokens });
                        return;
                    }
                    Ok(Piece::Done { model, tokens }) => bill.add(model, tokens),
                    Ok(piece) => yield Ok(piece),
                    Err(fault) => {
                        yield Err(fault);
                        return;
                    }
                }
            }
        }
        yield Ok(bill.done());
    }
    .boxed()
}

/// What was received before stands until something is written in its place: wherever these pieces end without `Done`,
/// the sections of which nothing came are yielded as they were.
pub(crate) fn keeping(
    received: Vec<Section>,
    pieces: impl Stream<Item = Result<Piece, Fault>> + Send + 'static,
) -> BoxStream<'static, Result<Piece, Fault>> {
    async_stream::stream! {
        let mut pieces = pin!(pieces);
        let mut written = BTreeSet::new();
        let last = loop {
            match pieces.next().await {
                Some(Ok(Piece::Done { model, tokens })) => {
                    yield Ok(Piece::Done { model, tokens });
                    return;
                }
                Some(Ok(piece)) => {
                    if let Piece::Text { section, .. } = &piece {
                        written.insert(*section);
                    }
                    yield Ok(piece);
                }
                Some(Err(fault)) => break Some(fault),
                None => break None,
            }
        };
        for (section, before) in received.into_iter().enumerate() {
            if !before.markdown.is_empty() && !written.contains(&section) {
                yield Ok(Piece::Text { section, markdown: before.markdown });
            }
        }
        if let Some(fault) = last {
            yield Err(fault);
        }
    }
    .boxed()
}

pub(crate) fn estimate(model: &Model, assignment: &Assignment<'_>) -> Estimate {
    let reader = Summarizer::Model(Box::new(model.clone()));
    let (work, asks) = prepare(Some(&reader), assignment);
    asks.iter().fold(Estimate::default(), |sum, ask| Estimate {
        read: sum.read + tokens_in(model::prompt_bytes(model, &work, ask)),
        written: sum.written + model.limits.output,
    })
}

/// What of an assignment stands, and the calls that are missing.
///
/// A model keeps what is whole, and is asked the rest: what was answered is not asked, nor paid for, again. The last
/// section may be half. A model that can go on in mid-sentence does, unless a question before it was left out; others
/// are asked for it anew. The extractive reader costs nothing and begins anew.
fn prepare(first: Option<&Summarizer>, assignment: &Assignment<'_>) -> (Work, Vec<Ask>) {
    let Assignment { questions, calls, received, .. } = *assignment;
    let all = questions.questions.len();
    let model = match first {
        Some(Summarizer::Model(model)) => Some(model),
        _ => None,
    };
    let text = |number: usize| received.sections.get(number).filter(|text| !text.markdown.is_empty());
    let begun: Vec<usize> = (0..all).filter(|number| model.is_some() && text(*number).is_some()).collect();
    let left_out = begun.iter().enumerate().any(|(place, number)| place != *number);
    let half = begun.last().copied().filter(|_| !received.whole || begun.len() == all);
    let within = half.filter(|_| !left_out && model.is_some_and(|model| model.can_continue()));
    let stands = |number: usize| begun.contains(&number) && (within.is_some() || half != Some(number));
    let kept = (0..all).map(|number| text(number).filter(|_| stands(number)).cloned().unwrap_or_default());
    let missing = (0..all).filter(|number| !stands(*number) || within == Some(*number)).collect();
    (Work::new(assignment, kept.collect(), !begun.is_empty()), asks(calls, missing, within, all))
}

/// The calls that ask these questions. One that goes on sends the prompt that there was before, so that the server has
/// read it.
fn asks(calls: Calls, missing: Vec<usize>, within: Option<usize>, all: usize) -> Vec<Ask> {
    match (calls, within) {
        (Calls::Combined, Some(_)) => vec![Ask { questions: (0..all).collect(), within }],
        (Calls::Combined, None) => vec![Ask { questions: missing, within }],
        (Calls::PerQuestion, _) => missing
            .into_iter()
            .map(|number| Ask { questions: vec![number], within: within.filter(|begun| *begun == number) })
            .collect(),
    }
}

/// The answer to one call, by the first reader that gives one. Once a reply has begun no other is asked:
/// it would be paid twice, and say something else; nor for the next questions, if a `speaker` has begun.
fn answer<'a>(
    summarizers: &'a [Summarizer],
    work: &'a Work,
    ask: &'a Ask,
    speaker: Option<String>,
) -> impl Stream<Item = Result<Piece, Fault>> + 'a {
    let may = |reader: &&Summarizer| speaker.as_deref().is_none_or(|name| reader.name() == name);
    let able: Vec<_> = summarizers.iter().filter(may).filter(|reader| reader.can(work, ask)).collect();
    async_stream::stream! {
        for (number, reader) in able.iter().enumerate() {
            let others = able.len() - number - 1;
            if number > 0 {
                yield Ok(Piece::Stage(Stage::Asking { model: reader.name().to_owned() }));
            }
            let mut pieces = reader.answer(work, ask, others);
            let mut begun = false;
            let fault = loop {
                match pieces.next().await {
                    Some(Ok(piece)) => {
                        begun |= matches!(piece, Piece::Replying { .. } | Piece::Text { .. });
                        yield Ok(piece);
                    }
                    Some(Err(fault)) => break fault,
                    None => return,
                }
            };
            if begun || others == 0 || !fault.is_refusal() {
                yield Err(fault);
                return;
            }
            tracing::warn!(model = reader.name(), code = fault.code(), "the next reader is asked");
        }
    }
}

impl Summarizer {
    fn name(&self) -> &str {
        match self {
            Self::Extractive => EXTRACTIVE,
            Self::Model(model) => &model.name,
        }
    }

    /// The extractive reader answers all questions or none, and replaces no model's words; only some models go on in
    /// mid-sentence.
    fn can(&self, work: &Work, ask: &Ask) -> bool {
        match self {
            Self::Extractive => !work.begun && ask.questions.first() == Some(&0),
            Self::Model(model) => ask.within.is_none() || model.can_continue(),
        }
    }

    fn answer<'a>(
        &'a self,
        work: &'a Work,
        ask: &'a Ask,
        others: usize,
    ) -> std::pin::Pin<Box<dyn Stream<Item = Result<Piece, Fault>> + Send + 'a>> {
        match self {
            Self::Extractive => {
                let replying = Piece::Replying { model: EXTRACTIVE.into(), read: 0 };
                let pieces = extractive::read(&work.paper, &work.text, &work.questions, work.language);
                stream::once(async { Ok(replying) }).chain(pieces).boxed()
            }
            Self::Model(model) => model::answer(model, work, ask, others).boxed(),
        }
    }
}

/// What all calls of a reading come to.
#[derive(Default)]
struct Bill {
    model: String,
    calls: Option<Option<(u64, u64)>>,
}

impl Bill {
    fn add(&mut self, model: String, tokens: Option<(u64, u64)>) {
        self.model = model;
        let sum = |(a, b): (u64, u64), (c, d): (u64, u64)| (a.saturating_add(c), b.saturating_add(d));
        self.calls = Some(match self.calls {
            None => tokens,
            // One call that was not counted makes the sum unknown.
            Some(before) => before.zip(tokens).map(|(before, now)| sum(before, now)),
        });
    }

    fn done(self) -> Piece {
        Piece::Done { model: self.model, tokens: self.calls.flatten() }
    }
}
