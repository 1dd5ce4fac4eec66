//! One process for each file.

use std::{
    io::{self, Read as _, Write as _},
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::{ExitCode, ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use content::FullText;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
    sync::Semaphore,
};

use crate::{Error, Form, extract, sandbox};

/// The first argument of a process that shall be a [`child`].
pub const CHILD: &str = "read-one-file";
/// The most time of a clock.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes that are taken from a process.
const OUTPUT: u64 = 5 << 20;
/// How many processes read at the same time.
const AT_ONCE: usize = 2;
/// The most bytes of a file.
const INPUT: usize = 64 << 20;

/// Reads files, each in a process of its own. Cheap to clone; clones take turns.
#[derive(Debug, Clone)]
pub struct Extractor {
    program: PathBuf,
    pages: u32,
    turns: Arc<Semaphore>,
}

/// What a process says, one object a line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Page(u32, u32),
    Text(FullText),
    Error(String),
}

impl Extractor {
    /// With a program that calls [`child`] when its first argument is [`CHILD`], for the first pages of PDFs.
    pub fn new(program: PathBuf, pages: u32) -> Self {
        Self { program, pages, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The text of a file. `told` is told which page of a PDF it is at, and how many will be read. Dropping the future ends
    /// the process.
    pub async fn read(
        &self,
        form: Form,
        file: &[u8],
        mut told: impl FnMut(u32, u32) + Send,
    ) -> Result<FullText, Error> {
        if file.len() > INPUT {
            return Err(Error::TooLarge);
        }
        let _turn = self.turns.acquire().await.map_err(|_| Error::NoProcess)?;
        let mut process = Process::start(self, form)?;
        match tokio::time::timeout(PATIENCE, process.work(file, &mut told)).await {
            Ok(read) => read,
            Err(_) => Err(Error::TooSlow),
        }
    }
}

/// A running child. Dropping it kills its group.
struct Process {
    child: Child,
}

impl Process {
    fn start(extractor: &Extractor, form: Form) -> Result<Self, Error> {
        let mut command = Command::new(&extractor.program);
        command
            .args([CHILD, form.name(), &extractor.pages.to_string()])
            .env_clear()
            .current_dir("/")
            .process_group(0);
        // An allocator that reserves a gigabyte in advance would leave no address space to the stack.
        command.env("MIMALLOC_ARENA_RESERVE", "0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            tracing::error!(%error, "no process for a file");
            Error::NoProcess
        })?;
        Ok(Self { child })
    }

    async fn work(
        &mut self,
        file: &[u8],
        told: &mut (dyn FnMut(u32, u32) + Send),
    ) -> Result<FullText, Error> {
        let pipes = (self.child.stdin.take(), self.child.stdout.take(), self.child.stderr.take());
        let (Some(mut input), Some(output), Some(complaints)) = pipes else { return Err(Error::NoProcess) };
        let give = async move {
            // Who has seen enough closes its end.
            let _ = input.write_all(file).await;
        };
        let mut complained = Vec::new();
        let mut complaints = complaints.take(4096);
        let hear = complaints.read_to_end(&mut complained);
        let (said, (), _) = tokio::join!(listen(output, told), give, hear);
        match said {
            Some(said) => said,
            None => {
                let status = self.child.wait().await.map_err(|_| Error::NoProcess)?;
                Err(verdict(status, &complained))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        if let Some(pid) = pid {
            // It may have ended by itself.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

/// Reads what a process says, to its last word; `None` if it goes without one.
async fn listen(
    output: tokio::process::ChildStdout,
    told: &mut (dyn FnMut(u32, u32) + Send),
) -> Option<Result<FullText, Error>> {
    let mut output = BufReader::new(output.take(OUTPUT));
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).await.ok()? > 0 {
        match serde_json::from_slice(&line) {
            Ok(Said::Page(page, of)) => told(page, of),
            Ok(Said::Text(text)) => return Some(Ok(text)),
            Ok(Said::Error(code)) => return Some(Err(Error::of(&code).unwrap_or(Error::Broken))),
            Err(_) if line.len() as u64 >= OUTPUT - 1 => return Some(Err(Error::TooLarge)),
            Err(_) => return None,
        }
        line.clear();
    }
    None
}

/// Why a process went without a word.
fn verdict(status: ExitStatus, complained: &[u8]) -> Error {
    let complained = String::from_utf8_lossy(complained);
    let signal = status.signal().and_then(Signal::from_named_raw);
    match signal {
        _ if complained.contains("memory allocation of") => Error::TooMuchMemory,
        Some(Signal::XCPU | Signal::KILL) => Error::TooSlow,
        _ => {
            tracing::debug!(%status, %complained, "a file could not be read");
            Error::Broken
        }
    }
}

/// Reads one file from standard input, and tells what is in it on standard output. For a process that does nothing else;
/// its arguments are the form of the file and how many pages to read.
pub fn child() -> ExitCode {
    match work() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn work() -> io::Result<()> {
    let mut arguments = std::env::args().skip(2);
    let form = arguments.next().as_deref().and_then(Form::named);
    let pages = arguments.next().and_then(|pages| pages.parse().ok());
    let (Some(form), Some(pages)) = (form, pages) else {
        return Err(io::Error::other("a form and a number are missing"));
    };
    sandbox::enter()?;
    let mut file = Vec::new();
    io::stdin().lock().take(INPUT as u64 + 1).read_to_end(&mut file)?;
    let read = extract(form, &file, pages, &mut |page, of| {
        // A reader who went away ends the process with the next line.
        let _ = say(&Said::Page(page, of));
    });
    say(&match read {
        Ok(text) => Said::Text(text),
        Err(error) => Said::Error(error.code().to_owned()),
    })
}

fn say(said: &Said) -> io::Result<()> {
    let mut line = serde_json::to_vec(said)?;
    line.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&line)?;
    out.flush()
}
