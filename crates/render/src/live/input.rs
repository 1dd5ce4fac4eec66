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
        let first = !self.begun && !piece.is_empty();
        self.begun |= first;
        let piece = piece.strip_prefix('\u{feff}').filter(|_| first).unwrap_or(piece);
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
