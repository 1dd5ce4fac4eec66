use crate::{
    allowed,
    tokens::{Token, Tokens},
};

/// A script longer than this is not part of a name.
const LONGEST_SCRIPT: usize = 32;

/// A formula as words that can be searched: letters by their names, styling and layout dropped.
///
/// A short script stays on its base with an underscore (`W_0`, also for `W^{0}` and `\mathbf{W}_{0}`), so
/// that a search for `W`, `0` or `W0` finds it. Names that are not TeX's own (`\softmax`) are words.
///
/// ```
/// assert_eq!(tex::words(r"\mathbf{W}_0 + \frac{\alpha}{r} B A"), "W_0 alpha r B A");
/// ```
pub fn words(tex: &str) -> String {
    let mut words = Words { out: String::with_capacity(tex.len()), apart: false, scripted: false };
    let mut tokens = Tokens::of(tex);
    while let Some((token, _)) = tokens.next() {
        match token {
            Token::Command(name) => words.command(name, &mut tokens),
            Token::Char('_' | '^') => words.script(&mut tokens),
            Token::Char(c) if is_letter(c) => words.put(c),
            Token::Char('.')
                if words.after_digit() && tokens.rest().starts_with(|c: char| c.is_ascii_digit()) =>
            {
                words.put('.');
            }
            Token::Open | Token::Close | Token::Char(_) => words.apart = true,
        }
    }
    words.out
}

struct Words {
    out: String,
    /// Whether the next character begins a word.
    apart: bool,
    /// Whether the last word has its script.
    scripted: bool,
}

impl Words {
    fn put(&mut self, c: char) {
        if self.apart && !self.out.is_empty() {
            self.out.push(' ');
        }
        if self.apart {
            self.scripted = false;
        }
        self.apart = false;
        self.out.push(c);
    }

    fn word(&mut self, word: &str) {
        self.apart = true;
        word.chars().for_each(|c| self.put(c));
        self.apart = true;
    }

    fn after_digit(&self) -> bool {
        !self.apart && self.out.ends_with(|c: char| c.is_ascii_digit())
    }

    fn command(&mut self, name: &str, tokens: &mut Tokens<'_>) {
        self.apart = true;
        match name {
            "begin" => {
                let environment = tokens.argument();
                if matches!(environment, "array" | "alignat" | "alignat*" | "alignedat") {
                    tokens.argument();
                }
            }
            "end" | "label" | "ref" | "eqref" | "tag" | "hspace" | "vspace" | "color" | "textcolor"
            | "href" | "class" | "style" | "phantom" | "hphantom" | "vphantom" => {
                tokens.argument();
            }
            _ => {
                if let Some(word) = spoken(name) {
                    self.word(word);
                }
            }
        }
    }

    fn script(&mut self, tokens: &mut Tokens<'_>) {
        let based = !self.scripted && self.out.ends_with(is_letter);
        match script(tokens.rest()).filter(|_| based) {
            Some((script, length)) => {
                tokens.pass(length);
                self.out.push('_');
                self.out.push_str(script);
                self.scripted = true;
            }
            None => self.scripted = true,
        }
        self.apart = true;
    }
}

/// A script that is one short word: the word, and how many bytes it takes.
fn script(rest: &str) -> Option<(&str, usize)> {
    let spaces = rest.len() - rest.trim_start().len();
    let body = &rest[spaces..];
    let (script, length) = match body.chars().next()? {
        '{' => braced(&body[1..])?,
        c if is_letter(c) => (&body[..c.len_utf8()], c.len_utf8()),
        '\\' => named(body)?,
        _ => return None,
    };
    Some((script, spaces + length))
}

/// The script in braces, without a font around it: `{ij}`, `{\alpha}`, `{\mathrm{max}}`.
fn braced(inside: &str) -> Option<(&str, usize)> {
    let end = inside.bytes().take(LONGEST_SCRIPT).position(|byte| byte == b'}')?;
    let word = &inside[..end];
    if let Some((font, word)) = word.split_once('{') {
        let closed = inside[end + 1..].starts_with('}');
        let styled =
            font.strip_prefix('\\').is_some_and(|font| allowed::command(font) && spoken(font).is_none());
        return (closed && styled && is_word(word)).then_some((word, end + 3));
    }
    if word.starts_with('\\') {
        let (name, length) = named(word)?;
        return (length == word.len()).then_some((name, end + 2));
    }
    is_word(word).then_some((word, end + 2))
}

/// A command that is spoken: `\alpha`.
fn named(body: &str) -> Option<(&'static str, usize)> {
    let (Token::Command(name), range) = Tokens::of(body).next()? else { return None };
    allowed::command(name).then(|| spoken_symbol(name)).flatten().map(|word| (word, range.end))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_letter)
}

/// A letter, a digit, or a sign that is written as itself and read as a word.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || "∞∂∇√∑∏∫".contains(c)
}

/// The word for a command; `None` for what only arranges or relates.
fn spoken(name: &str) -> Option<&str> {
    let own = name.len() > 1 && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    match spoken_symbol(name) {
        Some(word) => Some(word),
        None if own && !allowed::command(name) && !LAYOUT.contains(&name) => Some(name),
        None => None,
    }
}

/// Commands outside the allow-list that still only arrange.
const LAYOUT: &[&str] = &[
    "mathds",
    "mathbbm",
    "bold",
    "bfseries",
    "itshape",
    "ttfamily",
    "Large",
    "large",
    "small",
    "tiny",
    "normalsize",
    "nicefrac",
    "ensuremath",
    "xspace",
    "bbox",
    "colorbox",
    "noindent",
    "hfil",
    "vfill",
    "mathchoice",
    "mathsmaller",
    "textsc",
    "textsl",
    "scriptsize",
    "footnotesize",
    "huge",
    "Huge",
    "LARGE",
    "hfill",
    "leavevmode",
    "protect",
];

/// The word for a symbol of TeX that is spoken as one.
fn spoken_symbol(name: &str) -> Option<&'static str> {
    let spoken = match name {
        "ell" => "l",
        "infty" => "infinity",
        "int" | "oint" => "integral",
        "iint" | "iiint" => "integral",
        "sum" => "sum",
        "prod" => "product",
        "partial" => "partial",
        "nabla" => "nabla",
        "hbar" | "hslash" => "hbar",
        "sqrt" => "sqrt",
        "emptyset" | "varnothing" => "emptyset",
        "aleph" => "aleph",
        "dagger" => "dagger",
        "imath" => "i",
        "jmath" => "j",
        "Pr" => "pr",
        _ => return NAMED.iter().find(|word| is_case_of(name, word)).copied(),
    };
    Some(spoken)
}

/// Letters and functions that are spoken as they are written; letters also with a capital or `var`.
const NAMED: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "arcsin",
    "arccos", "arctan", "arg", "cos", "cosh", "cot", "coth", "csc", "deg", "det", "dim", "exp", "gcd", "hom",
    "inf", "ker", "lim", "liminf", "limsup", "ln", "log", "max", "min", "sec", "sin", "sinh", "sup", "tan",
    "tanh",
];

fn is_case_of(name: &str, word: &str) -> bool {
    let name = name.strip_prefix("var").unwrap_or(name);
    name.eq_ignore_ascii_case(word) && name.bytes().skip(1).eq(word.bytes().skip(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tex: &str, expected: &str) {
        assert_eq!(words(tex), expected, "{tex:?}");
    }

    #[test]
    fn letters_and_scripts() {
        check("", "");
        check("W_0", "W_0");
        check(r"W_{0}", "W_0");
        check(r"\mathbf{W}_{\text{max}}", "W_max");
        check("x^2 y", "x_2 y");
        check("x_i^2", "x_i 2");
        check("x_{i,j}", "x i j");
        check("x_{ij}", "x_ij");
        check(r"\mathcal{L}_2", "L_2");
        check(r"\beta_1", "beta_1");
        check(r"p_\theta(x)", "p_theta x");
        check(r"p_{\theta}", "p_theta");
        check(r"\ell_1", "l_1");
        check("QK^T", "QK_T");
        check("_0", "0");
        check("L_∞ + ∂_x f", "L_∞ ∂_x f");
    }

    #[test]
    fn commands() {
        check(r"\alpha\beta", "alpha beta");
        check(r"\Gamma \varepsilon \Delta W", "gamma epsilon delta W");
        check(r"\frac{a}{b}", "a b");
        check(r"\operatorname{softmax}(\mathbf{q}^{\top} K)", "softmax q K");
        check(r"\left\{ a \le b \right\}", "a b");
        check(r"\softmax(x) \KL", "softmax x KL");
        check(r"\log p \cdot \nabla f", "log p nabla f");
        check(r"\text{if } x = 0.5\%", "if x 0.5");
        check(r"\text{其中}x", "其中 x");
    }

    #[test]
    fn layout_is_dropped() {
        check(r"\begin{array}{l|c} a & b \\ c & d \end{array}", "a b c d");
        check(r"\begin{aligned} a \label{eq:x} \tag{1} \end{aligned}", "a");
        check(r"\hspace{1em} a", "a");
        check(r"{\bf x}_1", "x_1");
        check(r"\\ \, \{ \}", "");
    }

    #[test]
    fn broken_tex_is_read_as_far_as_it_goes() {
        check(r"a_{", "a");
        check(r"a_\", "a");
        check(r"\begin{", "");
        check(r"}}{{x", "x");
        check(&r"x_{".repeat(10_000), &"x ".repeat(10_000)[..19_999]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(tex in r"(\\[a-z]{0,5}|[_^{}0-9.]|\\alpha|\PC){0,40}") {
            let _ = words(&tex);
        }
    }
}
