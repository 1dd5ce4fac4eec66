use crate::{Person, Work};

/// How a text names a work among its words: `Vaswani et al., 2017`. Works without authors go by their identifiers.
pub fn label(work: &Work) -> String {
    let people = match work.authors.as_slice() {
        [] => return format!("{}, {}", work.identifier, work.year),
        [one] => family(one),
        [one, other] => format!("{} & {}", family(one), family(other)),
        [first, ..] => match first {
            Person::Eastern { .. } => format!("{}等", family(first)),
            _ => format!("{} et al.", family(first)),
        },
    };
    format!("{people}, {}", work.year)
}

/// Names of the East are not parted: a family name alone tells nobody.
fn family(person: &Person) -> String {
    match person {
        Person::Human { particle, family, .. } => crate::person::joined([particle, family]),
        Person::Eastern { .. } | Person::Whole(_) => person.full(),
    }
}
