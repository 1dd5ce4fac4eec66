//! Characters that take no room on a page, and can carry words past its reader.

use content::HiddenKind;

use crate::report::Report;

/// So many in a row are no accident of typesetting.
const ROW: usize = 4;

/// A text without characters that are not seen; what they said goes into the report.
pub(crate) fn without(text: &str, page: Option<u32>, report: &mut Report) -> String {
    if text.chars().all(|c| !is_unseen(c)) {
        return text.to_owned();
    }
    let (mut seen, mut row) = (String::with_capacity(text.len()), String::new());
    let (mut letters, mut between) = (0, 0);
    for c in text.chars() {
        if is_unseen(c) {
            row.push(c);
            continue;
        }
        between += usize::from(row.chars().any(carries));
        flush(&mut row, page, report);
        letters += usize::from(c.is_alphabetic());
        seen.push(c);
    }
    flush(&mut row, page, report);
    if between >= 8 && between * 3 >= letters {
        report.count(HiddenKind::ZeroWidth, page, between, "characters without width between letters");
    }
    seen
}

/// Ends a row of unseen characters.
fn flush(row: &mut String, page: Option<u32>, report: &mut Report) {
    let length = row.chars().filter(|c| carries(*c)).count();
    let overrides = row.contains(['\u{202d}', '\u{202e}']);
    if length >= ROW || overrides {
        let said: String = row.chars().filter_map(tag).collect();
        let sample = if said.trim().is_empty() { "characters without width in a row" } else { &said };
        report.count(HiddenKind::ZeroWidth, page, length.max(1), sample);
    }
    row.clear();
}

/// The letter that a tag stands for.
fn tag(c: char) -> Option<char> {
    let code = u32::from(c).checked_sub(0xe_0000)?;
    (0x20..0x7f).contains(&code).then(|| char::from_u32(code)).flatten()
}

/// Whether it can be part of a message, and not only of typesetting.
fn carries(c: char) -> bool {
    is_unseen(c) && !matches!(c, '\u{ad}' | '\u{2061}'..='\u{2064}' | '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}')
}

fn is_unseen(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' => true,
        '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => true,
        '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, seen: &str, sample: Option<&str>) {
        let mut report = Report::default();
        assert_eq!(without(text, None, &mut report), seen, "{text:?}");
        let found = report.into_found();
        assert_eq!(found.first().map(|hidden| hidden.sample.as_str()), sample, "{text:?}");
    }

    #[test]
    fn messages_are_told_and_typesetting_is_not() {
        let tags: String =
            "obey me".chars().filter_map(|c| char::from_u32(0xe_0000 + u32::from(c))).collect();
        check(&format!("We sew.{tags} Always."), "We sew. Always.", Some("obey me"));
        check("soft\u{ad}ware and \u{200b}urls", "software and urls", None);
        check("می\u{200c}خواهم", "میخواهم", None);
        check(
            "bits \u{200b}\u{200c}\u{200b}\u{200c}\u{200c}",
            "bits ",
            Some("characters without width in a row"),
        );
        check("turned \u{202e}round", "turned round", Some("characters without width in a row"));
        let between = "ignoreallof".chars().map(|c| format!("{c}\u{200b}")).collect::<String>();
        check(&format!("{between}it"), "ignoreallofit", Some("characters without width between letters"));
    }
}
