//! arXiv's line of authors as a list of names.

/// The names of `A. Author, B. Author (1) and C. Author ((1) Univ., Town)`, in order. What stands in parentheses is an
/// affiliation or a mark that points to one, and is dropped; commas and "and" within braces and parentheses part nothing.
/// `Jr.` and its like belong to the name before them, a collaboration's colon ends its name.
pub(super) fn names(line: &str) -> Vec<String> {
    let outside = without_parentheses(line);
    let mut names: Vec<String> = Vec::new();
    for piece in pieces(&outside) {
        let piece = piece.split_whitespace().collect::<Vec<_>>().join(" ");
        match names.last_mut() {
            _ if piece.is_empty() || is_nobody(&piece) => (),
            Some(before) if is_suffix(&piece) => *before = format!("{before}, {piece}"),
            _ => names.push(piece),
        }
    }
    names
}

/// The text outside of parentheses. One that never closes hides what follows: an affiliation that was cut off.
fn without_parentheses(line: &str) -> String {
    let mut outside = String::with_capacity(line.len());
    let (mut depth, mut escaped) = (0_usize, false);
    for c in line.chars() {
        match c {
            '(' if !escaped => depth += 1,
            ')' if !escaped => depth = depth.saturating_sub(1),
            _ if depth == 0 => outside.push(c),
            _ => (),
        }
        escaped = c == '\\';
    }
    outside
}

/// Parted at commas, semicolons, colons and the word "and", outside of braces.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut depth, mut escaped) = (0, 0_usize, false);
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let parting = match c {
            _ if escaped => 0,
            '{' => {
                depth += 1;
                0
            }
            '}' => {
                depth = depth.saturating_sub(1);
                0
            }
            _ if depth > 0 => 0,
            ',' | ';' | ':' => 1,
            '&' => 1,
            c if c.is_whitespace() => conjunction(&line[at..]),
            _ => 0,
        };
        escaped = c == '\\' && !escaped;
        if parting > 0 {
            pieces.push(&line[start..at]);
            start = at + parting;
            at = start;
        } else {
            at += c.len_utf8();
        }
    }
    pieces.push(&line[start..]);
    pieces
}

/// The length of white space and "and" before another word.
fn conjunction(rest: &str) -> usize {
    let word = rest.trim_start();
    let after =
        word.strip_prefix("and").filter(|after| after.starts_with(char::is_whitespace) || after.is_empty());
    after.map_or(0, |after| rest.len() - after.len())
}

fn is_suffix(piece: &str) -> bool {
    ["Jr.", "Jr", "Sr.", "Sr", "II", "III", "IV", "V", "2nd", "3rd"].contains(&piece)
}

/// Words that stand among names and are none.
fn is_nobody(piece: &str) -> bool {
    let piece = piece.to_ascii_lowercase();
    ["and", "et al", "et al.", "for the", "on behalf of the"].contains(&piece.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &[&str]) {
        assert_eq!(names(line), expected, "{line:?}");
    }

    #[test]
    fn lines_of_authors() {
        check("Ada Lovelace", &["Ada Lovelace"]);
        check("A. Author, B. Author", &["A. Author", "B. Author"]);
        check("A. Author and B. Author", &["A. Author", "B. Author"]);
        check("A. Author, B. Author, and C. Author", &["A. Author", "B. Author", "C. Author"]);
        check("A. Author,\n  B.\n Author", &["A. Author", "B. Author"]);
        check(
            "A. Author (1), B. Author (1 and 2), C. Author (2) ((1) Univ., Town, (2) Inst. of X)",
            &["A. Author", "B. Author", "C. Author"],
        );
        check("A. Author (Univ. of X, Town) and B. Author (Y (Z))", &["A. Author", "B. Author"]);
        check("A. Author (cut off, B. Author", &["A. Author"]);
        check("A. Author), B. Author", &["A. Author", "B. Author"]);
        check("Martin L. King, Jr., Ann Other", &["Martin L. King, Jr.", "Ann Other"]);
        check("Bob Fourth IV, Carl Third, III", &["Bob Fourth IV", "Carl Third, III"]);
        check(r#"P\'al Erd\H{o}s, J\"urgen M\"uller"#, &[r"P\'al Erd\H{o}s", r#"J\"urgen M\"uller"#]);
        check(r"{The A, B and C Team}, X. Y", &["{The A, B and C Team}", "X. Y"]);
        check(
            "The Deep Collaboration: A. Author, B. Author",
            &["The Deep Collaboration", "A. Author", "B. Author"],
        );
        check("Ferdin and Land, Andrea Anderson", &["Ferdin", "Land", "Andrea Anderson"]);
        check("A. Author; B. Author & C. Author", &["A. Author", "B. Author", "C. Author"]);
        check(r"Johnson \& Sons", &[r"Johnson \& Sons"]);
        check("A. Author, et al.", &["A. Author"]);
        check("", &[]);
        check(" , ,", &[]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_makes_it_panic(line in r#"([(){},:;&\\ ]|and|Jr\.|\PC){0,40}"#) {
            let _ = names(&line);
        }
    }
}
