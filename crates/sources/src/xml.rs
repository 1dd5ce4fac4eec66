//! XML that strangers wrote: one pass, no DOCTYPE, no entities of its own, no depth, no size without end.
//!
//! [`Walk`] passes over a page and hands over whole the elements that a parser asks for, each as a small tree beside the
//! text that it was read from; of the others it tells where they begin and end.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// The deepest nesting.
const DEPTH: usize = 64;
/// The most bytes of an element that is handed over whole.
const RECORD: usize = 1 << 20;

/// Why a page is not XML that is read here, as the end of a sentence.
pub(crate) type Fault = String;

/// An element with what is in it. Names are without prefix.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    nodes: Vec<Node>,
}

#[derive(Debug)]
pub(crate) enum Node {
    Element(Element),
    Text(String),
}

/// What a walk comes to.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// The beginning of an element that was not asked for; it has no nodes.
    Open(Element),
    /// The end of one.
    Close,
    /// An element that was asked for, and its source.
    Whole(Element, &'a str),
    /// An element that was asked for, and that is longer than may be: the beginning of its source.
    TooLong(&'a str),
}

/// A pass over a page.
pub(crate) struct Walk<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    wanted: &'a [&'a str],
    open: usize,
    begun: bool,
}

impl<'a> Walk<'a> {
    /// Over a page, for these elements. They do not nest.
    pub(crate) fn over(bytes: &'a [u8], wanted: &'a [&'a str]) -> Result<Self, Fault> {
        let text = utf8(bytes)?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { text, reader, wanted, open: 0, begun: false })
    }

    /// The next step; `None` at the end of the page.
    pub(crate) fn next(&mut self) -> Result<Option<Step<'a>>, Fault> {
        loop {
            let start = self.position();
            match self.read()? {
                Event::Start(tag) => return self.start(&tag, start).map(Some),
                Event::End(_) => {
                    self.open -= 1;
                    return Ok(Some(Step::Close));
                }
                Event::Eof if self.open == 0 && self.begun => return Ok(None),
                Event::Eof => return Err("it ends too early".into()),
                _ => (),
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, start: usize) -> Result<Step<'a>, Fault> {
        self.begun = true;
        let element = element(tag)?;
        if !self.wanted.contains(&element.name.as_str()) {
            self.open += 1;
            self.check_depth(self.open)?;
            return Ok(Step::Open(element));
        }
        let whole = self.whole(element, start)?;
        let source = &self.text[start..self.position()];
        match whole {
            Some(element) => Ok(Step::Whole(element, source)),
            None => Ok(Step::TooLong(&source[..source.floor_char_boundary(200)])),
        }
    }

    /// Reads to the end of an element; `None` if it is too long.
    fn whole(&mut self, element: Element, start: usize) -> Result<Option<Element>, Fault> {
        let mut open = vec![element];
        let mut fits = true;
        while let Some(top) = open.last_mut() {
            match self.read()? {
                Event::Start(tag) => {
                    let inner = self::element(&tag)?;
                    open.push(inner);
                    self.check_depth(self.open + open.len())?;
                }
                Event::End(_) => {
                    let closed = open.pop().expect("one is open");
                    match open.last_mut() {
                        Some(outer) if fits => outer.nodes.push(Node::Element(closed)),
                        Some(_) => (),
                        None => return Ok(fits.then_some(closed)),
                    }
                }
                Event::Text(text) if fits => top.push(&text.xml10_content()),
                Event::CData(text) if fits => top.push(&text.xml10_content()),
                Event::GeneralRef(name) if fits => top.push(&resolved(&name)),
                Event::Eof => return Err("it ends too early".into()),
                _ => (),
            }
            fits &= self.position() - start <= RECORD;
        }
        Ok(None)
    }

    fn read(&mut self) -> Result<Event<'a>, Fault> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err("it has a DOCTYPE, which is refused".into()),
            Ok(event) => Ok(event),
            Err(error) => Err(format!("it is not XML: {error}")),
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).expect("a page fits into memory")
    }

    fn check_depth(&self, depth: usize) -> Result<(), Fault> {
        if depth > DEPTH { Err(format!("its elements are nested more than {DEPTH} deep")) } else { Ok(()) }
    }
}

impl Element {
    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }

    /// All children of this name.
    pub(crate) fn children<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.elements().filter(move |element| element.name == name)
    }

    /// All children.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    pub(crate) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The text of the first child of this name; empty if there is none.
    pub(crate) fn text_of(&self, name: &str) -> String {
        self.child(name).map(Element::text).unwrap_or_default()
    }

    /// The same, if there is anything in it.
    pub(crate) fn some_text_of(&self, name: &str) -> Option<String> {
        Some(self.text_of(name)).filter(|text| !text.is_empty())
    }

    /// All text inside, trimmed.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.collect(&mut text);
        text.trim().to_owned()
    }

    fn collect(&self, text: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.collect(text),
                Node::Text(more) => text.push_str(more),
            }
        }
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn push(&mut self, more: &str) {
        match self.nodes.last_mut() {
            Some(Node::Text(text)) => text.push_str(more),
            _ => self.nodes.push(Node::Text(more.to_owned())),
        }
    }
}

/// A page must be UTF-8, and say no other.
fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("its charset is UTF-16; only UTF-8 is read".into());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Some(charset) = declared(bytes)
        && !["utf-8", "utf8", "us-ascii"].contains(&charset.to_ascii_lowercase().as_str())
    {
        return Err(format!("its charset is {charset:?}; only UTF-8 is read"));
    }
    let text = std::str::from_utf8(bytes);
    Ok(text.map_err(|error| format!("it is not UTF-8 (at byte {})", error.valid_up_to()))?.trim_start())
}

/// The charset in the declaration of a page.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let (declaration, _) = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

fn element(tag: &BytesStart<'_>) -> Result<Element, Fault> {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("it is not XML: {error}"))?;
        let value = quick_xml::escape::unescape(&attribute.value)
            .map_err(|error| format!("it is not XML: {error}"))?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name: tag.local_name().as_ref().to_owned(), attributes, nodes: Vec::new() })
}

/// One of the five entities of XML, or a character by its number. Others cannot have been defined, and stay as written.
fn resolved(reference: &quick_xml::events::BytesRef<'_>) -> String {
    if reference.is_char_ref() {
        let c = reference.resolve_char_ref().ok().flatten();
        return c.filter(|c| *c != '\0').unwrap_or('\u{fffd}').to_string();
    }
    let name = reference.xml10_content();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(text) => text.to_owned(),
        None => format!("&{name};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a walk for `<r>` comes to, in short.
    fn walk(bytes: &[u8]) -> Result<String, Fault> {
        let mut walk = Walk::over(bytes, &["r"])?;
        let mut told = String::new();
        while let Some(step) = walk.next()? {
            match step {
                Step::Open(element) => told += &format!("<{}>", element.name),
                Step::Close => told += "</>",
                Step::Whole(element, source) => told += &format!("[{}|{source}]", element.text()),
                Step::TooLong(source) => told += &format!("[too long: {}]", &source[..10]),
            }
        }
        Ok(told)
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(walk(text.as_bytes()).as_deref(), Ok(expected), "{text:.200}");
    }

    fn refused(bytes: &[u8], why: &str) {
        let fault = walk(bytes).expect_err("refused");
        assert!(fault.contains(why), "{fault}");
    }

    #[test]
    fn elements_and_their_sources() {
        check(
            "<?xml version='1.0'?>\n<a><x:r y='1'> b &amp; <i>c</i></x:r></a>",
            "<a>[b & c|<x:r y='1'> b &amp; <i>c</i></x:r>]</>",
        );
        check("<a><r/><b>t</b></a>", "<a>[|<r/>]<b></></>");
        check(
            "<r><![CDATA[<&>]]>&#xe9;&#233;&lt;&nbsp;&#0;</r>",
            "[<&>éé<&nbsp;\u{fffd}|<r><![CDATA[<&>]]>&#xe9;&#233;&lt;&nbsp;&#0;</r>]",
        );
        check("\u{feff}  <r>x<!-- y --></r>", "[x|<r>x<!-- y --></r>]");
    }

    #[test]
    fn only_utf8() {
        refused(
            b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r>\xe9</r>",
            "its charset is \"ISO-8859-1\"",
        );
        refused(b"<?xml version='1.0' encoding = 'windows-1252' ?><r/>", "windows-1252");
        refused(b"<?xml version='1.0' encoding='UTF-8'?><r>\xe9</r>", "it is not UTF-8 (at byte 41)");
        refused(b"<r>\xc0\xaf</r>", "it is not UTF-8");
        refused(b"<r>\xed\xa0\x80</r>", "it is not UTF-8");
        refused(b"\xff\xfe<\0r\0>\0", "UTF-16");
    }

    #[test]
    fn attacks_are_refused() {
        let laughs = "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>]><r>&b;</r>";
        refused(laughs.as_bytes(), "DOCTYPE");
        refused(b"<!DOCTYPE r SYSTEM 'file:///etc/passwd'><r/>", "DOCTYPE");
        refused(b"<a><!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r>&x;</r></a>", "DOCTYPE");
        refused("<a>".repeat(1_000_000).as_bytes(), "nested more than 64");
        refused(format!("<r>{}", "<a>".repeat(1_000_000)).as_bytes(), "nested more than 64");
    }

    #[test]
    fn what_is_cut_is_refused() {
        let whole = "<a><b>x</b><r z='1'>y<i>z</i></r></a>";
        for end in 0..whole.len() {
            assert!(walk(&whole.as_bytes()[..end]).is_err(), "{}", &whole[..end]);
        }
        refused(b"<a></b>", "it is not XML");
        refused(b"<a b></a>", "it is not XML");
        refused(b"Rate exceeded.", "it ends too early");
        refused(b"", "it ends too early");
    }

    #[test]
    fn an_element_that_is_too_long_is_passed_over() {
        let long = "x".repeat(RECORD);
        check(
            &format!("<a><r id='1'>{long}<b>c</b></r><r>d</r></a>"),
            "<a>[too long: <r id='1'>][d|<r>d</r>]</>",
        );
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(text in r#"(<[a-z/!?]{0,3}|[>"'&;=a-z\[\]-]|<r>|</r>|<!\[CDATA\[|\PC){0,60}"#) {
            let _ = walk(text.as_bytes());
        }
    }
}
