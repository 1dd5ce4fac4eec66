//! An oracle for HTML: an HTML5 tokenizer reads it without a complaint, elements nest, and nothing is in it that is
//! not on the list.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, EndTag, StartTag, TagToken, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

const VOID: &[&str] = &["br", "hr", "img", "input"];
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "section",
    "details",
    "summary",
];
const INLINE: &[&str] = &[
    "a", "em", "strong", "del", "code", "span", "sup", "sub", "mark", "br", "img", "input", "b", "i", "kbd",
    "u",
];
const TABLE: &[&str] = &["thead", "tbody", "tr", "th", "td"];
const ATTRIBUTES: &[&str] = &[
    "class",
    "id",
    "href",
    "rel",
    "title",
    "translate",
    "data-number",
    "data-refs",
    "data-expanded",
    "hidden",
    "role",
    "aria-label",
    "start",
    "align",
    "type",
    "checked",
    "disabled",
    "src",
    "alt",
];

/// What an author of HTML may use besides.
const AUTHORS: &[&str] = &[
    "abbr",
    "acronym",
    "area",
    "article",
    "aside",
    "bdi",
    "bdo",
    "caption",
    "center",
    "cite",
    "col",
    "colgroup",
    "data",
    "dd",
    "dfn",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "header",
    "hgroup",
    "ins",
    "map",
    "nav",
    "q",
    "rp",
    "rt",
    "rtc",
    "ruby",
    "s",
    "samp",
    "small",
    "strike",
    "time",
    "tt",
    "var",
    "wbr",
];
const AUTHORS_ATTRIBUTES: &[&str] = &[
    "char", "charoff", "cite", "colspan", "datetime", "dir", "headers", "height", "hreflang", "lang",
    "reversed", "rowspan", "scope", "size", "span", "summary", "width",
];

/// Panics unless the HTML is well formed and harmless, and elements are where they may be.
pub fn check(html: &str) {
    read(html, false);
}

/// The same for HTML in which an author may have put elements where they should not be.
pub fn check_authors(html: &str) {
    read(html, true);
}

fn read(html: &str, authors: bool) {
    let control = |c: char| c < ' ' && c != '\n' && c != '\t';
    assert!(!html.contains(control), "a control character in {html:?}");
    let oracle = Oracle { open: RefCell::default(), html: html.to_owned(), authors };
    let tokenizer = Tokenizer::new(oracle, TokenizerOpts { exact_errors: true, ..TokenizerOpts::default() });
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    let open = tokenizer.sink.open.borrow();
    assert!(open.is_empty(), "{open:?} is not closed in {html}");
}

/// Panics if what reads like a formula stands outside the element of one.
pub fn no_half_formula(html: &str) {
    for part in html.split("class=\"math ").skip(1) {
        let text = part.split_once('>').map_or("", |(_, text)| text).split('<').next().unwrap_or_default();
        let whole = [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("\\begin{", "}")];
        let fits = whole.iter().any(|(open, close)| {
            text.strip_prefix(open).is_some_and(|rest| rest.ends_with(close) && rest.len() > close.len())
        });
        assert!(fits, "{text:?} is no whole formula in {html}");
    }
}

struct Oracle {
    open: RefCell<Vec<String>>,
    html: String,
    authors: bool,
}

impl TokenSink for Oracle {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            TagToken(tag) if tag.kind == StartTag => {
                let name = tag.name.to_string();
                let own = if self.authors { AUTHORS } else { &[] };
                let known =
                    [VOID, BLOCKS, INLINE, TABLE, own].iter().any(|list| list.contains(&name.as_str()));
                assert!(known, "<{name}> in {}", self.html);
                for attribute in &tag.attrs {
                    self.attribute(&attribute.name.local, &attribute.value);
                }
                let mut open = self.open.borrow_mut();
                let within = |outer: &str| open.iter().any(|open| open == outer);
                let words = within("p") || within("h1") || within("h2") || within("span") && name != "span";
                assert!(
                    self.authors || !words || !BLOCKS.contains(&name.as_str()),
                    "<{name}> among words in {}",
                    self.html
                );
                assert!(self.authors || name != "a" || !within("a"), "a link in a link in {}", self.html);
                if !VOID.contains(&name.as_str()) && !["area", "col", "wbr"].contains(&name.as_str()) {
                    open.push(name);
                }
            }
            TagToken(tag) => {
                assert_eq!(tag.kind, EndTag);
                let open = self.open.borrow_mut().pop();
                assert_eq!(open.as_deref(), Some(&*tag.name), "in {}", self.html);
            }
            Token::CommentToken(_) | Token::DoctypeToken(_) => panic!("a comment in {}", self.html),
            // Controls beyond the first 32 are no good style and do no harm.
            Token::ParseError(error) if error.starts_with("Bad character") => {}
            Token::ParseError(error) => panic!("{error} in {}", self.html),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Oracle {
    fn attribute(&self, name: &str, value: &str) {
        let own = self.authors && AUTHORS_ATTRIBUTES.contains(&name);
        assert!(own || ATTRIBUTES.contains(&name), "{name} in {}", self.html);
        if ["href", "src", "cite"].contains(&name) {
            let scheme = value
                .split(['/', '?', '#'])
                .next()
                .unwrap_or_default()
                .split_once(':')
                .map(|(scheme, _)| scheme);
            let real = |scheme: &&str| {
                scheme.starts_with(|c: char| c.is_ascii_alphabetic() || c <= ' ') && !scheme.contains('%')
            };
            let known = |scheme: &str| match self.authors {
                true => {
                    !["javascript", "vbscript", "data", "file"].contains(&scheme.to_ascii_lowercase().trim())
                }
                false => ["http", "https", "mailto"].contains(&scheme.to_ascii_lowercase().as_str()),
            };
            let harmless = scheme.filter(real).is_none_or(known);
            assert!(harmless, "{value} in {}", self.html);
        }
    }
}
