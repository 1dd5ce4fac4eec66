/// A part of a file that holds one entry, or several on one line.
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    /// What seems to be the key of its first entry.
    pub(super) key: Option<&'a str>,
    /// The line of the file where it begins, from 1.
    first: usize,
}

impl<'a> Piece<'a> {
    /// The piece up to the brace that closes its first one.
    pub(super) fn first_entry(&self) -> Option<&'a str> {
        let (mut depth, mut escaped) = (0_usize, false);
        for (at, c) in self.text.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' => depth += 1,
                '}' if depth == 1 => return Some(&self.text[..=at]),
                '}' => depth = depth.saturating_sub(1),
                _ => (),
            }
        }
        None
    }

    /// The line of the file that holds byte `at` of the piece.
    pub(super) fn line(&self, at: usize) -> usize {
        self.first + lines(&self.text[..self.text.floor_char_boundary(at)])
    }
}

/// Cuts a file at each line that begins an entry. Comments and preambles are left out: they say nothing of a
/// work, and what they may hold is more than parsers agree upon.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut starts = starts(text).peekable();
    let (mut at, mut line) = (0, 1);
    std::iter::from_fn(move || {
        let start = starts.next()?;
        line += lines(&text[at..start]);
        at = start;
        Some((line, &text[start..starts.peek().copied().unwrap_or(text.len())]))
    })
    .filter_map(|(line, text)| piece(line, text))
}

fn piece(first: usize, text: &str) -> Option<Piece<'_>> {
    let (kind, inside) = text.strip_prefix('@')?.split_once(BRACES)?;
    let kind = kind.trim().to_ascii_lowercase();
    let key = inside.split([',', '}', '\n']).next().map(str::trim).filter(|key| !key.is_empty());
    let key = key.filter(|_| kind != "string");
    (!matches!(kind.as_str(), "comment" | "preamble")).then_some(Piece { text, key, first })
}

fn starts(text: &str) -> impl Iterator<Item = usize> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let entry = line.trim_start();
        let start = at + line.len() - entry.len();
        at += line.len();
        is_start(entry).then_some(start)
    })
}

/// What opens an entry. The parser knows no parentheses, so an entry in them is rejected, but it is seen.
const BRACES: [char; 2] = ['{', '('];

/// Whether this is `@kind{…`.
fn is_start(line: &str) -> bool {
    let Some((kind, _)) = line.strip_prefix('@').and_then(|rest| rest.split_once(BRACES)) else {
        return false;
    };
    let kind = kind.trim();
    !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}
