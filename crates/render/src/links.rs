//! Where a link or an image may lead.

use std::ops::Range;

use crate::context::Trust;

/// The address as it is written into the page, if it may stand there.
pub(crate) fn address(url: &str, trust: Trust) -> Option<String> {
    allows(url, trust).then(|| encoded(url))
}

/// Whether a link may lead there.
pub(crate) fn allows(url: &str, trust: Trust) -> bool {
    match scheme(url) {
        None => true,
        Some(scheme) if trust == Trust::Post => {
            !["javascript", "vbscript", "file", "data"].contains(&scheme.as_str())
        }
        Some(scheme) => ["http", "https", "mailto"].contains(&scheme.as_str()),
    }
}

/// The scheme as a browser sees it: without the white space and control characters that browsers drop.
fn scheme(url: &str) -> Option<String> {
    let url: String = url.chars().filter(|c| *c > ' ' && *c != '\u{7f}').collect();
    let end = url.find([':', '/', '?', '#', '\\'])?;
    url[end..].starts_with(':').then(|| url[..end].to_ascii_lowercase())
}

/// The host that a link leads to, unless it stays on this site. Browsers forgive missing and turned slashes.
pub(crate) fn foreign_host(url: &str, own: &[String]) -> Option<String> {
    let url: String = url.chars().filter(|c| *c > ' ').map(|c| if c == '\\' { '/' } else { c }).collect();
    let scheme = scheme(&url);
    let rest = &url[scheme.as_ref().map_or(0, |scheme| scheme.len() + 1)..];
    let web = scheme.is_some_and(|scheme| scheme == "http" || scheme == "https");
    if !web && !rest.starts_with("//") {
        return None;
    }
    let authority = rest.trim_start_matches('/').split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let own = own.iter().any(|own| own.eq_ignore_ascii_case(host));
    (!own && !host.is_empty()).then(|| host.to_owned())
}

/// Whether words begin with this host, so that nobody takes them for another one.
pub(crate) fn begins_with(words: &str, host: &str) -> bool {
    let words = words.trim_start();
    let words = ["https://", "http://"].iter().find_map(|begin| words.strip_prefix(begin)).unwrap_or(words);
    let part = |c: char| c.is_alphanumeric() || "-.@:".contains(c);
    words.strip_prefix(host).is_some_and(|rest| !rest.trim_end_matches('.').starts_with(part))
}

/// Percent-encodes what may not stand in an address, and leaves the encoding that is there.
fn encoded(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    let host = ipv6(url);
    for (i, byte) in url.bytes().enumerate() {
        let escape =
            url.as_bytes().get(i + 1..i + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'%' if escape => out.push('%'),
            b'&' => out.push_str("&amp;"),
            b'\'' => out.push_str("&#x27;"),
            b'[' | b']' if host.contains(&i) => out.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() || b"-_.+!*(),#@?=;:/$~".contains(&byte) => {
                out.push(byte.into())
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Where the host stands, if it is an address in brackets, with them.
fn ipv6(url: &str) -> Range<usize> {
    let host = url.find("://[").and_then(|at| {
        let length = url[at + 4..].find(']').filter(|length| *length < 50)?;
        let plain = url[at + 4..at + 4 + length].bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
        plain.then_some(at + 3..at + 5 + length)
    });
    host.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, trust: Trust, expected: Option<&str>) {
        assert_eq!(address(url, trust).as_deref(), expected, "{url:?}");
    }

    #[test]
    fn only_harmless_addresses_remain() {
        for url in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "java\nscript:x",
            "\u{1}javascript:x",
            "vbscript:x",
            "data:text/html,x",
            "file:///etc",
        ] {
            check(url, Trust::Post, None);
            check(url, Trust::Answer, None);
        }
        check("ftp://x.org", Trust::Comment, None);
        check("ftp://x.org", Trust::Post, Some("ftp://x.org"));
        check("https://x.org/a b?c=\"d\"&e", Trust::Comment, Some("https://x.org/a%20b?c=%22d%22&amp;e"));
        check("/a/b:c", Trust::Comment, Some("/a/b:c"));
        check("#a", Trust::Comment, Some("#a"));
        check("http://[::1]/[a]", Trust::Comment, Some("http://[::1]/%5Ba%5D"));
        check("http://[x]/", Trust::Comment, Some("http://%5Bx%5D/"));
        check("a%20b%", Trust::Comment, Some("a%20b%25"));
    }

    #[test]
    fn hosts() {
        let own = ["own.org".to_owned()];
        for (url, host) in [
            ("https://x.org/a", Some("x.org")),
            ("//x.org", Some("x.org")),
            ("///x.org", Some("x.org")),
            ("/\\x.org", Some("x.org")),
            ("\\\\x.org", Some("x.org")),
            ("/\n/x.org", Some("x.org")),
            ("https:x.org", Some("x.org")),
            ("HTTPS:/x.org", Some("x.org")),
            ("https://own.org@evil.org/", Some("evil.org")),
            ("https://OWN.org/a", None),
            ("/a//b", None),
            ("mailto:a@b.c", None),
        ] {
            assert_eq!(foreign_host(url, &own).as_deref(), host, "{url}");
        }
    }

    #[test]
    fn words_that_name_a_host() {
        assert!(begins_with("https://x.org/a", "x.org"));
        assert!(begins_with("x.org", "x.org"));
        for words in [
            "a",
            "x.organ",
            "ax.org",
            "x.org.evil.org",
            "x.org@evil.org",
            "evil.org/x.org",
            "evil.org/https://x.org",
        ] {
            assert!(!begins_with(words, "x.org"), "{words}");
        }
    }
}
