use std::collections::HashSet;

use tests::{
    Engine, Run, Site,
    html::{attributes, next_page, tags, text},
};

use crate::{papers, readings};

on_each_engine!(
    next_links_reach_every_paper_once,
    arriving_papers_do_not_disturb_a_reader,
    unions_and_differences_have_addresses,
    other_ways_to_write_an_address_lead_to_one,
    several_identifiers_are_a_list,
    a_list_can_be_shown_up_to_a_place,
    papers_carry_what_other_tools_look_for,
    readings_are_read_where_other_tools_ask,
    stars_count_readers,
    stars_are_forms,
    networks_of_the_longer_addresses_are_sites,
    files_and_feeds_are_of_the_same_list,
    stars_order_lists,
    other_versions_are_told_of,
    readings_are_data_for_programs,
    stars_go_on_on_a_next_page,
    an_order_of_parts_says_so,
    odd_categories_lead_somewhere,
);

async fn next_links_reach_every_paper_once(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..60)).await;
    let (pages, dates) = walk(&site, "/arxiv/math.NT").await;
    assert_eq!(pages, [25, 25, 10]);
    assert!(dates.is_sorted_by(|a, b| a >= b), "newest first: {dates:?}");
    let (pages, dates) = walk(&site, "/arxiv/math.NT?date=2024-01-03").await;
    assert_eq!((pages, dates.iter().collect::<HashSet<_>>().len()), (vec![12], 1));
}

async fn arriving_papers_do_not_disturb_a_reader(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..40)).await;
    let first = site.page("/arxiv/math.NT").await;
    papers::import(&site, &papers::some("math.NT", 40..90)).await;
    let second = site.page(&next_page(&first).expect("a second page")).await;
    let seen: HashSet<_> = cards(&first).into_iter().chain(cards(&second)).collect();
    let old: HashSet<_> = (0..40).map(|number| format!("/arxiv/2401.{number:05}")).collect();
    assert_eq!(cards(&first).iter().filter(|card| cards(&second).contains(card)).count(), 0);
    assert!(old.is_subset(&walked(&site, &first).await), "missed: {:?}", old.difference(&seen));
}

/// Follows the next links; gives the number of cards on each page and the dates in order.
async fn walk(site: &Site, start: &str) -> (Vec<usize>, Vec<String>) {
    let (mut seen, mut pages, mut dates) = (HashSet::new(), Vec::new(), Vec::new());
    let mut next = Some(start.to_owned());
    while let Some(address) = next {
        let page = site.page(&address).await;
        pages.push(cards(&page).len());
        for card in cards(&page) {
            assert!(seen.insert(card.clone()), "{card} twice");
        }
        dates.extend(tags(&page, "time").into_iter().flat_map(|tag| attributes(tag, "datetime")));
        next = next_page(&page);
    }
    (pages, dates)
}

/// All papers from a page that was read before to the end of its list.
async fn walked(site: &Site, first: &str) -> HashSet<String> {
    let mut seen: HashSet<_> = cards(first).into_iter().collect();
    let mut next = next_page(first);
    while let Some(address) = next {
        let page = site.page(&address).await;
        seen.extend(cards(&page));
        next = next_page(&page);
    }
    seen
}

/// The addresses of the papers on a page.
fn cards(page: &str) -> Vec<String> {
    let titles =
        page.split("<div class=\"card panel paper\"").skip(1).filter_map(|card| card.split_once("<h2"));
    titles.filter_map(|(_, rest)| attributes(rest, "href").into_iter().next()).collect()
}

async fn unions_and_differences_have_addresses(engine: Engine) {
    let site = Run::on(engine).start().await;
    let lines = [(1, "math.NT"), (2, "math.AG"), (3, "hep-th"), (4, "math.NT")];
    let lines = lines.map(|(number, category)| {
        papers::paper(number, &format!("Result number {number}"), category, &format!("2024-01-0{number}"))
    });
    papers::import(&site, &lines.join("\n")).await;
    let check = async |address: &str, expected: &[usize]| {
        let page = site.page(address).await;
        let expected: Vec<_> = expected.iter().map(|number| format!("/arxiv/2401.{number:05}")).collect();
        assert_eq!(cards(&page), expected, "{address}");
    };
    check("/arxiv/math.NT,math.AG", &[4, 2, 1]).await;
    check("/arxiv/math.NT+math.AG", &[4, 2, 1]).await;
    check("/arxiv/math.NT+hep-th-math.AG", &[4, 3, 1]).await;
    check("/arxiv/math-math.NT", &[2]).await;
    check("/arxiv/math", &[4, 2, 1]).await;
    check("/arxiv/math.NT,hep-th?date=2024-01-03", &[3]).await;
    assert!(text(&site.page("/arxiv/cs.LG").await).contains("No papers of cs.LG"));
    let nothing = text(&site.page("/arxiv/math.NT-math.NT?date=2024-01-03").await);
    assert!(!nothing.contains("The latest day"), "{nothing}");
    assert_eq!(site.get("/arxiv/nonsense").await.status(), 404);
    assert_eq!(site.get("/arxiv/math.NT?date=2024-02-30").await.status(), 400);
}

async fn other_ways_to_write_an_address_lead_to_one(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let check = async |address: &str, expected: &str| {
        let response = site.get(address).await;
        let location = response.headers().get("location").map(|value| value.to_str().expect("ASCII"));
        assert_eq!((response.status().as_u16(), location), (308, Some(expected)), "{address}");
    };
    check("/arxiv/CS.lg", "/arxiv/cs.LG").await;
    check("/arxiv/cs.na?date=2024-01-02", "/arxiv/math.NA?date=2024-01-02").await;
    check("/arxiv/cs.NA,cs.LG", "/arxiv/math.NA+cs.LG").await;
    let venues = attributes(&site.page("/papers").await, "href");
    let venue = venues.iter().find_map(|href| href.strip_prefix("/venue/")).expect("a venue");
    check(&format!("/venue/{}", venue.to_lowercase()), &format!("/venue/{venue}")).await;
    check("/arxiv/cs.NA/feed?date=2024-01-02", "/arxiv/math.NA/feed?date=2024-01-02").await;
    check("/arxiv/cs.NA/feed/rss?date=2024-01-02", "/arxiv/math.NA/feed/rss?date=2024-01-02").await;
    let feed = |venue: &str| format!("/venue/{venue}/feed?group=A%20%26%20B");
    check(&feed(&venue.to_lowercase()), &feed(venue)).await;
}

async fn several_identifiers_are_a_list(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    papers::import(&site, &papers::some("math.NT", 0..5)).await;
    let page = site.page("/arxiv/2401.00003,arXiv:2401.00001v1,2401.00003,2401.99999").await;
    assert_eq!(cards(&page), ["/arxiv/2401.00003", "/arxiv/2401.00001"]);
    assert!(text(&page).contains("Not here: 2401.99999"), "{}", text(&page));
    assert_eq!(site.get("/arxiv/2401.99998,2401.99999").await.status(), 404);
    let page = site.page("/arxiv/2401.00003,<i>2401.1,2401.00001").await;
    assert_eq!(cards(&page), ["/arxiv/2401.00003", "/arxiv/2401.00001"], "one that can be none");
    assert!(text(&page).contains("Not here: <i>2401.1"), "{}", text(&page));
    let feed = site.page("/arxiv/2401.00003,nonsense/feed").await;
    assert_eq!(feed.matches("<entry>").count(), 1);
    let page = site.page("/venue/shield@notes,nothing@ACL").await;
    assert_eq!(cards(&page), ["/venue/shield@notes"]);
    assert_eq!(cards(&site.page("/venue/nonsense,shield@notes,").await), ["/venue/shield@notes"]);
    let many = vec!["2401.00001"; 300].join(",");
    assert_eq!(site.get(&format!("/arxiv/{many}")).await.status(), 400);
}

/// For a reader who comes back: as many papers as they had seen, and the list goes on from there.
async fn a_list_can_be_shown_up_to_a_place(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..60)).await;
    let page = site.page("/arxiv/math.NT?show=50").await;
    assert_eq!(cards(&page).len(), 50);
    let next = next_page(&page).expect("a next page");
    let rest = site.page(&next).await;
    assert_eq!(cards(&rest).len(), 10);
    assert!(text(&rest).contains("51–60 of 60"), "{}", text(&rest));
    assert_eq!(cards(&site.page("/arxiv/math.NT?show=nonsense").await).len(), 25);
    assert_eq!(cards(&site.page("/arxiv/math.NT?show=99999999999999999999999").await).len(), 60);
    assert_eq!(cards(&site.page("/arxiv/math.NT?show=0&show=30").await).len(), 30);
}

async fn papers_carry_what_other_tools_look_for(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..3)).await;
    for address in ["/arxiv/math.NT", "/arxiv/2401.00001"] {
        let page = site.page(address).await;
        assert!(page.contains("<body id=\"arxiv\">"), "{address}");
        let panel = tags(&page, "div")
            .into_iter()
            .find(|tag| tag.contains("panel paper") && tag.contains("2401.00001"));
        let panel = panel.unwrap_or_else(|| panic!("{address}: no panel"));
        assert!(panel.contains(" id=\"2401.00001\"") && panel.contains(" keywords=\""), "{address}: {panel}");
        let links = tags(&page, "a");
        let has = |class: &str, part: &str| links.iter().any(|tag| tag.contains(class) && tag.contains(part));
        assert!(has("title-link", "/arxiv/2401.00001"), "{address}");
        assert!(has("title-pdf", "data=\"https://arxiv.org/pdf/2401.00001v1\""), "{address}");
        assert!(has("\"author\"", "/search"), "{address}");
        for (element, class) in [("p", "summary"), ("p", "subjects"), ("span", "date-data")] {
            let found = tags(&page, element).into_iter().any(|tag| {
                attributes(tag, "class").iter().any(|names| names.split(' ').any(|name| name == class))
            });
            assert!(found, "{address}: {element}.{class}");
        }
    }
}

async fn readings_are_read_where_other_tools_ask(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let ask = async |accept: &str| {
        let address = "/arxiv/kimi?paper=shield@notes&lang=en";
        let response = site.request(reqwest::Method::GET, address, &[("accept", accept)]).await;
        assert_eq!(response.status(), 200);
        response.text().await.expect("a text")
    };
    assert_eq!(ask("*/*").await, "");
    assert!(site.page("/venue/progress?paper=shield@notes&lang=en").await.contains("\"state\":\"none\""));
    let started = readings::start(&site, &readings::a_paper(&site).await, "lang=en").await;
    site.events_until(readings::live(&started), readings::is_kind("idle")).await;
    let fragment = ask("*/*").await;
    assert_eq!(fragment.matches("class=\"faq-q\"").count(), 6, "{fragment}");
    assert_eq!(fragment.matches("class=\"faq-a\"").count(), 6);
    assert!(!fragment.contains("<html"));
    assert_eq!(
        site.post("/venue/kimi?paper=shield@notes&lang=en", "").await.text().await.expect("text"),
        fragment
    );
    let json: serde_json::Value = serde_json::from_str(&ask("application/json").await).expect("JSON");
    assert_eq!(json["sections"].as_array().map(Vec::len), Some(6));
    assert_eq!(json["state"], "done");
    assert!(ask("text/markdown").await.starts_with("## "));
    assert!(site.page("/arxiv/progress?paper=shield@notes&lang=en").await.contains("\"answered\":6"));
    assert_eq!(site.get("/arxiv/kimi?paper=nothing").await.status(), 404);
}

async fn stars_count_readers(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..3)).await;
    let paper = attributes(&site.page("/arxiv/2401.00001").await, "data-paper").pop().expect("a key");
    assert_eq!(star(&site, &paper, "reader=one", "1").await, 1);
    assert_eq!(star(&site, &paper, "reader=one", "1").await, 1, "who clicks twice counts once");
    assert_eq!(star(&site, &paper, "reader=two", "1").await, 2);
    let stars = site.request(reqwest::Method::GET, "/stars", &[("cookie", "reader=one")]).await;
    assert_eq!(cards(&stars.text().await.expect("a page")), ["/arxiv/2401.00001"]);
    assert!(text(&site.page("/stars").await).contains("not starred"));
    assert_eq!(star(&site, &paper, "reader=one", "0").await, 1);
    assert_eq!(star(&site, &paper, "reader=one", "0").await, 1);
    for number in 0..30 {
        star(&site, &paper, &format!("reader=made-up-{number}"), "1").await;
    }
    let stars = star(&site, &paper, "reader=two", "1").await;
    assert_eq!(stars, 10, "one network cannot count as many readers as it likes");
}

async fn networks_of_the_longer_addresses_are_sites(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 1..2)).await;
    let star = async |network: usize| {
        let address = format!("2001:db8:1:{network:x}::1");
        let headers = [
            ("x-forwarded-for", address.as_str()),
            ("accept", "application/json"),
            ("sec-fetch-site", "same-origin"),
        ];
        let starred = site.form("/arxiv/star?paper=2401.00001", "", &headers).await;
        starred.json::<serde_json::Value>().await.expect("JSON")["stars"].as_u64().expect("a number")
    };
    let mut stars = 0;
    for network in 1..=12 {
        stars = star(network).await;
    }
    assert_eq!(stars, 10, "one site counts as one network, by whichever of its networks it asks");
}

/// A star beyond what one reader leaves in a day is refused, and said to be.
#[tokio::test]
async fn too_many_stars_are_refused() {
    let site = Run::on(Engine::Sqlite).start().await;
    papers::import(&site, &papers::some("math.NT", 1..502)).await;
    let star = async |number: usize, cookie: &str| {
        let headers = [("cookie", cookie), ("accept", "application/json"), ("sec-fetch-site", "same-origin")];
        site.form(&format!("/arxiv/star?paper=2401.{number:05}"), "", &headers).await
    };
    for number in 1..=500 {
        assert_eq!(star(number, "reader=one").await.status(), 200, "{number}");
    }
    let refused = star(501, "reader=one").await;
    assert_eq!(refused.status(), 429);
    let why: serde_json::Value = refused.json().await.expect("JSON");
    assert!(why["detail"].as_str().is_some_and(|why| why.contains("You have starred")), "{why}");
    assert_eq!(star(500, "reader=one").await.status(), 200, "what is there stays");
    assert_eq!(star(501, "reader=two").await.status(), 200, "others are not kept from it");
}

/// Stars a paper, or takes the star back, as this reader; gives how many there are then.
async fn star(site: &Site, paper: &str, cookie: &str, on: &str) -> u64 {
    let headers = [("cookie", cookie), ("accept", "application/json"), ("sec-fetch-site", "same-origin")];
    let response = site.form(&format!("/papers/{paper}/star"), &format!("on={on}"), &headers).await;
    assert_eq!(response.status(), 200);
    let body: serde_json::Value = response.json().await.expect("JSON");
    body["stars"].as_u64().expect("a number")
}

async fn stars_are_forms(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..3)).await;
    let paper = attributes(&site.page("/arxiv/2401.00001").await, "data-paper").pop().expect("a key");
    let address = format!("/papers/{paper}/star");
    assert_eq!(site.form(&address, "on=1", &[("sec-fetch-site", "cross-site")]).await.status(), 403);
    let back = site.post(&address, "on=1&back=/arxiv/math.NT").await;
    assert_eq!(
        (back.status().as_u16(), back.headers()["location"].to_str().ok()),
        (303, Some("/arxiv/math.NT"))
    );
    assert!(back.headers().contains_key("set-cookie"));
    for back in ["//evil.example", "/%09/evil.example", "/%5Cevil.example"] {
        assert_eq!(site.post(&address, &format!("on=1&back={back}")).await.status(), 200, "{back}");
    }
    let back = site.post("/arxiv/star?paper=2401.00002&on=false", "").await.text().await.expect("JSON");
    assert!(back.contains("\"starred\":false"), "{back}");
    let named = site.post("/arxiv/star?paper=2401.00002", "").await.text().await.expect("JSON");
    assert!(named.contains("\"starred\":true"), "{named}");
}

/// A file or a feed is of the list that its page shows.
async fn files_and_feeds_are_of_the_same_list(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..10)).await;
    assert_eq!(site.post("/arxiv/star?paper=2401.00003", "").await.status(), 200);
    let lines = async |address: &str| site.page(address).await.trim().lines().count();
    assert_eq!(lines("/arxiv/math.NT.csv?date=2024-01-03").await, 3);
    assert_eq!(lines("/arxiv/math.NT.csv?date=2024-01-03&kind=new").await, 3);
    assert_eq!(
        lines("/arxiv/math.NT.csv?date=2024-01-03&kind=cross").await,
        1,
        "only the names of the columns"
    );
    let starred = site.page("/arxiv/math.NT.csv?sort=stars").await;
    assert!(starred.lines().nth(1).is_some_and(|line| line.contains("2401.00003")), "{starred}");
    let feed = site.page("/arxiv/math.NT/feed?date=2024-01-03").await;
    assert_eq!(feed.matches("<entry>").count(), 2);
    assert_eq!(site.get("/arxiv/math.NT/feed?date=never").await.status(), 400);
    assert_eq!(site.get("/arxiv/-math.NT").await.status(), 404);
    assert_eq!(site.get("/arxiv/math.NT+nonsense").await.status(), 404);
}

async fn stars_order_lists(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..30)).await;
    for paper in ["2401.00007", "2401.00003"] {
        assert_eq!(site.post(&format!("/arxiv/star?paper={paper}"), "").await.status(), 200);
    }
    let again = [("cookie", "reader=other"), ("sec-fetch-site", "same-origin")];
    assert_eq!(site.form("/arxiv/star?paper=2401.00003", "", &again).await.status(), 200);
    let page = site.page("/arxiv/math.NT?sort=stars").await;
    assert_eq!(cards(&page)[..2], ["/arxiv/2401.00003", "/arxiv/2401.00007"]);
    let seen = walked(&site, &page).await;
    assert_eq!(seen.len(), 30);
}

async fn other_versions_are_told_of(engine: Engine) {
    let site = Run::on(engine).start().await;
    let versions = ["v1", "v3"].map(|version| {
        papers::paper(1, "A paper that changes", "math.NT", "2024-01-02")
            .replace("2401.00001", &format!("2401.00001{version}"))
    });
    papers::import(&site, &versions.join("\n")).await;
    let notice = async |address: &str| {
        let page = site.page(address).await;
        assert!(
            page.contains("<link rel=\"canonical\"") && !page.contains("v7\" rel=\"canonical"),
            "{address}"
        );
        let (_, rest) = page.split_once("id=\"other-version\"")?;
        let (notice, _) = rest.split_once("</p>").expect("an end");
        Some((text(&format!("<p {notice}")), attributes(notice, "href").pop().expect("a link")))
    };
    let expected = |sentence: &str, version: u32| {
        let sentence = format!("{sentence} Version {version} on arXiv");
        Some((sentence, format!("https://arxiv.org/abs/2401.00001v{version}")))
    };
    assert_eq!(notice("/arxiv/2401.00001").await, None);
    assert_eq!(notice("/arxiv/2401.00001v3").await, None);
    assert!(!text(&site.page("/arxiv/2401.00001").await).contains("Also as"), "a version is no other paper");
    let older = expected("You asked for version 1. This page shows version 3, the newest one.", 1);
    assert_eq!(notice("/arxiv/2401.00001v1").await, older);
    let newer = expected("You asked for version 7. The newest one known here is version 3.", 7);
    assert_eq!(notice("/arxiv/2401.00001v7").await, newer);
    assert!(notice("/arxiv/2401.00001v99999999999").await.is_some(), "however many digits");
    assert_eq!(site.get("/arxiv/2401.00001v0").await.status(), 404, "versions count from 1");
    assert!(site.page("/arxiv/2401.00001v1.bib").await.contains("@"));
}

async fn readings_are_data_for_programs(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let ask = async |address: &str, accept: &str| {
        let response = site.request(reqwest::Method::GET, address, &[("accept", accept)]).await;
        let kind = response.headers()["content-type"].to_str().expect("text").to_owned();
        (response.status().as_u16(), kind, response.text().await.expect("a text"))
    };
    let address = "/arxiv/kimi?paper=shield@notes&lang=en";
    let (status, kind, body) = ask(address, "application/json, text/plain, */*").await;
    let none: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!((status, kind.as_str(), &none["state"]), (200, "application/json", &"none".into()));
    assert_eq!(none["sections"].as_array().map(Vec::len), Some(0));
    let (_, kind, body) = ask(address, "text/html, application/json;q=0.9").await;
    assert_eq!((kind.as_str(), body.as_str()), ("text/html; charset=utf-8", ""));
    let (_, kind, body) = ask(address, "application/json;q=0.2, text/markdown;q=0.9").await;
    assert_eq!((kind.as_str(), body.as_str()), ("text/markdown; charset=utf-8", ""));
    for address in ["/arxiv/kimi?paper=nothing", "/library", "/arxiv/nonsense", "/arxiv/kimi"] {
        let (status, kind, body) = ask(address, "application/json").await;
        let problem: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(
            (kind.as_str(), problem["status"].as_u64()),
            ("application/problem+json", Some(status.into()))
        );
        assert!((400..500).contains(&status) && problem["detail"].is_string(), "{address}: {problem}");
        let (other, kind, _) = ask(address, "text/html,*/*;q=0.8").await;
        // Nobody looks at a library in a browser.
        let page =
            if address == "/library" { "application/problem+json" } else { "text/html; charset=utf-8" };
        assert_eq!((other, kind.as_str()), (status, page), "{address}");
    }
}

async fn stars_go_on_on_a_next_page(engine: Engine) {
    let site = Run::on(engine).start().await;
    papers::import(&site, &papers::some("math.NT", 0..30)).await;
    let reader = [("cookie", "reader=ada"), ("sec-fetch-site", "same-origin")];
    for number in 0..30 {
        let address = format!("/arxiv/star?paper=2401.{number:05}");
        assert_eq!(site.form(&address, "", &reader).await.status(), 200);
    }
    let get = async |address: &str| {
        let response = site.request(reqwest::Method::GET, address, &reader[..1]).await;
        assert_eq!(response.status(), 200, "{address}");
        response.text().await.expect("a page")
    };
    let first = get("/stars").await;
    assert!(text(&first).contains("1–25 of 30"), "{}", text(&first));
    let second = get(&next_page(&first).expect("a next page")).await;
    assert!(text(&second).contains("26–30 of 30"), "{}", text(&second));
    let seen: Vec<_> = cards(&first).into_iter().chain(cards(&second)).collect();
    let expected: Vec<_> = (0..30).rev().map(|number| format!("/arxiv/2401.{number:05}")).collect();
    assert_eq!(seen, expected);
    assert_eq!(get("/stars.csv").await.trim().lines().count(), 31, "a file has all");
}

async fn an_order_of_parts_says_so(engine: Engine) {
    let site = Run::on(engine).start().await;
    let venue = |key: &str, count: usize| {
        let one = |number: usize| {
            let id = format!("{key}/{number}");
            let paper = papers::paper(number, &format!("{key}, number {number}"), "math.NT", "2024-01-03");
            let paper = paper.replace(&format!("2401.{number:05}"), &id).replace("arxiv-daily", "paperlists");
            let mut paper: serde_json::Value = serde_json::from_str(&paper).expect("JSON");
            paper["venue"] = format!("{key} 2024").into();
            paper.to_string()
        };
        (0..count).map(one).collect::<Vec<_>>().join("\n")
    };
    papers::import(&site, &papers::some("math.NT", 0..3)).await;
    papers::import(&site, &(venue("ICLR", 1000) + "\n" + &venue("ICML", 1001))).await;
    let says = async |address: &str| text(&site.page(address).await).contains("25 at a time as they come");
    let moved = site.get("/arxiv/math.NT?sort=preference").await;
    let to = moved.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!((moved.status().as_u16(), to.contains("date=2024-01-03")), (303, true), "{to}");
    assert!(!says(&to).await, "a day is in order as a whole");
    assert!(!says("/venue/ICLR.2024?sort=preference").await, "what is as short as a day as well");
    assert!(says("/venue/ICML.2024?sort=preference").await);
    assert!(!says("/venue/ICML.2024").await);
}

async fn odd_categories_lead_somewhere(engine: Engine) {
    let site = Run::on(engine).start().await;
    let lines = [" CS.lg", "math.IT", "alg-geom", "Machine Learning"].into_iter().enumerate();
    let lines = lines.map(|(number, category)| papers::paper(number, "A title", category, "2024-01-02"));
    let report = papers::import(&site, &lines.collect::<Vec<_>>().join("\n")).await;
    assert_eq!((report["new"].as_u64(), report["skipped"].as_u64()), (Some(4), Some(1)));
    assert_eq!(site.get("/arxiv/2401.00003").await.status(), 200, "the paper is there, in no list");
    assert!(!site.page("/papers").await.contains("Machine"), "a list of its own");
    assert_eq!(site.get("/arxiv/cs.XX").await.status(), 404);
    for (number, category) in ["cs.LG", "cs.IT", "alg-geom"].into_iter().enumerate() {
        assert_eq!(
            cards(&site.page(&format!("/arxiv/{category}")).await),
            [format!("/arxiv/2401.{number:05}")]
        );
    }
}
