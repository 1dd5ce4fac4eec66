/// Who wrote a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// A name with its parts.
    Human {
        /// Given names, as written. May be empty.
        given: String,
        /// `van der`, in lower case. May be empty.
        particle: String,
        /// The family name.
        family: String,
        /// `Jr.`, `III`. May be empty.
        suffix: String,
    },
    /// A name in Chinese, Japanese or Korean writing, family name first and nothing between.
    Eastern {
        /// The family name.
        family: String,
        /// Given names.
        given: String,
    },
    /// A collaboration, a company, or a name that has no parts.
    Whole(String),
}

/// Words of names that many people share.
const GROUPS: [&str; 14] = [
    "collaboration",
    "collaborations",
    "consortium",
    "team",
    "group",
    "project",
    "committee",
    "foundation",
    "institute",
    "laboratory",
    "university",
    "association",
    "inc",
    "ltd",
];

/// Ends of such names in Chinese.
const CHINESE_GROUPS: [&str; 6] = ["团队", "小组", "课题组", "合作组", "委员会", "公司"];

const SUFFIXES: [&str; 9] = ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "Jnr", "Jnr."];

/// Parts of family names that begin small.
const PARTICLES: [&str; 27] = [
    "van", "von", "der", "den", "de", "del", "della", "dell", "di", "da", "dos", "das", "do", "du", "la",
    "le", "ter", "ten", "te", "zu", "zur", "zum", "af", "av", "el", "'t", "d'",
];

/// The same where they begin large: then they belong to the family name. `Van` alone is more often a given name.
const LARGE_PARTICLES: [&str; 11] =
    ["De", "Del", "Della", "Di", "Da", "Du", "Dos", "Von", "St.", "San", "Santa"];

/// Chinese family names of two characters.
const DOUBLE_NAMES: [&str; 18] = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙",
    "端木", "夏侯", "轩辕", "南宫", "歐陽",
];

impl Person {
    /// The person of a name as it is written: given names first, or `Family, Given`. Nothing where there is no name.
    pub fn of(name: &str) -> Option<Self> {
        let name = crate::plain::text(name);
        if name.is_empty() {
            return None;
        }
        if is_group(&name) {
            return Some(Self::Whole(name));
        }
        if is_eastern(&name) {
            return Some(eastern(&name));
        }
        let parts: Vec<&str> = name.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        Some(match parts.as_slice() {
            [one] => human(one),
            [name, suffix] if SUFFIXES.contains(suffix) => with_suffix(human(name), suffix),
            [family, given] => turned(family, given, ""),
            [family, suffix, given] if SUFFIXES.contains(suffix) => turned(family, given, suffix),
            _ => Self::Whole(name),
        })
    }

    /// `Family, Given`, as most formats sort names; a name without parts as it is.
    pub fn inverted(&self) -> String {
        match self {
            Self::Human { given, particle, family, suffix } => {
                let family = joined([particle, family]);
                let parts = [family.as_str(), given, suffix];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
            }
            Self::Eastern { family, given } => format!("{family}, {given}"),
            Self::Whole(name) => name.clone(),
        }
    }

    /// As it is read.
    pub fn full(&self) -> String {
        match self {
            Self::Human { given, particle, family, suffix } => joined([given, particle, family, suffix]),
            Self::Eastern { family, given } => format!("{family}{given}"),
            Self::Whole(name) => name.clone(),
        }
    }

    /// What it is sorted by.
    pub(crate) fn family(&self) -> &str {
        match self {
            Self::Human { family, .. } | Self::Eastern { family, .. } => family,
            Self::Whole(name) => name,
        }
    }
}

/// Some parts of a name with a space between.
pub(crate) fn joined<const N: usize>(parts: [&String; N]) -> String {
    let parts: Vec<&str> = parts.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}

fn is_group(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let of_many = words.any(|word| GROUPS.contains(&word.as_str()) || word == "and");
    of_many || name.starts_with("The ") || CHINESE_GROUPS.iter().any(|end| name.ends_with(end))
}

/// Whether it is written in one piece in Chinese characters, kana or hangul, and short enough for a person's name.
fn is_eastern(name: &str) -> bool {
    let eastern =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    name.chars().all(|c| eastern(c) || c == ' ') && name.chars().filter(|c| *c != ' ').count() <= 6
}

fn eastern(name: &str) -> Person {
    if let Some((family, given)) = name.split_once(' ') {
        return Person::Eastern { family: family.into(), given: given.replace(' ', "") };
    }
    let double = DOUBLE_NAMES.iter().any(|family| name.starts_with(family));
    let count = name.chars().count();
    let length = if double && count > 2 { 2 } else { 1 };
    match name.char_indices().nth(length) {
        Some((at, _)) if count <= length + 3 => {
            Person::Eastern { family: name[..at].into(), given: name[at..].into() }
        }
        _ => Person::Whole(name.into()),
    }
}

/// A name with the given names first.
fn human(name: &str) -> Person {
    let mut words: Vec<&str> = name.split(' ').collect();
    let suffix =
        words.pop_if(|last| SUFFIXES.contains(last) && name.matches(' ').count() > 1).unwrap_or_default();
    let Some((last, before)) = words.split_last().filter(|(_, before)| !before.is_empty()) else {
        return Person::Whole(name.into());
    };
    let family_from = large(before).unwrap_or(before.len());
    let particle_from = before[..family_from].iter().position(|word| PARTICLES.contains(word));
    // After a particle all is family: Charles de la Vallée Poussin.
    let particles = particle_from.map_or(&[][..], |from| {
        let length = before[from..].iter().take_while(|word| PARTICLES.contains(word)).count();
        &before[from..from + length]
    });
    let given_to = particle_from.unwrap_or(family_from);
    let family: Vec<&str> = before[given_to + particles.len()..].iter().chain([last]).copied().collect();
    Person::Human {
        given: before[..given_to].join(" "),
        particle: particles.join(" "),
        family: family.join(" "),
        suffix: suffix.into(),
    }
}

/// Where a family name with a large particle begins among the words before the last.
fn large(before: &[&str]) -> Option<usize> {
    let at = before.len().checked_sub(1).filter(|at| *at > 0)?;
    let dutch =
        at > 1 && before[at - 1] == "Van" && ["Der", "Den", "De", "der", "den", "de"].contains(&before[at]);
    let one = LARGE_PARTICLES.contains(&before[at]).then_some(at);
    if dutch { Some(at - 1) } else { one }
}

fn turned(family: &str, given: &str, suffix: &str) -> Person {
    let words: Vec<&str> = family.split(' ').collect();
    let length = words.iter().take_while(|word| PARTICLES.contains(word)).count();
    let length = if length == words.len() { 0 } else { length };
    Person::Human {
        given: given.into(),
        particle: words[..length].join(" "),
        family: words[length..].join(" "),
        suffix: suffix.into(),
    }
}

fn with_suffix(person: Person, given_suffix: &str) -> Person {
    match person {
        Person::Human { given, particle, family, .. } => {
            Person::Human { given, particle, family, suffix: given_suffix.into() }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Given names, particle, family name and suffix; `=` before a whole name, and `family/given` of the East.
    fn check(name: &str, expected: &str) {
        let shown = match Person::of(name) {
            None => "nobody".into(),
            Some(Person::Whole(name)) => format!("={name}"),
            Some(Person::Eastern { family, given }) => format!("{family}/{given}"),
            Some(Person::Human { given, particle, family, suffix }) => {
                [given, particle, family, suffix].join("|")
            }
        };
        assert_eq!(shown, expected, "{name:?}");
    }

    #[test]
    fn western_names() {
        check("Jianlin Su", "Jianlin||Su|");
        check("Su, Jianlin", "Jianlin||Su|");
        check("  Juan  M. Maldacena ", "Juan M.||Maldacena|");
        check("Martin Luther King Jr.", "Martin Luther||King|Jr.");
        check("Martin Luther King, Jr.", "Martin Luther||King|Jr.");
        check("King, Jr., Martin Luther", "Martin Luther||King|Jr.");
        check("John Smith III", "John||Smith|III");
        check("Hyphen-Name Ångström-Øre", "Hyphen-Name||Ångström-Øre|");
    }

    #[test]
    fn particles() {
        check("B. L. van der Waerden", "B. L.|van der|Waerden|");
        check("van der Waerden, B. L.", "B. L.|van der|Waerden|");
        check("Charles de la Vallée Poussin", "Charles|de la|Vallée Poussin|");
        check("Laurens Van Der Maaten", "Laurens||Van Der Maaten|");
        check("Giuseppe De Giacomo", "Giuseppe||De Giacomo|");
        check("Tuan Van Nguyen", "Tuan Van||Nguyen|");
        check("De Andrade", "De||Andrade|");
        check("van Gogh", "|van|Gogh|");
    }

    #[test]
    fn eastern_names() {
        check("苏剑林", "苏/剑林");
        check("苏 剑林", "苏/剑林");
        check("欧阳修", "欧阳/修");
        check("砚石", "砚/石");
        check("김연아", "김/연아");
        check("苏", "=苏");
        check("阿尔伯特·爱因斯坦", "=阿尔伯特·爱因斯坦");
        check("中国科学院数学研究所", "=中国科学院数学研究所");
        check("悟空团队", "=悟空团队");
    }

    #[test]
    fn what_has_no_parts() {
        check("ATLAS Collaboration", "=ATLAS Collaboration");
        check("The LIGO Scientific Collaboration", "=The LIGO Scientific Collaboration");
        check("Gemini Team, Google", "=Gemini Team, Google");
        check("Barnes and Noble, Inc.", "=Barnes and Noble, Inc.");
        check("OpenAI", "=OpenAI");
        check("", "nobody");
        check(" \u{0}\n ", "nobody");
        check("a, b, c, d", "=a, b, c, d");
        check(",", "=,");
    }
}
