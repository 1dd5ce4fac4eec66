use std::{borrow::Cow, collections::BTreeSet, ops::Range};

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use words::{Shape, Word};

/// The mark of a term that stands for a word exactly as written, or for one Chinese character.
pub(crate) const EXACT: char = '=';

/// A text with each formula replaced by its words, and accents and type in LaTeX by what they stand for.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['$', '\\', '{']) {
        return Cow::Borrowed(text);
    }
    let text = unaccented(text);
    Cow::Owned(spoken(&text, &tex::formulas(&text)))
}

/// A text with accents and type in LaTeX replaced by what they stand for (`Schr\"odinger`), its formulas as they are.
pub(crate) fn unaccented(text: &str) -> Cow<'_, str> {
    let written = text.contains(['\\', '{'])
        && outside(text, &tex::formulas(text)).any(|piece| piece.contains(['\\', '{']));
    if written { Cow::Owned(tex::text_mode(text)) } else { Cow::Borrowed(text) }
}

/// The pieces before, between and behind the formulas of a text; one more than there are formulas.
fn outside<'a>(text: &'a str, formulas: &'a [tex::Span]) -> impl Iterator<Item = &'a str> {
    let starts = std::iter::once(0).chain(formulas.iter().map(|span| span.range.end));
    let ends = formulas.iter().map(|span| span.range.start).chain([text.len()]);
    starts.zip(ends).map(|(start, end)| &text[start..end])
}

fn spoken(text: &str, formulas: &[tex::Span]) -> String {
    let mut plain = String::with_capacity(text.len());
    let words = formulas.iter().map(|span| Some(tex::words(&text[span.tex.clone()]))).chain([None]);
    for (piece, words) in outside(text, formulas).zip(words) {
        plain.push_str(piece);
        plain.push_str(words.as_deref().map_or("", |words| if words.is_empty() { " " } else { words }));
    }
    plain
}

/// As [`plain`], and commands outside of formulas, which lost their dollars, read as in one.
pub(crate) fn read(text: &str) -> Cow<'_, str> {
    let plain = plain(text);
    if !plain.contains('\\') {
        return plain;
    }
    let chunk = |chunk: &str| if chunk.contains('\\') { tex::words(chunk) + " " } else { chunk.to_owned() };
    Cow::Owned(plain.split_inclusive(char::is_whitespace).map(chunk).collect())
}

/// The letters and digits of a title run together, so that spaces, punctuation, case, accents and LaTeX do
/// not matter.
pub(crate) fn title_key(title: &str) -> String {
    const LONGEST: usize = 200;
    let mut key = words::letters(&read(title));
    key.truncate(key.floor_char_boundary(LONGEST));
    key
}

/// The term under which a word is found in every inflection.
pub(crate) fn stem_term(word: &Word) -> &str {
    &word.text
}

/// The term under which a word is found only as it is written.
pub(crate) fn exact_term(word: &Word) -> String {
    format!("{EXACT}{}", word.exact())
}

/// Whether a single character has no neighbour to make a pair with.
pub(crate) fn is_alone(words: &[Word], index: usize) -> bool {
    let range = &words[index].range;
    let touches = |other: Option<&Word>| {
        other.is_some_and(|other| other.shape == Shape::Pair && overlap(&other.range, range))
    };
    !touches(words.get(index + 1)) && !touches(index.checked_sub(1).and_then(|before| words.get(before)))
}

pub(crate) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Turns a text into the terms of the index, in the engine's own threads.
///
/// At the place of each word stand its stem and, marked, its exact form; common English words have no
/// exact form. At the place of each Chinese character stand its pair with the next and, marked, itself.
///
/// Behind a [`DIVIDER`] stand title and authors. The terms in them that the text before it lacks follow it, each also with
/// the mark [`LACKING`]: so one list of documents is enough to find a word anywhere, and two for the text alone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    token: Token,
}

/// Stands between a text and what is to be found with it.
pub(crate) const DIVIDER: char = '\u{1f}';
/// The mark of a term that is not in the text itself.
pub(crate) const LACKING: char = '^';

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.token.reset();
        let (text, more) = text.split_once(DIVIDER).unwrap_or((text, ""));
        let words = words::words(&read(text));
        let lacking = if more.is_empty() { Vec::new() } else { lacking(&words, more) };
        TermStream { words, next: 0, exact: false, lacking, token: &mut self.token }
    }
}

/// The terms of `more` that are not among those of `words`, each plain and marked.
fn lacking(words: &[Word], more: &str) -> Vec<String> {
    let more = words::words(&read(more));
    let mut lacking: BTreeSet<(bool, &str)> = (0..more.len()).flat_map(|index| forms(&more, index)).collect();
    for form in (0..words.len()).flat_map(|index| forms(words, index)) {
        lacking.remove(&form);
    }
    let plain = |(exact, form): (bool, &str)| if exact { format!("{EXACT}{form}") } else { form.to_owned() };
    lacking.into_iter().map(plain).flat_map(|term| [format!("{LACKING}{term}"), term]).collect()
}

/// The terms of a word: whether it is the exact form, and the form.
fn forms(words: &[Word], index: usize) -> impl Iterator<Item = (bool, &str)> {
    let word = &words[index];
    let single = word.shape == Shape::Single;
    let alone = single && is_alone(words, index);
    let exact = single || word.shape == Shape::Plain && !words::is_common(word.exact());
    // A character in a pair has only its exact form; a lone one is also a word, for phrases.
    let stem = (!single || alone).then_some((false, &*word.text));
    stem.into_iter().chain(exact.then(|| (true, word.exact())))
}

pub(crate) struct TermStream<'a> {
    words: Vec<Word>,
    next: usize,
    /// Whether the exact form of the word before `next` is due.
    exact: bool,
    /// What follows the words, the last one first.
    lacking: Vec<String>,
    token: &'a mut Token,
}

impl TermStream<'_> {
    fn put(&mut self, index: usize, exact: bool) {
        let word = &self.words[index];
        self.token.text.clear();
        if exact {
            self.token.text.push(EXACT);
        }
        self.token.text.push_str(if exact { word.exact() } else { &word.text });
        self.token.position = word.position;
        self.token.offset_from = word.range.start;
        self.token.offset_to = word.range.end;
    }

    fn put_lacking(&mut self) -> bool {
        let Some(term) = self.lacking.pop() else { return false };
        self.token.text = term;
        // Never next to another: these words follow no order.
        self.token.position = self.token.position.wrapping_add(2);
        true
    }
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        if self.exact {
            self.exact = false;
            self.put(self.next - 1, true);
            return true;
        }
        if self.next == self.words.len() {
            return self.put_lacking();
        }
        let (mut stem, mut exact) = (false, false);
        forms(&self.words, self.next).for_each(|(form, _)| if form { exact = true } else { stem = true });
        self.exact = stem && exact;
        self.next += 1;
        self.put(self.next - 1, !stem);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let mut terms = Terms::default();
        let mut stream = terms.token_stream(text);
        let mut found = Vec::new();
        while stream.advance() {
            found.push(format!("{}:{}", stream.token().position, stream.token().text));
        }
        assert_eq!(found.join(" "), expected, "{text:?}");
    }

    #[test]
    fn terms() {
        check("the Networks", "0:the 1:network 1:=networks");
        check("GPT-4", "0:gpt 0:=gpt 0:gpt4 1:4 1:=4");
        check("矩阵", "0:=矩 0:矩阵 1:=阵");
        check("LoRA的$W_0$", "0:lora 0:=lora 1:的 1:=的 2:w 2:=w 2:w0 3:0 3:=0");
        check(
            "a net\u{1f}The net\nJ. Li",
            "0:a 1:net 1:=net 3:=li 5:^=li 7:=j 9:^=j 11:the 13:^the 15:li 17:^li 19:j 21:^j",
        );
    }

    #[test]
    fn formulas_read_as_words() {
        assert_eq!(plain(r"3$\times$10 and $k$NN, $\alpha$-divergence"), "3 10 and kNN, alpha-divergence");
        assert_eq!(plain("costs $5"), "costs $5");
    }

    #[test]
    fn latex_outside_of_formulas_reads_as_text() {
        assert_eq!(plain(r#"Schr\"odinger's {\em cat} {B}ERT"#), "Schrödinger's cat BERT");
        assert_eq!(read(r"\alpha-divergence of \mathbf{W}_0 holds"), "alpha divergence of W_0 holds");
        assert_eq!(read(r"costs \$5, sets {0,1}"), "costs 5 sets {0,1}");
    }

    #[test]
    fn title_keys() {
        let same = |titles: &[&str], key: &str| {
            for title in titles {
                assert_eq!(title_key(title), key, "{title:?}");
            }
        };
        same(
            &[
                "Pre-training of $W_0$: Schrödinger’s GPT4",
                r"pretraining of W0 schrodingers gpt 4",
                r#"PRE--TRAINING OF \(\mathbf{W}_{0}\): {Schr\"odinger's} {GPT}-4"#,
                "Ｐｒｅ－ｔｒａｉｎｉｎｇ ｏｆ Ｗ₀ Schro\u{308}dinger's GPT4.",
            ],
            "pretrainingofw0schrodingersgpt4",
        );
        same(&["旋转 位置编码", "旋轉位置編碼"], "旋转位置编码");
        same(&[r"$\alpha$-Rényi", r"\alpha{}-R\'enyi", "α Renyi", "Alpha-Renyi"], "alpharenyi");
        same(&["C++ & $3.5\\%$", r"C \& 35\%"], "c35");
        assert_eq!(title_key(&"pre-".repeat(99)), title_key(&"pre".repeat(99)));
    }
}
