//! Identifiers of papers, in every spelling that people paste.

use content::ArxivId;
use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization as _;

/// The most identifiers of one query.
const MOST: usize = 100;
/// The shortest word that may be an identifier of a source without a form of its own, in characters.
const SHORTEST: usize = 6;
/// Hosts whose addresses are also typed without `https://`.
const HOSTS: &[&str] = &["arxiv.org", "aclanthology.org", "openreview.net", "doi.org"];

/// Something that names one paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// As it was typed.
    pub(crate) typed: String,
    /// The identifiers that it can mean, in lower case.
    pub(crate) keys: Vec<String>,
    /// Whether it can be nothing else.
    pub(crate) sure: bool,
}

/// The papers that a query names, if it does nothing else.
pub(crate) fn named(text: &str) -> Vec<Named> {
    let words =
        text.split([' ', ',', ';', '\t', '\n', '\r', '，', '；', '、']).filter(|word| !word.is_empty());
    let mut named: Vec<Named> = Vec::new();
    for word in words {
        // The category that arXiv prints behind an identifier, and names that stand before one.
        let category = !named.is_empty() && word.starts_with('[') && word.ends_with(']');
        if category || ["arxiv", "arxiv:", "doi", "doi:", "id:"].contains(&&*word.to_lowercase()) {
            continue;
        }
        let Some(one) = one(word) else { return perhaps(text).into_iter().collect() };
        if !named.iter().any(|other| other.keys == one.keys) {
            named.push(one);
        }
    }
    named.truncate(MOST);
    named
}

/// The identifiers, in lower case, that something typed as one can mean: whatever it looks like, itself.
pub(crate) fn keys(typed: &str) -> Vec<String> {
    one(typed).map_or_else(|| vec![bare(typed).to_lowercase()], |named| named.keys)
}

/// Something that can be nothing but an identifier.
fn one(typed: &str) -> Option<Named> {
    let typed = bare(typed);
    let narrow: String = typed.nfkc().collect();
    let text = narrow.as_str();
    let keys = arxiv(text).or_else(|| address(text)).or_else(|| doi(text)).or_else(|| anthology(text))?;
    Some(Named { typed: typed.to_owned(), keys, sure: true })
}

/// A single word that may be an identifier: `05T81ScPFb`, `acl/P19-1001`. A word of a language may be one somewhere, too;
/// whoever types it looks for the word.
fn perhaps(text: &str) -> Option<Named> {
    let typed = text.trim();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"./_-@".contains(&byte);
    let likely = typed.len() >= SHORTEST
        && typed.bytes().all(is_part)
        && typed.bytes().any(|byte| byte.is_ascii_digit())
        && typed.bytes().any(|byte| byte.is_ascii_alphabetic());
    likely.then(|| Named { typed: typed.to_owned(), keys: own(typed.to_lowercase()).collect(), sure: false })
}

/// An identifier as this site's addresses write it: with the source behind it.
fn own(id: String) -> impl Iterator<Item = String> {
    let bare = id.rsplit_once('@').map(|(bare, _)| bare.to_owned());
    [Some(id), bare].into_iter().flatten()
}

/// Without the marks around it and the names before it.
fn bare(typed: &str) -> &str {
    let bare = typed.trim_matches(['"', '\'', '(', ')', '[', ']', '<', '>', '“', '”', ' ', '.', ',', ';']);
    let named = bare.split_once([':', '：']).filter(|(name, rest)| {
        !rest.is_empty()
            && !rest.starts_with("//")
            && ["arxiv", "doi", "id", "acl", "openreview"].contains(&&*name.to_lowercase())
    });
    named.map_or(bare, |(_, rest)| rest)
}

/// `2401.01234v3`, `hep-th/9901001`, with what is often put behind it.
fn arxiv(text: &str) -> Option<Vec<String>> {
    // The category that arXiv prints behind it.
    let text = text.split_once('[').map_or(text, |(id, _)| id);
    let id: ArxivId = text.trim_end_matches(".pdf").parse().ok()?;
    Some(vec![id.id().to_owned()])
}

/// A page of a source, or of somebody who shows papers under the sources' identifiers.
fn address(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    let path = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let known = |host: &str| HOSTS.contains(&host.trim_start_matches("www."));
    let (host, path) = match path {
        Some(path) => path.split_once('/')?,
        // Of this site, or of one that everybody knows.
        None => lower.split_once('/').filter(|(host, path)| {
            known(host) || host.is_empty() && (path.starts_with("venue/") || path.starts_with("arxiv/"))
        })?,
    };
    if host.ends_with("doi.org") {
        return doi(path);
    }
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let id = query.split(['&', '#']).find_map(|pair| pair.strip_prefix("id="));
    let path =
        path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').trim_end_matches(".pdf");
    let mut ends = path.rmatch_indices('/').map(|(slash, _)| &path[slash + 1..]).chain([path]);
    let ends = [id, ends.next(), ends.next()].into_iter().flatten();
    let ends = ends.map(|end| percent_decode_str(end).decode_utf8_lossy().into_owned());
    let ends: Vec<_> = ends.flat_map(own).filter(|end| !end.is_empty()).collect();
    let keys = ends.iter().find_map(|end| arxiv(end)).unwrap_or(ends);
    (!keys.is_empty()).then_some(keys)
}

/// `10.48550/arXiv.2401.01234`, `10.18653/v1/2020.acl-main.703`, `10.1000/abc123`.
fn doi(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase();
    let (registrant, name) = lower.strip_prefix("10.")?.split_once('/')?;
    let numbered =
        registrant.len() >= 4 && registrant.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !numbered || name.is_empty() {
        return None;
    }
    let ours = match registrant {
        "48550" => name.strip_prefix("arxiv.").and_then(arxiv),
        "18653" => name.strip_prefix("v1/").map(|id| vec![id.to_owned()]),
        _ => None,
    };
    Some(ours.unwrap_or_default().into_iter().chain([lower.clone()]).collect())
}

/// Identifiers of the ACL Anthology: `2024.acl-long.5`, `P19-1234`.
fn anthology(text: &str) -> Option<Vec<String>> {
    let digits =
        |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<_> = text.split('.').collect();
    let new = matches!(parts[..], [year, volume, number]
        if digits(year, 4) && volume.contains('-') && volume.starts_with(|c: char| c.is_ascii_alphabetic())
            && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
    let old = text.split_once('-').is_some_and(|(volume, number)| {
        volume.len() == 3
            && volume.starts_with(|c: char| c.is_ascii_alphabetic())
            && digits(&volume[1..], 2)
            && digits(number, 4)
    });
    (new || old).then(|| vec![text.to_lowercase()])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The identifiers that a query names, `|` between what one of them can mean.
    fn check(text: &str, expected: &str) {
        let found: Vec<_> = named(text).iter().map(|named| named.keys.join("|")).collect();
        assert_eq!(found.join(" "), expected, "{text:?}");
    }

    #[test]
    fn arxiv_identifiers() {
        for text in [
            "2401.01234",
            "2401.01234v3",
            "2401.1234",
            "arXiv:2401.01234",
            "arxiv:2401.01234v2",
            "ARXIV: 2401.01234",
            "arXiv:2401.01234v1 [cs.LG]",
            "[2401.01234]",
            "(arXiv:2401.01234).",
            "\"2401.01234\"",
            "2401.01234.pdf",
            "https://arxiv.org/abs/2401.01234",
            "https://arxiv.org/abs/2401.01234v2",
            "http://arxiv.org/pdf/2401.01234.pdf",
            "https://arxiv.org/pdf/2401.01234v2",
            "https://arxiv.org/html/2401.01234v1",
            "https://www.arxiv.org/abs/2401.01234?context=cs",
            "https://ar5iv.labs.arxiv.org/html/2401.01234",
            "https://huggingface.co/papers/2401.01234",
            "https://alphaxiv.org/abs/2401.01234v1#top",
            "https://papers.cool/arxiv/2401.01234",
            "https://arxiv.org/list?id=2401.01234",
        ] {
            check(text, "2401.01234");
        }
        check("10.48550/arXiv.2401.01234", "2401.01234|10.48550/arxiv.2401.01234");
        check("https://doi.org/10.48550/arXiv.2401.01234", "2401.01234|10.48550/arxiv.2401.01234");
        check("hep-th/9901001", "hep-th/9901001");
        check("https://arxiv.org/abs/hep-th/9901001v1", "hep-th/9901001");
        check("math.CA/0611800v2", "math/0611800");
        check("arXiv 2401.01234", "2401.01234");
        check("arxiv.org/abs/2401.01234v2", "2401.01234");
        check("2401.01234v1[cs.CL]", "2401.01234");
        check("２４０１．０１２３４", "2401.01234");
    }

    #[test]
    fn other_identifiers() {
        check("doi:10.1000/abc123", "10.1000/abc123");
        check("10.18653/v1/2020.acl-main.703", "2020.acl-main.703|10.18653/v1/2020.acl-main.703");
        check("2024.acl-long.5", "2024.acl-long.5");
        check("P19-1234", "p19-1234");
        check("p19-1234", "p19-1234");
        check("aclanthology.org/P19-1234", "p19-1234");
        check(
            "/venue/acl%2FP19-1234@acl",
            "acl/p19-1234@acl|acl/p19-1234|venue/acl/p19-1234@acl|venue/acl/p19-1234",
        );
        check("05T81ScPFb", "05t81scpfb");
        check("acl/P19-1234", "acl/p19-1234");
        check("acl/P19-1234@acl", "acl/p19-1234@acl|acl/p19-1234");
        check("https://aclanthology.org/2024.acl-long.5/", "2024.acl-long.5");
        check("https://openreview.net/forum?id=05T81ScPFb", "05t81scpfb|forum");
        check("https://openreview.net/pdf?id=05T81ScPFb&noteId=x", "05t81scpfb|pdf");
        check(
            "https://ink.example.org/venue/acl%2F2024.acl-long.5@acl?near=newer",
            "acl/2024.acl-long.5@acl|acl/2024.acl-long.5|venue/acl/2024.acl-long.5@acl|venue/acl/2024.acl-long.5",
        );
    }

    #[test]
    fn several_and_none() {
        check("2401.01234, 2401.01235v2;hep-th/9901001", "2401.01234 2401.01235 hep-th/9901001");
        check("2401.01234\n2401.01234v2", "2401.01234");
        check("attention 2401.01234", "");
        check("", "");
        check("3.14", "");
        check("2023", "");
        check("10.1", "");
        check("GPT-4", "");
        check("arxiv", "");
        check("05T81ScPFb paper", "");
        check("and/or", "");
        check("example.org/2024", "example.org/2024");
        check("https://", "");
        check("http:///", "");
        check("state-of-the-art", "");
        check("1.2-a.3", "1.2-a.3");
        assert!(named(&"2401.01234 2402.00001 ".repeat(9000)).len() == 2);
    }

    #[test]
    fn values_of_the_field() {
        assert_eq!(keys("05T81ScPFb"), ["05t81scpfb"]);
        assert_eq!(keys("arXiv:2401.1234v2"), ["2401.01234"]);
        assert_eq!(keys(""), [""]);
    }
}
