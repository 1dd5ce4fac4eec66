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
    /// Options that MathJax adds to a command of LaTeX: paddings, and colours of what lies behind.
    Options(String),
    /// A colour that is not on the list.
    Colour(String),
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

fn refused_command(name: &str, mut rest: Tokens<'_>) -> Option<Refusal> {
    if !allowed::command(name) {
        return Some(Refusal::Command(name.to_owned()));
    }
    match name {
        "begin" => refused_environment(rest),
        "color" | "textcolor" => refused_colour(rest),
        "cancel" | "bcancel" | "xcancel" | "cancelto" => {
            rest.brackets().map(|options| Refusal::Options(options.to_owned()))
        }
        // After a space, a bracket is one of the row.
        "\\" if !rest.rest().trim_start_matches('*').starts_with('[') => None,
        "\\" => {
            rest.pass(rest.rest().len() - rest.rest().trim_start_matches('*').len());
            rest.brackets().and_then(too_far)
        }
        _ => lengths(name).iter().find_map(|argument| match argument {
            Argument::Other => {
                rest.argument();
                None
            }
            Argument::Option => rest.brackets().and_then(too_far),
            Argument::Length => too_far(length(&mut rest)),
        }),
    }
}

/// An argument of a command that takes lengths.
#[derive(Clone, Copy)]
enum Argument {
    /// Something else.
    Other,
    /// A length in brackets, or none.
    Option,
    /// A length, in braces or not.
    Length,
}

/// The arguments of a command up to its last length. Pure numbers are taken for lengths: they are lengths in em, or
/// how often something is repeated or enlarged.
fn lengths(command: &str) -> &'static [Argument] {
    use Argument::{Length, Option, Other};
    match command {
        "hskip" | "hspace" | "kern" | "mskip" | "mspace" | "mkern" => &[Length],
        "raise" | "lower" | "moveleft" | "moveright" => &[Length],
        "rule" => &[Option, Length, Length],
        "genfrac" => &[Other, Other, Length],
        "xmathstrut" => &[Option, Length],
        "overbracket" | "underbracket" => &[Option, Option],
        "MoveEqLeft" | "shoveleft" | "shoveright" => &[Option],
        _ => &[],
    }
}

/// The length that follows.
fn length<'a>(rest: &mut Tokens<'a>) -> &'a str {
    rest.skip_space();
    let text = rest.rest();
    if text.starts_with('{') {
        return rest.argument();
    }
    let number = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-.,".contains(c);
    let unit = text.find(|c| !number(c)).unwrap_or(text.len());
    let length = text.get(..unit + 2).unwrap_or(&text[..unit]);
    rest.pass(length.len());
    length
}

fn refused_colour(mut rest: Tokens<'_>) -> Option<Refusal> {
    let model = rest.brackets().unwrap_or("named");
    let colour = rest.argument();
    (model != "named" || !allowed::colour(colour)).then(|| Refusal::Colour(colour.to_owned()))
}

fn refused_environment(mut rest: Tokens<'_>) -> Option<Refusal> {
    let name = rest.argument();
    if !allowed::environment(name) {
        return Some(Refusal::Environment(name.to_owned()));
    }
    let columns = match name {
        "multlined" => return (0..2).find_map(|_| rest.brackets().and_then(too_far)),
        "array" | "subarray" | "alignat" | "alignat*" | "alignedat" => {
            rest.brackets();
            rest.argument()
        }
        _ if name.ends_with("matrix*") => rest.brackets().unwrap_or_default(),
        _ => return None,
    };
    let plain = columns.chars().all(|c| "lcr|: @{}!\\,;".contains(c) || c.is_ascii_digit());
    let few = columns.bytes().filter(u8::is_ascii_digit).count() <= 2;
    (!plain || !few).then(|| Refusal::Columns(columns.to_owned()))
}

/// Whether a number in this text is too great for a length.
fn too_far(text: &str) -> Option<Refusal> {
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '.') {
        let number = &rest[start..];
        let end = number.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(number.len());
        let value: f64 = number[..end].parse().unwrap_or(f64::INFINITY);
        if value * em(number[end..].trim_start()) > FURTHEST {
            return Some(Refusal::Length(text.trim().to_owned()));
        }
        rest = &number[end..];
    }
    None
}

/// A unit of length in em. An unknown one may be the size of the formula itself.
fn em(unit: &str) -> f64 {
    match unit.get(..2).unwrap_or_default() {
        "ex" => 0.43,
        "pt" | "bp" | "px" => 0.1,
        "pc" => 1.2,
        "mu" => 1.0 / 18.0,
        "in" => 7.2,
        "cm" => 2.85,
        "mm" => 0.285,
        _ => 1.0,
    }
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
        refuse(r"\hspace{9999em}", Refusal::Length("9999em".into()));
        refuse(r"\rule{1em}{999em}", Refusal::Length("999em".into()));
        refuse(r"a\\[500pt]b", Refusal::Length("500pt".into()));
        refuse(r"\raise 99999px x", Refusal::Length("99999px".into()));
        refuse(r"\hspace{99.9.9em}", Refusal::Length("99.9.9em".into()));
        refuse(&format!(r"\hspace{{{}99em}}", " ".repeat(99)), Refusal::Length("99em".into()));
        refuse(&format!(r"\rule{{1em}}{}{{99em}}", " ".repeat(99)), Refusal::Length("99em".into()));
        refuse(r"\rule[\,99em]{1em}{1em}", Refusal::Length(r"\,99em".into()));
        refuse(r"\kern-99em", Refusal::Length("-99em".into()));
        refuse(r"\genfrac(){99pt }{}{a}{b}\genfrac[]{999pt}{}{a}{b}", Refusal::Length("999pt".into()));
        refuse(r"\MoveEqLeft[9999]", Refusal::Length("9999".into()));
        refuse(r"\shoveleft[9999em]{a}", Refusal::Length("9999em".into()));
        refuse(r"\shoveright [9999]{a}", Refusal::Length("9999".into()));
        refuse(r"\overbracket[999em][9999em]{x}", Refusal::Length("999em".into()));
        refuse(r"\underbracket[1pt][9999height]{x}", Refusal::Length("9999height".into()));
        refuse(r"\xmathstrut[.1]{99}", Refusal::Length("99".into()));
        refuse(r"a\\*[500pt]b", Refusal::Length("500pt".into()));
        refuse(r"\begin{multlined}[t][999em]\end{multlined}", Refusal::Length("999em".into()));
        refuse(r"\begin{pmatrix*}[p{999em}]\end{pmatrix*}", Refusal::Columns("p{999em}".into()));
        refuse(r"\cancel[data-padding=999em]{x}", Refusal::Options("data-padding=999em".into()));
        accept(r"\hspace{.75em}\raise-.5ex\hbox{x}\\[0.75em]");
        accept(
            r"\\ [0,100] \kern 100 mu\MoveEqLeft[3]\overbracket[1pt][1ex]{99}\xmathstrut{.2}\cancel{x}[0,100]",
        );
        accept(r"\begin{aligned}[0,100]\end{aligned}\shoveleft{100}\raise.5ex\hbox{99}\rule{1em}{1em}99");
        refuse(r"\begin{array}{*{9999}{c}}\end{array}", Refusal::Columns("*{9999}{c}".into()));
        refuse(r"\begin{array}{p{9em}}\end{array}", Refusal::Columns("p{9em}".into()));
        refuse(r"\begin{alignat}{99999}\end{alignat}", Refusal::Columns("99999".into()));
    }

    #[test]
    fn colours_are_those_that_are_seen() {
        accept(r"{\color{red}x}+\textcolor{NavyBlue}{y}\color[named]{Orange}\text{\color{teal} z}");
        for (tex, colour) in [
            (r"\color{white}x", "white"),
            (r"\textcolor{Black}{x}", "Black"),
            (r"\color[rgb]{1,1,1}x", "1,1,1"),
            (r"\color{#fff}x", "#fff"),
            (r"\color{transparent}x", "transparent"),
            (r"\color{red;x:url(//x)}", "red;x:url(//x)"),
            (r"\color{ red}", " red"),
            (r"\color\white", r"\white"),
        ] {
            refuse(tex, Refusal::Colour(colour.into()));
        }
        refuse(r"\colorbox{red}{x}", command("colorbox"));
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(tex in r"(\\[a-z]{0,5}|\\begin|\\rule|\\hspace|[{}&%$\[\]0-9.]|em|\PC){0,40}") {
            let _ = refused(&tex);
        }
    }
}
