//! Formulas for readers without scripts.

use crate::html::{escape, unescaped};

/// What an element of a formula begins with, up to its kind.
const START: &str = " class=\"math ";

/// HTML with each formula as MathML, as far as that can be made; the others stay as their TeX.
///
/// It works on what this crate has rendered, whatever stands around it on a page: the element of a formula carries all that its looks depend on, for a
/// typesetter in the browser and for this one alike. The elements remain, with the class `typeset` and their source in
/// `data-tex`.
///
/// ```
/// use render::{Context, Format, Trust};
///
/// let rendered = render::render("Let $a_1$.", Format::Markdown, Trust::Post, &Context::default());
/// assert!(render::with_mathml(rendered.html.as_str()).contains("<msub><mi>a</mi><mn>1</mn></msub></math></span>."));
/// ```
pub fn with_mathml(html: &str) -> String {
    let mut out = String::with_capacity(2 * html.len());
    let mut rest = html;
    while let Some(at) = rest.find(START) {
        let (before, element) = rest.split_at(at);
        out.push_str(before);
        rest = match Formula::read(element).and_then(|formula| Some((formula.converted()?, formula))) {
            Some((math, formula)) => {
                let attributes = formula.head[START.len()..].trim_end_matches('>');
                out.push_str(&format!("{START}typeset {attributes} data-tex=\""));
                escape(&mut out, &formula.source);
                out.push_str(&format!("\">{math}"));
                formula.rest
            }
            None => {
                out.push_str(START);
                &element[START.len()..]
            }
        };
    }
    out.push_str(rest);
    out
}

/// An element of a formula, from its first attribute on.
struct Formula<'h> {
    /// Its attributes and the end of its tag.
    head: &'h str,
    source: String,
    /// From its end tag on.
    rest: &'h str,
}

impl<'h> Formula<'h> {
    fn read(element: &'h str) -> Option<Self> {
        let end = element.find('>')? + 1;
        let close = end + element[end..].find('<')?;
        Some(Self { head: &element[..end], source: unescaped(&element[end..close]), rest: &element[close..] })
    }

    fn converted(&self) -> Option<String> {
        let display = self.head[START.len()..].starts_with("display");
        let before = self.attribute("data-number").and_then(|number| number.parse().ok()).unwrap_or(0);
        let refs = self.attribute("data-refs").and_then(|refs| serde_json::from_str(&refs).ok());
        let refs: serde_json::Map<String, serde_json::Value> = refs.unwrap_or_default();
        let number = |label: &str| refs.get(label)?.as_str().map(str::to_owned);
        let expanded = self.attribute("data-expanded");
        tex::mathml(expanded.as_deref().unwrap_or(stripped(&self.source)), display, before, number)
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = self.head.split_once(&format!(" {name}=\""))?;
        Some(unescaped(value.split('"').next()?))
    }
}

/// TeX between its delimiters; an environment is its own delimiter and stays whole.
fn stripped(source: &str) -> &str {
    let inside = |(open, close): (&str, &str)| source.strip_prefix(open)?.strip_suffix(close);
    [("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")].into_iter().find_map(inside).unwrap_or(source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Format, Trust, render};

    /// What a text renders to, with MathML.
    fn check(text: &str, expected: &[&str]) {
        let html = render(text, Format::Markdown, Trust::Answer, &Context::default()).html;
        let html = with_mathml(html.as_str());
        for part in expected {
            assert!(html.contains(part), "{part:?} is not in {html}");
        }
    }

    #[test]
    fn formulas_are_converted_where_they_stand() {
        check(
            "a $x<y$ b",
            &["<p>a <span class=\"math typeset inline", "<mo>&lt;</mo>", "</math></span> b</p>"],
        );
        check("$$\n\\frac12\n$$", &["<div class=\"math typeset display", "display=\"block\"", "<mfrac>"]);
        check(
            "\\begin{equation}a\\label{q}\\end{equation}\n\nby $\\eqref{q}$",
            &["(1)</mtext></math></span></p>", "id=\"eqn:q\""],
        );
    }

    #[test]
    fn what_cannot_be_converted_stays_as_it_is() {
        check(
            "$\\ce{H2O}$",
            &["<span class=\"math inline notranslate\" translate=\"no\">$\\ce{H2O}$</span>"],
        );
        check("no formula", &["<p>no formula</p>"]);
        check("`class=\"math inline\">$x$`", &["<code>class=&quot;math inline&quot;&gt;$x$</code>"]);
    }
}
