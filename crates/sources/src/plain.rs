//! What a name or a title may consist of. Every source's text passes through here, by [`crate::draft`].

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// The most marks on one letter; real scripts need three.
const MARKS: usize = 6;

/// Text in composed form (NFC), without what is not seen: marks of direction, characters without width, control
/// characters. Joiners stay within the scripts that are written with them. White space other than a line's end is a space.
///
/// Source: Unicode Technical Report 36, sections 2.6 and 3.
pub(crate) fn plain(text: &str) -> String {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte)) {
        return text.trim().to_owned();
    }
    let mut plain = String::with_capacity(text.len());
    let (mut marks, mut joins) = (0, false);
    for c in text.nfc() {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        match c {
            '\n' => plain.push('\n'),
            '\u{200c}' | '\u{200d}' if joins => plain.push(c),
            c if c.is_whitespace() || c.is_control() => plain.push(' '),
            c if is_unseen(c) || marks > MARKS => continue,
            c => plain.push(c),
        }
        joins = is_joining(c);
    }
    plain.trim().to_owned()
}

/// [`plain`] on one line, with single spaces.
pub(crate) fn line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Marks of direction, and characters that take no room.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Letters of scripts in which a joiner changes what is read: Arabic, Syriac, those of India, Mongolian.
fn is_joining(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{8ff}' | '\u{900}'..='\u{dff}' | '\u{1820}'..='\u{18aa}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_not_kept() {
        let table = [
            ("Erdős", "Erdős"),
            ("Erdo\u{30b}s", "Erdős"),
            ("Ångström", "Ångström"),
            ("A\u{30a}ngstro\u{308}m", "Ångström"),
            ("\u{212b}ngstr\u{f6}m", "Ångström"),
            ("Vie\u{323}\u{302}t", "Việt"),
            ("한국", "한국"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("a\u{202e}cod.exe\u{202c}b", "acod.exeb"),
            ("\u{2066}x\u{2069}", "x"),
            ("\u{2067}x\u{2068}y", "xy"),
            ("\u{202a}x\u{202b}y\u{202d}z", "xyz"),
            ("\u{200e}left\u{200f}", "left"),
            ("\u{61c}x", "x"),
            ("pass\u{200b}word", "password"),
            ("\u{feff}BOM", "BOM"),
            ("word\u{2060}joiner", "wordjoiner"),
            ("soft\u{ad}hyphen", "softhyphen"),
            ("a\u{200d}b", "ab"),
            ("a\u{200c}b", "ab"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
            ("gra\u{34f}pheme", "grapheme"),
            ("Hangul\u{3164}filler", "Hangulfiller"),
            ("half\u{ffa0}width", "halfwidth"),
            ("tag\u{e0041}s", "tags"),
            ("selector\u{fe0f}", "selector"),
            ("in\u{2063}visible\u{2062}", "invisible"),
            ("old\u{206a}marks\u{206f}", "oldmarks"),
            ("anno\u{fff9}ta\u{fffb}tion", "annotation"),
            ("nul\0byte", "nul byte"),
            ("bell\u{7}", "bell"),
            ("escape\u{1b}[31m", "escape [31m"),
            ("c1\u{85}control", "c1 control"),
            ("tab\tand\rreturn", "tab and return"),
            ("no\u{a0}break", "no break"),
            ("thin\u{2009}space\u{3000}wide", "thin space wide"),
            ("line\u{2028}separator", "line separator"),
            (" trimmed ", "trimmed"),
            ("two\nlines", "two\nlines"),
            ("$x^2$ – “q”", "$x^2$ – “q”"),
            ("", ""),
        ];
        for (given, expected) in table {
            assert_eq!(plain(given), expected, "{given:?}");
        }
    }

    #[test]
    fn a_letter_bears_few_marks() {
        let zalgo = format!("z{}a", "\u{323}".repeat(10_000));
        assert_eq!(plain(&zalgo).chars().count(), 1 + MARKS + 1);
    }

    #[test]
    fn one_line_has_single_spaces() {
        assert_eq!(line(" a\n  b\u{a0}\u{200b} c "), "a b c");
    }
}
