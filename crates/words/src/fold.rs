use unicode_normalization::{
    UnicodeNormalization as _,
    char::{canonical_combining_class, is_combining_mark},
};

use crate::simplified::simplified;

/// Text as it is compared: lower case, without accents, compatibility forms replaced, Chinese simplified.
///
/// ```
/// assert_eq!(words::fold("Ångström ﬁeld, Ｗ² 數學"), "angstrom field, w2 数学");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        folded.push_str(text);
        folded.make_ascii_lowercase();
    } else {
        text.nfkc().for_each(|c| fold_char(c, |c| folded.push(c)));
    }
    folded
}

/// Only the letters and digits of a text, folded, with nothing between them; Greek letters and mathematical
/// signs by name. Two spellings of one title are the same here.
///
/// ```
/// assert_eq!(words::letters("Pre-training: Erdős & α"), words::letters("pre training erdos alpha"));
/// ```
pub fn letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in fold(text).chars().filter(|c| is_wordly(*c)) {
        match spoken(c) {
            Some(word) => letters.push_str(word),
            None => letters.push(c),
        }
    }
    letters
}

/// The characters that one character is compared as; none for an accent.
pub(crate) fn fold_char(c: char, mut put: impl FnMut(char)) {
    if c.is_ascii() {
        return put(c.to_ascii_lowercase());
    }
    if is_unspaced(c) {
        return put(fold_unspaced(c));
    }
    for c in std::iter::once(c).nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase) {
        match undecomposed(c) {
            Some(latin) => latin.chars().for_each(&mut put),
            None if is_accent(c) => (),
            None => put(c),
        }
    }
}

/// The one character that a character of an [unspaced](is_unspaced) script is compared as.
pub(crate) fn fold_unspaced(c: char) -> char {
    let wide = match c {
        '\u{2f00}'..='\u{2fd5}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9f}'
        | '\u{2f800}'..='\u{2fa1f}' => std::iter::once(c).nfkc().next().unwrap_or(c),
        _ => c,
    };
    simplified(wide)
}

/// Whether a mark only changes a letter. The vowels of Indian scripts are marks too, but letters of
/// their own: they have no class.
fn is_accent(c: char) -> bool {
    c > '\u{2ff}' && is_combining_mark(c) && (canonical_combining_class(c) != 0 || !c.is_alphabetic())
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
        // Apostrophes and primes that count as letters.
        'ʹ' | 'ʺ' | 'ʻ' | 'ʼ' | 'ʽ' => "",
        _ => return None,
    })
}

/// The word for a lower-case Greek letter or a mathematical sign, under which TeX and plain text meet.
pub(crate) fn spoken(c: char) -> Option<&'static str> {
    const GREEK: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
        "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi",
        "omega",
    ];
    match c {
        'α'..='ω' => GREEK.get(c as usize - 'α' as usize).copied(),
        '∞' => Some("infinity"),
        '∂' => Some("partial"),
        '∇' => Some("nabla"),
        '√' => Some("sqrt"),
        '∑' => Some("sum"),
        '∏' => Some("product"),
        '∫' => Some("integral"),
        _ => None,
    }
}

/// Whether a character is part of a word.
pub(crate) fn is_wordly(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && spoken(c).is_some())
}

/// A full-width sign or digit as its ASCII form.
pub(crate) fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from(u8::try_from(c as u32 - 0xfee0).unwrap_or(b'?')),
        _ => c,
    }
}

/// Whether a character belongs to a script whose words are found by pairs of characters: it is written
/// without spaces between words, or, as Korean, with endings that no stemmer here takes off.
pub(crate) fn is_unspaced(c: char) -> bool {
    match c {
        '\0'..='\u{dff}' => false,
        // Thai, Lao, Burmese, Khmer: letters, vowels and tones; not digits.
        '\u{e01}'..='\u{e3a}' | '\u{e40}'..='\u{e4e}' | '\u{e81}'..='\u{ebd}' | '\u{ec0}'..='\u{ece}' => true,
        '\u{1000}'..='\u{103f}' | '\u{1050}'..='\u{108f}' | '\u{1780}'..='\u{17d3}' => true,
        // Korean, whole and in parts.
        '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' => true,
        // Chinese and Japanese, with radicals and narrow kana.
        '\u{30fb}' => false,
        '\u{2f00}'..='\u{2fd5}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' => true,
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' => true,
        '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3347f}' => true,
        _ => false,
    }
}

/// Whether a character may stand inside a word without being part of it.
pub(crate) fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
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
        check("數學 圖書館 ⾃然", "数学 图书馆 自然");
        check("ﾊﾞｲｵ バイオ ハ\u{3099}イオ", "バイオ バイオ バイオ");
        check("한국어 \u{1112}\u{1161}\u{11ab}국어", "한국어 한국어");
        check("हिन्दी ภาษาไทย", "हिनदी ภาษาไทย");
        check("Oʻahu", "oahu");
    }

    #[test]
    fn letters_and_signs_by_name() {
        assert_eq!(spoken('α'), Some("alpha"));
        assert_eq!(spoken('ω'), Some("omega"));
        assert_eq!(spoken('∞'), Some("infinity"));
        assert_eq!(spoken('a'), None);
        assert_eq!(spoken('ϊ'), None);
    }
}
