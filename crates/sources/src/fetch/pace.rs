//! One request per three seconds to a host, and one at a time, by all processes that share a folder.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::time::Instant;

use super::retry::LONGEST;

/// The time from one request to the next.
const SPACING: Duration = Duration::from_secs(3);
/// How often a file is looked at that another process has.
const LOOK: Duration = Duration::from_millis(100);

/// When each host may be asked again.
///
/// Within a process time is monotonic. Between processes it is the clock's, in a file for each host that is locked while a
/// request is under way; what a clock says that jumped is at worst a wait of an hour.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    folder: Option<PathBuf>,
    hosts: Arc<Mutex<HashMap<String, Host>>>,
}

#[derive(Debug, Clone, Default)]
struct Host {
    turn: Arc<tokio::sync::Mutex<()>>,
    /// When it may be asked again, as far as this process knows.
    next: Option<Instant>,
    /// What this process wrote into the file last.
    written: String,
}

/// A host's turn; the next one waits until it is dropped.
pub(super) struct Turn {
    pace: Pace,
    host: String,
    file: Option<File>,
    _turn: tokio::sync::OwnedMutexGuard<()>,
}

impl Pace {
    /// Kept in a folder, for other processes and for the next start.
    pub(super) fn kept_in(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    /// Waits for the host's turn.
    pub(super) async fn turn(&self, host: &str) -> io::Result<Turn> {
        let turn = self.with(host, |host| host.turn.clone()).lock_owned().await;
        let mut file = self.locked(host).await?;
        let (known, written) = self.with(host, |host| (host.next, host.written.clone()));
        let theirs = file.as_mut().map(read).transpose()?.unwrap_or_default();
        let told = if theirs == written { None } else { wait_of(&theirs, SystemTime::now()) };
        let next = known.into_iter().chain(told.map(|wait| Instant::now() + wait)).max();
        if let Some(next) = next {
            tokio::time::sleep_until(next).await;
        }
        let mut turn = Turn { pace: self.clone(), host: host.to_owned(), file, _turn: turn };
        // Noted before the request: who is killed in the middle of it keeps the pace as well.
        turn.note(SPACING);
        Ok(turn)
    }

    fn with<T>(&self, host: &str, ask: impl FnOnce(&mut Host) -> T) -> T {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        ask(hosts.entry(host.to_owned()).or_default())
    }

    /// The host's file, as soon as no other process has it.
    async fn locked(&self, host: &str) -> io::Result<Option<File>> {
        let Some(folder) = self.folder.clone() else { return Ok(None) };
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
        let path = folder.join(host.chars().map(plain).collect::<String>());
        std::fs::create_dir_all(&folder)?;
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                // A thread that waited for the lock could not be told to stop.
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK).await,
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
    }
}

impl Turn {
    /// Ends it. The host may be asked again after the spacing, or after a longer wait that it asked for.
    pub(super) fn end(mut self, wait: Duration) {
        self.note(wait.max(SPACING));
    }

    fn note(&mut self, wait: Duration) {
        let next = SystemTime::now() + wait;
        let written = next.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis().to_string();
        let kept = self.file.as_mut().map(|file| write(file, &written));
        self.pace.with(&self.host, |host| {
            host.next = Some(Instant::now() + wait);
            // What could not be written is waited for in this process all the same.
            if matches!(kept, Some(Ok(()))) {
                host.written = written;
            }
        });
    }
}

fn read(file: &mut File) -> io::Result<String> {
    let mut text = String::new();
    file.take(64).read_to_string(&mut text)?;
    Ok(text)
}

fn write(file: &mut File, text: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// How long to wait by what another process wrote.
fn wait_of(text: &str, now: SystemTime) -> Option<Duration> {
    let next = UNIX_EPOCH.checked_add(Duration::from_millis(text.trim().parse().ok()?))?;
    Some(next.duration_since(now).unwrap_or_default().min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn seconds_for(pace: &Pace, host: &str, wait: u64) -> u64 {
        let started = Instant::now();
        pace.turn(host).await.expect("a turn").end(Duration::from_secs(wait));
        // Half a second of grace: files hold the time of a real clock.
        (started.elapsed() + Duration::from_millis(500)).as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_have_their_own_spacing() {
        let pace = Pace::default();
        assert_eq!(seconds_for(&pace, "a", 0).await, 0);
        assert_eq!(seconds_for(&pace, "b", 0).await, 0);
        assert_eq!(seconds_for(&pace, "a", 20).await, 3);
        assert_eq!(seconds_for(&pace, "a", 0).await, 20);
    }

    #[tokio::test(start_paused = true)]
    async fn another_process_waits_as_well() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, two) = (Pace::kept_in(folder.path().into()), Pace::kept_in(folder.path().into()));
        assert_eq!(seconds_for(&one, "a:1", 0).await, 0);
        assert_eq!(seconds_for(&two, "a:1", 60).await, 3);
        assert_eq!(seconds_for(&one, "a:1", 0).await, 60);
        assert_eq!(seconds_for(&one, "a:1", 0).await, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_killed_keeps_the_pace_as_well() {
        let folder = tempfile::tempdir().expect("a folder");
        drop(Pace::kept_in(folder.path().into()).turn("a").await.expect("a turn"));
        assert_eq!(seconds_for(&Pace::kept_in(folder.path().into()), "a", 0).await, 3);
    }

    #[test]
    fn a_clock_that_jumped_costs_an_hour_at_most() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000_000);
        assert_eq!(wait_of("1000002000", now), Some(Duration::from_secs(2)));
        assert_eq!(wait_of("1086400000", now), Some(LONGEST));
        assert_eq!(wait_of("913600000", now), Some(Duration::ZERO));
        assert_eq!(wait_of("99999999999999999999", now), None);
        assert_eq!(wait_of("", now), None);
    }
}
