use std::sync::LazyLock;

use hanconv::RawDictionary::{HKVariants, TSCharacters};

/// The first Chinese character that Unicode has, after which all others come.
const FIRST: char = '\u{3400}';

/// The form of each character from [`FIRST`] on; NUL where it is its own.
///
/// The tables are OpenCC's (Apache-2.0), which choose where Unihan only lists, as `hanconv` (MIT) carries
/// them: no build script, one small dependency, 35 kB of text. Nothing else of it is used, because its
/// conversion looks at phrases and may change a text's length.
static FORMS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut forms = Vec::new();
    let traditional = || TSCharacters.iter().filter_map(pair);
    for (from, to) in traditional() {
        set(&mut forms, from, to);
    }
    // A simplified form may itself be a traditional one, and Hong Kong has forms of traditional ones.
    let again = |(from, to)| (from, form(&forms, to));
    let later: Vec<_> = HKVariants.inv_iter().filter_map(pair).chain(traditional()).map(again).collect();
    for (from, to) in later {
        set(&mut forms, from, to);
    }
    forms
});

/// The simplified form of a Chinese character; every other character is its own.
///
/// It looks at one character, so what has two simplified forms gets the usual one: `乾` is `干`.
pub(crate) fn simplified(c: char) -> char {
    if c < FIRST { c } else { form(&FORMS, c) }
}

fn form(forms: &[char], c: char) -> char {
    forms.get(c as usize - FIRST as usize).copied().filter(|form| *form != '\0').unwrap_or(c)
}

fn set(forms: &mut Vec<char>, from: char, to: char) {
    let index = from as usize - FIRST as usize;
    if forms.len() <= index {
        forms.resize(index + 1, '\0');
    }
    forms[index] = to;
}

/// Two single characters, the first one Chinese.
fn pair((from, to): (&str, &str)) -> Option<(char, char)> {
    let single = |text: &str| text.chars().next().filter(|c| c.len_utf8() == text.len());
    Some((single(from)?, single(to)?)).filter(|pair| pair.0 >= FIRST && pair.1 >= FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(traditional: &str, expected: &str) {
        assert_eq!(traditional.chars().map(simplified).collect::<String>(), expected, "{traditional:?}");
    }

    #[test]
    fn both_scripts_meet() {
        check("數學與臺灣後來", "数学与台湾后来");
        check("机器学习", "机器学习");
        check("人工衞星", "人工卫星");
        check("裡裏 為爲 羣群 髮發", "里里 为为 群群 发发");
        check("苧薴", "苎苎");
        check("図書館 ヴァイオリン 한국어", "図书馆 ヴァイオリン 한국어");
        check("abc é \u{10ffff}", "abc é \u{10ffff}");
    }

    #[test]
    fn a_simplified_form_is_final() {
        for c in '\0'..=char::MAX {
            let once = simplified(c);
            assert_eq!(simplified(once), once, "{c:?}");
            assert_eq!(c.is_ascii(), once.is_ascii(), "{c:?}");
        }
    }
}
