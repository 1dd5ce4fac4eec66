//! A document as words, and how rare and how telling each of them is in the index.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use tantivy::{Searcher, Term};
use words::{Shape, Word};

use super::weak::is_weak;
use crate::{
    Document, Error,
    schema::Fields,
    terms::{FieldTerms, Held},
    text::unaccented,
};

/// How often a word of the title counts.
const IN_TITLE: f32 = 2.0;
/// Bytes of a body that are looked at: the beginning says what a text is about.
const BODY: usize = 6000;
/// A word that stands in titles less than this often, measured by the average word, tells nothing:
/// in 137 827 papers `reduces` and `available` are below, `curvature` and `parser` four times above.
const TELLING: f32 = 0.5;
/// Documents that a word needs before its share of titles outweighs the average.
const ENOUGH: f32 = 10.0;

/// The rarity that a rare word has at least, as a part of the greatest there is: in 40 000 documents that is
/// one in thirty.
const RARE: f32 = 0.32;

/// What a document says: its words in order, and each different one once.
pub(crate) struct Profile<'a> {
    pub(crate) tokens: Vec<Token>,
    pub(crate) entries: Vec<Entry>,
    /// How many documents the index has.
    documents: f32,
    /// Text and title.
    pub(crate) fields: [FieldTerms; 2],
    /// Title and body, formulas and addresses cut out.
    texts: [Cow<'a, str>; 2],
}

/// A word at its place.
pub(crate) struct Token {
    /// Its place in [`Profile::entries`].
    pub(crate) entry: usize,
    /// 0 in the title, 1 in the body.
    pub(crate) text: usize,
    /// Its bytes in that text.
    pub(crate) range: Range<usize>,
    /// The word as it is compared before stemming.
    pub(crate) exact: String,
    pub(crate) shape: Shape,
}

/// One of the different words of a document.
#[derive(Default)]
pub(crate) struct Entry {
    /// The term of the index.
    pub(crate) stem: String,
    /// How often it occurs, more for the title; 0 for common words, numbers and lone letters.
    pub(crate) count: f32,
    /// How often it occurs in title and body.
    times: [usize; 2],
    /// Whether it is a common word wherever it occurs.
    common: bool,
    /// How rare it is: the logarithm that BM25 uses; 0 when no document has it.
    pub(crate) rarity: f32,
    /// Whether it stands in titles as often as words do that name a subject.
    pub(crate) tells: bool,
    /// The documents whose text, and whose title, holds it.
    pub(crate) held: [Held; 2],
}

impl<'a> Profile<'a> {
    pub(crate) fn of(searcher: &Searcher, fields: &Fields, document: &'a Document) -> Result<Self, Error> {
        let beginning = &document.body[..document.body.floor_char_boundary(BODY)];
        let texts = [prose(&document.title), prose(beginning)];
        let [text, title] = [fields.text, fields.title];
        let fields = [FieldTerms::open(searcher, text)?, FieldTerms::open(searcher, title)?];
        let documents = searcher.num_docs() as f32;
        let mut profile = Self { tokens: Vec::new(), entries: Vec::new(), documents, fields, texts };
        profile.add_words();
        let [texts, titles] = &profile.fields;
        let average = titles.average_length() / texts.average_length().max(f32::MIN_POSITIVE);
        // Common words are in nearly every document, and part of no term.
        for entry in profile.entries.iter_mut().filter(|entry| !entry.common) {
            let in_text = texts.look_up(&Term::from_field_text(text, &entry.stem))?;
            // A text holds what its title holds.
            let in_title = match in_text.documents {
                0 => Held::default(),
                _ => titles.look_up(&Term::from_field_text(title, &entry.stem))?,
            };
            let (having, titled) = (in_text.documents as f32, in_title.documents as f32);
            if having > 0.0 {
                entry.rarity = (1.0 + (documents - having + 0.5).max(0.5) / (having + 0.5)).ln();
            }
            let share = (titled + ENOUGH * average) / (having + ENOUGH);
            entry.tells = share >= TELLING * average;
            entry.held = [in_text, in_title];
        }
        Ok(profile)
    }

    pub(crate) fn title(&self) -> &str {
        &self.texts[0]
    }

    /// Whether so few documents have a word that sharing it says something.
    pub(crate) fn is_rare(&self, entry: usize) -> bool {
        self.entries[entry].rarity >= RARE * (1.0 + self.documents).ln()
    }

    /// What stands in a title or a body.
    pub(crate) fn slice(&self, text: usize, range: Range<usize>) -> &str {
        &self.texts[text][range]
    }

    fn add_words(&mut self) {
        let mut known: HashMap<String, usize> = HashMap::new();
        for (text, weight) in [(0, IN_TITLE), (1, 1.0)] {
            for word in words::words(&self.texts[text]).into_iter().filter(is_term) {
                let exact = word.exact().to_owned();
                let entry = *known.entry(word.text).or_insert_with_key(|stem| {
                    self.entries.push(Entry { stem: stem.clone(), common: true, ..Entry::default() });
                    self.entries.len() - 1
                });
                let token = Token { entry, text, range: word.range, exact, shape: word.shape };
                let entry = &mut self.entries[token.entry];
                entry.common &= words::is_common(&token.exact);
                if token.is_content() {
                    entry.count += weight;
                }
                entry.times[text] += 1;
                self.tokens.push(token);
            }
        }
    }
}

impl Entry {
    /// How often the index has it in both fields: a text also holds what of its title it lacks.
    pub(crate) fn indexed(&self) -> usize {
        let [title, body] = self.times;
        title + body.max(title.min(1))
    }
}

impl Token {
    /// Whether sharing the word can mean something: neither common nor a number or a lone letter.
    pub(crate) fn is_content(&self) -> bool {
        let number = || self.exact.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        self.exact.chars().nth(1).is_some() && !words::is_common(&self.exact) && !number()
    }

    /// Whether the word can be part of what a text is about, as far as the word itself tells.
    pub(crate) fn is_subject(&self) -> bool {
        !words::is_common(&self.exact) && !is_weak(&self.exact)
    }
}

fn is_term(word: &Word) -> bool {
    matches!(word.shape, Shape::Plain | Shape::Pair)
}

/// A text without what is no language: of a formula its name stays (`$k$-means`), a longer one and an
/// address leave a break.
fn prose(text: &str) -> Cow<'_, str> {
    if !text.contains(['$', '\\', '{', '/', '@']) && !text.contains("www.") {
        return Cow::Borrowed(text);
    }
    let text = unaccented(text);
    let formulas = tex::formulas(&text);
    let mut prose = String::with_capacity(text.len());
    let mut end = 0;
    for span in formulas {
        prose.push_str(&text[end..span.range.start]);
        let name = tex::words(&text[span.tex]);
        let whole = !name.is_empty() && name.chars().all(char::is_alphanumeric);
        prose.push_str(if whole { &name } else { BREAK });
        end = span.range.end;
    }
    prose.push_str(&text[end..]);
    Cow::Owned(without_addresses(&prose))
}

/// What no term reaches across.
const BREAK: &str = " ; ";

/// Addresses are runs of ASCII without spaces; Chinese text may follow one directly.
fn without_addresses(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let ends = |c: char| !c.is_ascii() || c.is_ascii_whitespace();
    let mut rest = text;
    while !rest.is_empty() {
        let (run, gap) = match rest.find(ends) {
            Some(0) => ("", rest.chars().next().map_or(0, char::len_utf8)),
            Some(end) => (&rest[..end], 0),
            None => (rest, 0),
        };
        kept.push_str(if is_address(run) { BREAK } else { run });
        kept.push_str(&rest[run.len()..run.len() + gap]);
        rest = &rest[run.len() + gap..];
    }
    kept
}

fn is_address(run: &str) -> bool {
    let host = || {
        let host = run.split_once('/').map_or("", |(host, _)| host);
        host.rsplit_once('.').is_some_and(|(name, zone)| {
            !name.is_empty() && zone.len() > 1 && zone.bytes().all(|byte| byte.is_ascii_lowercase())
        })
    };
    let mail = || run.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    run.contains("://") || run.contains("www.") || host() || mail()
}
