//! The disk is full while the index is written: nothing that was there is lost, and it goes on once there is room.
//!
//! A limit on the size of files stands in for the disk; it holds for a whole process, so the work is done in a child.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use content::{DocId, Kind};
use search::{Document, Error, Index, Query, Request, Snapshot, Update};

/// Where the child finds the index.
const FOLDER: &str = "INKSTONE_FULL_FOLDER";
/// A write beyond the limit fails instead of killing.
const SCRIPT: &str = r#"trap '' XFSZ; exec "$0" "$@""#;

#[test]
fn a_full_disk_loses_nothing() {
    for name in ["writes_to_a_full_disk", "builds_anew_on_a_full_disk"] {
        let folder = tempfile::tempdir().expect("a folder");
        let index = Index::open(folder.path()).expect("an index");
        index.apply(vec![put(1, "kept")]).expect("applied");
        index.commit(1).expect("committed");
        drop(index);
        let mut child = Command::new("bash");
        child.args(["-c", SCRIPT]).arg(std::env::current_exe().expect("this program"));
        child.args(["--exact", name, "--ignored", "--nocapture"]).env(FOLDER, folder.path());
        assert!(child.status().expect("bash is installed").success(), "{name}");
    }
}

#[test]
#[ignore = "the test above starts it, where it can fill the disk"]
fn writes_to_a_full_disk() {
    let folder = folder();
    let index = Index::open(&folder).expect("an index");
    for room in ["0", "100", "1000", "3000"] {
        limit(room);
        let failed = index.apply(vec![put(2, "more")]).and_then(|()| index.commit(2));
        assert!(matches!(failed, Err(Error::Engine(_))), "{room}: {failed:?}");
        assert_eq!((index.position(), found(&index, "kept"), found(&index, "more")), (1, 1, 0), "{room}");
        let again = index.apply(vec![put(2, "more")]).and_then(|()| index.commit(2));
        assert!(again.is_err(), "{room}: the disk is still full");
        limit("unlimited");
        check_whole(&folder, &index, room);
    }
}

#[test]
#[ignore = "the test above starts it, where it can fill the disk"]
fn builds_anew_on_a_full_disk() {
    let folder = folder();
    let index = Index::open(&folder).expect("an index");
    let mut rebuild = index.rebuild().expect("begun");
    rebuild.apply(vec![put(1, "kept")]).expect("applied");
    limit("100");
    let failed = index.apply(vec![put(2, "more")]).and_then(|()| index.commit(2));
    assert!(failed.is_err(), "{failed:?}");
    assert!(rebuild.finish(2).is_err());
    assert!(index.rebuild().is_err(), "there is no room for another one");
    limit("unlimited");
    check_whole(&folder, &index, "a rebuild");
}

/// What was committed is there, and what comes next can be committed and is there too.
fn check_whole(folder: &Path, index: &Index, what: &str) {
    assert_eq!((index.position(), found(index, "kept")), (1, 1), "{what}");
    index.apply(vec![put(3, "later")]).expect("there is room");
    index.commit(1).expect("there is room");
    assert_eq!(found(index, "later"), 1, "{what}");
    let on_disk = Snapshot::open(folder).expect("whole");
    let found = on_disk.search(&Request::of(&Query::parse("kept later"), 9)).expect("searched");
    assert_eq!(found.total, 2, "{what}");
}

fn put(id: i64, word: &str) -> Update {
    let body = format!("{word} {}", (0..2000).map(|n| format!("w{n} ")).collect::<String>());
    Update::Put(Document { id: DocId { kind: Kind::Paper, id }, body, ..Document::default() })
}

fn found(index: &Index, word: &str) -> u64 {
    index.search(&Request::of(&Query::parse(word), 9)).expect("searched").total
}

fn limit(bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let status = Command::new("prlimit").args(["--pid", &std::process::id().to_string(), &limit]).status();
    assert!(status.expect("prlimit runs").success());
}

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os(FOLDER).expect("the test above names it"))
}
