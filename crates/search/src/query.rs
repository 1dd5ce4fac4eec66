use std::collections::HashSet;

use words::{Shape, Word};

use crate::text::{exact_term, is_alone, plain, title_key};

/// The longest query, in characters. What follows is not looked at.
const LONGEST: usize = 512;
/// The most words of a query. A run of Chinese characters counts half of its length.
const MOST_WORDS: usize = 32;

/// What somebody typed, understood. Every text is a query.
///
/// Words, `"phrases"` (quotes of every kind), and `-words` that must not occur. Formulas are read as
/// their words.
///
/// ```
/// use search::{Hint, Query};
///
/// assert!(Query::parse("low-rank \"neural tangent kernel\" -images").hints().is_empty());
/// assert_eq!(Query::parse("\"half a phrase").hints(), [Hint::UnclosedQuote]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    pub(crate) clauses: Vec<Clause>,
    pub(crate) excluded: Vec<Clause>,
    /// The words of the whole query run together, to be compared with titles.
    pub(crate) title_key: String,
    /// The words of the whole query in order.
    pub(crate) words: Vec<Word>,
    /// How many words there are, as [`MOST_WORDS`] counts them.
    pub(crate) length: usize,
    hints: Vec<Hint>,
}

/// What whoever asked should know about how the query was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Few documents hold all words, so those that hold some of them are there too.
    Widened,
    /// The query was cut at 512 characters.
    TooLong,
    /// The query was cut at 32 words.
    TooManyWords,
    /// A quotation mark had no partner and was left out.
    UnclosedQuote,
    /// There are only words that must not occur, so there is nothing to look for.
    OnlyExcluded,
}

/// One thing to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// What was typed between two spaces.
    Chunk(Chunk),
    /// Words that stand next to each other in this order.
    Phrase(Vec<Word>),
}

/// Something typed without a space in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// As it was typed, in lower case: it may be an identifier, a category or a venue.
    pub(crate) typed: String,
    pub(crate) groups: Vec<Group>,
}

/// Words that say one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Group {
    /// A word, or several with hyphens between them; then also all of them as one word.
    Compound { parts: Vec<Word>, joined: Option<Word> },
    /// Chinese characters without a space between them, as pairs.
    Run(Vec<Word>),
    /// One Chinese character alone.
    Character(Word),
}

impl Query {
    /// Understands what was typed, as far as it goes.
    pub fn parse(text: &str) -> Self {
        let mut hints = Vec::new();
        let text = shortened(text, &mut hints);
        let text = plain(text);
        let pieces = pieces(&text, &mut hints);
        let mut query = Self {
            clauses: Vec::new(),
            excluded: Vec::new(),
            title_key: String::new(),
            words: Vec::new(),
            length: 0,
            hints,
        };
        pieces.iter().for_each(|piece| query.add(piece));
        if query.clauses.is_empty() && !query.excluded.is_empty() {
            query.hints.push(Hint::OnlyExcluded);
        }
        if query.excluded.is_empty() {
            let wanted: Vec<_> = pieces.iter().map(|piece| piece.text).collect();
            let wanted = wanted.join(" ");
            query.title_key = title_key(&wanted);
            query.words = words::words(&plain(&wanted));
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

    /// The forms under which a wanted word can stand in a text.
    pub(crate) fn forms(&self) -> HashSet<String> {
        let mut forms = HashSet::new();
        for clause in &self.clauses {
            match clause {
                Clause::Phrase(words) => forms.extend(words.iter().map(|word| word.text.clone())),
                Clause::Chunk(chunk) => chunk.groups.iter().for_each(|group| group.forms(&mut forms)),
            }
        }
        forms
    }

    fn add(&mut self, piece: &Piece<'_>) {
        let (clause, length) = if piece.quoted { phrase(piece.text) } else { chunk(piece.text) };
        let Some(clause) = clause else { return };
        if self.length + length > MOST_WORDS {
            if !self.hints.contains(&Hint::TooManyWords) {
                self.hints.push(Hint::TooManyWords);
            }
            return;
        }
        self.length += length;
        if piece.excluded { self.excluded.push(clause) } else { self.clauses.push(clause) }
    }
}

impl Group {
    fn forms(&self, forms: &mut HashSet<String>) {
        match self {
            Self::Compound { parts, joined } => {
                forms.extend(parts.iter().chain(joined).map(|word| word.text.clone()));
            }
            Self::Run(pairs) => forms.extend(pairs.iter().map(|word| word.text.clone())),
            Self::Character(word) => {
                forms.insert(exact_term(word));
            }
        }
    }

    /// Whether the group is one ordinary word, which too many documents hold to ask for.
    pub(crate) fn is_common(&self) -> bool {
        match self {
            Self::Compound { parts, .. } => parts.iter().all(|word| words::is_common(word.exact())),
            Self::Run(pairs) => pairs.iter().all(|pair| words::is_common(pair.exact())),
            Self::Character(word) => words::is_common(word.exact()),
        }
    }

    /// How many words of a query it is.
    fn length(&self) -> usize {
        match self {
            Self::Compound { parts, .. } => parts.len(),
            Self::Run(pairs) => pairs.len().div_ceil(2),
            Self::Character(_) => 1,
        }
    }
}

fn shortened<'a>(text: &'a str, hints: &mut Vec<Hint>) -> &'a str {
    let Some((end, _)) = text.char_indices().nth(LONGEST) else { return text };
    hints.push(Hint::TooLong);
    let cut = &text[..end];
    cut.rsplit_once(char::is_whitespace).map_or(cut, |(whole, _)| whole)
}

/// A stretch of the query between spaces or quotation marks.
struct Piece<'a> {
    text: &'a str,
    quoted: bool,
    excluded: bool,
}

fn pieces<'a>(text: &'a str, hints: &mut Vec<Hint>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let after = rest
            .strip_prefix('-')
            .filter(|after| after.starts_with(|c: char| !c.is_whitespace() && c != '-'));
        let excluded = after.is_some();
        let body = after.unwrap_or(rest);
        let (quoted, text, left) = match body.chars().next() {
            Some(c) if is_quote(c) => quotation(&body[c.len_utf8()..], hints),
            _ => {
                let end = body.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(body.len());
                (false, &body[..end], &body[end..])
            }
        };
        pieces.push(Piece { text, quoted, excluded });
        rest = left.trim_start();
    }
    pieces
}

/// What stands between a quotation mark, which was just read, and its partner; and what is left.
fn quotation<'a>(body: &'a str, hints: &mut Vec<Hint>) -> (bool, &'a str, &'a str) {
    match body.char_indices().find(|(_, c)| is_quote(*c)) {
        Some((end, mark)) => (true, &body[..end], &body[end + mark.len_utf8()..]),
        None => {
            hints.push(Hint::UnclosedQuote);
            let end = body.find(char::is_whitespace).unwrap_or(body.len());
            (false, &body[..end], &body[end..])
        }
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '＂' | '「' | '」' | '«' | '»')
}

fn phrase(text: &str) -> (Option<Clause>, usize) {
    let words = words::words(text);
    let length = words.iter().filter(|word| matches!(word.shape, Shape::Plain | Shape::Pair)).count();
    let words = sequence(&words);
    ((!words.is_empty()).then_some(Clause::Phrase(words)), length)
}

/// The words that stand one after the other in a text: no joined ones, pairs instead of characters.
pub(crate) fn sequence(words: &[Word]) -> Vec<Word> {
    let in_order = |index: usize| match words[index].shape {
        Shape::Plain | Shape::Pair => true,
        Shape::Single => is_alone(words, index),
        Shape::Joined => false,
    };
    (0..words.len()).filter(|index| in_order(*index)).map(|index| words[index].clone()).collect()
}

fn chunk(text: &str) -> (Option<Clause>, usize) {
    let folded = if text.contains('\\') { tex::words(text) } else { text.to_owned() };
    let groups = groups(&words::words(&folded));
    let length = groups.iter().map(Group::length).sum();
    let chunk = Chunk { typed: text.to_lowercase(), groups };
    ((!chunk.groups.is_empty()).then_some(Clause::Chunk(chunk)), length)
}

fn groups(words: &[Word]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    // Where the compound that is being read ends.
    let mut end = 0;
    for (index, word) in words.iter().enumerate() {
        match (word.shape, groups.last_mut()) {
            (Shape::Plain, Some(Group::Compound { parts, .. })) if word.range.start < end => {
                parts.push(word.clone())
            }
            (Shape::Plain, _) => {
                end = word.range.end;
                groups.push(Group::Compound { parts: vec![word.clone()], joined: None });
            }
            (Shape::Joined, Some(Group::Compound { parts, joined: joined @ None })) if parts.len() == 1 => {
                end = word.range.end;
                *joined = Some(word.clone());
            }
            (Shape::Joined, _) => (),
            (Shape::Pair, Some(Group::Run(pairs)))
                if pairs.last().is_some_and(|last| last.range.end > word.range.start) =>
            {
                pairs.push(word.clone());
            }
            (Shape::Pair, _) => groups.push(Group::Run(vec![word.clone()])),
            (Shape::Single, _) if is_alone(words, index) => groups.push(Group::Character(word.clone())),
            (Shape::Single, _) => (),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clauses in order: `a+b=ab` a compound, `a|b` a run, `"a b"` a phrase, `-` before excluded ones.
    fn check(text: &str, expected: &str, hints: &[Hint]) {
        let query = Query::parse(text);
        let wanted = query.clauses.iter().map(show);
        let excluded = query.excluded.iter().map(|clause| format!("-{}", show(clause)));
        assert_eq!(wanted.chain(excluded).collect::<Vec<_>>().join(" "), expected, "{text:?}");
        assert_eq!(query.hints(), hints, "{text:?}");
    }

    fn show(clause: &Clause) -> String {
        let texts = |words: &[Word], joint: &str| {
            words.iter().map(|word| &*word.text).collect::<Vec<_>>().join(joint)
        };
        let group = |group: &Group| match group {
            Group::Compound { parts, joined: None } => texts(parts, "+"),
            Group::Compound { parts, joined: Some(joined) } => {
                format!("{}={}", texts(parts, "+"), joined.text)
            }
            Group::Run(pairs) => texts(pairs, "|"),
            Group::Character(word) => format!("({})", word.text),
        };
        match clause {
            Clause::Phrase(words) => format!("{:?}", texts(words, " ")),
            Clause::Chunk(chunk) => chunk.groups.iter().map(group).collect::<Vec<_>>().join(","),
        }
    }

    #[test]
    fn words_and_compounds() {
        check("", "", &[]);
        check(" . , ", "", &[]);
        check("neural networks", "neural network", &[]);
        check("low-rank GPT4", "low+rank=lowrank gpt+4=gpt4", &[]);
        check("C++ L_2", "c++ l+2=l2", &[]);
        check("旋转位置 的", "旋转|转位|位置 (的)", &[]);
        check("LoRA-GA的$W_0$初始化", "lora+ga=loraga,(的),w+0=w0,初始|始化", &[]);
        check(r"\alpha-divergence $\alpha$ α", "alpha,diverg alpha alpha", &[]);
    }

    #[test]
    fn phrases_and_exclusions() {
        check("\"neural networks\"", "\"neural network\"", &[]);
        check("“旋转位置” x", "\"旋转 转位 位置\" x", &[]);
        check("a -b -\"c d\"", "a -b -\"c d\"", &[]);
        check("a - b --c", "a b c", &[]);
        check("say\"a b\"c", "say \"a b\" c", &[]);
        check("\"\"", "", &[]);
    }

    #[test]
    fn bad_queries_get_hints() {
        check("\"a b", "a b", &[Hint::UnclosedQuote]);
        check("-a", "-a", &[Hint::OnlyExcluded]);
        let query = Query::parse(&"word ".repeat(200));
        assert_eq!(query.hints(), [Hint::TooLong, Hint::TooManyWords]);
        assert_eq!(query.clauses.len(), MOST_WORDS);
        assert_eq!(Query::parse(&"字".repeat(512)).hints(), [Hint::TooManyWords]);
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_a_query(text in r#"(\PC|["“”\-$\\中α ]|[a-z]){0,80}"#) {
            let query = Query::parse(&text);
            proptest::prop_assert!(query.length <= MOST_WORDS);
        }
    }
}
