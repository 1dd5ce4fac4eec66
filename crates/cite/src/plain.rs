/// A plain text with formulas as one line for a reader without TeX: white space folded, `\$` a dollar, and what no
/// text should hold left out. Formulas stay as TeX.
///
/// ```
/// assert_eq!(cite::plain("costs \\$5 at\n$x_1$"), "costs $5 at $x_1$");
/// ```
pub fn text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    for part in parts(source) {
        match part {
            Part::Prose(prose) => out.push_str(&prose.replace(r"\$", "$")),
            Part::Formula { written, .. } => out.push_str(written),
        }
    }
    line(&out)
}

/// A text as one line: white space and control characters are single spaces.
pub(crate) fn line(text: &str) -> String {
    let space = |c: char| c.is_whitespace() || c.is_control() || is_illegal(c);
    text.split(space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A part of a plain text with formulas.
pub(crate) enum Part<'a> {
    Prose(&'a str),
    Formula {
        /// With its delimiters.
        written: &'a str,
        /// Without; the whole of an environment.
        tex: &'a str,
    },
}

/// The parts of a plain text with formulas, in order.
pub(crate) fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut parts, mut at) = (Vec::new(), 0);
    for span in tex::formulas(text) {
        parts.push(Part::Prose(&text[at..span.range.start]));
        at = span.range.end;
        parts.push(Part::Formula { written: &text[span.range], tex: &text[span.tex] });
    }
    parts.push(Part::Prose(&text[at..]));
    parts
}

/// What XML has no place for, besides control characters.
pub(crate) fn is_illegal(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}
