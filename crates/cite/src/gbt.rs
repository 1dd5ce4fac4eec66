use chrono::NaiveDate;

use crate::{Kind, Person, Work, plain};

/// Authors named before the rest is left out.
const NAMED: usize = 3;

/// A reference after GB/T 7714-2015, which is what Chinese journals want; `seen` is the day on which the work was looked
/// at. Formulas stay TeX.
pub fn gbt(work: &Work, seen: NaiveDate) -> String {
    let title = plain::text(&work.title);
    let head = match authors(&work.authors) {
        authors if authors.is_empty() => title,
        authors => format!("{authors}. {title}"),
    };
    let seen = seen.format("[%Y-%m-%d]");
    let link = work.doi.as_ref().map_or_else(|| work.url.clone(), |doi| format!("https://doi.org/{doi}"));
    let container = work.container.as_deref().map(plain::line).unwrap_or_default();
    match work.kind {
        Kind::Conference => format!("{head}[C/OL]//{container}. {}{seen}. {link}.", work.year),
        Kind::Article => format!("{head}[J/OL]. {container}, {}{seen}. {link}.", work.year),
        Kind::Preprint | Kind::Post => format!("{head}[EB/OL]. ({}){seen}. {link}.", work.iso_date()),
    }
}

/// The first three; what stands for the others is in the language of the first.
fn authors(people: &[Person]) -> String {
    let mut names: Vec<_> = people.iter().take(NAMED).map(name).collect();
    if people.len() > NAMED {
        names.push(if matches!(people[0], Person::Eastern { .. }) { "等" } else { "et al" }.to_owned());
    }
    names.join(", ")
}

/// `QIAO L`: the family name in capitals, then initials without dots.
fn name(person: &Person) -> String {
    match person {
        Person::Human { given, particle, family, suffix } => {
            let family = crate::person::joined([particle, family]).to_uppercase();
            let initials = given.split([' ', '-']).filter_map(|word| word.chars().next()).map(String::from);
            let rest = initials.chain([suffix.clone()]).filter(|part| !part.is_empty());
            std::iter::once(family).chain(rest).collect::<Vec<_>>().join(" ")
        }
        Person::Eastern { .. } | Person::Whole(_) => person.full(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(kind: Kind, authors: &[&str]) -> Work {
        Work {
            kind,
            title: "On $x_1$".into(),
            authors: authors.iter().filter_map(|name| Person::of(name)).collect(),
            year: 2026,
            date: NaiveDate::from_ymd_opt(2026, 11, 19),
            container: Some("Proceedings of Tests".into()),
            summary: String::new(),
            keywords: Vec::new(),
            categories: Vec::new(),
            arxiv: None,
            identifier: String::new(),
            doi: None,
            url: "https://example.org/1".into(),
            page: String::new(),
            pdf: None,
            license: None,
            note: None,
        }
    }

    fn check(kind: Kind, authors: &[&str], expected: &str) {
        let seen = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
        assert_eq!(gbt(&work(kind, authors), seen), expected);
    }

    #[test]
    fn each_kind_has_its_form() {
        check(
            Kind::Post,
            &["Lin Qiao"],
            "QIAO L. On $x_1$[EB/OL]. (2026-11-19)[2026-11-23]. https://example.org/1.",
        );
        check(
            Kind::Conference,
            &["Jean-Pierre de la Tour", "B. C. Dee", "Eve Fox", "Guy Hay"],
            "DE LA TOUR J P, DEE B C, FOX E, et al. On $x_1$[C/OL]//Proceedings of Tests. 2026[2026-11-23]. \
             https://example.org/1.",
        );
        check(
            Kind::Article,
            &["乔林", "周以宁", "王一", "李二"],
            "乔林, 周以宁, 王一, 等. On $x_1$[J/OL]. Proceedings of Tests, 2026[2026-11-23]. https://example.org/1.",
        );
    }
}
