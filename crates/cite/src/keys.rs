use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    Person, Work,
    plain::{Part, parts},
};

/// Words that say nothing of a title.
const EMPTY: [&str; 12] =
    ["with", "from", "this", "that", "what", "when", "where", "your", "their", "into", "does", "over"];

/// A key for each work: family name, year and first telling word of the title, in ASCII letters and digits.
///
/// Works that would share one get `a`, `b`, … behind it from the second on, so the same list has the same keys.
pub(crate) fn keys(works: &[Work]) -> Vec<String> {
    let mut used = HashSet::new();
    works.iter().map(|work| unused(&key(work), &mut used)).collect()
}

fn key(work: &Work) -> String {
    let family = work.authors.first().map(family).unwrap_or_default();
    let family = if family.is_empty() { "anon".into() } else { family };
    let title: String = parts(&work.title)
        .into_iter()
        .map(|part| if let Part::Prose(prose) = part { prose } else { " " })
        .collect();
    let words = title.split(|c: char| c.is_whitespace() || c == '-').map(letters);
    let word = words.into_iter().find(|word| word.len() > 3 && !EMPTY.contains(&word.as_str()));
    // A post in Chinese may have an address in English.
    let word = word.or_else(|| work.identifier.split(['-', '/']).map(letters).find(|word| word.len() > 3));
    format!("{family}{}{}", work.year, word.unwrap_or_default())
}

/// A family name, or the first word of a name without parts that is no article.
fn family(person: &Person) -> String {
    match person {
        Person::Human { family, .. } | Person::Eastern { family, .. } => letters(family),
        Person::Whole(name) => {
            let mut words = name.split_whitespace().map(letters);
            words.find(|word| !word.is_empty() && word != "the").unwrap_or_default()
        }
    }
}

fn unused(key: &str, used: &mut HashSet<String>) -> String {
    let candidates = (0..).map(|number| format!("{key}{}", suffix(number)));
    let free = candidates.into_iter().find(|key| !used.contains(key)).unwrap_or_default();
    used.insert(free.clone());
    free
}

/// Nothing, a, b, …, z, aa, ab, …
fn suffix(number: usize) -> String {
    let (mut number, mut letters) = (number, Vec::new());
    while number > 0 {
        number -= 1;
        letters.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or_default()));
        number /= 26;
    }
    letters.into_iter().rev().collect()
}

/// The letters and digits of a text without accents, in lower case.
fn letters(text: &str) -> String {
    let ascii = text.nfkd().map(|c| match c {
        'ø' | 'Ø' => "o".into(),
        'ł' | 'Ł' => "l".into(),
        'đ' | 'Đ' | 'ð' | 'Ð' => "d".into(),
        'ß' => "ss".into(),
        'æ' | 'Æ' => "ae".into(),
        'œ' | 'Œ' => "oe".into(),
        'þ' | 'Þ' => "th".into(),
        'ı' => "i".into(),
        c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase().to_string(),
        _ => String::new(),
    });
    ascii.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_ascii() {
        assert_eq!(letters("Erdős"), "erdos");
        assert_eq!(letters("Łukasiewicz-Ørsted"), "lukasiewiczorsted");
        assert_eq!(letters("苏剑林"), "");
    }

    #[test]
    fn equal_keys_are_told_apart() {
        let mut used = HashSet::new();
        let keys: Vec<_> = (0..29).map(|_| unused("su2024", &mut used)).collect();
        assert_eq!((keys[0].as_str(), keys[1].as_str()), ("su2024", "su2024a"));
        assert_eq!((keys[26].as_str(), keys[27].as_str()), ("su2024z", "su2024aa"));
        assert_eq!(unused("su2024a", &mut used), "su2024ac");
    }
}
