//! Discussions from outside: who says something, what is shown of it, and who is told.

use futures::{StreamExt as _, stream};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tests::{
    Engine, Mail, Run, Site, Smtp,
    html::{attributes, tags, text},
};

use crate::{
    accounts::{PASSWORD, session, sign_in},
    writing::{Writer, post, with},
};

on_each_engine!(
    the_first_comment_waits,
    who_is_known_is_shown_at_once,
    moderators_decide_about_many,
    moderators_decide_about_one,
    a_form_keeps_what_was_typed,
    texts_have_a_length,
    a_preview_says_nothing,
    nothing_a_visitor_says_becomes_markup,
    bots_are_seen_by_nobody,
    a_flood_is_bounded,
    tokens_are_for_one_subject_and_one_session,
    authors_change_what_they_said,
    authors_take_back_what_they_said,
    time_to_change_ends,
    equations_of_the_post_can_be_referred_to,
    discussions_come_in_pages,
    replies_stand_below_what_is_gone,
    papers_are_discussed_too,
    threads_have_feeds,
    commands_moderate,
    mail_is_sent_to_who_said_so_twice,
    letters_hold_what_was_said_and_nothing_else,
    mail_ends_with_one_press,
    mail_that_is_refused_is_tried_again_or_given_up,
    moderators_are_told,
    only_editors_moderate,
    what_is_said_is_for_who_may_read_the_post,
    nobody_is_told_of_what_they_may_not_read_any_more,
    pages_that_stand_on_their_own_are_discussed,
    limits_are_changed_while_the_site_runs,
);

const POST: &str = "/posts/lora-first-step";

/// A visitor of their own network, with the cookie of their browser.
struct Visitor<'a> {
    site: &'a Site,
    network: String,
    cookie: String,
    /// A session, or what opens a post.
    key: String,
    name: &'static str,
}

impl<'a> Visitor<'a> {
    fn new(site: &'a Site, name: &'static str, number: u8) -> Self {
        Self { site, network: format!("198.51.{number}.7"), cookie: String::new(), key: String::new(), name }
    }

    fn cookies(&self) -> String {
        format!("{}; {}", self.key, self.cookie).trim_matches([' ', ';']).to_owned()
    }

    async fn get(&self, path: &str) -> Response {
        let headers = [("cookie", &*self.cookies()), ("x-forwarded-for", &self.network)];
        self.site.request(Method::GET, path, &headers).await
    }

    async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.text().await.expect("a page")
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let form = encoded(fields);
        let headers = [
            ("cookie", &*self.cookies()),
            ("x-forwarded-for", &self.network),
            ("sec-fetch-site", "same-origin"),
        ];
        let response = self.site.form(path, &form, &headers).await;
        let cookies = response.headers().get_all("set-cookie").iter();
        let mut given = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        if let Some(cookie) = given.find(|cookie| cookie.starts_with("reader=")) {
            self.cookie = cookie.to_owned();
        }
        response
    }

    /// Says something as a browser with scripts does.
    async fn say(&mut self, root: &str, body: &str) -> Response {
        self.say_with(root, body, &[]).await
    }

    async fn say_with(&mut self, root: &str, body: &str, more: &[(&str, &str)]) -> Response {
        let token = token(&self.page(&format!("{root}/comments")).await);
        let work = work(&token, 8);
        let mail = format!("{}@example.org", self.name.to_lowercase());
        let fields =
            [("name", self.name), ("mail", &mail), ("text", body), ("token", &token), ("work", &work)];
        let kept = fields.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name));
        let fields: Vec<_> = kept.chain(more.iter().copied()).collect();
        self.post(&format!("{root}/comments"), &fields).await
    }
}

/// As browsers write a form.
fn encoded(fields: &[(&str, &str)]) -> String {
    let byte = |byte: u8| match byte.is_ascii_alphanumeric() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    let pair =
        |(name, value): &(&str, &str)| format!("{name}={}", value.bytes().map(byte).collect::<String>());
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

fn token(page: &str) -> String {
    value(page, "token")
}

/// The value of a field of this name.
fn value(page: &str, name: &str) -> String {
    let name = format!("name=\"{name}\"");
    let field = tags(page, "input").into_iter().find(|tag| tag.contains(&name)).expect("a field");
    attributes(field, "value").remove(0)
}

/// What a browser finds.
fn work(token: &str, bits: u32) -> String {
    let zero = |number: &u64| {
        let hash = Sha256::digest(format!("{token}.{number}"));
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros() >= bits
    };
    (rand()..).find(zero).expect("numbers do not end").to_string()
}

/// Somewhere to begin, so that two visitors with one token do not find the same.
fn rand() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    u64::from(RandomState::new().hash_one(0) as u32)
}

fn quick(engine: Engine) -> Run {
    Run::on(engine).with_sample().set("COMMENTS__WORK", 8).set("COMMENTS__FASTEST", 0)
}

async fn json(site: &Site, arguments: &[&str]) -> Value {
    let output = site.run(&[arguments, &["--json"]].concat()).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

async fn states(site: &Site, state: &str) -> Vec<Value> {
    json(site, &["comment", "list", "--state", state, "--limit", "1000"])
        .await
        .as_array()
        .expect("a list")
        .clone()
}

async fn run(site: &Site, arguments: &[&str]) {
    let output = site.run(arguments).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The number in `/comments/17`.
fn number(location: &str) -> &str {
    location.rsplit(['/', '-']).next().expect("a number")
}

fn location(response: &Response) -> String {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    response.headers()["location"].to_str().expect("an address").to_owned()
}

async fn the_first_comment_waits(engine: Engine) {
    let site = quick(engine).start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let sent = location(&ada.say(POST, "Said by Ada first, $x^2$.").await);
    assert!(sent.starts_with("/comments/"), "{sent}");
    let own = text(&ada.page(&sent).await);
    assert!(own.contains("waits for a moderator") && own.contains("Said by Ada first"), "{own}");
    assert_eq!(site.get(&sent).await.status(), 404, "it is hers alone");
    assert!(!site.page(POST).await.contains("Said by Ada first"));
    run(&site, &["comment", "approve", number(&sent)]).await;
    assert!(site.page(POST).await.contains("Said by Ada first"));
}

async fn who_is_known_is_shown_at_once(engine: Engine) {
    let site = quick(engine).start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let mut eve = Visitor::new(&site, "Eve", 2);
    let first = location(&ada.say(POST, "To be approved.").await);
    run(&site, &["comment", "approve", number(&first)]).await;
    let sent = location(&ada.say(POST, "The second.").await);
    assert!(sent.starts_with(&format!("{POST}?sent=")) && sent.contains("#c-"), "{sent}");
    let page = ada.page(sent.split('#').next().expect("an address")).await;
    assert!(page.contains("here for everybody to read") && page.contains("The second."));
    assert!(location(&eve.say(POST, "By Eve.").await).starts_with("/comments/"));
    let more = [("mail", "ada@example.org")];
    let forged = location(&eve.say_with(POST, "By Eve with Ada's mail.", &more).await);
    assert!(forged.starts_with("/comments/"), "a name and its mail are one: {forged}");
    // Without scripts everything is looked at.
    let plain = location(&ada.say_with(POST, "No scripts.", &[("work", "")]).await);
    let own = text(&ada.page(&plain).await);
    assert!(own.contains("piece of work"), "{own}");
    let twice = ada.say(POST, "The second.").await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);
    assert!(twice.text().await.expect("a page").contains("You have said this already"));
    assert_eq!(states(&site, "held").await.len(), 3);
}

async fn editor(site: &Site) -> String {
    let made = site.run_with(&["user", "add", "rose", "--role", "editor"], PASSWORD).await;
    assert!(made.status.success());
    session(&sign_in(site, "rose", PASSWORD).await)
}

/// An editor at the inbox.
struct Moderator<'a> {
    site: &'a Site,
    cookie: String,
}

impl<'a> Moderator<'a> {
    async fn of(site: &'a Site) -> Self {
        Self { site, cookie: editor(site).await }
    }

    /// What a page of the inbox says.
    async fn inbox(&self, path: &str) -> String {
        let response = self.site.request(Method::GET, path, &[("cookie", &self.cookie)]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(response.headers()["cache-control"], "private, no-store");
        text(&response.text().await.expect("a page"))
    }

    async fn decide(&self, form: &[(&str, &str)]) -> String {
        let headers = [("cookie", self.cookie.as_str()), ("sec-fetch-site", "same-origin")];
        location(&self.site.form("/admin/comments", &encoded(form), &headers).await)
    }
}

/// Says something by each of three people, and gives the numbers.
async fn three_wait(site: &Site) -> Vec<String> {
    let mut numbers = Vec::new();
    for (network, name) in (1..).zip(["Ada", "Eve", "Vera"]) {
        let sent = location(&Visitor::new(site, name, network).say(POST, &format!("By {name}: $x$")).await);
        numbers.push(number(&sent).to_owned());
    }
    numbers
}

async fn moderators_decide_about_many(engine: Engine) {
    let site = quick(engine).start().await;
    let rose = Moderator::of(&site).await;
    assert!(rose.inbox("/admin/comments").await.contains("There is nothing here"));
    let numbers = three_wait(&site).await;
    let page = rose.inbox("/admin/comments").await;
    for said in ["Held 3", "By Ada", "ada@example.org", "first of its name and mail"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!rose.inbox("/admin/comments?state=held&q=EVE%40").await.contains("By Ada"));
    let done = rose.decide(&[("do", "approve"), ("id", &numbers[0]), ("id", &numbers[1])]).await;
    assert!(rose.inbox(&done).await.contains("2 comments are shown now."));
    assert!(site.page(POST).await.contains("By Eve"));
    let undo = format!("held-{},held-{}", numbers[0], numbers[1]);
    assert!(done.ends_with(&format!("undo={undo}")), "{done}");
    rose.decide(&[("undo", &undo)]).await;
    assert!(!site.page(POST).await.contains("By Eve"));
}

async fn moderators_decide_about_one(engine: Engine) {
    let site = quick(engine).start().await;
    let rose = Moderator::of(&site).await;
    let numbers = three_wait(&site).await;
    rose.decide(&[("one", &format!("spam-{}", numbers[1]))]).await;
    assert!(rose.inbox("/admin/comments?state=spam").await.contains("By Eve"));
    rose.decide(&[("one", &format!("trust-{}", numbers[0]))]).await;
    let mut ada = Visitor::new(&site, "Ada", 9);
    let many = "www.a.example www.b.example www.c.example www.d.example";
    assert!(location(&ada.say_with(POST, many, &[("work", "")]).await).contains("#c-"), "she is trusted");
    let field = format!("reply-{}", numbers[2]);
    rose.decide(&[("one", &format!("reply-{}", numbers[2])), (&field, "An answer: $y$.")]).await;
    let page = site.page(POST).await;
    assert!(page.contains("By Vera") && page.contains("An answer"));
    let foreign = [("cookie", rose.cookie.as_str()), ("sec-fetch-site", "cross-site")];
    let forged = site.form("/admin/comments", "do=approve&id=1", &foreign).await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    let elsewhere = rose.decide(&[("do", "approve"), ("here", "//evil.example")]).await;
    assert!(elsewhere.starts_with("/admin/comments"), "{elsewhere}");
}

async fn only_editors_moderate(engine: Engine) {
    let site = quick(engine).start().await;
    assert_eq!(site.get("/admin/comments").await.headers()["location"], "/login?next=%2Fadmin%2Fcomments");
    assert_eq!(site.post("/admin/comments", "do=approve&id=1").await.status(), StatusCode::UNAUTHORIZED);
    site.run_with(&["user", "add", "ada", "--role", "author"], PASSWORD).await;
    let cookie = session(&sign_in(&site, "ada", PASSWORD).await);
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(site.request(Method::GET, "/admin/comments", &headers).await.status(), StatusCode::FORBIDDEN);
    let sent = site.form("/admin/comments", "do=approve&id=1", &headers).await;
    assert_eq!(sent.status(), StatusCode::FORBIDDEN);
}

async fn a_form_keeps_what_was_typed(engine: Engine) {
    let site = quick(engine).start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let wrong = [("name", "  "), ("mail", "ada"), ("site", "javascript:alert(1)"), ("follow", "on")];
    let again = ada.say_with(POST, "What I <typed>.", &wrong).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = again.text().await.expect("a page");
    for field in ["say-name", "say-mail", "say-site"] {
        let input = tags(&page, "input").into_iter().find(|tag| tag.contains(&format!("id=\"{field}\"")));
        let input = input.expect("a field");
        assert!(input.contains("aria-invalid=\"true\""), "{input}");
        let fault = attributes(input, "aria-describedby").remove(0);
        assert!(page.contains(&format!("id=\"{fault}\"")), "{fault}");
    }
    assert!(page.contains("What I &#60;typed&#62;.</textarea>"), "{page}");
    assert!(page.contains("javascript:alert(1)\"") && !page.contains("href=\"javascript"));
}

async fn texts_have_a_length(engine: Engine) {
    let site = quick(engine).start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let none = ada.say(POST, " \n ").await;
    assert_eq!(none.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let long = ada.say(POST, &"x".repeat(16 * 1024 + 1)).await;
    assert_eq!(long.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(long.text().await.expect("a page").contains("longer than 16 kB"));
    let huge = ada.say(POST, &"x".repeat(70_000)).await;
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let fits = ada.say(POST, &"x".repeat(16 * 1024)).await;
    assert_eq!(fits.status(), StatusCode::SEE_OTHER);
}

async fn a_preview_says_nothing(engine: Engine) {
    let site = quick(engine).start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let preview = ada.say_with(POST, "Let $a<b$.", &[("do", "preview"), ("name", "")]).await;
    assert_eq!(preview.status(), StatusCode::OK);
    let page = preview.text().await.expect("a page");
    assert!(page.contains("Let $a&#60;b$.</textarea>") && page.contains("class=\"math inline"), "{page}");
    assert!(states(&site, "held").await.is_empty());
    let parents = ada.say_with(POST, "To nothing.", &[("parent", "999999")]).await;
    assert_eq!(parents.status(), StatusCode::NOT_FOUND);
    assert_eq!(site.get("/posts/nothing/comments").await.status(), StatusCode::NOT_FOUND);
}

async fn nothing_a_visitor_says_becomes_markup(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").start().await;
    let script = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    for (field, value) in [
        ("name", script),
        ("mail", "\"><script>alert(1)</script>@example.org"),
        ("site", "https://a.example/\"><script>alert(1)</script>"),
        ("text", script),
        ("text", "[x](javascript:alert(1)) ![x](https://a.example/x.png) $\\href{javascript:alert(1)}{x}$"),
        ("parent", "\"><script>"),
        ("token", "\"><script>alert(1)</script>"),
    ] {
        let mut visitor = Visitor::new(&site, "Ada", 1);
        let answer = visitor.say_with(POST, "A text.", &[(field, value)]).await;
        let answer = answer.text().await.expect("a page");
        for page in [answer, site.page(POST).await, site.page("/feed/comments").await] {
            for hostile in ["<script>alert", "<img src=x", "href=\"javascript", "src=\"https://a.example"] {
                assert!(!page.contains(hostile), "{field} {value}: {hostile}");
            }
        }
    }
    let page = site.page(POST).await;
    assert!(page.contains("&#60;script&#62;alert(1)"), "the name is shown as it is");
    assert!(
        page.contains(
            "href=\"https://a.example/%22%3E%3Cscript%3Ealert(1)%3C/script%3E\" rel=\"nofollow ugc"
        )
    );
    let cookie = editor(&site).await;
    let inbox = site.request(Method::GET, "/admin/comments?state=visible", &[("cookie", &cookie)]).await;
    let inbox = inbox.text().await.expect("a page");
    assert!(!inbox.contains("<script>alert") && !inbox.contains("<img src=x"));
}

async fn bots_are_seen_by_nobody(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").set("COMMENTS__FASTEST", 60).start().await;
    let mut bot = Visitor::new(&site, "Bot", 1);
    // It fills every field.
    let trapped = location(&bot.say_with(POST, "Buy now.", &[("homepage", "https://b.example")]).await);
    assert!(text(&bot.page(&trapped).await).contains("waits for a moderator"), "it does not learn why");
    // It is quick, links much, does no work, uses the work of others, or knows no form.
    location(&bot.say(POST, "Quick.").await);
    for nothing in ["", "1.2", "99999999999.00", "x"] {
        let answer = bot.say_with(POST, "No form.", &[("token", nothing)]).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{nothing}");
    }
    assert!(!site.page(POST).await.contains("Quick."));
    let why = |found: Vec<Value>| {
        found.iter().map(|one| one["why"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(why(states(&site, "spam").await), ["trap"]);
    assert_eq!(why(states(&site, "held").await), ["fast"]);

    let site = quick(engine).set("COMMENTS__HOLD", "none").start().await;
    let mut bot = Visitor::new(&site, "Bot", 1);
    let links = "https://a.example ".repeat(4);
    location(&bot.say(POST, &links).await);
    location(&bot.say_with(POST, "Idle.", &[("work", "123")]).await);
    let token = token(&bot.page(&format!("{POST}/comments")).await);
    let found = work(&token, 8);
    let used = [("token", token.as_str()), ("work", found.as_str())];
    assert!(location(&bot.say_with(POST, "Worked.", &used).await).contains("#c-"));
    location(&bot.say_with(POST, "Worked again?", &used).await);
    assert_eq!(why(states(&site, "held").await), ["work", "work", "links"]);
}

async fn a_flood_is_bounded(engine: Engine) {
    let site = quick(engine)
        .set("COMMENTS__HOLD", "none")
        .set("COMMENTS__NETWORK", 5)
        .set("COMMENTS__SUBJECT", 12)
        .start()
        .await;
    let token = token(&site.page(&format!("{POST}/comments")).await);
    let flood = |network: u8, count: usize| {
        let (site, token) = (&site, &token);
        async move {
            let posts = (0..count).map(|n| async move {
                let mut bot = Visitor::new(site, "Bot", network);
                let body = format!("Buy {n} from {network}.");
                let fields = [("name", "Bot"), ("mail", "b@example.org"), ("text", &body), ("token", token)];
                bot.post(&format!("{POST}/comments"), &fields).await.status()
            });
            // As many at once as one machine keeps up with while others test beside it.
            stream::iter(posts).buffered(20).collect::<Vec<_>>().await
        }
    };
    // Buckets fill again while they are emptied: in ten minutes once.
    let began = std::time::Instant::now();
    let room =
        |size: u64| usize::try_from(size + 1 + size * began.elapsed().as_secs() / 600).expect("a count");
    let said =
        |answers: &[StatusCode]| answers.iter().filter(|status| **status == StatusCode::SEE_OTHER).count();
    let answers = flood(1, 60).await;
    assert!((5..=room(5)).contains(&said(&answers)), "{answers:?}");
    assert!(answers.iter().all(|status| matches!(status.as_u16(), 303 | 429)), "{answers:?}");
    for network in 2..6 {
        flood(network, 10).await;
    }
    let held = states(&site, "held").await.len();
    assert!((12..=room(12)).contains(&held), "one post takes no more, from wherever: {held}");
    // More than anybody types is not even looked at.
    let answers = flood(7, 620).await;
    assert!(answers.iter().all(|status| matches!(status.as_u16(), 303 | 429)), "{answers:?}");
    assert!(states(&site, "held").await.len() <= room(12));
    assert!(!site.page(POST).await.contains("Buy"));
    let mut late = Visitor::new(&site, "Ada", 8);
    for try_number in 0.. {
        let text = format!("What I typed {try_number}.");
        let answer = late.say(POST, &text).await;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            assert!(
                answer.text().await.expect("a page").contains(&format!("{text}</textarea>")),
                "nothing is lost"
            );
            break;
        }
        assert!(try_number < 20, "there is always room");
    }
}

async fn tokens_are_for_one_subject_and_one_session(engine: Engine) {
    let site = quick(engine).start().await;
    let other = token(&site.page("/posts/rotary-position/comments").await);
    let mut ada = Visitor::new(&site, "Ada", 1);
    let work = work(&other, 8);
    let answer = ada.say_with(POST, "Of another post.", &[("token", &other), ("work", &work)]).await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text().await.expect("a page").contains("Of another post.</textarea>"));
    // Where a browser does not say which site a form comes from, only tokens do; those of strangers are no good.
    let strange = token(&site.page(&format!("{POST}/comments")).await);
    let cookie = editor(&site).await;
    let fields = encoded(&[("text", "Forged."), ("token", &strange)]);
    let forged = site.form(&format!("{POST}/comments"), &fields, &[("cookie", &cookie)]).await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    let page = site.request(Method::GET, &format!("{POST}/comments"), &[("cookie", &cookie)]).await;
    let page = page.text().await.expect("a page");
    let (session, own) = (value(&page, "form_token"), token(&page));
    let fields = encoded(&[("form_token", &session), ("text", "Old."), ("token", &strange)]);
    let old = site.form(&format!("{POST}/comments"), &fields, &[("cookie", &cookie)]).await;
    assert_eq!(old.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let fields = encoded(&[("form_token", &session), ("text", "Mine."), ("token", &own)]);
    let said = site.form(&format!("{POST}/comments"), &fields, &[("cookie", &cookie)]).await;
    assert!(location(&said).contains("#c-"));
    assert!(text(&site.page(POST).await).contains("rose"), "who has signed in comments under their name");
    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(site.form(&format!("{POST}/comments"), &fields, &foreign).await.status(), 403);
}

async fn authors_change_what_they_said(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let mut eve = Visitor::new(&site, "Eve", 2);
    let sent = location(&ada.say(POST, "With a mistke.").await);
    let edit = format!("/comments/{}/edit", number(&sent));
    assert!(ada.page(POST).await.contains(&edit));
    assert!(!site.page(POST).await.contains(&edit));
    assert!(ada.page(&edit).await.contains("With a mistke.</textarea>"));
    eve.say(POST, "By Eve.").await;
    assert_eq!(eve.post(&edit, &[("text", "Forged.")]).await.status(), StatusCode::FORBIDDEN);
    let preview = ada.post(&edit, &[("text", "With $x$."), ("do", "preview")]).await;
    assert!(preview.text().await.expect("a page").contains("class=\"math inline"));
    let empty = ada.post(&edit, &[("text", " ")]).await;
    assert!(empty.text().await.expect("a page").contains("aria-invalid"));
    assert_eq!(
        location(&ada.post(&edit, &[("text", "Without a mistake.")]).await),
        format!("/comments/{}", number(&sent))
    );
    let page = text(&site.page(POST).await);
    assert!(page.contains("Without a mistake.") && page.contains("edited") && !page.contains("mistke"));
    // What was shown does not become an advertisement.
    ada.post(&edit, &[("text", &"https://a.example ".repeat(4))]).await;
    assert!(!site.page(POST).await.contains("https://a.example"));
}

async fn authors_take_back_what_they_said(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let mut eve = Visitor::new(&site, "Eve", 2);
    let sent = location(&ada.say(POST, "Taken back.").await);
    eve.say(POST, "By Eve.").await;
    let edit = format!("/comments/{}/edit", number(&sent));
    let withdraw = format!("/comments/{}/withdraw", number(&sent));
    assert_eq!(eve.post(&withdraw, &[]).await.status(), StatusCode::FORBIDDEN);
    assert!(location(&ada.post(&withdraw, &[]).await).starts_with(POST));
    assert!(!site.page(POST).await.contains("Taken back."));
    assert_eq!(ada.post(&edit, &[("text", "Back?")]).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(states(&site, "deleted").await[0]["why"], "withdrawn");
}

async fn time_to_change_ends(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").set("COMMENTS__EDITING", "1s").start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let sent = location(&ada.say(POST, "For good.").await);
    let edit = format!("/comments/{}/edit", number(&sent));
    let headers = |cookie: String| [("cookie".to_owned(), cookie)];
    let cookie = headers(ada.cookie.clone());
    let cookie = [(cookie[0].0.as_str(), cookie[0].1.as_str())];
    while site.request(Method::GET, &edit, &cookie).await.status() != StatusCode::FORBIDDEN {
        tokio::task::yield_now().await;
    }
    assert_eq!(ada.post(&edit, &[("text", "Changed.")]).await.status(), StatusCode::FORBIDDEN);
    assert!(!ada.page(POST).await.contains(&edit));
}

async fn equations_of_the_post_can_be_referred_to(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let body = r"By \eqref{eq:first} and \eqref{eq:nowhere}.";
    let preview = ada.say_with(POST, body, &[("do", "preview")]).await.text().await.expect("a page");
    assert!(preview.contains(&format!("href=\"{POST}#")), "it leads to the post: {preview}");
    let piece = ada.post("/comments/preview", &[("about", "post-1"), ("text", "Let $x$.")]).await;
    assert_eq!(piece.status(), 200);
    let piece = piece.text().await.expect("a piece");
    assert!(piece.starts_with("<p>Let <span class=\"math inline"), "{piece}");
    assert_eq!(ada.post("/comments/preview", &[("about", "post-999"), ("text", "x")]).await.status(), 404);
    assert_eq!(ada.post("/comments/preview", &[("about", "nonsense"), ("text", "x")]).await.status(), 404);
    let long = "x".repeat(16 * 1024 + 1);
    assert_eq!(ada.post("/comments/preview", &[("about", "post-1"), ("text", &long)]).await.status(), 413);
    ada.say(POST, body).await;
    let page = site.page(POST).await;
    assert!(page.contains("(??)"));
}

async fn discussions_come_in_pages(engine: Engine) {
    let site = quick(engine)
        .set("COMMENTS__HOLD", "none")
        .set("COMMENTS__THREADS", 3)
        .set("COMMENTS__NETWORK", 1000)
        .set("COMMENTS__SUBJECT", 1000)
        .start()
        .await;
    let post = "/posts/attention-cache";
    let mut ada = Visitor::new(&site, "Ada", 1);
    let mut numbers = Vec::new();
    for n in 0..7 {
        let sent = location(&ada.say(post, &format!("Comment {n}.")).await);
        numbers.push(number(&sent).to_owned());
    }
    let reply = [("parent", numbers[0].as_str())];
    let reply = location(&ada.say_with(post, "A reply.", &reply).await);
    assert!(reply.starts_with(&format!("{post}?sent=")), "a reply is on the page of its thread: {reply}");
    let first = site.page(post).await;
    assert!(
        text(&first).contains("8 comments") && first.contains("Comment 2.") && first.contains("A reply.")
    );
    assert!(!first.contains("Comment 3."));
    assert!(first.contains(&format!("{post}/comment-page-2#comments")));
    let last = site.page(&format!("{post}/comment-page-3")).await;
    assert!(
        text(&last).contains("8 comments") && last.contains("Comment 6.") && !last.contains("Comment 5.")
    );
    let beyond = site.get(&format!("{post}/comment-page-4")).await;
    assert_eq!(beyond.status(), 308);
    assert_eq!(beyond.headers()["location"], format!("{post}#comments"));
    assert_eq!(site.get(&format!("{post}/comment-page-0")).await.status(), 404);
    let permalink = location(&site.get(&format!("/comments/{}", numbers[6])).await);
    assert_eq!(permalink, format!("{post}/comment-page-3#c-{}", numbers[6]));
    let answering = site.page(&format!("{post}?reply={}", numbers[4])).await;
    assert!(
        answering.contains("Comment 4.")
            && answering.contains(&format!("name=\"parent\" value=\"{}\"", numbers[4]))
    );
}

async fn replies_stand_below_what_is_gone(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").set("COMMENTS__NETWORK", 100).start().await;
    let post = "/posts/attention-cache";
    let mut ada = Visitor::new(&site, "Ada", 1);
    let mut parent = String::new();
    for depth in 0..30 {
        let more = [("parent", parent.as_str())];
        let sent = location(&ada.say_with(post, &format!("Depth {depth}."), &more).await);
        parent = number(&sent).to_owned();
    }
    let page = site.page(post).await;
    assert!((0..30).all(|depth| page.contains(&format!("Depth {depth}."))));
    let all = states(&site, "visible").await;
    let of = |body: &str| all.iter().find(|one| one["body"] == body).expect("a comment")["id"].to_string();
    run(&site, &["comment", "delete", &of("Depth 3."), &of("Depth 29.")]).await;
    let page = site.page(post).await;
    assert!(page.contains("This comment is not here any more.") && page.contains("Depth 4."));
    assert!(page.contains("28 comments"), "{}", text(&page));
    assert_eq!(page.matches("This comment is not here any more.").count(), 1);
}

async fn papers_are_discussed_too(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let sent = location(&ada.say("/papers/1", "On a paper: $x_1$.").await);
    let page = sent.split(['?', '#']).next().expect("an address");
    assert!(page.starts_with("/arxiv/") || page.starts_with("/venue/"), "{page}");
    assert!(site.page(page).await.contains("On a paper"));
    assert!(site.page("/papers/1/comment-page-1").await.contains("On a paper"));
    let feed = site.page("/papers/1/feed").await;
    assert!(feed.contains("On a paper") && feed.contains("math"), "{feed}");
    assert!(feed.contains("/papers/1/feed"));
}

async fn threads_have_feeds(engine: Engine) {
    let site = quick(engine).start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let sent = location(&ada.say(POST, r"New: $a<b$ by \eqref{eq:first}.").await);
    for feed in [format!("{POST}/feed"), "/feed/comments".to_owned()] {
        for below in ["", "/rss", "/json"] {
            assert!(!site.page(&format!("{feed}{below}")).await.contains("New:"), "it is held");
        }
    }
    run(&site, &["comment", "approve", number(&sent)]).await;
    for feed in [format!("{POST}/feed"), "/feed/comments".to_owned()] {
        for below in ["", "/atom", "/rss", "/json"] {
            let text = site.page(&format!("{feed}{below}")).await;
            assert!(text.contains("New:") && text.contains("math"), "{feed}{below}: {text}");
            let parsed = feed_rs::parser::parse(text.as_bytes()).expect("valid");
            let entry = &parsed.entries[0];
            assert!(entry.links[0].href.ends_with(&format!("/comments/{}", number(&sent))), "{entry:?}");
        }
    }
    run(&site, &["comment", "spam", number(&sent)]).await;
    assert!(!site.page("/feed/comments").await.contains("New:"));
    assert_eq!(site.get("/posts/nothing/feed").await.status(), 404);
}

async fn commands_moderate(engine: Engine) {
    let site = quick(engine).start().await;
    let mut numbers = Vec::new();
    for (n, body) in ["One.", "Two.", "Three."].into_iter().enumerate() {
        let sent = location(&Visitor::new(&site, "Ada", n as u8).say(POST, body).await);
        numbers.push(number(&sent).to_owned());
    }
    let shown = json(&site, &["comment", "show", &numbers[0]]).await;
    assert_eq!(
        (&shown["state"], &shown["why"], &shown["mail"]),
        (&"held".into(), &"first".into(), &"ada@example.org".into())
    );
    run(&site, &["comment", "approve", &numbers[0], &numbers[1], "--trust"]).await;
    assert!(site.page(POST).await.contains("Two."));
    run(&site, &["comment", "hold", &numbers[1]]).await;
    assert!(!site.page(POST).await.contains("Two."));
    let missing = site.run(&["comment", "approve", "999999"]).await;
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("there is no comment 999999"));
    let whole = site.run(&["comment", "remove-all-of"]).await;
    assert_eq!(whole.status.code(), Some(2));
    run(&site, &["comment", "remove-all-of", "--mail", "Ada@example.org"]).await;
    assert!(!site.page(POST).await.contains("One."));
    assert_eq!(states(&site, "deleted").await.len(), 3);
    run(&site, &["comment", "letters"]).await;
}

/// A site with a mail server.
async fn with_mail(engine: Engine, smtp: &Smtp) -> Run {
    quick(engine)
        .set("COMMENTS__HOLD", "none")
        .set("MAIL__SERVER", "127.0.0.1")
        .set("MAIL__PORT", smtp.address.port())
        .set("MAIL__SECURITY", "off")
        .set("MAIL__FROM", "Inkstone <blog@example.org>")
}

/// The path of the page of a wish.
fn wish(mail: &Mail) -> String {
    let stop = mail.header("List-Unsubscribe").expect("a way to stop");
    let stop = stop.trim_start_matches('<').trim_end_matches('>').trim_end_matches("/stop");
    format!("/{}", stop.split_once("://").and_then(|(_, rest)| rest.split_once('/')).expect("an address").1)
}

/// Ada follows what she said on a site, and has confirmed it: its number, and the letter that asked her.
async fn followed(site: &Site, smtp: &mut Smtp) -> (String, Mail) {
    let mut ada = Visitor::new(site, "Ada", 1);
    let sent = location(&ada.say_with(POST, "Let $x$ be.", &[("follow", "on")]).await);
    let asked = smtp.next().await;
    assert_eq!(asked.to, ["ada@example.org"]);
    let confirmed = site.post(&format!("{}/confirm", wish(&asked)), "").await;
    assert!(confirmed.text().await.expect("a page").contains("You get a mail when somebody replies"));
    (number(&sent).to_owned(), asked)
}

async fn mail_is_sent_to_who_said_so_twice(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp).await.start().await;
    let mut ada = Visitor::new(&site, "Ada", 1);
    let mut eve = Visitor::new(&site, "Eve", 2);
    let follow = [("follow", "on")];
    let sent = location(&ada.say_with(POST, "Let $x$ be.", &follow).await);
    let asked = smtp.next().await;
    let reply_to = [("parent", number(&sent))];
    eve.say_with(POST, "Before she confirmed.", &reply_to).await;
    let wish = wish(&asked);
    let here = format!("confirm it here:\n{}{wish}\n", site.address);
    assert!(asked.body().contains(&here), "{}", asked.body());
    let page = site.page(&wish).await;
    assert!(page.contains("Nothing is sent before you confirm"), "looking confirms nothing");
    assert!(site.page(&wish).await.contains("/confirm"));
    // What is told in order has been told when the next is.
    eve.say_with(POST, "Mine.", &follow).await;
    assert_eq!(smtp.next().await.to, ["eve@example.org"]);
    assert!(smtp.is_empty());
    assert!(site.get("/subscriptions/guessed").await.status().is_success(), "what is not there is stopped");
}

async fn letters_hold_what_was_said_and_nothing_else(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp).await.start().await;
    let (followed, asked) = followed(&site, &mut smtp).await;
    let mut hostile = Visitor::new(&site, "Eve\r\nBcc: mallory@example.org", 3);
    let body = "I reply with $\\frac{a}{b}$ and 旋转.\r\n.\r\nQUIT";
    hostile.say_with(POST, body, &[("parent", &followed), ("mail", "eve@example.org")]).await;
    let told = smtp.next().await;
    assert_eq!(told.to, ["ada@example.org"]);
    assert!(told.body().contains("> I reply with $\\frac{a}{b}$ and 旋转.\n> .\n> QUIT"), "{}", told.body());
    assert!(!told.headers().iter().any(|name| name.eq_ignore_ascii_case("bcc")), "{}", told.raw);
    let subject = told.header("Subject").expect("a subject");
    assert!(subject.starts_with("Eve Bcc: mallory@example.org replied on"), "{}", told.raw);
    assert_ne!(told.header("Message-ID"), asked.header("Message-ID"));
}

async fn mail_ends_with_one_press(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp).await.start().await;
    let (followed, asked) = followed(&site, &mut smtp).await;
    let mut eve = Visitor::new(&site, "Eve", 2);
    eve.say_with(POST, "A reply.", &[("parent", &followed)]).await;
    let told = smtp.next().await;
    assert_eq!(told.header("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
    // Programs for mail stop it without cookies, without a page, and without saying where they are from (RFC 8058).
    let wish = wish(&asked);
    let stopped = site.form(&format!("{wish}/stop"), "List-Unsubscribe=One-Click", &[]).await;
    assert_eq!(stopped.status(), 200);
    assert!(site.page(&wish).await.contains("No mail of these replies is sent"));
    eve.say_with(POST, "After she stopped.", &[("parent", &followed)]).await;
    eve.say_with(POST, "Mine.", &[("follow", "on")]).await;
    assert_eq!(smtp.next().await.to, ["eve@example.org"]);
    assert!(smtp.is_empty());
}

async fn mail_that_is_refused_is_tried_again_or_given_up(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp).await.start().await;
    smtp.refuse("550 no such user");
    Visitor::new(&site, "Ada", 1).say_with(POST, "One.", &[("follow", "on")]).await;
    assert_eq!(smtp.next().await.answer, "550 no such user");
    smtp.refuse("451 later");
    Visitor::new(&site, "Eve", 2).say_with(POST, "Two.", &[("follow", "on")]).await;
    assert_eq!(smtp.next().await.answer, "451 later");
    let letters =
        async |site: &Site| String::from_utf8(site.run(&["comment", "letters"]).await.stdout).expect("text");
    // The answer has been given, but perhaps not been written down.
    let said = loop {
        let said = letters(&site).await;
        if said.contains("given up") && said.contains("again at") {
            break said;
        }
    };
    assert!(said.contains("1 letters wait") && said.contains("no such user"), "{said}");
    assert!(site.log().contains("a letter was not sent"));
    // What waits is sent after a restart, and nothing else.
    let site = site.kill().await.start().await;
    assert!(letters(&site).await.contains("1 letters wait"));
    Visitor::new(&site, "Vera", 3).say_with(POST, "Three.", &[("follow", "on")]).await;
    assert_eq!(smtp.next().await.to, ["vera@example.org"]);
}

async fn moderators_are_told(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp)
        .await
        .set("COMMENTS__HOLD", "all")
        .set("MAIL__MODERATORS__0", "rose@example.org");
    let site = site.start().await;
    let sent =
        location(&Visitor::new(&site, "Ada", 1).say_with(POST, "Wait: $x$.", &[("follow", "on")]).await);
    let told = smtp.next().await;
    assert_eq!(told.to, ["rose@example.org"]);
    assert!(
        told.body().contains("> Wait: $x$.") && told.body().contains("/admin/comments"),
        "{}",
        told.body()
    );
    run(&site, &["comment", "approve", number(&sent)]).await;
    let asked = smtp.next().await;
    assert_eq!(asked.to, ["ada@example.org"], "who waits is asked to confirm only when they are shown");
}

async fn what_is_said_is_for_who_may_read_the_post(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp).await.start().await;
    let rose = Moderator::of(&site).await;
    for (path, key, name) in behind_doors(&site).await {
        let mut reader = Visitor { key, ..Visitor::new(&site, "Vera", 1) };
        let said = r"Behind the door: zyzzyva \eqref{a}.";
        let sent = location(&reader.say_with(path, said, &[("follow", "on")]).await);
        assert!(sent.starts_with(path) && sent.contains("#c-"), "{sent}");
        it_is_there_for(&reader, path, name, number(&sent)).await;
        assert!(rose.inbox("/admin/comments?state=visible&q=zyzzyva").await.contains("Behind the door"));
        nothing_is_seen_by_others(&site, path, name, number(&sent)).await;
        nothing_is_said_by_others(&site, &mut reader, path, number(&sent)).await;
    }
    // Once the index and the letters know of what came later, they know of what came before.
    let mut eve = Visitor::new(&site, "Eve", 2);
    eve.say_with(POST, "For everybody: quagga.", &[("follow", "on")]).await;
    assert_eq!(smtp.next().await.to, ["eve@example.org"]);
    assert!(smtp.is_empty());
    let indexed = async { while !site.page("/search?query=quagga").await.contains("For everybody") {} };
    tokio::time::timeout(std::time::Duration::from_secs(60), indexed).await.expect("it is found");
    let everywhere =
        ["/search?query=zyzzyva", "/search/instant?query=zyzzyva", "/", "/feed/comments", "/feed"];
    for hidden in everywhere {
        assert!(!site.page(hidden).await.contains("Behind the door"), "{hidden}");
    }
}

/// Where a private and a protected post are, what opens each, and by which name one speaks there.
async fn behind_doors(site: &Site) -> [(&'static str, String, &'static str); 2] {
    let ada = Writer::new(site, "ada", "author").await;
    run(site, &["user", "shown", "ada", "Ada Lovelace"]).await;
    let body = r"\begin{equation}1\label{a}\end{equation}";
    ada.publish(&with(&post("Mine", body), "visibility", "private")).await;
    let locked = with(&post("Locked", body), "visibility", "protected");
    ada.publish(&with(&locked, "password", "open sesame")).await;
    let opened = site.post("/posts/locked/unlock", "password=open+sesame").await;
    let opened = opened.headers()["set-cookie"].to_str().expect("ASCII");
    let opened = opened.split(';').next().expect("a pair").to_owned();
    [("/posts/mine", ada.cookie.clone(), "Ada Lovelace"), ("/posts/locked", opened, "Vera")]
}

async fn it_is_there_for(reader: &Visitor<'_>, path: &str, name: &str, number: &str) {
    let page = reader.page(path).await;
    assert!(page.contains("zyzzyva") && page.contains("#eqn:a\">(1)</a>"), "{page}");
    assert!(text(&page).contains(name), "{page}");
    assert!(!page.contains("name=\"follow\""), "no mail leaves what is not for everybody");
    assert_eq!(location(&reader.get(&format!("/comments/{number}")).await), format!("{path}#c-{number}"));
    let feed = reader.get(&format!("{path}/feed/json")).await;
    assert_eq!(feed.headers()["cache-control"], "private, no-store");
    assert!(feed.text().await.expect("a feed").contains("zyzzyva"));
}

async fn nothing_is_seen_by_others(site: &Site, path: &str, name: &str, number: &str) {
    let eve = Visitor::new(site, "Eve", 2);
    let own = [format!("/comments/{number}"), format!("/comments/{number}/edit")];
    let below = ["comments", "feed", "feed/rss", "feed/json"].map(|below| format!("{path}/{below}"));
    for hidden in own.iter().chain(&below) {
        assert_eq!(eve.get(hidden).await.status(), 404, "{hidden}");
    }
    for hidden in [path.to_owned(), format!("{path}/comment-page-1")] {
        let answer = eve.get(&hidden).await.text().await.expect("a page");
        assert!(!answer.contains("zyzzyva") && !answer.contains(name), "{hidden}");
    }
    for list in ["/", "/posts"] {
        assert!(!eve.page(list).await.contains(&format!("{path}#comments")), "{list} tells how much is said");
    }
    let elsewhere = eve.page(&format!("{POST}/comments?reply={number}")).await;
    assert!(!elsewhere.contains(name), "who is replied to elsewhere is told to nobody");
}

async fn nothing_is_said_by_others(site: &Site, reader: &mut Visitor<'_>, path: &str, number: &str) {
    let mut eve = Visitor::new(site, "Eve", 2);
    let form = reader.page(&format!("{path}/comments")).await;
    let stolen = [("name", "Eve"), ("mail", "eve@example.org"), ("text", "In."), ("token", &token(&form))];
    assert_eq!(eve.post(&format!("{path}/comments"), &stolen).await.status(), 404);
    let about = attributes(&form, "data-about").remove(0);
    let preview = [("about", about.as_str()), ("text", r"\eqref{a}")];
    assert_eq!(eve.post("/comments/preview", &preview).await.status(), 404);
    assert_eq!(reader.post("/comments/preview", &preview).await.status(), 200);
    assert_eq!(eve.say_with(POST, "Below it.", &[("parent", number)]).await.status(), 404);
}

async fn nobody_is_told_of_what_they_may_not_read_any_more(engine: Engine) {
    let mut smtp = Smtp::start().await;
    let site = with_mail(engine, &smtp).await.start().await;
    let (followed, _) = followed(&site, &mut smtp).await;
    run(&site, &["post", "unpublish", "lora-first-step"]).await;
    let mut rose = Visitor { key: editor(&site).await, ..Visitor::new(&site, "rose", 3) };
    location(&rose.say_with(POST, "Between us.", &[("parent", &followed)]).await);
    let mut eve = Visitor::new(&site, "Eve", 2);
    location(&eve.say_with("/papers/1", "Elsewhere.", &[("follow", "on")]).await);
    assert_eq!(smtp.next().await.to, ["eve@example.org"]);
    assert!(smtp.is_empty());
}

async fn pages_that_stand_on_their_own_are_discussed(engine: Engine) {
    let site = quick(engine).set("COMMENTS__HOLD", "none").set("COMMENTS__THREADS", 1).start().await;
    let ada = Writer::new(&site, "ada", "author").await;
    ada.publish(&with(&post("Apart", "On its own."), "kind", "page")).await;
    let mut vera = Visitor::new(&site, "Vera", 1);
    for text in ["The first.", "The second."] {
        location(&vera.say("/pages/apart", text).await);
    }
    assert!(site.page("/pages/apart").await.contains("The first."));
    assert!(site.page("/pages/apart/comment-page-2").await.contains("The second."));
    assert!(site.page("/pages/apart/feed").await.contains("The second."));
}

async fn limits_are_changed_while_the_site_runs(engine: Engine) {
    let site = quick(engine).start().await;
    let rose = site.run_with(&["user", "add", "rose", "--role", "administrator"], PASSWORD).await;
    assert!(rose.status.success());
    let cookie = session(&sign_in(&site, "rose", PASSWORD).await);
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    location(&site.form("/admin/settings", "key=comments.network&value=1", &headers).await);
    let mut ada = Visitor::new(&site, "Ada", 1);
    assert_eq!(ada.say(POST, "One.").await.status(), StatusCode::SEE_OTHER);
    assert_eq!(ada.say(POST, "Two.").await.status(), StatusCode::TOO_MANY_REQUESTS);
}
