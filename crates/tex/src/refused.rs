use crate::{
    allowed,
    tokens::{Token, Tokens},
};

/// The longest formula of an untrusted text, in bytes.
const LONGEST: usize = 5_000;
/// The deepest nesting of groups, `\left … \right` and environments together.
const DEEPEST: usize = 60;
/// The most cells of tables.
const MOST_CELLS: usize = 2_000;
/// The greatest length of a space, a rule or a shift, in em.
const FURTHEST: f64 = 30.0;

/// Why a formula of an untrusted text must not be typeset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It has too many bytes.
    TooLong,
    /// Its groups are nested too deeply.
    TooDeep,
    /// Its tables have too many cells.
    TooManyCells,
    /// A command that is not on the list, without its backslash.
    Command(String),
    /// An environment that is not on the list.
    Environment(String),
    /// Columns of a table that are repeated by a number, or of a given width.
    Columns(String),
    /// A length that would push things far over the page.
    Length(String),
}

/// Why a formula of a visitor, a paper or a model must not be typeset; `None` when it may be.
///
/// An allow-list, because the next version of a typesetter may add commands. A comment in the TeX is
/// checked as if it were none: what counts as a comment depends on who reads it.
///
/// ```
/// assert_eq!(tex::refused(r"\frac{a}{b}"), None);
/// assert_eq!(tex::refused(r"\href{//x}{a}"), Some(tex::Refusal::Command("href".into())));
/// ```
pub fn refused(tex: &str) -> Option<Refusal> {
    if tex.len() > LONGEST {
        return Some(Refusal::TooLong);
    }
    let mut depth = 0_usize;
    let mut cells = 0;
    let mut comment = false;
    let mut tokens = Tokens::of(tex);
    while let Some((token, _)) = tokens.next() {
        match token {
            Token::Command(name) => {
                if let Some(refusal) = refused_command(name, tokens.clone()) {
                    return Some(refusal);
                }
                depth = nested(depth, name);
            }
            Token::Open => depth += 1,
            // Hidden from some readers by the comment; counting it could only make a text look flatter.
            Token::Close if comment => (),
            Token::Close => depth = depth.saturating_sub(1),
            Token::Char('&') => cells += 1,
            Token::Char('%') => comment = true,
            Token::Char('\n') => comment = false,
            Token::Char(_) => (),
        }
        if depth > DEEPEST {
            return Some(Refusal::TooDeep);
        }
        if cells > MOST_CELLS {
            return Some(Refusal::TooManyCells);
        }
    }
    None
}

fn nested(depth: usize, command: &str) -> usize {
    match command {
        "left" | "begin" => depth + 1,
        "right" | "end" => depth.saturating_sub(1),
        _ => depth,
    }
}

fn refused_command(name: &str, rest: Tokens<'_>) -> Option<Refusal> {
    if !allowed::command(name) {
        return Some(Refusal::Command(name.to_owned()));
    }
    match name {
        "begin" => refused_environment(rest),
        "hskip" | "hspace" | "kern" | "mskip" | "mspace" | "mkern" | "rule" | "raise" | "lower"
        | "moveleft" | "moveright" | "genfrac" => too_far(lengths(rest.rest())),
        "\\" | "cr" | "newline" => too_far(rest.clone().option().unwrap_or_default()),
        _ => None,
    }
}

fn refused_environment(mut rest: Tokens<'_>) -> Option<Refusal> {
    let name = rest.argument();
    if !allowed::environment(name) {
        return Some(Refusal::Environment(name.to_owned()));
    }
    while let Some(option) = rest.option() {
        if let Some(refusal) = too_far(option) {
            return Some(refusal);
        }
    }
    let columns = match name {
        "array" | "subarray" => rest.argument(),
        "alignat" | "alignat*" | "alignedat" => rest.argument(),
        _ => return None,
    };
    let plain = columns.chars().all(|c| "lcr|: @{}!\\,;".contains(c) || c.is_ascii_digit());
    let few = columns.bytes().filter(u8::is_ascii_digit).count() <= 2;
    (!plain || !few).then(|| Refusal::Columns(columns.to_owned()))
}

/// As much of the text as can hold the lengths of one command: three groups of a few characters.
fn lengths(rest: &str) -> &str {
    let end = rest.char_indices().nth(60).map_or(rest.len(), |(index, _)| index);
    let rest = &rest[..end];
    let other = |c: char| !(c.is_ascii_alphanumeric() || c.is_whitespace() || "[]{}.,-+=*".contains(c));
    &rest[..rest.find(other).unwrap_or(rest.len())]
}

/// Whether a number with a unit in this text is too great.
fn too_far(text: &str) -> Option<Refusal> {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '.') {
        let number = &rest[start..];
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
        let value: f64 = number[..end].parse().unwrap_or(0.0);
        let unit = em(number[end..].trim_start());
        if unit.is_some_and(|unit| value * unit > FURTHEST) {
            return Some(Refusal::Length(text.trim().to_owned()));
        }
        rest = &number[end..];
    }
    None
}

/// A unit of length in em.
fn em(unit: &str) -> Option<f64> {
    let size = match unit.get(..2)? {
        "em" => 1.0,
        "ex" => 0.43,
        "pt" | "bp" => 0.1,
        "px" => 0.0625,
        "pc" => 1.2,
        "mu" => 1.0 / 18.0,
        "in" => 7.2,
        "cm" => 2.85,
        "mm" => 0.285,
        _ => return None,
    };
    Some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(tex: &str) {
        assert_eq!(refused(tex), None, "{tex}");
    }

    fn refuse(tex: &str, expected: Refusal) {
        assert_eq!(refused(tex), Some(expected), "{:.80}", tex);
    }

    fn command(name: &str) -> Refusal {
        Refusal::Command(name.into())
    }

    #[test]
    fn ordinary_formulas_pass() {
        accept("");
        accept(r"e^{i\pi}+1=0");
        accept(r"\text{if } x_1>0,\ \text{且 $x_2$}");
        accept(r"\begin{pmatrix} a & b \\[2pt] c & d \end{pmatrix}");
        accept(r"\begin{array}{l|cr@{}} a & b \\ \hline c & d \end{array}");
        accept(r"\begin{aligned}[t] x &= y \tag{1}\label{eq:a}\\ &\le \eqref{eq:b} \end{aligned}");
        accept(r"\begin{alignat*}{2} a &= b & c &= d \end{alignat*}");
        accept(
            r"\operatorname*{arg\,max}_{\theta\in\mathbb{R}^d} \left\{ \sum_{i=1}^{n} \log p_\theta(x_i) \right\}",
        );
        accept(r"\ce{2H2 + O2 -> 2H2O} \hspace{1em} \rule{1em}{0.5pt} \kern-0.1em 100000");
        accept(r"a \% b % a comment");
    }

    #[test]
    fn what_reaches_out_is_refused() {
        refuse(r"\href{javascript:alert(1)}{x}", command("href"));
        refuse(r"\text{\unicode{60}}", command("unicode"));
        refuse(r"% \class{a}{b}", command("class"));
        refuse(r"\ce{A ->[\style{x}{y}] B}", command("style"));
        refuse(r"\def\a{\a\a}\a", command("def"));
        refuse(r"\newcommand{\x}{y}", command("newcommand"));
        refuse(r"\HREF{a}{b}", command("HREF"));
        refuse("\\", command(""));
        refuse("\\é", command("é"));
        refuse(r"\begin{html}\end{html}", Refusal::Environment("html".into()));
        refuse(r"\begin {darray}{c}\end{darray}", Refusal::Environment("darray".into()));
    }

    #[test]
    fn size_and_depth_are_bounded() {
        accept(&"x".repeat(LONGEST));
        refuse(&"x".repeat(LONGEST + 1), Refusal::TooLong);
        accept(&("{".repeat(60) + &"}".repeat(60)));
        refuse(&"{".repeat(61), Refusal::TooDeep);
        refuse(&r"\left(".repeat(61), Refusal::TooDeep);
        refuse(&"{%}\n".repeat(61), Refusal::TooDeep);
        refuse(&"&".repeat(2_001), Refusal::TooManyCells);
    }

    #[test]
    fn lengths_are_bounded() {
        accept(r"\hspace{3em}\kern5mu\rule[1pt]{2em}{3pt}\\[1ex]");
        refuse(r"\hspace{9999em}", Refusal::Length("{9999em}".into()));
        refuse(r"\rule{1em}{999em}", Refusal::Length("{1em}{999em}".into()));
        refuse(r"a\\[500pt]b", Refusal::Length("500pt".into()));
        refuse(r"\raise 99999px x", Refusal::Length("99999px x".into()));
        refuse(r"\begin{array}{*{9999}{c}}\end{array}", Refusal::Columns("*{9999}{c}".into()));
        refuse(r"\begin{array}{p{9em}}\end{array}", Refusal::Columns("p{9em}".into()));
        refuse(r"\begin{alignat}{99999}\end{alignat}", Refusal::Columns("99999".into()));
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(tex in r"(\\[a-z]{0,5}|\\begin|\\rule|\\hspace|[{}&%$\[\]0-9.]|em|\PC){0,40}") {
            let _ = refused(&tex);
        }
    }
}
