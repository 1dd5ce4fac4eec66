use std::collections::BTreeSet;

use chrono::NaiveDate;
use content::{Counts, Language, Paper};
use render::Html;

use super::Link;
use crate::{app::App, exports, papers};

/// Authors shown before the rest is folded (P5).
const SHOWN_AUTHORS: usize = 40;

/// One paper in a list, or at the head of its own page.
pub(super) struct Card {
    /// Its place in the list, from 1.
    pub(super) number: u64,
    pub(super) id: i64,
    /// What others know it by, and its anchor: `2401.00001`, or `<id>@<source>`.
    pub(super) name: String,
    /// What it is about, separated by commas.
    pub(super) keywords: String,
    pub(super) counts: Counts,
    pub(super) withdrawn: bool,
    pub(super) versions: Vec<String>,
    pub(super) href: String,
    pub(super) title: Html,
    pub(super) language: Language,
    pub(super) authors: Authors,
    pub(super) summary: Option<Html>,
    pub(super) pdf: Option<PdfLink>,
    pub(super) subjects: Vec<Link>,
    pub(super) venue: Option<VenueLink>,
    pub(super) date: NaiveDate,
    pub(super) identifier: String,
    /// What it is to programs that collect references: the name that unAPI knows, and an OpenURL ContextObject.
    pub(super) unapi: String,
    pub(super) coins: String,
}

pub(super) struct Authors {
    pub(super) first: Vec<Link>,
    pub(super) folded: Vec<Link>,
}

/// The PDF at its source.
pub(super) struct PdfLink {
    pub(super) href: String,
    /// Where the page may fetch it, to show it in place.
    pub(super) opens: Option<String>,
}

pub(super) struct VenueLink {
    pub(super) name: String,
    pub(super) href: String,
}

/// One paper in a narrow list: title and a line below.
pub(super) struct Brief {
    pub(super) href: String,
    pub(super) title: Html,
    pub(super) language: Language,
    pub(super) byline: String,
    /// Words it shares with what it is related to.
    pub(super) shared: Option<String>,
}

impl Card {
    pub(super) fn of(app: &App, paper: &Paper, number: u64, phrases: &[String]) -> Self {
        let record = &paper.shown;
        let venue = record.venue.as_ref().map(|venue| VenueLink {
            name: format!("{} {}", venue.key, venue.year),
            href: papers::venue_address(&venue.key, venue.year),
        });
        Self {
            number,
            id: paper.id.0,
            name: papers::name(paper),
            keywords: phrases.join(","),
            counts: paper.counts,
            withdrawn: record.withdrawn,
            versions: versions(paper),
            href: papers::address(paper),
            title: title(app, &record.title),
            language: Language::of(&record.title),
            authors: Authors::of(&record.authors),
            summary: (!record.summary.is_empty() && !record.withdrawn).then(|| title(app, &record.summary)),
            pdf: papers::pdf(paper).map(|href| PdfLink { opens: app.config.pdf.opens(&href), href }),
            subjects: record.categories.iter().map(|name| subject(name, record.is_arxiv())).collect(),
            venue,
            date: record.date,
            identifier: papers::identifier(paper),
            unapi: exports::unapi_name(paper),
            coins: cite::coins(&exports::of_paper(app, paper)),
        }
    }
}

impl Authors {
    fn of(names: &[String]) -> Self {
        let mut first: Vec<_> =
            names.iter().map(|name| Link { name: name.clone(), href: papers::phrase_search(name) }).collect();
        let folded = first.split_off(first.len().min(SHOWN_AUTHORS));
        Self { first, folded }
    }
}

impl Brief {
    pub(super) fn of(app: &App, paper: &Paper, shared: Option<String>) -> Self {
        let record = &paper.shown;
        let people = match record.authors.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            [first, ..] => format!("{first} et al."),
        };
        let place = match (&record.venue, record.categories.first()) {
            (Some(venue), _) => format!("{} {}", venue.key, venue.year),
            (None, Some(category)) => category.clone(),
            (None, None) => papers::identifier(paper),
        };
        Self {
            href: papers::address(paper),
            title: title(app, &record.title),
            language: Language::of(&record.title),
            byline: [people, place]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            shared,
        }
    }
}

/// What the paper is besides the record that is shown: earlier versions, and other sources.
fn versions(paper: &Paper) -> Vec<String> {
    let shown = &paper.shown;
    let own = shown.is_arxiv().then(|| shown.key.version.clone()).filter(|version| version != "v1");
    let sources: BTreeSet<_> =
        paper.others.iter().map(|key| &key.source).filter(|source| **source != shown.key.source).collect();
    own.into_iter().chain(sources.into_iter().map(|source| papers::source_name(source))).collect()
}

/// A title or an abstract: plain text with formulas.
pub(super) fn title(app: &App, text: &str) -> Html {
    render::inline(text, &app.context())
}

/// The list of a category has only what arXiv put there; categories of others were inferred, and are searched for.
fn subject(name: &str, arxiv: bool) -> Link {
    let href = if arxiv { papers::category_address(name) } else { papers::phrase_search(name) };
    Link { name: name.to_owned(), href }
}
