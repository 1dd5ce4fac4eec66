//! Equation numbers, by the rules of AMS.
//!
//! Nothing here knows a counter: a number is counted from the beginning of its display, so that the numbers of a
//! document are one addition per display, in whatever order the displays are typeset or become known.

/// The numbers and labels of one display.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbering {
    /// How far the display moves the counter of equations.
    pub counted: u32,
    /// Its rows that have a number, a tag or a label, from top to bottom.
    pub rows: Vec<Row>,
}

/// A row of a display.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What stands beside it.
    pub number: Number,
    /// What `\label` calls it.
    pub label: Option<String>,
    /// Where it ends, in bytes of the display's TeX: at the `\\`, the `\end` or the end of all.
    pub end: usize,
}

/// What stands beside a row, in parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
    /// Nothing.
    None,
    /// The counter before the display plus this, from 1.
    Next(u32),
    /// What `\tag` says.
    Tag(String),
}

/// The numbers of a display, given its TeX without delimiters.
///
/// ```
/// let display = tex::numbering(r"\begin{align} a &= b \label{x} \\ c &= d \notag \\ e &= f \end{align}");
/// assert_eq!(display.counted, 2);
/// assert_eq!(display.rows[0].label.as_deref(), Some("x"));
/// ```
pub fn numbering(tex: &str) -> Numbering {
    let mut scan = Scan::new(tex);
    let mut rest = tex;
    while let Some(at) = rest.find(['\\', '%', '{', '}']) {
        scan.at = tex.len() - rest.len() + at;
        rest = scan.step(&rest[at..]);
    }
    scan.at = tex.len();
    scan.end_row();
    scan.numbering
}

/// The environments that number something, and whether each row of them has a number of its own.
const NUMBERED: [(&str, bool); 7] = [
    ("equation", false),
    ("multline", false),
    ("align", true),
    ("alignat", true),
    ("flalign", true),
    ("gather", true),
    ("eqnarray", true),
];

struct Scan<'a> {
    numbering: Numbering,
    /// Where what is being read begins.
    at: usize,
    /// The numbered environment around everything, and whether its rows are numbered one by one.
    rows: Option<bool>,
    /// Whether its name has a star, so that only tags count.
    starred: bool,
    /// Environments and braces that are open inside it.
    depth: usize,
    row: Building<'a>,
}

#[derive(Default)]
struct Building<'a> {
    begun: Option<&'a str>,
    unnumbered: bool,
    tag: Option<String>,
    label: Option<String>,
}

impl<'a> Scan<'a> {
    fn new(tex: &'a str) -> Self {
        let row = Building { begun: Some(tex), unnumbered: true, ..Building::default() };
        Self { numbering: Numbering::default(), at: 0, rows: None, starred: false, depth: 0, row }
    }

    /// Takes what `rest` begins with and gives what follows.
    fn step(&mut self, rest: &'a str) -> &'a str {
        match rest.as_bytes()[0] {
            b'%' => rest.split_once('\n').map_or("", |(_, after)| after),
            b'{' => {
                self.depth += 1;
                &rest[1..]
            }
            b'}' => {
                self.depth = self.depth.saturating_sub(1);
                &rest[1..]
            }
            _ => self.command(&rest[1..]),
        }
    }

    fn command(&mut self, rest: &'a str) -> &'a str {
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        if letters == 0 {
            return self.symbol(rest);
        }
        let after = &rest[letters..];
        match &rest[..letters] {
            "begin" => return self.begin(after),
            "end" => return self.end(after),
            "notag" | "nonumber" => self.row.unnumbered = true,
            "tag" => {
                return argument(after.strip_prefix('*').unwrap_or(after), |tag| self.row.tag = Some(tag));
            }
            "label" => {
                return argument(after, |label| self.row.label = self.row.label.take().or(Some(label)));
            }
            _ => {}
        }
        after
    }

    fn symbol(&mut self, rest: &'a str) -> &'a str {
        let after = &rest[rest.chars().next().map_or(0, char::len_utf8)..];
        if rest.starts_with('\\') && self.rows == Some(true) && self.depth == 0 {
            self.end_row();
            self.row = Building { begun: Some(after), unnumbered: self.starred, ..Building::default() };
        }
        after
    }

    fn begin(&mut self, after: &'a str) -> &'a str {
        let mut name = String::new();
        let rest = argument(after, |given| name = given);
        let numbered = NUMBERED.iter().find(|(known, _)| name.strip_suffix('*').unwrap_or(&name) == *known);
        match numbered {
            Some((_, rows)) if self.rows.is_none() && self.depth == 0 => {
                self.rows = Some(*rows);
                self.starred = name.ends_with('*');
                self.row = Building { begun: Some(rest), unnumbered: self.starred, ..Building::default() };
            }
            _ => self.depth += 1,
        }
        rest
    }

    fn end(&mut self, after: &'a str) -> &'a str {
        let rest = argument(after, |_| {});
        if self.depth == 0 {
            let blank = self.row.begun.is_some_and(|row| row.trim_start().starts_with(r"\end{"));
            if !(blank && self.rows == Some(true) && !self.numbering.rows.is_empty()) {
                self.end_row();
            }
            self.row = Building { unnumbered: true, ..Building::default() };
        }
        self.depth = self.depth.saturating_sub(1);
        rest
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        let number = match row.tag {
            Some(tag) => Number::Tag(tag),
            None if row.unnumbered => Number::None,
            None => {
                self.numbering.counted += 1;
                Number::Next(self.numbering.counted)
            }
        };
        if number != Number::None || row.label.is_some() {
            self.numbering.rows.push(Row { number, label: row.label, end: self.at });
        }
    }
}

/// The longest label or tag, in characters.
const MAX_ARGUMENT: usize = 500;

/// Gives the braced argument at the beginning of `rest` to `take`, and what follows it back.
fn argument(rest: &str, take: impl FnOnce(String)) -> &str {
    let inside = rest.trim_start();
    let Some(inside) = inside.strip_prefix('{') else { return rest };
    let mut depth = 0usize;
    let mut escaped = false;
    for (i, c) in inside.char_indices().take(MAX_ARGUMENT) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' if depth == 0 => {
                take(inside[..i].trim().to_owned());
                return &inside[i + 1..];
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands beside the rows: a number, a tag in parentheses, `-` for neither; then `#label`.
    fn check(tex: &str, expected: &str) {
        let rows = numbering(tex).rows.into_iter().map(|row| {
            let number = match row.number {
                Number::None => "-".to_owned(),
                Number::Next(number) => number.to_string(),
                Number::Tag(tag) => format!("({tag})"),
            };
            number + &row.label.map_or(String::new(), |label| format!("#{label}"))
        });
        assert_eq!(rows.collect::<Vec<_>>().join(" "), expected, "in {tex}");
    }

    #[test]
    fn rules() {
        check("x = 1", "");
        check(r"x \tag{1}", "(1)");
        check(r"x \tag*{A} \label{a}", "(A)#a");
        check(r"x \label{a}", "-#a");
        check(r"\begin{equation}x\end{equation}", "1");
        check(r"\begin{equation*}x\end{equation*}", "");
        check(r"\begin{equation*}x\tag{$*$}\end{equation*}", "($*$)");
        check(r"\begin{equation}x\label{ a b }\end{equation}", "1#a b");
        check(r"\begin{equation}x\notag\end{equation}", "");
        check(r"\begin{align}a\\b\\c\end{align}", "1 2 3");
        check(r"\begin{align}a\notag\\b\nonumber\\c\label{c}\end{align}", "1#c");
        check(r"\begin{align}a\\b\\ \end{align}", "1 2");
        check(r"\begin{align*}a\\b\tag{2}\end{align*}", "(2)");
        check(r"\begin{align*}a\\b\\c\end{align*}", "");
        check(r"\begin{gather*}a\\b\label{b}\end{gather*}", "-#b");
        check(r"\begin{align}a\tag{x}\\b\end{align}", "(x) 1");
        check(r"\begin{alignat}{2}a\\b\end{alignat}", "1 2");
        check(r"\begin{multline}a\\b\\c\end{multline}", "1");
        check(r"\begin{gather}\begin{matrix}a\\b\end{matrix}\\c\end{gather}", "1 2");
        check(r"\begin{equation}\begin{split}a\\b\end{split}\end{equation}", "1");
        check(r"\begin{align}\text{a \\ b}\\c\end{align}", "1 2");
        check("\\begin{align}a % \\\\ \\label{no}\n\\\\b\\end{align}", "1 2");
        check(r"\begin{align}a\%\\b\end{align}", "1 2");
        check(r"\begin{align}", "1");
        check(r"\end{align}\}", "");
    }
}
