use std::borrow::Cow;

use content::HiddenKind;
use tex::{Token, Tokens};

use super::{
    colors::Colors,
    looks::{Change, FAR, Looks, is_speech},
};

/// How deep changes of looks stand in each other.
const DEPTH: usize = 40;

/// A formula without what it hides, and that.
pub(crate) fn visible(tex: &str) -> (Cow<'_, str>, Vec<(HiddenKind, String)>) {
    visible_among(tex, &Looks::default(), &Colors::default())
}

/// The same where text looks like this, with colours that the source names.
pub(super) fn visible_among<'t>(
    tex: &'t str,
    looks: &Looks,
    colors: &Colors,
) -> (Cow<'t, str>, Vec<(HiddenKind, String)>) {
    if !tex.contains('\\') {
        return (tex.into(), Vec::new());
    }
    let mut reader = Reader { colors, seen: String::new(), hidden: Vec::new(), is_whole: true };
    reader.read(tex, looks, DEPTH);
    if reader.is_whole { (tex.into(), Vec::new()) } else { (reader.seen.into(), reader.hidden) }
}

struct Reader<'c> {
    colors: &'c Colors,
    seen: String,
    hidden: Vec<(HiddenKind, String)>,
    /// Whether nothing was left out.
    is_whole: bool,
}

impl Reader<'_> {
    fn read(&mut self, tex: &str, looks: &Looks, depth: usize) {
        let (mut copied, mut across) = (0, 0.0);
        let mut tokens = Tokens::of(tex);
        while let Some((token, range)) = tokens.next() {
            let Token::Command(name) = token else { continue };
            let mut after = tokens.clone();
            let Some(change) = looks.changed(name, &mut after, self.colors) else { continue };
            let said = tex.len() - after.rest().len();
            let changed = match change {
                Change::Argument(changed) => {
                    after.argument();
                    changed
                }
                Change::Rest(changed) => {
                    after.pass(end_of_group(after.rest()));
                    changed
                }
                Change::Across(length) => {
                    across += length;
                    tokens = after.clone();
                    if across.abs() < FAR {
                        continue;
                    }
                    after.pass(end_of_group(after.rest()));
                    looks.clone().gone(HiddenKind::OffPage)
                }
                Change::Down(_) => continue,
            };
            let end = tex.len() - after.rest().len();
            let inside = &tex[said..end];
            let hides = changed.hides().filter(|_| depth == 0 || !self.uncovers(inside, &changed));
            if let Some(kind) = hides {
                self.write(&tex[copied..range.start], looks);
                self.hide(kind, inside);
            } else if depth > 0 {
                self.write(&tex[copied..range.start], looks);
                self.seen.push_str(&tex[range.start..said]);
                self.read(inside, &changed, depth - 1);
            } else {
                continue;
            }
            copied = end;
            tokens = after;
        }
        self.write(&tex[copied..], looks);
    }

    /// Whether something within what is hidden is seen again, as white in a black box.
    fn uncovers(&self, tex: &str, looks: &Looks) -> bool {
        let mut tokens = Tokens::of(tex);
        while let Some((token, _)) = tokens.next() {
            let Token::Command(name) = token else { continue };
            if let Some(Change::Argument(changed) | Change::Rest(changed)) =
                looks.changed(name, &mut tokens, self.colors)
                && changed.hides().is_none()
            {
                return true;
            }
        }
        false
    }

    /// Of what is hidden around what is seen, the braces stay.
    fn write(&mut self, tex: &str, looks: &Looks) {
        match looks.hides() {
            Some(kind) => {
                self.seen.extend(tex.chars().filter(|c| matches!(c, '{' | '}')));
                if tex.contains(char::is_alphanumeric) {
                    self.hide(kind, tex);
                }
            }
            None => self.seen.push_str(tex),
        }
    }

    fn hide(&mut self, kind: HiddenKind, tex: &str) {
        self.is_whole = false;
        let inside = tex.trim().strip_prefix('{').and_then(|tex| tex.strip_suffix('}')).unwrap_or(tex);
        if kind != HiddenKind::Invisible || is_speech(inside) {
            self.hidden.push((kind, tex::text_mode(inside)));
        }
    }
}

/// Where the group ends in which a text begins.
fn end_of_group(text: &str) -> usize {
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
        check(r"a\textcolor{red}{\textcolor{white}{z}b}c", r"a\textcolor{red}{b}c", Some("z"));
        check(r"\colorbox{black}{\textcolor{white}{z}}", r"\colorbox{black}{\textcolor{white}{z}}", None);
        check(
            r"\colorbox{black}{y\textcolor{white}{z}}",
            r"\colorbox{black}{\textcolor{white}{z}}",
            Some("{y"),
        );
        check(r"a\text{\scalebox{0.01}{z}}", r"a\text{}", Some("z"));
        check(r"a\hspace{-100cm}z", "a", Some("z"));
        check(r"a\!\kern-1pt b", r"a\!\kern-1pt b", None);
    }
}
