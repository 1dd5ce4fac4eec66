//! Plain text with formulas as LaTeX in a field of BibTeX.

use crate::plain::{Part, is_illegal, line, parts};

/// A text with formulas: prose is escaped, formulas stay.
pub(super) fn prose(text: &str) -> String {
    written(text, |_| false)
}

/// A title: as [`prose`], with braces around the words whose capitals a style must not make small.
pub(super) fn title(text: &str) -> String {
    let habit = Habit::of(text);
    written(text, |word| habit.protects(word))
}

/// A value that is not typeset as text: an address, an identifier. What could end the field is percent-encoded.
pub(super) fn verbatim(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
        match c {
            '{' => out.push_str("%7B"),
            '}' => out.push_str("%7D"),
            '\\' => out.push_str("%5C"),
            c => out.push(c),
        }
    }
    out
}

/// `protects` is asked of each word of prose.
fn written(text: &str, protects: impl Fn(&Word<'_>) -> bool) -> String {
    let text = line(text);
    let parts = parts(&text);
    let mut writing = Writing {
        out: String::with_capacity(text.len()),
        first: true,
        braces: Braces::of(&prose_of(&parts)),
    };
    for part in parts {
        match part {
            Part::Prose(prose) => writing.prose(&prose.replace(r"\$", "$"), &protects),
            Part::Formula { written, tex } => writing.formula(written, tex),
        }
    }
    writing.out
}

/// A field while it is written.
struct Writing {
    out: String,
    /// Whether the next word is the first of a sentence.
    first: bool,
    braces: Braces,
}

impl Writing {
    fn prose(&mut self, prose: &str, protects: impl Fn(&Word<'_>) -> bool) {
        for (text, is_word) in runs(prose) {
            if !is_word {
                text.chars().for_each(|c| escape(&mut self.out, c, self.braces));
                self.first = starts_sentence(text, self.first);
                continue;
            }
            let word = Word { text, first: std::mem::take(&mut self.first) };
            if protects(&word) {
                self.out.extend(["{", text, "}"]);
            } else {
                self.out.push_str(text);
            }
        }
    }

    /// A formula between single dollars, which every program knows; as text if it cannot be.
    fn formula(&mut self, written: &str, tex: &str) {
        self.first = false;
        let tex = match Braces::of(tex) {
            Braces::Balanced => tex.trim().to_owned(),
            Braces::Unbalanced => tex.trim().replace(r"\{", r"\lbrace ").replace(r"\}", r"\rbrace "),
        };
        let sound = Braces::of(&tex) == Braces::Balanced && !tex.contains('$') && !tex.ends_with('\\');
        if sound && !tex.is_empty() && !written.starts_with(r"\begin{") {
            self.out.extend(["$", &tex, "$"]);
        } else {
            let braces = Braces::of(written);
            written.chars().for_each(|c| escape(&mut self.out, c, braces));
        }
    }
}

fn prose_of(parts: &[Part<'_>]) -> String {
    let prose =
        |part: &Part<'_>| if let Part::Prose(prose) = part { (*prose).to_owned() } else { " ".into() };
    parts.iter().map(prose).collect()
}

/// A run of letters and digits.
struct Word<'a> {
    text: &'a str,
    /// Whether it begins the title, or what follows a colon or a full stop.
    first: bool,
}

/// How a title uses capitals.
struct Habit {
    /// Only in capitals.
    shouts: bool,
    /// Like a sentence: then a capital inside of it is that of a name.
    sentence: bool,
}

impl Habit {
    fn of(text: &str) -> Self {
        let prose = prose_of(&parts(text));
        let runs = runs(&prose);
        let words = || runs.iter().filter(|(_, word)| *word).map(|(word, _)| *word);
        let small = |word: &str| word.starts_with(char::is_lowercase);
        let long = || words().skip(1).filter(|word| word.chars().count() > 3);
        Self {
            shouts: words().filter(|word| word.contains(char::is_uppercase)).count() > 2
                && !words().any(|word| word.contains(char::is_lowercase)),
            sentence: long().filter(|word| small(word)).count() * 2 > long().count(),
        }
    }

    fn protects(&self, word: &Word<'_>) -> bool {
        let text = word.text;
        let upper = text.starts_with(char::is_uppercase);
        let inner = text.chars().skip(1).any(char::is_uppercase);
        let alone = upper && text != "A" && text.chars().count() == 1;
        let numbered = upper && text.contains(|c: char| c.is_ascii_digit());
        let name = upper && self.sentence && !word.first;
        !self.shouts && (inner || alone || numbered || name)
    }
}

/// Runs of letters and digits, and what is between them.
fn runs(text: &str) -> Vec<(&str, bool)> {
    let (mut runs, mut start) = (Vec::new(), 0);
    let is_word = |c: char| c.is_alphanumeric();
    let mut before: Option<bool> = None;
    for (at, c) in text.char_indices() {
        if before.is_some_and(|word| word != is_word(c)) {
            runs.push((&text[start..at], !is_word(c)));
            start = at;
        }
        before = Some(is_word(c));
    }
    runs.extend(before.map(|word| (&text[start..], word)));
    runs
}

fn starts_sentence(between: &str, first: bool) -> bool {
    match between.trim_end().chars().last() {
        Some(':' | '.' | '?' | '!' | '：' | '？') => true,
        Some('–' | '—') => between.starts_with(' '),
        // A quotation or a bracket around the first word changes nothing.
        _ => first,
    }
}

/// How braces that are to be seen are written. BibTeX counts them even behind a backslash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Braces {
    Balanced,
    Unbalanced,
}

impl Braces {
    fn of(text: &str) -> Self {
        let depth = text.chars().try_fold(0_usize, |depth, c| match c {
            '{' => Some(depth + 1),
            '}' => depth.checked_sub(1),
            _ => Some(depth),
        });
        if depth == Some(0) { Self::Balanced } else { Self::Unbalanced }
    }
}

fn escape(out: &mut String, c: char, braces: Braces) {
    match c {
        '{' if braces == Braces::Unbalanced => out.push_str(r"\textbraceleft{}"),
        '}' if braces == Braces::Unbalanced => out.push_str(r"\textbraceright{}"),
        '%' | '&' | '_' | '#' | '$' | '{' | '}' => out.extend(['\\', c]),
        '\\' => out.push_str(r"\textbackslash{}"),
        '~' => out.push_str(r"\textasciitilde{}"),
        '^' => out.push_str(r"\textasciicircum{}"),
        c if is_illegal(c) => (),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_latex() {
        let check = |text: &str, expected: &str| assert_eq!(prose(text), expected, "{text}");
        check("Few % & a_b: $x_1$ #1 {y}", r"Few \% \& a\_b: $x_1$ \#1 \{y\}");
        check(r"a\b~c^d costs $5", r"a\textbackslash{}b\textasciitilde{}c\textasciicircum{}d costs \$5");
        check(r"costs \$5 or \$6", r"costs \$5 or \$6");
        check("} and {", r"\textbraceright{} and \textbraceleft{}");
        check(r"\(x\) and $$y$$", "$x$ and $y$");
        check(r"$\left\{x\right.$", r"$\left\lbrace x\right.$");
        check(r"$\text{if $x$}$", r"\$\textbackslash{}text\{if \$x\$\}\$");
        check("two\n lines\u{0}", "two lines");
    }

    #[test]
    fn capitals_are_kept() {
        let check = |text: &str, expected: &str| assert_eq!(title(text), expected, "{text}");
        check(
            "LoRA: Low-Rank Adaptation of Large Language Models",
            "{LoRA}: Low-Rank Adaptation of Large Language Models",
        );
        check("BERT and GPT-4 in 3D", "{BERT} and {GPT}-4 in {3D}");
        check("A U-Net for I and N", "A {U}-Net for {I} and {N}");
        check("On random graphs of Erdős", "On random graphs of {Erdős}");
        check(
            "Exact solutions: The case of Navier–Stokes equations",
            "Exact solutions: The case of {Navier}–{Stokes} equations",
        );
        check("THE WHOLE TITLE", "THE WHOLE TITLE");
        check("Estimating $L_2$ with T5", "Estimating $L_2$ with {T5}");
        check("旋转位置编码 RoPE", "旋转位置编码 {RoPE}");
    }

    #[test]
    fn addresses_stay_addresses() {
        assert_eq!(verbatim("https://a.org/b_c%20{d}\\"), "https://a.org/b_c%20%7Bd%7D%5C");
    }
}
