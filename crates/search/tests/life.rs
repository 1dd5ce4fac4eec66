//! What happens to the index on disk.

use std::{fs, path::Path};

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
    fs::create_dir(folder.path().join("v2/g77")).expect("created");
    fs::write(folder.path().join("v2/g77/meta.json"), "{").expect("written");
    let index = open(folder.path());
    assert_eq!((generations(folder.path()), index.set_aside()), (vec!["g1".to_owned()], None));
}

#[test]
fn a_damaged_index_is_set_aside_and_an_empty_one_takes_its_place() {
    for damage in [cut_meta, flip_byte, lose_file] {
        let folder = tempfile::tempdir().expect("a folder");
        let index = open(folder.path());
        put(&index, 1, "word");
        index.commit(7).expect("committed");
        drop(index);
        damage(&folder.path().join("v2").join(&generations(folder.path())[0]));
        let index = open(folder.path());
        assert_eq!((index.position(), index.len()), (0, 0));
        assert!(index.set_aside().is_some_and(Path::is_dir));
        put(&index, 1, "word");
        index.commit(7).expect("committed");
        assert_eq!(found(&index, "word"), [1]);
        drop(index);
        let index = open(folder.path());
        assert_eq!((index.set_aside(), index.position()), (None, 7));
    }
}

fn cut_meta(generation: &Path) {
    fs::write(generation.join("meta.json"), "{\"index_set").expect("written");
}

fn flip_byte(generation: &Path) {
    let file = segment_file(generation);
    let mut bytes = fs::read(&file).expect("read");
    bytes[10] ^= 1;
    fs::remove_file(&file).expect("removed");
    fs::write(&file, bytes).expect("written");
}

fn lose_file(generation: &Path) {
    fs::remove_file(segment_file(generation)).expect("removed");
}

fn segment_file(generation: &Path) -> std::path::PathBuf {
    let files = fs::read_dir(generation).expect("listed").flatten().map(|entry| entry.path());
    files
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "idx"))
        .expect("an inverted index")
}

fn generations(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder.join("v2")).expect("listed").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with('g')).collect()
}
