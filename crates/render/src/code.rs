//! Colours of code: syntect's scopes, folded to the five classes that the style sheet knows.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use crate::html::escape;

/// Code with a longer line is shown without colours.
const MAX_LINE: usize = 1_000;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// The classes, by the beginning of a scope; the first that fits the innermost scope counts.
static CLASSES: LazyLock<Vec<(Scope, &str)>> = LazyLock::new(|| {
    let classes = [
        ("comment", "hl-c"),
        ("string", "hl-s"),
        ("constant", "hl-n"),
        ("keyword.operator", ""),
        ("keyword", "hl-k"),
        ("storage", "hl-k"),
        ("entity.name", "hl-f"),
        ("support", "hl-f"),
        ("variable.function", "hl-f"),
    ];
    classes.iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class))).collect()
});

/// Whether there are colours for this code.
pub(crate) fn can_highlight(code: &str, language: &str) -> bool {
    let known = || SYNTAXES.find_syntax_by_token(language).is_some();
    !language.is_empty() && code.lines().all(|line| line.len() <= MAX_LINE) && known()
}

/// Appends code, in colours if [`can_highlight`] says so.
pub(crate) fn highlight(out: &mut String, code: &str, language: &str) {
    if coloured(out, code, language).is_none() {
        escape(out, code);
    }
}

fn coloured(out: &mut String, code: &str, language: &str) -> Option<()> {
    let syntax = SYNTAXES.find_syntax_by_token(language)?;
    let mut parser = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut spans = Spans::default();
    for line in code.split_inclusive('\n') {
        let mut at = 0;
        for (next, change) in parser.parse_line(line, &SYNTAXES).ok()? {
            spans.push(class(&stack), &line[at..next]);
            stack.apply(&change).ok()?;
            at = next;
        }
        spans.push(class(&stack), &line[at..]);
    }
    out.push_str(&spans.finished());
    Some(())
}

fn class(stack: &ScopeStack) -> &'static str {
    let of =
        |scope: &Scope| CLASSES.iter().find(|(known, _)| known.is_prefix_of(*scope)).map(|(_, class)| *class);
    stack.as_slice().iter().rev().find_map(of).unwrap_or_default()
}

/// Neighbouring text of one class is one element.
#[derive(Default)]
struct Spans {
    out: String,
    class: &'static str,
}

impl Spans {
    fn push(&mut self, class: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        if class != self.class {
            self.close();
            if !class.is_empty() {
                self.out.push_str(&format!("<span class=\"{class}\">"));
            }
            self.class = class;
        }
        escape(&mut self.out, text);
    }

    fn close(&mut self) {
        if !self.class.is_empty() {
            self.out.push_str("</span>");
        }
    }

    fn finished(mut self) -> String {
        self.close();
        self.out
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn colours() {
        let mut out = String::new();
        super::highlight(&mut out, "fn f() -> u8 { 1 } // <c>\n", "rust");
        assert_eq!(
            out,
            "<span class=\"hl-k\">fn</span> <span class=\"hl-f\">f</span>() -&gt; <span class=\"hl-k\">u8</span> { \
             <span class=\"hl-n\">1</span> } <span class=\"hl-c\">// &lt;c&gt;\n</span>"
        );
    }
}
