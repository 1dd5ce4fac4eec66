use super::entry::unprotected;

/// The names of an `author` field as plain text, given names first. `others` is nobody.
pub(super) fn all(field: &str) -> Vec<String> {
    let names = parts(field, |rest| {
        let word = rest.get(..5).filter(|word| word.eq_ignore_ascii_case(" and "));
        word.map(|_| 4)
    });
    names.into_iter().map(turned).filter(|name| !name.is_empty() && name != "others").collect()
}

/// `van der Waerden, B. L.` as `B. L. van der Waerden`, and `King, Jr., Martin` as `Martin King Jr.`.
fn turned(name: &str) -> String {
    let parts: Vec<&str> = parts(name, |rest| rest.starts_with(',').then_some(1));
    let turned = match parts.as_slice() {
        [family, given] => format!("{given} {family}"),
        [family, suffix, given] => format!("{given} {family} {suffix}"),
        _ => name.to_owned(),
    };
    tex::text_mode(&unprotected(&turned))
}

/// The parts between what `separator` finds outside of braces; it says how many bytes a separator takes.
fn parts(text: &str, separator: impl Fn(&str) -> Option<usize>) -> Vec<&str> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 && at >= start => {
                if let Some(length) = separator(&text[at..]) {
                    parts.push(text[start..at].trim());
                    start = at + length;
                }
            }
            _ => (),
        }
    }
    parts.push(text[start..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let check = |field: &str, expected: &[&str]| assert_eq!(all(field), expected, "{field}");
        check("Su, Jianlin and Yu Lu", &["Jianlin Su", "Yu Lu"]);
        check("van der Waerden, B. L. AND King, Jr., Martin", &["B. L. van der Waerden", "Martin King Jr."]);
        check(
            "{ATLAS Collaboration} and {Barnes and Noble, Inc.}",
            &["ATLAS Collaboration", "Barnes and Noble, Inc."],
        );
        check(r#"Schr{\"o}dinger, Erwin and Erd\H{o}s, P."#, &["Erwin Schrödinger", "P. Erdős"]);
        check("A and and B and others", &["A", "B"]);
        check("", &[]);
        check("Anders Anderson and Brand Sandy", &["Anders Anderson", "Brand Sandy"]);
    }
}
