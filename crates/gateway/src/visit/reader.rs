//! Who reads, and from where.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use content::{Payer, UserId};
use rand::Rng as _;
use runs::Reader;
use sha2::{Digest as _, Sha256};
use storage::readers::{self, FeedKey, ReaderId};

use crate::{app::App, errors::Failure};

/// The cookie that tells an anonymous reader from others, set at their first action.
const COOKIE: &str = "reader";

/// A reader who does something, known by a cookie that is kept nowhere but in their browser.
pub(crate) struct Acting {
    /// What is kept of the cookie.
    pub(crate) hash: String,
    /// What is kept of the network that they are in.
    pub(crate) network: String,
    /// For one who had none.
    cookie: Option<Cookie<'static>>,
}

impl Acting {
    pub(crate) fn of(request: &HttpRequest, app: &App) -> Self {
        let network = network_of(request, app);
        match hash(request) {
            Some(hash) => Self { hash, network, cookie: None },
            None => {
                let value = format!("{:032x}", rand::rng().random::<u128>());
                Self { hash: digest(&value), network, cookie: Some(cookie(value, app)) }
            }
        }
    }

    /// The response, with the cookie to keep.
    pub(crate) fn answered(&self, mut response: HttpResponse) -> Result<HttpResponse, Failure> {
        if let Some(cookie) = &self.cookie {
            response.add_cookie(cookie).map_err(|error| Failure::BadRequest(error.to_string()))?;
        }
        Ok(response)
    }

    /// Whose budget this reader's readings are taken from.
    pub(crate) fn payer(&self, user: Option<UserId>) -> Payer {
        Payer { visitor: self.hash.clone(), network: self.network.clone(), user }
    }

    /// The same reader of a live page.
    pub(crate) fn live(&self) -> Reader {
        Reader::Known(self.hash.as_str().into())
    }
}

/// The reader of a live page who sent a request.
pub(crate) fn of(request: &HttpRequest) -> Reader {
    hash(request).map_or(Reader::Anonymous, |hash| Reader::Known(hash.into()))
}

/// What is kept of a reader's cookie, if they have one.
pub(crate) fn hash(request: &HttpRequest) -> Option<String> {
    request.cookie(COOKIE).map(|cookie| digest(cookie.value()))
}

/// The key of a reader's stars: who has it sees them, and nothing else. It is made of what is stored, and tells nothing of
/// that; the cookie stays in the browser.
pub(crate) async fn stars_key(app: &App, cookie: &str) -> Result<Option<String>, Failure> {
    let Some(reader) = readers::by_cookie(&app.db, cookie).await? else { return Ok(None) };
    let key = readers::feed_key(&app.db, reader).await?;
    Ok(key.map(|key| format!("{}-{}", reader.0, stars_secret(&key))))
}

/// The reader whose key this is.
pub(crate) async fn of_key(app: &App, key: &str) -> Result<Option<ReaderId>, Failure> {
    let Some((id, secret)) = key.split_once('-') else { return Ok(None) };
    let Ok(reader) = id.parse().map(ReaderId) else { return Ok(None) };
    let key = readers::feed_key(&app.db, reader).await?;
    Ok(key.filter(|key| stars_secret(key) == secret).map(|_| reader))
}

/// The feed of what is starred by the reader whose key this is.
pub(crate) fn stars_feed(key: &str) -> String {
    format!("/stars/{key}/feed")
}

fn stars_secret(key: &FeedKey) -> String {
    let FeedKey { cookie, number } = key;
    let number = if *number > 0 { format!("{number} ") } else { String::new() };
    digest(&format!("stars {number}{cookie}"))[..32].to_owned()
}

fn digest(text: &str) -> String {
    format!("{:x}", Sha256::digest(text))
}

/// Whether cookies go over encrypted connections only.
pub(crate) fn secure(app: &App) -> bool {
    app.config.base_url.as_ref().is_some_and(|url| url.as_str().starts_with("https:"))
}

/// A hash of the network that a request comes from.
pub(crate) fn network_of(request: &HttpRequest, app: &App) -> String {
    network(address(request, &app.config.proxies))
}

/// Hashes of the network that a request comes from, and of all that tells its sender from others there. They mean nothing
/// without the salt.
pub(crate) fn salted(request: &HttpRequest, app: &App, salt: &str) -> (String, String) {
    let address = address(request, &app.config.proxies);
    let header = |name: &str| request.headers().get(name).map(|value| value.as_bytes()).unwrap_or_default();
    let browser = [header("user-agent"), header("accept-language")].map(String::from_utf8_lossy);
    let network = digest(&format!("{salt} {}", network(address)));
    let visitor = digest(&format!("{salt} {address} {} {}", browser[0], browser[1]));
    (network[..16].to_owned(), visitor[..32].to_owned())
}

fn cookie(value: String, app: &App) -> Cookie<'static> {
    Cookie::build(COOKIE, value)
        .path("/")
        .http_only(true)
        .secure(secure(app))
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish()
}

/// Where a request comes from. A proxy says so in a header, which is believed of those that the operator named and of
/// one on this machine: anybody else could write what they like.
fn address(request: &HttpRequest, proxies: &[IpAddr]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let trusted = |address: &IpAddr| address.is_loopback() || proxies.contains(address);
    if !trusted(&peer) {
        return peer;
    }
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let forwarded: Vec<IpAddr> =
        forwarded.flat_map(|value| value.split(',')).filter_map(|one| one.trim().parse().ok()).collect();
    forwarded.into_iter().rev().find(|address| !trusted(address)).unwrap_or(peer)
}

/// A hash of the network that an address is in: /24, or /48 of the longer ones, which is what one site is given at most
/// (RFC 6177): by /64 it would be as many networks as it likes.
fn network(address: IpAddr) -> String {
    let network = match address.to_canonical() {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & !0xff).to_string(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & !(u128::MAX >> 48)).to_string(),
    };
    digest(&network)[..32].to_owned()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn check(peer: &str, forwarded: &str, proxies: &[&str], expected: &str) {
        let request = TestRequest::default()
            .peer_addr(format!("{peer}:4711").parse().expect("an address"))
            .insert_header(("x-forwarded-for", forwarded))
            .to_http_request();
        let proxies: Vec<IpAddr> = proxies.iter().map(|proxy| proxy.parse().expect("an address")).collect();
        assert_eq!(address(&request, &proxies).to_string(), expected, "{peer} {forwarded}");
    }

    #[test]
    fn only_proxies_are_believed() {
        check("203.0.113.7", "198.51.100.1", &[], "203.0.113.7");
        check("127.0.0.1", "198.51.100.1", &[], "198.51.100.1");
        check("10.0.0.2", "198.51.100.1", &["10.0.0.2"], "198.51.100.1");
        check("10.0.0.2", "6.6.6.6, 198.51.100.1, 10.0.0.2", &["10.0.0.2"], "198.51.100.1");
        check("127.0.0.1", "nonsense", &[], "127.0.0.1");
    }

    #[test]
    fn neighbours_are_one_network() {
        let same = |one: &str, other: &str| {
            network(one.parse().expect("an address")) == network(other.parse().expect("an address"))
        };
        assert!(same("203.0.113.7", "203.0.113.200"));
        assert!(!same("203.0.113.7", "203.0.114.7"));
        assert!(same("2001:db8::1", "2001:db8::ffff:1"));
        assert!(same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(!same("2001:db8::1", "2001:db8:1::1"));
        assert!(same("::ffff:203.0.113.7", "203.0.113.9"));
    }
}
