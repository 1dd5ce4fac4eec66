use tests::{
    Engine, Site,
    html::{attributes, tags, text},
};

on_each_engine!(search_finds, snippets_keep_formulas_whole, over_long_queries_are_cut, search_has_a_command);

async fn search_finds(engine: Engine) {
    let site = Site::sample(engine).await;
    check(site, "maldacena", "/arxiv/hep-th/9711200").await;
    check(site, "Perelman entropy", "/arxiv/math/0211159").await;
    check(site, "\"gauge theory on them\"", "/arxiv/hep-th/9711200").await;
    check(site, "a theory of branes stacked", "/arxiv/hep-th/9711200").await;
    check(site, "旋转位置编码", "/posts/rotary-position").await;
    check(site, "词表", "/posts/continuous-autoregression").await;
    check(site, "what a low rank update learns in its first step", "/posts/lora-first-step").await;
    check(site, "W_0", "/posts/lora-first-step").await;
    refuse(site, "\"theory gauge them on\"", "/arxiv/hep-th/9711200").await;
    refuse(site, "maldacena -branes", "/arxiv/hep-th/9711200").await;
}

async fn check(site: &Site, query: &str, address: &str) {
    let found = results(site, query).await;
    assert!(found.iter().any(|found| found == address), "{query}: {found:?}");
}

async fn refuse(site: &Site, query: &str, address: &str) {
    let found = results(site, query).await;
    assert!(!found.iter().any(|found| found == address), "{query}: {found:?}");
}

async fn results(site: &Site, query: &str) -> Vec<String> {
    let page = site.page(&format!("/search?query={}", encoded(query))).await;
    let entries = page.split("<article class=\"entry").skip(1).filter_map(|entry| entry.split_once("<h3"));
    entries.filter_map(|(_, rest)| attributes(rest, "href").into_iter().next()).collect()
}

async fn snippets_keep_formulas_whole(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/search?query=low-rank+matrix+attention").await;
    let formulas = page.split("class=\"math inline notranslate\" translate=\"no\">").skip(1);
    let mut count = 0;
    for formula in formulas {
        let tex = formula.split('<').next().unwrap_or_default();
        assert!(tex.len() > 1 && (tex.ends_with('$') || tex.ends_with(r"\)")), "cut: {tex:?}");
        count += 1;
    }
    assert!(count > 0, "no formula in {}", text(&page));
    assert!(!tags(&page, "mark").is_empty());
}

async fn over_long_queries_are_cut(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page(&format!("/search?query={}", "attention+".repeat(100))).await;
    assert!(text(&page).contains("longer than 512 characters"), "{}", text(&page));
    let page = site.page(&format!("/search?query={}", "a".repeat(60_000))).await;
    assert!(text(&page).contains("longer than 512 characters"));
    let head = site.raw(&format!("GET /search?query={} HTTP/1.1\r\n", "a".repeat(1 << 20))).await;
    assert!(head.starts_with("HTTP/1.1 431 "), "{head}");
}

/// Beside the running server and after it.
async fn search_has_a_command(engine: Engine) {
    let site = tests::Run::on(engine).with_sample().start().await;
    check_command(&site.run(&["search", "maldacena", "--json"]).await);
    let stopped = site.stop().await;
    check_command(&stopped.run(&["search", "maldacena", "--json"]).await);
}

fn check_command(output: &std::process::Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let hit: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON line");
    assert_eq!((&hit["kind"], &hit["path"]), (&"paper".into(), &"/arxiv/hep-th/9711200".into()));
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
