//! Feeds in three formats, read with a parser of others.

use std::collections::BTreeMap;

use feed_rs::model::{Feed, FeedType};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{
    Engine, Run, Site,
    html::{attributes, tags},
};

use crate::papers::{import, paper};

on_each_engine!(
    feeds_are_valid,
    formats_say_the_same,
    feeds_are_not_sent_twice,
    a_time_is_enough_to_ask_again,
    pages_lead_to_their_feeds,
    no_text_breaks_a_feed,
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
        let (atom, rss, json) = (
            read(site, address).await,
            read(site, &with(address, "/rss")).await,
            read(site, &with(address, "/json")).await,
        );
        assert_eq!(entries(&atom), entries(&rss), "{address}");
        assert_eq!(entries(&atom), entries(&json), "{address}");
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
    for address in ["/feed", "/feed/rss", "/arxiv/hep-th/feed/json"] {
        let first = site.get(address).await;
        let tag = first.headers()["etag"].to_str().expect("text").to_owned();
        let again = site.request(Method::GET, address, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.text().await.expect("a body"), "");
        let other = site.request(Method::GET, address, &[("if-none-match", "\"something else\"")]).await;
        assert_eq!(other.status(), StatusCode::OK);
    }
}

async fn a_time_is_enough_to_ask_again(engine: Engine) {
    let site = Run::on(engine).start().await;
    import(&site, &paper(1, "First", "cs.XX", "2024-01-02")).await;
    let changed = async || {
        let response = site.get("/arxiv/cs.XX/feed/rss").await;
        response.headers()["last-modified"].to_str().expect("text").to_owned()
    };
    let since = async |time: &str| {
        site.request(Method::GET, "/arxiv/cs.XX/feed/rss", &[("if-modified-since", time)]).await.status()
    };
    let first = changed().await;
    assert_eq!((changed().await, since(&first).await), (first.clone(), StatusCode::NOT_MODIFIED));
    assert_eq!(since("Mon, 01 Jan 2024 00:00:00 GMT").await, StatusCode::OK);
    assert_eq!(since("nonsense").await, StatusCode::OK);
    // Of the same day, and an earlier one at that: the newest entry tells nothing.
    import(&site, &paper(2, "Second", "cs.XX", "2024-01-01")).await;
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
        "id": "2401.00001", "title": title, "authors": ["A \u{b} & <b>"], "abstract": title, "categories": ["cs.XX"],
        "venue": "arXiv", "date": "2024-01-02", "keywords": "", "citations": null, "source": "arxiv-daily",
    });
    import(&site, &record.to_string()).await;
    for (below, ..) in FORMATS {
        let feed = read(&site, &with("/arxiv/cs.XX/feed", below)).await;
        let title = &feed.entries[0].title.as_ref().expect("a title").content;
        assert!(title.contains("]]") && title.contains("alert(1)"), "{title}");
        let body = feed.entries[0].content.as_ref().and_then(|content| content.body.clone()).expect("a body");
        assert!(body.contains("&lt;script&gt;alert(1)") && body.contains("<math"), "{body}");
    }
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
