//! What the author of a text should look at.

use std::collections::HashSet;
use std::ops::Range;

use crate::context::{Warning, WarningKind};
use crate::whole::Document;
use crate::writer::{Finding, Known};

/// The warnings of a document, in order, with positions in the text as it was given.
pub(crate) fn of(given: &str, text: &str, document: &Document<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut seen = HashSet::new();
    for (start, findings) in document.offsets.iter().zip(&document.findings) {
        let kinds: Vec<_> = findings.iter().map(|finding| kind(finding, document, &mut seen)).collect();
        if kinds.iter().all(Option::is_none) {
            continue;
        }
        let mut from = *start;
        for (finding, kind) in findings.iter().zip(kinds) {
            let range = match finding {
                Finding::Formula(source, ..) => locate(text, from, source),
                Finding::Refused(source) => locate(text, from, source),
                Finding::Reference(label) => locate(text, from, &format!(r"\eqref{{{label}}}")),
                Finding::Citation(key, _) => locate(text, from, &format!("@{key}")),
            };
            from = range.end;
            warnings.extend(kind.map(|kind| Warning { range: original(given, text, range), kind }));
        }
    }
    warnings.extend(document.unclosed.iter().map(|range| Warning {
        range: original(given, text, range.clone()),
        kind: WarningKind::UnclosedFormula,
    }));
    warnings.sort_by_key(|warning| warning.range.start);
    warnings
}

/// What is wrong with a finding, if anything is; `seen` are labels that formulas before it have.
fn kind(finding: &Finding, document: &Document<'_>, seen: &mut HashSet<String>) -> Option<WarningKind> {
    match finding {
        Finding::Citation(_, Known::Well) => None,
        Finding::Citation(key, _) => Some(WarningKind::UnknownCitation { key: key.clone() }),
        Finding::Refused(formula) => Some(WarningKind::RefusedFormula { formula: formula.clone() }),
        Finding::Reference(label) => {
            let unknown = !document.known.resolves(label);
            unknown.then(|| WarningKind::UnknownLabel { label: label.clone() })
        }
        Finding::Formula(source, ..) => {
            let here = |label: &&String| source.contains(&format!(r"\label{{{label}}}"));
            let label = document.known.repeated.iter().find(here)?;
            let again = !seen.insert(label.clone());
            again.then(|| WarningKind::RepeatedLabel { label: label.clone() })
        }
    }
}

/// The farthest that the next finding of a block is looked for.
const FAR: usize = 64 * 1024;

/// Where `source` stands, from a position on; its first line where containers part its lines.
fn locate(text: &str, from: usize, source: &str) -> Range<usize> {
    let rest = &text[from..text.floor_char_boundary(from + FAR)];
    let line = source.lines().next().unwrap_or_default();
    let mut begins = rest.match_indices(line).map(|(at, _)| at).take(8).peekable();
    let first = begins.peek().map(|at| (*at, line.len()));
    let whole = begins.find(|at| rest[*at..].starts_with(source)).map(|at| (at, source.len()));
    whole.or(first).map_or(from..from, |(at, length)| from + at..from + at + length)
}

/// The position in the text as it was given: what was normalised away counts again.
fn original(given: &str, text: &str, range: Range<usize>) -> Range<usize> {
    if given.len() == text.len() {
        return range;
    }
    let offset = |wanted: usize| {
        let mut at = usize::from(given.starts_with('\u{feff}')) * 3;
        let mut normal = 0;
        let mut rest = given[at..].chars().peekable();
        while normal < wanted {
            let Some(c) = rest.next() else { break };
            at += c.len_utf8();
            let joined = c == '\r' && rest.peek() == Some(&'\n');
            let control = c < ' ' && !matches!(c, '\n' | '\t' | '\r');
            normal += if joined {
                0
            } else if control {
                3
            } else {
                c.len_utf8()
            };
        }
        at
    };
    offset(range.start)..offset(range.end)
}
