use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Sources that, as far as is known, have papers that may be read by anyone.
const HOSTS: &[&str] = &[
    "https://arxiv.org",
    "https://export.arxiv.org",
    "https://openreview.net",
    "https://aclanthology.org",
    "https://proceedings.mlr.press",
];

/// Which PDFs a page may fetch, to show them where they are spoken of. All others are links.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pdf {
    /// Where they are: a scheme and a host. Without any, every PDF is a link.
    pub hosts: Vec<Origin>,
}

impl Pdf {
    /// The address at which a page may fetch what a link leads to.
    pub fn opens(&self, link: &str) -> Option<String> {
        let mut url = Url::parse(link).ok()?;
        let known = |url: &Url| self.hosts.iter().any(|host| host.0 == url.origin().ascii_serialization());
        // Old records say http of hosts that have long had https, and a page with https may ask nothing else.
        if url.scheme() == "http" && !known(&url) {
            url.set_scheme("https").ok()?;
        }
        (url.username().is_empty() && url.password().is_none() && known(&url)).then(|| url.into())
    }
}

impl Default for Pdf {
    fn default() -> Self {
        Self { hosts: HOSTS.iter().map(|host| Origin((*host).to_owned())).collect() }
    }
}

/// Scheme, host and port, fit to stand in a policy: `https`, or `http` on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

impl TryFrom<String> for Origin {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(&text).map_err(|_| "must be like https://papers.example")?;
        let local = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => return Err("names no host"),
        };
        match url.scheme() {
            "https" => {}
            "http" if local => {}
            _ => return Err("must begin with https://"),
        }
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !bare || !url.username().is_empty() || url.password().is_some() {
            return Err("must be a scheme and a host, with nothing behind them");
        }
        // What separates sources in a policy, and what stands for many of them, may be part of a host's name.
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if !url.host_str().is_some_and(|host| host.chars().all(plain)) {
            return Err("must name one host");
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_origins() {
        let check = |text: &str, expected: Option<&str>| {
            let origin = Origin::try_from(text.to_owned()).ok();
            assert_eq!(origin.map(String::from).as_deref(), expected, "{text:?}");
        };
        check("https://arxiv.org", Some("https://arxiv.org"));
        check("https://ArXiv.org:443/", Some("https://arxiv.org"));
        check("https://papers.example:8443", Some("https://papers.example:8443"));
        check("https://bücher.example", Some("https://xn--bcher-kva.example"));
        check("http://127.0.0.1:8000", Some("http://127.0.0.1:8000"));
        check("http://[::1]:8000", Some("http://[::1]:8000"));
        check("http://localhost:8000", Some("http://localhost:8000"));
        for wrong in [
            "arxiv.org",
            "http://arxiv.org",
            "ftp://arxiv.org",
            "https://",
            "https://arxiv.org/pdf",
            "https://arxiv.org?x",
            "https://a@arxiv.org",
            "https://*.arxiv.org",
            "https://arxiv.org;script-src",
            "https://a.example,b.example",
            "https://arxiv.org *",
            "*",
            "'self'",
            "data:",
            "",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn only_what_is_at_a_known_host_opens() {
        let check = |link: &str, expected: Option<&str>| {
            assert_eq!(Pdf::default().opens(link).as_deref(), expected, "{link:?}");
        };
        check("https://arxiv.org/pdf/2401.00001v2", Some("https://arxiv.org/pdf/2401.00001v2"));
        check("http://proceedings.mlr.press/a.pdf", Some("https://proceedings.mlr.press/a.pdf"));
        check("https://openreview.net/pdf?id=x#page=2", Some("https://openreview.net/pdf?id=x#page=2"));
        check("https://arxiv.org.example/pdf/1", None);
        check("https://arxiv.org:8443/pdf/1", None);
        check("https://me@arxiv.org/pdf/1", None);
        check("https://papers.example/a.pdf", None);
        check("javascript:alert(1)", None);
        check("/pdf/1", None);
        assert_eq!(Pdf { hosts: Vec::new() }.opens("https://arxiv.org/pdf/1"), None);
    }
}
