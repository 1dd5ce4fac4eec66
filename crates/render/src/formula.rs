//! The element that carries a formula to the browser.

use std::borrow::Cow;

use tex::{Macros, Span};

use crate::context::Trust;
use crate::html::escape;

/// A formula of a plain text, which has no equation numbers and no labels; says whether it may be typeset.
pub(crate) fn plain(out: &mut String, text: &str, span: &Span, trust: Trust, macros: &mut Macros) -> bool {
    let source = &text[span.range.clone()];
    let expanded = expanded(&text[span.tex.clone()], trust, macros);
    let shown = expanded.is_ok();
    match expanded {
        Err(Refused) => refuse(out, source),
        Ok(expanded) => {
            let mut attributes = String::new();
            expansion(&mut attributes, expanded.as_deref());
            element(out, "span", source, span.display, &attributes);
        }
    }
    shown
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

/// A formula may not be typeset for whom wrote it.
pub(crate) struct Refused;

/// What a formula is typeset from, if that is not its TeX as it stands. Macros of posts only are learnt from it.
pub(crate) fn expanded(tex: &str, trust: Trust, macros: &mut Macros) -> Result<Option<String>, Refused> {
    let expanded = match trust {
        Trust::Post => macros.read(tex),
        _ => macros.expand(tex).filter(|tex| tex::refused(tex).is_none()),
    };
    match expanded.ok_or(Refused)? {
        Cow::Borrowed(_) => Ok(None),
        Cow::Owned(tex) => Ok(Some(tex)),
    }
}

/// Appends the attributes that say what a formula is typeset from; one that only defines macros does not show.
pub(crate) fn expansion(attributes: &mut String, expanded: Option<&str>) {
    let Some(tex) = expanded else { return };
    attributes.push_str(" data-expanded=\"");
    escape(attributes, tex);
    attributes.push_str(if tex.is_empty() { "\" hidden" } else { "\"" });
}

/// Whether a formula of a post does nothing but define macros.
pub(crate) fn defines(tex: &str) -> bool {
    Macros::default().read(tex).is_some_and(|rest| rest.is_empty())
}
