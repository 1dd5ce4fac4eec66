use std::{borrow::Cow, collections::HashMap, ops::Range};

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation as _};
use words::{Shape, Word};

use crate::{
    Query,
    query::{Forms, sequence},
    text::exact_term,
};

/// Stands where a snippet leaves something out.
const ELLIPSIS: char = '…';
/// What goes on for longer without a place to cut it is cut anywhere, in characters, so that an address of
/// a thousand characters does not fill a page.
const LONG: usize = 80;
/// The longest tag or name of a character in plain text that is taken for one, in bytes.
const LONGEST_TAG: usize = 200;

/// A piece of a text, as plain text with formulas.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// The piece, with an ellipsis where it was cut, but for one that ends with a sentence.
    pub text: String,
    /// The bytes of `text` that answer the query, in order and apart. One that touches a formula covers it
    /// whole; none touches what looks like a tag.
    pub marks: Vec<Range<usize>>,
}

/// Finds in texts what answers a query.
#[derive(Debug)]
pub struct Highlighter {
    forms: Forms,
    /// The letters that wanted words begin with.
    begins: [bool; 26],
}

impl Highlighter {
    /// For the texts of the results of this query.
    pub fn new(query: &Query) -> Self {
        let forms = query.forms();
        let mut begins = [false; 26];
        let phrases = forms.phrases.iter().flatten().map(|word| &word.text);
        for byte in
            forms.whole.iter().chain(&forms.prefixes).chain(phrases).filter_map(|form| form.bytes().next())
        {
            if byte.is_ascii_lowercase() {
                begins[usize::from(byte - b'a')] = true;
            }
        }
        Self { forms, begins }
    }

    /// The part of a text that answers the query best, at most `chars` characters long (at least one).
    ///
    /// It holds as many different words of the query as fit, and keeps to sentences where it can. It is cut
    /// between words, never inside a formula, a tag or what a reader takes for one character. Where nothing
    /// answers, it is the beginning.
    ///
    /// ```
    /// # use search::{Highlighter, Query};
    /// let highlighter = Highlighter::new(&Query::parse("rotary positions"));
    /// let found = highlighter.snippet("We study rotary position encoding for $x_1$.", 30);
    /// assert_eq!(found.text, "We study rotary position…");
    /// assert_eq!(&found.text[found.marks[0].clone()], "rotary");
    /// ```
    pub fn snippet(&self, text: &str, chars: usize) -> Snippet {
        let blocks = blocks(text);
        let matches = self.matches(text, &blocks);
        let window = match text.char_indices().nth(chars) {
            // Both ends may get an ellipsis.
            Some(_) => Places::of(text, &blocks).window(text, &matches, chars.saturating_sub(2)),
            None => 0..text.len(),
        };
        piece(text, window, &matches)
    }

    fn matches(&self, text: &str, blocks: &[Block]) -> Vec<Match> {
        let forms = &self.forms;
        let read = Read::of(text, blocks);
        let words = words::words_that_begin(&read.text, &self.begins);
        let found = words.iter().filter_map(|word| {
            let form = wanted(forms, word)?;
            Some(Match { range: read.source(&word.range), form })
        });
        let mut matches: Vec<_> = found.collect();
        if !forms.phrases.is_empty() {
            let words = sequence(&words);
            for phrase in &forms.phrases {
                matches.extend(in_order(phrase, &words, &read));
            }
            matches.sort_by_key(|found| found.range.start);
        }
        matches
    }
}

/// What is never cut.
struct Block {
    range: Range<usize>,
    /// How it reads: a formula as its words, a tag as nothing.
    words: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut end = 0;
    for span in tex::formulas(text) {
        tags(text, end..span.range.start, &mut blocks);
        end = span.range.end;
        blocks.push(Block { range: span.range, words: tex::words(&text[span.tex]) });
    }
    tags(text, end..text.len(), &mut blocks);
    blocks
}

/// Adds what looks like a tag (`<b>`) or the name of a character (`&amp;`) in a part of a text.
fn tags(text: &str, part: Range<usize>, blocks: &mut Vec<Block>) {
    let mut at = part.start;
    while let Some(found) = text[at..part.end].find(['<', '&']) {
        let start = at + found;
        let length = tag(&text[start..part.end]);
        at = start + length.unwrap_or(1);
        blocks.extend(length.map(|length| Block { range: start..start + length, words: String::new() }));
    }
}

/// The length of the tag or name of a character at the beginning of a text.
fn tag(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let bytes = &bytes[..bytes.len().min(LONGEST_TAG)];
    let begins = |from: usize| bytes.get(from).is_some_and(u8::is_ascii_alphabetic);
    if bytes[0] == b'&' {
        let end = bytes.iter().skip(1).position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'#')? + 1;
        return (end > 1 && bytes[end] == b';').then_some(end + 1);
    }
    let end = bytes.iter().skip(1).position(|byte| matches!(byte, b'<' | b'>'))? + 1;
    let named = begins(1) || (matches!(bytes[1], b'/' | b'!' | b'?') && (begins(2) || bytes[2] == b'-'));
    (named && bytes[end] == b'>').then_some(end + 1)
}

/// A stretch of the text that answers the query: a word, or the formulas that it touches.
struct Match {
    range: Range<usize>,
    form: String,
}

/// Where the words of a phrase follow each other, each of them.
fn in_order(phrase: &[Word], words: &[Word], read: &Read) -> Vec<Match> {
    // One word in quotation marks is meant exactly as it is written.
    let exactly = phrase.len() == 1;
    let follows = |window: &&[Word]| {
        window.iter().zip(phrase).all(|(word, wanted)| {
            (if exactly { word.exact() == wanted.exact() } else { word.text == wanted.text })
                && word.position - window[0].position == wanted.position - phrase[0].position
        })
    };
    let found = words.windows(phrase.len().max(1)).filter(follows).flatten();
    found.map(|word| Match { range: read.source(&word.range), form: word.text.clone() }).collect()
}

/// The form under which a word is wanted, if it is.
fn wanted(forms: &Forms, word: &Word) -> Option<String> {
    let form = match word.shape {
        Shape::Single => Cow::Owned(exact_term(word)),
        _ => Cow::Borrowed(&word.text),
    };
    let begun =
        || word.shape == Shape::Plain && forms.prefixes.iter().any(|prefix| word.exact().starts_with(prefix));
    let wanted = (forms.whole.contains(&*form) || begun()) && !words::is_common(word.exact());
    wanted.then(|| form.into_owned())
}

/// A text as it reads, with what each part of it stands for in the source.
struct Read {
    text: String,
    parts: Vec<Part>,
}

struct Part {
    /// Where it begins in the text as it reads.
    start: usize,
    source: Range<usize>,
    is_block: bool,
}

impl Read {
    fn of(source: &str, blocks: &[Block]) -> Self {
        let mut read = Self { text: String::with_capacity(source.len()), parts: Vec::new() };
        let mut end = 0;
        for block in blocks {
            read.put(&source[end..block.range.start], end..block.range.start, false);
            let words = if block.words.is_empty() { " " } else { &block.words };
            read.put(words, block.range.clone(), true);
            end = block.range.end;
        }
        read.put(&source[end..], end..source.len(), false);
        read
    }

    fn put(&mut self, text: &str, source: Range<usize>, is_block: bool) {
        self.parts.push(Part { start: self.text.len(), source, is_block });
        self.text.push_str(text);
    }

    /// What a word stands for; a block as a whole.
    fn source(&self, word: &Range<usize>) -> Range<usize> {
        let part = |at: usize| &self.parts[self.parts.partition_point(|part| part.start <= at) - 1];
        let (first, last) = (part(word.start), part(word.end - 1));
        let start =
            if first.is_block { first.source.start } else { first.source.start + word.start - first.start };
        let end = if last.is_block { last.source.end } else { last.source.start + word.end - last.start };
        start..end
    }
}

/// Where a text may be cut, in order; the first and the last place are its ends.
struct Places(Vec<Place>);

struct Place {
    byte: usize,
    /// How many characters are before it.
    char: usize,
    /// How good a beginning it is.
    opens: Opens,
    ends_sentence: bool,
}

#[derive(PartialEq)]
enum Opens {
    /// A stop or a space.
    Nothing,
    Word,
    /// What follows a Chinese comma, behind which no space tells where a word begins.
    Clause,
    Sentence,
}

impl Places {
    fn of(text: &str, blocks: &[Block]) -> Self {
        let sentences = words::sentences(text);
        let mut blocks = blocks.iter().peekable();
        let (mut places, mut last, mut before) = (Vec::new(), 0, None);
        let ends = text.char_indices().map(|(byte, after)| (byte, Some(after))).chain([(text.len(), None)]);
        for (char, (byte, after)) in ends.enumerate() {
            let is_inside_word = |(before, after): (char, char)| {
                before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric()
            };
            if char - last <= LONG && before.zip(after).is_some_and(is_inside_word) {
                before = after;
                continue;
            }
            while blocks.next_if(|block| block.range.end < byte).is_some() {}
            let block = blocks.peek().map(|block| &block.range).filter(|range| range.start <= byte);
            let in_block = block.is_some_and(|range| range.start < byte && byte < range.end);
            let can_cut = is_between_words(before, after, block.is_some()) || char - last > LONG;
            if can_cut && !in_block && is_seen_to_end(text, byte) {
                let opens = opens(&sentences, byte, before, after);
                let ends_sentence = sentences.binary_search_by_key(&byte, |sentence| sentence.end).is_ok();
                places.push(Place { byte, char, opens, ends_sentence });
                last = char;
            }
            before = after;
        }
        Self(places)
    }

    /// The part of the text to show, in bytes, at most `limit` characters long.
    fn window(&self, text: &str, matches: &[Match], limit: usize) -> Range<usize> {
        let wanted = cluster(text, matches, limit);
        let mut start = self.start(&wanted, limit);
        let mut end = self.end(start, &wanted, limit);
        // What is too long for the window: go on behind it.
        while end == start && start + 1 < self.0.len() {
            start += 1;
            end = self.end(start, &wanted, limit);
        }
        if end + 1 == self.0.len() {
            start = self.earlier(start, limit);
        }
        self.0[start].byte..self.0[end].byte
    }

    /// The place to begin at to show these characters: their sentence, else a little before them.
    fn start(&self, wanted: &Range<usize>, limit: usize) -> usize {
        let before = self.0.partition_point(|place| place.char <= wanted.start);
        let fits = self.0.partition_point(|place| place.char + limit < wanted.end);
        let near = self.0.partition_point(|place| place.char + limit / 4 < wanted.start).max(fits);
        let sentence = (fits..before).rev().find(|index| self.0[*index].opens == Opens::Sentence);
        let clause = || (near..before).find(|index| self.0[*index].opens == Opens::Clause);
        let word = || (near..before).find(|index| self.0[*index].opens == Opens::Word);
        sentence.or_else(clause).or_else(word).unwrap_or(before.saturating_sub(1))
    }

    /// The place to end at: with a sentence, if that does not leave much unused, else as late as possible.
    fn end(&self, start: usize, wanted: &Range<usize>, limit: usize) -> usize {
        let begin = self.0[start].char;
        let after = self.0.partition_point(|place| place.char <= begin + limit);
        let enough = (begin + limit * 2 / 3).max(wanted.end);
        let full = (start + 1..after)
            .rev()
            .take_while(|index| self.0[*index].char >= enough)
            .find(|index| self.0[*index].ends_sentence);
        full.unwrap_or(after - 1)
    }

    /// A window that reaches the end of the text has room for whole sentences before it.
    fn earlier(&self, start: usize, limit: usize) -> usize {
        let chars = self.0.last().map_or(0, |last| last.char);
        let fits = self.0.partition_point(|place| place.char + limit < chars);
        (fits..start).find(|index| self.0[*index].opens == Opens::Sentence).unwrap_or(start)
    }
}

/// The stretch with the most different answers, in characters; of equal ones that with most answers, and
/// of these the first.
fn cluster(text: &str, matches: &[Match], limit: usize) -> Range<usize> {
    let (mut counts, mut best, mut most) = (HashMap::new(), 0..0, (0, 0));
    let matches = placed(text, matches, limit);
    let (mut first, mut end) = (0, 0);
    for (index, (range, form)) in matches.iter().enumerate() {
        *counts.entry(*form).or_insert(0) += 1;
        end = end.max(range.end);
        while end - matches[first].0.start > limit {
            let form = matches[first].1;
            first += 1;
            match counts.get_mut(form) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(counts.remove(form)),
            }
        }
        let worth = (counts.len(), index + 1 - first);
        if worth > most {
            (most, best) = (worth, matches[first].0.start..end);
        }
    }
    best
}

/// The matches that a window can hold, each with its range in characters and its form.
fn placed<'a>(text: &str, matches: &'a [Match], limit: usize) -> Vec<(Range<usize>, &'a str)> {
    let (mut placed, mut byte, mut char) = (Vec::with_capacity(matches.len()), 0, 0);
    for found in matches {
        char += text[byte..found.range.start].chars().count();
        byte = found.range.start;
        let length = text[found.range.clone()].chars().count();
        placed.extend((length <= limit).then_some((char..char + length, &*found.form)));
    }
    placed
}

/// Whether a text can be cut between two of its characters: at its ends, at white space, or beside a Chinese
/// one or a block, if that leaves no stop at a beginning and no opening bracket at an end.
fn is_between_words(before: Option<char>, after: Option<char>, beside_block: bool) -> bool {
    let (Some(last), Some(next)) = (before, after) else { return true };
    if next.is_whitespace() || last.is_whitespace() {
        return last.is_whitespace() != next.is_whitespace();
    }
    (is_wide(last) || is_wide(next) || beside_block) && !is_stop(next) && !is_opening(last)
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3347f}')
}

fn is_stop(c: char) -> bool {
    ".,;:!?)]}%'\"-–—/”’»…。，、；：！？）》」』】〉·".contains(c)
}

fn is_opening(c: char) -> bool {
    "([{“‘«（《「『【〈-–—/".contains(c)
}

/// Whether what a reader takes for one character ends at this byte, which is between two characters.
fn is_seen_to_end(text: &str, byte: usize) -> bool {
    let bytes = text.as_bytes();
    let plain = |at: usize| bytes.get(at).is_some_and(|byte| (b' '..=b'~').contains(byte));
    let (before, after) = (byte > 0 && plain(byte - 1), plain(byte));
    before && after || GraphemeCursor::new(byte, text.len(), true).is_boundary(text, 0) != Ok(false)
}

fn opens(sentences: &[Range<usize>], byte: usize, before: Option<char>, after: Option<char>) -> Opens {
    let next = after.unwrap_or(' ');
    if sentences.binary_search_by_key(&byte, |sentence| sentence.start).is_ok() {
        return Opens::Sentence;
    }
    if next.is_whitespace() || is_stop(next) {
        return Opens::Nothing;
    }
    if before.is_some_and(|last| "，、；：".contains(last)) { Opens::Clause } else { Opens::Word }
}

fn piece(text: &str, bytes: Range<usize>, matches: &[Match]) -> Snippet {
    let shown = trimmed(text, bytes);
    let mut snippet = Snippet::default();
    snippet.text.extend((!text[..shown.start].trim().is_empty()).then_some(ELLIPSIS));
    let shift = snippet.text.len();
    snippet.text.push_str(&text[shown.clone()]);
    // A whole sentence needs nothing behind it.
    let ended = snippet.text.ends_with(['.', '!', '?', '。', '！', '？']);
    snippet.text.extend((!ended && !text[shown.end..].trim().is_empty()).then_some(ELLIPSIS));
    let inside =
        matches.iter().filter(|found| found.range.start >= shown.start && found.range.end <= shown.end);
    let marks =
        inside.map(|found| found.range.start - shown.start + shift..found.range.end - shown.start + shift);
    snippet.marks = whole(&snippet.text, marks);
    snippet
}

/// A part of a text without the white space around it. A space with an accent on it is none.
fn trimmed(text: &str, bytes: Range<usize>) -> Range<usize> {
    let is_seen = |grapheme: &(usize, &str)| !grapheme.1.chars().all(char::is_whitespace);
    let kept = &text[bytes.clone()];
    let first = kept.grapheme_indices(true).find(is_seen);
    let last = kept.grapheme_indices(true).rfind(is_seen);
    match (first, last) {
        (Some((first, _)), Some((last, shown))) => bytes.start + first..bytes.start + last + shown.len(),
        _ => bytes.end..bytes.end,
    }
}

/// Marks that begin and end where a reader sees a character or a formula begin and end; those that
/// overlap as one.
fn whole(text: &str, marks: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let formulas = tex::formulas(text);
    let is_end = |byte: &usize| text.is_char_boundary(*byte) && is_seen_to_end(text, *byte);
    let mut whole: Vec<Range<usize>> = Vec::new();
    for mut mark in marks {
        mark.start = (0..=mark.start).rev().find(is_end).unwrap_or(0);
        mark.end = (mark.end..text.len()).find(is_end).unwrap_or(text.len());
        let touched = |span: &&tex::Span| span.range.start < mark.end && mark.start < span.range.end;
        if let (Some(first), Some(last)) = (formulas.iter().find(touched), formulas.iter().rfind(touched)) {
            mark = mark.start.min(first.range.start)..mark.end.max(last.range.end);
        }
        match whole.last_mut() {
            // Pairs of characters overlap; words of a compound lie in the whole.
            Some(last) if mark.start < last.end => last.end = last.end.max(mark.end),
            _ => whole.push(mark),
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The snippet with its marks in brackets.
    fn check(query: &str, text: &str, chars: usize, expected: &str) {
        let snippet = Highlighter::new(&Query::parse(query)).snippet(text, chars);
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

    #[test]
    fn words_across_formulas_are_marked() {
        check("kNN", "A $k$-NN graph", 99, "A [$k$-NN] graph");
        check("W_0 初始", "LoRA的$W_0$初始化", 99, "LoRA的[$W_0$][初始]化");
        check("l2", r"An \(\ell_2\) norm", 99, r"An [\(\ell_2\)] norm");
    }

    #[test]
    fn phrases_are_marked_where_they_stand() {
        check(
            "\"needs attention\"",
            "Attention needs attention: needs.",
            99,
            "Attention [needs] [attention]: needs.",
        );
        check("\"attention is all\"", "All attention is all.", 99, "All [attention] [is] [all].");
        check("\"networks\"", "A network of networks.", 99, "A network of [networks].");
        check("\"位置编码\"", "编码位置，位置编码。", 99, "编码位置，[位置编码]。");
        check("W_0", "For $p \\to 0$ and $w$ let $W_0$", 99, "For $p \\to 0$ and $w$ let [$W_0$]");
    }

    #[test]
    fn tags_are_neither_marked_nor_cut() {
        check("b", "a <b>b</b> b", 99, "a <b>[b]</b> [b]");
        check(
            "amp link",
            "R&amp;D amp <a href=\"link\">link</a>",
            99,
            "R&amp;D [amp] <a href=\"link\">[link]</a>",
        );
        check("b", "if a < b and b > c", 99, "if a < [b] and [b] > c");
        check("word", "<span class=\"word word word\"> word", 20, "…[word]");
    }

    #[test]
    fn characters_are_marked_whole() {
        check("reelle", "une re\u{301}elle", 99, "une [re\u{301}elle]");
        check("cafe", "un cafe\u{301} noir", 99, "un [cafe\u{301}] noir");
        check("城", "葛城\u{e0100}", 99, "葛[城\u{e0100}]");
        check("数学", "這是數學。", 99, "這是[數學]。");
        check("x", "x👩\u{200d}💻", 99, "[x]👩\u{200d}💻");
    }

    #[test]
    fn sentences_are_kept_whole() {
        let text =
            "One short sentence. We follow Su et al. and study attention here. Then a long one goes on.";
        check("attention", text, 60, "…We follow Su et al. and study [attention] here.");
        check("absent", text, 30, "One short sentence.");
        let text = "A first sentence that is long. A second sentence. A third with attention.";
        check("attention", text, 50, "…A second sentence. A third with [attention].");
        check(
            "编码",
            "这里有一些别的内容和更多的内容，研究编码的方法和别的内容，还有很多。",
            20,
            "…研究[编码]的方法和别的内容，还有很多。",
        );
    }

    #[test]
    fn long_hostile_texts_are_read_once() {
        let highlighter = Highlighter::new(&Query::parse("a data 学"));
        for part in [
            "a", "a.", "a😀", "🇩🇪", "e\u{301}", "\u{301}", "数学", "data-", "$a ", "$", r"\(", "<b>", "&a",
            "<", "كلمة", "\n", "1,",
        ] {
            let text = part.repeat(200_000 / part.len());
            assert!(highlighter.snippet(&text, 300).text.chars().count() <= 300, "{part:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_snippet_is_a_piece(
            parts in proptest::collection::vec(proptest::sample::select(PARTS), 0..40),
            query in proptest::sample::select(&["word", "W_0 编码", "alpha", "zzz", "e a x b", "kNN é", "한 b href"][..]),
            chars in 1_usize..60,
        ) {
            let text = parts.concat();
            let found = Highlighter::new(&Query::parse(query)).snippet(&text, chars);
            proptest::prop_assert!(found.text.chars().count() <= chars);
            proptest::prop_assert!(is_whole_piece(&text, &found.text), "{:?} of {:?}", found.text, text);
            let formulas = formulas(&text);
            for formula in self::formulas(&found.text) {
                proptest::prop_assert!(formulas.contains(&formula), "{:?} is not one of {:?}", formula, text);
            }
            let ends = graphemes(&found.text);
            let blocks: Vec<_> = blocks(&found.text).into_iter().map(|block| block.range).collect();
            let mut end = 0;
            for mark in &found.marks {
                proptest::prop_assert!(end <= mark.start && mark.start < mark.end, "{:?}", found);
                proptest::prop_assert!(ends.contains(&mark.start) && ends.contains(&mark.end), "{:?}", found);
                let cuts = |block: &Range<usize>| {
                    let inside = |at: usize| block.start < at && at < block.end;
                    inside(mark.start) || inside(mark.end)
                };
                proptest::prop_assert!(!blocks.iter().any(cuts), "{:?}", found);
                end = mark.end;
            }
        }
    }

    /// Whether a snippet stands in the text, cut where neither a character nor a formula nor a tag is.
    fn is_whole_piece(text: &str, snippet: &str) -> bool {
        let ends = graphemes(text);
        let blocks = blocks(text);
        let can_cut = |at: usize| {
            ends.contains(&at) && !blocks.iter().any(|block| block.range.start < at && at < block.range.end)
        };
        let inner = snippet.strip_prefix(ELLIPSIS).unwrap_or(snippet);
        let inner = inner.strip_suffix(ELLIPSIS).unwrap_or(inner);
        let stands = |at: &usize| text[*at..].starts_with(inner) && can_cut(*at) && can_cut(at + inner.len());
        inner.is_empty() || ends.iter().any(stands)
    }

    fn formulas(text: &str) -> Vec<&str> {
        tex::formulas(text).into_iter().map(|span| &text[span.range]).collect()
    }

    fn graphemes(text: &str) -> Vec<usize> {
        text.grapheme_indices(true).map(|(start, _)| start).chain([text.len()]).collect()
    }

    const PARTS: &[&str] = &[
        "word ",
        "$W_0$",
        " $\\alpha + x$ ",
        "编码",
        "編碼，",
        "。",
        "long",
        "$5 ",
        "$",
        "\\$",
        "a ",
        ". ",
        "$$x\n y$$",
        "\\(x a\\)",
        "\\[",
        "\\]",
        "é",
        "e\u{301}",
        "\u{301}",
        " \u{308}",
        "\u{e0100}",
        "\n\n",
        "👩\u{200d}👩\u{200d}👧",
        "🇩🇪",
        "\u{200d}",
        "한",
        "\u{1112}\u{1161}\u{11ab}",
        "שָׁלוֹם ",
        "\u{202b}كلمة\u{202c} ",
        "<b>",
        "</b> ",
        "<a href=\"x a\">",
        "&amp;",
        "< b ",
        "$k$-NN",
        "\r\n",
    ];
}
