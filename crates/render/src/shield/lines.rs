//! The block structure of Markdown, as far as it decides where a formula may stand: containers and their prefixes,
//! code, HTML, and what may interrupt a paragraph. It follows CommonMark 0.31 and the extensions that are switched on.

use comrak::{Arena, Options, parse_document};

/// A position in a line: bytes and columns differ where there are tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor<'s> {
    line: &'s str,
    pub(super) offset: usize,
    column: usize,
    /// Columns of a tab at `offset` that are already consumed.
    partly: usize,
}

impl<'s> Cursor<'s> {
    /// The beginning of a line, given without its line feed.
    pub(super) fn new(line: &'s str) -> Self {
        Self { line, offset: 0, column: 0, partly: 0 }
    }

    /// What follows.
    pub(super) fn rest(&self) -> &'s str {
        &self.line[self.offset..]
    }

    /// Columns that a tab at this position still fills, when a part of it is consumed.
    pub(super) fn padding(&self) -> usize {
        if self.partly > 0 { 4 - self.column % 4 } else { 0 }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.rest().bytes().all(|byte| byte == b' ' || byte == b'\t')
    }

    /// Columns of white space that follow.
    pub(super) fn indent(&self) -> usize {
        let mut column = self.column;
        for byte in self.rest().bytes() {
            match byte {
                b' ' => column += 1,
                b'\t' => column += 4 - column % 4,
                _ => break,
            }
        }
        column - self.column
    }

    /// Moves over white space, at most `columns` of it.
    pub(super) fn skip_columns(&mut self, columns: usize) {
        let target = self.column + columns;
        while self.column < target {
            match self.line.as_bytes().get(self.offset) {
                Some(b' ') => {
                    self.column += 1;
                    self.offset += 1;
                }
                Some(b'\t') => {
                    let width = 4 - self.column % 4;
                    let taken = width.min(target - self.column);
                    self.column += taken;
                    self.partly = if taken == width { 0 } else { self.partly + taken };
                    self.offset += usize::from(taken == width);
                }
                _ => break,
            }
        }
    }

    fn skip_indent(&mut self) {
        self.skip_columns(self.indent());
    }

    /// Moves over bytes that are no white space.
    fn skip_bytes(&mut self, bytes: usize) {
        self.offset += bytes;
        self.column += bytes;
        self.partly = 0;
    }

    /// What follows the white space.
    pub(super) fn content(&self) -> &'s str {
        self.rest().trim_start_matches([' ', '\t'])
    }
}

/// A block that holds other blocks, and what its further lines begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Quote,
    /// Columns of its content, from the beginning of its container; whether it holds nothing yet.
    Item {
        indent: usize,
        empty: bool,
    },
    Note,
}

impl Container {
    /// Whether a line goes on with this container; moves over its prefix if so.
    pub(super) fn continues(&self, cursor: &mut Cursor<'_>) -> bool {
        let indent = cursor.indent();
        match self {
            Container::Quote => quote_prefix(cursor),
            Container::Item { indent: needed, .. } if indent >= *needed => {
                cursor.skip_columns(*needed);
                true
            }
            Container::Item { empty, .. } => {
                let blank = cursor.is_blank() && !empty;
                if blank {
                    cursor.skip_indent();
                }
                blank
            }
            Container::Note if indent >= 4 => {
                cursor.skip_columns(4);
                true
            }
            Container::Note => cursor.line.is_empty(),
        }
    }
}

fn quote_prefix(cursor: &mut Cursor<'_>) -> bool {
    if cursor.indent() > 3 || !cursor.content().starts_with('>') {
        return false;
    }
    cursor.skip_indent();
    cursor.skip_bytes(1);
    cursor.skip_columns(usize::from(cursor.rest().starts_with([' ', '\t'])));
    true
}

/// What a line begins with, after the containers that it goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Container(Container),
    /// `# …`: words on this line only.
    Line,
    /// A quotation with a title: words on this line only.
    Alert,
    Fence {
        char: u8,
        length: usize,
    },
    Html(u8),
    /// A rule, or the underline of a heading.
    Rule,
    Indented,
    /// Words, or nothing.
    Text,
}

/// The kind of block that begins at the cursor; moves over its marker. `paragraph` says that a paragraph is open here, which not
/// everything can interrupt; `lazy` that the line might go on with a paragraph of an inner container.
pub(super) fn start(cursor: &mut Cursor<'_>, paragraph: bool, lazy: bool) -> Start {
    if cursor.is_blank() {
        return Start::Text;
    }
    if cursor.indent() >= 4 {
        return if paragraph || lazy { Start::Text } else { Start::Indented };
    }
    let content = cursor.content();
    match content.as_bytes()[0] {
        b'>' if alert(content) => {
            quote_prefix(cursor);
            cursor.skip_bytes(cursor.rest().find(']').map_or(0, |end| end + 1));
            Start::Alert
        }
        b'>' => {
            quote_prefix(cursor);
            Start::Container(Container::Quote)
        }
        b'#' if heading(content) => {
            cursor.skip_indent();
            Start::Line
        }
        b'`' | b'~' => fence(content).map_or(Start::Text, |(char, length)| Start::Fence { char, length }),
        b'<' => html(content, paragraph).map_or(Start::Text, Start::Html),
        b'=' | b'-' if paragraph && underline(content) => Start::Rule,
        b'*' | b'-' | b'_' if rule(content) => Start::Rule,
        b'[' => note(cursor).unwrap_or(Start::Text),
        _ => item(cursor, paragraph).unwrap_or(Start::Text),
    }
    .or_item(cursor, paragraph)
}

impl Start {
    /// `- ` may still be a list where it is no rule.
    fn or_item(self, cursor: &mut Cursor<'_>, paragraph: bool) -> Self {
        match self {
            Start::Text => item(cursor, paragraph).unwrap_or(Start::Text),
            start => start,
        }
    }
}

fn alert(content: &str) -> bool {
    let Some(rest) = content.strip_prefix("> [!") else { return false };
    ["note]", "tip]", "important]", "warning]", "caution]"]
        .iter()
        .any(|kind| rest.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
}

fn heading(content: &str) -> bool {
    let level = content.bytes().take_while(|byte| *byte == b'#').count();
    level <= 6 && content[level..].chars().next().is_none_or(|c| c == ' ' || c == '\t')
}

fn fence(content: &str) -> Option<(u8, usize)> {
    let char = content.as_bytes()[0];
    let length = content.bytes().take_while(|byte| *byte == char).count();
    let info = &content[length..];
    (length >= 3 && (char == b'~' || !info.contains('`'))).then_some((char, length))
}

/// Whether a line ends a fenced code block.
pub(super) fn closes_fence(cursor: &Cursor<'_>, char: u8, length: usize) -> bool {
    let content = cursor.content().trim_end_matches([' ', '\t']);
    cursor.indent() <= 3 && content.len() >= length && content.bytes().all(|byte| byte == char)
}

fn underline(content: &str) -> bool {
    let content = content.trim_end_matches([' ', '\t']);
    content.bytes().all(|byte| byte == b'=') || content.bytes().all(|byte| byte == b'-')
}

pub(super) fn rule(content: &str) -> bool {
    let marks = || content.bytes().filter(|byte| !matches!(byte, b' ' | b'\t'));
    let first = content.as_bytes()[0];
    marks().count() >= 3 && marks().all(|byte| byte == first)
}

fn note(cursor: &mut Cursor<'_>) -> Option<Start> {
    let name = cursor.content().strip_prefix("[^")?;
    let end = name.find([']', ' ', '\t'])?;
    (end > 0 && name[end..].starts_with("]:")).then(|| {
        cursor.skip_indent();
        cursor.skip_bytes(end + 4);
        cursor.skip_indent();
        Start::Container(Container::Note)
    })
}

fn item(cursor: &mut Cursor<'_>, paragraph: bool) -> Option<Start> {
    let indent = cursor.indent();
    let content = cursor.content();
    let width = marker(content, paragraph)?;
    let after = &content[width..];
    let blank = after.bytes().all(|byte| byte == b' ' || byte == b'\t');
    if !after.is_empty() && !after.starts_with([' ', '\t']) || (paragraph && blank) {
        return None;
    }
    cursor.skip_indent();
    cursor.skip_bytes(width);
    let spaces = cursor.indent();
    let taken = if blank || spaces > 4 { 1 } else { spaces };
    cursor.skip_columns(taken);
    Some(Start::Container(Container::Item { indent: indent + width + taken.max(1), empty: blank }))
}

/// The width of a list marker. Only a list that begins with 1 interrupts a paragraph.
fn marker(content: &str, paragraph: bool) -> Option<usize> {
    match content.as_bytes()[0] {
        b'-' | b'*' | b'+' => Some(1),
        b'0'..=b'9' => {
            let digits = content.bytes().take_while(u8::is_ascii_digit).count();
            let ends = content[digits..].starts_with(['.', ')']);
            let one = content[..digits].trim_start_matches('0') == "1";
            (digits <= 9 && ends && (one || !paragraph)).then_some(digits + 1)
        }
        _ => None,
    }
}

/// Whether any block other than words begins at the cursor, so that a paragraph cannot lazily go on there.
pub(super) fn interrupts(cursor: &Cursor<'_>, paragraph: bool) -> bool {
    start(&mut cursor.clone(), paragraph, true) != Start::Text
}

/// The kind of HTML block that begins with `content`, by the numbers of CommonMark.
fn html(content: &str, paragraph: bool) -> Option<u8> {
    let rest = &content[1..];
    let bounded = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t', '>']);
    if named(&["script", "pre", "textarea", "style"], rest).is_some_and(bounded) {
        return Some(1);
    }
    match rest.as_bytes() {
        [b'!', b'-', b'-', ..] => return Some(2),
        [b'?', ..] => return Some(3),
        [b'!', letter, ..] if letter.is_ascii_alphabetic() => return Some(4),
        _ if rest.starts_with("![CDATA[") => return Some(5),
        _ => {}
    }
    let name = rest.strip_prefix('/').unwrap_or(rest);
    if named(&BLOCK_TAGS, name).is_some_and(|rest| bounded(rest) || rest.starts_with("/>")) {
        return Some(6);
    }
    let alone = super::inline::tag(content).is_some_and(|end| content[end..].trim().is_empty());
    (!paragraph && alone).then_some(7)
}

/// What follows one of `names` at the beginning of `text`.
fn named<'t>(names: &[&str], text: &'t str) -> Option<&'t str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    names.iter().any(|name| name.eq_ignore_ascii_case(&text[..end])).then_some(&text[end..])
}

/// Whether a line ends an HTML block of a kind that a blank line does not end.
pub(super) fn ends_html(kind: u8, line: &str) -> bool {
    match kind {
        1 => {
            let line = line.to_ascii_lowercase();
            ["</script>", "</pre>", "</textarea>", "</style>"].iter().any(|end| line.contains(end))
        }
        2 => line.contains("-->"),
        3 => line.contains("?>"),
        4 => line.contains('>'),
        _ => line.contains("]]>"),
    }
}

const BLOCK_TAGS: [&str; 62] = [
    "address",
    "article",
    "aside",
    "base",
    "basefont",
    "blockquote",
    "body",
    "caption",
    "center",
    "col",
    "colgroup",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "menuitem",
    "nav",
    "noframes",
    "ol",
    "optgroup",
    "option",
    "p",
    "param",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
];

/// Whether a paragraph is nothing but definitions of links.
pub(super) fn only_defines(paragraph: &str) -> bool {
    parse_document(&Arena::new(), paragraph, &Options::default()).children().next().is_none()
}

/// The number of cells of a row that only holds dashes and colons.
pub(super) fn delimiter_row(content: &str) -> Option<usize> {
    if !content.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' ' | b'\t'))
        || !content.contains('-')
    {
        return None;
    }
    let row = content.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').unwrap_or(row);
    let cell = |cell: &str| {
        let dashes = cell.trim().trim_start_matches(':').trim_end_matches(':');
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    row.split('|').all(cell).then(|| row.split('|').count())
}

/// The number of cells of a row.
pub(super) fn cells(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let mut bars = 0;
    let mut last_bar = None;
    let mut escaped = false;
    for (i, byte) in row.bytes().enumerate() {
        if byte == b'|' && !escaped {
            bars += 1;
            last_bar = Some(i);
        }
        escaped = byte == b'\\' && !escaped;
    }
    if last_bar.is_some_and(|bar| bar + 1 == row.len()) { bars } else { bars + 1 }
}
