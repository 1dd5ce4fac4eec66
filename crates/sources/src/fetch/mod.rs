//! Bytes from other hosts: what may be asked, how often, how much, and what is done when a host is unwell.

use std::{
    collections::HashMap,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, Once, PoisonError},
    time::{Duration, SystemTime},
};

use reqwest::{Client, Response, StatusCode, dns, header};
use url::Url;

mod addresses;
mod pace;
mod policy;
mod retry;

pub use addresses::is_public;
pub use policy::{Policy, Refusal};

use pace::Pace;

use crate::Error;

/// The most bytes of an answer.
pub const PAGE: usize = 50 << 20;
/// How often one address is asked before it is given up, unless somebody waits for it.
const TRIES: u32 = 8;
/// How many redirections are followed.
const REDIRECTIONS: u32 = 3;
/// How long a connection or a look-up may take, and a pause within an answer, and an answer as a whole.
const CONNECT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_secs(60);
const WHOLE: Duration = Duration::from_secs(600);

/// Looks up the addresses of a host: name and port.
pub type Lookup = Arc<dyn Fn(String, u16) -> Looked + Send + Sync>;
/// What a [`Lookup`] gives.
pub type Looked = std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;
/// Is told of every wait that a host caused.
pub type OnWait = Arc<dyn Fn(&Wait) + Send + Sync>;

/// A wait before the same address is asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The host that is waited for.
    pub host: String,
    /// How long.
    pub length: Duration,
    /// What it answered, or why it did not.
    pub why: String,
}

/// Fetches pages, one at a time for each host, three seconds apart. Clones share their pace and their connections.
#[derive(Clone)]
pub struct Fetcher {
    policy: Policy,
    pace: Pace,
    pins: Pins,
    lookup: Lookup,
    on_wait: OnWait,
    client: Client,
    tries: u32,
}

/// A failure that may pass, and the wait that its host asked for.
struct Passing {
    why: String,
    retry_after: Option<String>,
}

/// How one request ended.
enum Outcome {
    Page(Vec<u8>),
    Moved(Url),
    Again(Passing),
}

impl Fetcher {
    /// For what a policy allows, under a user agent.
    pub fn new(policy: Policy, agent: &str) -> Result<Self, Error> {
        let pins = Pins::default();
        Ok(Self {
            policy,
            pace: Pace::default(),
            client: client(agent, pins.clone())?,
            pins,
            lookup: Arc::new(|host, port| Box::pin(system_lookup(host, port))),
            on_wait: Arc::new(|_| ()),
            tries: TRIES,
        })
    }

    /// With the pace kept in a folder, for other processes and for the next start.
    #[must_use]
    pub fn paced_in(mut self, folder: PathBuf) -> Self {
        self.pace = Pace::kept_in(folder);
        self
    }

    /// Asking an address no more often than this, for somebody who does not wait long.
    #[must_use]
    pub fn trying(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// With somebody who is told of waits.
    #[must_use]
    pub fn telling(mut self, on_wait: OnWait) -> Self {
        self.on_wait = on_wait;
        self
    }

    /// With another way of looking up hosts.
    #[must_use]
    pub fn looking_up(mut self, lookup: Lookup) -> Self {
        self.lookup = lookup;
        self
    }

    /// With the origins of more addresses that the operator has configured.
    #[must_use]
    pub fn and_operator_chose<'a>(mut self, addresses: impl IntoIterator<Item = &'a str>) -> Self {
        self.policy = addresses.into_iter().fold(self.policy, Policy::and_operator_chose);
        self
    }

    /// The page at an address. Failures that may pass (429, 5xx, a lost connection) are tried again as the host asks, eight
    /// times at most, or as often as [`trying`](Self::trying) says.
    pub async fn get(&self, address: &str) -> Result<Vec<u8>, Error> {
        let mut url = parsed(address)?;
        let (mut failures, mut redirections) = (0, 0);
        loop {
            match self.ask(&url, failures + 1).await? {
                Outcome::Page(bytes) => return Ok(bytes),
                Outcome::Moved(_) if redirections == REDIRECTIONS => {
                    return Err(Error::Unreachable {
                        address: address.into(),
                        why: "it is redirected again and again".into(),
                    });
                }
                Outcome::Moved(to) => {
                    redirections += 1;
                    url = to;
                }
                Outcome::Again(passing) => {
                    failures += 1;
                    if failures >= self.tries {
                        return Err(Error::Unreachable { address: address.into(), why: passing.why });
                    }
                }
            }
        }
    }

    /// One request, in the host's turn. A wait that follows is part of the turn's end, so that others wait as well.
    async fn ask(&self, url: &Url, failures: u32) -> Result<Outcome, Error> {
        let refused = |why| Error::Forbidden { address: url.to_string(), why };
        self.policy.check(url).map_err(refused)?;
        let host = url.host_str().unwrap_or_default();
        let turn =
            self.pace.turn(host).await.map_err(|source| Error::file("the pace of requests", source))?;
        let outcome = match self.pin(url).await {
            Ok(()) => self.request(url).await,
            Err(Unpinned::Refused(why)) => Err(refused(why)),
            Err(Unpinned::Failed(why)) => Ok(Outcome::Again(Passing { why, retry_after: None })),
        };
        let Ok(Outcome::Again(passing)) = &outcome else {
            turn.end(Duration::ZERO);
            return outcome;
        };
        let length = retry::wait(passing.retry_after.as_deref(), failures, SystemTime::now());
        turn.end(length);
        if failures < self.tries {
            (self.on_wait)(&Wait { host: host.to_owned(), length, why: passing.why.clone() });
        }
        outcome
    }

    /// Looks the host up once, checks what is found, and leaves it for the connection: nothing else is connected to.
    async fn pin(&self, url: &Url) -> Result<(), Unpinned> {
        let Some(url::Host::Domain(host)) = url.host() else { return Ok(()) };
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::time::timeout(CONNECT, (self.lookup)(host.to_owned(), port)).await;
        let found = found.map_err(|_| Unpinned::Failed("its host is not found in time".into()))?;
        let found = found.map_err(|error| Unpinned::Failed(format!("its host is not found: {error}")))?;
        self.policy.check_found(url, &found).map_err(Unpinned::Refused)?;
        self.pins.put(host, found);
        Ok(())
    }

    async fn request(&self, url: &Url) -> Result<Outcome, Error> {
        let answer = async {
            let response = match self.client.get(url.clone()).send().await {
                Ok(response) => response,
                Err(error) => return Ok(Outcome::Again(Passing { why: reason(&error), retry_after: None })),
            };
            read(url, response).await
        };
        match tokio::time::timeout(WHOLE, answer).await {
            Ok(outcome) => outcome,
            Err(_) => Ok(Outcome::Again(Passing { why: "it took too long".into(), retry_after: None })),
        }
    }
}

enum Unpinned {
    Refused(Refusal),
    Failed(String),
}

async fn read(url: &Url, response: Response) -> Result<Outcome, Error> {
    let status = response.status();
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let address = url.to_string();
    match status {
        StatusCode::OK => body(url, response).await,
        _ if status.is_redirection() => {
            let to = text(header::LOCATION).and_then(|to| url.join(&to).ok());
            to.map(Outcome::Moved).ok_or(Error::Status { address, status: status.as_u16() })
        }
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => {
            Ok(again(status, text(header::RETRY_AFTER)))
        }
        _ if status.is_server_error() => Ok(again(status, text(header::RETRY_AFTER))),
        _ => Err(Error::Status { address, status: status.as_u16() }),
    }
}

fn again(status: StatusCode, retry_after: Option<String>) -> Outcome {
    Outcome::Again(Passing { why: format!("it answered {status}"), retry_after })
}

async fn body(url: &Url, mut response: Response) -> Result<Outcome, Error> {
    let address = || url.to_string();
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if let Some(charset) = other_charset(kind) {
        return Err(Error::Charset { address: address(), charset });
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(more)) if bytes.len() + more.len() > PAGE => {
                return Err(Error::TooLarge { address: address() });
            }
            Ok(Some(more)) => bytes.extend_from_slice(&more),
            Ok(None) => return Ok(Outcome::Page(bytes)),
            Err(error) => return Ok(Outcome::Again(Passing { why: reason(&error), retry_after: None })),
        }
    }
}

/// The charset of a `Content-Type`, if it is none that is read.
fn other_charset(kind: &str) -> Option<String> {
    let lower = kind.to_ascii_lowercase();
    let charset = lower
        .split(';')
        .find_map(|part| part.trim().strip_prefix("charset="))?
        .trim_matches(['"', '\''])
        .to_owned();
    (!["utf-8", "utf8", "us-ascii"].contains(&charset.as_str())).then_some(charset)
}

/// The innermost cause, which says what happened.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".into();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

fn parsed(address: &str) -> Result<Url, Error> {
    Url::parse(address).map_err(|_| Error::Forbidden { address: address.into(), why: Refusal::NoAddress })
}

async fn system_lookup(host: String, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

fn client(agent: &str, pins: Pins) -> Result<Client, Error> {
    static PROVIDER: Once = Once::new();
    // An error means that somebody installed one before: as good.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client = Client::builder().user_agent(agent).redirect(reqwest::redirect::Policy::none()).no_proxy();
    let client = client.dns_resolver(Arc::new(pins)).connect_timeout(CONNECT).read_timeout(PAUSE);
    client.build().map_err(|error| Error::Client(error.to_string()))
}

/// The addresses that were checked, by host: all that the client can connect to.
#[derive(Debug, Clone, Default)]
struct Pins(Arc<Mutex<HashMap<String, Vec<SocketAddr>>>>);

impl Pins {
    fn put(&self, host: &str, found: Vec<SocketAddr>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(host.to_owned(), found);
    }
}

impl dns::Resolve for Pins {
    fn resolve(&self, name: dns::Name) -> dns::Resolving {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned();
        Box::pin(async move {
            let found = found.ok_or("it was not looked up")?;
            Ok(Box::new(found.into_iter()) as dns::Addrs)
        })
    }
}
