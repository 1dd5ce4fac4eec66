use std::{collections::HashSet, ops::Range};

use words::{Shape, Word};

use crate::{Query, text::exact_term};

/// Stands where a snippet leaves something out.
const ELLIPSIS: char = '…';

/// A piece of a text, as plain text with formulas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The piece, with an ellipsis where it was cut.
    pub text: String,
    /// The bytes of `text` that answer the query, in order. One that touches a formula covers it whole.
    pub marks: Vec<Range<usize>>,
}

/// The part of a text that answers the query best, at most `chars` characters long.
///
/// It is cut between words and never inside a formula; where nothing answers, it is the beginning.
///
/// ```
/// let query = search::Query::parse("rotary positions");
/// let found = search::snippet(&query, "We study rotary position encoding for $x_1$.", 30);
/// assert_eq!(found.text, "We study rotary position…");
/// assert_eq!(&found.text[found.marks[0].clone()], "rotary");
/// ```
pub fn snippet(query: &Query, text: &str, chars: usize) -> Snippet {
    let formulas: Vec<_> = tex::formulas(text).into_iter().map(|span| span.range).collect();
    let matches = matches(&query.forms().whole, text, &formulas);
    let cuts = Cuts::of(text, &formulas);
    let window = cuts.best_window(&matches, chars);
    piece(text, cuts.chars[window.start]..cuts.chars[window.end], &matches)
}

/// A word or formula of the text that answers the query.
struct Match {
    range: Range<usize>,
    form: String,
}

fn matches(forms: &HashSet<String>, text: &str, formulas: &[Range<usize>]) -> Vec<Match> {
    let mut matches = Vec::new();
    let mut end = 0;
    for formula in formulas {
        in_text(forms, text, end..formula.start, &mut matches);
        if let Some(form) = in_formula(forms, &text[formula.clone()]) {
            matches.push(Match { range: formula.clone(), form });
        }
        end = formula.end;
    }
    in_text(forms, text, end..text.len(), &mut matches);
    matches
}

fn in_text(forms: &HashSet<String>, text: &str, range: Range<usize>, matches: &mut Vec<Match>) {
    for word in words::words(&text[range.clone()]) {
        if let Some(form) = wanted(forms, &word) {
            matches.push(Match { range: range.start + word.range.start..range.start + word.range.end, form });
        }
    }
}

fn in_formula(forms: &HashSet<String>, formula: &str) -> Option<String> {
    words::words(&crate::text::plain(formula)).iter().find_map(|word| wanted(forms, word))
}

/// The form under which a word is wanted, if it is.
fn wanted(forms: &HashSet<String>, word: &Word) -> Option<String> {
    let form = if word.shape == Shape::Single { exact_term(word) } else { word.text.clone() };
    (forms.contains(&form) && !words::is_common(word.exact())).then_some(form)
}

/// The places of a text where a snippet may begin or end.
struct Cuts<'a> {
    text: &'a str,
    /// The byte at which each character begins, and the end.
    chars: Vec<usize>,
    /// Which of `chars` are allowed.
    allowed: Vec<bool>,
}

impl<'a> Cuts<'a> {
    fn of(text: &'a str, formulas: &[Range<usize>]) -> Self {
        let chars: Vec<_> = text.char_indices().map(|(index, _)| index).chain([text.len()]).collect();
        let mut allowed: Vec<_> = chars.iter().map(|at| is_between_words(text, *at)).collect();
        for formula in formulas {
            let first = chars.partition_point(|at| *at <= formula.start);
            let last = chars.partition_point(|at| *at < formula.end);
            allowed[first..last].fill(false);
            allowed[last] = true;
        }
        break_long_words(&mut allowed, text, &chars, formulas);
        Self { text, chars, allowed }
    }

    /// The window with the most different answers, in characters; of equal ones the first.
    fn best_window(&self, matches: &[Match], limit: usize) -> Range<usize> {
        let total = self.chars.len() - 1;
        if total <= limit {
            return 0..total;
        }
        // Both ends may get an ellipsis.
        let limit = limit.saturating_sub(2);
        let mut best = self.window_from(0, limit);
        let mut most = self.worth(&best, matches);
        for (index, found) in matches.iter().enumerate() {
            if index > 0 && matches[index - 1].range.start == found.range.start {
                continue;
            }
            let window = self.window_from(self.start_before(found.range.start, limit), limit);
            let worth = self.worth(&window, &matches[index.saturating_sub(64)..]);
            if worth > most {
                (best, most) = (window, worth);
            }
        }
        best
    }

    /// Where a window begins that shows a match: at its sentence, or a quarter of a window before it.
    fn start_before(&self, byte: usize, limit: usize) -> usize {
        let at = self.char_of(byte);
        let earliest = at.saturating_sub(limit / 4);
        let end_of_sentence = |index: &usize| {
            let before = self.text[..self.chars[*index]].trim_end();
            before.len() < self.chars[*index] && before.ends_with(['.', '!', '?'])
                || before.ends_with(['。', '！', '？', '；'])
        };
        let sentence =
            (earliest..=at).find(|index| self.allowed[*index] && (*index == 0 || end_of_sentence(index)));
        sentence.or_else(|| (earliest..=at).find(|index| self.allowed[*index])).unwrap_or(at)
    }

    fn window_from(&self, start: usize, limit: usize) -> Range<usize> {
        let total = self.chars.len() - 1;
        let start = start.min(total);
        let furthest = (start + limit).min(total);
        match (start + 1..=furthest).rev().find(|index| self.allowed[*index]) {
            Some(end) => start..end,
            // A formula that is too long for the window: go on behind it.
            None => match (furthest..total).find(|index| self.allowed[*index] && *index > start) {
                Some(behind) => self.window_behind(behind, limit),
                None => start..start,
            },
        }
    }

    fn window_behind(&self, start: usize, limit: usize) -> Range<usize> {
        let furthest = (start + limit).min(self.chars.len() - 1);
        let end = (start..=furthest).rev().find(|index| self.allowed[*index]);
        start..end.unwrap_or(start)
    }

    /// How much of the query a window answers: different words first, then how often.
    fn worth(&self, window: &Range<usize>, matches: &[Match]) -> usize {
        let bytes = self.chars[window.start]..self.chars[window.end];
        let inside = matches
            .iter()
            .take_while(|found| found.range.start < bytes.end)
            .filter(|found| found.range.start >= bytes.start && found.range.end <= bytes.end);
        let (mut forms, mut count) = (HashSet::new(), 0);
        for found in inside {
            forms.insert(&found.form);
            count += 1;
        }
        forms.len() * 100 + count.min(99)
    }

    fn char_of(&self, byte: usize) -> usize {
        self.chars.partition_point(|at| *at < byte)
    }
}

/// Whether a text can be cut here: at white space, or beside a Chinese character.
fn is_between_words(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text[..at].chars().next_back(), text[at..].chars().next()) else {
        return true;
    };
    let wide = |c: char| ('\u{2e80}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c);
    let closing = |c: char| "。，、；：？！）》」』”’".contains(c);
    !after.is_whitespace() && (before.is_whitespace() || wide(before) || wide(after)) && !closing(after)
        || after.is_whitespace() && !before.is_whitespace()
}

/// Allows cuts in what goes on for long without one, so that an address of a thousand characters does not
/// fill a page.
fn break_long_words(allowed: &mut [bool], text: &str, chars: &[usize], formulas: &[Range<usize>]) {
    const LONG: usize = 80;
    let mut last = 0;
    for index in 0..allowed.len() {
        let at = chars[index];
        let next = formulas.partition_point(|formula| formula.end <= at);
        let in_formula = formulas.get(next).is_some_and(|formula| formula.start < at);
        let letter = text[at..].starts_with(|c: char| c.is_ascii_graphic());
        allowed[index] |= index - last > LONG && letter && !in_formula;
        if allowed[index] {
            last = index;
        }
    }
}

fn piece(text: &str, bytes: Range<usize>, matches: &[Match]) -> Snippet {
    let kept = &text[bytes.clone()];
    let shown = kept.trim();
    let start = bytes.start + kept.len() - kept.trim_start().len();
    let end = start + shown.len();
    let mut snippet = Snippet::default();
    snippet.text.extend((!text[..start].trim().is_empty()).then_some(ELLIPSIS));
    let shift = snippet.text.len();
    snippet.text.push_str(shown);
    snippet.text.extend((!text[end..].trim().is_empty()).then_some(ELLIPSIS));
    for found in matches.iter().filter(|found| found.range.start >= start && found.range.end <= end) {
        let range = found.range.start - start + shift..found.range.end - start + shift;
        match snippet.marks.last_mut() {
            // Pairs of characters overlap; words of a compound lie in the whole.
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => snippet.marks.push(range),
        }
    }
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The snippet with its marks in brackets.
    fn check(query: &str, text: &str, chars: usize, expected: &str) {
        let snippet = snippet(&Query::parse(query), text, chars);
        assert_eq!(shown(&snippet), expected, "{query:?} in {text:?}");
    }

    fn shown(snippet: &Snippet) -> String {
        let mut shown = snippet.text.clone();
        for mark in snippet.marks.iter().rev() {
            shown.insert(mark.end, ']');
            shown.insert(mark.start, '[');
        }
        shown
    }

    #[test]
    fn words_are_marked() {
        check("networks", "A neural network.", 99, "A neural [network].");
        check("low-rank", "Low rank and low-rank, lowrank", 99, "[Low] [rank] and [low-rank], [lowrank]");
        check("schrodinger", "Die Schrödinger-Gleichung", 99, "Die [Schrödinger]-Gleichung");
        check("the network", "the network", 99, "the [network]");
        check("旋转位置", "我们研究旋转位置编码。", 99, "我们研究[旋转位置]编码。");
        check("字", "汉字", 99, "汉[字]");
        check("nothing", "A text.", 99, "A text.");
        check("", "", 99, "");
    }

    #[test]
    fn formulas_are_marked_whole() {
        check("W_0", "Let $W_0+x$ be given.", 99, "Let [$W_0+x$] be given.");
        check("alpha", r"An $\alpha$-divergence", 99, r"An [$\alpha$]-divergence");
        check("divergence", r"An $\alpha$-divergence", 99, r"An $\alpha$-[divergence]");
    }

    #[test]
    fn the_best_part_is_shown() {
        let text = "First there is a long beginning about nothing much. Then attention is used for translation. End.";
        check("attention translation", text, 60, "…Then [attention] is used for [translation]. End.");
        check("attention", text, 30, "…Then [attention] is used for…");
        check("absent", text, 30, "First there is a long…");
        check("编码", "前面有很多别的内容，前面有很多别的内容。这里是编码。", 16, "…这里是[编码]。");
    }

    #[test]
    fn formulas_are_never_cut() {
        check("x", "word $a+b+c+d+e+f+g+h$ word", 12, "word…");
        check("x", "$a+b+c+d+e+f+g+h+i+j+k$ word and more", 12, "…word and…");
        check("x", "$$a+b+c+d+e+f+g+h+i+j+k$$", 12, "…");
    }

    proptest::proptest! {
        #[test]
        fn a_snippet_is_a_piece(
            parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..30),
            query in proptest::sample::select(&["word", "W_0 编码", "alpha", "zzz"][..]),
            chars in 3_usize..60,
        ) {
            let text = parts.concat();
            let found = snippet(&Query::parse(query), &text, chars);
            let whole = |text: &str| tex::formulas(text).into_iter().map(|span| text[span.range].to_owned()).collect::<Vec<_>>();
            proptest::prop_assert!(found.text.chars().count() <= chars);
            proptest::prop_assert!(text.contains(found.text.trim_matches(ELLIPSIS)));
            let all = whole(&text);
            for formula in whole(&found.text) {
                proptest::prop_assert!(all.contains(&formula), "{:?} is not a formula of {:?}", formula, text);
            }
            for mark in &found.marks {
                let cut = tex::formulas(&found.text).iter().any(|span| {
                    let (a, b) = (mark.clone(), span.range.clone());
                    a.start < b.end && b.start < a.end && !(a.start <= b.start && b.end <= a.end)
                });
                proptest::prop_assert!(!cut && found.text.get(mark.clone()).is_some());
            }
        }
    }

    const PARTS: &[&str] = &[
        "word ",
        "$W_0$",
        " $\\alpha + x$ ",
        "编码",
        "。",
        "long",
        "$5 ",
        "a ",
        ". ",
        "$$x\n y$$",
        "é",
        "\n\n",
    ];
}
