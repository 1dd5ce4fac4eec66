/// Takes `<think>…</think>` from the beginning of a reply: some servers leave a model's thoughts in
/// its text. Later in a reply the same tags are text, as in a paper about such models.
#[derive(Default)]
pub(super) struct Thoughts {
    state: State,
    held: String,
}

/// A piece of a reply, taken apart.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) thought: String,
    pub(super) text: String,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum State {
    #[default]
    Start,
    Thinking,
    Over,
}

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

impl Thoughts {
    /// What of this is thought, and what is text.
    pub(super) fn push(&mut self, text: &str) -> Said {
        if self.state == State::Over {
            return Said { text: text.to_owned(), ..Said::default() };
        }
        self.held.push_str(text);
        if self.state == State::Start {
            let begun = self.held.trim_start();
            if begun.len() < OPEN.len() && OPEN.starts_with(begun) {
                return Said::default();
            }
            if let Some(thought) = begun.strip_prefix(OPEN) {
                self.held = thought.to_owned();
                self.state = State::Thinking;
            } else {
                self.state = State::Over;
            }
        }
        match (self.state, self.held.find(CLOSE)) {
            (State::Thinking, None) => Said { thought: self.thought(), ..Said::default() },
            (State::Thinking, Some(end)) => {
                self.state = State::Over;
                let text = self.held.split_off(end + CLOSE.len());
                self.held.truncate(end);
                Said { thought: std::mem::take(&mut self.held), text }
            }
            _ => Said { text: std::mem::take(&mut self.held), ..Said::default() },
        }
    }

    /// What was held back, when nothing more will come.
    pub(super) fn rest(&mut self) -> String {
        match self.state {
            State::Thinking => String::new(),
            _ => std::mem::take(&mut self.held),
        }
    }

    /// A thought so far, but for what may be half of its end.
    fn thought(&mut self) -> String {
        let half = (1..CLOSE.len()).rev().find(|half| self.held.ends_with(&CLOSE[..*half])).unwrap_or(0);
        let held = self.held.split_off(self.held.len() - half);
        std::mem::replace(&mut self.held, held)
    }
}
