use std::ops::Range;

use unicode_normalization::char::compose;

use crate::{
    Shape, Word,
    compound::{self, Part, PartKind},
    fold::{fold_char, fold_unspaced, is_ignored, is_unspaced, is_wordly, narrow, spoken},
};

/// Longer words are cut: nobody types them, and an index should not hold them.
const LONGEST: usize = 64;

/// The words of a plain text, in order.
///
/// A hyphen, a script's `_` or `^`, or a change between letters and digits splits a word and also joins it:
/// `low-rank` is `low`, `rank` and, at the place of the first, `lowrank`. So do the full stops of initials:
/// `i.i.d.` is also `iid`. A decimal number is one word.
pub fn words(text: &str) -> Vec<Word> {
    let mut splitter =
        Splitter { text, words: Vec::with_capacity(text.len() / 5), position: 0, begins: None };
    splitter.run();
    splitter.words
}

/// As [`words`], quicker: ordinary English words are left out where they do not begin with one of these letters (true for
/// each from `a` to `z`). A stem begins as its word does.
pub fn words_that_begin(text: &str, begins: &[bool; 26]) -> Vec<Word> {
    let mut splitter = Splitter { text, words: Vec::new(), position: 0, begins: Some(begins) };
    splitter.run();
    splitter.words
}

struct Splitter<'a> {
    text: &'a str,
    words: Vec<Word>,
    position: usize,
    /// The letters that plain words must begin with; any, where there are none.
    begins: Option<&'a [bool; 26]>,
}

impl Splitter<'_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some(c) = self.char_at(at) {
            at = if is_unspaced(c) {
                self.unspaced(at)
            } else if let Some(end) = self.ascii_word(at) {
                end
            } else if is_wordly(c) {
                self.compound(at)
            } else {
                at + c.len_utf8()
            };
        }
    }

    fn char_at(&self, at: usize) -> Option<char> {
        let byte = *self.text.as_bytes().get(at)?;
        if byte.is_ascii() { Some(byte as char) } else { self.text[at..].chars().next() }
    }

    /// A run of Chinese characters from `start`; where it ends.
    fn unspaced(&mut self, start: usize) -> usize {
        let mut run: Vec<(char, Range<usize>)> = Vec::new();
        let mut at = start;
        while let Some(c) = self.char_at(at).filter(|c| is_unspaced(*c) || is_ignored(*c)) {
            let end = at + c.len_utf8();
            if is_unspaced(c) {
                add_unspaced(&mut run, fold_unspaced(c), at..end);
            }
            at = end;
        }
        for (index, (c, range)) in run.iter().enumerate() {
            self.push(c.to_string(), range.clone(), index, Shape::Single);
            if let Some((next, after)) = run.get(index + 1) {
                self.push([*c, *next].iter().collect(), range.start..after.end, index, Shape::Pair);
            }
        }
        self.position += run.len();
        at
    }

    /// The word that begins at `start`, if it is plain ASCII and nothing else; where it ends. Most are.
    fn ascii_word(&mut self, start: usize) -> Option<usize> {
        let rest = &self.text.as_bytes()[start..];
        let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let next = rest.get(length).copied().unwrap_or(b' ');
        let ends = next.is_ascii() && !next.is_ascii_digit() && !b"-_^'+#".contains(&next);
        let ends = ends && (next, length) != (b'.', 1);
        if !(1..=LONGEST).contains(&length) || !ends {
            return None;
        }
        let end = start + length;
        let letter = usize::from(rest[0].to_ascii_lowercase() - b'a');
        if self.begins.is_some_and(|begins| !begins[letter]) {
            self.position += 1;
            return Some(end);
        }
        let exact = self.text[start..end].to_ascii_lowercase();
        self.words.push(compound::word(&exact, start..end, self.position, Shape::Plain));
        self.position += 1;
        Some(end)
    }

    /// A run of letters and digits with the hyphens inside it, from `start`; where it ends.
    fn compound(&mut self, start: usize) -> usize {
        let mut parts: Vec<Part> = Vec::new();
        let mut at = start;
        loop {
            at = self.run_of_parts(at, &mut parts);
            match self.joint(at, &parts) {
                Some(next) => at = next,
                None => break,
            }
        }
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.text.is_empty()).collect();
        compound::words(&parts, self.position, &mut self.words);
        self.position += parts.len();
        at
    }

    /// Where the next part begins, if a joint stands at `at`.
    fn joint(&self, at: usize, parts: &[Part]) -> Option<usize> {
        let joint = self.char_at(at)?;
        let mut after = self.text[at + joint.len_utf8()..].chars();
        let first = after.next().filter(|c| is_wordly(*c) && !is_unspaced(*c))?;
        let joins = match narrow(joint) {
            '-' | '_' | '^' => true,
            // Hyphens, dashes that are used as such, and the minus of a paper's own typesetting.
            '\u{2010}'..='\u{2013}' | '\u{2212}' => true,
            '.' => first.is_alphabetic() && !after.next().is_some_and(is_wordly) && are_initials(parts),
            _ => false,
        };
        joins.then_some(at + joint.len_utf8())
    }

    /// Adds the parts of one unbroken run of letters and digits; where it ends.
    fn run_of_parts(&self, start: usize, parts: &mut Vec<Part>) -> usize {
        let mut at = start;
        let mut fresh = true;
        while let Some(c) = self.char_at(at) {
            let end = at + c.len_utf8();
            if is_wordly(c) && !is_unspaced(c) {
                fold_char(c, |folded| add(parts, folded, at..end, &mut fresh));
                at = end;
            } else if is_ignored(c) {
                at = end;
            } else if !fresh
                && let Some(last) = parts.last_mut()
                && let Some((kept, length)) = inner(&self.text[at..], last)
            {
                last.text.push_str(kept);
                last.closed = matches!(kept, "++" | "#");
                at += length;
                last.range.end = at;
            } else {
                break;
            }
        }
        at
    }

    fn push(&mut self, text: String, range: Range<usize>, offset: usize, shape: Shape) {
        self.words.push(Word { text, exact: None, range, position: self.position + offset, shape });
    }
}

/// Adds one folded character to a run. A voicing mark, or a part of a Korean syllable, joins the last one.
fn add_unspaced(run: &mut Vec<(char, Range<usize>)>, folded: char, range: Range<usize>) {
    if matches!(folded, '\u{1161}'..='\u{11ff}' | '\u{3099}' | '\u{309a}')
        && let Some(last) = run.last_mut()
        && let Some(both) = compose(last.0, folded)
    {
        *last = (both, last.1.start..range.end);
    } else {
        run.push((folded, range));
    }
}

/// Adds one folded character to the last part, or begins the next one with it.
fn add(parts: &mut Vec<Part>, folded: char, range: Range<usize>, fresh: &mut bool) {
    if !is_wordly(folded) {
        return;
    }
    let kind = PartKind::of(folded);
    match parts.last_mut().filter(|last| !*fresh && last.kind == kind && !last.closed) {
        Some(last) if last.text.len() < LONGEST => {
            last.text.push(folded);
            last.range.end = range.end;
        }
        Some(last) => last.range.end = range.end,
        None => parts.push(Part { text: folded.to_string(), range, kind, closed: false }),
    }
    *fresh = false;
}

/// Whether all parts are single letters, as in `i.i.d.` and `U.S.`
fn are_initials(parts: &[Part]) -> bool {
    parts.len() < compound::MOST_JOINED
        && parts.iter().all(|part| part.kind == PartKind::Letters && part.text.chars().count() == 1)
}

/// What stands inside a word without being a letter or digit: what of it is kept, and its length.
fn inner(rest: &str, before: &Part) -> Option<(&'static str, usize)> {
    let mut after = rest.chars();
    let first = after.next()?;
    let ahead = || after.clone().map(narrow);
    let digits = || ahead().take_while(char::is_ascii_digit).take(4).count();
    let letter_or_digit = || ahead().next().is_some_and(|c| c.is_alphabetic() || c.is_ascii_digit());
    let length = first.len_utf8();
    match (before.kind, narrow(first)) {
        (PartKind::Digits, '.') if digits() > 0 => Some((".", length)),
        (PartKind::Digits, ',') if digits() == 3 => Some(("", length)),
        (PartKind::Letters, '\'' | '’' | '‘') => apostrophe(rest, length),
        (PartKind::Letters, '+') if ahead().next() == Some('+') && before.text.len() < 4 => {
            Some(("++", 2 * length))
        }
        (PartKind::Letters, '#') if before.text.len() == 1 && !letter_or_digit() => Some(("#", length)),
        _ => None,
    }
}

/// An apostrophe inside a word is dropped, and so is a possessive `s` at its end.
fn apostrophe(rest: &str, length: usize) -> Option<(&'static str, usize)> {
    let mut after = rest[length..].chars();
    let first = after.next().filter(|c| c.is_alphabetic())?;
    let possessive = matches!(first, 's' | 'S') && !after.next().is_some_and(char::is_alphanumeric);
    Some(("", if possessive { length + 1 } else { length }))
}

impl PartKind {
    fn of(folded: char) -> Self {
        if folded.is_numeric() {
            Self::Digits
        } else if spoken(folded).is_some() {
            Self::Signs
        } else {
            Self::Letters
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as `position:text`, with `=exact` where the stem differs; joined ones in brackets.
    fn check(text: &str, expected: &str) {
        let shown: Vec<_> = words(text).iter().map(show).collect();
        assert_eq!(shown.join(" "), expected, "{text:?}");
    }

    fn show(word: &Word) -> String {
        let exact = word.exact.as_ref().map(|exact| format!("={exact}")).unwrap_or_default();
        match word.shape {
            Shape::Joined => format!("[{}:{}{exact}]", word.position, word.text),
            _ => format!("{}:{}{exact}", word.position, word.text),
        }
    }

    #[test]
    fn english() {
        check("", "");
        check(" ,.;!", "");
        check("Neural networks", "0:neural 1:network=networks");
        check("running RUNS", "0:run=running 1:run=runs");
        check("Erdős–Rényi", "0:erdo=erdos [0:erdosrenyi] 1:renyi");
        check("Erdős—Rényi", "0:erdo=erdos 1:renyi");
        check("i.i.d. samples. A test", "0:i [0:iid] 1:i 2:d 3:sampl=samples 4:a 5:test");
        check("by J. Su. e.g.BERT f.read", "0:by 1:j 2:su 3:e [3:eg] 4:g 5:bert 6:f 7:read");
        check("Schro\u{308}dinger’s cat", "0:schroding=schrodinger 1:cat");
        check("don't O'Brien", "0:dont 1:obrien");
        check("co\u{ad}operate", "0:cooper=cooperate");
        check("'quoted' words'", "0:quot=quoted 1:word=words");
    }

    #[test]
    fn compounds() {
        check("low-rank", "0:low [0:lowrank] 1:rank");
        check("test time", "0:test 1:time");
        check("GPT-4", "0:gpt [0:gpt4] 1:4");
        check("GPT4", "0:gpt [0:gpt4] 1:4");
        check("GPT-3.5", "0:gpt [0:gpt3.5] 1:3.5");
        check("word2vec", "0:word [0:word2vec] [0:word2] 1:2 [1:2vec] 2:vec");
        check("LLaMA-2-7B", "0:llama [0:llama27b] [0:llama2] 1:2 2:7 [2:7b] 3:b");
        check("W_0", "0:w [0:w0] 1:0");
        check("a-", "0:a");
        check("-a--b", "0:a 1:b");
        check("x_", "0:x");
        check("state-of-the-art-x", "0:state 1:of 2:the 3:art 4:x");
    }

    #[test]
    fn numbers_and_symbols() {
        check("3.14 1.2.3 5.", "0:3.14 1:1.2.3 2:5");
        check("10,000 1,2", "0:10000 1:1 2:2");
        check("C++ and C#", "0:c++ 1:and 2:c#");
        check("C++17", "0:c++ [0:c++17] 1:17");
        check("x+y CD4+ #1", "0:x 1:y 2:cd [2:cd4] 3:4 4:1");
        check("m² m^2 10^6", "0:m [0:m2] 1:2 2:m [2:m2] 3:2 4:10 [4:106] 5:6");
        check("L∞ ∂f √", "0:l [0:linfin=linfinity] 1:infin=infinity 2:partial [2:partialf] 3:f 4:sqrt");
        check("３．５ Ｃ＋＋ １０，０００", "0:3.5 1:c++ 2:10000");
        check("α-helix β", "0:alpha [0:alphahelix] 1:helix 2:beta");
        check("λόγος", "0:λογοσ");
        check("𝛼 ＧＰＴ", "0:alpha 1:gpt");
    }

    #[test]
    fn chinese() {
        check("的", "0:的");
        check("初始化", "0:初 0:初始 1:始 1:始化 2:化");
        check("LoRA-GA的W_0", "0:lora [0:loraga] 1:ga 2:的 3:w [3:w0] 4:0");
        check("矩阵，向量", "0:矩 0:矩阵 1:阵 2:向 2:向量 3:量");
        check("數學，数学", "0:数 0:数学 1:学 2:数 2:数学 3:学");
        check("ﾊﾞｲｵ", "0:バ 0:バイ 1:イ 1:イオ 2:オ");
        check("ニューラル", "0:ニ 0:ニュ 1:ュ 1:ュー 2:ー 2:ーラ 3:ラ 3:ラル 4:ル");
    }

    #[test]
    fn very_long_words_are_cut() {
        let long = "x".repeat(10_000);
        let cut = words(&long);
        assert_eq!((cut.len(), cut[0].text.len(), cut[0].range.clone()), (1, LONGEST, 0..10_000));
    }

    proptest::proptest! {
        #[test]
        fn words_that_begin_are_those_that_are_wanted(
            text in r"([a-zA-Z]{1,8}[ .,-]|\PC|中文 |dying |skis ){0,30}",
            letters in "[a-z]{0,9}",
        ) {
            let mut begins = [false; 26];
            letters.bytes().for_each(|letter| begins[usize::from(letter - b'a')] = true);
            let wanted = |word: &Word| word.text.starts_with(|c: char| letters.contains(c));
            let all: Vec<_> = words(&text).into_iter().filter(wanted).collect();
            let some: Vec<_> = words_that_begin(&text, &begins).into_iter().filter(wanted).collect();
            proptest::prop_assert_eq!(all, some);
        }

        #[test]
        fn ranges_lie_in_the_text(text in r"(\PC|[-_.,'+# α中文é\u{308}\u{ad}]){0,40}") {
            let mut position = 0;
            for word in words(&text) {
                proptest::prop_assert!(text.get(word.range.clone()).is_some_and(|piece| !piece.is_empty()));
                proptest::prop_assert!(word.position == position || word.position == position + 1 || position == 0);
                proptest::prop_assert!(!word.text.is_empty() && word.text.chars().count() <= 4 * (LONGEST + 4));
                position = word.position;
            }
        }
    }
}
