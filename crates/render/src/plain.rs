//! Plain text with formulas: titles, abstracts, snippets.

use std::borrow::Cow;
use std::ops::Range;

use tex::Span;

use crate::context::{Context, Formula, Rendered, Trust};
use crate::formula;
use crate::html::{Html, escape, normalised};
use crate::shield::reference;

/// One line of plain text with formulas, for a title: line breaks are spaces, and displays stay in the line.
pub fn inline(text: &str, context: &Context) -> Html {
    let text = normalised(text);
    let mut macros = context.macros.clone();
    let mut out = String::new();
    pieces(&text, &tex::formulas(&text), |piece| match piece {
        Piece::Text(range) => words(&mut out, &text[range].replace('\n', " ")),
        Piece::Formula(span) => {
            formula::plain(&mut out, &text, span, Trust::Paper, &mut macros);
        }
    });
    Html::new(out)
}

/// Plain text with formulas in which the given byte ranges are marked. A range that touches a formula marks all of it.
pub fn marked(text: &str, marks: &[Range<usize>], context: &Context) -> Html {
    let mut macros = context.macros.clone();
    let spans = tex::formulas(text);
    let marks = widened(text, &spans, marks);
    let mut out = String::new();
    let mut next = marks.iter().peekable();
    pieces(text, &spans, |piece| {
        let range = match &piece {
            Piece::Text(range) => range.clone(),
            Piece::Formula(span) => span.range.clone(),
        };
        while next.peek().is_some_and(|mark| mark.end <= range.start) {
            next.next();
        }
        match piece {
            Piece::Text(range) => mark_text(&mut out, text, range, &marks),
            Piece::Formula(span) => {
                let hit = next.peek().is_some_and(|mark| mark.start < range.end);
                out.push_str(if hit { "<mark>" } else { "" });
                formula::plain(&mut out, text, span, Trust::Paper, &mut macros);
                out.push_str(if hit { "</mark>" } else { "" });
            }
        }
    });
    Html::new(out)
}

/// The beginning of a plain text, at most `chars` characters and an ellipsis. It ends between words where it can, and
/// never inside a formula or a code span.
pub fn cut(text: &str, chars: usize) -> String {
    let Some((mut end, _)) = text.char_indices().nth(chars) else { return text.trim_end().to_owned() };
    for whole in tex::formulas(text).into_iter().map(|span| span.range).chain(code_spans(text)) {
        if whole.start < end && end < whole.end {
            end = whole.start;
        }
    }
    let kept = &text[..end];
    let word = kept.rfind(char::is_whitespace).filter(|space| {
        let in_word = text[end..].starts_with(|c: char| c.is_alphanumeric() && c.is_ascii());
        in_word && kept[*space..].chars().count() < 40 && kept[*space..].chars().all(|c| c != '$')
    });
    let kept = kept[..word.unwrap_or(end)].trim_end_matches(|c: char| c.is_whitespace() || c == ',');
    format!("{kept}…")
}

pub(crate) fn render(text: &str, trust: Trust, context: &Context) -> Rendered {
    let mut macros = context.macros.clone();
    let spans = tex::formulas(text);
    let mut html = String::from("<p>");
    let mut formulas = Vec::new();
    pieces(text, &spans, |piece| match piece {
        Piece::Text(range) => paragraphs(&mut html, &text[range]),
        Piece::Formula(span) => {
            if formula::plain(&mut html, text, span, trust, &mut macros) {
                let tex = text[span.tex.clone()].to_owned();
                formulas.push(Formula { tex, display: span.display });
            }
        }
    });
    html.push_str("</p>\n");
    let html = html.replace("<p></p>\n", "");
    let html = Html::new(html);
    Rendered { html, formulas, text: text.to_owned(), marks: vec![(0, 1)], ..Rendered::default() }
}

/// A blank line begins a paragraph.
fn paragraphs(out: &mut String, text: &str) {
    let mut lines = text.split('\n').peekable();
    let mut blank = false;
    while let Some(line) = lines.next() {
        let inner = lines.peek().is_some();
        if blank && inner && line.trim().is_empty() {
            continue;
        }
        if blank && !line.trim().is_empty() {
            out.push_str("</p>\n<p>");
            blank = false;
        }
        words(out, line);
        if inner {
            let next_blank = lines.peek().is_some_and(|next| next.trim().is_empty());
            blank = next_blank;
            if !next_blank {
                out.push('\n');
            }
        }
    }
}

/// A part of a plain text.
pub(crate) enum Plain<'t> {
    Text(&'t str),
    /// `\eqref{label}` as it stands, and the label.
    Reference(&'t str, &'t str),
    /// The formula with its delimiters, the TeX in that, and whether it is a display.
    Formula(&'t str, Range<usize>, bool),
}

/// Splits plain text into words, references and formulas.
pub(crate) fn split<'t>(text: &'t str, mut each: impl FnMut(Plain<'t>)) {
    pieces(text, &tex::formulas(text), |piece| match piece {
        Piece::Text(range) => references(&text[range], &mut each),
        Piece::Formula(span) => {
            let tex = span.tex.start - span.range.start..span.tex.end - span.range.start;
            each(Plain::Formula(&text[span.range.clone()], tex, span.display));
        }
    });
}

fn references<'t>(text: &'t str, each: &mut impl FnMut(Plain<'t>)) {
    let mut from = 0;
    for (at, _) in text.match_indices(r"\eqref{") {
        let Some((length, label)) = reference(&text[at..]) else { continue };
        if from < at {
            each(Plain::Text(&text[from..at]));
        }
        each(Plain::Reference(&text[at..at + length], label));
        from = at + length;
    }
    if from < text.len() {
        each(Plain::Text(&text[from..]));
    }
}

enum Piece<'a> {
    Text(Range<usize>),
    Formula(&'a Span),
}

fn pieces<'a>(text: &str, spans: &'a [Span], mut each: impl FnMut(Piece<'a>)) {
    let mut at = 0;
    for span in spans {
        if at < span.range.start {
            each(Piece::Text(at..span.range.start));
        }
        each(Piece::Formula(span));
        at = span.range.end;
    }
    if at < text.len() {
        each(Piece::Text(at..text.len()));
    }
}

/// The marks in order, apart from one another, on character boundaries, and around whole formulas.
fn widened(text: &str, spans: &[Span], marks: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut marks: Vec<Range<usize>> = marks
        .iter()
        .filter(|mark| mark.start < mark.end && mark.start < text.len())
        .map(|mark| {
            let mut start = mark.start;
            let mut end = mark.end.min(text.len());
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            while !text.is_char_boundary(end) {
                end += 1;
            }
            start..end
        })
        .collect();
    let mut formulas = spans.iter();
    marks.sort_by_key(|mark| mark.start);
    let mut wide: Vec<Range<usize>> = Vec::new();
    let mut around = formulas.next();
    for mut mark in marks {
        while around.is_some_and(|span| span.range.end <= mark.start) {
            around = formulas.next();
        }
        if let Some(span) = around.filter(|span| span.range.start < mark.start) {
            mark.start = span.range.start;
        }
        if let Some(span) = spans.iter().find(|span| span.range.start < mark.end && mark.end < span.range.end)
        {
            mark.end = span.range.end;
        }
        match wide.last_mut().filter(|last| mark.start <= last.end) {
            Some(last) => last.end = last.end.max(mark.end),
            None => wide.push(mark),
        }
    }
    wide
}

fn mark_text(out: &mut String, text: &str, range: Range<usize>, marks: &[Range<usize>]) {
    let mut at = range.start;
    let first = marks.partition_point(|mark| mark.end <= range.start);
    for mark in marks[first..].iter().take_while(|mark| mark.start < range.end) {
        let (start, end) = (mark.start.max(at), mark.end.min(range.end));
        words(out, &text[at..start]);
        out.push_str("<mark>");
        words(out, &text[start..end]);
        out.push_str("</mark>");
        at = end;
    }
    words(out, &text[at..range.end]);
}

fn words(out: &mut String, text: &str) {
    escape(out, &unguarded(text));
}

/// Words without formulas as they are read: `\$` is a dollar.
pub(crate) fn unguarded(text: &str) -> Cow<'_, str> {
    if !text.contains(r"\$") {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('$')) => out.extend(chars.next()),
            ('\\', Some(_)) => out.extend([Some(c), chars.next()].into_iter().flatten()),
            _ => out.push(c),
        }
    }
    out.into()
}

/// Code between equal runs of backticks.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    let mut runs = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let length = text[start..].bytes().take_while(|byte| *byte == b'`').count();
        runs.push((start, length));
        at = start + length;
    }
    let mut i = 0;
    while i < runs.len() {
        let (start, length) = runs[i];
        if let Some(next) = runs[i + 1..].iter().take(100).position(|run| run.1 == length) {
            i += next + 1;
            spans.push(start..runs[i].0 + length);
        }
        i += 1;
    }
    spans
}
