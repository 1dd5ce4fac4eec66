use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::names;

/// One entry of a BibTeX file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its kind in lower case: `inproceedings`, `article`.
    pub kind: String,
    /// Its key, as written. Empty where there is none.
    pub key: String,
    /// The line where it begins, from 1.
    pub line: usize,
    /// Its fields by name, in lower case. White space is folded, LaTeX stays.
    pub(super) fields: BTreeMap<String, String>,
}

impl Entry {
    /// A field as it is written, with its LaTeX, white space folded. `name` is in lower case.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// All fields as they are written, by name.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The title with its LaTeX, without the braces that keep capitals: for `tex::text_mode`.
    pub fn title(&self) -> Option<String> {
        self.text("title")
    }

    /// The abstract, like the title.
    pub fn summary(&self) -> Option<String> {
        self.text("abstract")
    }

    /// The title of the proceedings or of the journal, like the title.
    pub fn container(&self) -> Option<String> {
        ["booktitle", "journal", "journaltitle"].iter().find_map(|name| self.text(name))
    }

    /// A field with its LaTeX, without the braces that keep capitals.
    pub fn text(&self, name: &str) -> Option<String> {
        self.field(name).map(unprotected)
    }

    /// The authors as plain text, given names first, in their order. `and others` is left out.
    pub fn authors(&self) -> Vec<String> {
        self.field("author").map(names::all).unwrap_or_default()
    }

    /// The year of `year`, else of `date`.
    pub fn year(&self) -> Option<i32> {
        let given = self.field("year").or_else(|| self.field("date"))?;
        let digits = given.split(|c: char| !c.is_ascii_digit()).find(|part| part.len() == 4)?;
        digits.parse().ok()
    }

    /// The month of `month` or of `date`, from 1. A name is read by its first three letters.
    pub fn month(&self) -> Option<u32> {
        match self.field("month") {
            Some(month) => month_of(month),
            None => {
                self.field("date")?.split('-').nth(1)?.parse().ok().filter(|month| (1..=12).contains(month))
            }
        }
    }

    /// The day of publication. What the entry leaves open is the first: 2024 alone is 2024-01-01.
    pub fn date(&self) -> Option<NaiveDate> {
        let date = self.field("date").and_then(|date| date.parse().ok());
        date.or_else(|| {
            let day = self.field("day").and_then(|day| day.parse().ok()).unwrap_or(1);
            let (year, month) = (self.year()?, self.month().unwrap_or(1));
            NaiveDate::from_ymd_opt(year, month, day).or_else(|| NaiveDate::from_ymd_opt(year, month, 1))
        })
    }

    /// The address, without the escapes that LaTeX needs.
    pub fn url(&self) -> Option<String> {
        self.field("url").map(plain_address).filter(|url| url.starts_with("http"))
    }

    /// The DOI alone: `10.…/…`.
    pub fn doi(&self) -> Option<String> {
        let doi = plain_address(self.field("doi")?);
        doi.find("10.").map(|start| doi[start..].to_owned())
    }

    /// The authors' keywords, parted at commas and semicolons, like the title.
    pub fn keywords(&self) -> Vec<String> {
        let words = self.text("keywords").unwrap_or_default();
        let words = words.split([',', ';']).map(str::trim);
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }
}

fn month_of(text: &str) -> Option<u32> {
    if let Ok(number) = text.trim().parse::<u32>() {
        return Some(number).filter(|month| (1..=12).contains(month));
    }
    // `jan # "~5"` is `1~5` by now.
    let number = text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    number.filter(|month| (1..=12).contains(month)).or_else(|| {
        const NAMES: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
        let name = text.trim_start_matches('{').get(..3)?.to_ascii_lowercase();
        NAMES.find(&name).filter(|at| at % 3 == 0).and_then(|at| u32::try_from(at / 3 + 1).ok())
    })
}

/// An address as it was before somebody escaped it for LaTeX.
fn plain_address(text: &str) -> String {
    let inside = text.trim().strip_prefix("\\url{").and_then(|rest| rest.strip_suffix('}')).unwrap_or(text);
    inside.trim().replace("{\\_}", "_").replace("\\", "").replace(['{', '}'], "")
}

/// A value without the braces that only keep its capitals: `{LoRA}: {L}ow-rank` is `LoRA: Low-rank`. Braces of
/// formulas, of commands and of groups that begin with a command stay.
pub(super) fn unprotected(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut groups = Groups::default();
    for formula in tex::formulas(text).into_iter().map(|span| span.range) {
        groups.prose(&text[at..formula.start], &mut out);
        out.push_str(&text[formula.clone()]);
        groups.bound = false;
        at = formula.end;
    }
    groups.prose(&text[at..], &mut out);
    out.trim().to_owned()
}

/// What a backslash stands before without making a command of it.
const ESCAPED: &str = "{}$&#_% ";

fn is_command(text: &str) -> bool {
    text.strip_prefix('\\').is_some_and(|name| !name.starts_with(|c| ESCAPED.contains(c)))
}

#[derive(Default)]
struct Groups {
    /// For each open group, whether its braces stay.
    open: Vec<bool>,
    /// Whether a brace that comes next belongs to a command, or to a script.
    bound: bool,
}

impl Groups {
    fn prose(&mut self, text: &str, out: &mut String) {
        let mut rest = text.chars();
        let mut letters = false;
        while let Some(c) = rest.next() {
            let bound = std::mem::take(&mut self.bound);
            match c {
                '\\' => {
                    let next = rest.next();
                    letters = next.is_some_and(|c| c.is_ascii_alphabetic());
                    self.bound = next.is_some_and(|c| !ESCAPED.contains(c));
                    out.extend([Some('\\'), next].into_iter().flatten());
                }
                '{' => self.open(bound || is_command(rest.as_str()), out),
                '}' => self.close(out),
                c => {
                    letters &= c.is_ascii_alphabetic();
                    self.bound = (bound && letters) || matches!(c, '^' | '_');
                    out.push(c);
                }
            }
        }
    }

    fn open(&mut self, stays: bool, out: &mut String) {
        self.open.push(stays);
        if stays {
            out.push('{');
        }
    }

    fn close(&mut self, out: &mut String) {
        if self.open.pop().unwrap_or(true) {
            out.push('}');
            self.bound = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_keep_capitals_go() {
        let check = |text: &str, expected: &str| assert_eq!(unprotected(text), expected, "{text}");
        check("{{LoRA}: {L}ow-Rank}", "LoRA: Low-Rank");
        check("{3D} {$x_{1}$} and {GPT-4}", "3D $x_{1}$ and GPT-4");
        check(
            r#"Schr{\"o}dinger, Erd\H{o}s, \textbf{x}, {\em y}"#,
            r#"Schr{\"o}dinger, Erd\H{o}s, \textbf{x}, {\em y}"#,
        );
        check(r"\frac{a}{b} a^{2} \{x\}", r"\frac{a}{b} a^{2} \{x\}");
        check("unbalanced } and {", "unbalanced } and");
    }

    #[test]
    fn months() {
        let check = |text: &str, expected| assert_eq!(month_of(text), expected, "{text}");
        check("7", Some(7));
        check("July", Some(7));
        check("1~5", Some(1));
        check("{Sept.}", Some(9));
        check("13", None);
        check("?", None);
    }

    #[test]
    fn addresses() {
        assert_eq!(plain_address(r"\url{https://a.org/b\_c\%20d}"), "https://a.org/b_c%20d");
        assert_eq!(plain_address(r"https://a.org/~b"), "https://a.org/~b");
    }
}
