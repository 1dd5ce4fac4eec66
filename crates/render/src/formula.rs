//! The element that carries a formula to the browser.

use tex::Span;

use crate::context::Trust;
use crate::html::escape;

/// A formula of a plain text, which has no equation numbers and no labels.
pub(crate) fn plain(out: &mut String, text: &str, span: &Span, trust: Trust) {
    let tex = &text[span.tex.clone()];
    if refused(tex, trust) {
        return refuse(out, &text[span.range.clone()]);
    }
    element(out, "span", &text[span.range.clone()], span.display, "");
}

/// `attributes` are finished, with a space before each.
pub(crate) fn element(out: &mut String, tag: &str, source: &str, display: bool, attributes: &str) {
    let kind = if display { "display" } else { "inline" };
    for part in ["<", tag, r#" class="math "#, kind, r#" notranslate" translate="no""#, attributes, ">"] {
        out.push_str(part);
    }
    escape(out, source);
    for part in ["</", tag, ">"] {
        out.push_str(part);
    }
}

/// A formula that may not be typeset in this place, as text.
pub(crate) fn refuse(out: &mut String, source: &str) {
    out.push_str(r#"<code class="bad-math">"#);
    escape(out, source);
    out.push_str("</code>");
}

/// Whether a formula may not be typeset for whom wrote it.
pub(crate) fn refused(tex: &str, trust: Trust) -> bool {
    trust != Trust::Post && tex::refused(tex).is_some()
}
