use crate::{Kind, Person, Work, plain};

/// Authors named before the rest is left out, but for the last.
const NAMED: usize = 20;

/// A reference as a list of references has it, after the manner of the American Psychological Association.
/// Formulas stay TeX.
pub fn text(work: &Work) -> String {
    let year = match (work.kind, work.date) {
        (Kind::Post, Some(date)) => date.format("%Y, %B %-d").to_string(),
        _ => work.year.to_string(),
    };
    let title = plain::text(&work.title);
    let head = match authors(&work.authors) {
        authors if authors.is_empty() => format!("{title} ({year})."),
        authors => format!("{authors} ({year}). {}", sentence(&title)),
    };
    let place = match (&work.container, &work.arxiv) {
        (Some(name), _) => format!(" {}", sentence(&plain::line(name))),
        (None, Some(id)) => format!(" arXiv:{id}."),
        (None, None) => String::new(),
    };
    let link = work.doi.as_ref().map_or_else(|| work.url.clone(), |doi| format!("https://doi.org/{doi}"));
    format!("{head}{place} {link}")
}

/// Ends with a full stop, unless it ends a sentence already.
fn sentence(text: &str) -> String {
    let ended = text.ends_with(['.', '?', '!', '。', '？', '！']);
    if ended { text.to_owned() } else { format!("{text}.") }
}

fn authors(people: &[Person]) -> String {
    let names: Vec<_> = people.iter().map(name).collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] if names.len() <= NAMED => format!("{}, & {last}", before.join(", ")),
        [all @ .., last] => format!("{}, … {last}", all[..NAMED - 1].join(", ")),
    }
}

/// `Family, G. N.`; names without parts, and names of the East, in full.
fn name(person: &Person) -> String {
    match person {
        Person::Human { given, particle, family, suffix } => {
            let family = crate::person::joined([particle, family]);
            let parts = [family, initials(given), suffix.clone()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        }
        Person::Eastern { .. } | Person::Whole(_) => person.full(),
    }
}

/// `Jean-Pierre M.` as `J.-P. M.`.
fn initials(given: &str) -> String {
    let initial = |part: &str| part.chars().next().map(|c| format!("{c}.")).unwrap_or_default();
    let word = |word: &str| {
        let parts: Vec<_> = word.split('-').filter(|part| !part.is_empty()).map(initial).collect();
        parts.join("-")
    };
    let words: Vec<_> = given.split_whitespace().map(word).collect();
    words.join(" ")
}
