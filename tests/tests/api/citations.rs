//! Papers, posts and lists in the formats of citations, read with the parsers of others.

use std::collections::BTreeSet;

use biblatex::{Bibliography, ChunksExt as _};
use reqwest::Method;
use serde_json::Value;
use tests::{
    Engine, Run, Site,
    html::{attributes, decoded, tags},
};

use crate::papers::{import, some};

on_each_engine!(
    papers_are_files,
    posts_are_files,
    what_is_accepted_is_answered,
    lists_are_files,
    long_lists_come_in_parts,
    searches_are_files,
    unapi_answers,
    heads_say_what_pages_are_of,
    headers_are_signposts,
    lists_name_each_paper,
);

const PAPER: &str = "/arxiv/hep-th/9711200";
/// Suffix and media type.
const FORMATS: [(&str, &str); 6] = [
    ("bib", "application/x-bibtex"),
    ("ris", "application/x-research-info-systems"),
    ("json", "application/vnd.citationstyles.csl+json"),
    ("csv", "text/csv"),
    ("md", "text/markdown"),
    ("mods", "application/mods+xml"),
];
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

async fn papers_are_files(engine: Engine) {
    let site = Site::sample(engine).await;
    for (suffix, kind) in FORMATS {
        let response = site.get(&format!("{PAPER}.{suffix}")).await;
        assert_eq!(response.status(), 200, "{suffix}");
        assert_eq!(header(&response, "content-type"), format!("{kind}; charset=utf-8"));
        assert_eq!(
            header(&response, "content-disposition"),
            format!("inline; filename=\"arxiv-hep-th-9711200.{suffix}\"")
        );
        assert!(response.text().await.expect("text").contains("Large"), "{suffix}");
    }
    let file = site.page(&format!("{PAPER}.bib")).await;
    let entry = Bibliography::parse(&file).expect("BibTeX").into_vec().pop().expect("an entry");
    assert_eq!(entry.key, "maldacena1997large");
    assert_eq!(entry.author().expect("authors")[0].name, "Maldacena");
    assert_eq!(entry.eprint().expect("an eprint"), "hep-th/9711200");
    let item: Value = serde_json::from_str(&site.page("/venue/shield@notes.json").await).expect("JSON");
    assert_eq!(item[0]["author"][0]["literal"], "The Inkstone Authors");
    for lost in
        ["/arxiv/2401.99999.bib", "/venue/nothing@notes.ris", "/papers/99999.json", "/arxiv/no.XX.csv"]
    {
        assert_eq!(site.get(lost).await.status(), 404, "{lost}");
    }
    let by_key = site.get("/papers/1.bib").await;
    assert_eq!((by_key.status().as_u16(), header(&by_key, "content-type").contains("x-bibtex")), (200, true));
    let text = site.page("/papers/1.txt").await;
    let head = "The Large N Limit of Superconformal Field Theories and Supergravity\n";
    let (link, authors) = (format!("{}{PAPER}\n", site.address), "Juan M. Maldacena\n\nStacks of branes");
    assert!(text.starts_with(&format!("{head}{link}{authors}")), "{text}");
    assert!(text.contains("at large $N$ contain"), "{text}");
    assert_eq!(site.get("/papers/99999.txt").await.status(), 404);
}

async fn posts_are_files(engine: Engine) {
    let site = Site::sample(engine).await;
    let file = site.page("/posts/rotary-position.bib").await;
    let entry = Bibliography::parse(&file).expect("BibTeX").into_vec().pop().expect("an entry");
    assert_eq!(entry.title().expect("a title").format_verbatim(), "旋转位置编码：从一个要求推出全部");
    assert!(site.page("/posts/rotary-position.ris").await.starts_with("TY  - BLOG\r\n"));
    // The Markdown of a post is its own text.
    let accept = [("accept", "text/markdown")];
    let source =
        site.request(Method::GET, "/posts/rotary-position", &accept).await.text().await.expect("text");
    assert_eq!(source, site.page("/posts/rotary-position.md").await);
    assert_eq!(site.get("/posts/nothing.bib").await.status(), 404);
}

async fn what_is_accepted_is_answered(engine: Engine) {
    let site = Site::sample(engine).await;
    let check = async |accept: &'static str, expected: &str| {
        for page in [PAPER, "/arxiv/cs.LG", "/search?query=attention", "/posts/rotary-position"] {
            let response = site.request(Method::GET, page, &[("accept", accept)]).await;
            let kind = header(&response, "content-type");
            assert!(kind.starts_with(expected), "{page} {accept}: {kind}");
            assert!(header(&response, "vary").contains("Accept,"), "{page}");
        }
    };
    check(BROWSER, "text/html").await;
    check("*/*", "text/html").await;
    check("text/html, application/x-bibtex", "text/html").await;
    check("application/x-bibtex;q=0.4, text/csv;q=0.6", "text/csv").await;
    for (_, kind) in FORMATS {
        check(kind, kind).await;
    }
}

async fn lists_are_files(engine: Engine) {
    let site = Site::sample(engine).await;
    for list in ["/arxiv/cs.LG", "/venue/ICLR.2022", "/venue/ICLR", "/arxiv/hep-th?date=1997-11-27"] {
        let page = site.page(list).await;
        let links = attributes(&page, "href");
        for (suffix, _) in FORMATS.iter().filter(|(suffix, _)| *suffix != "mods") {
            let (path, query) = list.split_once('?').unwrap_or((list, ""));
            let file = format!("{path}.{suffix}{}{query}", if query.is_empty() { "" } else { "?" });
            assert!(links.contains(&file), "{list} leads to {file}");
        }
        let address = links.iter().find(|link| link.contains(".bib")).expect("a link");
        let response = site.get(address).await;
        let total: usize = header(&response, "x-total-count").parse().expect("a number");
        let file = Bibliography::parse(&response.text().await.expect("text")).expect("BibTeX");
        assert_eq!(file.len(), total, "{address}");
        let items: Value =
            serde_json::from_str(&site.page(&address.replace(".bib", ".json")).await).expect("JSON");
        let keys: BTreeSet<_> = file.keys().map(str::to_owned).collect();
        let ids: BTreeSet<_> = items
            .as_array()
            .expect("a list")
            .iter()
            .map(|item| item["id"].as_str().expect("text").to_owned())
            .collect();
        assert_eq!(keys, ids);
    }
}

async fn long_lists_come_in_parts(engine: Engine) {
    let site = Run::on(engine).start().await;
    import(&site, &some("cs.LO", 1..1101)).await;
    let first = site.get("/arxiv/cs.LO.bib").await;
    assert_eq!(header(&first, "x-total-count"), "1100");
    let link = header(&first, "link");
    let next =
        link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\"")).expect("a next part");
    let next = next.strip_prefix(&site.address).expect("here").to_owned();
    let text = first.text().await.expect("text");
    let comment = text.lines().next().expect("a comment");
    assert!(comment.starts_with("% Works 1 to 1000 of 1100.") && comment.contains(&next), "{comment}");
    let rest = site.get(&next).await;
    assert!(!rest.headers().contains_key("link"));
    let rest = rest.text().await.expect("text");
    let titles = |text: &str| -> Vec<String> {
        let file = Bibliography::parse(text).expect("BibTeX");
        file.iter().map(|entry| entry.title().expect("a title").format_verbatim()).collect()
    };
    let (mut all, rest) = (titles(&text), titles(&rest));
    assert_eq!((all.len(), rest.len()), (1000, 100));
    all.extend(rest);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 1100);
    let mods = site.page("/arxiv/cs.LO.mods").await;
    assert!(mods.contains("<!-- Works 1 to 1000 of 1100.") && mods.matches("<mods>").count() == 1000);
}

async fn searches_are_files(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/search?query=attention&kind=paper").await;
    let address = attributes(&page, "href").into_iter().find(|link| link.contains(".bib")).expect("a link");
    assert_eq!(address, "/search.bib?query=attention&kind=paper");
    let response = site.get(&address).await;
    let total: usize = header(&response, "x-total-count").parse().expect("a number");
    let file = Bibliography::parse(&response.text().await.expect("text")).expect("BibTeX");
    assert!(file.len() == total && total > 2, "{total}");
    let mixed = site.page("/search.ris?query=attention").await;
    assert!(mixed.contains("TY  - UNPB") && mixed.contains("TY  - BLOG"), "papers and posts");
    assert_eq!(site.get("/search.bib?query=").await.status(), 404);
    assert_eq!(site.get("/search.txt?query=attention").await.status(), 404);
}

async fn unapi_answers(engine: Engine) {
    let site = Site::sample(engine).await;
    let check = async |address: &str, status: u16, has: &str| {
        let response = site.get(address).await;
        assert_eq!(response.status().as_u16(), status, "{address}");
        let text = response.text().await.expect("text");
        assert!(text.contains(has), "{address}: {text}");
    };
    check("/unapi", 200, "<format name=\"mods\" type=\"application/mods+xml\"/>").await;
    check("/unapi?id=arxiv:hep-th/9711200", 300, "<formats id=\"arxiv:hep-th/9711200\">").await;
    check("/unapi?id=arxiv%3Ahep-th%2F9711200&format=bibtex", 200, "@misc{maldacena1997large").await;
    check("/unapi?id=notes:shield&format=ris", 200, "TY  - ").await;
    check("/unapi?id=notes:shield&format=mods", 200, "<mods>").await;
    check("/unapi?id=notes:shield&format=endnote", 406, "").await;
    for lost in ["arxiv:2401.99999", "arxiv:nonsense", "nothing", "notes:%00", ""] {
        check(&format!("/unapi?id={lost}&format=mods"), 404, "").await;
    }
    let page = site.page(PAPER).await;
    assert!(
        tags(&page, "link").iter().any(|link| link.contains("unapi-server") && link.contains("\"/unapi\""))
    );
}

async fn heads_say_what_pages_are_of(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page(&format!("{PAPER}?near=newer")).await;
    let meta = |name: &str| {
        let tag = tags(&page, "meta").into_iter().find(|tag| tag.contains(&format!("\"{name}\"")));
        tag.and_then(|tag| attributes(tag, "content").pop()).unwrap_or_default()
    };
    assert_eq!(meta("citation_author"), "Juan M. Maldacena");
    assert_eq!(meta("citation_publication_date"), "1997/11/27");
    assert_eq!(meta("citation_arxiv_id"), "hep-th/9711200");
    assert_eq!(meta("citation_abstract_html_url"), format!("{}{PAPER}", site.address));
    assert_eq!(meta("citation_pdf_url"), "https://arxiv.org/pdf/hep-th/9711200");
    assert_eq!(meta("og:url"), format!("{}{PAPER}", site.address));
    assert_eq!(meta("twitter:card"), "summary");
    assert!(meta("citation_abstract").contains("$N$"));
    let canonical = tags(&page, "link").into_iter().find(|tag| tag.contains("canonical")).expect("a link");
    assert_eq!(attributes(canonical, "href"), [format!("{}{PAPER}", site.address)]);
    let article = &described(&page)["@graph"][0];
    assert_eq!(article["@type"], "ScholarlyArticle");
    assert_eq!(article["author"][0]["familyName"], "Maldacena");
    assert_eq!(article["identifier"][0]["value"], "hep-th/9711200");
    let way = &described(&page)["@graph"][1]["itemListElement"];
    let way = way.as_array().expect("a list").iter();
    let way: Vec<_> =
        way.map(|place| place["item"].as_str().expect("text").replace(&site.address, "")).collect();
    assert_eq!(way, ["/", "/papers", "/arxiv/hep-th", PAPER]);
    let post = site.page("/posts/lora-first-step").await;
    let posting = &described(&post)["@graph"][0];
    assert_eq!((&posting["@type"], &posting["inLanguage"]), (&"BlogPosting".into(), &"en".into()));
    assert!(posting["commentCount"].as_u64() >= Some(3));
    assert!(!post.contains("citation_"), "a post is no article");
    assert_eq!(post.matches("class=\"Z3988\"").count(), 1);
}

async fn headers_are_signposts(engine: Engine) {
    let site = Site::sample(engine).await;
    let response = site.get(PAPER).await;
    let links: Vec<_> = response
        .headers()
        .get_all("link")
        .iter()
        .map(|link| link.to_str().expect("text").to_owned())
        .collect();
    let own = format!("{}{PAPER}", site.address);
    for (suffix, kind) in FORMATS {
        let link = format!("<{own}.{suffix}>; rel=\"describedby\"; type=\"{kind}\"");
        assert!(links.contains(&link), "{link} in {links:?}");
    }
    for link in [
        format!("<{own}>; rel=\"cite-as\""),
        "<https://arxiv.org/pdf/hep-th/9711200>; rel=\"item\"; type=\"application/pdf\"".to_owned(),
        "<https://schema.org/ScholarlyArticle>; rel=\"type\"".to_owned(),
    ] {
        assert!(links.contains(&link), "{link} in {links:?}");
    }
}

async fn lists_name_each_paper(engine: Engine) {
    let site = Site::sample(engine).await;
    let page = site.page("/arxiv/cs.LG").await;
    let cards = page.matches("class=\"card ").count();
    let names: Vec<_> = tags(&page, "abbr").into_iter().filter(|tag| tag.contains("unapi-id")).collect();
    let objects: Vec<_> = tags(&page, "span").into_iter().filter(|tag| tag.contains("Z3988")).collect();
    assert!(cards > 5 && names.len() == cards && objects.len() == cards);
    for (name, object) in names.iter().zip(objects) {
        let name = attributes(name, "title").pop().expect("a name");
        assert_eq!(site.get(&format!("/unapi?id={name}&format=ris")).await.status(), 200, "{name}");
        let object = attributes(object, "title").pop().expect("an object");
        assert!(object.starts_with("ctx_ver=Z39.88-2004&rft_val_fmt=info%3Aofi"), "{object}");
    }
}

fn described(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").expect("a description");
    serde_json::from_str(rest.split_once("</script>").expect("an end").0).expect("JSON")
}

fn header(response: &reqwest::Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().expect("text")).map(decoded).unwrap_or_default()
}
