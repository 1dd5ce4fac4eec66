//! Reading the blog: posts and what is around them, lists, feeds, maps, addresses of other systems, and who is counted.

use std::time::Duration;

use reqwest::Method;
use tests::{
    Engine, Run, Site,
    html::{attributes, tags, text},
};
use tokio::sync::OnceCell;

on_each_engine!(
    a_post_says_what_is_around_it,
    works_are_cited_and_listed,
    a_series_leads_through_its_parts,
    lists_name_their_posts,
    lists_go_on_where_they_ended,
    what_is_kept_is_nowhere,
    every_list_has_feeds,
    feeds_say_that_nothing_changed,
    addresses_of_typecho_lead_on,
    addresses_that_lists_had_lead_on,
    maps_name_what_is_public,
    robots_are_told_what_the_operator_says,
    the_operator_may_ask_for_support,
    heads_say_what_a_page_is,
    what_heads_say_can_be_read,
    pictures_say_how_large_they_are,
    readers_are_counted_once,
    robots_and_strangers_are_not_counted,
    nobody_gets_a_cookie_for_reading,
);

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/blog");

/// The site of these tests, for those that only read: one for each engine.
async fn blog(engine: Engine) -> &'static Site {
    static SQLITE: OnceCell<Site> = OnceCell::const_new();
    static POSTGRES: OnceCell<Site> = OnceCell::const_new();
    let cell = if engine == Engine::Sqlite { &SQLITE } else { &POSTGRES };
    cell.get_or_init(|| own(engine)).await
}

/// A site of one's own, of which the index and the links between posts are complete.
async fn own(engine: Engine) -> Site {
    let site = Run::on(engine).with_folder(FOLDER).set("SITE__LICENCE", "CC BY 4.0").start().await;
    until(&site, "/readyz", "search index: 0 changes behind").await;
    until(&site, "/posts/polar-three", "id=\"here-h\"").await;
    site
}

/// Waits until what is at an address holds some words.
async fn until(site: &Site, path: &str, words: &str) {
    let asked = async {
        // Whoever is known to the site gets no page that was made for others.
        let known = [("cookie", "reader=0123456789abcdef")];
        while !text_or_page(site.request(Method::GET, path, &known).await).await.contains(words) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), asked).await;
    assert!(waited.is_ok(), "{path} never said {words:?}");
}

/// A page with its words once more, without tags between them.
async fn text_or_page(response: reqwest::Response) -> String {
    let page = response.text().await.expect("a page");
    format!("{page}{}", text(&page))
}

/// Where the posts of a list lead, in its order.
fn entries(page: &str) -> Vec<String> {
    let entries = page.split("<h3 dir=\"auto\"><a href=\"").skip(1);
    entries.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The part of a page that has this id, up to the end of its section.
fn section<'p>(page: &'p str, id: &str) -> &'p str {
    let start = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}"));
    let rest = &page[start..];
    &rest[..rest.find("</section>").unwrap_or(rest.len())]
}

async fn moves(site: &Site, from: &str, to: &str) {
    let response = site.get(from).await;
    assert_eq!(response.status(), 308, "{from}");
    assert_eq!(response.headers()["location"], *to, "{from}");
}

async fn a_post_says_what_is_around_it(engine: Engine) {
    let site = blog(engine).await;
    let page = site.page("/posts/polar-one").await;
    let read = text(&page);
    for words in
        ["Optimisation", "Series: Matrices that train , 1 of 4", "Lin Qiao", "1 October 2025", "words"]
    {
        assert!(read.contains(words), "{words} in {read}");
    }
    for part in [
        r#"<a href="/author/Lin%20Qiao" rel="author""#,
        r#"<a href="/category/optimisation">"#,
        r#"<a href="/tag/msign" rel="tag""#,
        r#"<a href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license">CC BY-SA 4.0</a>"#,
        r#"<dt>Difficulty</dt><dd>second year</dd>"#,
        r#"data-expanded="\begin{equation}"#,
        r#"<div class="prose numbers">"#,
        r#"href="mailto:?subject=What%20the%20polar%20factor%20is%20for&"#,
        "QIAO L. What the polar factor is for[EB/OL]. (2025-10-01)[",
    ] {
        assert!(page.contains(part) || page.contains(&part.replace('&', "&#38;")), "{part} in {page}");
    }
    // Earlier and later are by the day, and have nothing to do with the series.
    let beside = page.split("class=\"pager beside\"").nth(1).expect("a pager");
    let beside = &beside[..beside.find("</nav>").expect("its end")];
    assert!(beside.contains("/posts/kept-protected") && beside.contains("/posts/polar-two"), "{beside}");
    let chinese = site.page("/posts/polar-zh").await;
    assert!(chinese.contains("<div class=\"prose\">"), "its author numbers the sections");
    let translated = site.page("/posts/polar-two").await;
    assert!(translated.contains(&format!(
        r#"<link rel="alternate" hreflang="zh-CN" href="{}/posts/polar-zh">"#,
        site.address
    )));
    assert!(translated.contains("CC BY 4.0"), "the licence of the site");
    let about = site.page("/pages/about").await;
    assert!(!about.contains("class=\"meta byline\"") && !about.contains("pager beside"));
    assert!(about.contains(r#"<a href="/pages/about" aria-current="page">About</a>"#));
    moves(site, "/posts/about", "/pages/about").await;
}

async fn works_are_cited_and_listed(engine: Engine) {
    let site = blog(engine).await;
    let page = site.page("/posts/polar-one").await;
    for part in [
        r#"<span class="cited">[<a href="/arxiv/1706.03762">Vaswani et al., 2017</a>, Section 3"#,
        r#"<a href="https://arxiv.org/abs/2401.99999">arXiv:2401.99999</a>"#,
        r#"<a href="https://aclanthology.org/P99-1001">ACL:P99-1001</a>"#,
        r#"<a href="/posts/polar-three">Quill, 2025</a>"#,
        r#"<span class="unknown-ref">[@isbn:12]</span>"#,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let references = section(&page, "ref-h");
    assert!(text(references).contains("Vaswani, A., Shazeer, N., & Parmar, N. (2017)."), "{references}");
    assert!(!references.contains("isbn"), "{references}");
    let feed = site.get("/feed").await.text().await.expect("a feed");
    assert!(feed.contains("Vaswani, A., Shazeer, N."), "a feed names the references, too");
    assert!(page.contains(r#""citation":["#), "{page}");
    let three = site.page("/posts/polar-three").await;
    assert!(section(&three, "here-h").contains("/posts/polar-one"), "a citation is a link");
}

async fn a_series_leads_through_its_parts(engine: Engine) {
    let site = blog(engine).await;
    let page = site.page("/posts/polar-two").await;
    let series = section(&page, "ser-h");
    let previous = series.find("/posts/polar-one").expect("the first part");
    let next = series.find("/posts/kept-protected").expect("the third part");
    assert!(previous < next, "{series}");
    assert!(series.contains(r#"<span aria-current="page">The cubic iteration"#), "{series}");
    let parts = ["/posts/polar-one", "/posts/polar-two", "/posts/kept-protected", "/posts/polar-three"];
    assert_eq!(entries(&site.page("/series/matrices-that-train").await), parts);
    let all = site.page("/series").await;
    assert!(all.contains(r#"<a href="/series/matrices-that-train">Matrices that train<small>4</small></a>"#));
}

async fn lists_name_their_posts(engine: Engine) {
    let site = blog(engine).await;
    let check = async |path: &str, expected: &[&str]| {
        let page = site.page(path).await;
        let expected: Vec<_> = expected.iter().map(|slug| format!("/posts/{slug}")).collect();
        assert_eq!(entries(&page), expected, "{path}");
        page
    };
    let all = ["polar-two", "polar-three", "polar-zh", "polar-one", "kept-protected"];
    check("/", &all).await;
    let posts = check("/posts", &all).await;
    check("/category/optimisation", &["polar-two", "polar-zh", "polar-one", "kept-protected"]).await;
    check("/category/analysis", &["polar-two", "polar-three"]).await;
    check("/tag/matrices", &["polar-three", "polar-one"]).await;
    check("/author/Lin%20Qiao", &["polar-two", "polar-one", "kept-protected"]).await;
    check("/2025/10", &["polar-three", "polar-zh", "polar-two", "polar-one"]).await;
    for none in
        ["/category/none", "/tag/none", "/series/none", "/author/none", "/2025/11", "/2025/13", "/9999/99"]
    {
        assert_eq!(site.get(none).await.status(), 404, "{none}");
    }
    // A teaser has the numbers of its post, and what it refers to beyond its end is there.
    let teaser = posts.split("<h3 dir=\"auto\"><a href=\"/posts/polar-one\">").nth(1).expect("an entry");
    assert!(teaser.contains(r#"href="/posts/polar-one#eqn:far">(2)</a>"#), "{teaser}");
    assert!(posts.contains("/posts/polar-one#cite"));
    assert!(posts.contains("/posts/polar-two#comments"));
    let archive = site.page("/archives").await;
    assert!(archive.contains(r#"<a href="/2025/10">October 2025<small>4</small></a>"#), "{archive}");
    assert!(
        site.page("/categories")
            .await
            .contains(r#"<a href="/category/analysis">Analysis<small>2</small></a>"#)
    );
    assert!(site.page("/tags").await.contains(r#"<a href="/tag/msign">msign<small>4</small></a>"#));
}

async fn lists_go_on_where_they_ended(engine: Engine) {
    let folder = tempfile::tempdir().expect("a folder");
    let posts = folder.path().join("posts");
    std::fs::create_dir_all(&posts).expect("a folder");
    std::fs::create_dir_all(folder.path().join("notes")).expect("a folder");
    for file in ["papers.jsonl", "comments.jsonl"] {
        std::fs::write(folder.path().join(file), "").expect("a file");
    }
    for number in 1..=25 {
        let post = format!(
            "+++\ntitle = \"Post {number}\"\nslug = \"post-{number}\"\nlanguage = \"en\"\nauthor = \"Ada\"\n\
             published = \"2025-01-{number:02}T00:00:00Z\"\nupdated = \"2025-01-{number:02}T00:00:00Z\"\n\
             [details]\npinned = {}\n+++\nText.\n",
            number == 3
        );
        std::fs::write(posts.join(format!("{number}.md")), post).expect("a file");
    }
    let folder: &str = Box::leak(folder.keep().display().to_string().into_boxed_str());
    let site = Run::on(engine).with_folder(folder).start().await;
    let mut expected: Vec<String> =
        (1..=25).rev().filter(|number| *number != 3).map(|n| format!("/posts/post-{n}")).collect();
    expected.insert(0, "/posts/post-3".into());
    let (mut found, mut next, mut ranges) = (Vec::new(), Some("/posts".to_owned()), Vec::new());
    while let Some(path) = next {
        let page = site.page(&path).await;
        found.extend(entries(&page));
        ranges.extend(
            text(&page)
                .split("of 25")
                .next()
                .and_then(|before| before.split_whitespace().last().map(str::to_owned)),
        );
        next = tests::html::next_page(&page);
    }
    assert_eq!(found, expected);
    assert_eq!(ranges, ["1–10", "11–20", "21–25"]);
    assert_eq!(site.get("/posts?after=nonsense").await.status(), 400);
    std::fs::remove_dir_all(folder).expect("removed");
}

async fn what_is_kept_is_nowhere(engine: Engine) {
    let site = blog(engine).await;
    let pages = [
        "/",
        "/posts",
        "/category/optimisation",
        "/tag/msign",
        "/series/matrices-that-train",
        "/series",
        "/author/Lin%20Qiao",
        "/archives",
        "/categories",
        "/tags",
        "/2025/09",
        "/posts/polar-one",
        "/feed",
        "/feed/json",
        "/category/optimisation/feed",
        "/tag/msign/feed/rss",
        "/2025/09/feed",
        "/sitemap.xml",
        "/sitemap-posts-1.xml",
        "/sitemap-lists.xml",
        "/search?query=mumblecrust",
        "/search?query=polar+factor",
        "/search/feed?query=singular",
        "/arxiv/1706.03762",
    ];
    for path in pages {
        let response = site.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        let page = response.text().await.expect("a page");
        for kept in
            ["kept-private", "kept-draft", "kept-coming", "Kept: private", "Kept: draft", "Kept: coming"]
        {
            assert!(!page.contains(kept), "{kept} in {path}");
        }
        let searched = page.replace("query=mumblecrust", "").replace("value=\"mumblecrust\"", "");
        assert!(!searched.contains("Mumblecrust"), "the text of what is kept in {path}");
    }
    let one = site.page("/posts/polar-one").await;
    let links = section(&one, "here-h");
    assert!(links.contains("polar-two") && !links.contains("kept-protected"), "{links}");
    for kept in ["private", "draft", "coming"] {
        for suffix in ["", ".md", ".bib"] {
            let path = format!("/posts/kept-{kept}{suffix}");
            assert_eq!(site.get(&path).await.status(), 404, "{path}");
        }
    }
    assert_ne!(site.get("/posts/kept-protected.md").await.status(), 200);
    assert!(text(&site.page("/posts").await).contains("A password is asked for"));
    assert!(!site.page("/sitemap-posts-1.xml").await.contains("kept-protected"));
    assert!(!site.page("/search?query=kept").await.contains("kept-protected"), "no index has it");
}

async fn every_list_has_feeds(engine: Engine) {
    let site = blog(engine).await;
    let lists = [
        ("/posts", "/feed", 5),
        ("/category/analysis", "/category/analysis/feed", 2),
        ("/tag/msign", "/tag/msign/feed", 4),
        ("/author/Ada%20Quill", "/author/Ada%20Quill/feed", 1),
        ("/series/matrices-that-train", "/series/matrices-that-train/feed", 4),
        ("/2025/10", "/2025/10/feed", 4),
    ];
    for (page, feed, posts) in lists {
        let head = site.page(page).await;
        for (below, kind, mark) in [
            ("", "application/atom+xml", "<entry>"),
            ("/rss", "application/rss+xml", "<item>"),
            ("/json", "application/feed+json", "\"content_html\""),
        ] {
            let address = format!("{feed}{below}");
            let link = format!(r#"<link rel="alternate" type="{kind}" href="{address}""#);
            assert!(head.contains(&link), "{link} on {page}");
            let response = site.get(&address).await;
            assert!(
                response.headers()["content-type"].to_str().expect("text").starts_with(kind),
                "{address}"
            );
            let text = response.text().await.expect("a feed");
            assert_eq!(text.matches(mark).count(), posts, "{address}");
        }
    }
    let feed = site.get("/2025/10/feed").await.text().await.expect("a feed");
    let first = feed.find("polar-three").expect("the newest");
    assert!(first < feed.find("polar-two").expect("the pinned one"), "feeds are by day, whatever is pinned");
    assert!(feed.contains("&lt;math"), "formulas are MathML");
    assert_eq!(site.get("/tag/none/feed").await.status(), 404);
}

async fn feeds_say_that_nothing_changed(engine: Engine) {
    let site = blog(engine).await;
    let first = site.get("/tag/msign/feed").await;
    let tag = first.headers()["etag"].to_str().expect("text").to_owned();
    let again = site.request(Method::GET, "/tag/msign/feed", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status(), 304);
}

async fn addresses_of_typecho_lead_on(engine: Engine) {
    let site = blog(engine).await;
    let page = site.page("/posts/polar-one").await;
    let number = attributes(&page, "data-read")[0].split('/').nth(2).expect("a number").to_owned();
    let number = number.as_str();
    for (from, to) in [
        (format!("/archives/{number}/"), format!("/archives/{number}")),
        (format!("/archives/{number}"), "/posts/polar-one".into()),
        (format!("/archives/{number}/comment-page-2"), "/posts/polar-one#comments".into()),
        (format!("/index.php/archives/{number}"), format!("/archives/{number}")),
        (format!("/feed/archives/{number}"), "/posts/polar-one/feed/rss".into()),
        (format!("/feed/atom/archives/{number}"), "/posts/polar-one/feed".into()),
    ] {
        moves(site, &from, &to).await;
    }
    for (from, to) in [
        ("/category/analysis/", "/category/analysis"),
        ("/category/analysis/2", "/category/analysis"),
        ("/tag/msign/3", "/tag/msign"),
        ("/page/7", "/posts"),
        ("/polar-one.html", "/posts/polar-one"),
        ("/about.html", "/pages/about"),
        ("/posts/polar-one/comment-page-3", "/posts/polar-one#comments"),
        ("/search/low rank/", "/search/low%20rank"),
        ("/search/low%20rank", "/search?query=low%20rank&kind=post"),
        ("/2025", "/archives#y2025"),
        ("/2025/10/11", "/2025/10"),
        ("/feed/", "/feed"),
        ("/feed/category/analysis", "/category/analysis/feed/rss"),
        ("/feed/atom/tag/msign", "/tag/msign/feed"),
        ("/feed/rss/2025/10", "/2025/10/feed/rss"),
        ("/feed/2025", "/feed/rss"),
        ("/feed/rss/comments", "/feed/comments/rss"),
        ("/feed/atom/comments", "/feed/comments"),
        ("/feed/polar-one.html", "/posts/polar-one/feed/rss"),
        ("/feed/atom/about.html", "/posts/about/feed"),
        ("/feed/atom/search/low rank", "/search/feed?query=low%20rank&kind=post"),
        ("/posts/?after=1.2", "/posts?after=1.2"),
        ("//other.example/", "/other.example"),
    ] {
        moves(site, from, to).await;
    }
    for feed in
        ["/feed/rss", "/feed/atom", "/feed/comments", "/posts/polar-one/feed/rss", "/posts/about/feed"]
    {
        assert_eq!(site.get(feed).await.status(), 200, "{feed}");
    }
    for none in [
        "/kept-private.html",
        "/none.html",
        "/category/none/2",
        "/archives/99",
        "/author/7",
        "/feed/archives/99",
        "/feed/kept-private.html",
        "/feed/nothing",
    ] {
        assert_eq!(site.get(none).await.status(), 404, "{none}");
    }
}

async fn addresses_that_lists_had_lead_on(engine: Engine) {
    let site = Run::on(engine).with_folder(FOLDER).start().await;
    let run = async |words: &[&str]| site.said(words).await;
    run(&["term", "address", "category", "Analysis", "limits"]).await;
    run(&["term", "merge", "tag", "msign", "matrices"]).await;
    run(&["term", "rename", "series", "Matrices that train", "Matrices"]).await;
    run(&["term", "address", "series", "Matrices", "matrices"]).await;
    for (from, to) in [
        ("/category/analysis", "/category/limits"),
        ("/tag/msign", "/tag/matrices"),
        ("/series/matrices-that-train", "/series/matrices"),
    ] {
        moves(&site, from, to).await;
        moves(&site, &format!("{from}?after=0.1.2"), &format!("{to}?after=0.1.2")).await;
        moves(&site, &format!("{from}/feed"), &format!("{to}/feed")).await;
        moves(&site, &format!("{from}/feed/json"), &format!("{to}/feed/json")).await;
        assert!(!entries(&site.page(to).await).is_empty(), "{to}");
    }
    moves(&site, "/category/analysis/2", "/category/limits").await;
    moves(&site, "/tag/msign/2", "/tag/matrices").await;
    assert_eq!(site.get("/tag/none/feed").await.status(), 404);
}

async fn maps_name_what_is_public(engine: Engine) {
    let site = blog(engine).await;
    let index = site.get("/sitemap.xml").await;
    assert_eq!(index.headers()["content-type"], "application/xml; charset=utf-8");
    let index = index.text().await.expect("a map");
    let base = &site.address;
    for map in ["lists", "posts-1"] {
        assert!(index.contains(&format!("<loc>{base}/sitemap-{map}.xml</loc>")), "{index}");
    }
    assert!(!index.contains("papers"), "nothing was said of any paper");
    let posts = site.page("/sitemap-posts-1.xml").await;
    let two = format!("<loc>{base}/posts/polar-two</loc><lastmod>2025-10-14T08:00:00Z</lastmod>");
    assert!(posts.contains(&two), "{posts}");
    assert!(posts.contains(&format!("<loc>{base}/pages/about</loc>")), "{posts}");
    assert_eq!(posts.matches("<loc>").count(), 6, "{posts}");
    let lists = site.page("/sitemap-lists.xml").await;
    for path in ["/category/analysis", "/tag/msign", "/series/matrices-that-train", "/2025/10"] {
        assert!(lists.contains(&format!("<loc>{base}{path}</loc>")), "{path} in {lists}");
    }
    for none in ["/sitemap-posts-2.xml", "/sitemap-posts-0.xml", "/sitemap-lists-2.xml", "/sitemap-x-1.xml"] {
        assert_eq!(site.get(none).await.status(), 404, "{none}");
    }
    let sample = Site::sample(engine).await;
    let papers = sample.page("/sitemap-papers-1.xml").await;
    assert!(papers.contains("<loc>"), "papers with comments are in it");
    for address in papers.split("<loc>").skip(1).filter_map(|rest| rest.split('<').next()) {
        let page = sample.page(address.strip_prefix(&sample.address).expect("an own address")).await;
        assert!(page.contains("id=\"c-"), "{address} has nothing of its own");
    }
}

async fn robots_are_told_what_the_operator_says(engine: Engine) {
    let open = blog(engine).await.page("/robots.txt").await;
    assert!(open.contains("User-agent: *\n") && open.contains("/sitemap.xml"), "{open}");
    let site = Run::on(engine)
        .set("SITE__ROBOTS__AI_TRAIN", "false")
        .set("SITE__ROBOTS__REFUSED__0", "GPTBot")
        .start()
        .await;
    let told = site.page("/robots.txt").await;
    assert!(told.starts_with("User-agent: GPTBot\nDisallow: /\n"), "{told}");
    assert!(told.contains("Content-Usage: train-ai=n"), "{told}");
}

async fn the_operator_may_ask_for_support(engine: Engine) {
    assert!(!blog(engine).await.page("/posts/polar-one").await.contains("id=\"sup-h\""));
    let site = Run::on(engine)
        .with_folder(FOLDER)
        .set("SITE__SUPPORT__TEXT", "A coffee of $3^2$ cents")
        .set("SITE__SUPPORT__PICTURES__0__SRC", "/files/code.png")
        .set("SITE__SUPPORT__PICTURES__0__NAME", "Code")
        .start()
        .await;
    let page = site.page("/posts/polar-one").await;
    let support = section(&page, "sup-h");
    assert!(support.contains("$3^2$") && support.contains("<img src=\"/files/code.png\""), "{support}");
    assert!(!site.page("/posts").await.contains("sup-h"));
}

async fn heads_say_what_a_page_is(engine: Engine) {
    let site = blog(engine).await;
    let page = site.page("/posts/polar-two").await;
    let described = page.split("application/ld+json\">").nth(1).and_then(|rest| rest.split('<').next());
    let described: serde_json::Value = serde_json::from_str(described.expect("a description")).expect("JSON");
    let post = &described["@graph"][0];
    assert_eq!(post["@type"], "BlogPosting");
    assert_eq!(post["isPartOf"]["name"], "Matrices that train");
    assert_eq!((&post["position"], &post["commentCount"]), (&2.into(), &1.into()));
    let trail = described["@graph"][1]["itemListElement"].as_array().expect("a trail");
    let names: Vec<_> = trail.iter().map(|item| item["name"].as_str().expect("a name")).collect();
    assert_eq!(names[..3], ["Inkstone", "Posts", "Optimisation"]);
    for (path, canonical) in [
        ("/posts?x=1", "/posts"),
        ("/category/analysis?hl=zh", "/category/analysis"),
        ("/?y=2", "/"),
        ("/archives", "/archives"),
    ] {
        let page = site.page(path).await;
        let link = format!(r#"<link rel="canonical" href="{}{canonical}">"#, site.address);
        assert!(page.contains(&link), "{link} on {path}");
    }
    let list = site.page("/category/analysis").await;
    assert!(tags(&list, "meta").iter().any(|tag| tag.contains("og:title") && tag.contains("Analysis")));
    assert!(list.contains("\"CollectionPage\"") && list.contains("class=\"Z3988\""));
}

/// Every JSON-LD of a page.
fn described(page: &str) -> Vec<serde_json::Value> {
    let scripts = page.split("<script type=\"application/ld+json\">").skip(1);
    let read = |rest: &str| {
        let text = rest.split("</script>").next().expect("a script");
        let read: serde_json::Value = serde_json::from_str(text).expect("JSON");
        read["@graph"].as_array().expect("a graph").clone()
    };
    scripts.flat_map(read).collect()
}

/// What a page says under the name of a property.
fn said(page: &str, property: &str) -> Option<String> {
    let name = format!("property=\"{property}\"");
    let tags = tags(page, "meta");
    let tag = tags.iter().find(|tag| tag.contains(&name))?;
    Some(tag.split("content=\"").nth(1)?.split('"').next()?.to_owned())
}

async fn what_heads_say_can_be_read(engine: Engine) {
    let site = blog(engine).await;
    for (path, kinds, title) in [
        ("/", &["WebSite"][..], "Inkstone"),
        ("/posts", &["CollectionPage", "BreadcrumbList"], "Posts"),
        ("/posts/polar-one", &["BlogPosting", "BreadcrumbList"], "What the polar factor is for"),
        ("/pages/about", &["WebPage", "BreadcrumbList"], "About"),
        ("/category/analysis", &["CollectionPage", "BreadcrumbList"], "Analysis"),
        ("/author/Lin%20Qiao", &["CollectionPage", "BreadcrumbList"], "Lin Qiao"),
        ("/2025/10", &["CollectionPage", "BreadcrumbList"], "October 2025"),
        ("/series", &["CollectionPage", "BreadcrumbList"], "Series"),
    ] {
        let page = site.page(path).await;
        let things = described(&page);
        assert_eq!(things.iter().map(|thing| &thing["@type"]).collect::<Vec<_>>(), kinds, "{path}");
        assert_eq!(said(&page, "og:title").as_deref(), Some(title), "{path}");
        assert_eq!(said(&page, "og:url"), Some(format!("{}{path}", site.address)), "{path}");
        assert_eq!(said(&page, "og:image"), None, "{path} shows no picture");
    }
    let post = site.page("/posts/polar-two").await;
    assert_eq!(said(&post, "article:section").as_deref(), Some("Optimisation"));
    assert_eq!(said(&post, "article:author").as_deref(), Some("Lin Qiao"));
    assert_eq!(said(&post, "article:modified_time").as_deref(), Some("2025-10-14T08:00:00+00:00"));
    assert_eq!(described(&post)[0]["translationOfWork"], format!("{}/posts/polar-zh", site.address));
    for feed in ["/posts/polar-two/feed", "/posts/polar-two/feed/rss", "/feed"] {
        assert!(post.contains(&format!("href=\"{feed}\"")), "{feed}");
        assert_eq!(site.get(feed).await.status(), 200, "{feed}");
    }
    // Nothing is said of a translation that nobody may read, and there is none of most.
    assert!(!site.page("/posts/polar-one").await.contains("rel=\"alternate\" hreflang"));
}

async fn pictures_say_how_large_they_are(engine: Engine) {
    let site = Run::on(engine).start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let run = async |words: &[&str]| site.said(words).await;
    std::fs::write(path("plot.png"), PICTURE).expect("written");
    let shown = run(&["media", "add", &path("plot.png")]).await;
    let href = shown.trim().trim_start_matches("![](").trim_end_matches(')');
    let small = href.replace(".png", "-small.png");
    let post = format!(
        "+++\ntitle = 'Plots'\nauthor = 'Ada'\n+++\n\n![A plot]({href})\n\n<!--more-->\n\n{}\n\n\
         ![Another]({href})\n\n<img src=\"{href}\" alt=\"Little\" width=\"99\">\n\n[a post](/posts/plots)\n",
        "Many words are here. ".repeat(99)
    );
    std::fs::write(path("plots.md"), post).expect("written");
    run(&["post", "write", &path("plots.md"), "--publish"]).await;
    let page = site.page("/posts/plots").await;
    let sized = format!(
        "width=\"1300\" height=\"650\" srcset=\"{small} 640w, {href} 1300w\" \
         sizes=\"(min-width: 46rem) 42rem, 94vw\""
    );
    for picture in [
        format!("<img src=\"{href}\" alt=\"A plot\" {sized} />"),
        format!("<img src=\"{href}\" alt=\"Another\" {sized} loading=\"lazy\" />"),
        format!("<img src=\"{href}\" alt=\"Little\" width=\"99\" loading=\"lazy\">"),
    ] {
        assert!(page.contains(&picture), "{picture} in {page}");
    }
    assert_eq!(site.get(&small).await.status(), 200);
    let whole = format!("{}{href}", site.address);
    for path in ["/posts/plots", "/posts", "/author/Ada", "/"] {
        let page = site.page(path).await;
        assert_eq!(said(&page, "og:image").as_deref(), Some(whole.as_str()), "{path}");
        assert_eq!(said(&page, "og:image:height").as_deref(), Some("650"), "{path}");
        assert!(page.contains("name=\"twitter:card\" content=\"summary_large_image\""), "{path}");
        assert!(page.contains(&sized), "{path}");
    }
    assert_eq!(described(&page)[0]["image"], whole);
    let feed: serde_json::Value = site.get("/feed/json").await.json().await.expect("JSON");
    let html = feed["items"][0]["content_html"].as_str().expect("HTML");
    assert!(html.contains(&format!("<img src=\"{whole}\" alt=\"A plot\" />")), "{html}");
    assert!(html.contains(&format!("<a href=\"{}/posts/plots\">", site.address)), "{html}");
}

/// White, 1300 by 650 pixels.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x05, 0x14, 0x00, 0x00, 0x02, 0x8a, 0x01, 0x00, 0x00, 0x00, 0x00, 0x64, 0x56, 0xea, 0xf8, 0x00,
    0x00, 0x01, 0xb6, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0xed, 0xce, 0x21, 0x01, 0x00, 0x00, 0x00, 0x02,
    0x20, 0xff, 0x9f, 0xd6, 0x1b, 0x06, 0x58, 0x40, 0xfa, 0x2f, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e,
    0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x8e, 0x47, 0x06, 0xa3,
    0xd0, 0x58, 0x47, 0x04, 0x84, 0x1d, 0x23, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42,
    0x60, 0x82,
];

const READER: (&str, &str) = ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0");

async fn readers_are_counted_once(engine: Engine) {
    let site = own(engine).await;
    let read = attributes(&site.page("/posts/polar-one").await, "data-read")[0].clone();
    for _ in 0..3 {
        let response = site.form(&read, "", &[READER]).await;
        assert_eq!(response.status(), 204);
        assert!(response.headers().get("set-cookie").is_none());
    }
    until(&site, "/posts/polar-one", " 1 reader").await;
    let other = ("user-agent", "Mozilla/5.0 (Macintosh) Safari/605.1.15");
    assert_eq!(site.form(&read, "", &[other]).await.status(), 204);
    // A restart does not make anybody a new reader.
    let site = site.stop().await.start().await;
    assert_eq!(site.form(&read, "", &[other]).await.status(), 204);
    until(&site, "/posts/polar-one", " 2 readers").await;
    let home = text(&site.page("/").await);
    assert!(home.contains("Much read") && home.contains("2 readers"), "{home}");
}

async fn robots_and_strangers_are_not_counted(engine: Engine) {
    let site = own(engine).await;
    let read = attributes(&site.page("/posts/polar-one").await, "data-read")[0].clone();
    let robot = ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)");
    assert_eq!(site.form(&read, "", &[robot]).await.status(), 204);
    let foreign = ("sec-fetch-site", "cross-site");
    assert_eq!(site.form(&read, "", &[READER, foreign]).await.status(), 403);
    assert_eq!(site.form("/archives/999/read", "", &[READER]).await.status(), 404);
    assert_eq!(site.get(&read).await.status(), 405);
    assert!(!text(&site.page("/posts/polar-one").await).contains("reader"));
}

async fn nobody_gets_a_cookie_for_reading(engine: Engine) {
    let site = blog(engine).await;
    for path in ["/", "/posts", "/posts/polar-one", "/series", "/category/analysis", "/feed", "/sitemap.xml"]
    {
        assert!(site.get(path).await.headers().get("set-cookie").is_none(), "{path}");
    }
}
