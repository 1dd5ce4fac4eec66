//! A real PostgreSQL for tests: started once by the test process, with a new database for each test.
//!
//! Self-contained (std only), so that other crates can include this file by path. The server lives in a
//! temporary folder, listens on a Unix socket only, and ends with the process that started it: a watcher
//! stops it and removes the folder when the pipe to this process closes, however this process ends.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// What to type where there is no PostgreSQL.
const REMEDY: &str = "apt-get install -y postgresql postgresql-client";
/// Users to run as when we are root: the server refuses to.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// Creates an empty database and gives its address.
pub(crate) fn new_database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(Server::start);
    let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let folder = server.folder.display();
    succeed(server.command("createdb").args(["-h", &folder.to_string(), "-U", "tests", &name]));
    // A socket's folder is not a host name: it goes into the query.
    format!("postgres://tests@localhost/{name}?host={folder}")
}

struct Server {
    programs: PathBuf,
    folder: PathBuf,
    user: Option<&'static str>,
}

impl Server {
    fn start() -> Self {
        let programs = programs();
        let folder = std::env::temp_dir().join(format!("inkstone-pg-{}", std::process::id()));
        let user =
            root().then(|| USERS.into_iter().find(|user| exists(user)).expect("a user that is not root"));
        let server = Self { programs, folder, user };
        server.make_folder();
        let data = server.folder.join("data");
        let mut initdb = server.command("initdb");
        initdb.args([
            "--username=tests",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "-D",
        ]);
        succeed_in(&server.folder, initdb.arg(&data));
        let settings = format!(
            "listen_addresses=''\nunix_socket_directories='{}'\nfsync=off\nmax_connections=400\n",
            server.folder.display()
        );
        fs::write(data.join("postgresql.auto.conf"), settings).expect("the data folder is ours");
        let mut start = server.command("pg_ctl");
        start.args(["start", "-w", "-s", "-l"]).arg(server.folder.join("log")).arg("-D").arg(&data);
        succeed_in(&server.folder, &mut start);
        server.watch(&data);
        server
    }

    fn make_folder(&self) {
        let _ = fs::remove_dir_all(&self.folder);
        fs::create_dir(&self.folder).expect("the folder for temporary files is writable");
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o755)).expect("the folder is ours");
        if let Some(user) = self.user {
            succeed(Command::new("chown").arg(user).arg(&self.folder));
        }
    }

    /// A program of PostgreSQL, run as a user whom it accepts.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.user {
            None => Command::new(program),
            Some(user) => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid", user, "--regid", group(user).as_str(), "--clear-groups", "--"])
                    .arg(program);
                command
            }
        };
        command.current_dir(&self.folder).env_remove("PGHOST").env_remove("PGPORT").env_remove("PGDATABASE");
        command
    }

    /// Ends the server when this process ends: then nobody holds the other end of the pipe.
    fn watch(&self, data: &Path) {
        let stop = self.command("pg_ctl");
        let mut words = vec![stop.get_program().to_owned()];
        words.extend(stop.get_args().map(ToOwned::to_owned));
        let watcher = Command::new("sh")
            .args([
                "-c",
                "trap '' INT TERM HUP; cat >/dev/null; folder=$1; shift; \"$@\"; rm -rf \"$folder\"",
                "watcher",
            ])
            .arg(&self.folder)
            .args(words)
            .args(["stop", "-s", "-m", "immediate", "-D"])
            .arg(data)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh is there");
        // The pipe stays open until the system closes it for us.
        std::mem::forget(watcher);
    }
}

/// The folder with the server's programs.
fn programs() -> PathBuf {
    let mut places: Vec<PathBuf> = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.push("/usr/local/bin".into());
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    places.extend(versions.into_iter().rev());
    let complete = |place: &PathBuf| {
        ["initdb", "pg_ctl", "postgres", "createdb"].iter().all(|name| place.join(name).is_file())
    };
    places.into_iter().find(complete).unwrap_or_else(|| panic!("these tests need PostgreSQL: {REMEDY}"))
}

fn root() -> bool {
    id("-u", None).as_deref() == Some("0")
}

fn exists(user: &str) -> bool {
    id("-u", Some(user)).is_some()
}

fn group(user: &str) -> String {
    id("-g", Some(user)).expect("a user has a group")
}

fn id(what: &str, user: Option<&str>) -> Option<String> {
    let output = Command::new("id").arg(what).args(user).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn succeed(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", said(&output));
}

/// As [`succeed`], with the server's log in the message.
fn succeed_in(folder: &Path, command: &mut Command) {
    // pg_ctl leaves the server behind with our pipes: they would never close.
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let log = || fs::read_to_string(folder.join("log")).unwrap_or_default();
    assert!(status.is_ok_and(|status| status.success()), "{command:?} failed\n{}", log());
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}
