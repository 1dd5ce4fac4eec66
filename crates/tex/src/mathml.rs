//! Formulas for pages without scripts: MathML made by libraries that know no document.
//!
//! What a formula depends on outside itself (the equation counter, the numbers behind labels) is written into its TeX
//! first. Two libraries are asked, the stricter and quicker one first; what neither can do stays TeX.

use std::sync::LazyLock;

use katex::{KatexContext, OutputFormat, Settings};
use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use crate::{
    numbering::{Number, Row, numbering, row_spacing},
    tokens::{Token, Tokens},
};

/// The longest formula that is tried, in bytes.
const LONGEST: usize = 10_000;
/// The deepest nesting of groups, `\left … \right` and environments: the libraries recurse, and an overflow of the
/// stack would end the process.
const DEEPEST: usize = 40;

/// A formula as an element `<math>` (MathML Core), or `None` where that cannot be made.
///
/// `before` is the equation counter of the document before the formula; `reference` knows what stands for a label.
///
/// ```
/// let math = tex::mathml(r"a_1", false, 0, |_| None).expect("an ordinary formula");
/// assert!(math.starts_with("<math") && math.contains("<msub><mi>a</mi><mn>1</mn></msub>"));
/// assert!(tex::mathml(r"\nosuchcommand", false, 0, |_| None).is_none());
/// ```
pub fn mathml(
    tex: &str,
    display: bool,
    before: u32,
    reference: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    if tex.len() > LONGEST || depth(tex) > DEEPEST {
        return None;
    }
    let tex = standalone(tex, display, before, reference);
    strict(&tex, display).or_else(|| lenient(&tex, display))
}

/// Converters are made once: they hold the tables of commands.
fn strict(tex: &str, display: bool) -> Option<String> {
    static CONVERTER: LazyLock<Option<LatexToMathML>> = LazyLock::new(|| {
        LatexToMathML::new(MathCoreConfig { xml_namespace: true, ..MathCoreConfig::default() }).ok()
    });
    let display = if display { MathDisplay::Block } else { MathDisplay::Inline };
    Some(CONVERTER.as_ref()?.convert_with_local_state(tex, display).ok()?.mathml)
}

fn lenient(tex: &str, display: bool) -> Option<String> {
    thread_local! {
        static CONTEXT: KatexContext = KatexContext::default();
    }
    let settings = Settings {
        display_mode: display,
        output: OutputFormat::Mathml,
        throw_on_error: true,
        max_expand: 200,
        max_size: 30.0,
        ..Settings::default()
    };
    let html = CONTEXT.with(|context| katex::render_to_string(context, tex, &settings)).ok()?;
    let (start, end) = (html.find("<math")?, html.rfind("</math>")?);
    // Readers that know no MathML would show the TeX of the annotation beside the letters of the formula.
    let (before, after) = html[start..end].split_once("<annotation").unwrap_or((&html[start..end], ""));
    let after = after.split_once("</annotation>").map_or("", |(_, after)| after);
    Some(in_order(&format!("{before}{after}</math>")))
}

/// The same elements with the attributes of each in alphabetical order: the library gives them in that of a hash map,
/// and the same formula must always look the same.
fn in_order(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for part in html.split_inclusive('>') {
        let (text, tag) = part.split_at(part.find('<').unwrap_or(part.len()));
        out.push_str(text);
        let Some(inside) = tag.strip_suffix('>') else { continue };
        let mut pieces = inside.split_inclusive('"');
        let (mut attributes, mut end) = (Vec::new(), "");
        while let Some(name) = pieces.next() {
            match pieces.next() {
                Some(value) => attributes.push(format!("{name}{value}")),
                None => end = name,
            }
        }
        // The first one still has the name of the element before it.
        let name =
            attributes.first().and_then(|first| first.split_once(' ')).map(|(name, _)| name.to_owned());
        if let (Some(name), Some(first)) = (name, attributes.first_mut()) {
            first.drain(..name.len());
            out.push_str(&name);
        }
        attributes.sort_unstable();
        attributes.iter().for_each(|attribute| out.push_str(attribute));
        out.push_str(end);
        out.push('>');
    }
    out
}

/// The deepest that groups and environments are nested.
pub(crate) fn depth(tex: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for (token, _) in Tokens::of(tex) {
        match token {
            Token::Open | Token::Command("left" | "begin") => depth += 1,
            Token::Close | Token::Command("right" | "end") => depth = depth.saturating_sub(1),
            _ => (),
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The TeX with its numbers and references written out, in environments that number nothing themselves.
fn standalone(tex: &str, display: bool, before: u32, reference: impl Fn(&str) -> Option<String>) -> String {
    let rows = if display { numbering(tex).rows } else { Vec::new() };
    let mut rows = rows.iter().peekable();
    let mut out = String::with_capacity(tex.len() + 32);
    let mut tokens = Tokens::of(tex);
    while let Some((token, range)) = tokens.next() {
        while let Some(row) = rows.next_if(|row| row.end <= range.start) {
            tag(&mut out, row, before);
        }
        match token {
            Token::Command("label" | "tag") => {
                if tokens.rest().starts_with('*') {
                    tokens.next();
                }
                tokens.argument();
            }
            Token::Command("notag" | "nonumber") => (),
            // One library shows the spacing as text, and the other no tags beside rows that `\cr` ends.
            Token::Command(name @ ("\\" | "cr" | "newline")) => {
                out.push_str(r"\\");
                let spacing = if name == "\\" { row_spacing(tokens.rest()) } else { 0 };
                tokens.pass(spacing);
            }
            Token::Command(name @ ("eqref" | "ref")) => {
                let label = tokens.argument();
                let number = reference(label.trim()).unwrap_or_else(|| "??".into());
                let shown = if name == "ref" { number } else { format!("({number})") };
                out.push_str(&format!("\\text{{{shown}}}"));
            }
            Token::Command(name @ ("begin" | "end")) => {
                let environment = unnumbered(tokens.argument());
                out.push_str(&format!("\\{name}{{{environment}}}"));
            }
            _ => out.push_str(&tex[range]),
        }
    }
    let bare = rows.peek().is_some() && !tex.trim_start().starts_with(r"\begin");
    rows.for_each(|row| tag(&mut out, row, before));
    if bare { format!("\\begin{{equation*}}{out}\\end{{equation*}}") } else { out }
}

fn tag(out: &mut String, row: &Row, before: u32) {
    match &row.number {
        Number::None => (),
        Number::Next(next) => out.push_str(&format!("\\tag{{{}}}", before + next)),
        Number::Tag(tag) => out.push_str(&format!("\\tag{{{tag}}}")),
    }
}

/// The environment that looks like this one, or nearly so where the libraries lack it, and counts nothing.
fn unnumbered(name: &str) -> &str {
    match name {
        "equation" => "equation*",
        "gather" | "multline" | "multline*" => "gather*",
        "align" | "flalign" | "flalign*" | "eqnarray" | "eqnarray*" => "align*",
        "alignat" => "alignat*",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tex: &str, expected: &str) {
        let reference = |label: &str| (label == "known").then(|| "7".to_owned());
        assert_eq!(standalone(tex, true, 3, reference), expected);
    }

    #[test]
    fn numbers_and_references_are_written_out() {
        check(r"a_1", r"a_1");
        check(r"\begin{equation}a\label{x}\end{equation}", r"\begin{equation*}a\tag{4}\end{equation*}");
        check(
            r"\begin{align}a\\b\notag\\c\tag{*}\end{align}",
            r"\begin{align*}a\tag{4}\\b\\c\tag{*}\end{align*}",
        );
        check(
            r"\begin{align}a\\*[1ex]b\cr c\\ [1]\end{align}",
            r"\begin{align*}a\tag{4}\\b\tag{5}\\ c\tag{6}\\ [1]\tag{7}\end{align*}",
        );
        check(r"x\tag*{A}", r"\begin{equation*}x\tag{A}\end{equation*}");
        check(r"\begin{multline}a\\b\end{multline}", r"\begin{gather*}a\\b\tag{4}\end{gather*}");
        check(r"\eqref{known}+\ref{known}+\eqref{other}", r"\text{(7)}+\text{7}+\text{(??)}");
        check(r"\begin{pmatrix}a\\b\end{pmatrix}", r"\begin{pmatrix}a\\b\end{pmatrix}");
    }

    /// Formulas of every kind that posts use; each must come out as MathML.
    #[test]
    fn ordinary_formulas_are_converted() {
        let formulas = [
            r"W_0\in\mathbb{R}^{d\times k}",
            r"\frac{\partial\mathcal{L}}{\partial A} = s\,B^\top G",
            r"\begin{equation}p(x)=\prod_{t=1}^{n}p(x_t\mid x_{<t})\label{chain}\end{equation}",
            r"\begin{align}a&=b\\&\le c\end{align}",
            r"\begin{gather}a\\b\end{gather}",
            r"\begin{multline}a\\+b\end{multline}",
            r"\begin{eqnarray}a&=&b\end{eqnarray}",
            r"\begin{alignat}{2}a&=b&c&=d\end{alignat}",
            r"\begin{flalign}a&=b\end{flalign}",
            r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
            r"f(x)=\begin{cases}1&\text{如果}\\0&\text{否则}\end{cases}",
            r"\boxed{x=1}",
            r"\operatorname{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V",
            r"\underbrace{a+b}_{n}\overset{!}{=}c\pmod n",
            r"\sum_{k=1}^\infty\frac{1}{k^2}=\frac{\pi^2}{6},\quad\int_0^1 x\,\mathrm{d}x",
            r"x\tag{*}",
            r"\eqref{a}",
        ];
        for tex in formulas {
            let math = mathml(tex, true, 0, |_| None).unwrap_or_else(|| panic!("{tex}"));
            assert!(math.starts_with("<math") && math.ends_with("</math>"), "{tex}: {math}");
        }
    }

    #[test]
    fn attributes_have_one_order() {
        assert_eq!(
            in_order("<math b=\"2 3\" a=\"1\"><mi>x</mi><mo d=\"\" c=\"&gt;\"/></math>"),
            "<math a=\"1\" b=\"2 3\"><mi>x</mi><mo c=\"&gt;\" d=\"\"/></math>",
        );
        let boxed =
            || mathml(r"\boxed{\begin{array}{c}a\\b\end{array}}", true, 0, |_| None).expect("converted");
        let first = boxed();
        assert!((0..50).all(|_| boxed() == first) && !first.contains("annotation"), "{first}");
    }

    #[test]
    fn hostile_formulas_are_left_alone_or_only_text() {
        assert_eq!(mathml(&"{".repeat(5000), false, 0, |_| None), None);
        assert_eq!(mathml(&r"\sqrt{".repeat(400), false, 0, |_| None), None);
        assert_eq!(mathml(&"x".repeat(LONGEST + 1), false, 0, |_| None), None);
        let hostile = [
            r"\text{<img src=x onerror=alert(1)>}",
            r"\href{javascript:alert(1)}{x}",
            r"\url{javascript:alert(1)}",
            r"\includegraphics{//evil.test/x.png}",
            r"\htmlStyle{position:fixed}{x}",
            r"\def\a{\a\a}\a",
            r"\newcommand{\a}{\a\a}\a",
            r"\tag{<b>x</b>}x",
            r"\eqref{x}",
        ];
        for tex in hostile {
            let math = mathml(tex, true, 0, |_| Some("<script>".into())).unwrap_or_default();
            math.split('<').skip(1).for_each(|rest| harmless(tex, rest.split('>').next().unwrap_or(rest)));
        }
    }

    /// A tag without its brackets.
    fn harmless(tex: &str, tag: &str) {
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        let known = name == "math" || name == "semantics" || name == "annotation" || name.starts_with('m');
        assert!(known, "<{tag}> of {tex}");
        for bad in ["href", "src=", " on", "url(", "fixed"] {
            assert!(!tag.contains(bad), "<{tag}> of {tex}");
        }
    }
}
