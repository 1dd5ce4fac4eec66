//! What somebody typed, understood: our own tree, which [`plan`](crate::plan) turns into the engine's.

mod fields;
mod groups;
mod lexer;
mod parser;

use std::{collections::HashSet, ops::Range};

use words::Word;

pub(crate) use fields::Filter;
pub(crate) use groups::{Group, sequence};
pub use lexer::is_quote;

use crate::{
    authors::Name,
    identifiers::{self, Named},
    text::{plain, title_key, unaccented},
};

/// The longest query, in characters. What follows is not looked at.
const LONGEST: usize = 512;
/// The most words of a query. A run of Chinese characters counts half of its length.
const MOST_WORDS: usize = 32;
/// The most words that may end with a star.
const MOST_PREFIXES: usize = 4;

/// What somebody typed, understood. Every text is a query.
///
/// Words, `"phrases"` (quotes of every kind), `prefix*`, `-words` that must not occur, `AND`, `OR`, `NOT`, parentheses,
/// and fields: `ti:`, `au:`, `abs:`, `cat:`, `venue:`, `year:`, `date:`, `id:`, `in:`, `lang:`, `source:`, `has:`.
/// Formulas are read as their words.
///
/// ```
/// use search::{Hint, Query};
///
/// assert!(Query::parse("low-rank (\"neural tangent kernel\" OR ti:adapt*) year:2023.. -images").hints().is_empty());
/// assert_eq!(Query::parse("\"half a phrase").hints(), [Hint::UnclosedQuote]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// All of these, as far as they are demanded.
    pub(crate) clauses: Vec<Clause>,
    /// The letters and digits of the whole query run together, to be compared with titles.
    pub(crate) title_key: String,
    /// Whether a sign excludes something. In a title it may be a dash.
    pub(crate) has_minus: bool,
    /// The words of the whole query in order, where it is nothing but words.
    pub(crate) words: Vec<Word>,
    /// How many words there are that need not be required, as [`MOST_WORDS`] counts them.
    pub(crate) length: usize,
    /// The papers that it names, when it does nothing else.
    pub(crate) named: Vec<Named>,
    text: String,
    hints: Vec<Hint>,
}

/// What whoever asked should know about how the query was understood, or how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hint {
    /// So few documents hold all words (this many) that those that hold some of them are there too.
    Widened(u64),
    /// The query was cut at 512 characters.
    TooLong,
    /// The query was cut at 32 words.
    TooManyWords,
    /// More than four words end with a star; the stars of the others were left out.
    TooManyPrefixes,
    /// A quotation mark had no partner and was left out.
    UnclosedQuote,
    /// A parenthesis was not closed; it was taken to end with the query.
    UnclosedParenthesis,
    /// This operator (`AND`, `OR`, `NOT`) has nothing on one of its sides and was left out.
    Dangling(&'static str),
    /// Nothing follows the name of this field.
    NoValue(&'static str),
    /// The value of a field cannot be understood, and was looked for as words.
    BadValue {
        /// The field's short name.
        field: &'static str,
        /// What was typed.
        value: String,
    },
    /// A star stands at the beginning of a word; it can only end one.
    StarInFront,
    /// A star needs two letters before it.
    ShortPrefix,
    /// There are only words that must not occur: everything else is shown.
    OnlyExcluded,
    /// These identifiers are of no document.
    Unknown(Vec<String>),
    /// The search took too long; it shows what was found until then.
    CutShort,
}

/// A part of the query as it was read, and the query without it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it was read as.
    pub reading: Reading,
    /// What was typed, without field name and quotation marks.
    pub value: String,
    /// Whether it must not occur.
    pub excluded: bool,
    /// The query without this part.
    pub without: String,
}

/// What a [`Part`] of a query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Words of the text or the title.
    Words,
    /// Words that follow each other.
    Phrase,
    /// Words of the title.
    Title,
    /// An author.
    Author,
    /// Words of the abstract.
    Abstract,
    /// A subject category.
    Category,
    /// A venue.
    Venue,
    /// Years.
    Year,
    /// Dates.
    Date,
    /// An identifier.
    Identifier,
    /// A kind of document.
    Kind,
    /// A language.
    Language,
    /// A source.
    Source,
    /// Has an AI reading.
    Answered,
    /// Several of these in parentheses, or with `OR` between them.
    Group,
}

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) node: Node,
    pub(crate) demand: Demand,
    /// The bytes of the query that say so.
    pub(crate) range: Range<usize>,
}

/// How much a [`Clause`] is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demand {
    /// As much as [`Reach`](crate::plan::Reach) says.
    Wanted,
    Required,
    Excluded,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// What was typed between two spaces.
    Chunk(Scope, Chunk),
    /// Words that stand next to each other in this order.
    Phrase(Scope, Vec<Word>),
    Author(Name),
    Filter(Filter),
    All(Vec<Clause>),
    Any(Vec<Vec<Clause>>),
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Anywhere,
    Title,
    Abstract,
}

/// Something typed without a space in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// As it was typed, in lower case: it may be an identifier, a category or a venue.
    pub(crate) typed: String,
    /// Where it begins in the query, in bytes.
    pub(crate) start: usize,
    /// Whether the ranges of its words are those of what was typed: not where a formula was turned into words.
    pub(crate) verbatim: bool,
    pub(crate) groups: Vec<Group>,
}

impl Query {
    /// Understands what was typed, as far as it goes.
    pub fn parse(text: &str) -> Self {
        let mut hints = Vec::new();
        let text = &*unaccented(shortened(text, &mut hints));
        let lexemes = lexer::lexemes(text, &mut hints);
        let mut parser =
            parser::Parser { text, lexemes: &lexemes, next: 0, hints: &mut hints, length: 0, prefixes: 0 };
        let clauses = parser.query();
        let mut query = Self {
            title_key: String::new(),
            has_minus: false,
            words: Vec::new(),
            length: clauses.iter().map(Clause::length).sum(),
            named: identifiers::named(text),
            text: text.to_owned(),
            clauses,
            hints,
        };
        query.compare_with_titles(&lexemes);
        if !query.clauses.is_empty() && query.clauses.iter().all(|clause| clause.demand == Demand::Excluded) {
            query.hints.push(Hint::OnlyExcluded);
        }
        query
    }

    /// What to tell whoever typed it.
    pub fn hints(&self) -> &[Hint] {
        &self.hints
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty()
    }

    /// What was typed, as far as it was looked at.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How it was read, part by part.
    pub fn parts(&self) -> Vec<Part> {
        (0..self.clauses.len()).filter(|part| self.begins_part(*part)).map(|part| self.part(part)).collect()
    }

    /// A query for texts that mention the papers, if it can be nothing but the names of papers.
    pub(crate) fn mentions(&self) -> Option<Self> {
        let sure = !self.named.is_empty() && self.named.iter().all(|named| named.sure);
        let mention = |named: &Named| named.keys.first().map(|key| format!("\"{key}\""));
        sure.then(|| Self::parse(&self.named.iter().filter_map(mention).collect::<Vec<_>>().join(" OR ")))
    }

    /// Whether anything in the query says how good an answer is, and not only whether it is one.
    pub(crate) fn ranks(&self) -> bool {
        self.clauses.iter().any(Clause::ranks)
    }

    /// The forms under which a wanted word can stand in a text, and the beginnings of others.
    pub(crate) fn forms(&self) -> Forms {
        let mut forms = Forms::default();
        self.clauses.iter().for_each(|clause| clause.forms(&mut forms));
        forms
    }

    /// A title may hold anything that means something in a query.
    fn compare_with_titles(&mut self, lexemes: &[lexer::Lexeme]) {
        use lexer::Token;
        self.title_key = title_key(&self.text);
        let minus =
            |lexeme: &lexer::Lexeme| lexeme.token == Token::Not && self.text[lexeme.range.clone()] == *"-";
        self.has_minus = lexemes.iter().any(minus);
        if lexemes.iter().all(|lexeme| matches!(lexeme.token, Token::Word | Token::Quotation)) {
            self.words = words::words(&plain(&self.text));
        }
    }

    /// Clauses of one value (`venue:iclr.2024`) are one part.
    fn begins_part(&self, clause: usize) -> bool {
        clause == 0 || self.clauses[clause].range != self.clauses[clause - 1].range
    }

    fn part(&self, part: usize) -> Part {
        let clause = &self.clauses[part];
        let kept: Vec<_> =
            self.clauses.iter().map(|other| &other.range).filter(|range| **range != clause.range).collect();
        let mut without: Vec<_> = kept.into_iter().map(|range| &self.text[range.clone()]).collect();
        without.dedup();
        Part {
            reading: clause.node.reading(),
            value: value(&self.text[clause.range.clone()], clause),
            excluded: clause.demand == Demand::Excluded,
            without: without.join(" "),
        }
    }
}

/// How a wanted word can stand in a text.
#[derive(Debug, Default)]
pub(crate) struct Forms {
    pub(crate) whole: HashSet<String>,
    /// The beginnings of words, unstemmed.
    pub(crate) prefixes: Vec<String>,
    /// Words that follow each other.
    pub(crate) phrases: Vec<Vec<Word>>,
}

impl Clause {
    fn require(&mut self) {
        if self.demand == Demand::Wanted {
            self.demand = Demand::Required;
        }
    }

    fn length(&self) -> usize {
        match &self.node {
            Node::Chunk(_, chunk) if self.demand == Demand::Wanted => {
                chunk.groups.iter().map(Group::length).sum()
            }
            _ => 0,
        }
    }

    fn ranks(&self) -> bool {
        self.demand != Demand::Excluded
            && match &self.node {
                Node::Chunk(..) | Node::Phrase(..) => true,
                Node::Author(_) | Node::Filter(_) => false,
                Node::All(clauses) => clauses.iter().any(Self::ranks),
                Node::Any(alternatives) => alternatives.iter().flatten().any(Self::ranks),
            }
    }

    fn forms(&self, forms: &mut Forms) {
        if self.demand == Demand::Excluded {
            return;
        }
        match &self.node {
            Node::Phrase(_, words) => forms.phrases.push(words.clone()),
            Node::Chunk(_, chunk) => {
                chunk.groups.iter().for_each(|group| group.forms(&mut forms.whole, &mut forms.prefixes));
            }
            Node::Author(name) => forms.whole.extend(name.forms()),
            Node::Filter(_) => (),
            Node::All(clauses) => clauses.iter().for_each(|clause| clause.forms(forms)),
            Node::Any(alternatives) => alternatives.iter().flatten().for_each(|clause| clause.forms(forms)),
        }
    }

    /// Whether nearly every document meets it.
    pub(crate) fn is_common(&self) -> bool {
        match &self.node {
            Node::Chunk(Scope::Anywhere, chunk) => chunk.groups.iter().all(Group::is_common),
            _ => false,
        }
    }
}

impl Demand {
    fn negated(self) -> Self {
        match self {
            Self::Excluded => Self::Required,
            Self::Wanted | Self::Required => Self::Excluded,
        }
    }
}

impl Node {
    fn demand(&self) -> Demand {
        match self {
            Self::Chunk(Scope::Anywhere, _) => Demand::Wanted,
            _ => Demand::Required,
        }
    }

    fn reading(&self) -> Reading {
        match self {
            Self::Chunk(Scope::Anywhere, _) => Reading::Words,
            Self::Phrase(Scope::Anywhere, _) => Reading::Phrase,
            Self::Chunk(Scope::Title, _) | Self::Phrase(Scope::Title, _) => Reading::Title,
            Self::Chunk(Scope::Abstract, _) | Self::Phrase(Scope::Abstract, _) => Reading::Abstract,
            Self::Author(_) => Reading::Author,
            Self::All(_) | Self::Any(_) => Reading::Group,
            Self::Filter(filter) => match filter {
                Filter::Category(_) => Reading::Category,
                Filter::Venue(_) => Reading::Venue,
                Filter::Years(_) => Reading::Year,
                Filter::Dates(_) => Reading::Date,
                Filter::Identifier(_) => Reading::Identifier,
                Filter::Kind(_) => Reading::Kind,
                Filter::Language(_) => Reading::Language,
                Filter::Source(_) => Reading::Source,
                Filter::Answered => Reading::Answered,
            },
        }
    }
}

/// What was typed for a clause, without what its reading says anyway.
fn value(typed: &str, clause: &Clause) -> String {
    let mut value = typed.trim();
    if clause.demand == Demand::Excluded {
        value = value.strip_prefix("NOT").unwrap_or(value).trim_start_matches('-').trim_start();
    }
    let reading = clause.node.reading();
    if !matches!(reading, Reading::Words | Reading::Phrase | Reading::Group) {
        value = value.split_once([':', '：']).map_or(value, |(_, value)| value.trim_start());
    }
    let trimmed = value.trim_matches(lexer::is_quote);
    if trimmed.is_empty() || reading == Reading::Group { value.to_owned() } else { trimmed.to_owned() }
}

fn shortened<'a>(text: &'a str, hints: &mut Vec<Hint>) -> &'a str {
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text };
    hints.push(Hint::TooLong);
    let cut = &text[..end];
    cut.rsplit_once(char::is_whitespace).map_or(cut, |(whole, _)| whole)
}

#[cfg(test)]
mod tests;
