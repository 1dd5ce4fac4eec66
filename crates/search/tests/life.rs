//! What happens to the index on disk.

use std::{
    fs,
    path::{Path, PathBuf},
};

use content::{DocId, Kind};
use search::{Document, Error, Index, Query, Request, Snapshot, Update};

fn paper(id: i64, body: &str) -> Document {
    Document { id: DocId { kind: Kind::Paper, id }, body: body.into(), ..Document::default() }
}

fn put(index: &Index, id: i64, body: &str) {
    index.apply(vec![Update::Put(paper(id, body))]).expect("applied");
}

fn found(index: &Index, query: &str) -> Vec<i64> {
    let results = index.search(&Request::of(&Query::parse(query), 50)).expect("searched");
    let mut ids: Vec<_> = results.hits.iter().map(|hit| hit.id.id).collect();
    ids.sort();
    ids
}

fn open(folder: &Path) -> Index {
    Index::open(folder).expect("an index")
}

#[test]
fn changes_show_after_a_commit_and_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    assert_eq!((index.position(), index.len()), (0, 0));
    put(&index, 1, "first");
    assert!(found(&index, "first").is_empty());
    index.commit(10).expect("committed");
    assert_eq!(found(&index, "first"), [1]);
    put(&index, 1, "second");
    index.apply(vec![Update::Remove(DocId { kind: Kind::Paper, id: 9 })]).expect("applied");
    index.commit(20).expect("committed");
    assert!(found(&index, "first").is_empty());
    drop(index);
    let index = open(folder.path());
    assert_eq!((index.position(), found(&index, "second")), (20, vec![1]));
    index.apply(vec![Update::Remove(DocId { kind: Kind::Paper, id: 1 })]).expect("applied");
    index.commit(21).expect("committed");
    assert_eq!((index.len(), index.set_aside()), (0, None));
}

#[test]
fn what_was_not_committed_comes_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    put(&index, 1, "kept");
    index.commit(10).expect("committed");
    put(&index, 2, "lost");
    drop(index);
    let index = open(folder.path());
    assert_eq!(index.position(), 10, "so that the change log is read from there again");
    assert_eq!((found(&index, "kept"), found(&index, "lost")), (vec![1], vec![]));
}

#[test]
fn kinds_do_not_share_numbers() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    put(&index, 1, "word");
    let post = Document { id: DocId { kind: Kind::Post, id: 1 }, ..paper(1, "word") };
    index
        .apply(vec![Update::Put(post), Update::Remove(DocId { kind: Kind::Paper, id: 1 })])
        .expect("applied");
    index.commit(1).expect("committed");
    let hits = index.search(&Request::of(&Query::parse("word"), 10)).expect("searched").hits;
    assert_eq!(hits.iter().map(|hit| hit.id.kind).collect::<Vec<_>>(), [Kind::Post]);
}

#[test]
fn a_second_opener_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    let refusal = Index::open(folder.path()).err();
    assert!(matches!(refusal, Some(Error::Held(_))), "{refusal:?}");
    drop(index);
    open(folder.path());
}

#[test]
fn an_index_is_searched_beside_its_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(matches!(Snapshot::open(folder.path()).err(), Some(Error::Missing(_))));
    let index = open(folder.path());
    put(&index, 1, "word");
    index.commit(1).expect("committed");
    let snapshot = Snapshot::open(folder.path()).expect("opened");
    index.rebuild().expect("begun").finish(2).expect("an empty one takes its place");
    let count = |snapshot: &Snapshot| {
        snapshot.search(&Request::of(&Query::parse("word"), 9)).expect("searched").total
    };
    assert_eq!(count(&snapshot), 1, "it shows what it opened");
    assert_eq!(count(&Snapshot::open(folder.path()).expect("opened")), 0);
}

#[test]
fn a_rebuild_can_be_asked_for_from_outside() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    assert!(!index.rebuild_wanted());
    search::ask_for_rebuild(folder.path()).expect("asked");
    assert!(index.rebuild_wanted() && search::rebuild_asked(folder.path()));
    drop(index.rebuild().expect("begun and given up"));
    assert!(index.rebuild_wanted());
    index.rebuild().expect("begun").finish(1).expect("swapped");
    assert!(!index.rebuild_wanted() && !search::rebuild_asked(folder.path()));
}

#[test]
fn a_rebuild_is_swapped_in_with_what_changed_meanwhile() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    for id in 1..=3 {
        put(&index, id, "old");
    }
    index.commit(5).expect("committed");

    let mut rebuild = index.rebuild().expect("begun");
    assert!(matches!(index.rebuild().err(), Some(Error::Rebuilding)));
    rebuild.apply(vec![Update::Put(paper(1, "fresh"))]).expect("applied");
    // While documents are read, 1 and 2 change and 3 goes.
    put(&index, 1, "newer");
    put(&index, 2, "newer");
    index.apply(vec![Update::Remove(DocId { kind: Kind::Paper, id: 3 })]).expect("applied");
    index.commit(8).expect("committed");
    // What was read before that arrives late, and is not believed.
    rebuild.apply(vec![Update::Put(paper(2, "fresh")), Update::Put(paper(3, "fresh"))]).expect("applied");
    rebuild.apply(vec![Update::Put(paper(4, "fresh"))]).expect("applied");
    assert_eq!(found(&index, "newer"), [1, 2], "the old one goes on");
    // This one is applied to the old index and committed to the new one.
    put(&index, 5, "newer");
    rebuild.finish(5).expect("swapped");

    assert_eq!(index.position(), 8);
    assert_eq!((found(&index, "newer"), found(&index, "fresh")), (vec![1, 2, 5], vec![4]));
    assert!(found(&index, "old").is_empty());
    put(&index, 6, "after");
    index.commit(9).expect("committed");
    drop(index);
    let index = open(folder.path());
    assert_eq!((index.position(), index.len(), found(&index, "after")), (9, 5, vec![6]));
    assert_eq!(generations(folder.path()).len(), 1);
}

#[test]
fn a_rebuild_that_was_given_up_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    put(&index, 1, "kept");
    index.commit(3).expect("committed");
    let mut rebuild = index.rebuild().expect("begun");
    rebuild.apply(vec![Update::Put(paper(2, "gone"))]).expect("applied");
    assert_eq!(generations(folder.path()).len(), 2);
    drop(rebuild);
    assert_eq!(generations(folder.path()).len(), 1);
    put(&index, 3, "kept");
    index.commit(4).expect("committed");
    assert_eq!((found(&index, "kept"), found(&index, "gone")), (vec![1, 3], vec![]));
}

#[test]
fn what_a_crash_left_behind_is_removed() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    let version = version(folder.path());
    fs::create_dir(version.join("g77")).expect("created");
    fs::write(version.join("g77/meta.json"), "{").expect("written");
    fs::write(version.join("current.new"), "g7").expect("written");
    let index = open(folder.path());
    assert_eq!(index.set_aside(), None);
    assert_eq!(names(&version), ["current", "g1", "lock"]);
}

/// Some segments (eight would be merged), a document that was deleted, one that was changed, and each file of it all
/// damaged in each way. What is found is then all of it or nothing; never a part, and never what was deleted.
#[test]
fn a_commit_that_was_cut_off_can_be_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    // Each makes a segment, and of three one is made; in the end all are in one.
    for id in 1..=7 {
        let index = open(folder.path());
        put(&index, id, "first");
        index.commit(id).expect("committed");
        index.close().expect("closed");
    }
    let cut_off = copy(folder.path());
    let index = open(folder.path());
    put(&index, 1, "changed");
    index.commit(20).expect("committed");
    index.close().expect("closed");
    let is_of_deletions = |file: &PathBuf| file.extension().is_some_and(|end| end == "del");
    assert!(files(folder.path()).iter().any(is_of_deletions), "{:?}", files(folder.path()));
    // The engine writes its list of segments last, and then removes what is on it no longer.
    for file in files(folder.path()).iter().filter(|file| !file.ends_with("meta.json")) {
        fs::copy(folder.path().join(file), cut_off.path().join(file)).expect("copied");
    }
    // Its files are numbered by changes, and more may have happened meanwhile.
    for more in 0..5 {
        let copy = copy(cut_off.path());
        let index = open(copy.path());
        assert_eq!((index.set_aside(), index.position()), (None, 7));
        put(&index, 1, "changed");
        (0..more).for_each(|_| put(&index, 2, "first"));
        index.commit(20).expect("committed");
        assert_eq!((found(&index, "first"), found(&index, "changed")), ((2..=7).collect(), vec![1]));
    }
}

#[test]
fn a_damaged_index_is_set_aside_or_whole() {
    let whole = tempfile::tempdir().expect("a folder");
    let index = open(whole.path());
    (1..=30).for_each(|id| put(&index, id, "word former"));
    index.commit(30).expect("committed");
    index.close().expect("closed");
    drop(index);
    // When there are many segments they are merged; then a few more changes make two, and a hole in one of them.
    let mut changes = 0;
    let files = loop {
        let files = files(whole.path());
        let with =
            |end: &str| files.iter().filter(|file| file.extension().is_some_and(|of| of == end)).count();
        if with("idx") > 1 && with("del") > 0 {
            break files;
        }
        changes += 1;
        assert!(changes < 10, "{files:?}");
        let index = open(whole.path());
        index.apply(vec![Update::Remove(DocId { kind: Kind::Paper, id: changes })]).expect("applied");
        put(&index, 30 + changes, &format!("word {}", "filling ".repeat(200)));
        index.commit(30 + changes).expect("committed");
        index.close().expect("closed");
    };
    let mut set_aside = 0;
    for file in &files {
        for (name, damage) in DAMAGES {
            let copy = copy(whole.path());
            damage(&copy.path().join(file));
            set_aside += check_damaged(copy.path(), changes, &format!("{name}: {}", file.display()));
        }
    }
    let all = files.len() * DAMAGES.len();
    assert!(set_aside * 4 > all * 3, "only {set_aside} of {all} were noticed");
}

/// Whether it was set aside.
fn check_damaged(folder: &Path, changes: i64, what: &str) -> usize {
    let index = open(folder);
    let seen = (index.position(), index.len(), found(&index, "word"), found(&index, "former"));
    if index.position() > 0 {
        let words = (changes + 1..=30 + changes).collect();
        assert_eq!(seen, (30 + changes, 30, words, (changes + 1..=30).collect()), "{what}");
        assert_eq!(index.set_aside(), None, "{what}");
        return 0;
    }
    assert_eq!(seen, (0, 0, vec![], vec![]), "{what}");
    usize::from(index.set_aside().is_some_and(Path::is_dir))
}

type Damage = (&'static str, fn(&Path));

const DAMAGES: [Damage; 6] = [
    ("emptied", |file| write(file, |bytes| bytes.clear())),
    ("cut in half", |file| write(file, |bytes| bytes.truncate(bytes.len() / 2))),
    ("flipped at the start", |file| write(file, |bytes| flip(bytes.first_mut()))),
    ("flipped in the middle", |file| {
        write(file, |bytes| {
            let middle = bytes.len() / 2;
            flip(bytes.get_mut(middle));
        });
    }),
    ("flipped near the end", |file| write(file, |bytes| flip(bytes.iter_mut().rev().nth(10)))),
    ("deleted", |file| fs::remove_file(file).expect("removed")),
];

fn flip(byte: Option<&mut u8>) {
    byte.into_iter().for_each(|byte| *byte ^= 1);
}

/// In place of the file, which another folder may share.
fn write(file: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(file).expect("read");
    change(&mut bytes);
    fs::write(file, bytes).expect("written");
}

/// A byte of the list of segments that says what was deleted; nothing of the engine's own would notice.
#[test]
fn no_byte_of_the_lists_can_change() {
    let whole = tempfile::tempdir().expect("a folder");
    let index = open(whole.path());
    put(&index, 1, "word");
    put(&index, 2, "word");
    index.commit(1).expect("committed");
    index.apply(vec![Update::Remove(DocId { kind: Kind::Paper, id: 1 })]).expect("applied");
    index.commit(2).expect("committed");
    drop(index);
    for name in ["meta.json", ".managed.json"] {
        let list = files(whole.path()).into_iter().find(|file| file.ends_with(name)).expect("a list");
        let length = fs::metadata(whole.path().join(&list)).expect("a file").len() as usize;
        for at in (0..length).step_by(1 + length / 40) {
            let copy = copy(whole.path());
            write(&copy.path().join(&list), |bytes| flip(bytes.get_mut(at)));
            assert!(open(copy.path()).set_aside().is_some(), "{name}, byte {at}");
        }
    }
}

#[test]
fn what_takes_the_place_of_a_damaged_one_is_as_good() {
    let folder = tempfile::tempdir().expect("a folder");
    for _ in 0..3 {
        let index = open(folder.path());
        put(&index, 1, "word");
        index.commit(7).expect("committed");
        drop(index);
        let index = open(folder.path());
        assert_eq!((index.set_aside(), index.position(), found(&index, "word")), (None, 7, vec![1]));
        drop(index);
        let list = version(folder.path()).join(&generations(folder.path())[0]).join("meta.json");
        write(&list, |bytes| bytes.clear());
    }
    let index = open(folder.path());
    assert!(index.set_aside().is_some_and(Path::is_dir));
    let kept = names(&version(folder.path()));
    assert_eq!(
        kept.iter().filter(|name| name.starts_with("damaged-")).count(),
        1,
        "only the newest: {kept:?}"
    );
}

#[test]
fn older_versions_go_when_this_one_is_complete() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["v0", "v99999", "vault", "other"] {
        fs::create_dir_all(folder.path().join(name).join("g1")).expect("created");
    }
    let index = open(folder.path());
    let own = version(folder.path()).file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(names(folder.path()), ["other", "v0", &own, "v99999", "vault"], "until it is complete");
    let held = fs::File::create(folder.path().join("v0/lock")).expect("created");
    held.lock().expect("held, as by a process of that version");
    index.remove_older_versions();
    assert!(folder.path().join("v0/g1").is_dir());
    drop(held);
    index.remove_older_versions();
    assert_eq!(names(folder.path()), ["other", &own, "v99999", "vault"]);
}

/// Files of a folder, relative to it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let version = version(folder);
    let own = names(&version).into_iter().map(|name| version.join(name));
    let generation = version.join(&generations(folder)[0]);
    let inside = names(&generation).into_iter().map(|name| generation.join(name));
    let files = own.chain(inside).filter(|path| path.is_file());
    files.map(|path| path.strip_prefix(folder).expect("below it").to_owned()).collect()
}

/// A folder with the same index.
fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for file in files(folder) {
        let to = copy.path().join(&file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("created");
        fs::copy(folder.join(&file), to).expect("copied");
    }
    copy
}

/// The folder of this version of the index, the only one with a lock.
fn version(folder: &Path) -> PathBuf {
    let version =
        names(folder).into_iter().map(|name| folder.join(name)).find(|path| path.join("lock").exists());
    version.expect("an index")
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed").flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn generations(folder: &Path) -> Vec<String> {
    names(&version(folder)).into_iter().filter(|name| name.starts_with('g')).collect()
}
