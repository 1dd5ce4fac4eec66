use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Text as it is compared: lower case, without accents, compatibility forms replaced.
///
/// ```
/// assert_eq!(words::fold("Ångström ﬁeld, Ｗ²"), "angstrom field, w2");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, |c| folded.push(c)));
    folded
}

/// The characters that one character is compared as; none for a combining mark.
pub(crate) fn fold_char(c: char, mut put: impl FnMut(char)) {
    if c.is_ascii() {
        return put(c.to_ascii_lowercase());
    }
    for c in std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match undecomposed(c) {
            Some(latin) => latin.chars().for_each(&mut put),
            None if is_combining_mark(c) => (),
            None => put(c),
        }
    }
}

/// Letters whose stroke or ligature Unicode does not take apart.
fn undecomposed(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ȷ' => "j",
        'ŋ' => "n",
        'ς' => "σ",
        _ => return None,
    })
}

/// The name of a lower-case Greek letter, under which TeX and plain text meet.
pub(crate) fn greek(c: char) -> Option<&'static str> {
    const NAMES: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    let index = (c as usize).checked_sub('α' as usize)?;
    NAMES.get(index).copied()
}

/// Whether a character belongs to a script that is written without spaces between words.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
        && c != '\u{30fb}'
}

/// Whether a character may stand inside a word without being part of it.
pub(crate) fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
        || (c > '\u{2ff}' && is_combining_mark(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text), expected, "{text:?}");
    }

    #[test]
    fn folding() {
        check("Schrödinger", "schrodinger");
        check("Schro\u{308}dinger", "schrodinger");
        check("Erdős Łukasiewicz Ørsted", "erdos lukasiewicz orsted");
        check("STRASSE Straße", "strasse strasse");
        check("ﬂow ＧＰＴ４", "flow gpt4");
        check("𝒳 𝛼 ℝ", "x α r");
        check("İstanbul", "istanbul");
        check("初始化", "初始化");
        check("ΣΑΣ", "σασ");
    }

    #[test]
    fn greek_names() {
        assert_eq!(greek('α'), Some("alpha"));
        assert_eq!(greek('ω'), Some("omega"));
        assert_eq!(greek('a'), None);
        assert_eq!(greek('ϊ'), None);
    }
}
