//! Finds the running text of a Markdown passage: paragraphs and list items, with the displays that
//! stand among their sentences. Code, tables, headings, images and HTML are not running text.

/// A stretch of running text, without line breaks except around displays.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Flow(pub(super) String);

enum Block {
    Text(String),
    Display(String),
    Other,
}

/// The running text of a passage.
pub(super) fn flows(text: &str) -> Vec<Flow> {
    let mut flows = Vec::new();
    let mut flow = String::new();
    let mut display_before = false;
    for block in blocks(text) {
        let (piece, display) = match &block {
            Block::Text(text) => (text.as_str(), false),
            Block::Display(text) => (text.as_str(), true),
            Block::Other => ("", false),
        };
        if goes_on(&flow, piece, display, display_before) {
            flow.push('\n');
        } else if !flow.is_empty() {
            flows.push(Flow(std::mem::take(&mut flow)));
        }
        flow.push_str(piece);
        display_before = display;
    }
    flows.extend((!flow.is_empty()).then_some(Flow(flow)));
    flows
}

/// Whether a block continues the sentence that the flow ends with.
fn goes_on(flow: &str, piece: &str, display: bool, display_before: bool) -> bool {
    let ended =
        flow.trim_end_matches(['$', ' ', '\n', '\\', ']', '}']).ends_with(['.', '!', '?', '。', '！', '？']);
    let begins = piece
        .chars()
        .next()
        .is_some_and(|c| c.is_lowercase() || matches!(c, '其' | '这' | '则' | '并' | ',' | '，'));
    !flow.is_empty() && !piece.is_empty() && !ended && (display || (display_before && begins))
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let bare = line.trim_start().trim_start_matches("> ").trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(fence) = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence)) {
            close(&mut blocks, &mut paragraph);
            lines.by_ref().find(|line| line.trim_start().starts_with(fence));
            blocks.push(Block::Other);
        } else if let Some(end) = display_end(bare) {
            close(&mut blocks, &mut paragraph);
            let mut display = bare.to_owned();
            while !is_closed(&display, &end)
                && let Some(line) = lines.next()
            {
                display = display + "\n" + line.trim().trim_start_matches("> ");
            }
            blocks.push(Block::Display(display));
        } else if bare.is_empty() {
            close(&mut blocks, &mut paragraph);
        } else if is_underline(bare) && !paragraph.is_empty() {
            // A heading with a line below it.
            paragraph.clear();
            blocks.push(Block::Other);
        } else if is_no_text(bare) || (indent >= 4 && paragraph.is_empty()) {
            close(&mut blocks, &mut paragraph);
            blocks.push(Block::Other);
        } else if let Some(item) = item(bare) {
            close(&mut blocks, &mut paragraph);
            blocks.push(Block::Other);
            paragraph.push(item);
        } else {
            paragraph.push(bare);
        }
    }
    close(&mut blocks, &mut paragraph);
    blocks
}

fn close(blocks: &mut Vec<Block>, paragraph: &mut Vec<&str>) {
    // A table without outer bars is a paragraph with a row of dashes.
    let table = paragraph.iter().any(|line| line.contains('|') && line.contains("--"));
    let mut lines = paragraph.drain(..);
    let Some(first) = lines.next() else { return };
    let text = lines.fold(first.to_owned(), join);
    blocks.push(if table { Block::Other } else { Block::Text(text) });
}

/// Joins lines with a space, or with nothing between Chinese characters.
fn join(joined: String, line: &str) -> String {
    let wide = |c: Option<char>| c.is_some_and(|c| c > '\u{2e7f}');
    let seam = if wide(joined.chars().next_back()) && wide(line.chars().next()) { "" } else { " " };
    joined + seam + line
}

/// What closes the display that this line opens.
fn display_end(line: &str) -> Option<String> {
    if line.starts_with("$$") {
        return Some("$$".into());
    }
    if line.starts_with("\\[") {
        return Some("\\]".into());
    }
    let name = line.strip_prefix("\\begin{")?;
    Some(format!("\\end{{{}}}", &name[..name.find('}')?]))
}

fn is_closed(display: &str, end: &str) -> bool {
    display.len() >= 2 * end.len() && display[2..].contains(end)
}

fn is_underline(line: &str) -> bool {
    line.len() >= 3 && (line.chars().all(|c| c == '=') || line.chars().all(|c| c == '-'))
}

/// Headings, table rows, rules, HTML, images, definitions.
fn is_no_text(line: &str) -> bool {
    let heading = line.trim_start_matches('#');
    let is_heading = heading.len() < line.len() && (heading.is_empty() || heading.starts_with([' ', '\t']));
    let definition = line.starts_with('[') && line.contains("]:");
    let tag = line.starts_with('<')
        && line[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    is_heading || definition || tag || is_underline(line) || line.starts_with('|') || line.starts_with("![")
}

/// The text of a list item without its mark.
fn item(line: &str) -> Option<&str> {
    if let Some(text) = ["- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)) {
        return Some(text.trim_start());
    }
    let text = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let marked = (1..=3).contains(&(line.len() - text.len()));
    text.strip_prefix(". ").or_else(|| text.strip_prefix(") ")).filter(|_| marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = flows(text).into_iter().map(|flow| flow.0).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn running_text_is_found() {
        check("One\ntwo.\n\nThree.", &["One two.", "Three."]);
        check("# Head\nText.\n\nHead\n----\nMore.", &["Text.", "More."]);
        check("Text.\n```rust\nlet a;\n\n```\nMore.", &["Text.", "More."]);
        check("| a | b |\n|---|---|\n| 1 | 2 |\n\na | b\n--|--\n1 | 2\n\nText.", &["Text."]);
        check("- one\n  more\n- two\n1. three", &["one more", "two", "three"]);
        check("    code\n\n<b>html</b>\n\n![image](x)\n\n[x]: y\n\n> Said.", &["Said."]);
        check("低秩\n适应 is\n好的", &["低秩适应 is 好的"]);
    }

    #[test]
    fn displays_stay_with_their_sentence() {
        check(
            "We set\n\n$$\na = b\n$$\n\nwhere $b$ is. Next.",
            &["We set\n$$\na = b\n$$\nwhere $b$ is. Next."],
        );
        check("It ends.\n\n$$a$$\n\nNew.", &["It ends.", "$$a$$", "New."]);
        check("So\n\\[\na.\n\\]\nThen.", &["So\n\\[\na.\n\\]", "Then."]);
        check(
            "Let\n\\begin{align}\na\\\\\nb\n\\end{align}\nhold.",
            &["Let\n\\begin{align}\na\\\\\nb\n\\end{align}\nhold."],
        );
    }
}
