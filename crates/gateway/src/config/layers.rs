//! From flags, environment and file to one [`Config`].

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use figment::{
    Figment,
    error::Kind,
    providers::Serialized,
    value::{Dict, Value},
};
use serde::Serialize;
use serde_json::Value as Json;
use tracing_subscriber::EnvFilter;
use url::Url;

use super::{Config, DatabaseUrl, Form, changeable_at};

/// The settings in force, and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    origins: BTreeMap<String, String>,
    layers: Layers,
}

/// What each place says, without what was set while the site ran.
#[derive(Clone)]
struct Layers {
    file: Layer,
    environment: Layer,
    flags: Layer,
}

/// One setting, fit to be shown: secrets are `***`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// `site.title`, `models.0.name`, …
    pub key: String,
    /// The value as JSON, which TOML reads as well.
    pub value: String,
    /// The flag, variable or file it is from, or `default`.
    pub origin: String,
}

/// Settings that cannot be used. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The settings file cannot be read or is not TOML.
    #[error("{}: {why}", path.display())]
    File {
        /// The settings file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file that should hold a secret cannot be read.
    #[error("{origin}: {}", path.display())]
    Secret {
        /// Which setting names it.
        origin: String,
        /// The file.
        path: PathBuf,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// A secret that is given twice in one place.
    #[error("{} and {} say the same thing: leave one out", .0[0], .0[1])]
    Twice([String; 2]),
    /// A key that does not exist.
    #[error("unknown key `{key}` in {origin}{hint}")]
    Unknown {
        /// The key.
        key: String,
        /// Where it stands.
        origin: String,
        /// The end of the sentence: what may have been meant.
        hint: String,
    },
    /// A value of the wrong type or form.
    #[error("`{key}` in {origin}: {why}")]
    Wrong {
        /// The key.
        key: String,
        /// Where it stands.
        origin: String,
        /// What is wrong with it.
        why: String,
    },
}

/// The variables that begin so are settings.
const PREFIX: &str = "INKSTONE_";
/// Names the settings file, so it is no setting itself.
const NOT_A_SETTING: &str = "INKSTONE_CONFIG";
/// Read in the working directory, if it is there.
const DEFAULT_FILE: &str = "inkstone.toml";
/// The origin of what was set while the site ran.
pub const BROWSER: &str = "browser";
/// The keys that may be given as `<key>_file`, and whose values are never shown.
const SECRETS: [&str; 3] = ["database_url", "api_key", "password"];

/// Reads `inkstone.toml`, or `file` instead; then the variables over it; then the flags over these.
///
/// ```
/// let environment = [("INKSTONE_SITE__TITLE".to_owned(), "Notes".to_owned())];
/// let loaded = gateway::config::load(None, environment, []).expect("a good setting");
/// assert_eq!(loaded.config.site.title, "Notes");
/// assert_eq!(loaded.config.listen.port(), 8080);
/// ```
pub fn load(
    file: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    flags: impl IntoIterator<Item = (&'static str, String)>,
) -> Result<Loaded, Error> {
    Layers {
        file: read_secrets(from_file(file)?)?,
        environment: read_secrets(from_environment(environment))?,
        flags: read_secrets(from_flags(flags))?,
    }
    .assembled(&BTreeMap::new())
}

impl Layers {
    /// The settings, with what was set while the site ran.
    fn assembled(self, set: &BTreeMap<String, String>) -> Result<Loaded, Error> {
        let below = |key: &str, set: &str| key.strip_prefix(set).is_some_and(|rest| rest.starts_with('.'));
        let mut leaves: BTreeMap<_, _> = self.file.iter().cloned().collect();
        // A list is another one, not some entries of this and some of that.
        leaves.retain(|key, _| !set.keys().any(|set| below(key, set)));
        leaves.extend(from_browser(set));
        leaves.extend(self.environment.iter().chain(&self.flags).cloned());
        let (config, origins) = checked(leaves)?;
        Ok(Loaded { config, origins, layers: self })
    }
}

fn checked(leaves: BTreeMap<String, Leaf>) -> Result<(Config, BTreeMap<String, String>), Error> {
    let origins = leaves.iter().map(|(key, leaf)| (key.clone(), leaf.origin.clone())).collect();
    let mut tree = Dict::new();
    for (key, leaf) in leaves {
        plant(&mut tree, &key.split('.').collect::<Vec<_>>(), leaf.value);
    }
    let mut config = extract(lists(tree.into()), &origins)?;
    if let Err(error) = EnvFilter::try_new(&config.log.level) {
        let key = "log.level".to_owned();
        return Err(Error::Wrong { origin: origin_of(&key, &origins), key, why: error.to_string() });
    }
    if let Err((key, why)) = config.check() {
        return Err(Error::Wrong { origin: origin_of(&key, &origins), key, why: why.into() });
    }
    if config.database_url().is_empty() {
        config.database_url = DatabaseUrl::sqlite_in(&config.data);
    }
    Ok((config, origins))
}

impl Loaded {
    /// The same settings with those that were set while the site ran, as text by key: over the file, and below the
    /// environment and flags, for whoever runs the program has the last word.
    pub fn with(&self, set: &BTreeMap<String, String>) -> Result<Self, Error> {
        self.layers.clone().assembled(set)
    }

    /// Where a setting is from: a flag, a variable, a file, [`BROWSER`] or `default`.
    pub fn origin(&self, key: &str) -> &str {
        let below = format!("{key}.");
        let mut found = self.origins.iter().filter(|(name, _)| *name == key || name.starts_with(&below));
        found.next().map_or("default", |(_, origin)| origin.as_str())
    }

    /// Whether the file says something of a setting, too.
    pub fn is_in_file(&self, key: &str) -> bool {
        let below = format!("{key}.");
        self.layers.file.iter().any(|(name, _)| name == key || name.starts_with(&below))
    }

    /// All settings in force, ordered by key.
    pub fn settings(&self) -> Vec<Setting> {
        let tree = serde_json::to_value(&self.config).expect("settings are plain data");
        let mut settings = Vec::new();
        each_leaf(String::new(), tree, &mut |key, value| {
            let origin = self.origins.get(&key);
            // A list without anything in it says something only if somebody wrote it.
            if origin.is_some() || value.as_array().is_none() {
                let origin = origin.map_or("default", String::as_str).to_owned();
                settings.push(Setting { key, value: without_password(value).to_string(), origin });
            }
        });
        settings.sort_by(|a, b| a.key.cmp(&b.key));
        settings
    }
}

impl fmt::Debug for Layers {
    /// Nothing of them: they hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layers")
    }
}

/// The value at a key of the settings; nothing is `Null`.
pub(super) fn leaf_at(config: &Config, key: &str) -> Json {
    let tree = serde_json::to_value(config).expect("settings are plain data");
    tree.pointer(&format!("/{}", key.replace('.', "/"))).cloned().unwrap_or_default()
}

/// A value at the end of a path of keys, and what set it.
#[derive(Clone)]
struct Leaf {
    value: Value,
    origin: String,
}

type Layer = Vec<(String, Leaf)>;

fn from_file(file: Option<&Path>) -> Result<Layer, Error> {
    let path = file.unwrap_or(Path::new(DEFAULT_FILE));
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.is_none() && error.kind() == io::ErrorKind::NotFound => return Ok(Layer::new()),
        Err(error) => return Err(Error::File { path: path.into(), why: error.to_string() }),
    };
    let table = text.parse::<toml::Table>().map_err(|error| {
        // The parser's own display quotes the line, which may hold a key.
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        Error::File { path: path.into(), why: format!("line {line}: {}", error.message()) }
    })?;
    let mut layer = Layer::new();
    let tree = serde_json::to_value(table).expect("TOML is plain data");
    each_leaf(String::new(), tree, &mut |key, value| {
        let value = Value::serialize(&value).expect("JSON is plain data");
        layer.push((key, Leaf { value, origin: path.display().to_string() }));
    });
    Ok(layer)
}

/// What was set while the site ran is text. That of a list is one entry a line.
fn from_browser(set: &BTreeMap<String, String>) -> Layer {
    let leaf = |value: Value| Leaf { value, origin: BROWSER.to_owned() };
    let each = set.iter().flat_map(|(key, text)| match changeable_at(key).map(|setting| setting.form) {
        Some(Form::Menu) => {
            let lines = text.lines().filter(|line| !line.trim().is_empty()).enumerate();
            let entries = lines.map(|(place, line)| (format!("{key}.{place}"), leaf(line.into())));
            let entries: Layer = entries.collect();
            if entries.is_empty() { vec![(key.clone(), leaf(Vec::<String>::new().into()))] } else { entries }
        }
        _ => vec![(key.clone(), leaf(text.as_str().into()))],
    });
    each.collect()
}

/// An empty variable counts as unset: compose files cannot leave one out.
fn from_environment(environment: impl IntoIterator<Item = (String, String)>) -> Layer {
    let settings = environment
        .into_iter()
        .filter(|(name, value)| name.starts_with(PREFIX) && name != NOT_A_SETTING && !value.is_empty());
    settings
        .map(|(name, value)| {
            let key = name[PREFIX.len()..].to_lowercase().replace("__", ".");
            (key, Leaf { value: value.into(), origin: name })
        })
        .collect()
}

fn from_flags(flags: impl IntoIterator<Item = (&'static str, String)>) -> Layer {
    let leaf = |key: &str, value: String| Leaf { value: value.into(), origin: format!("--{key}") };
    flags.into_iter().map(|(key, value)| (key.to_owned(), leaf(key, value))).collect()
}

/// Replaces each `<secret>_file` by the secret that the file holds.
fn read_secrets(layer: Layer) -> Result<Layer, Error> {
    let twice = layer.iter().find_map(|(key, leaf)| {
        let secret = key.strip_suffix("_file").filter(|secret| is_secret(secret))?;
        layer.iter().find(|(other, _)| other == secret).map(|(_, other)| [other, leaf])
    });
    if let Some(both) = twice {
        return Err(Error::Twice(both.map(|leaf| leaf.origin.clone())));
    }
    let read = |(key, leaf): (String, Leaf)| {
        let Some(secret) = key.strip_suffix("_file").filter(|secret| is_secret(secret)) else {
            return Ok((key, leaf));
        };
        let path = PathBuf::from(leaf.value.as_str().unwrap_or_default());
        match fs::read_to_string(&path) {
            Ok(text) => Ok((secret.to_owned(), Leaf { value: text.trim_end().into(), ..leaf })),
            Err(source) => Err(Error::Secret { origin: leaf.origin, path, source }),
        }
    };
    layer.into_iter().map(read).collect()
}

fn is_secret(key: &str) -> bool {
    key.rsplit('.').next().is_some_and(|name| SECRETS.contains(&name))
}

/// Visits what is not a table or a list of something, each with the path to it. What is unset has no leaf.
fn each_leaf(key: String, tree: Json, visit: &mut impl FnMut(String, Json)) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match tree {
        Json::Object(table) => {
            table.into_iter().for_each(|(name, value)| each_leaf(below(&name), value, visit))
        }
        Json::Array(items) if !items.is_empty() => {
            let numbered = items.into_iter().enumerate();
            numbered.for_each(|(number, value)| each_leaf(below(&number.to_string()), value, visit));
        }
        Json::Null => {}
        value => visit(key, value),
    }
}

/// The value, or the address without its password: any setting that is an address may hold one.
fn without_password(value: Json) -> Json {
    let address = value.as_str().and_then(|text| Url::parse(text).ok());
    match address.filter(|address| address.password().is_some()) {
        Some(mut address) => match address.set_password(Some("***")) {
            Ok(()) => String::from(address).into(),
            Err(()) => "***".into(),
        },
        None => value,
    }
}

/// Puts a value at the end of a path of tables.
fn plant(tree: &mut Dict, path: &[&str], value: Value) {
    let [name, rest @ ..] = path else { return };
    if rest.is_empty() {
        tree.insert((*name).to_owned(), value);
        return;
    }
    let entry = tree.entry((*name).to_owned()).or_insert_with(|| Dict::new().into());
    if entry.as_dict().is_none() {
        *entry = Dict::new().into();
    }
    if let Value::Dict(_, below) = entry {
        plant(below, rest, value);
    }
}

/// Makes lists of the tables whose keys are numbers.
fn lists(value: Value) -> Value {
    let Value::Dict(tag, table) = value else { return value };
    let numbers = table.keys().filter_map(|key| key.parse::<usize>().ok()).collect::<Vec<_>>();
    if numbers.is_empty() || numbers.len() < table.len() {
        return Value::Dict(tag, table.into_iter().map(|(key, value)| (key, lists(value))).collect());
    }
    let mut items = numbers.into_iter().zip(table.into_values().map(lists)).collect::<Vec<_>>();
    items.sort_by_key(|(number, _)| *number);
    Value::Array(tag, items.into_iter().map(|(_, value)| value).collect())
}

fn extract(tree: Value, origins: &BTreeMap<String, String>) -> Result<Config, Error> {
    let figment = Figment::from(Serialized::defaults(tree));
    figment.extract_lossy::<Config>().map_err(|error| {
        let mut path = error.path.clone();
        if let Kind::UnknownField(field, _) = &error.kind
            && path.last() != Some(field)
        {
            path.push(field.clone());
        }
        let key = path.join(".");
        let origin = origin_of(&key, origins);
        match error.kind {
            Kind::UnknownField(_, known) => Error::Unknown { hint: hint(&path, known), key, origin },
            // Ours, which never repeat the text.
            Kind::Message(why) if key == "database_url" => Error::Wrong { key, origin, why },
            _ if is_secret(&key) => Error::Wrong { key, origin, why: "must be a text".into() },
            Kind::MissingField(field) => Error::Wrong { key, origin, why: format!("`{field}` is missing") },
            Kind::UnknownVariant(given, known) => {
                Error::Wrong { key, origin, why: format!("{given:?} is not one of {}", known.join(", ")) }
            }
            kind => Error::Wrong { key, origin, why: kind.to_string() },
        }
    })
}

/// The origin of a key or, where it is a table, of the first key in it.
fn origin_of(key: &str, origins: &BTreeMap<String, String>) -> String {
    let below = format!("{key}.");
    let found = origins.iter().find(|(name, _)| *name == key || name.starts_with(&below));
    found.map_or_else(|| "the settings".into(), |(_, origin)| origin.clone())
}

/// What may have been meant by an unknown key: the same name elsewhere, or a sibling of like spelling.
fn hint(path: &[String], known: &[&str]) -> String {
    let (name, parents) = path.split_last().expect("a key has a name");
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(name, known);
    let mut everywhere = Vec::new();
    let defaults = serde_json::to_value(Config::default()).expect("settings are plain data");
    each_leaf(String::new(), defaults, &mut |key, _| everywhere.push(key));
    everywhere.sort();
    if let Some(key) = everywhere.iter().find(|key| key.rsplit('.').next() == Some(name)) {
        return format!(", did you mean `{key}`?");
    }
    let sibling = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match sibling.filter(|known| likeness(known) > 0.5) {
        Some(sibling) => {
            let meant = parents.iter().map(String::as_str).chain([sibling]).collect::<Vec<_>>().join(".");
            format!(", did you mean `{meant}`?")
        }
        None => format!(", known here: {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(
        file: &str,
        environment: &[(&str, &str)],
        flags: &[(&'static str, &str)],
    ) -> Result<Loaded, Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("inkstone.toml");
        fs::write(&path, file).expect("a file");
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        load(Some(&path), environment, flags.iter().map(|(name, value)| (*name, (*value).into())))
    }

    #[track_caller]
    fn check_error(file: &str, environment: &[(&str, &str)], expected: &str) {
        let error = with(file, environment, &[]).expect_err("bad settings").to_string();
        let end = error.split_once("inkstone.toml").map_or(error.as_str(), |(_, end)| end);
        assert!(error == expected || end == expected, "{error}");
    }

    #[test]
    fn settings_that_make_no_sense_are_refused() {
        let model = "[[models]]\nname = 'a'\nbase_url = 'http://x/v1'\nmodel = 'a-1'\n";
        let check = |file: &str, why: &str| {
            let error = with(file, &[], &[]).expect_err(why).to_string();
            assert!(error.contains(why), "{error}");
        };
        assert!(with(&format!("{model}{}", model.replace("'a'", "'b'")), &[], &[]).is_ok());
        check(&model.replace("'a'", "'extractive'"), "`models.0.name`");
        check(&format!("{model}{model}"), "`models.1.name`");
        check(&model.replace("http:", "ftp:"), "`models.0.base_url`");
        check(&model.replace("http://x/v1", "localhost:11434"), "`models.0.base_url`");
        check(&format!("{model}context = 0"), "`models.0.context`");
        check(&format!("{model}limits = {{ output = 0 }}"), "`models.0.limits.output`");
        check("[readings]\nparallel = 0", "`readings.parallel`");
        check(&format!("{model}[budget]\nday = {{ money = 1.0 }}"), "`budget.day.money`");
        let priced = format!("{model}price = {{ input = 1, output = 2 }}\n[budget]\nday = {{ money = 1.0 }}");
        assert!(with(&priced, &[], &[]).is_ok());
    }

    #[test]
    fn flags_over_environment_over_file_over_default() {
        let file = "listen = '127.0.0.1:1'\n[site]\ntitle = 'File'\ntagline = 'File'";
        let environment = [("INKSTONE_LISTEN", "127.0.0.1:2"), ("INKSTONE_SITE__TITLE", "Environment")];
        let loaded = with(file, &environment, &[("listen", "127.0.0.1:3")]).expect("good settings");
        assert_eq!(loaded.config.listen.port(), 3);
        assert_eq!(loaded.config.site.title, "Environment");
        assert_eq!(loaded.config.site.tagline, "File");
        assert_eq!(loaded.config.log.level, "info");
    }

    #[test]
    fn what_was_set_while_the_site_ran_is_over_the_file_and_below_the_environment() {
        let file =
            "[site]\ntitle = 'File'\ntagline = 'File'\nauthor = 'File'\nmenu = ['/a A', '/b B', '/c C']";
        let loaded = with(file, &[("INKSTONE_SITE__TAGLINE", "Environment")], &[]).expect("good settings");
        let set = |set: &[(&str, &str)]| {
            let set = set.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
            loaded.with(&set)
        };
        let menu = "/about About us\n\nhttps://a.example Elsewhere\n";
        let changed = set(&[("site.title", "Browser"), ("site.tagline", "Browser"), ("site.menu", menu)]);
        let changed = changed.expect("good settings");
        let site = &changed.config.site;
        assert_eq!((site.title.as_str(), site.tagline.as_str()), ("Browser", "Environment"));
        assert_eq!(
            site.menu.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"),
            "/about About us|https://a.example Elsewhere"
        );
        assert_eq!([changed.origin("site.title"), changed.origin("site.menu")], [BROWSER; 2]);
        assert!(changed.is_in_file("site.title") && changed.is_in_file("site.menu"));
        assert!(changed.origin("site.author").ends_with("inkstone.toml"));
        assert!(set(&[("site.menu", "")]).expect("an empty menu").config.site.menu.is_empty());
        assert_eq!(set(&[]).expect("as it was").config.site.title, "File");
        for (key, text, why) in [
            (
                "accounts.registration",
                "perhaps",
                "`accounts.registration` in browser: \"perhaps\" is not one of off, invitation, open",
            ),
            ("site.menu", "javascript:alert(1) x", "must be an address"),
            ("site.menu", "//evil.example x", "must be an address"),
        ] {
            let error = set(&[(key, text)]).expect_err("a bad setting").to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn settings_name_their_origin_and_hide_secrets() {
        let file = "database_url = 'postgres://me:hunter2@db/ink?password=hunter2'\n[[models]]\nname = 'local'\n\
                    base_url = 'http://127.0.0.1:1/v1'\nmodel = 'm'\n";
        let environment = [("INKSTONE_MODELS__0__API_KEY", "hunter2"), ("INKSTONE_LOG__LEVEL", "debug")];
        let loaded = with(file, &environment, &[("data", "/d")]).expect("good settings");
        let ours = loaded.settings().into_iter().filter(|setting| !setting.key.contains("limits"));
        let lines = ours.map(|setting| {
            let origin = setting.origin.rsplit('/').next().unwrap_or_default().to_owned();
            format!("{} = {}  # {origin}", setting.key, setting.value)
        });
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r##"
        accounts.registration = "invitation"  # default
        comments.editing = "900s"  # default
        comments.fastest = 3  # default
        comments.hold = "first"  # default
        comments.links = 3  # default
        comments.mail_required = true  # default
        comments.network = 10  # default
        comments.subject = 60  # default
        comments.threads = 50  # default
        comments.work = 16  # default
        data = "/d"  # --data
        database_url = "postgres://me:***@db/ink?***"  # inkstone.toml
        fulltext.arxiv = "https://arxiv.org"  # default
        fulltext.fetch = true  # default
        fulltext.hosts.0 = "arxiv.org"  # default
        fulltext.hosts.1 = "export.arxiv.org"  # default
        fulltext.hosts.2 = "aclanthology.org"  # default
        fulltext.hosts.3 = "openreview.net"  # default
        fulltext.hosts.4 = "proceedings.mlr.press"  # default
        fulltext.pages = 300  # default
        harvest.feeds = "https://rss.arxiv.org/rss"  # default
        harvest.oai = "https://oaipmh.arxiv.org/oai"  # default
        listen = "127.0.0.1:8080"  # default
        log.format = "text"  # default
        log.level = "debug"  # INKSTONE_LOG__LEVEL
        mail.port = 587  # default
        mail.security = "starttls"  # default
        models.0.api_key = "***"  # INKSTONE_MODELS__0__API_KEY
        models.0.base_url = "http://127.0.0.1:1/v1"  # inkstone.toml
        models.0.context = 32768  # default
        models.0.model = "m"  # inkstone.toml
        models.0.name = "local"  # inkstone.toml
        models.0.price.input = 0.0  # default
        models.0.price.output = 0.0  # default
        models.0.quirks.ask_usage = true  # default
        models.0.quirks.continuation = "none"  # default
        models.0.quirks.max_tokens = "max_tokens"  # default
        pdf.hosts.0 = "https://arxiv.org"  # default
        pdf.hosts.1 = "https://export.arxiv.org"  # default
        pdf.hosts.2 = "https://openreview.net"  # default
        pdf.hosts.3 = "https://aclanthology.org"  # default
        pdf.hosts.4 = "https://proceedings.mlr.press"  # default
        readings.calls = "combined"  # default
        readings.extractive_last = false  # default
        readings.parallel = 4  # default
        readings.question_set = "six"  # default
        readings.queue = 100  # default
        readings.visitors_may_start_model = true  # default
        site.author = "Inkstone"  # default
        site.language = "en"  # default
        site.robots.search = true  # default
        site.support.text = ""  # default
        site.tagline = "Mathematics, written and read"  # default
        site.title = "Inkstone"  # default
        "##);
        assert!(!format!("{:?}", loaded.config).contains("hunter2"));
        assert_eq!(loaded.config.models[0].api_key.as_ref().map(|key| key.expose()), Some("hunter2"));
    }

    #[test]
    fn a_list_is_replaced_as_a_whole_even_by_an_empty_one() {
        let hosts = |file: &str, environment: &[(&str, &str)]| {
            let loaded = with(file, environment, &[]).expect("good settings");
            let hosts = loaded.settings().into_iter().filter(|setting| setting.key.starts_with("pdf.hosts"));
            hosts.map(|setting| setting.value).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(hosts("", &[]).split(' ').count(), 5);
        assert_eq!(hosts("[pdf]\nhosts = [\"https://a.example\"]", &[]), "\"https://a.example\"");
        assert_eq!(hosts("[pdf]\nhosts = []", &[]), "[]");
        let environment = [("INKSTONE_PDF__HOSTS__0", "https://b.example")];
        assert_eq!(hosts("[pdf]\nhosts = []", &environment), "\"https://b.example\"");
        check_error("[pdf]\nhost = []", &[], ", did you mean `pdf.hosts`?");
    }

    #[test]
    fn models_can_come_from_the_environment_alone() {
        let environment = [
            ("INKSTONE_MODELS__0__NAME", "one"),
            ("INKSTONE_MODELS__0__BASE_URL", "http://127.0.0.1:1/v1"),
            ("INKSTONE_MODELS__0__MODEL", "12"),
            ("INKSTONE_MODELS__0__CONTEXT", "8192"),
            ("INKSTONE_MODELS__1__NAME", "two"),
            ("INKSTONE_MODELS__1__BASE_URL", "http://127.0.0.1:2/v1"),
            ("INKSTONE_MODELS__1__MODEL", "b"),
            ("INKSTONE_READINGS__VISITORS_MAY_START_MODEL", "false"),
        ];
        let config = with("", &environment, &[]).expect("good settings").config;
        let models: Vec<_> =
            config.models.iter().map(|m| (m.name.as_str(), m.model.as_str(), m.context)).collect();
        assert_eq!(models, [("one", "12", 8192), ("two", "b", 32_768)]);
        assert!(!config.readings.visitors_may_start_model);
    }

    #[test]
    fn secrets_come_from_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("secret");
        fs::write(&path, "postgres://me:hunter2@db/ink\n").expect("a file");
        let path = path.to_str().expect("a path");
        let config = with("", &[("INKSTONE_DATABASE_URL_FILE", path)], &[]).expect("good settings").config;
        assert_eq!(config.database_url(), "postgres://me:hunter2@db/ink");
        let error = with("", &[("INKSTONE_DATABASE_URL_FILE", "/nowhere")], &[]).expect_err("no such file");
        assert_eq!(error.to_string(), "INKSTONE_DATABASE_URL_FILE: /nowhere");
    }

    #[test]
    fn without_an_address_the_database_is_in_the_data_folder() {
        let config = with("data = '/srv/ink'", &[], &[]).expect("good settings").config;
        assert_eq!(config.database_url(), "sqlite:///srv/ink/inkstone.db");
    }

    #[test]
    fn unknown_keys_are_errors_with_a_suggestion() {
        check_error("lisen = '127.0.0.1:1'", &[], ", did you mean `listen`?");
        check_error("[site]\ntitel = 'x'", &[], ", did you mean `site.title`?");
        check_error("title = 'x'", &[], ", did you mean `site.title`?");
        check_error(
            "",
            &[("INKSTONE_LOG__FROMAT", "json")],
            "unknown key `log.fromat` in INKSTONE_LOG__FROMAT, did you mean `log.format`?",
        );
        check_error(
            "",
            &[("INKSTONE_LISTEN_FILE", "x")],
            "unknown key `listen_file` in INKSTONE_LISTEN_FILE, did you mean `listen`?",
        );
        check_error("[log]\ncolour = true", &[], ", known here: level, format");
        check_error(
            "[[models]]\nname = 'a'\nbase_url = 'b'\nmodel = 'c'\napikey = 'hunter2'",
            &[],
            ", did you mean `models.0.api_key`?",
        );
    }

    #[test]
    fn macros_are_checked() {
        let file = "[macros]\nR = '\\mathbb{R}'\nnorm = '\\|#1\\|'";
        let loaded = with(file, &[], &[]).expect("good settings");
        assert_eq!(
            loaded.config.macros.known().clone().expand(r"\norm\R").as_deref(),
            Some(r"\|\mathbb{R}\|")
        );
        assert!(
            loaded.settings().iter().any(|setting| setting.key == "macros.R" && setting.origin != "default")
        );
        check_error(
            "[macros]\nR2 = 'x'",
            &[],
            ": `R2` is no name of a macro: letters without a backslash are",
        );
        check_error("[macros]\na = '{'", &[], ": the braces of `a` do not balance");
        check_error("[macros]\na = '\\b'\nb = '\\a'", &[], ": `a` stands for itself, or for too much");
        check_error("[macros]\na = ['b', 1]", &[], ": invalid type: found sequence, expected a string");
    }

    #[test]
    fn wrong_values_are_errors_without_their_secrets() {
        check_error("listen = 'everywhere'", &[], ": invalid socket address syntax");
        check_error("[site]\nlanguage = 'fr'", &[], ": \"fr\" is not one of en, zh");
        check_error("database_url = 5", &[], ": must be a text");
        let form = ": must be like postgres://user:password@host/database, with / ? # @ : of a password written as \
                    %2F %3F %23 %40 %3A";
        check_error("database_url = 'postgres://u:hun/ter2@h/db'", &[], form);
        check_error("database_url = 'postgres://u:hun?ter2@h/db'", &[], form);
        for odd in ["host=h user=u password=hunter2", "postgres:u:hunter2@h", "mysql://u:hunter2@h/db"] {
            check_error(&format!("database_url = '{odd}'"), &[], ": must begin with sqlite: or postgres://");
        }
        check_error(
            "[log]\nlevel = 'foo=bar=x'",
            &[],
            ": error parsing level filter: expected one of \"off\", \"error\", \"warn\", \"info\", \"debug\", \
             \"trace\", or a number 0-5",
        );
        check_error(
            "",
            &[("INKSTONE_DATABASE_URL", "sqlite:a.db"), ("INKSTONE_DATABASE_URL_FILE", "/run/secret")],
            "INKSTONE_DATABASE_URL and INKSTONE_DATABASE_URL_FILE say the same thing: leave one out",
        );
        check_error(
            "database_url = hunter2",
            &[],
            ": line 1: string values must be quoted, expected literal string",
        );
        check_error(
            "base_url = 'https://a.example/blog'",
            &[],
            ": must not have a path: the site has a host of its own",
        );
        check_error("[[models]]\nname = 'a'\nmodel = 'b'", &[], ": `base_url` is missing");
        check_error(
            "",
            &[("INKSTONE_READINGS__VISITORS_MAY_START_MODEL", "perhaps")],
            "`readings.visitors_may_start_model` in INKSTONE_READINGS__VISITORS_MAY_START_MODEL: invalid type: \
             found string \"perhaps\", expected a boolean",
        );
    }
}
