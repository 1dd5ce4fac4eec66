use reqwest::Method;
use tests::{
    Engine, Site,
    html::{attributes, tags, text},
};

on_each_engine!(
    pages_keep_to_the_policy,
    unknown_pages_offer_a_search,
    wrong_dates_are_told,
    wrong_places_in_a_list_are_told,
    no_name_holds_a_nul,
    every_refusal_is_a_page_of_the_house,
    a_body_that_never_ends_is_given_up,
    head_is_get_without_a_body,
    old_and_foreign_addresses_lead_on,
    posts_can_be_read,
    related_papers_can_be_narrowed,
    main_pages_look_the_same,
    formulas_can_be_had_without_scripts,
);

/// One of each kind of page.
const PAGES: &[&str] = &[
    "/",
    "/posts",
    "/posts/lora-first-step",
    "/posts/rotary-position",
    "/papers",
    "/arxiv/hep-th",
    "/arxiv/hep-th?date=1997-11-27",
    "/arxiv/hep-th/9711200",
    "/venue/shield@notes",
    "/search",
    "/search?query=attention",
    "/search?query=%22low-rank%22&kind=paper",
    "/search?query=nothingcalledthis",
];

/// Those of them whose papers may be opened in place.
const PAGES_OF_PAPERS: &[&str] =
    &["/arxiv/hep-th", "/arxiv/hep-th?date=1997-11-27", "/arxiv/hep-th/9711200", "/venue/shield@notes"];

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

async fn pages_keep_to_the_policy(engine: Engine) {
    let site = Site::sample(engine).await;
    for page in PAGES {
        let response = site.get(page).await;
        assert_eq!(response.status(), 200, "{page}");
        let wider = PAGES_OF_PAPERS.contains(page);
        let policy = if wider { policy_of_papers() } else { POLICY.to_owned() };
        assert_eq!(response.headers()["content-security-policy"], *policy, "{page}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{page}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "{page}");
        let html = response.text().await.expect("a page");
        for element in ["script", "link", "img", "form"] {
            for tag in tags(&html, element) {
                check_own(site, page, tag);
            }
        }
        assert!(!html.contains(" onclick=") && !html.contains("javascript:"), "{page}");
    }
}

/// The same, and the hosts that PDFs come from by default.
fn policy_of_papers() -> String {
    let hosts = "https://arxiv.org https://export.arxiv.org https://openreview.net https://aclanthology.org \
                 https://proceedings.mlr.press";
    POLICY.replace("connect-src 'self'", &format!("worker-src 'self'; connect-src 'self' {hosts}"))
}

/// Whatever a browser fetches or sends by itself stays on the site; a script never stands in the page.
fn check_own(site: &Site, page: &str, tag: &str) {
    let addresses = ["src", "href", "action"].iter().flat_map(|name| attributes(tag, name));
    for address in addresses {
        let own = address.starts_with('/') && !address.starts_with("//");
        assert!(own || address.is_empty() || address.starts_with(&site.address), "{page}: {tag}");
    }
    if tag.starts_with("<script") {
        assert!(tag.contains(" src=") || tag.contains("json\""), "{page}: {tag}");
    }
}

async fn unknown_pages_offer_a_search(engine: Engine) {
    let site = Site::sample(engine).await;
    let unknown = [
        "/nowhere",
        "/posts/nowhere",
        "/arxiv/cs.XX",
        "/arxiv/2401.99999",
        "/venue/Nowhere.2020",
        "/papers/999999",
    ];
    for page in unknown {
        let response = site.get(page).await;
        assert_eq!(response.status(), 404, "{page}");
        assert_eq!(response.headers()["content-security-policy"], POLICY, "{page}");
        let html = response.text().await.expect("a page");
        let forms: Vec<_> = tags(&html, "form").into_iter().filter(|form| form.contains("/search")).collect();
        assert!(!forms.is_empty(), "{page}: {html}");
        assert!(text(&html).contains("There is no such page."), "{page}");
    }
}

async fn wrong_dates_are_told(engine: Engine) {
    let site = Site::sample(engine).await;
    for date in ["2026-02-30", "yesterday", "2026-1", "99999-01-01", "%2B12345-01-01", "0001-01-01"] {
        let response = site.get(&format!("/arxiv/hep-th?date={date}")).await;
        assert_eq!(response.status(), 400, "{date:?}");
        let page = text(&response.text().await.expect("a page"));
        assert!(page.contains("is not a date of the form 2026-11-23"), "{date:?}: {page}");
    }
}

async fn no_name_holds_a_nul(engine: Engine) {
    let site = Site::sample(engine).await;
    for page in ["/venue/a%00b", "/arxiv/a%00b", "/venue/a%00@test", "/posts/%00", "/arxiv/a%00/feed"] {
        assert_eq!(site.get(page).await.status(), 404, "{page}");
    }
    assert_eq!(site.get("/search?query=a%00b").await.status(), 200);
    assert_eq!(site.get("/arxiv/hep-th?month=-262143-01").await.status(), 400);
}

async fn every_refusal_is_a_page_of_the_house(engine: Engine) {
    let site = Site::sample(engine).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let refused = [
        (site.get("/live").await, 400),
        (site.get("/arxiv/kimi").await, 400),
        (site.request(Method::POST, "/posts", &form).await, 405),
        (site.request(Method::POST, "/papers/1/readings", &[("content-type", "text/plain")]).await, 415),
    ];
    for (response, status) in refused {
        let address = response.url().clone();
        assert_eq!(response.status(), status, "{address}");
        let html = response.text().await.expect("a page");
        assert!(html.contains("role=\"search\""), "{address}: {html}");
    }
}

async fn a_body_that_never_ends_is_given_up(engine: Engine) {
    let site = Site::sample(engine).await;
    let head = "POST /papers/1/readings HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\nlang";
    let answer = site.raw(head).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

async fn wrong_places_in_a_list_are_told(engine: Engine) {
    let site = Site::sample(engine).await;
    for page in ["/arxiv/hep-th?after=nonsense", "/posts?after=%00", "/search?query=attention&from=x"] {
        let response = site.get(page).await;
        assert_eq!(response.status(), 400, "{page}");
        assert!(text(&response.text().await.expect("a page")).contains("cannot be understood"), "{page}");
    }
}

async fn head_is_get_without_a_body(engine: Engine) {
    let site = Site::sample(engine).await;
    for page in PAGES.iter().chain(&["/feed", "/healthz", "/nowhere"]) {
        let (get, head) = (site.get(page).await, site.request(Method::HEAD, page, &[]).await);
        assert_eq!(head.status(), get.status(), "{page}");
        assert_eq!(head.headers().get("content-type"), get.headers().get("content-type"), "{page}");
        assert_eq!(head.text().await.expect("a body"), "", "{page}");
    }
}

async fn old_and_foreign_addresses_lead_on(engine: Engine) {
    let site = Site::sample(engine).await;
    for (from, to) in
        [("/arxiv/search?query=low+rank", "/search?query=low%20rank&kind=paper"), ("/archives/1", "/posts/")]
    {
        let response = site.get(from).await;
        assert!(response.status().is_redirection(), "{from}: {}", response.status());
        let location = response.headers()["location"].to_str().expect("an address");
        assert!(location.starts_with(to), "{from}: {location}");
    }
}

async fn posts_can_be_read(engine: Engine) {
    let site = Site::sample(engine).await;
    let post = site.page("/posts/lora-first-step").await;
    let formulas = post.matches("class=\"math ").count();
    assert!(formulas > 30, "{formulas} formulas");
    assert!(post.contains(r"W_0\in\mathbb{R}^{d\times k}"));
    assert!(text(&post).contains("something like $5 or $10 of rented hardware"));
    let source = site.page("/posts/lora-first-step.md").await;
    assert!(source.contains(r"\begin{equation}"));
}

async fn related_papers_can_be_narrowed(engine: Engine) {
    let site = Site::sample(engine).await;
    let paper = "/arxiv/1706.03762";
    let near = async |which: &str| {
        let page = site.page(&format!("{paper}{which}")).await;
        let section = page.split_once("id=\"related\"").and_then(|(_, rest)| rest.split_once("</section>"));
        let (section, _) = section.expect("the page has related papers");
        let current = section.split_once("aria-current=\"true\">").and_then(|(_, rest)| rest.split_once('<'));
        let mut links = attributes(section, "href");
        links.retain(|link| !link.ends_with("#related"));
        (current.expect("one is chosen").0.to_owned(), links)
    };
    let (all, papers) = near("").await;
    let (newer, newer_papers) = near("?near=newer").await;
    let (older, older_papers) = near("?near=older").await;
    assert_eq!([&*all, &*newer, &*older, &*near("?near=soon").await.0], ["All", "Newer", "Older", "All"]);
    assert!(!papers.is_empty() && !newer_papers.is_empty(), "{papers:?} {newer_papers:?}");
    assert!(
        newer_papers.iter().all(|paper| !older_papers.contains(paper)),
        "{newer_papers:?} {older_papers:?}"
    );
    assert!(papers.iter().all(|paper| newer_papers.contains(paper) || older_papers.contains(paper)));
}

async fn main_pages_look_the_same(engine: Engine) {
    let site = Site::sample(engine).await;
    for (name, page) in
        [("home", "/"), ("posts", "/posts"), ("paper", "/venue/shield@notes"), ("list", "/arxiv/hep-th")]
    {
        let html = site.page(page).await;
        let main =
            html.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).expect("a main part").0;
        insta::with_settings!({ filters => VARYING, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
            insta::assert_snapshot!(name, main.replace("><", ">\n<"));
        });
    }
}

async fn formulas_can_be_had_without_scripts(engine: Engine) {
    let site = Site::sample(engine).await;
    let chosen = site.get("/posts/lora-first-step?math=mathml").await;
    let cookie = chosen.headers()["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.starts_with("math=mathml;"), "{cookie}");
    let html = chosen.text().await.expect("a page");
    let (all, converted) = (html.matches("class=\"math ").count(), html.matches("</math>").count());
    assert!(all > 30 && converted * 100 >= all * 98, "{converted} of {all} formulas");
    assert!(html.contains("<mtext>(1)</mtext>") && html.contains("data-tex=\"$W_0"), "{html}");
    let remembered = site.request(Method::GET, "/arxiv/hep-th/9711200", &[("cookie", "math=mathml")]).await;
    assert!(remembered.text().await.expect("a page").contains("</math>"));
    assert!(!site.page("/posts/lora-first-step").await.contains("<math"));
}

/// What differs from run to run.
const VARYING: [(&str, &str); 6] = [
    (r#"(name="token" value=")[^"]*"#, "${1}[token]"),
    (r"http://127\.0\.0\.1:\d+", "[site]"),
    (r"http%3A%2F%2F127\.0\.0\.1%3A\d+", "[site]"),
    (r"\[\d{4}-\d\d-\d\d\]\. ", "[today]. "),
    (r"/assets/[0-9a-z]+/", "/assets/[version]/"),
    (
        r#"(id|href|action|labelledby|data-paper)="([#/]?(?:p-|t-|c-|papers/|readings/)?)\d+(/readings|/stop)?""#,
        r#"$1="$2[n]$3""#,
    ),
];
