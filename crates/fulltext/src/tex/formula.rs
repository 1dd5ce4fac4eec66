use std::borrow::Cow;

use content::HiddenKind;
use tex::{Token, Tokens};

use super::colors::Pale;

/// A formula without what it hides, and that.
pub(crate) fn visible(tex: &str) -> (Cow<'_, str>, Vec<(HiddenKind, String)>) {
    visible_among(tex, &Pale::default())
}

/// The same, with colours that the source names.
pub(super) fn visible_among<'t>(tex: &'t str, pale: &Pale) -> (Cow<'t, str>, Vec<(HiddenKind, String)>) {
    if !tex.contains("color") && !tex.contains("phantom") {
        return (tex.into(), Vec::new());
    }
    let (mut seen, mut hidden, mut copied) = (String::new(), Vec::new(), 0);
    let mut tokens = Tokens::of(tex);
    while let Some((token, range)) = tokens.next() {
        let found = match token {
            Token::Command("textcolor") => {
                let (model, color) = (tokens.option(), tokens.argument());
                let inside = tokens.argument();
                pale.has(model, color).then_some((HiddenKind::Color, inside))
            }
            Token::Command("color") => {
                let (model, color) = (tokens.option(), tokens.argument());
                // It holds to the end of its group, or of the formula.
                let rest = tokens.rest();
                let inside = &rest[..end_of_group(rest)];
                pale.has(model, color).then(|| {
                    tokens.pass(inside.len());
                    (HiddenKind::Color, inside)
                })
            }
            Token::Command("phantom" | "hphantom" | "vphantom") => {
                Some((HiddenKind::Invisible, tokens.argument()))
            }
            _ => continue,
        };
        let Some((kind, inside)) = found else { continue };
        seen.push_str(&tex[copied..range.start]);
        copied = tex.len() - tokens.rest().len();
        if kind == HiddenKind::Color || is_speech(inside) {
            hidden.push((kind, tex::text_mode(inside)));
        }
    }
    seen.push_str(&tex[copied..]);
    (seen.into(), hidden)
}

/// Whether a phantom is more than room for a number or a symbol.
pub(super) fn is_speech(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() > 1).count() >= 4
}

/// Where the group ends in which a text begins.
pub(super) fn end_of_group(text: &str) -> usize {
    let mut depth = 0_usize;
    for (token, range) in Tokens::of(text) {
        match token {
            Token::Open => depth += 1,
            Token::Close if depth == 0 => return range.start,
            Token::Close => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_drawn_goes() {
        let check = |tex: &str, seen: &str, hides: Option<&str>| {
            let (visible, hidden) = visible(tex);
            assert_eq!(visible, seen, "{tex}");
            assert_eq!(hidden.first().map(|(_, text)| text.as_str()), hides, "{tex}");
        };
        check(r"x^2", r"x^2", None);
        check(r"x\textcolor{white}{\text{say yes}}+1", r"x+1", Some("say yes"));
        check(r"{\color{white} y}+1", r"{}+1", Some("y"));
        check(r"{\color{red} y}+1", r"{\color{red} y}+1", None);
        check(r"a\phantom{xx}=b", "a=b", None);
        check(r"\textcolor[rgb]{1,1,1}{z}", "", Some("z"));
    }
}
