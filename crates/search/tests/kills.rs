//! A hundred times `kill -9` at a random moment of the index's life.
//!
//! A child process opens the index, follows a log, commits and builds anew, over and over, until it is killed. What the
//! next one opens must be whole without anybody's help. The moments come from a seed, which a failure names:
//! `INKSTONE_SEED=<seed> cargo test -p search --test kills`.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use content::{DocId, Kind};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use search::{Document, Index, Query, Request, Update};
use tempfile::TempDir;

const KILLS: u32 = 100;
/// Milliseconds that a child has: of its whole life, or of the one after it opened the index.
const LIFE: RangeInclusive<u64> = 5..=300;
/// Where the child finds the index.
const FOLDER: &str = "INKSTONE_KILLED_FOLDER";
/// Documents that the log speaks of, again and again.
const DOCUMENTS: i64 = 60;
/// Every so many entries one says that its document is gone.
const GOES: i64 = 7;

#[test]
fn a_hundred_kills_lose_nothing() {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_micros() as u64;
    let seed = std::env::var("INKSTONE_SEED").map_or(clock, |seed| seed.parse().expect("a number"));
    say(&format!("INKSTONE_SEED={seed}"));
    let mut random = StdRng::seed_from_u64(seed);
    let folder = in_memory();
    let (mut reached, mut rebuilt) = (0, 0);
    for kill in 1..=KILLS {
        let length = Duration::from_millis(random.random_range(LIFE));
        let said = life(folder.path(), length, if kill % 4 == 0 { From::Start } else { From::Open });
        let position = check(folder.path(), &said, reached);
        assert!(position >= reached, "kill {kill}: {position} came after {reached}");
        reached = position;
        rebuilt += said.matches("rebuilt").count();
    }
    say(&format!("{KILLS} kills, {reached} entries, {rebuilt} rebuilds"));
    assert!(reached > 0 && rebuilt > 0, "the child came to nothing");
}

/// A process is killed here, not a machine: without a disk to wait for, the same moments lie closer together.
fn in_memory() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder")
}

/// Where the life of a child is measured from.
#[derive(PartialEq)]
enum From {
    Start,
    Open,
}

/// Lets a child work for a while; gives what it said.
fn life(folder: &Path, length: Duration, from: From) -> String {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "works_until_it_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program runs");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut said = String::new();
    while from == From::Open && !said.ends_with("open\n") {
        assert!(output.read_line(&mut said).expect("read") > 0, "it ended by itself: {said}");
    }
    std::thread::sleep(length);
    let by_itself = child.try_wait().expect("a child");
    child.kill().expect("SIGKILL");
    child.wait().expect("gone");
    output.read_to_string(&mut said).expect("read");
    assert_eq!(by_itself, None, "{said}");
    said
}

/// What a killed child left is whole: a position that it committed, and the documents of exactly that position.
fn check(folder: &Path, said: &str, before: i64) -> i64 {
    let index = Index::open(folder).expect("nobody's help is needed");
    assert_eq!(index.set_aside(), None, "{said}");
    let position = index.position();
    let (begun, done) = (positions(said, "commit"), positions(said, "committed"));
    assert!(position == before || begun.contains(&position), "{position} of {said}");
    assert!(done.last().is_none_or(|done| position >= *done), "{position} forgot a commit: {said}");

    let expected = state(position);
    assert_eq!(index.len(), expected.len() as u64, "at {position}: {said}");
    let all: Vec<_> = expected.keys().copied().collect();
    assert_eq!(found(&index, "word"), all, "at {position}: {said}");
    for (id, entry) in expected.iter().step_by(13) {
        assert_eq!(found(&index, &spelled(*entry)), [*id], "entry {entry} at {position}");
    }
    drop(index);
    check_files(folder);
    position
}

/// Nothing half-built is left.
fn check_files(folder: &Path) {
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("listed").flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let version = folder.join(&names(folder)[0]);
    let mut left = names(&version);
    left.retain(|name| name != "lock" && name != "current");
    assert!(left.len() == 1 && left[0].starts_with('g'), "{left:?}");
}

/// The positions that follow a word at the start of a line.
fn positions(said: &str, word: &str) -> Vec<i64> {
    let lines = said.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
    lines.filter_map(|position| position.parse().ok()).collect()
}

fn found(index: &Index, query: &str) -> Vec<i64> {
    let results = index.search(&Request::of(&Query::parse(query), DOCUMENTS as usize * 2)).expect("searched");
    let mut ids: Vec<_> = results.hits.iter().map(|hit| hit.id.id).collect();
    ids.sort();
    ids
}

/// The log: which document an entry speaks of. What it is then, [`state`] says.
fn document_of(entry: i64) -> i64 {
    entry * 37 % DOCUMENTS
}

/// The documents at a position in the log, with the entry that each comes from.
fn state(position: i64) -> BTreeMap<i64, i64> {
    let mut state = BTreeMap::new();
    for entry in 1..=position {
        match entry % GOES {
            0 => state.remove(&document_of(entry)),
            _ => state.insert(document_of(entry), entry),
        };
    }
    state
}

fn put(id: i64, entry: i64) -> Update {
    let body = format!("word {} {}", spelled(entry), "filling ".repeat(20));
    Update::Put(Document { id: DocId { kind: Kind::Paper, id }, body, ..Document::default() })
}

/// A word for each number, without digits, which would be words of their own.
fn spelled(number: i64) -> String {
    number.to_string().bytes().map(|digit| char::from(b'k' + digit - b'0')).collect()
}

#[test]
#[ignore = "the test above starts it, and kills it"]
fn works_until_it_is_killed() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the test above names it"));
    let index = Index::open(&folder).expect("an index");
    say("open");
    for round in 1.. {
        match round % 3 {
            1 => build_anew(&index),
            _ => follow(&index, 1 + index.position() % 9),
        }
    }
}

/// Takes in the next entries of the log, as a follower does: what each document is now.
fn follow(index: &Index, entries: i64) {
    let position = index.position() + entries;
    let now = state(position);
    let changed = (index.position() + 1..=position).map(document_of);
    let update = |id| match now.get(&id) {
        Some(entry) => put(id, *entry),
        None => Update::Remove(DocId { kind: Kind::Paper, id }),
    };
    index.apply(changed.map(update).collect()).expect("applied");
    say(&format!("commit {position}"));
    index.commit(position).expect("committed");
    say(&format!("committed {position}"));
}

/// Builds it anew while it goes on following.
fn build_anew(index: &Index) {
    let position = index.position();
    let mut rebuild = index.rebuild().expect("begun");
    let all: Vec<_> = state(position).into_iter().map(|(id, entry)| put(id, entry)).collect();
    let (early, late) = all.split_at(all.len() / 2);
    rebuild.apply(early.to_vec()).expect("applied");
    follow(index, 3);
    rebuild.apply(late.to_vec()).expect("applied");
    say(&format!("commit {}", index.position()));
    rebuild.finish(position).expect("swapped");
    say("rebuilt");
}

/// At once, and past the harness, which keeps what tests print.
fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("somebody listens");
}
