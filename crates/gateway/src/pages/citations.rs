//! How to cite a paper or a post, for the block at the end of its page.
//!
//! Two forms only; the crate that speaks every citation format comes with the papers' issue.

use chrono::Datelike;
use content::{Paper, Post};

use crate::papers;

/// What the block shows.
pub(super) struct Citation {
    pub(super) heading: &'static str,
    pub(super) bibtex: String,
    pub(super) text: String,
}

pub(super) fn of_paper(paper: &Paper, heading: &'static str) -> Citation {
    let record = &paper.shown;
    let year = record.venue.as_ref().map_or(record.date.year(), |venue| venue.year);
    let place = match &record.venue {
        Some(venue) => ("inproceedings", "booktitle", venue.name.clone()),
        None if record.is_arxiv() => {
            ("article", "journal", format!("arXiv preprint {}", papers::identifier(paper)))
        }
        None => ("misc", "howpublished", papers::identifier(paper)),
    };
    let fields = [
        ("title", record.title.clone()),
        ("author", record.authors.join(" and ")),
        (place.1, place.2.clone()),
        ("year", year.to_string()),
    ];
    let text = format!("{} ({year}). {}. {}.", record.authors.join(", "), record.title, place.2);
    Citation {
        heading,
        bibtex: entry(place.0, &key(record.authors.first(), year, &record.title), &fields),
        text,
    }
}

pub(super) fn of_post(post: &Post, address: &str, site: &str, heading: &'static str) -> Citation {
    let year = post.published.year();
    let fields = [
        ("title", post.title.clone()),
        ("author", post.author.clone()),
        ("year", year.to_string()),
        ("month", post.published.format("%b").to_string().to_lowercase()),
        ("url", address.to_owned()),
    ];
    let day = post.published.format("%Y-%m-%d");
    let text = format!("{}. {}. {site}, {day}. {address}", post.author, post.title);
    Citation {
        heading,
        bibtex: entry(
            "online",
            &key(Some(&post.author), year, &post.slug.as_str().replace('-', " ")),
            &fields,
        ),
        text,
    }
}

fn entry(kind: &str, key: &str, fields: &[(&str, String)]) -> String {
    let lines: String = fields
        .iter()
        .map(|(name, value)| {
            let value = if *name == "url" { value.clone() } else { latex(value) };
            format!("  {name:<9} = {{{value}}},\n")
        })
        .collect();
    format!("@{kind}{{{key},\n{lines}}}")
}

/// A plain text with formulas as LaTeX: what means something there is escaped, formulas stay.
fn latex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for formula in tex::formulas(text).into_iter().map(|span| span.range) {
        text[at..formula.start].chars().for_each(|c| escape(&mut out, c));
        out.push_str(&text[formula.clone()]);
        at = formula.end;
    }
    text[at..].chars().for_each(|c| escape(&mut out, c));
    out
}

fn escape(out: &mut String, c: char) {
    match c {
        '%' | '&' | '_' | '#' | '$' | '{' | '}' => out.extend(['\\', c]),
        '\\' => out.push_str("\\textbackslash{}"),
        '~' => out.push_str("\\textasciitilde{}"),
        '^' => out.push_str("\\textasciicircum{}"),
        c => out.push(c),
    }
}

/// Family name, year and first long word of the title, as reference managers make it: only what every program takes.
fn key(author: Option<&String>, year: i32, title: &str) -> String {
    let letters =
        |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    let family = author.and_then(|name| name.split_whitespace().last()).map(letters).unwrap_or_default();
    let word =
        title.split_whitespace().map(letters).find(|word| word.chars().count() > 3).unwrap_or_default();
    format!("{family}{year}{word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_latex() {
        assert_eq!(latex("Few % & a_b: $x_1$ #1 {y}"), r"Few \% \& a\_b: $x_1$ \#1 \{y\}");
        assert_eq!(
            latex(r"a\b~c^d costs $5"),
            r"a\textbackslash{}b\textasciitilde{}c\textasciicircum{}d costs \$5"
        );
    }

    #[test]
    fn keys_are_ascii() {
        assert_eq!(key(Some(&"Paul Erdős".into()), 1959, "On random graphs"), "erds1959random");
        assert_eq!(key(Some(&"砚石".into()), 2025, "旋转位置编码"), "2025");
    }
}
