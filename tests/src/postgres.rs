use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::watched::watched;

/// The PostgreSQL server that all tests of this process share. It syncs nothing: only our program is
/// killed in the tests, never this one.
struct Server {
    programs: PathBuf,
    port: String,
    _child: Child,
}

/// The address of a new, empty database.
pub(crate) fn database() -> String {
    static SERVER: OnceLock<Server> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = SERVER.get_or_init(start);
    let name = format!("site{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let mut createdb = Command::new(server.programs.join("createdb"));
    run(createdb.args(["-h", "127.0.0.1", "-U", "inkstone", "-p", &server.port, &name]));
    format!("postgres://inkstone@127.0.0.1:{}/{name}", server.port)
}

fn start() -> Server {
    let programs = programs();
    let folder = tempfile::Builder::new().prefix("inkstone-postgres").tempdir().expect("a folder").keep();
    let data = folder.join("data");
    if is_root() {
        run(Command::new("chown").args([USER, name(&folder)]));
    }
    let initdb =
        ["-D", name(&data), "-U", "inkstone", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
    run(&mut as_user(&programs.join("initdb"), &initdb));
    let port = TcpListener::bind("127.0.0.1:0")
        .expect("a free port")
        .local_addr()
        .expect("an address")
        .port()
        .to_string();
    let options = [
        "listen_addresses=127.0.0.1",
        &format!("unix_socket_directories={}", name(&folder)),
        "fsync=off",
        "full_page_writes=off",
        "max_connections=400",
        "lc_messages=C",
    ];
    let arguments =
        ["-D", name(&data), "-p", &port].into_iter().chain(options.iter().flat_map(|option| ["-c", option]));
    let server = as_user(&programs.join("postgres"), &arguments.collect::<Vec<_>>());
    let mut child = watched(Path::new(server.get_program()), "INT", &folder)
        .args(server.get_args())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash is installed");
    let mut log = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
    let ready = log.find(|line| line.contains("ready to accept connections"));
    assert!(ready.is_some(), "PostgreSQL did not start");
    // Nobody reads the rest, but somebody must take it.
    std::thread::spawn(move || log.for_each(drop));
    Server { programs, port, _child: child }
}

/// The user that comes with Debian's package; PostgreSQL refuses to run as root.
const USER: &str = "postgres";

fn as_user(program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command = Command::new("setpriv");
        command.args(["--reuid", USER, "--regid", USER, "--clear-groups"]).arg(program);
    }
    command.args(arguments);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| std::os::unix::fs::MetadataExt::uid(&process) == 0)
}

/// The newest of Debian's installations, else whatever is in the path.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.max_by_key(|entry| entry.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
    newest.map_or_else(PathBuf::new, |version| version.path().join("bin"))
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; PostgreSQL is missing: apt-get install postgresql, or run ./just test")
    });
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn name(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}
