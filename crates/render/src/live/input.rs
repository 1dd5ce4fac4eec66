//! The normalisation of input, in pieces: see [`crate::html::normalised`].

/// What the end of one piece means for the next.
#[derive(Debug, Default)]
pub(super) struct Normaliser {
    begun: bool,
    after_return: bool,
}

impl Normaliser {
    /// Appends a piece to `out` as it reads when the whole is normalised at once.
    pub(super) fn push(&mut self, out: &mut String, piece: &str) {
        let piece = if self.begun { piece } else { piece.strip_prefix('\u{feff}').unwrap_or(piece) };
        self.begun |= !piece.is_empty();
        for c in piece.chars() {
            match c {
                '\n' if self.after_return => {}
                '\r' => out.push('\n'),
                '\n' | '\t' => out.push(c),
                c if c < ' ' => out.push('\u{fffd}'),
                c => out.push(c),
            }
            self.after_return = c == '\r';
        }
    }
}
