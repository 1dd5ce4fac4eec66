//! Names of people, so that every way to write one finds the others.

use std::collections::BTreeSet;

use words::Shape;

/// Parts of a name that are looked at. Collaborations have long names.
const PARTS: usize = 6;

/// A name that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// One of these readings.
    pub(crate) readings: Vec<Reading>,
}

/// All of these; each is met by one of several keys, the better ones first.
pub(crate) type Reading = Vec<Vec<String>>;

impl Name {
    /// `Jianlin Su`, `Su, Jianlin`, `J. Su`, `su_j`, `苏剑林`; `None` without a letter.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parts = match text.split_once([',', '，', '_']) {
            Some((family, given)) => [parts(given), parts(family)].concat(),
            None => parts(text),
        };
        let ends = [0, parts.len().saturating_sub(1)];
        let told = |(place, part): &(usize, String)| ends.contains(place) || !is_initial(part);
        // A middle initial is often left out.
        let parts: Vec<String> = parts.into_iter().enumerate().filter(told).map(|(_, part)| part).collect();
        let readings = spellings(&parts).iter().map(|parts| reading(parts)).collect();
        (!parts.is_empty()).then_some(Self { readings })
    }

    /// The forms under which a part of the name can stand in a text.
    pub(crate) fn forms(&self) -> impl Iterator<Item = String> + '_ {
        let keys = self.readings.iter().flatten().flatten();
        keys.flat_map(|key| key.split([' ', '.']))
            .filter(|part| part.len() > 1)
            .map(words::words)
            .flat_map(|words| words.into_iter().map(|word| word.text).collect::<Vec<_>>())
    }
}

/// The keys under which an author is found: each part of the name, each two parts in alphabetical order, and each part
/// with the initial of the first or last one (`su j.`).
pub(crate) fn keys(name: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for parts in spellings(&parts(name)) {
        let last = parts.len().saturating_sub(1);
        for (index, part) in parts.iter().enumerate() {
            keys.insert(part.clone());
            for (further, other) in parts.iter().enumerate().skip(index + 1) {
                keys.insert(pair(part, other));
                // The family name stands at the end or at the beginning.
                keys.extend((further == last).then(|| shortened(other, part)).flatten());
                keys.extend((index == 0).then(|| shortened(part, other)).flatten());
            }
        }
    }
    keys
}

fn reading(parts: &[String]) -> Reading {
    match parts {
        [one] => vec![vec![one.clone()]],
        [before @ .., last] => before.iter().map(|part| either(part, last)).collect(),
        [] => Reading::new(),
    }
}

/// The keys that two parts of a name can have.
fn either(a: &str, b: &str) -> Vec<String> {
    let mut keys = vec![pair(a, b)];
    match (is_initial(a), is_initial(b)) {
        (true, false) => keys.push(format!("{b} {a}.")),
        (false, true) => keys.push(format!("{a} {b}.")),
        (true, true) => (),
        (false, false) => keys.extend([pair(&initial(a), b), pair(a, &initial(b))]),
    }
    keys
}

fn pair(a: &str, b: &str) -> String {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    format!("{first} {second}")
}

fn shortened(kept: &str, part: &str) -> Option<String> {
    (!is_initial(part)).then(|| format!("{kept} {}.", initial(part)))
}

fn initial(part: &str) -> String {
    part.chars().take(1).collect()
}

fn is_initial(part: &str) -> bool {
    part.chars().nth(1).is_none() && part.is_ascii()
}

/// The parts as they are, and with two neighbours written as one: `Jian-Lin`, `Jian Lin` and `Jianlin` are one name.
fn spellings(parts: &[String]) -> Vec<Vec<String>> {
    let joined = |at: usize| {
        let mut joined = parts.to_vec();
        let second = joined.remove(at + 1);
        joined[at].push_str(&second);
        joined
    };
    let mut spellings = vec![parts.to_vec()];
    let joints = (0..parts.len().saturating_sub(1))
        .filter(|at| !is_initial(&parts[*at]) && !is_initial(&parts[at + 1]));
    // Of a name in two parts only a Chinese one is also written without a space.
    spellings.extend(joints.filter(|_| parts.len() > 2 || !parts[0].is_ascii()).map(joined));
    spellings
}

/// The parts of a name, folded; a run of Chinese characters is one.
fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut end = usize::MAX;
    for word in words::words(name) {
        match word.shape {
            Shape::Plain => parts.push(word.exact().to_owned()),
            Shape::Single if word.range.start == end => {
                parts.last_mut().into_iter().for_each(|part| part.push_str(&word.text))
            }
            Shape::Single => parts.push(word.text.clone()),
            Shape::Joined | Shape::Pair => continue,
        }
        end = if word.shape == Shape::Single { word.range.end } else { usize::MAX };
    }
    parts.truncate(PARTS);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the name that is typed finds the author.
    fn check(typed: &str, author: &str, expected: bool) {
        let keys = keys(author);
        let name = Name::parse(typed);
        let met =
            |reading: &Reading| reading.iter().all(|either| either.iter().any(|key| keys.contains(key)));
        let found = name.is_some_and(|name| name.readings.iter().any(met));
        assert_eq!(found, expected, "{typed:?} for {author:?}, {keys:?}");
    }

    #[test]
    fn names_in_every_spelling() {
        for typed in [
            "Jianlin Su",
            "Su, Jianlin",
            "su jianlin",
            "Su Jianlin",
            "J. Su",
            "J Su",
            "Su, J.",
            "su_j",
            "Jian-Lin Su",
            "Jian Lin Su",
            "Su",
            "JIANLIN",
        ] {
            check(typed, "Jianlin Su", true);
        }
        for typed in ["Jianlin Su", "Jian-Lin Su", "Jian Lin Su", "Su, Jian-lin", "J. Su"] {
            check(typed, "Jian-Lin Su", true);
        }
        for typed in ["Jianlin Li", "K. Su", "Sujian", "Su, K."] {
            check(typed, "Jianlin Su", false);
        }
        check("Jianlin Su", "J. Su", true);
        check("Su, Jianlin", "Su J.", true);
        check("Karen Su", "J. Su", false);
        check("Paul Erdos", "Pál Erdős", false);
        check("Pal Erdos", "Pál Erdős", true);
        check("P. Erdős", "Pál Erdős", true);
        check("Diederik P. Kingma", "Diederik Kingma", true);
        check("Diederik Kingma", "Diederik P. Kingma", true);
        check("D. P. Kingma", "Diederik P. Kingma", true);
        check("van den Oord", "Aäron van den Oord", true);
        check("A. van den Oord", "Aäron van den Oord", true);
        check("Oord, A.", "Aäron van den Oord", true);
        check("O'Brien", "Conor O’Brien", true);
        check("苏剑林", "苏剑林", true);
        check("苏 剑林", "苏剑林", true);
        check("苏剑", "苏剑林", false);
        check("", "Jianlin Su", false);
        check(".,", "Jianlin Su", false);
    }

    #[test]
    fn keys_of_a_name_are_few() {
        let keys: Vec<_> = keys("Jianlin Su").into_iter().collect();
        assert_eq!(keys, ["jianlin", "jianlin s.", "jianlin su", "su", "su j."]);
        assert!(super::keys(&"Name ".repeat(1000)).len() < 200);
        assert!(super::keys("").is_empty());
    }
}
