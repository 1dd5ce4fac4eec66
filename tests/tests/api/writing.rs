//! Writing from outside: who may write what, what is never overwritten or lost, and who may read it.

#![expect(clippy::cognitive_complexity, reason = "a test tells a whole story, step by step")]

use std::time::{Duration, Instant};

use chrono::{SubsecRound as _, TimeDelta, Utc};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::{Engine, Run, Site, html::text};
use tokio::time::{sleep, timeout};

use crate::accounts::{PASSWORD, session, sign_in};

on_each_engine!(
    authors_write_their_own_and_editors_everything,
    nothing_is_overwritten,
    a_kill_loses_nothing_that_was_acknowledged,
    kills_in_the_middle_of_saves_leave_whole_posts,
    previews_are_the_published_page,
    only_blocks_that_changed_are_sent,
    what_cannot_be_is_told_and_kept,
    long_posts_are_written,
    posts_become_public_when_they_are_due,
    protected_posts_ask_for_their_password,
    private_and_unpublished_posts_are_not_there,
    preview_links_are_for_who_has_them,
    revisions_are_compared_and_restored,
    files_are_what_they_are,
    posts_are_written_by_command,
    pages_stand_on_their_own,
    macros_of_a_post_are_its_own,
    old_addresses_of_a_post_lead_to_it,
);

/// Somebody who writes.
pub(crate) struct Writer<'s> {
    site: &'s Site,
    pub(crate) cookie: String,
}

impl<'s> Writer<'s> {
    pub(crate) async fn new(site: &'s Site, name: &str, role: &str) -> Self {
        let added = site.run_with(&["user", "add", name, "--role", role], PASSWORD).await;
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        Self { site, cookie: session(&sign_in(site, name, PASSWORD).await) }
    }

    async fn get(&self, path: &str) -> Response {
        self.site.request(Method::GET, path, &[("cookie", &self.cookie)]).await
    }

    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "GET {path}");
        response.text().await.expect("a page")
    }

    /// A form, as the page without scripts sends it.
    async fn form(&self, path: &str, form: &str) -> Response {
        self.site.form(path, form, &[("cookie", &self.cookie), ("sec-fetch-site", "same-origin")]).await
    }

    /// Data, as the scripts of the page send it.
    async fn json(&self, path: &str, body: &Value) -> Response {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
        ];
        self.site.send(Method::POST, path, body.to_string(), &headers).await
    }

    /// Begins a text; gives its address.
    async fn begin(&self) -> String {
        let begun = self.form("/write", "").await;
        assert_eq!(begun.status(), 303);
        begun.headers()["location"].to_str().expect("ASCII").to_owned()
    }

    /// What the source of the editor holds.
    async fn source(&self, address: &str) -> String {
        let page = self.page(address).await;
        let (_, rest) = page.split_once("name=\"body\"").expect("the source");
        let (_, rest) = rest.split_once('>').expect("the end of a tag");
        rest.split("</textarea>").next().expect("the end of the source").to_owned()
    }

    /// The form with the text of a number, for the version that there is.
    async fn filled(&self, address: &str, number: u64, wanted: &str) -> String {
        let page = self.page(address).await;
        let (_, rest) = page.split_once("name=\"version\" value=\"").expect("a version");
        let version = rest.split('"').next().expect("its end");
        encoded(&with(&with(&post("Whole", &whole(number)), "version", version), "do", wanted))
    }

    /// Sends a form to a server that may be killed; the answer, if there is one.
    async fn attempt(&self, address: &str, form: String) -> Option<Response> {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.site.attempt(Method::POST, address, form, &headers).await.ok()
    }

    /// Publishes a new text with these fields; gives the address of its editor.
    pub(crate) async fn publish(&self, fields: &Value) -> String {
        let address = self.begin().await;
        let saved = self.json(&address, &with(fields, "version", "1")).await;
        assert_eq!(saved.status(), 200);
        let version = saved.json::<Value>().await.expect("JSON")["version"].clone();
        let fields = with(fields, "version", version.as_str().expect("a version"));
        let form = encoded(&with(&fields, "do", "publish"));
        let published = self.form(&address, &form).await;
        assert_eq!(published.status(), 303, "{}", text(&published.text().await.unwrap_or_default()));
        address
    }
}

pub(crate) fn with(fields: &Value, name: &str, value: &str) -> Value {
    let mut fields = fields.clone();
    fields[name] = json!(value);
    fields
}

fn encoded(fields: &Value) -> String {
    let fields = fields.as_object().expect("fields");
    let encode = |text: &str| -> String {
        let byte = |byte: u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs =
        fields.iter().map(|(name, value)| format!("{name}={}", encode(value.as_str().expect("a text"))));
    pairs.collect::<Vec<_>>().join("&")
}

pub(crate) fn post(title: &str, body: &str) -> Value {
    json!({ "title": title, "body": body, "language": "en", "commenting": "on", "author": "Ada" })
}

async fn authors_write_their_own_and_editors_everything(engine: Engine) {
    let site = Run::on(engine).start().await;
    assert_eq!(site.get("/write").await.headers()["location"], "/login?next=%2Fwrite");
    let ada = Writer::new(&site, "ada", "author").await;
    let eve = Writer::new(&site, "eve", "author").await;
    let editor = Writer::new(&site, "emil", "editor").await;
    let reader = Writer::new(&site, "rose", "reader").await;
    let address = ada.publish(&post("By Ada", "Hers.")).await;
    let check = async |writer: &Writer<'_>, expected: u16| {
        assert_eq!(writer.get(&address).await.status(), expected);
        assert_eq!(writer.get(&format!("{address}/revisions")).await.status(), expected);
        let body = post("By Ada", "Changed.");
        assert_eq!(writer.json(&format!("{address}/preview"), &body).await.status(), expected);
        assert_eq!(writer.json(&format!("{address}/here"), &json!({})).await.status(), expected);
        assert_eq!(
            writer.form(&format!("{address}/share"), "do=unshare").await.status(),
            if expected == 200 { 303 } else { expected }
        );
    };
    check(&ada, 200).await;
    check(&editor, 200).await;
    check(&eve, 403).await;
    check(&reader, 403).await;
    assert_eq!(eve.form(&address, "version=2&title=Mine&body=Mine").await.status(), 403);
    assert_eq!(eve.get("/write/post/1").await.status(), 403);
    assert_eq!(reader.form("/write", "").await.status(), 403);
    assert_eq!(site.post(&address, "version=2&body=Mine").await.status(), 401);
    let foreign = [("cookie", ada.cookie.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(site.form(&address, "version=2&body=Mine", &foreign).await.status(), 403);
    assert!(text(&editor.page("/write").await).contains("By Ada"));
    assert!(!text(&eve.page("/write").await).contains("By Ada"));
    assert!(text(&ada.page("/write?query=ADA&state=published").await).contains("By Ada"));
    assert!(!text(&ada.page("/write?query=nothing").await).contains("By Ada"));
    assert!(text(&site.page("/posts/by-ada").await).contains("Hers."));
    for wrong in ["/write/99", "/write/x", "/write/post/99", "/write/post/x", "/preview/guessed"] {
        assert_eq!(ada.get(wrong).await.status(), 404, "{wrong}");
    }
}

async fn nothing_is_overwritten(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let editor = Writer::new(&site, "emil", "editor").await;
    let address = ada.begin().await;
    let first = ada.json(&address, &with(&post("A", "one"), "version", "1")).await;
    assert_eq!(first.json::<Value>().await.expect("JSON")["version"], "2");
    let here: Value = editor.json(&format!("{address}/here"), &json!({})).await.json().await.expect("JSON");
    assert_eq!(here["others"], json!(["ada"]));
    assert!(text(&editor.page(&address).await).contains("Also editing: ada"));
    let late = editor.json(&address, &with(&post("A", "two"), "version", "1")).await;
    assert_eq!(late.status(), 409);
    let told: Value = late.json().await.expect("JSON");
    assert_eq!(
        (&told["editor"], &told["theirs"]["body"], &told["theirs"]["version"]),
        (&json!("ada"), &json!("one"), &json!("2"))
    );
    assert!(told["differences"].as_str().is_some_and(|html| html.contains("<b>two</b>")), "{told}");
    let form = encoded(&with(&post("A", "three"), "version", "1"));
    let late = editor.form(&address, &form).await;
    assert_eq!(late.status(), 409);
    let page = late.text().await.expect("a page");
    assert!(page.contains("\nthree</textarea>") && page.contains("name=\"version\" value=\"2\""));
    assert!(text(&page).contains("ada saved this text meanwhile"));
    assert!(ada.page(&address).await.contains("\none</textarea>"));
    let over = editor.form(&address, &encoded(&with(&post("A", "three"), "version", "2"))).await;
    assert_eq!(over.status(), 200);
    assert!(text(&ada.page(&format!("{address}/revisions?from=1")).await).contains("three"));
}

/// Fault 7: the text is large, and the server dies between two acknowledgements.
async fn a_kill_loses_nothing_that_was_acknowledged(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = ada.begin().await;
    let cookie = ada.cookie.clone();
    let mut acknowledged = 0;
    for version in 1..=5 {
        let body = format!("{}\n\nsave {version}", "Let $x_1$. ".repeat(20_000));
        let saved = ada.json(&address, &with(&post("A", &body), "version", &version.to_string())).await;
        assert_eq!(saved.status(), 200);
        acknowledged = version;
    }
    let site = site.kill().await.start().await;
    let ada = Writer { site: &site, cookie };
    let page = ada.page(&address).await;
    assert!(page.contains(&format!("\nsave {acknowledged}</textarea>")));
    let more = ada.json(&address, &with(&post("A", "on"), "version", &(acknowledged + 1).to_string())).await;
    assert_eq!(more.status(), 200, "the session and the version are still good");
}

/// How often the server is killed.
const ROUNDS: u32 = 12;

/// Kills while a save or a publication is being made: what was acknowledged is there, and what is there is whole.
async fn kills_in_the_middle_of_saves_leave_whole_posts(engine: Engine) {
    let mut site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = ada.publish(&post("Whole", &whole(0))).await;
    let cookie = ada.cookie.clone();
    let (mut number, mut unanswered) = (0, 0);
    for round in 0..ROUNDS {
        let ada = Writer { site: &site, cookie: cookie.clone() };
        number += 1;
        let form = ada.filled(&address, number, "publish").await;
        let begun = Instant::now();
        assert_eq!(ada.attempt(&address, form).await.expect("an answer").status(), 303);
        let took = begun.elapsed();
        let (acknowledged, publishes) = (number, round % 2 == 0);
        number += 1;
        let form = ada.filled(&address, number, if publishes { "publish" } else { "save" }).await;
        let killed = async {
            // Another moment in each round: while it is sent, read, written, answered. None of them can be awaited.
            sleep(took * round / ROUNDS).await;
            site.signal("KILL");
        };
        let (late, ()) = tokio::join!(ada.attempt(&address, form), killed);
        unanswered += u32::from(late.is_none());
        let late = late.is_some_and(|answer| answer.status() == if publishes { 303 } else { 200 });
        site = site.ended().await.start().await;
        let ada = Writer { site: &site, cookie: cookie.clone() };
        let (working, public) =
            (number_in(&ada.source(&address).await), number_in(&site.page("/posts/whole.md").await));
        let expected = if late { number } else { acknowledged };
        assert!((expected..=number).contains(&working), "{engine:?} {round}: {working} of {number}");
        let expected = if late && publishes { number } else { acknowledged };
        assert!((expected..=working).contains(&public), "{engine:?} {round}: {public} of {number}");
    }
    assert!(unanswered > 0, "none was killed in the middle");
}

/// A long text that says on each line from which version it was made.
fn whole(version: u64) -> String {
    format!("Version {version}: $x_{{{version}}}$.\n\n").repeat(2000)
}

/// The version in a text, each line of which must name it.
fn number_in(text: &str) -> u64 {
    let first = text.trim_start().split(['\n', '\r']).next().expect("a line");
    let number = first.strip_prefix("Version ").and_then(|rest| rest.split(':').next()).expect("a number");
    let number = number.parse().expect("a number");
    assert_eq!(text.replace("\r\n", "\n").trim(), whole(number).trim(), "it is whole");
    number
}

const EVERYTHING: &str = r"## Beginning

Let $\alpha$ be as in \eqref{eq:a}.[^1]

\begin{equation}
\alpha = 1 \label{eq:a}
\end{equation}

| $x$ | y |
|---|---|
| 1 | $\frac12$ |

<details><summary>More</summary>

So *here* \eqref{eq:b} and \eqref{eq:none}.

</details>

\begin{align}
a &= b \\ c &= d \label{eq:b}
\end{align}

```rust
fn main() {}
```

[^1]: A note with $x$.
";

async fn previews_are_the_published_page(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = ada.publish(&post("Everything", EVERYTHING)).await;
    let preview = ada.json(&format!("{address}/preview"), &post("Everything", EVERYTHING)).await;
    let preview: Value = preview.json().await.expect("JSON");
    let blocks = preview["blocks"].as_array().expect("blocks");
    let html: String = blocks.iter().map(|block| block["html"].as_str().expect("HTML")).collect();
    assert!(blocks.len() > 5, "{blocks:?}");
    let body = |page: &str| {
        let (_, rest) = page.split_once("<div class=\"prose\"").expect("a body");
        let (_, rest) = rest.split_once('>').expect("the end of a tag");
        rest.split_once("\n</div>").map_or(rest, |(body, _)| body).trim_start().to_owned()
    };
    assert_eq!(html, body(&site.page("/posts/everything").await));
    let editor = ada.page(&address).await;
    assert!(editor.contains(&html), "the page without scripts has it too");
    let lines: Vec<_> = blocks.iter().map(|block| block["line"].as_u64().expect("a line")).collect();
    assert!(lines.is_sorted() && lines[..3] == [1, 3, 5], "{lines:?}");
    let warnings = &preview["warnings"];
    assert_eq!((&warnings[0]["line"], &warnings[0]["text"]), (&json!(15), &json!(r"\eqref{eq:none}")));
    assert!(text(&editor).contains("Line 15: no equation has the label eq:none"));
}

async fn only_blocks_that_changed_are_sent(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = format!("{}/preview", ada.begin().await);
    let paragraphs = |second: &str| {
        let all: Vec<_> = (0..50).map(|n| format!("Paragraph {n} with $x_{{{n}}}$.\n\n")).collect();
        post("A", &all.concat().replace("Paragraph 20 ", second))
    };
    let blocks = async |fields: Value| {
        let answer: Value = ada.json(&address, &fields).await.json().await.expect("JSON");
        answer["blocks"].as_array().expect("blocks").clone()
    };
    let first = blocks(paragraphs("Once ")).await;
    let mut again = paragraphs("Twice ");
    again["have"] = first.iter().map(|block| block["key"].clone()).collect();
    let second = blocks(again).await;
    let sent: Vec<_> = second.iter().filter(|block| block.get("html").is_some()).collect();
    assert_eq!((second.len(), sent.len()), (50, 1));
    assert!(sent[0]["html"].as_str().is_some_and(|html| html.contains("Twice")), "{sent:?}");
    assert!(first.iter().zip(&second).filter(|(old, new)| old["key"] == new["key"]).count() == 49);
}

async fn what_cannot_be_is_told_and_kept(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    ada.publish(&post("Same", "")).await;
    let address = ada.begin().await;
    let mut version = 1;
    let mut check = async |fields: Value, sentence: &str| {
        let form = encoded(&with(&with(&fields, "version", &version.to_string()), "do", "publish"));
        let response = ada.form(&address, &form).await;
        assert_eq!(response.status(), 422, "{sentence}");
        let page = response.text().await.expect("a page");
        assert!(text(&page).contains(sentence), "{sentence}: {}", text(&page));
        assert!(page.contains("\nkept</textarea>"), "{sentence}");
        version += 1;
    };
    check(post("", "kept"), "It needs a title.").await;
    check(post("…", "kept"), "No address can be made").await;
    check(post("Same", "kept"), "Another post has this address.").await;
    check(with(&post("B", "kept"), "published", "soon"), "The time to publish it at").await;
    check(with(&with(&post("E", "kept"), "series", "S"), "part", "x"), "The part of the series").await;
    check(with(&post("F", "kept"), "macros", r"\newcommand{\R}{"), "The macros cannot").await;
    check(with(&post("C", "kept"), "visibility", "protected"), "has none").await;
    let long = post("D", &"x".repeat(7 << 20));
    assert_eq!(ada.form(&address, &encoded(&long)).await.status(), 413);
    assert_eq!(ada.json(&address, &long).await.status(), 413);
    assert_eq!(ada.json(&address, &json!({ "body": 7 })).await.status(), 400);
}

async fn long_posts_are_written(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = ada.begin().await;
    let long = with(&post("Long", &"words and more.\n\n".repeat(50_000)), "version", "1");
    assert_eq!(ada.json(&address, &long).await.status(), 200);
    assert_eq!(ada.json(&format!("{address}/preview"), &long).await.status(), 200);
    let again = ada.form(&address, &encoded(&with(&long, "version", "2"))).await;
    assert_eq!(again.status(), 200);
}

async fn posts_become_public_when_they_are_due(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = ada.begin().await;
    let due = (Utc::now() + TimeDelta::seconds(4)).trunc_subsecs(0);
    let fields = with(
        &post("Tomorrow", "At last zyzzyva."),
        "published",
        &due.format("%Y-%m-%dT%H:%M:%S").to_string(),
    );
    let form = encoded(&with(&with(&fields, "version", "1"), "do", "schedule"));
    let scheduled = ada.form(&address, &form).await;
    assert_eq!(scheduled.headers()["location"], format!("{address}?done=scheduled"));
    assert_eq!(site.get("/posts/tomorrow").await.status(), 404);
    assert!(!site.page("/feed").await.contains("Tomorrow"));
    assert!(text(&ada.page("/write?state=scheduled").await).contains("Tomorrow"));
    assert_eq!(ada.get("/posts/tomorrow").await.status(), 200, "its author sees it");
    let everywhere = async {
        let has = async |address: &str| {
            let response = site.get(address).await;
            response.status() == 200 && response.text().await.is_ok_and(|page| page.contains("Tomorrow"))
        };
        let places = ["/posts/tomorrow", "/posts", "/feed", "/search?query=zyzzyva"];
        for place in places {
            while !has(place).await {
                tokio::task::yield_now().await;
            }
        }
    };
    timeout(Duration::from_secs(60), everywhere).await.expect("page, list, feed and index have it");
    assert!(Utc::now() >= due);
}

async fn protected_posts_ask_for_their_password(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let fields = with(
        &with(&post("Locked", "A quite secret word."), "visibility", "protected"),
        "password",
        "open sesame",
    );
    let address = ada.begin().await;
    let form = encoded(&with(&with(&fields, "version", "1"), "do", "publish"));
    assert_eq!(ada.form(&address, &form).await.status(), 303);
    let door = site.page("/posts/locked").await;
    assert!(door.contains("action=\"/posts/locked/unlock\"") && !door.contains("secret word"));
    assert!(!door.contains("og:"));
    for hidden in ["/posts", "/feed", "/", "/search?query=secret+word"] {
        assert!(!site.page(hidden).await.contains("quite secret"), "{hidden}");
    }
    for hidden in ["/posts/locked.md", "/posts/locked.bib", "/archives/1"] {
        assert_eq!(site.get(hidden).await.status(), 404, "{hidden}");
    }
    let unlock =
        async |password: &str| site.post("/posts/locked/unlock", &format!("password={password}")).await;
    let wrong = unlock("wrong").await;
    assert_eq!(wrong.status(), 200);
    assert!(text(&wrong.text().await.expect("a page")).contains("That is not the password."));
    let right = unlock("open+sesame").await;
    assert_eq!(right.headers()["location"], "/posts/locked");
    let cookie = right.headers()["set-cookie"].to_str().expect("ASCII");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let read = async |cookie: &str| site.request(Method::GET, "/posts/locked", &[("cookie", cookie)]).await;
    let opened = read(&cookie).await;
    assert_eq!(opened.headers()["cache-control"], "private, no-store");
    assert!(opened.text().await.expect("a page").contains("A quite secret word."));
    let guessed = format!("{}=00", cookie.split('=').next().expect("a name"));
    assert!(!read(&guessed).await.text().await.expect("a page").contains("secret word"));
    assert!(!site.page("/posts/locked").await.contains("secret word"), "nothing was kept for others");
    for _ in 0..5 {
        unlock("wrong").await;
    }
    assert_eq!(unlock("open+sesame").await.status(), 429);
}

async fn private_and_unpublished_posts_are_not_there(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let eve = Writer::new(&site, "eve", "author").await;
    ada.publish(&with(&post("Mine", "Only I."), "visibility", "private")).await;
    assert_eq!(site.get("/posts/mine").await.status(), 404);
    assert_eq!(eve.get("/posts/mine").await.status(), 404);
    let own = ada.get("/posts/mine").await;
    assert_eq!(
        (own.status().as_u16(), &own.headers()["cache-control"]),
        (200, &"private, no-store".parse().expect("a header"))
    );
    let address = ada.publish(&post("Back", "Taken back.")).await;
    assert_eq!(site.get("/posts/back").await.status(), 200);
    let form = encoded(&with(&with(&post("Back", "Taken back."), "version", "3"), "do", "unpublish"));
    assert_eq!(ada.form(&address, &form).await.headers()["location"], format!("{address}?done=unpublished"));
    assert_eq!(site.get("/posts/back").await.status(), 404);
    let form = encoded(&with(&with(&post("Back", "Taken back."), "version", "3"), "do", "remove"));
    assert_eq!(ada.form(&address, &form).await.headers()["location"], "/write");
    assert_eq!(ada.get(&address).await.status(), 404);
}

async fn preview_links_are_for_who_has_them(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let address = ada.begin().await;
    ada.json(&address, &with(&post("Soon", "Not yet $x_1$."), "version", "1")).await;
    let shared = ada.form(&format!("{address}/share"), "do=share").await.text().await.expect("a page");
    let (_, rest) = shared.split_once("/preview/").expect("a link");
    let secret: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
    let link = format!("/preview/{secret}");
    let seen = site.get(&link).await;
    assert_eq!(seen.headers()["x-robots-tag"], "noindex, nofollow");
    assert_eq!(seen.headers()["cache-control"], "private, no-store");
    assert_eq!(seen.headers()["referrer-policy"], "no-referrer");
    assert!(seen.text().await.expect("a page").contains("Not yet"));
    assert!(!ada.page(&address).await.contains(&secret), "it is shown once");
    assert_eq!(ada.form(&format!("{address}/share"), "do=unshare").await.status(), 303);
    assert_eq!(site.get(&link).await.status(), 404);
}

async fn revisions_are_compared_and_restored(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let editor = Writer::new(&site, "emil", "editor").await;
    let address = ada.begin().await;
    ada.json(&address, &with(&post("A", "so $a+b$ is\n"), "version", "1")).await;
    editor.json(&address, &with(&post("A", "so $a-b$ is\n"), "version", "2")).await;
    let page = ada.page(&format!("{address}/revisions?from=1&to=2")).await;
    assert!(page.contains("<b>$a+b$</b>") && page.contains("<b>$a-b$</b>"), "{}", text(&page));
    let restored = ada.form(&format!("{address}/revisions"), "number=1&version=3").await;
    assert_eq!(restored.headers()["location"], format!("{address}?done=restored"));
    assert!(ada.page(&address).await.contains("so $a+b$ is\n</textarea>"));
    let late = ada.form(&format!("{address}/revisions"), "number=2&version=3").await;
    assert_eq!(late.headers()["location"], format!("{address}/revisions?from=2"));
    assert!(ada.page(&address).await.contains("so $a+b$ is\n</textarea>"));
    assert_eq!(ada.form(&format!("{address}/revisions"), "number=9&version=3").await.status(), 404);
}

async fn files_are_what_they_are(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let send = async |name: &str, body: &str| {
        let headers = [
            ("cookie", ada.cookie.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("accept", "application/json"),
            ("content-type", "multipart/form-data; boundary=cut"),
        ];
        let body = format!(
            "--cut\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: image/png\r\n\r\n{body}\r\n--cut--\r\n"
        );
        site.send(Method::POST, "/write/media", body, &headers).await
    };
    let taken: Value = send("table.csv", "a,b\n1,2\n").await.json().await.expect("JSON");
    let href = taken["href"].as_str().expect("an address");
    assert!(
        taken["markdown"].as_str().is_some_and(|markdown| markdown.contains("[table.csv](/files/")),
        "{taken}"
    );
    let given = site.get(href).await;
    let header = |name: &str| given.headers()[name].to_str().expect("ASCII").to_owned();
    assert!(header("content-disposition").starts_with("attachment"));
    assert_eq!(header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").ends_with("sandbox"));
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(given.text().await.expect("text"), "a,b\n1,2\n");
    for hostile in [
        "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "<!doctype html><script>",
        "<?xml version='1.0'?>",
    ] {
        let refused = send("picture.png", hostile).await;
        assert_eq!(refused.status(), 415, "{hostile}");
        assert_eq!(refused.headers()["content-type"], "application/problem+json");
    }
    assert_eq!(send("a.png", &"x".repeat(21 << 20)).await.status(), 413);
    for wrong in ["/files/x.png", "/files/..%2Finkstone.db", "/files/00.html", &href.replace(".txt", ".html")]
    {
        assert_eq!(site.get(wrong).await.status(), 404, "{wrong}");
    }
    ada.publish(&post("Shows it", &format!("[t]({href})"))).await;
    assert!(text(&ada.page("/write/media").await).contains("Shown in Shows it"));
    let hash = href.trim_start_matches("/files/").split('.').next().expect("a hash").to_owned();
    let eve = Writer::new(&site, "eve", "author").await;
    assert!(!eve.page("/write/media").await.contains(&hash));
    assert_eq!(eve.form(&format!("/write/media/{hash}/remove"), "").await.status(), 403);
    assert_eq!(ada.form(&format!("/write/media/{hash}/remove"), "").await.status(), 303);
    assert_eq!(site.get(href).await.status(), 404);
    let anonymous = site.post("/write/media", "").await;
    assert_eq!(anonymous.status(), 401);
}

/// A picture of one pixel.
const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00,
    0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x64, 0xf8, 0xcf, 0x50, 0x0f, 0x00, 0x03,
    0x86, 0x01, 0x80, 0x5a, 0x34, 0x7d, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42,
    0x60, 0x82,
];

async fn posts_are_written_by_command(engine: Engine) {
    let site = Run::on(engine).start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let run = async |words: &[&str]| site.said(words).await;
    std::fs::write(path("one.png"), PICTURE).expect("written");
    let shown = run(&["media", "add", &path("one.png")]).await;
    let href = shown.trim().trim_start_matches("![](").trim_end_matches(')');
    let given = site.get(href).await;
    assert_eq!(
        (given.status().as_u16(), &given.headers()["content-type"]),
        (200, &"image/png".parse().expect("a header"))
    );
    assert!(given.headers()["content-disposition"].to_str().is_ok_and(|how| how.starts_with("inline")));
    let file = "+++\ntitle = 'On $x_1$'\nauthor = 'Ada'\ntags = ['a']\n+++\n\nLet $x_1$.\n";
    std::fs::write(path("one.md"), file).expect("written");
    assert_eq!(run(&["post", "write", &path("one.md")]).await, "on-x-1 is draft:1, version 1\n");
    assert_eq!(site.get("/posts/on-x-1").await.status(), 404);
    assert_eq!(run(&["post", "publish", "on-x-1"]).await, "on-x-1 is published\n");
    assert!(site.page("/posts/on-x-1").await.contains("Let "));
    std::fs::write(path("one.md"), file.replace("Let", "Now let")).expect("written");
    run(&["post", "write", &path("one.md"), "--publish"]).await;
    assert!(site.page("/posts/on-x-1").await.contains("Now let "));
    assert!(run(&["post", "show", "on-x-1"]).await.contains("Now let $x_1$."));
    assert!(run(&["post", "revisions", "on-x-1"]).await.contains("published"));
    assert!(run(&["post", "revisions", "on-x-1", "--number", "1"]).await.contains("\nLet $x_1$."));
    run(&["post", "unpublish", "on-x-1"]).await;
    assert_eq!(site.get("/posts/on-x-1").await.status(), 404);
    run(&["post", "schedule", "on-x-1", "2099-01-01T00:00:00Z"]).await;
    let listed: Value = serde_json::from_str(&run(&["post", "list", "--json"]).await).expect("JSON");
    assert_eq!((&listed[0]["state"], &listed[0]["slug"]), (&json!("scheduled"), &json!("on-x-1")));
    run(&["post", "remove", "on-x-1"]).await;
    assert_eq!(run(&["post", "list"]).await, "");
    let nothing = site.run(&["post", "show", "on-x-1"]).await;
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("nothing is written under the name on-x-1"));
}

async fn pages_stand_on_their_own(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    ada.publish(&with(&post("About", "This site."), "kind", "page")).await;
    assert!(site.page("/pages/about").await.contains("This site."));
    let moved = site.get("/posts/about").await;
    assert_eq!(
        (moved.status().as_u16(), &moved.headers()["location"]),
        (308, &"/pages/about".parse().expect("a header"))
    );
    ada.publish(&post("A post", "")).await;
    assert_eq!(site.get("/pages/a-post").await.headers()["location"], "/posts/a-post");
}

async fn macros_of_a_post_are_its_own(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    let macros = r"\newcommand{\msign}{\operatorname{msign}} \newcommand{\half}[1]{\frac{#1}{2}}";
    ada.publish(&with(&post("With", r"So $\msign x=\half{y}$."), "macros", macros)).await;
    ada.publish(&post("Without", r"So $\msign x$.")).await;
    let page = site.page("/posts/with").await;
    assert!(page.contains(r#"data-expanded="\operatorname{msign}x=\frac{y}{2}""#), "{page}");
    assert!(!site.page("/posts/without").await.contains("operatorname"));
}

async fn old_addresses_of_a_post_lead_to_it(engine: Engine) {
    let site = Run::on(engine).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    ada.publish(&post("Linking", "See [this](/posts/first) and [@post:first].")).await;
    let fields = post("On moving", "It moved.");
    let address = ada.publish(&with(&fields, "slug", "first")).await;
    let publish = async |fields: &Value| {
        let editor = ada.page(&address).await;
        let version =
            editor.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let fields = with(fields, "version", version.expect("a version"));
        let form = encoded(&with(&fields, "do", "publish"));
        assert_eq!(ada.form(&address, &form).await.status(), 303);
    };
    publish(&with(&fields, "slug", "second")).await;
    publish(&with(&fields, "slug", "third")).await;
    let leads = async |from: &str, to: &str| {
        let response = site.get(from).await;
        assert_eq!(response.status(), 308, "{from}");
        assert_eq!(response.headers()["location"], *to, "{from}");
    };
    for old in ["first", "second"] {
        leads(&format!("/posts/{old}"), "/posts/third").await;
        leads(&format!("/pages/{old}"), "/posts/third").await;
        leads(&format!("/posts/{old}.md"), "/posts/third.md").await;
        leads(&format!("/posts/{old}.bib"), "/posts/third.bib").await;
        leads(&format!("/posts/{old}/feed/rss"), "/posts/third/feed/rss").await;
        leads(&format!("/posts/{old}/comment-page-2"), "/posts/third#comments").await;
        leads(&format!("/{old}.html"), "/posts/third").await;
    }
    let linking = site.page("/posts/linking").await;
    assert!(linking.contains(r#"<a href="/posts/third">Ada"#), "a citation leads to where it is: {linking}");
    let linked = async || {
        while !site.page("/posts/third").await.contains("id=\"here-h\"") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(Duration::from_secs(60), linked()).await.expect("a link to an old address is one to the post");

    // Sites that moved here had the numbers of accounts in the place of names.
    leads("/author/1", "/author/Ada").await;
    leads("/author/1/feed/rss", "/author/Ada/feed/rss").await;

    // Back to an address that it had: nothing leads away from there.
    publish(&with(&fields, "slug", "first")).await;
    assert!(text(&site.page("/posts/first").await).contains("It moved."));
    leads("/posts/third", "/posts/first").await;
    // Whoever may not read it does not learn where it is.
    publish(&with(&with(&fields, "slug", "fourth"), "visibility", "private")).await;
    assert_eq!(site.get("/posts/first").await.status(), 404);
    assert_eq!(ada.get("/posts/first").await.headers()["location"], "/posts/fourth");
    // An address that is free again may be another post's.
    ada.publish(&with(&post("Another", "It came later."), "slug", "first")).await;
    assert!(text(&site.page("/posts/first").await).contains("It came later."));
    assert!(text(&ada.page("/posts/first").await).contains("It came later."));
}
