use content::{Kind, Language};
use search::{Facet, Results};

use crate::{searches::Asked, visit::language::Messages};

/// Values of a facet that are always there; the rest is folded.
const SHOWN: usize = 8;
/// Values that are folded.
const FOLDED: usize = 60;

/// A facet with its values, as boxes to check.
pub(super) struct Group {
    pub(super) legend: &'static str,
    pub(super) name: &'static str,
    pub(super) first: Vec<Value>,
    pub(super) folded: Vec<Value>,
    /// Whether the values are names that nobody translates.
    pub(super) names: bool,
}

/// A value of a facet, and how many results have it.
pub(super) struct Value {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) chosen: bool,
}

/// What the results can be narrowed by.
pub(super) fn groups(asked: &Asked, results: &Results, m: Messages) -> Vec<Group> {
    let facets = [
        (Facet::Source, m.source()),
        (Facet::Category, m.category()),
        (Facet::Venue, m.venue()),
        (Facet::Year, m.year()),
        (Facet::Language, m.language_of_text()),
        (Facet::Answered, m.more()),
    ];
    facets.into_iter().filter_map(|(facet, legend)| group(facet, legend, asked, results, m)).collect()
}

fn group(facet: Facet, legend: &'static str, asked: &Asked, results: &Results, m: Messages) -> Option<Group> {
    let counts = results.counts(facet);
    let one = |value: &str, count| Value {
        name: value_name(facet, value, m),
        value: value.to_owned(),
        count,
        chosen: asked.filters.has(facet, value),
    };
    let mut values: Vec<_> = counts.iter().map(|(value, count)| one(value, *count)).collect();
    let gone = asked.filters.chosen(facet).filter(|value| counts.iter().all(|(other, _)| other != value));
    values.extend(gone.map(|value| one(value, 0)));
    let chosen = values.iter().any(|value| value.chosen);
    // What all results have narrows nothing.
    if values.is_empty() || (!chosen && values.len() == 1 && values[0].count >= results.total) {
        return None;
    }
    let (first, folded) = folded(values);
    let names = matches!(facet, Facet::Source | Facet::Category | Facet::Venue);
    Some(Group { legend, name: facet.name(), first, folded, names })
}

/// The first values and whatever is chosen, and the rest. One that would be folded alone is not.
fn folded(values: Vec<Value>) -> (Vec<Value>, Vec<Value>) {
    if values.len() <= SHOWN + 1 {
        return (values, Vec::new());
    }
    let (mut first, mut folded) = (Vec::new(), Vec::new());
    for (place, value) in values.into_iter().enumerate() {
        match place < SHOWN || value.chosen {
            true => first.push(value),
            false => folded.push(value),
        }
    }
    folded.truncate(FOLDED);
    (first, folded)
}

/// The name of a facet's value.
pub(super) fn value_name(facet: Facet, value: &str, m: Messages) -> String {
    let known = match facet {
        Facet::Kind => match Kind::of(value) {
            Some(Kind::Paper) => m.papers(),
            Some(Kind::Post) => m.posts(),
            Some(Kind::Comment) => m.comments(),
            Some(Kind::Answer) => m.answers(),
            None => value,
        },
        Facet::Language => match value.parse() {
            Ok(language) => language_name(language, m),
            Err(_) => value,
        },
        Facet::Source => source_name(value),
        Facet::Answered => m.has_reading(),
        Facet::Category | Facet::Venue | Facet::Year => value,
    };
    known.to_owned()
}

/// The name of a language in the visitor's.
pub(super) fn language_name(language: Language, m: Messages) -> &'static str {
    match language {
        Language::En => m.english(),
        Language::Zh => m.chinese(),
    }
}

fn source_name(source: &str) -> &str {
    match source {
        "arxiv" => "arXiv",
        "acl" => "ACL Anthology",
        "openreview" => "OpenReview",
        "pmlr" => "PMLR",
        "cvf" => "CVF",
        "dblp" => "DBLP",
        "paperlists" => "Paper Lists",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: usize, chosen: &[usize], expected: (usize, usize)) {
        let value = |place: usize| Value {
            value: place.to_string(),
            name: String::new(),
            count: 1,
            chosen: chosen.contains(&place),
        };
        let (first, folded) = folded((0..count).map(value).collect());
        assert_eq!((first.len(), folded.len()), expected, "{count} {chosen:?}");
        assert!(chosen.iter().all(|place| first.iter().any(|value| value.value == place.to_string())));
    }

    #[test]
    fn what_is_chosen_is_never_folded() {
        check(0, &[], (0, 0));
        check(9, &[], (9, 0));
        check(10, &[], (8, 2));
        check(20, &[3, 19], (9, 11));
        check(200, &[], (8, FOLDED));
    }
}
