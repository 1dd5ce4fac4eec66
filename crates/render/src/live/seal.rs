//! Where the tail can be cut.

use crate::context::Trust;
use crate::markdown::{Kind, Parsed, ParsedBlock, ends_blank};

/// How many blocks are final, and where in the text the rest begins.
pub(super) fn cut(text: &str, parsed: &Parsed, trust: Trust) -> (usize, usize) {
    let parts = &parsed.blocks;
    let raw = parts.iter().position(|part| trust == Trust::Post && part.block.is_raw());
    let limit = raw.unwrap_or(parts.len());
    if limit == parts.len() && parsed.held.is_none() && parts.last().is_some_and(|last| complete(text, last))
    {
        return (parts.len(), text.len());
    }
    // Of the line with a held formula in it only the beginning was parsed.
    let text = &text[..parsed.held.unwrap_or(text.len())];
    let at = (1..parts.len()).rev().find(|i| *i <= limit && fresh(text, &parts[*i]));
    at.map_or((0, 0), |i| (i, parts[i].source.start))
}

/// Whether nothing can be added to a block any more.
fn complete(text: &str, last: &ParsedBlock) -> bool {
    let own = &text[last.source.start..];
    let one_line = own.ends_with('\n') && !own.trim_end().contains('\n');
    match last.kind {
        Kind::Paragraph => ends_blank(own),
        Kind::Line => one_line,
        Kind::Closed => own.ends_with('\n') && own.trim_end().ends_with(['`', '~']),
        Kind::Table | Kind::OpenCode | Kind::Container => false,
    }
}

/// Whether a block begins where it does whatever follows, and would be the same without anything before it.
fn fresh(text: &str, part: &ParsedBlock) -> bool {
    let start = part.source.start;
    let whole_line = text[start..].contains('\n');
    whole_line || (ends_blank(&text[..start]) && text[start..].starts_with(char::is_alphabetic))
}
