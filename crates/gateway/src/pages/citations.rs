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
    Citation { heading, bibtex: entry("online", &key(Some(&post.author), year, &post.title), &fields), text }
}

fn entry(kind: &str, key: &str, fields: &[(&str, String)]) -> String {
    let lines: String = fields.iter().map(|(name, value)| format!("  {name:<9} = {{{value}}},\n")).collect();
    format!("@{kind}{{{key},\n{lines}}}")
}

/// Family name, year and first long word of the title, as reference managers make it.
fn key(author: Option<&String>, year: i32, title: &str) -> String {
    let letters =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let family = author.and_then(|name| name.split_whitespace().last()).map(letters).unwrap_or_default();
    let word =
        title.split_whitespace().map(letters).find(|word| word.chars().count() > 3).unwrap_or_default();
    format!("{family}{year}{word}")
}
