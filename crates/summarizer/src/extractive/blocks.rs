//! Finds the running text of a Markdown passage: paragraphs and list items, with the displays that
//! stand among their sentences. Code, tables, images and HTML are not running text.

use super::sections::is_usual_heading;

/// What a passage is made of, as far as it can be read aloud.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// The heading of what follows.
    Heading(String),
    /// A stretch of running text, without line breaks except around displays.
    Flow(String),
    /// What nobody reads aloud, or the beginning of a list's item.
    Break,
}

enum Block {
    Text(String),
    Display(String),
    Heading(String),
    Other,
}

/// A display that goes on for more lines than this never ends.
const LONGEST_DISPLAY: usize = 100;

/// The running text of a passage, and the headings in it.
pub(super) fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut flow = String::new();
    let mut display_before = false;
    for block in blocks(text) {
        let (piece, display) = match &block {
            Block::Text(text) => (text.as_str(), false),
            Block::Display(text) => (text.as_str(), true),
            Block::Heading(_) | Block::Other => ("", false),
        };
        if goes_on(&flow, piece, display, display_before) {
            flow.push('\n');
        } else if !flow.is_empty() {
            parts.push(Part::Flow(std::mem::take(&mut flow)));
        }
        flow.push_str(piece);
        display_before = display;
        match block {
            Block::Heading(heading) => parts.push(Part::Heading(heading)),
            Block::Other => parts.push(Part::Break),
            Block::Text(_) | Block::Display(_) => {}
        }
    }
    parts.extend((!flow.is_empty()).then_some(Part::Flow(flow)));
    parts
}

/// Whether a block continues the sentence that the flow ends with.
fn goes_on(flow: &str, piece: &str, display: bool, display_before: bool) -> bool {
    !flow.is_empty()
        && !piece.is_empty()
        && !has_ended(flow)
        && (display || (display_before && continues(piece)))
}

/// Whether a text ends with a whole sentence, or a formula that does.
pub(super) fn has_ended(text: &str) -> bool {
    text.trim_end_matches(['$', ' ', '\n', '\\', ']', '}']).ends_with(['.', '!', '?', '。', '！', '？'])
}

/// Whether a text begins in the middle of a sentence.
pub(super) fn continues(text: &str) -> bool {
    text.starts_with(|c: char| c.is_lowercase() || matches!(c, '其' | '这' | '则' | '并' | ',' | '，'))
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let bare = line.trim_start().trim_start_matches("> ").trim();
        let indent = line.len() - line.trim_start().len();
        if let Some(fence) = ["```", "~~~"].into_iter().find(|fence| bare.starts_with(fence)) {
            close(&mut blocks, &mut paragraph);
            lines.by_ref().find(|line| line.trim_start().starts_with(fence));
            blocks.push(Block::Other);
        } else if let Some(display) = display(bare, &mut lines) {
            close(&mut blocks, &mut paragraph);
            blocks.push(Block::Display(display));
        } else if bare.is_empty() {
            close(&mut blocks, &mut paragraph);
        } else if is_underline(bare) && !paragraph.is_empty() {
            // A heading with a line below it.
            blocks.push(Block::Heading(std::mem::take(&mut paragraph).join(" ")));
        } else if let Some(heading) = heading(bare, paragraph.is_empty()) {
            close(&mut blocks, &mut paragraph);
            blocks.push(Block::Heading(heading.to_owned()));
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

/// The display that this line opens, with the lines up to its end, which are taken.
fn display(line: &str, lines: &mut std::str::Lines) -> Option<String> {
    let (open, end) = delimiters(line)?;
    let rest = if line[open..].contains(&end) {
        0
    } else {
        1 + lines.clone().take(LONGEST_DISPLAY).position(|line| line.contains(&end))?
    };
    let rest = lines.by_ref().take(rest).map(|line| line.trim().trim_start_matches("> "));
    Some(rest.fold(line.to_owned(), |display, line| display + "\n" + line))
}

/// How long the opening of the display that begins this line is, and what closes it.
fn delimiters(line: &str) -> Option<(usize, String)> {
    if line.starts_with("$$") {
        return Some((2, "$$".into()));
    }
    if line.starts_with("\\[") {
        return Some((2, "\\]".into()));
    }
    let name = line.strip_prefix("\\begin{")?;
    Some((7, format!("\\end{{{}}}", &name[..name.find('}')?])))
}

/// The text of a heading: marked as one, or a usual one on a line of its own after a blank one.
fn heading(line: &str, after_blank: bool) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let marked = text.len() < line.len() && (text.is_empty() || text.starts_with([' ', '\t']));
    if marked {
        return Some(text.trim_matches([' ', '\t', '#']));
    }
    (after_blank && is_usual_heading(line)).then_some(line)
}

fn is_underline(line: &str) -> bool {
    line.len() >= 3 && (line.chars().all(|c| c == '=') || line.chars().all(|c| c == '-'))
}

/// Table rows, rules, HTML, images, definitions.
fn is_no_text(line: &str) -> bool {
    let definition = line.starts_with('[') && line.contains("]:");
    let tag = line.starts_with('<')
        && line[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    definition || tag || is_underline(line) || line.starts_with('|') || line.starts_with("![")
}

/// The text of a list item without its mark.
fn item(line: &str) -> Option<&str> {
    if let Some(text) = ["- ", "* ", "+ ", "• "].iter().find_map(|mark| line.strip_prefix(mark)) {
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
        let shown = |part| match part {
            Part::Heading(heading) => Some(format!("# {heading}")),
            Part::Flow(flow) => Some(flow),
            Part::Break => None,
        };
        let found: Vec<_> = parts(text).into_iter().filter_map(shown).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn running_text_is_found() {
        check("One\ntwo.\n\nThree.", &["One two.", "Three."]);
        check("## Head ##\nText.\n\nHead\n----\nMore.", &["# Head", "Text.", "# Head", "More."]);
        check("Text.\n\n2 Results\nMore.\nResults", &["Text.", "# 2 Results", "More. Results"]);
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
        check("So\n\n$$a\n\nA lone one.", &["So", "$$a", "A lone one."]);
    }
}
