use reqwest::{Method, StatusCode};
use tests::{Engine, Site};

on_each_engine!(feeds_are_valid, feeds_are_not_sent_twice);

const FEEDS: &[(&str, usize)] = &[("/feed", 4), ("/arxiv/hep-th/feed", 1), ("/venue/ICLR.2022/feed", 1)];

async fn feeds_are_valid(engine: Engine) {
    let site = Site::sample(engine).await;
    for (address, least) in FEEDS {
        let response = site.get(address).await;
        assert_eq!(response.status(), 200, "{address}");
        let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
        assert!(kind.starts_with("application/atom+xml"), "{address}: {kind}");
        let feed = feed_rs::parser::parse(&*response.bytes().await.expect("a feed")).expect("valid");
        assert!(feed.entries.len() >= *least, "{address}: {} entries", feed.entries.len());
        assert!(feed.updated.is_some() && feed.links.iter().any(|link| link.rel.as_deref() == Some("self")));
        for entry in feed.entries {
            assert!(entry.title.is_some_and(|title| !title.content.is_empty()), "{address}: {}", entry.id);
            let body = entry.content.and_then(|content| content.body).expect("a body");
            assert!(!body.contains("class=\"math display"), "{address}: a display is TeX in {body}");
            assert!(
                entry.updated.is_some() && entry.links[0].href.starts_with("http://"),
                "{address}: {}",
                entry.id
            );
        }
    }
}

async fn feeds_are_not_sent_twice(engine: Engine) {
    let site = Site::sample(engine).await;
    let first = site.get("/feed").await;
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    let again = site.request(Method::GET, "/feed", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.text().await.expect("a body"), "");
    let other = site.request(Method::GET, "/feed", &[("if-none-match", "\"something else\"")]).await;
    assert_eq!(other.status(), StatusCode::OK);
}
