//! The life of the search index, seen from outside. It is disposable: whatever happens to it, the site serves, says so,
//! and finds everything again without anybody's help.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sqlx::{Connection as _, Executor as _, PgConnection, SqliteConnection};
use tests::{Engine, Run, Site, html::text};
use tokio::time::{sleep, timeout};

use crate::{papers, readings};

on_each_engine!(a_change_is_found_within_two_seconds, an_answer_is_found_within_two_seconds);

/// Enough for a rebuild to take a while.
const MANY: usize = 1500;
/// How soon a change is found.
const SOON: Duration = Duration::from_secs(2);
/// When something that should come at once is given up.
const PATIENCE: Duration = Duration::from_secs(60);

async fn a_change_is_found_within_two_seconds(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..10)).await;
    until(&site, "number 7", |page| page.contains("Result number 7")).await;
    for (round, word) in ["quandles", "matroids", "tilings"].into_iter().enumerate() {
        let title = format!("On {word}");
        papers::import(&site, &papers::paper(round, &title, "math.NT", "2024-02-01")).await;
        let imported = Instant::now();
        until(&site, word, |page| page.contains(&title)).await;
        assert!(imported.elapsed() < SOON, "{:?}", imported.elapsed());
    }
}

/// As soon as the reading is done, not before.
async fn an_answer_is_found_within_two_seconds(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let nothing = text(&site.page("/search?query=in:answer+shield").await);
    assert!(nothing.contains("Nothing was found"), "{nothing}");
    let paper = readings::a_paper(&site).await;
    let started = readings::start(&site, &paper, "lang=en").await;
    site.events_until(readings::live(&started), readings::is_kind("idle")).await;
    let ended = Instant::now();
    until(&site, "in:answer shield", |page| page.contains("question")).await;
    assert!(ended.elapsed() < SOON, "{:?}", ended.elapsed());
}

/// Written into storage as the server itself will write it: there is no form for comments yet.
#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_found_within_two_seconds_and_gone_when_hidden() {
    let site = Run::on(Engine::Sqlite).with_sample().start().await;
    let file = format!("sqlite://{}", site.data.join("inkstone.db").display());
    let mut storage = SqliteConnection::connect(&file).await.expect("a database");
    let insert = "INSERT INTO comments (id, post_id, author, state, created, body)
        SELECT 4711, id, 'Vera Rubin', 'visible', '2025-11-01T00:00:00Z', 'On *quandles*' FROM posts LIMIT 1";
    change(&mut storage, insert).await;
    let said = Instant::now();
    until(&site, "quandles", |page| page.contains("Vera Rubin")).await;
    assert!(said.elapsed() < SOON, "{:?}", said.elapsed());
    change(&mut storage, "UPDATE comments SET state = 'spam' WHERE id = 4711").await;
    let hidden = Instant::now();
    until(&site, "quandles", |page| page.contains("Nothing was found")).await;
    assert!(hidden.elapsed() < SOON, "{:?}", hidden.elapsed());
}

/// A change of the comment and its row in the log.
async fn change(storage: &mut SqliteConnection, statement: &'static str) {
    let mut change = storage.begin_with("BEGIN IMMEDIATE").await.expect("begun");
    change.execute(statement).await.expect("a comment");
    change.execute("INSERT INTO change_log (kind, id) VALUES ('comment', 4711)").await.expect("a row");
    change.commit().await.expect("committed");
}

/// Killed when the new index is begun, when it is full but not yet in use, when it is, and when the old one is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_the_index_is_built_anew_loses_nothing() {
    let mut site = Run::on(Engine::Sqlite).start().await;
    papers::import(&site, &papers::some("math.NT", 0..MANY)).await;
    until(&site, "number 7", |page| !page.contains("still taking in")).await;
    for (round, moment) in [Moment::Begun, Moment::Full, Moment::InUse, Moment::Alone].into_iter().enumerate()
    {
        let version = version(&site.data);
        let old = version.join(current(&version));
        fs::write(version.join("rebuild"), "").expect("asked");
        wait_for(&format!("{moment:?}"), || has_come(moment, &version, &old)).await;
        site = site.kill().await.start().await;
        let shown = until(&site, "number 1234", |page| page.contains("Result number 1234")).await;
        assert!(shown < Duration::from_secs(10), "{moment:?}: {shown:?}");
        // Whether the rebuild has to begin again or not: the site follows meanwhile.
        let (word, title) = (["ana", "beta", "gamma", "delta"][round], format!("Killed when {moment:?}"));
        papers::import(&site, &papers::paper(round, &format!("{title}: {word}"), "math.NT", "2024-02-01"))
            .await;
        until(&site, word, |page| page.contains(&title)).await;
        wait_for("the rebuild ends", || !version.join("rebuild").exists()).await;
        assert!(text(&site.page(&format!("/search?query={word}")).await).contains(&title), "{moment:?}");
        let left = names(&version);
        assert!(left.iter().all(|name| !name.starts_with("damaged")), "{moment:?}: {left:?}");
        assert_eq!(left.iter().filter(|name| name.starts_with('g')).count(), 1, "{moment:?}: {left:?}");
    }
}

/// What a rebuild has done when it is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Begun,
    Full,
    InUse,
    Alone,
}

fn has_come(moment: Moment, version: &Path, old: &Path) -> bool {
    let generations = names(version).into_iter().filter(|name| name.starts_with('g'));
    let new = generations.map(|name| version.join(name)).find(|path| path != old);
    let in_use = version.join(current(version)) != old;
    match moment {
        Moment::Begun => new.is_some(),
        Moment::Full => new.is_some_and(|new| is_committed(&new)),
        Moment::InUse => in_use,
        Moment::Alone => in_use && !old.is_dir(),
    }
}

fn is_committed(generation: &Path) -> bool {
    fs::read_to_string(generation.join("meta.json")).is_ok_and(|list| list.contains("payload"))
}

/// Whichever file it is: visitors are told while it is built from storage again, and then find everything. A lock on the
/// papers holds the building back until the page was seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_index_is_built_again_while_the_site_says_so() {
    let mut site = Run::on(Engine::Postgres).start().await;
    papers::import(&site, &papers::some("math.NT", 0..MANY)).await;
    until(&site, "number 7", |page| !page.contains("still taking in")).await;
    for damaged in ["meta.json", ".idx", ".managed.json"] {
        let stopped = site.stop().await;
        let version = version(&stopped.data);
        let generation = version.join(current(&version));
        let file = in_use(&generation).into_iter().find(|name| name.ends_with(damaged)).expect("a file");
        let bytes = fs::read(generation.join(&file)).expect("read");
        fs::write(generation.join(&file), &bytes[..bytes.len() / 2]).expect("cut");
        let mut storage = PgConnection::connect(stopped.database()).await.expect("a database");
        let mut held = storage.begin().await.expect("begun");
        held.execute("LOCK TABLE papers IN ACCESS EXCLUSIVE MODE").await.expect("locked");
        site = stopped.start().await;
        let page = text(&site.page("/search?query=number").await);
        assert!(page.contains("still taking in"), "{damaged}: {page}");
        assert!(site.log().contains("damaged and set aside"), "{}", site.log());
        held.rollback().await.expect("released");
        until(&site, "number 1234", |page| page.contains("Result number 1234")).await;
        until(&site, "number 7", |page| !page.contains("still taking in")).await;
    }
}

/// After an update of the program: what is newer stays, for it may be that the update was taken back.
#[tokio::test(flavor = "multi_thread")]
async fn older_versions_of_the_index_are_removed() {
    let stopped = Run::on(Engine::Sqlite).start().await.stop().await;
    let index = stopped.data.join("index");
    for name in ["v0", "v99999"] {
        fs::create_dir_all(index.join(name).join("g1")).expect("created");
    }
    let _site = stopped.start().await;
    wait_for("the older one goes", || !index.join("v0").exists()).await;
    assert!(index.join("v99999/g1").is_dir());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_folder_is_refused() {
    let site = Run::on(Engine::Sqlite).start().await;
    let refused = site.run(&["serve", "--listen", "127.0.0.1:0"]).await;
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    let sentence = said.lines().last().expect("a sentence");
    let folder = version(&site.data);
    let expected = format!("the search index in {} is in use by another process", folder.display());
    assert!(sentence.starts_with("inkstone: ") && sentence.ends_with(&expected), "{said}");
    assert_eq!(site.get("/readyz").await.status(), 200);
}

/// What is stored waits in the log, what was found is found, and whoever watches can see it.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing() {
    let site = Run::on(Engine::Sqlite).start().await;
    papers::import(&site, &papers::some("math.NT", 0..50)).await;
    until(&site, "number 7", |page| !page.contains("still taking in")).await;
    site.limit_files("100");
    papers::import(&site, &papers::paper(77, "On quandles", "math.NT", "2024-02-01")).await;
    ready(&site, "search index: 1 changes behind, cannot follow").await;
    let page = text(&site.page("/search?query=number+7").await);
    assert!(page.contains("Result number 7") && page.contains("still taking in"), "{page}");
    site.limit_files("unlimited");
    until(&site, "quandles", |page| page.contains("On quandles")).await;
    ready(&site, "search index: 0 changes behind\n").await;
    let stopped = site.stop().await;
    assert!(stopped.status.success(), "{:?}", stopped.status);
    let site = stopped.start().await;
    assert!(!site.log().contains("damaged"), "{}", site.log());
    assert!(text(&site.page("/search?query=quandles").await).contains("On quandles"));
}

/// Asks until the site's own account of itself says so.
async fn ready(site: &Site, expected: &str) {
    let asked = async {
        while !site.page("/readyz").await.contains(expected) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("never {expected:?}: {}", site.log()));
}

/// Asks until the page of a search is as expected; gives how long that took.
async fn until(site: &Site, query: &str, expected: impl Fn(&str) -> bool) -> Duration {
    let started = Instant::now();
    let address = format!("/search?query={}", query.replace(' ', "+"));
    let asked = async {
        while !expected(&text(&site.page(&address).await)) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, asked).await.unwrap_or_else(|_| panic!("{query} is not found: {}", site.log()));
    started.elapsed()
}

/// Looks until something has happened in the folder.
async fn wait_for(what: &str, happened: impl Fn() -> bool) {
    let looked = async {
        while !happened() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, looked).await.unwrap_or_else(|_| panic!("never: {what}"));
}

/// The folder of the version in use.
fn version(data: &Path) -> PathBuf {
    let index = data.join("index");
    let versions = names(&index).into_iter().map(|name| index.join(name));
    versions.into_iter().find(|version| version.join("current").exists()).expect("an index")
}

fn current(version: &Path) -> String {
    fs::read_to_string(version.join("current")).expect("a name")
}

/// The files that the last commit names, and the lists themselves: others wait to be removed.
fn in_use(generation: &Path) -> Vec<String> {
    let list = fs::read_to_string(generation.join("meta.json")).expect("a list").replace('-', "");
    let named =
        |name: &String| list.contains(name.split('.').next().expect("a part")) || name.ends_with(".json");
    names(generation).into_iter().filter(named).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed").flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
