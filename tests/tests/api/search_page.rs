//! The page of a search: every state of it is an address, and no address is an error but a place in the list that is
//! none.

use std::time::Duration;

use tests::{
    Engine, Site,
    html::{attributes, next_page, tags, text},
};
use tokio::time::timeout;

on_each_engine!(
    an_identifier_alone_opens_the_paper,
    chips_say_how_the_query_was_read,
    hints_say_what_to_do,
    few_results_are_widened_and_the_few_can_be_had,
    facets_are_boxes_of_the_form,
    tabs_count_what_they_lead_to,
    orders_are_links,
    paging_gives_everything_once,
    nothing_found_leads_on,
    nothing_asked_explains_itself,
    any_query_is_a_page,
    wrong_places_are_refused,
    comments_are_found,
    answers_are_found,
    results_come_while_typing,
    browsers_learn_to_search_here,
    searches_have_feeds,
);

async fn an_identifier_alone_opens_the_paper(engine: Engine) {
    let site = Site::sample(engine).await;
    let paper = "/arxiv/2305.18290";
    for query in [
        "2305.18290",
        "arXiv:2305.18290v2",
        "arXiv:2305.18290 [cs.LG]",
        "https://arxiv.org/abs/2305.18290v1",
        "https://arxiv.org/pdf/2305.18290.pdf",
        "10.48550/arXiv.2305.18290",
    ] {
        check_opened(site, &format!("/search?query={}", encoded(query)), paper).await;
    }
    check_opened(site, "/search?query=2305.18290&hl=zh", paper).await;
    let own = encoded(&format!("{}/venue/shield@notes?near=older#related", site.address));
    check_opened(site, &format!("/search?query={own}"), "/venue/shield@notes").await;
    // The other address moves to this one first.
    let moved = site.get("/arxiv/search?query=2305.18290").await;
    let there = moved.headers()["location"].to_str().expect("text").to_owned();
    assert_eq!((moved.status().as_u16(), &*there), (308, "/search?query=2305.18290&kind=paper"));
    check_opened(site, &there, paper).await;
    for list in ["as=list", "kind=post", "sort=newest", "words=all", "cat=cs.LG"] {
        assert_eq!(site.get(&format!("/search?query=2305.18290&{list}")).await.status(), 200, "{list}");
    }
    let several = site.page("/search?query=2305.18290+hep-th%2F9711200%2C+2401.99999").await;
    assert_eq!(results(&several), [paper, "/arxiv/hep-th/9711200"]);
    assert!(text(&several).contains("No paper here has the identifier 2401.99999."), "{}", text(&several));
    assert_eq!(site.get("/search?query=maldacena").await.status(), 200);
}

async fn check_opened(site: &Site, search: &str, paper: &str) {
    let response = site.get(search).await;
    assert_eq!(response.status(), 302, "{search}");
    assert_eq!(response.headers()["location"], paper, "{search}");
}

async fn chips_say_how_the_query_was_read(engine: Engine) {
    let site = Site::sample(engine).await;
    assert!(tags(&site.page("/search?query=rotary+position").await, "a").iter().all(|tag| !chip(tag)));
    let query = "ti:\"rotary position\" attention year:2017..2024 -image";
    let page = site.page(&format!("/search?query={}&cat=cs.CL", encoded(query))).await;
    let chips: Vec<_> = tags(&page, "a").into_iter().filter(|tag| chip(tag)).collect();
    let labels: Vec<_> = chips.iter().flat_map(|tag| attributes(tag, "aria-label")).collect();
    assert_eq!(
        labels,
        [
            "Remove: title has “rotary position”",
            "Remove: attention",
            "Remove: year 2017–2024",
            "Remove: not image",
            "Remove: category cs.CL",
        ]
    );
    let hrefs: Vec<_> = chips.iter().flat_map(|tag| attributes(tag, "href")).collect();
    assert_eq!(
        hrefs[1],
        format!("/search?query={}&cat=cs.CL", percent("ti:\"rotary position\" year:2017..2024 -image"))
    );
    assert_eq!(hrefs[4], format!("/search?query={}", percent(query)));
    assert_eq!(chips.iter().filter(|tag| tag.contains("chip not")).count(), 1);
    let chinese = site.page(&format!("/search?query={}&lang=zh&hl=zh", encoded("ti:注意力 -图像"))).await;
    let labels: Vec<_> = tags(&chinese, "a").into_iter().filter(|tag| chip(tag)).collect();
    let labels: Vec<_> = labels.iter().flat_map(|tag| attributes(tag, "aria-label")).collect();
    assert_eq!(labels, ["去掉：标题含 注意力", "去掉：不含 图像", "去掉：语言 中文"]);
}

fn chip(tag: &str) -> bool {
    attributes(tag, "class").iter().any(|class| class.starts_with("chip"))
}

async fn hints_say_what_to_do(engine: Engine) {
    let site = Site::sample(engine).await;
    for (query, sentence) in [
        ("\"half a phrase", "A quotation mark has no partner and was left out."),
        ("(a OR b", "A parenthesis was never closed; it was taken to end with the query."),
        ("attention AND", "AND has nothing on one of its sides and was left out."),
        (
            "year:soon attention",
            "year: does not know “soon”, so it was looked for as words. It knows, for example, year:2023..2025.",
        ),
        ("ti: OR attention", "Nothing follows ti: in the query."),
        ("-attention", "The query only says what must not occur; everything else is shown."),
        ("2401.99999", "No paper here has the identifier 2401.99999."),
    ] {
        let page = text(&site.page(&format!("/search?query={}", encoded(query))).await);
        assert!(page.contains(sentence), "{query}: {page}");
    }
    let chinese = text(&site.page("/search?query=year:soon&hl=zh").await);
    assert!(chinese.contains("year:不认识“soon”"), "{chinese}");
}

async fn few_results_are_widened_and_the_few_can_be_had(engine: Engine) {
    let site = Site::sample(engine).await;
    let wide = site.page("/search?query=maldacena+attention+gauge").await;
    let said = text(&wide);
    assert!(said.contains("No result has all the words. These have some of them."), "{said}");
    let wide = site.page("/search?query=branes+gauge+attention").await;
    assert!(!results(&wide).is_empty());
    let wide = site.page("/search?query=rotary+position+embedding+attention").await;
    let link = tags(&wide, "a").into_iter().find(|tag| tag.contains("words=all"));
    if let Some(link) = link {
        let strict = site.page(&attributes(link, "href")[0]).await;
        assert!(results(&strict).len() < results(&wide).len());
        assert!(text(&strict).contains("all words required"));
        assert!(strict.contains("name=\"words\" value=\"all\""));
    }
    let none = site.page("/search?query=maldacena+attention+gauge&words=all").await;
    assert_eq!(results(&none), Vec::<String>::new());
    let said = text(&none);
    assert!(
        said.contains("Nothing was found.") && said.contains("Show results that have some of the words"),
        "{said}"
    );
}

async fn facets_are_boxes_of_the_form(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/search?query=attention&year=2017&cat=no.Such").await;
    let boxes: Vec<_> = tags(&page, "input").into_iter().filter(|tag| tag.contains("checkbox")).collect();
    assert!(boxes.iter().all(|tag| attributes(tag, "form") == ["asking"]), "{boxes:?}");
    let checked: Vec<_> = boxes.iter().filter(|tag| tag.ends_with(" checked>")).collect();
    let checked: Vec<_> = checked.iter().flat_map(|tag| attributes(tag, "value")).collect();
    assert_eq!(checked, ["no.Such", "2017"]);
    assert!(tags(&page, "button").iter().any(|tag| attributes(tag, "form") == ["asking"]));
    let page = site.page("/search?query=attention&year=2017").await;
    let years =
        page.split("<article").skip(1).filter_map(|entry| attributes(entry, "datetime").into_iter().next());
    let years: Vec<_> = years.collect();
    assert!(!years.is_empty() && years.iter().all(|day| day.starts_with("2017")), "{years:?}");
    // A filter alone is a search, too.
    let page = site.page("/search?query=&year=2017").await;
    assert!(!results(&page).is_empty());
}

async fn tabs_count_what_they_lead_to(engine: Engine) {
    let site = Site::sample(engine).await;
    for page in ["/search?query=attention", "/search?query=attention&kind=post&year=2025"] {
        let html = site.page(page).await;
        let (_, bar) = html.split_once("class=\"tabs\"").expect("tabs");
        let (bar, _) = bar.split_once("</nav>").expect("an end");
        let hrefs = attributes(bar, "href");
        let counts: Vec<u64> = bar.split("class=\"num\">").skip(1).map(number).collect();
        assert_eq!((hrefs.len(), counts.len()), (5, 5), "{bar}");
        assert_eq!(counts[0], counts[1..].iter().sum::<u64>(), "{page}");
        for (href, count) in hrefs.iter().zip(counts) {
            let there = site.page(href).await;
            let total = total(&there);
            assert_eq!(total, count, "{href}");
        }
    }
}

fn total(page: &str) -> u64 {
    let range = page.split_once("class=\"pager\"").and_then(|(_, pager)| pager.split_once(" of "));
    range.map_or(0, |(_, total)| number(total))
}

fn number(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

async fn orders_are_links(engine: Engine) {
    let site = Site::sample(engine).await;
    let days = async |sort: &str| {
        let page = site.page(&format!("/search?query=attention&sort={sort}")).await;
        let entries = page.split("<article").skip(1);
        entries.flat_map(|entry| attributes(entry, "datetime")).collect::<Vec<_>>()
    };
    let (newest, oldest) = (days("newest").await, days("oldest").await);
    assert!(newest.len() > 5 && newest.is_sorted_by(|one, next| one >= next), "{newest:?}");
    assert!(oldest.is_sorted(), "{oldest:?}");
    assert_eq!(days("nonsense").await, days("").await);
    let page = site.page("/search?query=attention&sort=newest").await;
    let current: Vec<_> =
        tags(&page, "a").into_iter().filter(|tag| tag.contains("aria-current=\"true\"")).collect();
    assert!(current.iter().all(|tag| tag.contains("sort=newest")) && !current.is_empty(), "{current:?}");
}

async fn paging_gives_everything_once(engine: Engine) {
    let site = Site::sample(engine).await;
    let mut page = site.page("/search?query=the&kind=paper").await;
    let total = total(&page) as usize;
    let mut found = results(&page);
    let first = found.clone();
    while let Some(next) = next_page(&page) {
        page = site.page(&next).await;
        assert!(page.contains("rel=\"prev\""), "{next}");
        found.extend(results(&page));
    }
    let mut once = found.clone();
    once.sort();
    once.dedup();
    assert!(total > 20, "{total}");
    assert_eq!((found.len(), once.len()), (total, total));
    let back = site.page("/search?query=the&kind=paper&from=7").await;
    let previous = tags(&back, "a").into_iter().find(|tag| tag.contains("rel=\"prev\"")).expect("a way back");
    assert_eq!(results(&site.page(&attributes(previous, "href")[0]).await), first);
    let beyond = text(&site.page("/search?query=the&kind=paper&from=9000").await);
    assert!(beyond.contains("The list does not go that far. To the first results"), "{beyond}");
}

async fn nothing_found_leads_on(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/search?query=maldacena&kind=post&year=2017").await;
    let said = text(&page);
    assert!(said.contains("Nothing was found.") && said.contains("Remove all filters"), "{said}");
    let page = site.page("/search?query=maldacena&kind=post").await;
    let way = page.split("<div class=\"empty\"").nth(1).expect("an empty list");
    assert!(
        text(&format!("<body{way}")).contains("of another kind") || way.contains("of other kinds"),
        "{way}"
    );
    assert_eq!(attributes(way, "href")[0], "/search?query=maldacena");
    let page = text(&site.page("/search?query=maldacenna").await);
    assert!(page.contains("Did you mean maldacena ?"), "{page}");
}

async fn nothing_asked_explains_itself(engine: Engine) {
    let site = Site::sample(engine).await;
    for page in
        ["/search", "/search?query=", "/search?query=%20", "/search?query=%22%22", "/search?query=...&hl=zh"]
    {
        let html = site.page(page).await;
        let (_, list) = html.split_once("class=\"syntax\"").unwrap_or_else(|| panic!("{page}: no help"));
        let examples = attributes(list.split_once("</dl>").expect("an end").0, "href");
        assert!(
            examples.len() > 10 && examples.iter().all(|href| href.starts_with("/search?query=")),
            "{page}"
        );
        for example in examples {
            assert_eq!(site.get(&example).await.status(), 200, "{example}");
        }
    }
    let found = site.page("/search?query=attention").await;
    assert!(found.contains("<details class=\"how\">") && found.contains("class=\"syntax\""));
}

async fn any_query_is_a_page(engine: Engine) {
    let site = Site::sample(engine).await;
    let long = "%E6%B3%A8".repeat(7_000);
    for query in [
        "query=%00",
        "query=a%00b%01",
        "query=%ED%A0%80",
        "query=%FF%FE",
        "query=%",
        "query=%zz",
        "query=one&query=two",
        "query",
        "=",
        "&&&",
        "query=attention&kind=nonsense",
        "query=attention&kind=paper&kind=post",
        "query=attention&colour=red&sort=sideways&words=no&lang=fr&year=99999&answered=perhaps",
        "query=attention&cat=%00&source=%F0%9F%8E%88&venue=%22%3E%3Cscript%3E",
        "query=%22%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "query=((((((((((((((((((((((((((((((",
        "query=NOT+NOT+NOT+AND+OR+-",
        "query=%24%5Cfrac%7B",
        "query=ti:ti:ti:%22au:",
        &format!("query={long}"),
        &"query=attention&cat=x".repeat(1000),
    ] {
        for path in ["/search", "/search/instant", "/search/suggest"] {
            let response = site.get(&format!("{path}?{query}")).await;
            let status = response.status();
            assert_eq!(status, 200, "{path}?{}", &query[..query.len().min(80)]);
            let json = response.headers()["content-type"] == "application/x-suggestions+json";
            let page = response.text().await.expect("a page");
            assert!(
                (json || !page.contains("<script>")) && page.len() < 200_000,
                "{path}?{}: {}",
                &query[..query.len().min(80)],
                page.len()
            );
        }
    }
}

async fn wrong_places_are_refused(engine: Engine) {
    let site = Site::sample(engine).await;
    for from in ["", "-1", "abc", "1e3", "10001", "1000000000000000000000000000000", "%00"] {
        let response = site.get(&format!("/search?query=attention&from={from}")).await;
        assert_eq!(response.status(), 400, "{from:?}");
        let said = text(&response.text().await.expect("a page"));
        assert!(said.contains("That place in the list is not known."), "{from:?}: {said}");
    }
}

async fn comments_are_found(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/search?query=momentum+Adam+conserved+quantity&kind=comment").await;
    let said = text(&page);
    assert!(said.contains("Comment Ravi") && said.contains("On “"), "{said}");
    let found = results(&page);
    assert!(found.iter().any(|href| href.starts_with("/posts/lora-first-step#c-")), "{found:?}");
}

/// The embedded reader answers from the abstract: what it writes is found under the question that it answers.
async fn answers_are_found(engine: Engine) {
    let site = tests::Run::on(engine).with_sample().start().await;
    let paper = site.page("/arxiv/hep-th/9711200").await;
    let form = tags(&paper, "form").into_iter().find(|tag| tag.contains("/readings")).expect("a form");
    let begun = site.post(&attributes(form, "action")[0], "lang=en").await;
    assert_eq!(begun.status(), 303);
    let page = found(&site, "/search?query=supergravity&kind=answer&hl=en").await;
    let said = text(&page);
    assert!(said.contains("Answer machine-made on arXiv:hep-th/9711200, question"), "{said}");
    let results = results(&page);
    assert!(results[0].starts_with("/arxiv/hep-th/9711200?answer=en#q-"), "{results:?}");
    // The paper tells that it was read.
    let page = found(&site, "/search?query=supergravity&answered=yes").await;
    assert!(page.contains("name=\"answered\" value=\"yes\" checked"), "{page}");
    let output =
        site.run(&["search", "supergravity", "--kind", "answer", "--sort", "newest", "--json"]).await;
    let hit: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON line");
    assert_eq!(hit["path"], "/arxiv/hep-th/9711200?answer=en#ai");
}

/// A page of a search that finds something, once the index has it.
async fn found(site: &Site, search: &str) -> String {
    let found = async {
        loop {
            let page = site.page(search).await;
            if !results(&page).is_empty() {
                return page;
            }
        }
    };
    timeout(Duration::from_secs(60), found).await.expect("the index takes it in")
}

async fn results_come_while_typing(engine: Engine) {
    let site = Site::sample(engine).await;
    let response = site.get("/search/instant?query=rotary+pos").await;
    assert_eq!(response.headers()["cache-control"], "private, max-age=60");
    let piece = response.text().await.expect("a piece of a page");
    assert!(!piece.contains("<html") && piece.len() < 8_000, "{piece}");
    let options = tags(&piece, "a");
    assert!(options.len() > 1 && options.len() <= 7, "{piece}");
    assert!(options.iter().all(|tag| attributes(tag, "role") == ["option"]), "{piece}");
    assert!(piece.contains("<mark>") || piece.contains("<mark"), "{piece}");
    assert_eq!(attributes(options.last().expect("one"), "href"), ["/search?query=rotary%20pos"]);
    // Half a word finds what the whole one does.
    let half = site.page("/search/instant?query=malda").await;
    assert!(half.contains("/arxiv/hep-th/9711200"), "{half}");
    for nothing in ["", "zzzzqqq"] {
        let piece = site.page(&format!("/search/instant?query={nothing}")).await;
        assert_eq!(tags(&piece, "a"), Vec::<&str>::new(), "{piece}");
    }
}

async fn browsers_learn_to_search_here(engine: Engine) {
    let site = Site::sample(engine).await;
    let base = &site.address;
    let page = site.page("/").await;
    let link = tags(&page, "link").into_iter().find(|tag| tag.contains("rel=\"search\"")).expect("a link");
    assert_eq!(attributes(link, "href"), ["/opensearch.xml"]);
    assert_eq!(attributes(link, "type"), ["application/opensearchdescription+xml"]);
    assert!(
        page.contains("\"@type\":\"SearchAction\"")
            && page.contains(&format!("{base}/search?query={{query}}"))
    );
    let response = site.get("/opensearch.xml").await;
    assert!(
        response.headers()["content-type"]
            .to_str()
            .expect("text")
            .starts_with("application/opensearchdescription+xml")
    );
    let xml = response.text().await.expect("text");
    assert!(xml.starts_with("<?xml") && xml.contains("<ShortName>Inkstone</ShortName>"), "{xml}");
    for template in attributes(&xml, "template") {
        assert!(template.starts_with(base), "{template}");
    }
    assert_eq!(attributes(&xml, "type").len(), 5, "{xml}");
    let response = site.get("/search/suggest?query=malda").await;
    assert_eq!(response.headers()["content-type"], "application/x-suggestions+json");
    let suggestions: serde_json::Value = response.json().await.expect("JSON");
    assert_eq!(suggestions[0], "malda");
    assert!(suggestions[1][0].as_str().expect("a title").contains("Limit"), "{suggestions}");
    assert_eq!(suggestions[3][0], format!("{base}/arxiv/hep-th/9711200"));
}

async fn searches_have_feeds(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/search?query=attention&year=2017").await;
    assert!(page.contains("href=\"/search/feed?query=attention&#38;year=2017\""), "{page}");
    let feed = site.page("/search/feed?query=attention").await;
    assert!(feed.contains("<feed") && feed.contains("rel=\"alternate\""), "{feed}");
    let days: Vec<_> = feed.split("<published>").skip(1).map(|rest| rest[..10].to_owned()).collect();
    assert!(days.len() > 3 && days.is_sorted_by(|one, next| one >= next), "{days:?}");
    assert_eq!(site.page("/search/feed?query=attention").await, feed);
    let moved = site.get("/arxiv/search/feed?query=attention").await;
    assert_eq!(moved.headers()["location"], "/search/feed?query=attention&kind=paper");
    assert_eq!(site.get("/search/feed").await.status(), 404);
    assert!(site.page("/search/feed?query=zzzzqqq%00").await.contains("<feed"));
}

/// Where the results of a page lead.
fn results(page: &str) -> Vec<String> {
    let entries = page.split("<article class=\"entry").skip(1).filter_map(|entry| entry.split_once("<h3"));
    entries.filter_map(|(_, rest)| attributes(rest, "href").into_iter().next()).collect()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// As the pages write it.
fn percent(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}
