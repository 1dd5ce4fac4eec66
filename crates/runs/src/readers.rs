use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// Someone who reads a run.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reader {
    /// A reader who can be told from others: all streams of theirs are one reader.
    Known(Arc<str>),
    /// Someone without a name: each stream is a reader of its own.
    Anonymous,
}

/// The readers of one run.
#[derive(Default)]
pub(crate) struct Readers {
    /// Who asked for the run, whether or not they look at it now.
    asked: HashSet<Reader>,
    /// Streams that are open now.
    attached: HashMap<u64, Reader>,
}

impl Readers {
    pub(crate) fn ask(&mut self, reader: Reader) {
        self.asked.insert(reader);
    }

    pub(crate) fn attach(&mut self, token: u64, reader: Reader) {
        self.attached.insert(token, reader);
    }

    /// A closed tab: no stop.
    pub(crate) fn detach(&mut self, token: u64) {
        self.attached.remove(&token);
    }

    /// Takes a reader out; false if they had no part in the run.
    pub(crate) fn stop(&mut self, reader: &Reader) -> bool {
        let asked = self.asked.remove(reader);
        let before = self.attached.len();
        match reader {
            Reader::Known(_) => self.attached.retain(|_, attached| attached != reader),
            Reader::Anonymous => {
                let one =
                    self.attached.iter().find(|(_, attached)| *attached == reader).map(|(token, _)| *token);
                one.map(|token| self.attached.remove(&token));
            }
        }
        asked || self.attached.len() < before
    }

    /// Whether nobody is left: none who looks, and none who asked and may come back.
    pub(crate) fn is_empty(&self) -> bool {
        self.attached.is_empty() && self.asked.is_empty()
    }

    /// Whether this one asked for the run. Nobody knows that of someone without a name.
    pub(crate) fn has_asked(&self, reader: &Reader) -> bool {
        matches!(reader, Reader::Known(_)) && self.asked.contains(reader)
    }
}
