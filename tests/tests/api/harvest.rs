//! `inkstone harvest` and the server's own harvests, against a server that answers as arXiv does. Papers are made up; the
//! three seconds between two requests are real, so there are few of them.

use std::{path::Path, time::Duration};

use serde_json::Value;
use tests::{Ended, Engine, Replay, Reply, Run, Site, html::text};
use tokio::time::{sleep, timeout};

on_each_engine!(
    a_killed_harvest_goes_on_without_gap_or_duplicate,
    files_can_be_killed_anywhere_and_twice_changes_nothing,
    a_gap_is_noticed_and_healed,
    a_server_harvests_by_itself_and_survives_errors,
    a_proceedings_is_a_manifest,
    a_file_that_never_ends_keeps_no_server_from_ending,
);

const DAY: &str = "2026-11-24";

/// A record of arXiv's by OAI-PMH.
fn record(number: usize) -> String {
    format!(
        "<record><header><identifier>oai:arXiv.org:2611.{number:05}</identifier><datestamp>{DAY}</datestamp>\
         <setSpec>math:math:CO</setSpec></header><metadata><arXivRaw xmlns=\"http://arxiv.org/OAI/arXivRaw/\"><id>2611.{number:05}</id>\
         <submitter>Ada Sew</submitter><version version=\"v1\"><date>Mon, 23 Nov 2026 10:00:00 GMT</date><size>9kb</size></version>\
         <title>Quilt number {number}</title><authors>Ada Sew and P\\'al Knot</authors><categories>math.CO</categories>\
         <abstract>  We sew.\n</abstract></arXivRaw></metadata></record>"
    )
}

fn page(numbers: std::ops::Range<usize>, token: Option<&str>) -> String {
    let token = token.map(|token| format!("<resumptionToken>{token}</resumptionToken>")).unwrap_or_default();
    answer(&format!("<ListRecords>{}{token}</ListRecords>", numbers.map(record).collect::<String>()))
}

fn answer(inside: &str) -> String {
    format!(
        "<?xml version='1.0' encoding='UTF-8'?><OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">\
         <responseDate>{DAY}T03:04:05Z</responseDate><request verb=\"ListRecords\">http://oaipmh.example/oai</request>{inside}</OAI-PMH>"
    )
}

/// A stopped site whose settings name this server as arXiv.
async fn stopped(engine: Engine, arxiv: &Replay) -> Ended {
    let run = Run::on(engine)
        .set("HARVEST__OAI", format!("http://{}/oai", arxiv.address))
        .set("HARVEST__FEEDS", format!("http://{}/rss", arxiv.address));
    run.start().await.stop().await
}

/// Runs a harvest that must succeed; gives its counts.
async fn harvest(site: &Ended, arguments: &[&str]) -> Value {
    let output = site.run(&[&["harvest"], arguments, &["--json"]].concat()).await;
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn counts(report: &Value) -> [u64; 3] {
    ["new", "changed", "unchanged"].map(|name| report[name].as_u64().expect("a count"))
}

/// Pages of 20 papers in a folder.
fn folder(pages: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for number in 0..pages {
        let papers = number * 20..(number + 1) * 20;
        std::fs::write(folder.path().join(format!("{number:03}.xml")), page(papers, Some("next")))
            .expect("written");
    }
    folder
}

fn name(path: &Path) -> &str {
    path.to_str().expect("a plain name")
}

/// Waits for what comes sooner or later.
async fn until<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(60), looking).await.expect("it comes in time")
}

async fn a_killed_harvest_goes_on_without_gap_or_duplicate(engine: Engine) {
    // The third page comes only when it is asked for again.
    let arxiv = Replay::start(|target, before| match target {
        _ if target.contains("resumptionToken=third") && before < 3 => Reply::Hold,
        _ if target.contains("resumptionToken=third") => Reply::Page(page(40..60, None)),
        _ if target.contains("resumptionToken=second") => Reply::Page(page(20..40, Some("third"))),
        _ => Reply::Page(page(0..20, Some("second"))),
    })
    .await;
    let site = stopped(engine, &arxiv).await;
    let mut running = site.begin(&["harvest", "arxiv", "--set", "math"]);
    until(async || (arxiv.asked().len() == 3).then_some(())).await;
    running.kill().expect("it runs");
    running.wait().expect("it ended");

    let rest = harvest(&site, &["arxiv", "--set", "math"]).await;
    assert!(counts(&rest)[0] >= 20, "{rest}");
    let asked = arxiv.asked();
    assert!(asked[3].contains("resumptionToken="), "it did not begin anew: {asked:?}");
    let all = folder(3);
    assert_eq!(counts(&harvest(&site, &["arxiv", "--from", name(all.path())]).await), [0, 0, 60]);
    let again = harvest(&site, &["arxiv", "--set", "math"]).await;
    assert_eq!(counts(&again), [0, 0, 60]);
    assert!(arxiv.asked()[4].ends_with("&from=2026-11-23"), "{:?}", arxiv.asked());
}

async fn files_can_be_killed_anywhere_and_twice_changes_nothing(engine: Engine) {
    let arxiv = Replay::start(|_, _| Reply::Status(500)).await;
    let site = stopped(engine, &arxiv).await;
    let files = folder(12);
    let arguments = ["harvest", "arxiv", "--from", name(files.path())];
    for moment in [20, 60, 100, 140, 180, 240] {
        let mut running = site.begin(&arguments);
        sleep(Duration::from_millis(moment)).await;
        running.kill().expect("it ran");
        running.wait().expect("it ended");
    }
    let [new, changed, unchanged] = counts(&harvest(&site, &arguments[1..]).await);
    assert_eq!((new + unchanged, changed), (240, 0));
    let twice = harvest(&site, &arguments[1..]).await;
    assert_eq!(counts(&twice), [0, 0, 240], "{twice}");
    assert!(arxiv.asked().is_empty(), "files need no network");
    let site = site.start().await;
    assert!(site.page("/arxiv/2611.00007").await.contains("Pál Knot"));
    assert!(site.page("/arxiv/math.CO").await.contains("Quilt number"));
}

fn list(items: &[(usize, &str)]) -> String {
    let item = |(number, kind): &(usize, &str)| {
        format!(
            "<item><title>Quilt</title><link>https://arxiv.org/abs/2611.{number:05}</link>\
             <guid isPermaLink=\"false\">oai:arXiv.org:2611.{number:05}v1</guid><category>math.CO</category>\
             <pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type></item>"
        )
    };
    format!(
        "<?xml version='1.0'?><rss xmlns:arxiv=\"http://arxiv.org/schemas/atom\" version=\"2.0\"><channel>\
         <title>math.CO updates on arXiv.org</title>{}</channel></rss>",
        items.iter().map(item).collect::<String>()
    )
}

async fn a_gap_is_noticed_and_healed(engine: Engine) {
    let arxiv = Replay::start(|target, _| match target {
        "/rss/math.CO" => Reply::Page(list(&[(5, "new"), (3, "cross"), (1, "replace")])),
        _ if target.contains("verb=GetRecord") && target.ends_with("2611.00005") => {
            Reply::Page(answer(&format!("<GetRecord>{}</GetRecord>", record(5))))
        }
        _ => Reply::Status(404),
    })
    .await;
    let site = stopped(engine, &arxiv).await;
    let stored = folder(0);
    std::fs::write(stored.path().join("a.xml"), page(1..5, None)).expect("written");
    harvest(&site, &["arxiv", "--from", name(stored.path())]).await;
    let report = harvest(&site, &["lists", "math.CO"]).await;
    assert_eq!((counts(&report), report["announced"].as_u64()), ([1, 0, 0], Some(3)), "{report}");
    assert_eq!(arxiv.asked().len(), 2, "{:?}", arxiv.asked());
    let site = site.start().await;
    let listed = site.page("/arxiv/math.CO?date=2026-11-24").await;
    let place = |title: &str| listed.find(title).unwrap_or_else(|| panic!("{title} is not listed"));
    assert!(place("Quilt number 5") < place("Quilt number 3"), "the order announced");
    assert!(text(&listed).contains("2 of 2 announced"), "{}", text(&listed));
    let replaced = text(&site.page("/arxiv/math.CO?date=2026-11-24&kind=replaced").await);
    assert!(replaced.contains("1 of 1 announced") && replaced.contains("Quilt number 1"), "{replaced}");
}

/// A folder of lists needs no network: what has not come is asked for another time.
#[tokio::test]
async fn lists_from_files() {
    let arxiv = Replay::start(|_, _| Reply::Status(500)).await;
    let site = stopped(Engine::Sqlite, &arxiv).await;
    let folder = folder(0);
    std::fs::write(folder.path().join("a.xml"), list(&[(1, "new"), (2, "cross")])).expect("written");
    std::fs::write(folder.path().join("b.xml"), "<html/>").expect("written");
    let output = site.run(&["harvest", "lists", "--from", name(folder.path()), "--json"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("b.xml cannot be read: ") && said.contains("1 files could not be read"), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("the others were taken in");
    let count = |name: &str| report[name].as_u64();
    let counts = [count("announced"), count("unreadable"), count("skipped"), count("new")];
    assert_eq!(counts, [Some(2), Some(1), Some(0), Some(0)], "{report}");
    assert!(arxiv.asked().is_empty());
    let page = text(&site.start().await.page("/arxiv/math.CO?date=2026-11-24").await);
    assert!(page.contains("0 of 2 announced"), "{page}");
}

async fn a_server_harvests_by_itself_and_survives_errors(engine: Engine) {
    let arxiv = Replay::start(|target, before| match target {
        _ if before == 0 => Reply::Status(403),
        _ if before == 1 => Reply::Status(400),
        _ if target.contains("&from=") => Reply::Page(answer("<error code='noRecordsMatch'>None.</error>")),
        _ => Reply::Page(page(0..3, None)),
    })
    .await;
    let run = Run::on(engine)
        .set("HARVEST__EVERY", "1s")
        .set("HARVEST__ARXIV__0", "math:math:CO")
        .set("HARVEST__OAI", format!("http://{}/oai", arxiv.address))
        .with_metrics();
    let site = run.start().await;
    until(async || site.page("/readyz").await.contains("failed: arxiv:math:math:CO").then_some(())).await;
    until(async || site.get("/arxiv/2611.00002").await.status().is_success().then_some(())).await;
    let ready = until(async || Some(ready_line(&site).await).filter(|line| !line.contains("failed"))).await;
    assert!(ready.starts_with("harvest: "), "{ready}");
    assert!(site.log().contains("refuses requests from here"), "{}", site.log());
    let metrics = site.metrics().await;
    for outcome in ["early", "whole"] {
        let counted =
            format!("inkstone_harvests_total{{source=\"arxiv:math:math:CO\",outcome=\"{outcome}\"}}");
        assert!(metrics.contains(&counted), "{metrics}");
    }
    assert!(site.stop().await.status.success());
}

async fn ready_line(site: &Site) -> String {
    let ready = site.page("/readyz").await;
    ready.lines().nth(2).expect("a third line").to_owned()
}

async fn a_proceedings_is_a_manifest(engine: Engine) {
    let arxiv = Replay::start(|_, _| Reply::Status(500)).await;
    let site = stopped(engine, &arxiv).await;
    let folder = tempfile::tempdir().expect("a folder");
    let collection = "<?xml version='1.0' encoding='UTF-8'?><collection id='2026.qx'><volume id='long' type='proceedings'><meta>\
        <booktitle>Proceedings of the Meeting on Quilts</booktitle><month>August</month><year>2026</year></meta>\
        <paper id='1'><title><fixed-case>Q</fixed-case>uilts</title><author><first>Ada</first><last>Sew</last></author></paper>\
        </volume></collection>";
    std::fs::write(folder.path().join("2026.qx.xml"), collection).expect("written");
    let manifest = folder.path().join("qx.toml");
    let text = "kind = 'acl'\nfiles = ['2026.qx.xml']\nvenue = {key = 'QX', year = 2026, name = 'Meeting on Quilts'}\n";
    std::fs::write(&manifest, text).expect("written");
    let report = harvest(&site, &["venue", name(&manifest)]).await;
    assert_eq!(counts(&report), [1, 0, 0], "{report}");

    std::fs::write(&manifest, format!("{text}adresses = []\n")).expect("written");
    let output = site.run(&["harvest", "venue", name(&manifest)]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("line 4: unknown field `adresses`"), "{said}");
    let site = site.start().await;
    assert!(site.page("/venue/QX.2026").await.contains("Quilts"));
    assert!(site.page("/venue/2026.qx-long.1@acl").await.contains("Ada Sew"));
}

/// A thread that waits for a pipe cannot be told to stop, nor can one that waits for a name server.
async fn a_file_that_never_ends_keeps_no_server_from_ending(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("pipe.xml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs").success());
    std::fs::write(folder.path().join("qx.toml"), "kind = 'acl'\nfiles = ['pipe.xml']\n").expect("written");
    let run = Run::on(engine).set("HARVEST__EVERY", "1s").set("HARVEST__MANIFESTS", name(folder.path()));
    let site = run.start().await;
    until(async || ready_line(&site).await.starts_with("harvest: at venue:qx").then_some(())).await;
    assert!(site.stop().await.status.success());
}

#[tokio::test]
async fn what_cannot_be_read_is_put_aside() {
    let arxiv = Replay::start(|_, _| Reply::Page("<OAI-PMH><ListRecords><record>".into())).await;
    let site = stopped(Engine::Sqlite, &arxiv).await;
    let output = site.run(&["harvest", "arxiv"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("ends too early"), "{said}");
    let aside: Vec<_> = site.data.join("aside").read_dir().expect("a folder").flatten().collect();
    assert_eq!(std::fs::read_to_string(aside[0].path()).expect("a page"), "<OAI-PMH><ListRecords><record>");
    assert!(said.contains(name(&aside[0].path())), "{said}");
}

/// A repository that refuses is told of, and a list that breaks off in the middle is no end.
#[tokio::test]
async fn a_refusal_is_no_end_of_a_harvest() {
    let arxiv = Replay::start(|_, _| Reply::Status(400)).await;
    let site = stopped(Engine::Sqlite, &arxiv).await;
    let output = site.run(&["harvest", "arxiv"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("answered 400"), "{said}");
    let none = "<error code='noRecordsMatch'>None.</error>";
    let arxiv = Replay::start(move |target, _| match target {
        _ if target.contains("resumptionToken") => Reply::Page(answer(none)),
        _ => Reply::Page(page(0..2, Some("next"))),
    })
    .await;
    let site = stopped(Engine::Sqlite, &arxiv).await;
    let output = site.run(&["harvest", "arxiv"]).await;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && said.contains("goes round in circles"), "{said}");
}

#[tokio::test]
async fn nothing_to_harvest_is_told() {
    let arxiv = Replay::start(|_, _| Reply::Status(404)).await;
    let site = stopped(Engine::Sqlite, &arxiv).await;
    let check = async |arguments: &[&str], code: i32, sentence: &str| {
        let output = site.run(&[&["harvest"], arguments].concat()).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(code) && said.contains(sentence), "{arguments:?}: {said}");
    };
    check(&["lists"], 2, "name a category").await;
    check(&["lists", "../etc"], 2, "category \"../etc\"").await;
    check(&["lists", "cs.LG?x"], 2, "is not one like cs.LG").await;
    check(&["lists", "math.CO"], 1, "there is nothing at this address").await;
    check(&["arxiv", "--from", "nowhere.xml"], 1, "nowhere.xml").await;
    check(&["arxiv", "--from", name(folder(0).path())], 1, "there is no file in it").await;
    let quiet = folder(0);
    let none = answer("<error code=\"noRecordsMatch\">nothing</error>");
    std::fs::write(quiet.path().join("a.xml"), none).expect("written");
    check(&["arxiv", "--from", name(quiet.path())], 0, "").await;
    let quiet = folder(0);
    std::fs::write(quiet.path().join("a.xml"), list(&[])).expect("written");
    std::fs::write(quiet.path().join("readme.txt"), "Lists of a quiet day.").expect("written");
    check(&["lists", "--from", name(quiet.path())], 0, "").await;
    check(&["arxiv", "--since", "yesterday"], 2, "not a day like").await;
    check(&["venue", "nowhere.toml"], 1, "nowhere.toml").await;
}
