use std::{borrow::Cow, ops::Range};

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use words::{Shape, Word};

/// The mark of a term that stands for a word exactly as written, or for one Chinese character.
pub(crate) const EXACT: char = '=';

/// A text with each formula replaced by its words, and accents and type in LaTeX by what they stand for.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(['$', '\\', '{']) {
        return Cow::Borrowed(text);
    }
    let formulas = tex::formulas(text);
    if outside(text, &formulas).any(|piece| piece.contains(['\\', '{'])) {
        let text = tex::text_mode(text);
        return Cow::Owned(spoken(&text, &tex::formulas(&text)));
    }
    Cow::Owned(spoken(text, &formulas))
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
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    token: Token,
}

impl Tokenizer for Terms {
    type TokenStream<'a> = TermStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> TermStream<'a> {
        self.token.reset();
        TermStream { words: words::words(&read(text)), next: 0, exact: false, token: &mut self.token }
    }
}

pub(crate) struct TermStream<'a> {
    words: Vec<Word>,
    next: usize,
    /// Whether the exact form of the word before `next` is due.
    exact: bool,
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
}

impl TokenStream for TermStream<'_> {
    fn advance(&mut self) -> bool {
        if self.exact {
            self.exact = false;
            self.put(self.next - 1, true);
            return true;
        }
        let Some(word) = self.words.get(self.next) else { return false };
        let shape = word.shape;
        self.exact = match shape {
            Shape::Plain => !words::is_common(word.exact()),
            Shape::Single => is_alone(&self.words, self.next),
            Shape::Joined | Shape::Pair => false,
        };
        self.next += 1;
        // A character in a pair has only its exact form; a lone one is also a word, for phrases.
        self.put(self.next - 1, shape == Shape::Single && !self.exact);
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
