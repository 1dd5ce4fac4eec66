//! Values of CSS: lengths, numbers, variables.

use std::collections::BTreeMap;

use cssparser::{ParseError, Parser, Token};

/// How deep variables stand in each other, and formulas.
const DEPTH: usize = 16;
/// The longest value with its variables written out, in bytes.
const WRITTEN: usize = 2000;

/// What relative lengths are relative to, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis {
    pub(super) em: f64,
    /// What a hundred per cent are.
    pub(super) whole: f64,
}

impl Basis {
    /// For conditions about the screen.
    pub(super) const MEDIA: Self = Self { em: 16.0, whole: 800.0 };
}

/// Custom properties by name.
pub(super) type Variables = BTreeMap<String, String>;

/// A value with each `var(…)` replaced; `None` where one has no value, or where they become too long.
pub(super) fn written_out(value: &str, variables: &Variables) -> Option<String> {
    expanded(value, variables, 0).filter(|value| value.len() <= WRITTEN)
}

fn expanded(value: &str, variables: &Variables, depth: usize) -> Option<String> {
    let Some(at) = value.find("var(") else { return Some(value.to_owned()) };
    if depth > DEPTH || value.len() > WRITTEN {
        return None;
    }
    let inside = &value[at + 4..];
    let end = closing(inside)?;
    let (name, fallback) = match inside[..end].split_once(',') {
        Some((name, fallback)) => (name, Some(fallback.trim())),
        None => (&inside[..end], None),
    };
    let found = variables.get(name.trim()).map(String::as_str).or(fallback)?;
    let found = expanded(found, variables, depth + 1)?;
    let rest = expanded(inside.get(end + 1..).unwrap_or_default(), variables, depth)?;
    Some(format!("{}{found}{rest}", &value[..at]))
}

/// Where the parenthesis closes in which a text begins.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1;
    text.find(|c| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        depth == 0
    })
}

/// The parts of a list, none of which is within parentheses, brackets or quotes.
pub(super) fn parts(list: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quote) = (0_usize, None);
    let split = list.split(|c: char| {
        match (quote, c) {
            (Some(open), c) => quote = (c != open).then_some(open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, c) => return depth == 0 && (c == separator || separator == ' ' && c.is_whitespace()),
        }
        false
    });
    split.map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// Name and inside of each function in a list: `scale(2)`, `url(x)`.
pub(super) fn functions(list: &str) -> impl Iterator<Item = (&str, &str)> {
    parts(list, ' ').into_iter().filter_map(|part| part.strip_suffix(')')?.split_once('('))
}

/// A length in pixels, an angle in degrees or a bare number; `None` for what is none.
pub(super) fn length(value: &str, basis: Basis) -> Option<f64> {
    let mut input = Parser::new(value);
    let read = input.parse_entirely(|input| sum(input, basis, 0));
    read.ok().filter(|length| length.is_finite())
}

/// A share: `0.5` or `50%`.
pub(super) fn share(value: &str) -> Option<f64> {
    length(value, Basis { em: 1.0, whole: 1.0 })
}

type Read = Result<f64, ParseError<()>>;

/// What `calc` computes (CSS Values and Units Level 4, 10).
fn sum(input: &mut Parser<'_>, basis: Basis, depth: usize) -> Read {
    let mut total = product(input, basis, depth)?;
    loop {
        let sign = input.try_parse(|input| match input.next()? {
            Token::Delim('+') => Ok(1.0),
            Token::Delim('-') => Ok(-1.0),
            _ => Err(ParseError::<()>::unexpected_token()),
        });
        let Ok(sign) = sign else { return Ok(total) };
        total += sign * product(input, basis, depth)?;
    }
}

fn product(input: &mut Parser<'_>, basis: Basis, depth: usize) -> Read {
    let mut total = operand(input, basis, depth)?;
    loop {
        let times = input.try_parse(|input| match input.next()? {
            Token::Delim('*') => Ok(true),
            Token::Delim('/') => Ok(false),
            _ => Err(ParseError::<()>::unexpected_token()),
        });
        let Ok(times) = times else { return Ok(total) };
        let factor = operand(input, basis, depth)?;
        total *= if times { factor } else { 1.0 / factor };
    }
}

fn operand(input: &mut Parser<'_>, basis: Basis, depth: usize) -> Read {
    match input.next()?.clone() {
        Token::Number { value, .. } => Ok(value.into()),
        Token::Percentage { unit_value, .. } => Ok(f64::from(unit_value) * basis.whole),
        Token::Dimension { value, unit, .. } => match pixels(&unit.to_ascii_lowercase(), basis) {
            Some(pixels) => Ok(f64::from(value) * pixels),
            None => Err(ParseError::unexpected_token()),
        },
        Token::ParenthesisBlock if depth < DEPTH => {
            input.parse_nested_block(|input| sum(input, basis, depth + 1))
        }
        Token::Function(name) if depth < DEPTH => {
            let terms = input.parse_nested_block(|input| {
                input.parse_comma_separated(|input| sum(input, basis, depth + 1))
            })?;
            chosen(&name.to_ascii_lowercase(), &terms).ok_or(ParseError::unexpected_token())
        }
        _ => Err(ParseError::unexpected_token()),
    }
}

fn chosen(function: &str, terms: &[f64]) -> Option<f64> {
    match (function, terms) {
        ("calc", &[value]) => Some(value),
        ("min", terms) => terms.iter().copied().reduce(f64::min),
        ("max", terms) => terms.iter().copied().reduce(f64::max),
        ("clamp", &[least, value, most]) => Some(value.min(most).max(least)),
        _ => None,
    }
}

/// How many pixels a unit is, or degrees.
fn pixels(unit: &str, basis: Basis) -> Option<f64> {
    Some(match unit {
        "px" | "deg" => 1.0,
        "pt" => 96.0 / 72.0,
        "pc" | "rem" => 16.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 9.6 / 2.54,
        "q" => 2.4 / 2.54,
        "em" | "lh" | "rlh" => basis.em,
        "ex" | "ch" => basis.em / 2.0,
        "vw" | "vh" | "vi" | "vb" | "vmin" | "vmax" | "svw" | "svh" | "lvw" | "lvh" | "dvw" | "dvh" => 10.0,
        "rad" => 180.0 / std::f64::consts::PI,
        "grad" => 0.9,
        "turn" => 360.0,
        _ => return None,
    })
}
