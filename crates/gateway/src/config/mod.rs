//! Settings: a flag over `INKSTONE_…` over what was set while the site ran over `inkstone.toml` over the default.
//!
//! [`Config`] is what the rest of the server sees; [`load`] makes it and remembers where each value
//! came from. [`Current`] is the one of now: what is [`changeable`] can be changed while the site runs, and storage
//! keeps that. In the environment `__` nests (`INKSTONE_SITE__TITLE`, `INKSTONE_MODELS__0__MODEL`).
//! A secret can also be named by a file that holds it: `INKSTONE_DATABASE_URL_FILE`, or
//! `api_key_file` in the file. A key that nobody reads is an error, never ignored.

use std::{
    collections::BTreeMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use content::Language;
use serde::{Deserialize, Serialize};
use summarizer::{Breaker, Limits, Quirks};
use url::Url;

pub(crate) mod newest;

mod changeable;
mod comments;
mod current;
mod fulltext;
mod harvest;
mod layers;
mod mail;
mod menu;
mod pdf;
mod readings;
mod robots;

pub use changeable::{Changeable, Form, changeable, changeable_at};
pub use comments::{Comments, Hold};
pub use current::Current;
pub use fulltext::Fulltext;
pub use harvest::{Contact, Every, Harvest};
pub use layers::{BROWSER, Error, Loaded, Setting, load};
pub use mail::{Mail, Security};
pub use menu::Entry;
pub use pdf::{Origin, Pdf};
pub use readings::{Bound, Budget, Money, Price, Readings};
pub use robots::{Picture, Robots, Support};

/// Everything that an operator can set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder for the database, the index and everything else that is kept.
    pub data: PathBuf,
    /// A SQLite or PostgreSQL address. Without one: a SQLite file in `data`.
    pub database_url: DatabaseUrl,
    /// The address that readers use, for feeds and links. Without one: the address listened on.
    pub base_url: Option<BaseUrl>,
    /// What the pages say of the site.
    pub site: Site,
    /// What is logged, and how.
    pub log: Log,
    /// OpenAI-compatible models that can read papers. The first one makes new readings; the others are asked in turn
    /// when it does not reply.
    pub models: Vec<Model>,
    /// Who may have a paper read, and how.
    pub readings: Readings,
    /// How much readings by models may cost.
    pub budget: Budget,
    /// Where counts for the operator are served.
    pub metrics: Metrics,
    /// Who may have an account.
    pub accounts: Accounts,
    /// Addresses of proxies that are believed when they say whom they speak for. One on this machine always is.
    pub proxies: Vec<IpAddr>,
    /// What commands stand for in the formulas of all texts.
    pub macros: Macros,
    /// Where papers come from, and how often.
    pub harvest: Harvest,
    /// Which PDFs open inside a page.
    pub pdf: Pdf,
    /// Where texts of papers are fetched from to be read.
    pub fulltext: Fulltext,
    /// What visitors may say, and what is shown of it at once.
    pub comments: Comments,
    /// Through which server mail is sent.
    pub mail: Mail,
}

/// What the pages say of the site.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Site {
    /// The name of the site.
    pub title: String,
    /// One line below it.
    pub tagline: String,
    /// The language of the interface for a reader who prefers neither.
    pub language: Language,
    /// Whom the feeds name as author.
    pub author: String,
    /// Under what texts may be used whose author does not say: a name such as `CC BY 4.0`, or an address.
    pub licence: Option<String>,
    /// How readers may support the site; stands below each post.
    pub support: Support,
    /// What programs are told that read the site.
    pub robots: Robots,
    /// Places of the masthead, after those of the site itself.
    pub menu: Vec<Entry>,
}

/// What is logged, and how.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,search=debug`.
    pub level: String,
    /// The form of a line.
    pub format: LogFormat,
}

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// Where counts for the operator are served, in the form that Prometheus reads.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// An address of their own, which readers of the site cannot reach. Without one they are not served.
    pub listen: Option<SocketAddr>,
}

/// Who may have an account.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Accounts {
    /// Who may make one by themselves.
    pub registration: Registration,
}

/// Who may make an account by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registration {
    /// Nobody: `inkstone user add` makes them.
    Off,
    /// Who has an address that `inkstone user invite` printed.
    #[default]
    Invitation,
    /// Everybody.
    Open,
}

/// Macros by their names, without backslashes: `R = '\mathbb{R}'`. Each has as many arguments as the highest `#1` to `#9`
/// in it. Visitors may use them as far as they may write what these stand for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct Macros {
    bodies: BTreeMap<String, String>,
    known: tex::Macros,
}

impl Macros {
    /// As formulas use them.
    pub fn known(&self) -> &tex::Macros {
        &self.known
    }
}

impl TryFrom<BTreeMap<String, String>> for Macros {
    type Error = tex::WrongMacro;

    fn try_from(bodies: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        let known = tex::Macros::of(bodies.iter().map(|(name, body)| (name.as_str(), body.as_str())))?;
        Ok(Self { bodies, known })
    }
}

impl From<Macros> for BTreeMap<String, String> {
    fn from(macros: Macros) -> Self {
        macros.bodies
    }
}

/// One OpenAI-compatible model.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The name that readers see and answers are kept under.
    pub name: String,
    /// The address before `/chat/completions`, for example `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// The key, for servers that want one.
    #[serde(default)]
    pub api_key: Option<Secret>,
    /// The model as the server names it.
    pub model: String,
    /// How many tokens the model can take in and give out together.
    #[serde(default = "Model::default_context")]
    pub context: u64,
    /// What a million tokens cost; without it, nothing.
    #[serde(default)]
    pub price: Price,
    /// In what the server differs from others.
    #[serde(default)]
    pub quirks: Quirks,
    /// How long to wait, and for how much.
    #[serde(default)]
    pub limits: Limits,
}

impl Config {
    /// The address of the database, password and all.
    pub fn database_url(&self) -> &str {
        self.database_url.expose()
    }

    /// The address that readers use, without a slash at the end, as far as it is known before listening.
    pub fn base(&self) -> String {
        self.base_at(self.listen)
    }

    /// The address that readers use of a server that listens here. Who listens everywhere is found here, too.
    pub fn base_at(&self, listening: SocketAddr) -> String {
        let local = if listening.is_ipv6() { "[::1]" } else { "127.0.0.1" };
        match &self.base_url {
            Some(url) => url.as_str().to_owned(),
            None if listening.ip().is_unspecified() => format!("http://{local}:{}", listening.port()),
            None => format!("http://{listening}"),
        }
    }

    /// What no type says of settings: the key that is wrong, and why.
    fn check(&self) -> Result<(), (String, &'static str)> {
        if self.readings.parallel == 0 {
            return Err(("readings.parallel".into(), "must be 1 or more, or nothing is ever read"));
        }
        for (number, model) in self.models.iter().enumerate() {
            let twice = self.models[..number].iter().any(|other| other.name == model.name);
            model.check(twice).map_err(|(key, why)| (format!("models.{number}.{key}"), why))?;
        }
        self.comments.check().map_err(|(key, why)| (format!("comments.{key}"), why))?;
        self.mail.check().map_err(|(key, why)| (format!("mail.{key}"), why))?;
        let priced = self.models.iter().any(|model| model.price != Price::default());
        if let Some(bound) = self.budget.in_money().filter(|_| !priced && !self.models.is_empty()) {
            return Err((format!("budget.{bound}.money"), "bounds nothing: no model has a price"));
        }
        Ok(())
    }

    /// The folder of the search index.
    pub fn index(&self) -> PathBuf {
        self.data.join("index")
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data: PathBuf::from("./data"),
            database_url: DatabaseUrl(String::new()),
            base_url: None,
            site: Site::default(),
            log: Log::default(),
            models: Vec::new(),
            readings: Readings::default(),
            budget: Budget::default(),
            metrics: Metrics::default(),
            accounts: Accounts::default(),
            proxies: Vec::new(),
            macros: Macros::default(),
            harvest: Harvest::default(),
            pdf: Pdf::default(),
            fulltext: Fulltext::default(),
            comments: Comments::default(),
            mail: Mail::default(),
        }
    }
}

impl Default for Site {
    fn default() -> Self {
        Self {
            title: "Inkstone".into(),
            tagline: "Mathematics, written and read".into(),
            language: Language::En,
            author: "Inkstone".into(),
            licence: None,
            support: Support::default(),
            robots: Robots::default(),
            menu: Vec::new(),
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self { level: "info".into(), format: LogFormat::Text }
    }
}

impl Model {
    fn default_context() -> u64 {
        32_768
    }

    fn check(&self, twice: bool) -> Result<(), (&'static str, &'static str)> {
        let is_web = |url: Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if self.name.trim().is_empty() || self.name == summarizer::EXTRACTIVE {
            return Err(("name", "must be a name, and not that of the extractive reader"));
        }
        if twice {
            return Err(("name", "is that of another model: answers are kept under it"));
        }
        if !Url::parse(&self.base_url).is_ok_and(is_web) {
            return Err(("base_url", "must be like http://127.0.0.1:11434/v1"));
        }
        if self.context == 0 {
            return Err(("context", "must be 1 or more"));
        }
        if self.limits.output == 0 {
            return Err(("limits.output", "must be 1 or more"));
        }
        Ok(())
    }
}

impl From<&Model> for summarizer::Model {
    fn from(model: &Model) -> Self {
        Self {
            name: model.name.clone(),
            base_url: model.base_url.clone(),
            api_key: model.api_key.as_ref().map(|key| summarizer::Secret::new(key.expose())),
            model: model.model.clone(),
            context: model.context,
            quirks: model.quirks.clone(),
            limits: model.limits.clone(),
            breaker: Breaker::default(),
        }
    }
}

/// A text that is shown to nobody: `Debug` and `Serialize` give `***`.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}

/// The address of a database. Shown without its password.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(String);

impl TryFrom<String> for DatabaseUrl {
    type Error = &'static str;

    /// What is no address is not repeated: it may be a password in the wrong place.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let server = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if server && Url::parse(&text).is_err() {
            return Err("must be like postgres://user:password@host/database, \
                        with / ? # @ : of a password written as %2F %3F %23 %40 %3A");
        }
        if text.is_empty() || server || text.starts_with("sqlite:") {
            return Ok(Self(text));
        }
        Err("must begin with sqlite: or postgres://")
    }
}

impl DatabaseUrl {
    fn expose(&self) -> &str {
        &self.0
    }

    fn sqlite_in(data: &std::path::Path) -> Self {
        Self(format!("sqlite://{}", data.join("inkstone.db").display()))
    }

    fn redacted(&self) -> String {
        if self.0.starts_with("sqlite:") {
            return self.0.clone();
        }
        let Ok(mut url) = Url::parse(&self.0) else { return "***".into() };
        if url.password().is_some() && url.set_password(Some("***")).is_err() {
            return "***".into();
        }
        // The query may hold a password as well.
        if url.query().is_some() {
            url.set_query(Some("***"));
        }
        url.to_string()
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.redacted())
    }
}

/// The address that readers use: scheme, host and port, without a path and without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(String);

impl BaseUrl {
    /// The text, to put a path behind.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let host = host.ok_or("must begin with http:// or https://")?.trim_end_matches('/');
        match host {
            "" => Err("names no host"),
            _ if host.contains(['/', '?', '#']) => {
                Err("must not have a path: the site has a host of its own")
            }
            _ if host.contains(['@', ' ']) => Err("must be a host, with or without a port"),
            _ => Ok(Self(text.trim_end_matches('/').to_owned())),
        }
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> Self {
        url.0
    }
}
