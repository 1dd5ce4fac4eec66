//! Key and year of a venue, from whatever a list calls it.

use chrono::{Datelike as _, NaiveDate};
use content::Venue;

mod known;

/// The most characters of a key that a name gives.
const MAX: usize = 20;
/// The most characters of a key that is made of a name's words.
const LONG: usize = 28;

/// Words that say nothing about what a venue is.
#[rustfmt::skip]
const EMPTY: [&str; 44] = [
    "proceedings", "of", "the", "a", "an", "on", "for", "and", "in", "to", "at", "with", "from", "actes", "de", "la", "le",
    "les", "des", "et", "sur", "annual", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "volume", "part", "workshop", "conference", "international", "meeting", "symposium", "joint", "national", "using",
    "s", "its",
];

/// `ECCV 2022` is key and year. Of a long name the key is an acronym that it gives (in parentheses, or
/// before a year), a well-known short name, or its telling words. A preprint has no venue.
pub(crate) fn of(name: &str, date: NaiveDate) -> Option<Venue> {
    let name = name.trim();
    if name.is_empty() || name.eq_ignore_ascii_case("arxiv") {
        return None;
    }
    let key = short(name).or_else(|| in_parentheses(name)).unwrap_or_else(|| long(name));
    let key = known::canonical(key);
    let year = words(name).find_map(year).unwrap_or(date.year());
    Some(Venue { key, year, name: name.to_owned(), group: None })
}

/// The short name under which papers of a venue are kept that is also known by this one: `NIPS` is `NeurIPS`.
pub fn venue_key(name: &str) -> String {
    known::canonical(name.to_owned())
}

/// `ECCV 2022`.
fn short(name: &str) -> Option<String> {
    let (key, number) = name.rsplit_once(' ')?;
    let fits = !key.contains(char::is_whitespace) && key.chars().count() <= MAX;
    (fits && year(number).is_some()).then(|| key.to_owned())
}

/// `… (LREC-COLING 2024)`, `… (LREC'14)`, but not `… (Volume 1: Long Papers)`.
fn in_parentheses(name: &str) -> Option<String> {
    let insides = name.split('(').skip(1).filter_map(|rest| rest.split_once(')'));
    insides.map(|(inside, _)| inside.trim()).find_map(|inside| acronym(without_number(inside)))
}

/// Drops the edition: ` 2024`, `-2024`, `2024`, `'14`, ` 5`.
fn without_number(text: &str) -> &str {
    let base = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - base.len();
    let stripped = base.trim_end_matches([' ', '-', '\'', '’', '@']);
    if digits == 4 || (digits > 0 && stripped.len() < base.len()) { stripped } else { text }
}

/// A word that is written like an acronym: `EMNLP-IJCNLP`, `SemEval`, `*SEM`.
fn acronym(word: &str) -> Option<String> {
    let fits = (2..=MAX).contains(&word.chars().count());
    let plain = word.chars().all(|c| c.is_alphanumeric() || "-+*#&".contains(c));
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    (fits && plain && capitals >= 2).then(|| word.trim_start_matches('#').to_owned())
}

fn long(name: &str) -> String {
    // What comes after these says where a workshop met, not which one it was.
    let marks: &[&str] =
        if name.contains("Workshop") { &["@", " within ", " at "] } else { &["@", " within ", " held at "] };
    let end = marks.iter().filter_map(|mark| name.find(mark)).min();
    let name = &name[..end.unwrap_or(name.len())];
    before_a_year(name)
        .or_else(|| known::short_name(name).map(str::to_owned))
        .unwrap_or_else(|| telling(name))
}

/// `Findings of …: EMNLP 2022`.
fn before_a_year(name: &str) -> Option<String> {
    let words: Vec<&str> = words(name).collect();
    words.windows(2).find(|pair| year(pair[1]).is_some()).and_then(|pair| acronym(pair[0]))
}

/// `Workshop on Games and Natural Language Processing` is `GamesNLP`: the words that tell, as many as fit. What a colon begins
/// is a part of it.
fn telling(name: &str) -> String {
    let whole = name.split([':', '(', ',']).find(|part| !part.trim().is_empty()).unwrap_or(name);
    let whole = known::with_short_terms(whole);
    let tells = |word: &&str| {
        !EMPTY.contains(&word.to_lowercase().as_str()) && !word.starts_with(|c: char| c.is_ascii_digit())
    };
    let mut key = String::new();
    for word in words(&whole).filter(tells).map(capitalised) {
        if !key.is_empty() && key.chars().count() + word.chars().count() > LONG {
            break;
        }
        key.push_str(&word);
    }
    let key = if key.is_empty() { name.split_whitespace().collect() } else { key };
    key.chars().take(LONG).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric() && !"-*#+&".contains(c))
        .filter(|word| word.contains(char::is_alphanumeric))
}

fn year(word: &str) -> Option<i32> {
    let tail = word.rsplit('-').next().unwrap_or(word);
    let year = tail.parse().ok().filter(|year| (1900..2100).contains(year));
    year.filter(|_| tail.len() == 4 && tail.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, key: &str, year: i32) {
        let found = of(name, NaiveDate::from_ymd_opt(1999, 5, 1).expect("a day")).expect("a venue");
        assert_eq!((found.key.as_str(), found.year, found.name.as_str()), (key, year, name));
    }

    #[test]
    fn short_names() {
        check("ECCV 2022", "ECCV", 2022);
        check("3DV 2025", "3DV", 2025);
        check("Nature", "Nature", 1999);
        check("NIPS 2016", "NeurIPS", 2016);
        check("NeurIPS 2023", "NeurIPS", 2023);
        check("Interspeech 2021", "INTERSPEECH", 2021);
    }

    #[test]
    fn acronyms_that_a_name_gives() {
        check("Proceedings of the Joint Conference on Language (LREC-COLING 2024)", "LREC-COLING", 2024);
        check("Proceedings of the Ninth Conference on Language (LREC'14)", "LREC", 1999);
        check("Proceedings of the Fifth Conference on Language (LREC’06)", "LREC", 1999);
        check("Proceedings of the Workshop on Evaluation (SemEval-2023)", "SemEval", 2023);
        check("Proceedings of the Workshop on Translation (WAT2021)", "WAT", 1999);
        check("Proceedings of the Workshop on e-Commerce (ECNLP 5)", "ECNLP", 1999);
        check("Proceedings of the Workshop on Health (#SMM4H)", "SMM4H", 1999);
        check("Findings of the Association: EMNLP 2022", "EMNLP", 2022);
        check("Proceedings of COLING 2016, the 26th Conference: Technical Papers", "COLING", 2016);
        check("Proceedings of ACL 2018, Student Research Workshop", "ACL", 2018);
    }

    #[test]
    fn names_that_everybody_shortens() {
        check(
            "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing",
            "EMNLP",
            2023,
        );
        let acl = "Proceedings of the 61st Annual Meeting of the Association for Computational Linguistics";
        check(&format!("{acl} (Volume 1: Long Papers)"), "ACL", 1999);
        check(&format!("{acl}: Student Research Workshop"), "ACL", 1999);
        check(
            "Proceedings of the 2018 Conference of the North American Chapter of the Association for Computational \
               Linguistics: Human Language Technologies, Volume 1 (Long Papers)",
            "NAACL",
            2018,
        );
        check("Proceedings of the 13th International Workshop on Semantic Evaluation", "SemEval", 1999);
    }

    #[test]
    fn one_venue_has_one_key() {
        check("Advances in Neural Information Processing Systems 30", "NeurIPS", 1999);
        check("Proceedings of the 29th Conference (NIPS 2016)", "NeurIPS", 2016);
        check("NIPS 2016 oral", "NeurIPS", 2016);
        check("Workshop on Robustness at NIPS 2017", "Robustness", 2017);
        check(
            "Proceedings of the IEEE/CVF Conference on Computer Vision and Pattern Recognition",
            "CVPR",
            1999,
        );
        check("Submitted to ICLR 2024", "ICLR", 2024);
    }

    #[test]
    fn workshops() {
        check("Proceedings of the Workshop on Figurative Language Processing", "FigLang", 1999);
        check(
            "Proceedings of the 18th Workshop on Innovative Use of NLP for Building Educational Applications",
            "BEA",
            1999,
        );
        check("Proceedings of the BUCC Workshop within LREC 2022", "BUCC", 2022);
        check("Proceedings of the Second Workshop on Argument Mining @ ACL 2026", "ArgMining", 2026);
    }

    #[test]
    fn telling_words_of_the_rest() {
        check(
            "Proceedings of the 10th Workshop on Games and Natural Language Processing @ LREC-COLING 2024",
            "GamesNLP",
            2024,
        );
        check("Proceedings of the Workshop on Quilts, Knots and Braids", "Quilts", 1999);
        check(
            "Proceedings of the First Workshop on Ethics and Quality of Machine Translation",
            "EthicsQualityMT",
            1999,
        );
        check(
            "Workshop on Incomprehensibilities of Antidisestablishmentarianism",
            "Incomprehensibilities",
            1999,
        );
        check("Computational Linguistics, Volume 47, Issue 2 - June 2021", "CL", 2021);
        check("1963", "1963", 1963);
        check("∂", "∂", 1999);
    }

    #[test]
    fn preprints_have_none() {
        assert_eq!(of("arXiv", NaiveDate::default()), None);
        assert_eq!(of("  ", NaiveDate::default()), None);
    }
}
