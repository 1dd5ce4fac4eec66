//! From a list of readers and an assignment to one stream: which calls there are, and who answers each.

use std::{ops::Range, pin::pin};

use content::{FullText, Language, QuestionSet, Record, Section};
use futures::{Stream, StreamExt, stream::BoxStream};

use crate::{
    Assignment, Calls, EXTRACTIVE, Estimate, Fault, Model, Piece, Reader, Stage, extractive, model, tokens_in,
};

/// An assignment that borrows nothing.
pub(crate) struct Work {
    pub(crate) paper: Record,
    pub(crate) text: FullText,
    pub(crate) questions: QuestionSet,
    pub(crate) language: Language,
    /// What was received before and stands.
    pub(crate) kept: Vec<Section>,
}

/// One call: some of the questions, perhaps with the answers begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The questions that are asked.
    pub(crate) questions: Range<usize>,
    /// The section in which a model must go on, in mid-sentence.
    pub(crate) within: Option<usize>,
}

pub(crate) fn read(
    readers: Vec<Reader>,
    assignment: &Assignment<'_>,
) -> BoxStream<'static, Result<Piece, Fault>> {
    let (work, asks) = prepare(readers.first(), assignment);
    async_stream::stream! {
        for (section, kept) in work.kept.iter().enumerate().filter(|(_, kept)| !kept.markdown.is_empty()) {
            yield Ok(Piece::Text { section, markdown: kept.markdown.clone() });
        }
        let mut bill = Bill::default();
        for ask in asks {
            let mut pieces = pin!(answer(&readers, &work, &ask));
            while let Some(piece) = pieces.next().await {
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

pub(crate) fn estimate(model: &Model, assignment: &Assignment<'_>) -> Estimate {
    let reader = Reader::Model(Box::new(model.clone()));
    let (work, asks) = prepare(Some(&reader), assignment);
    asks.iter().fold(Estimate::default(), |sum, ask| Estimate {
        read: sum.read + tokens_in(model::prompt_bytes(model, &work, ask)),
        written: sum.written + model.limits.output,
    })
}

/// What of an assignment stands, and the calls that are missing.
///
/// A model that can go on in mid-sentence keeps everything. Others keep the sections before the last
/// one, which may be half: what was answered is not asked, nor paid for, again. The extractive reader
/// costs nothing and begins anew.
fn prepare(reader: Option<&Reader>, assignment: &Assignment<'_>) -> (Work, Vec<Ask>) {
    let count = assignment.questions.questions.len();
    let reached = assignment.received.iter().take(count).rposition(|section| !section.markdown.is_empty());
    let (kept, within) = match (reader, reached) {
        (Some(Reader::Model(model)), Some(last)) if model.can_continue() => (last + 1, Some(last)),
        (Some(Reader::Model(_)), Some(last)) => (last, None),
        _ => (0, None),
    };
    let next = within.unwrap_or(kept);
    let asks = match assignment.calls {
        // The prompt of the first call, so that the server has read it before.
        Calls::Combined if within.is_some() => vec![Ask { questions: 0..count, within }],
        Calls::Combined => vec![Ask { questions: next..count, within }],
        Calls::PerQuestion => (next..count)
            .map(|number| Ask { questions: number..number + 1, within: within.filter(|w| *w == number) })
            .collect(),
    };
    let Assignment { paper, text, questions, language, received, .. } = *assignment;
    let work = Work {
        paper: paper.clone(),
        text: text.clone(),
        questions: questions.clone(),
        language,
        kept: received[..kept].to_vec(),
    };
    (work, asks)
}

/// The answer to one call, by the first reader that gives one. Once a reply has begun no other is asked:
/// it would be paid twice, and say something else.
fn answer<'a>(
    readers: &'a [Reader],
    work: &'a Work,
    ask: &'a Ask,
) -> impl Stream<Item = Result<Piece, Fault>> + 'a {
    let able: Vec<_> = readers.iter().filter(|reader| reader.can(ask)).collect();
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

impl Reader {
    fn name(&self) -> &str {
        match self {
            Self::Extractive => EXTRACTIVE,
            Self::Model(model) => &model.name,
        }
    }

    /// The extractive reader answers all questions or none; only some models go on in mid-sentence.
    fn can(&self, ask: &Ask) -> bool {
        match self {
            Self::Extractive => ask.within.is_none() && ask.questions.start == 0,
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
            Self::Extractive => extractive::read(&work.paper, &work.text, &work.questions, work.language),
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
        let sum = |(a, b): (u64, u64), (c, d): (u64, u64)| (a + c, b + d);
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
