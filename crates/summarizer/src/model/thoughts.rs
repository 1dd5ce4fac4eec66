/// Takes `<think>…</think>` from the beginning of a reply: some servers leave a model's thoughts in
/// its text. Later in a reply the same tags are text, as in a paper about such models.
#[derive(Default)]
pub(super) struct Thoughts {
    state: State,
    held: String,
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
    /// What of this is text.
    pub(super) fn push(&mut self, text: &str) -> String {
        if self.state == State::Over {
            return text.to_owned();
        }
        self.held.push_str(text);
        if self.state == State::Start {
            let begun = self.held.trim_start();
            if begun.len() < OPEN.len() && OPEN.starts_with(begun) {
                return String::new();
            }
            self.state = if begun.starts_with(OPEN) { State::Thinking } else { State::Over };
        }
        match (self.state, self.held.find(CLOSE)) {
            (State::Thinking, None) => {
                self.forget();
                String::new()
            }
            (State::Thinking, Some(end)) => {
                self.state = State::Over;
                std::mem::take(&mut self.held).split_off(end + CLOSE.len())
            }
            _ => std::mem::take(&mut self.held),
        }
    }

    /// What was held back, when nothing more will come.
    pub(super) fn rest(&mut self) -> String {
        match self.state {
            State::Thinking => String::new(),
            _ => std::mem::take(&mut self.held),
        }
    }

    /// Keeps of a thought only what may be half of its end.
    fn forget(&mut self) {
        let mut from = self.held.len().saturating_sub(CLOSE.len() - 1);
        while !self.held.is_char_boundary(from) {
            from += 1;
        }
        self.held.drain(..from);
    }
}
