use reqwest::Method;
use tests::{
    Engine, Site,
    html::{attributes, tags},
};

on_each_engine!(the_address_beats_the_cookie_beats_the_browser, the_choice_is_remembered);

async fn the_address_beats_the_cookie_beats_the_browser(engine: Engine) {
    let site = Site::sample(engine).await;
    check(site, "/", &[], "en").await;
    check(site, "/", &[("accept-language", "zh-TW,zh;q=0.9,en;q=0.1")], "zh-CN").await;
    check(site, "/", &[("accept-language", "fr,en;q=0.5,zh;q=0.4")], "en").await;
    check(site, "/", &[("accept-language", "zh;q=0,en;q=0.5")], "en").await;
    check(site, "/", &[("cookie", "hl=en"), ("accept-language", "zh")], "en").await;
    check(site, "/", &[("cookie", "hl=zh")], "zh-CN").await;
    check(site, "/?hl=zh", &[("cookie", "hl=en"), ("accept-language", "en")], "zh-CN").await;
    check(site, "/?hl=fr", &[("cookie", "hl=zh")], "zh-CN").await;
    check(site, "/nowhere?hl=zh", &[], "zh-CN").await;
}

async fn check(site: &Site, page: &str, headers: &[(&str, &str)], tag: &str) {
    let response = site.request(Method::GET, page, headers).await;
    let vary = response.headers()["vary"].to_str().expect("text").to_ascii_lowercase();
    assert!(vary.contains("accept-language") && vary.contains("cookie"), "{page}: {vary}");
    let html = response.text().await.expect("a page");
    let lang = tags(&html, "html").first().map(|tag| attributes(tag, "lang")).unwrap_or_default();
    assert_eq!(lang, [tag], "{page} {headers:?}");
}

async fn the_choice_is_remembered(engine: Engine) {
    let site = Site::sample(engine).await;
    let chosen = site.get("/posts?hl=zh").await;
    let cookie = chosen.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("hl=zh;") && cookie.contains("SameSite=Lax"), "{cookie}");
    // A view without a choice leaves no trace in the reader's browser.
    assert!(site.get("/posts").await.headers().get("set-cookie").is_none());
}
