use chrono::{Datelike, NaiveDate};
use content::{Paper, Post, Record};

use crate::person::Person;

/// What a citation says of a paper or a post. Texts are plain, with formulas (`$x_1$`, and `\$` for a dollar).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What it is, as far as citations tell works apart.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Who wrote it, in their order.
    pub authors: Vec<Person>,
    /// The year that citations give: the venue's, else the date's.
    pub year: i32,
    /// The day, where it is of that year.
    pub date: Option<NaiveDate>,
    /// The proceedings, the journal, or the site of a post.
    pub container: Option<String>,
    /// Its abstract. May be empty.
    pub summary: String,
    /// The authors' own keywords, or the tags of a post.
    pub keywords: Vec<String>,
    /// Subject categories.
    pub categories: Vec<String>,
    /// Its arXiv identifier.
    pub arxiv: Option<String>,
    /// Its identifier at its source, as people write it.
    pub identifier: String,
    /// Its DOI alone.
    pub doi: Option<String>,
    /// Its address: its page at its source if that is known, else its page here.
    pub url: String,
    /// Its page on this site.
    pub page: String,
    /// The address of its PDF.
    pub pdf: Option<String>,
    /// The address of its licence.
    pub license: Option<String>,
    /// A journal reference in the authors' words, or that the work was withdrawn.
    pub note: Option<String>,
}

/// What a work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Not published elsewhere yet, as far as its source knows.
    Preprint,
    /// A paper in proceedings.
    Conference,
    /// An article of a journal.
    Article,
    /// A post of this site.
    Post,
}

/// Words by which a venue that is no conference gives itself away.
const JOURNALS: [&str; 6] = ["transactions", "journal", "annals", "letters", "magazine", "学报"];

impl Work {
    /// The paper whose page here is at `page`, an absolute address.
    pub fn of_paper(paper: &Paper, page: String) -> Self {
        let record = &paper.shown;
        let arxiv = record.is_arxiv().then(|| record.key.id.clone());
        let year = record.venue.as_ref().map_or(record.date.year(), |venue| venue.year);
        Self {
            kind: Kind::of(record),
            title: record.title.clone(),
            authors: record.authors.iter().filter_map(|name| Person::of(name)).collect(),
            year,
            date: Some(record.date).filter(|date| date.year() == year),
            container: record.venue.as_ref().map(|venue| venue.name.clone()),
            summary: record.summary.clone(),
            keywords: record.keywords.clone(),
            categories: record.categories.clone(),
            identifier: arxiv.as_ref().map_or_else(|| record.key.id.clone(), |id| format!("arXiv:{id}")),
            doi: record.links.doi.clone(),
            url: at_source(record).unwrap_or_else(|| page.clone()),
            page,
            pdf: record
                .links
                .pdf
                .clone()
                .or_else(|| arxiv.as_ref().map(|id| format!("https://arxiv.org/pdf/{id}"))),
            license: record.links.license.clone(),
            note: note(record),
            arxiv,
        }
    }

    /// The post whose page is at `page`, an absolute address, on the site of that name.
    pub fn of_post(post: &Post, page: String, site: &str) -> Self {
        let day = post.published.date_naive();
        Self {
            kind: Kind::Post,
            title: post.title.clone(),
            authors: Person::of(&post.author).into_iter().collect(),
            year: day.year(),
            date: Some(day),
            container: Some(site.to_owned()),
            summary: String::new(),
            keywords: post.tags.clone(),
            categories: post.categories.clone(),
            arxiv: None,
            identifier: post.slug.as_str().to_owned(),
            doi: None,
            url: page.clone(),
            page,
            pdf: None,
            license: None,
            note: None,
        }
    }

    /// Where a preprint is kept.
    pub fn archive(&self) -> Option<&'static str> {
        self.arxiv.as_ref().filter(|_| self.kind == Kind::Preprint).map(|_| "arXiv")
    }

    /// The day as its parts: year, and month and day where they are known.
    pub(crate) fn date_parts(&self) -> Vec<i32> {
        let parts = self.date.map(|date| [date.month() as i32, date.day() as i32]);
        std::iter::once(self.year).chain(parts.into_iter().flatten()).collect()
    }

    /// The day as ISO 8601 writes it, or the year alone.
    pub(crate) fn iso_date(&self) -> String {
        self.date.map_or_else(|| format!("{:04}", self.year), |date| date.format("%Y-%m-%d").to_string())
    }
}

impl Kind {
    fn of(record: &Record) -> Self {
        let Some(venue) = &record.venue else { return Self::Preprint };
        let name = venue.name.to_lowercase();
        let journal = !name.starts_with("proceedings") && JOURNALS.iter().any(|word| name.contains(word));
        if journal { Self::Article } else { Self::Conference }
    }
}

fn at_source(record: &Record) -> Option<String> {
    let arxiv = || record.is_arxiv().then(|| format!("https://arxiv.org/abs/{}", record.key.id));
    record.links.page.clone().or_else(arxiv)
}

fn note(record: &Record) -> Option<String> {
    let withdrawn = record.withdrawn.then(|| "Withdrawn".to_owned());
    let parts: Vec<_> = withdrawn.into_iter().chain(record.journal.clone()).collect();
    (!parts.is_empty()).then(|| parts.join(". "))
}
