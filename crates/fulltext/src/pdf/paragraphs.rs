//! From lines to paragraphs and sections.

use std::collections::{HashMap, HashSet};

use super::{Sheet, lines::Line};
use crate::compose::Composer;

/// Headings that stand alone and without a number.
const NAMES: &[&str] = &[
    "abstract",
    "introduction",
    "background",
    "relatedwork",
    "relatedworks",
    "preliminaries",
    "method",
    "methods",
    "methodology",
    "materialsandmethods",
    "approach",
    "experiments",
    "evaluation",
    "results",
    "resultsanddiscussion",
    "discussion",
    "limitations",
    "conclusion",
    "conclusions",
    "conclusionandfuturework",
    "summary",
    "futurework",
    "acknowledgment",
    "acknowledgments",
    "acknowledgement",
    "acknowledgements",
    "references",
    "bibliography",
    "literaturecited",
    "appendix",
    "appendices",
    "supplementarymaterial",
    "摘要",
    "引言",
    "参考文献",
    "結論",
    "结论",
    "致谢",
    "附录",
];
/// Headings of lists of references.
const REFERENCES: &[&str] = &["references", "bibliography", "literaturecited", "参考文献"];

/// What is usual in a document.
struct Usual {
    size: f64,
    /// From one line to the next.
    step: f64,
    /// Whether its sections have numbers.
    numbered: bool,
    /// Its words, those with a hyphen as a whole.
    words: HashSet<String>,
}

/// Puts the pages together.
pub(super) fn compose(sheets: &[Sheet], composer: &mut Composer) {
    let usual = Usual::of(sheets);
    let (mut references, mut numbering) = (false, Numbering::default());
    // The beginning of a word that goes on overleaf.
    let mut carried = String::new();
    for (sheet, number) in sheets.iter().zip(1..) {
        let (lines, page) = (&sheet.lines, Some(number));
        let (mut at, mut text) = (0, std::mem::take(&mut carried));
        while at < lines.len() {
            if let Some((heading, taken)) =
                heading(lines, at, number == 1, &usual).filter(|(heading, _)| numbering.reaches(heading))
            {
                composer_paragraph(composer, &mut text, page, references);
                references = if is_named(&heading, REFERENCES) {
                    true
                } else {
                    references && !ends_references(&heading)
                };
                if !references {
                    composer.heading(&heading, page);
                }
                at += taken;
                continue;
            }
            if at > 0 && breaks(lines, at, &usual) {
                composer_paragraph(composer, &mut text, page, references);
            }
            join(&mut text, &lines[at].text, &usual.words);
            at += 1;
        }
        if let Some(word) = text.rfind(char::is_whitespace).filter(|_| is_divided(&text)) {
            carried = text.split_off(word + 1);
        }
        composer_paragraph(composer, &mut text, page, references);
    }
    composer_paragraph(composer, &mut carried, u32::try_from(sheets.len()).ok(), references);
}

fn composer_paragraph(composer: &mut Composer, text: &mut String, page: Option<u32>, left_out: bool) {
    if !left_out {
        // A dollar of a PDF is one: formulas there have none.
        composer.paragraph(&text.replace('$', "\\$"), page);
    }
    text.clear();
}

/// Adds a line to a paragraph; a word that was divided is one again. It keeps its hyphen if the document has it with one
/// elsewhere, and not without.
fn join(text: &mut String, line: &str, words: &HashSet<String>) {
    if text.is_empty() {
        text.push_str(line);
    } else if is_divided(text) && line.starts_with(char::is_lowercase) {
        let whole = |text: &str| {
            let (head, tail) = (text.split_whitespace().next_back(), line.split_whitespace().next());
            bare(&format!("{}{}", head.unwrap_or_default(), tail.unwrap_or_default()))
        };
        let compound = whole(text);
        let hyphen = text.pop();
        if words.contains(&compound) && !words.contains(&whole(text)) {
            text.extend(hyphen);
        }
        text.push_str(line);
    } else {
        let cjk = |c: char| ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c);
        if !(text.ends_with(cjk) && line.starts_with(cjk)) {
            text.push(' ');
        }
        text.push_str(line);
    }
}

/// A word in lower case without the signs around it.
fn bare(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn is_divided(text: &str) -> bool {
    let mut end = text.chars().rev();
    matches!(end.next(), Some('-' | '\u{2010}' | '\u{ad}')) && end.next().is_some_and(char::is_alphabetic)
}

/// Whether a paragraph begins with a line.
fn breaks(lines: &[Line], at: usize, usual: &Usual) -> bool {
    let (before, line) = (&lines[at - 1], &lines[at]);
    let down = line.base - before.base;
    let ended = before.text.ends_with(['.', '?', '!', ':', '。', '”']);
    if (line.size - before.size).abs() > 0.15 * usual.size {
        return true;
    }
    if line.turn != before.turn || line.turned {
        return line.turn != before.turn || down.abs() > 1.4 * line.size;
    }
    // The next column, or something that was drawn out of order.
    if down < -0.3 * line.size {
        return ended;
    }
    let indented = line.start - before.start;
    let after = lines.get(at + 1).is_some_and(|after| (after.start - before.start).abs() < 1.5);
    down > 1.4 * usual.step || (ended && after && (0.7 * line.size..4.0 * line.size).contains(&indented))
}

/// The heading that begins with a line, and how many lines it takes. What is large on the first page is the title and who
/// wrote it.
fn heading(lines: &[Line], at: usize, first_page: bool, usual: &Usual) -> Option<(String, usize)> {
    let line = &lines[at];
    let text = line.text.trim();
    let large = line.size > 1.12 * usual.size;
    let apart = at == 0 || {
        let down = line.base - lines[at - 1].base;
        down > 1.2 * usual.step || down < 0.0
    };
    let short = text.chars().count() <= 110 && text.split_whitespace().count() <= 16;
    let sentence = (text.ends_with(['.', ',', ';']) || is_divided(text)) && !is_named(text, NAMES);
    if !short || sentence || line.turned {
        return None;
    }
    let named = is_named(text, NAMES)
        && (large || apart || text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase));
    let numbered = is_numbered(text) && (large || apart);
    let wordy = text.chars().filter(|c| c.is_alphabetic()).count() * 2 > text.chars().count();
    let titled = !first_page && !usual.numbered && large && apart && wordy && line.size > 1.15 * usual.size;
    if !(named || numbered || titled) {
        return None;
    }
    let mut heading = text.to_owned();
    let more = lines[at + 1..].iter().zip(&lines[at..]).take(2).take_while(|(next, before)| {
        large
            && (next.size - line.size).abs() < 0.1
            && (0.0..1.7 * line.size).contains(&(next.base - before.base))
            && !is_numbered(&next.text)
    });
    let more: Vec<_> = more.map(|(next, _)| next.text.clone()).collect();
    more.iter().for_each(|next| join(&mut heading, next, &usual.words));
    Some((heading, 1 + more.len()))
}

/// Where the numbers of sections are: what counts on is a section, and what does not is a list or a part of a figure.
#[derive(Default)]
struct Numbering {
    section: u32,
    appendix: u32,
}

impl Numbering {
    /// Whether a heading has the number that comes next, or none. One may have been overlooked.
    fn reaches(&mut self, heading: &str) -> bool {
        if !is_numbered(heading) {
            return true;
        }
        let first = heading.split(['.', ' ']).next().unwrap_or_default();
        let letter = first.bytes().next().filter(|_| first.len() == 1).filter(u8::is_ascii_uppercase);
        let letter = letter.map(|letter| u32::from(letter - b'A') + 1);
        let (counter, number) = match (first.parse().ok().or_else(|| roman(first)), letter) {
            (Some(number), None) => (&mut self.section, number),
            (Some(number), Some(_)) if number == self.section + 1 => (&mut self.section, number),
            (_, Some(letter)) => (&mut self.appendix, letter),
            _ => return true,
        };
        let within =
            heading.split_whitespace().next().is_some_and(|number| number.trim_matches('.').contains('.'));
        let next = (*counter + 1..=*counter + 2).contains(&number);
        let again = number == *counter && (within || number == 1);
        if next || again {
            *counter = number;
        }
        next || again
    }
}

fn roman(number: &str) -> Option<u32> {
    const NUMBERS: [&str; 16] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
    ];
    (1..).zip(NUMBERS).find(|(_, known)| *known == number).map(|(value, _)| value)
}

/// `2 Method`, `2.1. Data`, `IV. RESULTS`, `A.2 Proofs`: a number, and words of which the first is upper-case.
fn is_numbered(text: &str) -> bool {
    let Some((number, words)) = text.split_once(char::is_whitespace) else { return false };
    let number = number.trim_end_matches('.');
    let mut parts = number.split('.');
    let first = parts.next().unwrap_or_default();
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    let roman = !first.is_empty() && first.len() <= 4 && first.bytes().all(|byte| b"IVX".contains(&byte));
    let letter = first.len() == 1 && first.as_bytes()[0].is_ascii_uppercase();
    let known = digits(first) && first != "0" || roman || letter;
    let words = words.trim();
    let figures = words.chars().filter(|c| c.is_ascii_digit() || "=+<>|".contains(*c)).count();
    let begins = words.chars().next().is_some_and(|c| c.is_uppercase() || c > '\u{2e80}');
    let long = words.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    known && parts.all(digits) && begins && long && figures * 6 <= words.chars().count()
}

fn is_named(text: &str, names: &[&str]) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphabetic()).collect::<String>().to_lowercase();
    names.contains(&bare.as_str())
}

/// After the references there may be an appendix.
fn ends_references(heading: &str) -> bool {
    let lower = heading.to_lowercase();
    let letter = heading
        .split([' ', '.'])
        .next()
        .is_some_and(|first| first.len() == 1 && first.as_bytes()[0].is_ascii_uppercase());
    letter
        || ["appendi", "supplement", "acknowledg", "附录"].iter().any(|name| lower.starts_with(name))
        || is_numbered(heading)
}

impl Usual {
    fn of(sheets: &[Sheet]) -> Self {
        let lines = || sheets.iter().flat_map(|sheet| &sheet.lines);
        let size = most(lines().map(|line| (line.size, line.text.len()))).unwrap_or(10.0);
        let steps = sheets.iter().flat_map(|sheet| sheet.lines.windows(2)).filter_map(|pair| {
            let step = pair[1].base - pair[0].base;
            let alike = pair.iter().all(|line| (line.size - size).abs() < 0.1 * size && !line.turned);
            (alike && (0.8 * size..2.5 * size).contains(&step)).then_some((step, 1))
        });
        let large = lines().filter(|line| line.size > 1.12 * size && is_numbered(line.text.trim()));
        let numbered = large.count() >= 3;
        let words = lines().flat_map(|line| line.text.split_whitespace()).map(bare).collect();
        Self { size, step: most(steps).unwrap_or(1.2 * size), numbered, words }
    }
}

/// The length that has the most weight, to a quarter of a point.
fn most(lengths: impl Iterator<Item = (f64, usize)>) -> Option<f64> {
    let mut weights: HashMap<i64, usize> = HashMap::new();
    for (length, weight) in lengths {
        *weights.entry((length * 4.0).round() as i64).or_default() += weight;
    }
    let best = weights.into_iter().max_by_key(|(length, weight)| (*weight, *length))?;
    Some(best.0 as f64 / 4.0)
}
