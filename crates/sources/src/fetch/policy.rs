//! What may be fetched: hosts that are named, by `https`, at public addresses; and whatever the operator named in full.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

use super::addresses::is_public;

/// Hosts that may be asked, and origins that the operator has chosen.
///
/// A host of the list is asked by `https` on its usual port. An origin that the operator has configured (scheme, host and port
/// together) is asked as it is written, `http` and other ports included: it is a mirror, or a test. Either is asked only at a
/// public address, unless the operator wrote the very address down that is not: a name alone can be led anywhere.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Why an address is not fetched, as the end of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not an address of the web, or one with a user and password in it.
    #[error("it is no address of the web")]
    NoAddress,
    /// Its host is not on the list.
    #[error("its host is not among those that may be asked")]
    Host,
    /// Not `https`, and not chosen by the operator.
    #[error("only https is used")]
    Plain,
    /// Not the usual port, and not chosen by the operator.
    #[error("its port is not the usual one")]
    Port,
    /// The host is this machine, or in a network that is not public.
    #[error("its host is at {0}, which is not public")]
    Private(IpAddr),
    /// The name has no address.
    #[error("its host has no address")]
    NoHost,
}

impl Policy {
    /// Only these hosts. `*.example.org` names all hosts below `example.org`.
    pub fn of<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        Self { hosts: hosts.into_iter().map(str::to_ascii_lowercase).collect(), origins: Vec::new() }
    }

    /// With the origin of an address that the operator has configured. What is no address is left out: it is refused when
    /// it is asked for.
    #[must_use]
    pub fn and_operator_chose(mut self, address: &str) -> Self {
        self.origins.extend(Url::parse(address).ok().map(|url| url.origin().ascii_serialization()));
        self
    }

    /// Whether an address may be asked, before its host is looked up.
    pub fn check(&self, url: &Url) -> Result<(), Refusal> {
        let clean = url.username().is_empty() && url.password().is_none();
        let Some(host) = url.host().filter(|_| clean && matches!(url.scheme(), "http" | "https")) else {
            return Err(Refusal::NoAddress);
        };
        if self.is_chosen(url) {
            return Ok(());
        }
        let name = host.to_string().trim_end_matches('.').to_ascii_lowercase();
        if !self.hosts.iter().any(|allowed| matches(allowed, &name)) {
            return Err(Refusal::Host);
        }
        match (url.scheme(), url.port()) {
            ("https", None) => literal(&host).map_or(Ok(()), public),
            ("https", Some(_)) => Err(Refusal::Port),
            _ => Err(Refusal::Plain),
        }
    }

    /// The addresses of a host as they were looked up once, if all of them may be connected to. One that is not public
    /// among others is a trick.
    pub fn check_found(&self, url: &Url, found: &[SocketAddr]) -> Result<(), Refusal> {
        match found {
            [] => Err(Refusal::NoHost),
            _ if self.is_chosen(url) && is_this_machine(url) => Ok(()),
            _ => found.iter().try_for_each(|address| public(address.ip())),
        }
    }

    fn is_chosen(&self, url: &Url) -> bool {
        self.origins.contains(&url.origin().ascii_serialization())
    }
}

/// Whether a name can mean no other machine than this (RFC 6761).
fn is_this_machine(url: &Url) -> bool {
    url.domain().is_some_and(|name| name == "localhost" || name.ends_with(".localhost"))
}

fn matches(allowed: &str, name: &str) -> bool {
    match allowed.strip_prefix("*.") {
        Some(domain) => name.strip_suffix(domain).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => allowed == name,
    }
}

/// The address that a host is written as.
fn literal(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
        Host::Domain(_) => None,
    }
}

fn public(address: IpAddr) -> Result<(), Refusal> {
    if is_public(address) { Ok(()) } else { Err(Refusal::Private(address)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        let hosts = ["arxiv.org", "*.pages.example", "127.0.0.1", "[::1]", "8.8.8.8", "10.0.0.1"];
        Policy::of(hosts)
            .and_operator_chose("http://127.0.0.1:4711/oai?x")
            .and_operator_chose("http://mirror.example/")
            .and_operator_chose("http://localhost:4711")
            .and_operator_chose("no address")
    }

    #[test]
    fn addresses_as_they_are_written() {
        use Refusal::*;
        let private = |text: &str| Some(Private(text.parse().expect("an address")));
        let table = [
            ("https://arxiv.org/a?b", None),
            ("https://ARXIV.org./a", None),
            ("https://arxiv.org:443/a", None),
            ("https://a.pages.example/", None),
            ("https://a.b.pages.example/", None),
            ("https://8.8.8.8/", None),
            ("http://127.0.0.1:4711/other", None),
            ("http://127.0.0.1:4712/oai", Some(Plain)),
            ("https://127.0.0.1:4711/oai", Some(Port)),
            ("https://127.0.0.1/", private("127.0.0.1")),
            ("https://0x7f.1/", private("127.0.0.1")),
            ("https://2130706433/", private("127.0.0.1")),
            ("https://017700000001/", private("127.0.0.1")),
            ("https://[::1]/", private("::1")),
            ("https://10.0.0.1/", private("10.0.0.1")),
            ("http://localhost:4711/", None),
            ("http://localhost:4712/", Some(Host)),
            ("http://mirror.example/other", None),
            ("https://mirror.example/", Some(Host)),
            ("https://pages.example/", Some(Host)),
            ("https://evilpages.example/", Some(Host)),
            ("https://arxiv.org.evil.example/", Some(Host)),
            ("https://evil.example/?arxiv.org", Some(Host)),
            ("https://169.254.169.254/latest", Some(Host)),
            ("https://[::ffff:10.0.0.1]/", Some(Host)),
            ("http://arxiv.org/a", Some(Plain)),
            ("https://arxiv.org:8443/a", Some(Port)),
            ("https://arxiv.org@evil.example/", Some(NoAddress)),
            ("https://user:secret@arxiv.org/", Some(NoAddress)),
            ("file:///etc/passwd", Some(NoAddress)),
            ("ftp://arxiv.org/", Some(NoAddress)),
            ("gopher://arxiv.org/", Some(NoAddress)),
        ];
        for (address, expected) in table {
            let url = Url::parse(address).expect("an address");
            assert_eq!(policy().check(&url).err(), expected, "{address}");
        }
    }

    #[test]
    fn addresses_as_they_are_found() {
        let check = |address: &str, found: &[&str], expected: Option<Refusal>| {
            let url = Url::parse(address).expect("an address");
            let found: Vec<_> = found.iter().map(|text| text.parse().expect("a socket address")).collect();
            assert_eq!(policy().check_found(&url, &found).err(), expected, "{address} {found:?}");
        };
        let private = |text: &str| Some(Refusal::Private(text.parse().expect("an address")));
        check("https://arxiv.org/", &["151.101.3.42:443"], None);
        check("https://arxiv.org/", &["151.101.3.42:443", "127.0.0.1:443"], private("127.0.0.1"));
        check("https://arxiv.org/", &["[::ffff:169.254.169.254]:443"], private("::ffff:169.254.169.254"));
        check("https://arxiv.org/", &[], Some(Refusal::NoHost));
        check("http://localhost:4711/", &["127.0.0.1:4711", "[::1]:4711"], None);
        check("http://mirror.example/", &["151.101.3.42:80"], None);
        check("http://mirror.example/", &["10.0.0.1:80"], private("10.0.0.1"));
    }
}
