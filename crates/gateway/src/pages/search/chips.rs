use search::{Facet, Part, Reading};

use super::facets::value_name;
use crate::{searches::Asked, visit::language::Messages};

/// One thing that is asked for, as it was understood; its link asks for the rest.
pub(super) struct Chip {
    pub(super) href: String,
    /// What it is read as; nothing where words are looked for everywhere.
    pub(super) label: String,
    pub(super) value: String,
    pub(super) excluded: bool,
}

impl Chip {
    /// All that it says.
    pub(super) fn text(&self) -> String {
        [self.label.as_str(), &self.value]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// How the query was read, and what is chosen besides; nothing where that is plain to see.
pub(super) fn chips(asked: &Asked, m: Messages) -> Vec<Chip> {
    let parts = asked.query.parts();
    let plain = |part: &Part| part.reading == Reading::Words && !part.excluded;
    let chosen: Vec<_> = asked.chosen().map(|(facet, value)| of_facet(asked, facet, value, m)).collect();
    if parts.iter().all(plain) && chosen.is_empty() && !asked.all_words {
        return Vec::new();
    }
    let all_words = asked.all_words.then(|| Chip {
        href: asked.with_all_words(false).address(),
        label: m.all_words_required().into(),
        value: String::new(),
        excluded: false,
    });
    let read = parts.into_iter().map(|part| of_part(asked, part, m));
    read.chain(all_words).chain(chosen).collect()
}

fn of_part(asked: &Asked, part: Part, m: Messages) -> Chip {
    let label = reading_name(part.reading, m);
    Chip {
        href: asked.with_query(&part.without).address(),
        label: match (part.excluded, label) {
            (false, label) => label.to_owned(),
            (true, "") => m.not().to_owned(),
            (true, label) => m.not_so(label),
        },
        value: shown(&part, m),
        excluded: part.excluded,
    }
}

fn of_facet(asked: &Asked, facet: Facet, value: &str, m: Messages) -> Chip {
    let (label, value_shown) = match facet {
        Facet::Answered => (m.has_reading(), String::new()),
        facet => (facet_name(facet, m), value_name(facet, value, m)),
    };
    Chip {
        href: asked.without(facet, value).address(),
        label: label.to_owned(),
        value: value_shown,
        excluded: false,
    }
}

fn facet_name(facet: Facet, m: Messages) -> &'static str {
    match facet {
        Facet::Kind => m.read_kind(),
        Facet::Source => m.read_source(),
        Facet::Category => m.read_category(),
        Facet::Venue => m.read_venue(),
        Facet::Year => m.read_year(),
        Facet::Language => m.read_language(),
        Facet::Answered => m.has_reading(),
    }
}

fn reading_name(reading: Reading, m: Messages) -> &'static str {
    match reading {
        Reading::Words | Reading::Phrase | Reading::Group => "",
        Reading::Title => m.read_title(),
        Reading::Author => m.read_author(),
        Reading::Abstract => m.read_abstract(),
        Reading::Category => m.read_category(),
        Reading::Venue => m.read_venue(),
        Reading::Year => m.read_year(),
        Reading::Date => m.read_date(),
        Reading::Identifier => m.read_identifier(),
        Reading::Kind => m.read_kind(),
        Reading::Language => m.read_language(),
        Reading::Source => m.read_source(),
        Reading::Answered => m.has_reading(),
    }
}

/// The value as a reader writes it: phrases in quotation marks, ranges with a dash, names in words.
fn shown(part: &Part, m: Messages) -> String {
    let value = part.value.as_str();
    let lower = value.to_lowercase();
    match part.reading {
        Reading::Phrase => m.quoted(value),
        Reading::Title | Reading::Abstract
            if value.contains(char::is_whitespace) && !value.starts_with('(') =>
        {
            m.quoted(value)
        }
        Reading::Year | Reading::Date => match value.split_once("..") {
            Some(("", last)) => m.until(last),
            Some((first, "")) => m.since(first),
            // Either end may stand first; the search takes them in order.
            Some((first, last)) => format!("{}–{}", first.min(last), first.max(last)),
            None => value.to_owned(),
        },
        Reading::Answered => String::new(),
        Reading::Language => value_name(Facet::Language, &lower, m),
        Reading::Source => value_name(Facet::Source, &lower, m),
        Reading::Kind => value_name(Facet::Kind, lower.trim_end_matches('s'), m),
        _ => value.to_owned(),
    }
}
