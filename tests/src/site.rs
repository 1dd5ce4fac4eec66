use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio},
    sync::Once,
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::OnceCell,
    task::spawn_blocking,
    time::timeout,
};

use crate::{Event, Events, watched::watched};

/// A start that takes longer than this has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the site keeps its data in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A file in the data folder.
    Sqlite,
    /// A database of its own on the one server that all tests share.
    Postgres,
}

/// How a site is to be started.
pub struct Run {
    engine: Engine,
    folder: Option<&'static str>,
    settings: Vec<(String, String)>,
}

/// A running site. It ends with the value.
pub struct Site {
    /// `http://127.0.0.1:<port>`.
    pub address: String,
    /// The data folder.
    pub data: PathBuf,
    settings: Vec<(String, String)>,
    pid: String,
    child: Child,
    stdin: Option<ChildStdin>,
    folder: Option<TempDir>,
}

/// What a stopped site leaves behind, to be started again.
pub struct Ended {
    folder: Option<TempDir>,
    /// The data folder.
    pub data: PathBuf,
    settings: Vec<(String, String)>,
    /// How the server ended.
    pub status: ExitStatus,
}

impl Run {
    /// A new empty site. It fetches nothing: who tests that says where.
    pub fn on(engine: Engine) -> Self {
        let nothing = ("INKSTONE_FULLTEXT__FETCH".to_owned(), "false".to_owned());
        Self { engine, folder: None, settings: vec![nothing] }
    }

    /// With the sample site in it.
    pub fn with_sample(self) -> Self {
        self.with_folder(SAMPLE)
    }

    /// With what a folder like that of the sample site holds.
    pub fn with_folder(mut self, folder: &'static str) -> Self {
        self.folder = Some(folder);
        self
    }

    /// With one more setting, as an environment variable without its prefix.
    pub fn set(mut self, name: &str, value: impl ToString) -> Self {
        self.settings.push((format!("INKSTONE_{name}"), value.to_string()));
        self
    }

    /// With this model as the first one.
    pub fn with_model(self, model: &crate::Model) -> Self {
        self.with_model_at(0, "scripted", model.address)
    }

    /// With the model at this address at this place in the list.
    pub fn with_model_at(self, place: usize, name: &str, address: std::net::SocketAddr) -> Self {
        self.set(&format!("MODELS__{place}__NAME"), name)
            .set(&format!("MODELS__{place}__BASE_URL"), format!("http://{address}/v1"))
            .set(&format!("MODELS__{place}__API_KEY"), crate::KEY)
            .set(&format!("MODELS__{place}__MODEL"), "scripted-1")
    }

    /// With counts for the operator, see [`Site::metrics`].
    pub fn with_metrics(self) -> Self {
        self.set("METRICS__LISTEN", "127.0.0.1:0")
    }

    /// Starts it, and waits until it says where it is.
    pub async fn start(mut self) -> Site {
        let folder = tempfile::tempdir().expect("a temporary folder");
        if self.engine == Engine::Postgres {
            let url = spawn_blocking(crate::postgres::database).await.expect("a database");
            self.settings.push(("INKSTONE_DATABASE_URL".into(), url));
        }
        let data = folder.path().join("data");
        let extra = self.folder.map_or(Vec::new(), |folder| vec!["--sample", folder]);
        Site::launch(Some(folder), data, self.settings, &extra).await
    }
}

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample");

impl Site {
    /// The sample site for tests that only read: one for each engine, shared by all tests.
    pub async fn sample(engine: Engine) -> &'static Site {
        static SQLITE: OnceCell<Site> = OnceCell::const_new();
        static POSTGRES: OnceCell<Site> = OnceCell::const_new();
        let cell = if engine == Engine::Sqlite { &SQLITE } else { &POSTGRES };
        cell.get_or_init(|| Run::on(engine).with_sample().start()).await
    }

    async fn launch(
        folder: Option<TempDir>,
        data: PathBuf,
        settings: Vec<(String, String)>,
        extra: &[&str],
    ) -> Self {
        let log = data.with_extension("log");
        let mut command = watched(&inkstone(), "KILL", data.parent().expect("a folder of its own"));
        without_settings(&mut command);
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data", path(&data)])
            .args(extra)
            .envs(settings.iter().cloned())
            .stderr(File::create(&log).expect("a log file"))
            .spawn()
            .expect("bash is installed");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let first_lines = spawn_blocking(|| output.lines().map_while(Result::ok).take(2).collect::<Vec<_>>());
        let lines =
            timeout(PATIENCE, first_lines).await.expect("the server starts in time").expect("reading");
        let address =
            lines.get(1).and_then(|line| line.split_whitespace().find(|word| word.starts_with("http://")));
        let address = address.unwrap_or_else(|| {
            panic!(
                "the server did not say where it is:\n{}",
                std::fs::read_to_string(&log).unwrap_or_default()
            )
        });
        let stdin = child.stdin.take();
        Self { address: address.to_owned(), pid: lines[0].clone(), data, settings, child, stdin, folder }
    }

    /// `GET`, without following redirections.
    pub async fn get(&self, path: &str) -> reqwest::Response {
        self.request(reqwest::Method::GET, path, &[]).await
    }

    /// `GET` of a page that must be there.
    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "GET {path}");
        response.text().await.expect("a page")
    }

    /// Any request.
    pub async fn request(
        &self,
        method: reqwest::Method,
        path: &str,
        headers: &[(&str, &str)],
    ) -> reqwest::Response {
        let mut request = client().request(method, format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"))
    }

    /// What the server answers to these bytes, up to where it closes the connection.
    pub async fn raw(&self, bytes: &str) -> String {
        let address = self.address.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        let (mut read, mut write) = stream.split();
        let mut answer = Vec::new();
        // The server may answer, and close, before it has read everything.
        let sent = write.write_all(bytes.as_bytes());
        let _ = timeout(PATIENCE, async { tokio::join!(sent, read.read_to_end(&mut answer)) }).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A form sent as the site's own page would send it.
    pub async fn post(&self, path: &str, form: &str) -> reqwest::Response {
        self.form(path, form, &[("sec-fetch-site", "same-origin"), ("origin", &self.address)]).await
    }

    /// The same form, sent by a script that wants data back.
    pub async fn post_json(&self, path: &str, form: &str) -> reqwest::Response {
        let headers =
            [("accept", "application/json"), ("sec-fetch-site", "same-origin"), ("origin", &self.address)];
        self.form(path, form, &headers).await
    }

    /// A form with these headers.
    pub async fn form(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let headers = [&[("content-type", "application/x-www-form-urlencoded")], headers].concat();
        self.send(reqwest::Method::POST, path, form.to_owned(), &headers).await
    }

    /// Any request with a body.
    pub async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        body: String,
        headers: &[(&str, &str)],
    ) -> reqwest::Response {
        let answer = self.attempt(method, path, body, headers).await;
        answer.unwrap_or_else(|error| panic!("{path}: {error:?}"))
    }

    /// The same to a server that may be killed before it answers.
    pub async fn attempt(
        &self,
        method: reqwest::Method,
        path: &str,
        body: String,
        headers: &[(&str, &str)],
    ) -> reqwest::Result<reqwest::Response> {
        let mut request = client().request(method, format!("{}{path}", self.address)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await
    }

    /// What the server logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.data.with_extension("log")).expect("a log")
    }

    /// What the server counts, of a site [with metrics](Run::with_metrics).
    pub async fn metrics(&self) -> String {
        let log = self.log();
        let address = log.split_whitespace().find(|word| word.ends_with("/metrics"));
        let response = client().get(address.expect("the log names the address")).send().await;
        response.expect("an answer").text().await.expect("text")
    }

    /// An event stream, from `last` if one is named.
    pub async fn events(&self, path: &str, last: Option<&str>) -> Events {
        let headers: Vec<_> = last.map(|id| ("last-event-id", id)).into_iter().collect();
        let response = self.request(reqwest::Method::GET, path, &headers).await;
        assert_eq!(response.status(), 200, "GET {path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events::of(response)
    }

    /// All events of a stream until one of them satisfies `last`.
    pub async fn events_until(&self, path: &str, last: impl Fn(&Event) -> bool) -> Vec<Event> {
        self.events(path, None).await.until(last).await
    }

    /// Runs a command beside the server, with the same settings.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        run(arguments, &self.data, &self.settings).await
    }

    /// What a command prints that must succeed.
    pub async fn said(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Runs a command with this on its standard input.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Output {
        let mut command = command(arguments, &self.data, &self.settings);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the command runs");
        let mut pipe = child.stdin.take().expect("a pipe");
        writeln!(pipe, "{input}").expect("written");
        drop(pipe);
        spawn_blocking(move || child.wait_with_output()).await.expect("waiting").expect("it ends")
    }

    /// Sends a signal to the server.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.pid]).status();
        assert!(status.expect("kill runs").success());
    }

    /// From now on no file of the server's grows beyond this, as if the disk were full; `unlimited` makes room again.
    pub fn limit_files(&self, bytes: &str) {
        let limit = format!("--fsize={bytes}:unlimited");
        let status = Command::new("prlimit").args(["--pid", &self.pid, &limit]).status();
        assert!(status.expect("prlimit runs").success());
    }

    /// The time that processors have spent on the server so far.
    pub fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).expect("a running server");
        let (_, fields) = stat.rsplit_once(") ").expect("a name in parentheses");
        // In hundredths of a second, in user mode and in the kernel.
        let ticks = fields.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<u64>().expect("a number"));
        Duration::from_millis(10 * ticks.sum::<u64>())
    }

    /// The memory that the server takes up now, in KiB.
    pub fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid)).expect("a running server");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).expect("a number")
    }

    /// `kill -9`: what is not on disk is gone.
    pub async fn kill(self) -> Ended {
        self.signal("KILL");
        self.ended().await
    }

    /// Stops the server as an operator would; gives how it ended.
    pub async fn stop(self) -> Ended {
        self.signal("TERM");
        self.ended().await
    }

    /// Waits until a server that was told to end, or killed, is no more.
    pub async fn ended(self) -> Ended {
        let (mut child, stdin) = (self.child, self.stdin);
        let wait = spawn_blocking(move || child.wait());
        let status = timeout(PATIENCE, wait).await.expect("the server ends in time").expect("waiting");
        drop(stdin);
        Ended {
            folder: self.folder,
            data: self.data,
            settings: self.settings,
            status: status.expect("a child"),
        }
    }
}

impl Ended {
    /// The address of the PostgreSQL database that the site is kept in.
    pub fn database(&self) -> &str {
        let url = self.settings.iter().find(|(name, _)| name == "INKSTONE_DATABASE_URL");
        url.map(|(_, url)| url.as_str()).expect("a site on PostgreSQL")
    }

    /// Starts the same site again.
    pub async fn start(self) -> Site {
        Site::launch(self.folder, self.data, self.settings, &[]).await
    }

    /// Runs a command on what the site left, with the same settings.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        run(arguments, &self.data, &self.settings).await
    }

    /// Begins a command on what the site left. Whoever began it ends it.
    pub fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = command(arguments, &self.data, &self.settings);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the command runs")
    }
}

fn command(arguments: &[&str], data: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(inkstone());
    without_settings(&mut command);
    command.args(arguments).args(["--data", path(data)]).envs(settings.iter().cloned());
    command
}

async fn run(arguments: &[&str], data: &Path, settings: &[(String, String)]) -> Output {
    let mut command = command(arguments, data, settings);
    spawn_blocking(move || command.output()).await.expect("waiting").expect("the command runs")
}

/// The program under test: built by `cargo test --workspace` before any test runs, by `./just bench` before
/// any measurement.
pub fn inkstone() -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let program = test.ancestors().nth(2).expect("target/debug").join("inkstone");
    assert!(program.exists(), "{} is missing: cargo build -p gateway", program.display());
    program
}

/// The tests' own environment must not change what they test.
fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("INKSTONE_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_BACKTRACE");
}

fn path(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

/// Keeps no connection: a site is shared by tests that each have a runtime of their own.
fn client() -> reqwest::Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    client.pool_max_idle_per_host(0).timeout(PATIENCE).build().expect("a client")
}
