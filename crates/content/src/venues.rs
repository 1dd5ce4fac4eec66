//! What editions of venues are called.

/// What comes before the name of a volume or a track.
const MARKS: [&str; 5] = [" (Volume ", ", Volume ", ": Volume ", " - Volume ", " notable top "];
/// Parts that stand at the end, after a colon, in parentheses, or as they are.
const PARTS: [&str; 17] = [
    "long papers",
    "short papers",
    "technical papers",
    "main papers",
    "posters",
    "main conference",
    "system demonstrations",
    "demonstrations",
    "tutorial abstracts",
    "tutorials",
    "student research workshop",
    "industry track",
    "main",
    "oral",
    "poster",
    "spotlight",
    "highlight",
];

/// The name of an edition without what names a part of it: most papers are in some volume, or were given in some way,
/// and the edition is called like none of them.
///
/// ```
/// assert_eq!(content::whole_edition("Proceedings of the Meeting (Volume 1: Long Papers)"), "Proceedings of the Meeting");
/// assert_eq!(content::whole_edition("ICLR 2025 Oral"), "ICLR 2025");
/// ```
pub fn whole_edition(name: &str) -> &str {
    let end = MARKS.iter().filter_map(|mark| name.find(mark)).min();
    let mut whole = name[..end.unwrap_or(name.len())].trim_end();
    while let Some(shorter) = without_part(whole) {
        whole = shorter;
    }
    if whole.is_empty() { name } else { whole }
}

/// A name without the part at its end.
fn without_part(name: &str) -> Option<&str> {
    let inside = name.strip_suffix(')').unwrap_or(name);
    let sign = |c: char| c.is_whitespace() || matches!(c, ':' | '(' | ',' | '-');
    PARTS.iter().find_map(|part| {
        let start = inside.len().checked_sub(part.len()).filter(|start| inside.is_char_boundary(*start))?;
        let (before, end) = inside.split_at(start);
        let whole = before.trim_end_matches(sign);
        // A word that only ends like this is another word.
        let apart = whole.len() < before.len() && !whole.is_empty();
        (apart && end.eq_ignore_ascii_case(part)).then_some(whole)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expected: &str) {
        assert_eq!(whole_edition(name), expected);
    }

    #[test]
    fn names_without_parts() {
        check(
            "Proceedings of the 61st Annual Meeting (Volume 2: Short Papers)",
            "Proceedings of the 61st Annual Meeting",
        );
        check(
            "Proceedings of the Meeting: Human Language Technologies, Volume 1 (Long Papers)",
            "Proceedings of the Meeting: Human Language Technologies",
        );
        check("Proceedings of the Meeting: System Demonstrations", "Proceedings of the Meeting");
        check("Proceedings of COLING 2016: Technical Papers", "Proceedings of COLING 2016");
        check("ICML 2024 Spotlight Poster", "ICML 2024");
        check("ICLR 2023 notable top 5%", "ICLR 2023");
        check("EMNLP 2023 Main", "EMNLP 2023");
        check("Computational Linguistics, Volume 47, Issue 2 - June 2021", "Computational Linguistics");
    }

    #[test]
    fn names_that_have_none() {
        for name in [
            "Findings of the Association: EMNLP 2022",
            "Advances in Systems 36",
            "Poster",
            "Domain",
            "",
            "旋转会议",
        ] {
            check(name, name);
        }
    }
}
