//! Feeds in three formats, read with a parser of others.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use feed_rs::model::{Feed, FeedType};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{
    Engine, Run, Site,
    html::{attributes, tags},
};

use crate::papers::{import, paper, some};

on_each_engine!(
    feeds_are_valid,
    formats_say_the_same,
    feeds_are_not_sent_twice,
    a_time_is_enough_to_ask_again,
    pages_lead_to_their_feeds,
    no_text_breaks_a_feed,
    papers_asked_for_by_name_have_feeds,
    stars_have_a_feed_of_their_own,
    the_address_of_stars_can_be_exchanged,
    names_stay_when_the_site_moves,
    what_is_said_twice_is_read_alike_everywhere,
    a_new_version_is_news_of_the_same_entry,
    an_entry_keeps_its_name_when_its_twin_comes,
    nobody_else_is_credited,
    a_day_is_in_its_feed_as_a_whole,
    no_feed_is_of_the_future_or_of_long_ago,
);

const FEEDS: &[(&str, usize)] = &[
    ("/feed", 4),
    ("/arxiv/hep-th/feed", 1),
    ("/venue/ICLR.2022/feed", 1),
    ("/search/feed?query=attention", 3),
];
/// What stands below an address, what it is, and its media type.
const FORMATS: [(&str, FeedType, &str); 4] = [
    ("", FeedType::Atom, "application/atom+xml"),
    ("/atom", FeedType::Atom, "application/atom+xml"),
    ("/rss", FeedType::RSS2, "application/rss+xml"),
    ("/json", FeedType::JSON, "application/feed+json"),
];

async fn feeds_are_valid(engine: Engine) {
    let site = Site::sample(engine).await;
    for (address, least) in FEEDS {
        for (below, format, kind) in FORMATS {
            let address = with(address, below);
            let response = site.get(&address).await;
            assert_eq!(response.status(), 200, "{address}");
            let sent = response.headers()["content-type"].to_str().expect("text").to_owned();
            assert!(sent.starts_with(kind), "{address}: {sent}");
            let feed = feed_rs::parser::parse(&*response.bytes().await.expect("a feed")).expect("valid");
            assert_eq!(feed.feed_type, format, "{address}");
            assert!(feed.entries.len() >= *least, "{address}: {} entries", feed.entries.len());
            check_entries(&feed, &address);
        }
    }
}

fn check_entries(feed: &Feed, address: &str) {
    for entry in &feed.entries {
        let title = entry.title.as_ref().expect("a title");
        assert!(!title.content.is_empty(), "{address}: {}", entry.id);
        let body = entry.content.as_ref().and_then(|content| content.body.as_ref()).expect("a body");
        assert!(!body.contains("class=\"math display"), "{address}: a display is TeX in {body}");
        assert!(entry.published.is_some(), "{address}: {}", entry.id);
        assert!(entry.links[0].href.starts_with("http://"), "{address}: {}", entry.id);
    }
}

async fn formats_say_the_same(engine: Engine) {
    let site = Site::sample(engine).await;
    for (address, _) in FEEDS {
        let (mut atom, rss, json) = (
            read(site, address).await,
            read(site, &with(address, "/rss")).await,
            read(site, &with(address, "/json")).await,
        );
        assert_eq!(entries(&atom), entries(&json), "{address}");
        // RSS has one date, that of the last change.
        atom.entries.iter_mut().for_each(|entry| entry.published = entry.updated);
        assert_eq!(entries(&atom), entries(&rss), "{address}");
        assert!(atom.updated.is_some() && atom.links.iter().any(|link| link.rel.as_deref() == Some("self")));
    }
}

/// Ids with page, day and authors.
fn entries(feed: &Feed) -> BTreeMap<&str, (String, String, Vec<String>)> {
    let entry = |entry: &'_ feed_rs::model::Entry| {
        let day = entry.published.expect("a day").format("%F %T").to_string();
        (
            entry.links[0].href.clone(),
            day,
            entry.authors.iter().filter_map(|person| person.name.clone()).collect(),
        )
    };
    feed.entries.iter().map(|one| (one.id.as_str(), entry(one))).collect()
}

async fn feeds_are_not_sent_twice(engine: Engine) {
    let site = Site::sample(engine).await;
    for address in ["/feed", "/feed/rss", "/arxiv/hep-th/feed/json", "/search/feed?query=attention"] {
        let first = site.get(address).await;
        let header = |response: &reqwest::Response, name| {
            response.headers().get(name).map(|value| value.to_str().expect("text").to_owned())
        };
        let tag = header(&first, "etag").expect("a tag");
        let ask = async |headers: &[(&str, &str)]| site.request(Method::GET, address, headers).await;
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            // A tag counts, whatever time comes with it.
            let headers =
                [("if-none-match", known.as_str()), ("if-modified-since", "Mon, 01 Jan 1990 00:00:00 GMT")];
            let again = ask(&headers).await;
            assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{address} {known}");
            for name in ["etag", "last-modified", "cache-control", "vary"] {
                assert_eq!(header(&again, name), header(&first, name), "{address} {name}");
            }
            assert_eq!(again.text().await.expect("a body"), "");
        }
        assert!(header(&first, "vary").is_some_and(|vary| vary.contains("Accept-Language")));
        let other = ask(&[("if-none-match", "\"something else\"")]).await;
        assert_eq!(other.status(), StatusCode::OK);
        let head = site.request(Method::HEAD, address, &[("if-none-match", &tag)]).await;
        assert_eq!(head.status(), StatusCode::NOT_MODIFIED);
    }
}

async fn a_time_is_enough_to_ask_again(engine: Engine) {
    let site = Run::on(engine).start().await;
    import(&site, &paper(1, "First", "cs.LO", "2024-01-02")).await;
    let changed = async || {
        let response = site.get("/arxiv/cs.LO/feed/rss").await;
        response.headers()["last-modified"].to_str().expect("text").to_owned()
    };
    let since = async |time: &str| {
        site.request(Method::GET, "/arxiv/cs.LO/feed/rss", &[("if-modified-since", time)]).await.status()
    };
    let first = changed().await;
    assert_eq!((changed().await, since(&first).await), (first.clone(), StatusCode::NOT_MODIFIED));
    assert_eq!(since("Mon, 01 Jan 2024 00:00:00 GMT").await, StatusCode::OK);
    assert_eq!(since("nonsense").await, StatusCode::OK);
    // Of the same day, and an earlier one at that: the newest entry tells nothing.
    import(&site, &paper(2, "Second", "cs.LO", "2024-01-01")).await;
    assert_eq!(since(&first).await, StatusCode::OK);
    assert_ne!(changed().await, first);
}

async fn pages_lead_to_their_feeds(engine: Engine) {
    let site = Site::sample(engine).await;
    for (page, feed) in [
        ("/", "/feed"),
        ("/arxiv/cs.LG", "/arxiv/cs.LG/feed"),
        ("/venue/ICLR.2022", "/venue/ICLR.2022/feed"),
        ("/search?query=attention", "/search/feed?query=attention"),
    ] {
        let page = site.page(page).await;
        let links: Vec<_> =
            tags(&page, "link").into_iter().filter(|link| link.contains("rel=\"alternate\"")).collect();
        for (below, _, kind) in FORMATS.iter().filter(|(below, ..)| *below != "/atom") {
            let address = with(feed, below);
            let found = links.iter().any(|link| {
                link.contains(&format!("type=\"{kind}\"")) && attributes(link, "href") == [address.clone()]
            });
            assert!(found, "{address} in {links:?}");
            assert_eq!(site.get(&address).await.status(), 200, "{address}");
        }
    }
    let moved = site.get("/arxiv/search/feed/rss?query=attention").await;
    assert_eq!(moved.headers()["location"], "/search/feed/rss?query=attention&kind=paper");
}

async fn no_text_breaks_a_feed(engine: Engine) {
    let site = Run::on(engine).start().await;
    let title = "A ]]> b \u{8}\u{fffe} <script>alert(1)</script> & $x<y$";
    let record = json!({
        "id": "2401.00001", "title": title, "authors": ["A \u{b} & <b>"], "abstract": title, "categories": ["cs.LO"],
        "venue": "arXiv", "date": "2024-01-02", "keywords": "", "citations": null, "source": "arxiv-daily",
    });
    import(&site, &record.to_string()).await;
    for (below, ..) in FORMATS {
        let feed = read(&site, &with("/arxiv/cs.LO/feed", below)).await;
        let title = &feed.entries[0].title.as_ref().expect("a title").content;
        assert!(title.contains("]]") && title.contains("alert(1)"), "{title}");
        let body = feed.entries[0].content.as_ref().and_then(|content| content.body.clone()).expect("a body");
        assert!(body.contains("&lt;script&gt;alert(1)") && body.contains("<math"), "{body}");
    }
}

async fn papers_asked_for_by_name_have_feeds(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    import(&site, &some("math.NT", 0..5)).await;
    import(&site, &old_style()).await;
    let check = async |page: &str, ids: &[&str]| {
        let html = site.page(page).await;
        for (below, format, _) in FORMATS {
            let address = with(&format!("{page}/feed"), below);
            let feed = read(&site, &address).await;
            assert_eq!(feed.feed_type, format, "{address}");
            assert_eq!(
                feed.entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(),
                ids,
                "{address}"
            );
            let linked = attributes(&html, "href").contains(&address);
            assert!(linked || below == "/atom", "{page} does not lead to {address}");
        }
    };
    check(
        "/arxiv/2401.00003,2401.00001,2401.99999",
        &["oai:arXiv.org:2401.00003", "oai:arXiv.org:2401.00001"],
    )
    .await;
    check("/arxiv/hep-th/9901001,2401.00001", &["oai:arXiv.org:hep-th/9901001", "oai:arXiv.org:2401.00001"])
        .await;
    check("/arxiv/hep-th/9901001", &["oai:arXiv.org:hep-th/9901001"]).await;
    check("/venue/shield@notes,nothing@ACL", &["oai:notes:shield"]).await;
    check("/venue/shield@notes", &["oai:notes:shield"]).await;
    for nothing in
        ["/arxiv/2401.99999/feed", "/arxiv/2401.99998,2401.99999/feed", "/venue/no@notes/feed", "/arxiv/feed"]
    {
        assert_eq!(site.get(nothing).await.status(), 404, "{nothing}");
    }
}

fn old_style() -> String {
    paper(1, "An old paper", "hep-th", "1999-01-04").replace("2401.00001", "hep-th/9901001")
}

async fn stars_have_a_feed_of_their_own(engine: Engine) {
    let site = Run::on(engine).start().await;
    import(&site, &some("math.NT", 0..3)).await;
    let reader = [("cookie", "reader=ada"), ("sec-fetch-site", "same-origin")];
    let stars = async || {
        let response = site.request(Method::GET, "/stars", &reader).await;
        response.text().await.expect("a page")
    };
    assert!(!stars().await.contains("\"/stars/"), "nothing is starred");
    for paper in ["2401.00001", "2401.00002"] {
        assert_eq!(site.form(&format!("/arxiv/star?paper={paper}"), "", &reader).await.status(), 200);
    }
    let page = stars().await;
    let links = attributes(&page, "href");
    let address =
        links.iter().find(|href| href.starts_with("/stars/") && href.ends_with("/feed")).expect("a feed");
    assert!(!address.contains("ada"), "{address}");
    for (below, ..) in FORMATS {
        let feed = read(&site, &with(address, below)).await;
        let ids: Vec<_> = feed.entries.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["oai:arXiv.org:2401.00002", "oai:arXiv.org:2401.00001"]);
    }
    let (start, end) = address.split_at(address.len() - "0/feed".len());
    let last = if end.starts_with('0') { '1' } else { '0' };
    for other in [format!("{start}{last}/feed"), "/stars/1-/feed".into(), "/stars/x/feed".into()] {
        assert_eq!(site.get(&other).await.status(), 404, "{other}");
    }
}

async fn the_address_of_stars_can_be_exchanged(engine: Engine) {
    let site = Run::on(engine).start().await;
    import(&site, &some("math.NT", 0..3)).await;
    let reader = [("cookie", "reader=ada"), ("sec-fetch-site", "same-origin")];
    let renew =
        async |headers: &[(&str, &str)]| site.form("/stars/feed", "", headers).await.status().as_u16();
    let address = async || {
        let page = site.request(Method::GET, "/stars", &reader).await.text().await.expect("a page");
        assert!(attributes(&page, "action").contains(&"/stars/feed".to_owned()), "a form, without scripts");
        let mut links = attributes(&page, "href").into_iter();
        links.find(|href| href.starts_with("/stars/") && href.ends_with("/feed")).expect("a feed")
    };
    assert_eq!(renew(&reader).await, 404, "who has starred nothing has no feed");
    assert_eq!(site.form("/arxiv/star?paper=2401.00001", "", &reader).await.status(), 200);
    let old = address().await;
    assert_eq!(renew(&[("cookie", "reader=ada"), ("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(site.get(&old).await.status(), 200);
    assert_eq!(renew(&reader).await, 303);
    assert_eq!(site.get(&old).await.status(), 404, "nothing is at the old address");
    assert_eq!(read(&site, &address().await).await.entries.len(), 1);
}

async fn names_stay_when_the_site_moves(engine: Engine) {
    let ids = async |site: &Site| {
        let mut ids = Vec::new();
        for address in ["/feed", "/arxiv/hep-th/feed/json"] {
            let feed = read(site, address).await;
            // JSON Feed has a name for each entry, and none for itself.
            ids.extend((address == "/feed").then_some(feed.id));
            ids.extend(feed.entries.into_iter().map(|entry| entry.id));
        }
        ids
    };
    let site = Run::on(engine).with_sample().start().await;
    let before = ids(&site).await;
    assert!(before.iter().any(|id| id.starts_with("urn:uuid:")) && before.len() > 5, "{before:?}");
    let was_at = site.address.clone();
    // Another port is another address.
    let moved = site.stop().await.start().await;
    assert_ne!(moved.address, was_at);
    assert!(!moved.page("/feed").await.contains(&was_at));
    assert_eq!(ids(&moved).await, before);
}

async fn what_is_said_twice_is_read_alike_everywhere(engine: Engine) {
    let site = Run::on(engine).start().await;
    let lines = [paper(1, "One", "cs.LO", "2024-01-01"), paper(2, "Two", "cs.LO", "2024-01-02")];
    import(&site, &lines.join("\n")).await;
    let twice = "date=nonsense&date=&date=2024-01-01";
    for address in ["/arxiv/cs.LO", "/arxiv/cs.LO/feed", "/arxiv/cs.LO/feed/json", "/arxiv/cs.LO.csv"] {
        let page = site.page(&format!("{address}?{twice}")).await;
        assert!(page.contains("One") && !page.contains("Two"), "{address}: {page}");
        let all = site.page(&format!("{address}?date=2024-01-01&date=")).await;
        assert!(all.contains("One") && all.contains("Two"), "{address}: {all}");
        assert_eq!(site.get(&format!("{address}?date=2024-01-01&date=x")).await.status(), 400, "{address}");
    }
}

/// A paper of arXiv's in one of its versions, as JSON Lines have it.
fn version(number: u32, updated: &str) -> String {
    let first: Value =
        serde_json::from_str(&paper(7, "A paper that changes", "cs.LO", "2024-01-02")).expect("JSON");
    let mut line = first.as_object().expect("an object").clone();
    line.insert("id".into(), json!(format!("2401.00007v{number}")));
    line.insert("updated".into(), json!(updated));
    Value::from(line).to_string()
}

async fn a_new_version_is_news_of_the_same_entry(engine: Engine) {
    let site = Run::on(engine).start().await;
    import(&site, &paper(8, "A later paper", "cs.LO", "2024-02-01")).await;
    import(&site, &version(1, "2024-01-02")).await;
    let dates = async |below: &str| {
        let feed = read(&site, &with("/arxiv/cs.LO/feed", below)).await;
        let entry =
            feed.entries.iter().find(|entry| entry.id == "oai:arXiv.org:2401.00007").expect("the entry");
        let day = |date: Option<DateTime<Utc>>| date.map(|date| date.date_naive().to_string());
        (day(entry.published), day(entry.updated), day(feed.updated))
    };
    let days = |published: &str, updated: &str, feed: &str| {
        (Some(published.to_owned()), Some(updated.to_owned()), Some(feed.to_owned()))
    };
    assert_eq!(dates("").await, days("2024-01-02", "2024-01-02", "2024-02-01"));
    import(&site, &version(3, "2024-05-06")).await;
    assert_eq!(dates("").await, days("2024-01-02", "2024-05-06", "2024-05-06"));
    let (published, updated, _) = dates("/json").await;
    assert_eq!((published, updated), (Some("2024-01-02".into()), Some("2024-05-06".into())));
    let (published, _, feed) = dates("/rss").await;
    assert_eq!((published, feed), (Some("2024-05-06".into()), Some("2024-05-06".into())));
}

async fn an_entry_keeps_its_name_when_its_twin_comes(engine: Engine) {
    let site = Run::on(engine).start().await;
    let title = "On the rotation of distant galaxies";
    let preprint = paper(1, title, "astro-ph.GA", "2024-01-02");
    let published = preprint
        .replace("2401.00001", "p/1 é")
        .replace("arxiv-daily", "paperlists")
        .replace("\"arXiv\"", "\"ICLR 2024\"");
    import(&site, &published).await;
    let name = async || {
        let feed = read(&site, "/venue/ICLR.2024/feed").await;
        (feed.entries[0].id.clone(), feed.entries[0].links[0].href.replace(&site.address, ""))
    };
    let own = ("oai:paperlists:p/1%20%C3%A9".to_owned(), "/venue/p%2F1%20%C3%A9@paperlists".to_owned());
    assert_eq!(name().await, own);
    import(&site, &preprint).await;
    assert_eq!(name().await, (own.0, "/arxiv/2401.00001".to_owned()));
}

async fn nobody_else_is_credited(engine: Engine) {
    let site = Run::on(engine).set("SITE__AUTHOR", "Site Author").start().await;
    let nobody = paper(1, "By nobody", "cs.LO", "2024-01-02").replace("\"Ada Example\"", "");
    import(&site, &format!("{nobody}\n{}", paper(2, "By Ada", "cs.LO", "2024-01-01"))).await;
    for below in ["/rss", "/json"] {
        let text = site.page(&with("/arxiv/cs.LO/feed", below)).await;
        assert!(text.contains("Ada Example") && !text.contains("Site Author"), "{text}");
        let feed = read(&site, &with("/arxiv/cs.LO/feed", below)).await;
        assert!(feed.entries[0].authors.is_empty(), "{:?}", feed.entries[0].authors);
    }
    let atom = read(&site, "/arxiv/cs.LO/feed").await;
    assert_ne!(atom.entries[0].authors[0].name.as_deref(), Some("Site Author"), "Atom wants somebody");
}

async fn a_day_is_in_its_feed_as_a_whole(engine: Engine) {
    let site = Run::on(engine).start().await;
    let days = [("2024-01-03", 0..130), ("2024-01-02", 130..260), ("2024-01-01", 260..265)];
    let lines = days.map(|(day, numbers)| {
        let line = |number: usize| paper(number, &format!("Result number {number}"), "cs.LO", day);
        numbers.map(line).collect::<Vec<_>>().join("\n")
    });
    import(&site, &lines.join("\n")).await;
    let ids = async |address: &str| {
        let feed = read(&site, address).await;
        feed.entries.into_iter().map(|entry| entry.id).collect::<BTreeSet<_>>()
    };
    let of = |numbers: std::ops::Range<usize>| {
        numbers.map(|number| format!("oai:arXiv.org:2401.{number:05}")).collect::<BTreeSet<_>>()
    };
    assert_eq!(ids("/arxiv/cs.LO/feed").await, of(0..130), "the latest day, all of it");
    assert_eq!(ids("/arxiv/cs.LO/feed/json?date=2024-01-02").await, of(130..260));
    let short = ids("/arxiv/cs.LO/feed/rss?date=2024-01-01").await;
    assert_eq!(short, of(260..265), "only that day");
}

async fn read(site: &Site, address: &str) -> Feed {
    let bytes = site.get(address).await.bytes().await.expect("a feed");
    feed_rs::parser::parse(&*bytes).unwrap_or_else(|error| panic!("{address}: {error}"))
}

/// The address of a feed with more below its path.
fn with(address: &str, below: &str) -> String {
    match address.split_once('?') {
        Some((path, query)) => format!("{path}{below}?{query}"),
        None => format!("{address}{below}"),
    }
}

/// Lists date papers as they like, and some feeds have no entries yet.
async fn no_feed_is_of_the_future_or_of_long_ago(engine: Engine) {
    let site = Run::on(engine).start().await;
    let mut late: Value =
        serde_json::from_str(&paper(1, "On knots", "math.GT", "2024-01-02")).expect("a line");
    late["updated"] = json!("2090-01-01");
    import(&site, &late.to_string()).await;
    for (address, entries) in [("/arxiv/math.GT/feed", 1), ("/arxiv/math.NT/feed", 0)] {
        let text = site.page(address).await;
        let feed = feed_rs::parser::parse(text.as_bytes()).expect("valid");
        assert_eq!(feed.entries.len(), entries, "{address}");
        let updated = feed.updated.expect("a time");
        assert!(updated <= Utc::now() && updated.timestamp() > 0, "{updated}");
        assert_eq!(site.page(address).await, text, "it stays as it is");
    }
}
