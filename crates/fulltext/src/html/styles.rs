//! As much of style sheets as hides something: which declarations hold for an element, in the order of the cascade.

use cssparser::{
    AtRuleParser, CowRcStr, DeclarationParser, ParseError, Parser, ParserState, QualifiedRuleParser,
    RuleBodyItemParser, RuleBodyParser, StyleSheetParser, Token,
};
use scraper::{ElementRef, Html, Selector};

use super::values::{Basis, length, parts};

/// The most rules of a page that are looked at.
const RULES: usize = 2000;
/// The longest selector, in bytes: nested rules repeat those around them.
const SELECTOR: usize = 2000;
/// How wide a usual screen is, in pixels.
const SCREEN: f64 = 1280.0;
/// At-rules whose inside holds for a reader with a usual screen, as far as their conditions do.
const GROUPS: &[&str] = &["media", "supports", "layer", "container", "scope"];

/// What a rule or an attribute says. Property and value are in lower case.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) property: String,
    pub(super) value: String,
    important: bool,
}

/// The rules of a page itself, those that win over others last.
#[derive(Debug, Default)]
pub(super) struct Styles {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    selector: Selector,
    /// Rules outside of layers win, then those of the more specific selector.
    weight: (bool, [usize; 3]),
    declarations: Vec<Declaration>,
}

impl Styles {
    pub(super) fn of(document: &Html) -> Self {
        let style = Selector::parse("style").expect("a selector");
        let mut reader = Reader::default();
        for sheet in document.select(&style) {
            let sheet = sheet.text().collect::<String>();
            let mut input = Parser::new(&sheet);
            StyleSheetParser::new(&mut input, &mut reader).for_each(drop);
        }
        reader.rules.sort_by_key(|rule| rule.weight);
        Self { rules: reader.rules }
    }

    /// What holds for an element, the strongest last.
    pub(super) fn of_element(&self, element: ElementRef<'_>) -> Vec<Declaration> {
        let matching = self.rules.iter().filter(|rule| rule.selector.matches(&element));
        let mut declarations: Vec<_> = matching.flat_map(|rule| rule.declarations.clone()).collect();
        declarations.extend(element.attr("style").map(declarations_of).unwrap_or_default());
        declarations.sort_by_key(|declaration| declaration.important);
        declarations
    }
}

/// The declarations of an attribute.
fn declarations_of(style: &str) -> Vec<Declaration> {
    let (mut input, mut reader) = (Parser::new(style), Reader::default());
    RuleBodyParser::new(&mut input, &mut reader).filter_map(Result::ok).flatten().collect()
}

/// Reads sheets; what is in a rule is its declarations, or nothing for a rule within it, which is kept apart.
#[derive(Default)]
struct Reader {
    rules: Vec<Rule>,
    /// The selectors around what is read, as one list.
    around: Option<String>,
    layered: bool,
}

impl Reader {
    /// Reads what is in the braces of a rule with these selectors.
    fn body(&mut self, selectors: Option<String>, input: &mut Parser<'_>) {
        let outer = std::mem::replace(&mut self.around, selectors);
        let found: Vec<_> = RuleBodyParser::new(input, self).filter_map(Result::ok).flatten().collect();
        let selectors = std::mem::replace(&mut self.around, outer);
        if !found.is_empty() {
            // One selector that is not known does not make the others of its list useless.
            parts(&selectors.unwrap_or_default(), ',').iter().for_each(|one| self.keep(one, &found));
        }
    }

    fn keep(&mut self, selector: &str, declarations: &[Declaration]) {
        if self.rules.len() < RULES
            && let Ok(known) = Selector::parse(selector)
        {
            let weight = (!self.layered, specificity(&mut Parser::new(selector)));
            self.rules.push(Rule { selector: known, weight, declarations: declarations.to_vec() });
        }
    }

    /// Selectors within others, as one list that stands alone.
    fn nested(&self, selectors: &str) -> String {
        let Some(around) = &self.around else { return selectors.to_owned() };
        let around = format!(":is({around})");
        let one = |selector: &str| match selector.contains('&') {
            true => selector.replace('&', &around),
            false => format!("{around} {selector}"),
        };
        parts(selectors, ',').iter().map(|selector| one(selector)).collect::<Vec<_>>().join(", ")
    }
}

impl<'i> DeclarationParser<'i> for Reader {
    type Declaration = Vec<Declaration>;
    type Error = ();

    fn parse_value(
        &mut self,
        name: CowRcStr<'i>,
        input: &mut Parser<'i>,
        _: &ParserState,
    ) -> Result<Vec<Declaration>, ParseError<()>> {
        let start = input.position();
        while let Ok(token) = input.next() {
            // `a:hover { … }` is a rule.
            if matches!(token, Token::CurlyBracketBlock) && !name.starts_with("--") {
                return Err(ParseError::unexpected_token());
            }
        }
        let value = input.slice_from(start).trim().to_ascii_lowercase();
        let bare = value.strip_suffix("important").and_then(|value| value.trim_end().strip_suffix('!'));
        let (value, important) = (bare.unwrap_or(&value).trim_end().to_owned(), bare.is_some());
        Ok(vec![Declaration { property: name.to_ascii_lowercase(), value, important }])
    }
}

impl<'i> QualifiedRuleParser<'i> for Reader {
    type Prelude = String;
    type QualifiedRule = Vec<Declaration>;
    type Error = ();

    fn parse_prelude(&mut self, input: &mut Parser<'i>) -> Result<String, ParseError<()>> {
        let selectors = self.nested(all(input).trim());
        if selectors.len() > SELECTOR { Err(ParseError::unexpected_token()) } else { Ok(selectors) }
    }

    fn parse_block(
        &mut self,
        selectors: String,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<Vec<Declaration>, ParseError<()>> {
        self.body(Some(selectors), input);
        Ok(Vec::new())
    }
}

impl<'i> AtRuleParser<'i> for Reader {
    /// Whether it is a layer.
    type Prelude = bool;
    type AtRule = Vec<Declaration>;
    type Error = ();

    fn parse_prelude(&mut self, name: CowRcStr<'i>, input: &mut Parser<'i>) -> Result<bool, ParseError<()>> {
        let (name, condition) = (name.to_ascii_lowercase(), all(input).trim().to_ascii_lowercase());
        let holds = match name.as_str() {
            "media" => parts(&condition, ',').iter().any(|query| is_usual(query)),
            "supports" => !condition.starts_with("not"),
            name => GROUPS.contains(&name),
        };
        if holds { Ok(name == "layer") } else { Err(ParseError::unexpected_token()) }
    }

    fn parse_block(
        &mut self,
        layer: bool,
        _: &ParserState,
        input: &mut Parser<'i>,
    ) -> Result<Vec<Declaration>, ParseError<()>> {
        let outer = self.layered;
        self.layered |= layer;
        if let Some(around) = self.around.clone() {
            self.body(Some(around), input);
        } else {
            StyleSheetParser::new(input, self).for_each(drop);
        }
        self.layered = outer;
        Ok(Vec::new())
    }
}

impl RuleBodyItemParser<'_, Vec<Declaration>, ()> for Reader {
    fn parse_declarations(&self) -> bool {
        true
    }

    fn parse_qualified(&self) -> bool {
        true
    }
}

/// All that is left, as it is written.
fn all<'i>(input: &mut Parser<'i>) -> &'i str {
    let start = input.position();
    while input.next().is_ok() {}
    input.slice_from(start)
}

/// Whether a media query holds for who reads a paper: on a wide, light screen with a mouse. What is not known holds.
fn is_usual(query: &str) -> bool {
    let (negated, query) = query.strip_prefix("not ").map_or((false, query), |rest| (true, rest));
    query.split(" and ").all(|condition| is_usual_condition(condition.trim())) != negated
}

fn is_usual_condition(condition: &str) -> bool {
    let condition = condition.trim_start_matches('(').trim_end_matches(')');
    let (feature, value) = condition.split_once(':').unwrap_or((condition, ""));
    let wanted = length(value.trim(), Basis::MEDIA);
    match feature.trim() {
        "print" | "speech" => false,
        "max-width" | "max-device-width" => wanted.is_none_or(|wanted| wanted >= SCREEN),
        "min-width" | "min-device-width" => wanted.is_none_or(|wanted| wanted <= SCREEN),
        _ => !["dark", "none", "coarse", "portrait", "active"].contains(&value.trim()),
    }
}

/// How specific a selector is (Selectors Level 4, 17): names, classes and the like, types.
fn specificity(input: &mut Parser<'_>) -> [usize; 3] {
    let (mut weight, mut marked) = ([0; 3], false);
    while let Ok(token) = input.next_including_whitespace().cloned() {
        match &token {
            Token::IDHash(_) | Token::Hash(_) => weight[0] += 1,
            Token::SquareBracketBlock => weight[1] += 1,
            Token::Ident(_) => weight[if marked { 1 } else { 2 }] += 1,
            Token::Function(name) if name.starts_with("nth") => weight[1] += 1,
            Token::Function(name) if !name.eq_ignore_ascii_case("where") => {
                let inside = input.parse_nested_block(|input| Ok::<_, ParseError<()>>(specificity(input)));
                weight.iter_mut().zip(inside.unwrap_or_default()).for_each(|(sum, more)| *sum += more);
            }
            _ => (),
        }
        marked = matches!(token, Token::Colon | Token::Delim('.'));
    }
    weight
}
