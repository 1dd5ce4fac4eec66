//! Administration from outside: who may see what, and what is done there.

use reqwest::{Method, Response};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tests::{End, Ended, Engine, KEY, Model, Run, Site, html::text};

use crate::{
    accounts::{PASSWORD, session, sign_in},
    writing::{self, Writer},
};

on_each_engine!(
    the_last_administrator_stays,
    users_are_changed_and_removed,
    a_blocked_user_is_out_at_once,
    links_make_an_account_of_a_role_once,
    links_choose_a_password_once,
    sessions_are_seen_and_ended,
    settings_are_changed_while_the_site_runs,
    settings_are_checked_and_the_environment_has_the_last_word,
    commands_change_settings_of_a_running_server,
    terms_are_renamed_and_moved,
    terms_are_merged_and_put_in_levels,
    what_was_done_is_written_down,
    no_secret_is_shown,
    signing_in_goes_on_where_one_wanted_to_go,
    an_administrator_looks_after_the_site,
);

pub(crate) async fn add_as(site: &Site, name: &str, role: &str) {
    let added = site.run_with(&["user", "add", name, "--role", role], PASSWORD).await;
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
}

/// A session of somebody of that role, who is called by it.
pub(crate) async fn signed_in_as(site: &Site, role: &str) -> String {
    add_as(site, role, role).await;
    session(&sign_in(site, role, PASSWORD).await)
}

async fn get(site: &Site, session: &str, path: &str) -> Response {
    site.request(Method::GET, path, &[("cookie", session)]).await
}

async fn page(site: &Site, session: &str, path: &str) -> String {
    let response = get(site, session, path).await;
    assert_eq!(response.status(), 200, "{path}");
    assert_eq!(response.headers()["cache-control"], "private, no-store", "{path}");
    response.text().await.expect("a page")
}

async fn post(site: &Site, session: &str, path: &str, form: &str) -> Response {
    site.form(path, form, &[("cookie", session), ("sec-fetch-site", "same-origin")]).await
}

/// Where the page after a form is.
async fn led(site: &Site, session: &str, path: &str, form: &str) -> String {
    let response = post(site, session, path, form).await;
    let status = response.status();
    let to = response.headers().get("location").map(|to| to.to_str().expect("an address").to_owned());
    to.unwrap_or_else(|| panic!("{path} {form}: {status}"))
}

/// Asks again until it is so.
async fn eventually(is_so: impl AsyncFn() -> bool) {
    let so = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), so).await.expect("it becomes so");
}

async fn the_last_administrator_stays(engine: Engine) {
    let site = Run::on(engine).start().await;
    let admin = signed_in_as(&site, "administrator").await;
    let one = "/admin/users/administrator";
    for (path, form) in
        [("role", "role=editor"), ("blocked", "blocked=true"), ("remove", "typed=administrator")]
    {
        let to = led(&site, &admin, &format!("{one}/{path}"), form).await;
        assert!([format!("{one}?fault=last"), format!("{one}?fault=own")].contains(&to), "{path}: {to}");
    }
    for command in
        [&["role", "administrator", "reader"][..], &["block", "administrator"], &["remove", "administrator"]]
    {
        let done = site.run(&[&["user"], command].concat()).await;
        let why = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(!done.status.success() && why.contains("the last administrator"), "{command:?}: {why}");
    }
}

async fn users_are_changed_and_removed(engine: Engine) {
    let site = Run::on(engine).start().await;
    let admin = signed_in_as(&site, "administrator").await;
    add_as(&site, "grace", "author").await;
    let (one, grace) = ("/admin/users/administrator", "/admin/users/grace");
    for (path, form) in [("role", "role=administrator"), ("shown", "shown=Grace+Hopper")] {
        assert_eq!(led(&site, &admin, &format!("{grace}/{path}"), form).await, format!("{grace}?done=1"));
    }
    let list = text(&page(&site, &admin, "/admin/users").await);
    assert!(list.contains("grace") && list.contains("Grace Hopper"), "{list}");
    // Now there are two, and each may leave.
    assert_eq!(led(&site, &admin, &format!("{one}/role"), "role=editor").await, format!("{one}?done=1"));
    assert_eq!(get(&site, &admin, "/admin/users").await.status(), 403, "the role counts at once");
    assert_eq!(post(&site, &admin, &format!("{one}/role"), "role=administrator").await.status(), 403);
    let other = session(&sign_in(&site, "grace", PASSWORD).await);
    let remove = async |typed| led(&site, &other, &format!("{one}/remove"), typed).await;
    assert_eq!(remove("typed=somebody").await, format!("{one}?fault=typed"));
    assert_eq!(remove("typed=administrator").await, "/admin/users?done=1");
    assert_eq!(get(&site, &other, one).await.status(), 404);
    assert_eq!(get(&site, &admin, "/account").await.status(), 303, "sessions go with the account");
}

async fn a_blocked_user_is_out_at_once(engine: Engine) {
    let site = Run::on(engine).start().await;
    let (admin, editor) = (signed_in_as(&site, "administrator").await, signed_in_as(&site, "editor").await);
    assert_eq!(get(&site, &editor, "/admin/terms").await.status(), 200);
    led(&site, &admin, "/admin/users/editor/blocked", "blocked=true").await;
    assert_eq!(get(&site, &editor, "/admin/terms").await.status(), 303);
    assert_eq!(sign_in(&site, "editor", PASSWORD).await.status(), 200, "as a wrong password");
    led(&site, &admin, "/admin/users/editor/blocked", "blocked=false").await;
    assert_eq!(get(&site, &editor, "/admin/terms").await.status(), 303, "a session that ended is no session");
    assert_eq!(sign_in(&site, "editor", PASSWORD).await.status(), 303);
}

/// The code of a link in a page.
fn code_in(page: &str) -> String {
    page.split_once("/join?code=").expect("a link").1[..64].to_owned()
}

/// Makes an account by a code.
async fn join(site: &Site, code: &str, name: &str) -> Response {
    let password = PASSWORD.replace(' ', "+");
    site.post("/join", &format!("code={code}&name={name}&password={password}")).await
}

async fn links_make_an_account_of_a_role_once(engine: Engine) {
    let site = Run::on(engine).start().await;
    assert!(site.log().contains("nobody administers this site yet"));
    let invited = site.run(&["user", "invite", "--role", "administrator"]).await;
    let code = code_in(&String::from_utf8(invited.stdout).expect("an address"));
    let admin = session(&join(&site, &code, "ada").await);
    assert_eq!(get(&site, &admin, "/admin").await.status(), 200);
    assert_eq!(join(&site, &code, "eve").await.status(), 403);

    let invited = post(&site, &admin, "/admin/users/invite", "role=author").await.text().await;
    let author = session(&join(&site, &code_in(&invited.expect("a page")), "bob").await);
    assert_eq!(get(&site, &author, "/admin/terms").await.status(), 403);
    assert!(text(&page(&site, &author, "/account").await).contains("Write"));
}

async fn links_choose_a_password_once(engine: Engine) {
    let site = Run::on(engine).set("ACCOUNTS__REGISTRATION", "off").start().await;
    let (admin, author) = (signed_in_as(&site, "administrator").await, signed_in_as(&site, "author").await);
    let reset = post(&site, &admin, "/admin/users/author/password", "").await.text().await.expect("a page");
    let code = code_in(&reset);
    assert_eq!(sign_in(&site, "author", PASSWORD).await.status(), 303, "the old one is good until then");
    let form = text(&site.page(&format!("/join?code={code}")).await);
    assert!(form.contains("author") && form.contains("Choose a new password"), "{form}");
    let chosen = site.post("/join", &format!("code={code}&password=another+good+password")).await;
    assert_eq!(chosen.status(), 303);
    assert_eq!(get(&site, &author, "/account").await.status(), 303, "other sessions have ended");
    assert_eq!(sign_in(&site, "author", PASSWORD).await.status(), 200);
    assert_eq!(sign_in(&site, "author", "another good password").await.status(), 303);
    assert_eq!(site.get(&format!("/join?code={code}")).await.status(), 403, "once");
}

async fn sessions_are_seen_and_ended(engine: Engine) {
    let site = Run::on(engine).start().await;
    let admin = signed_in_as(&site, "administrator").await;
    let agent = [("user-agent", "Lynx/2.9"), ("sec-fetch-site", "same-origin")];
    let form = format!("name=administrator&password={}", PASSWORD.replace(' ', "+"));
    let other = session(&site.form("/login", &form, &agent).await);
    let account = page(&site, &admin, "/account").await;
    assert!(account.contains("Lynx/2.9") && account.contains("last seen"), "{account}");
    let number =
        account.split_once("/account/sessions/").expect("a form").1.split_once('"').expect("its end").0;
    let ended = post(&site, &admin, &format!("/account/sessions/{number}"), "").await;
    assert_eq!(ended.status(), 200);
    assert_eq!(get(&site, &other, "/account").await.status(), 303);
    assert_eq!(get(&site, &admin, "/account").await.status(), 200);
    // Those of somebody else are not one's own to end.
    let editor = signed_in_as(&site, "editor").await;
    let theirs = page(&site, &admin, "/admin/users/editor").await;
    let number = theirs.split_once("/sessions/").expect("a form").1.split_once('"').expect("its end").0;
    post(&site, &admin, &format!("/account/sessions/{number}"), "").await;
    assert_eq!(get(&site, &editor, "/account").await.status(), 200);
    led(&site, &admin, &format!("/admin/users/editor/sessions/{number}"), "").await;
    assert_eq!(get(&site, &editor, "/account").await.status(), 303);
}

/// What the home page is called.
async fn title(site: &Site) -> String {
    let home = site.page("/").await;
    home.split_once("<title>").expect("a title").1.split_once("</title>").expect("its end").0.to_owned()
}

async fn settings_are_changed_while_the_site_runs(engine: Engine) {
    let site = Run::on(engine).start().await;
    let admin = signed_in_as(&site, "administrator").await;
    assert_eq!(title(&site).await, "Inkstone");
    let to = led(&site, &admin, "/admin/settings", "key=site.title&value=Notes+%26+more").await;
    assert_eq!(to, "/admin/settings?done=1");
    assert_eq!(title(&site).await, "Notes &#38; more", "at once, also where a page was kept");
    led(&site, &admin, "/admin/settings", "key=site.menu&value=%2Fposts%2Fabout+About%0D%0A").await;
    assert!(site.page("/").await.contains("<a href=\"/posts/about\">About</a>"));

    let site = site.stop().await.start().await;
    assert_eq!(title(&site).await, "Notes &#38; more", "after a restart");
    let checked = String::from_utf8(site.run(&["config", "check"]).await.stdout).expect("settings");
    let line = checked.lines().find(|line| line.starts_with("site.title")).expect("a line");
    assert!(line.ends_with("# browser"), "{line}");
    led(&site, &admin, "/admin/settings/unset", "key=site.title").await;
    assert_eq!(title(&site).await, "Inkstone");
}

async fn settings_are_checked_and_the_environment_has_the_last_word(engine: Engine) {
    let site = Run::on(engine).set("SITE__TAGLINE", "From the environment").start().await;
    let admin = signed_in_as(&site, "administrator").await;
    let wrong = post(&site, &admin, "/admin/settings", "key=accounts.registration&value=perhaps").await;
    let wrong = text(&wrong.text().await.expect("a page"));
    let why = "`accounts.registration` in browser: \"perhaps\" is not one of off, invitation, open";
    assert!(wrong.contains(why), "{wrong}");
    let refused = post(&site, &admin, "/admin/settings", "key=data&value=%2Ftmp").await;
    assert_eq!(refused.status(), 400, "not every setting can be changed");
    led(&site, &admin, "/admin/settings", "key=site.tagline&value=From+the+browser").await;
    let shown = text(&page(&site, &admin, "/admin/settings").await);
    assert!(shown.contains("Fixed by INKSTONE_SITE__TAGLINE"), "{shown}");
}

async fn commands_change_settings_of_a_running_server(engine: Engine) {
    let site = Run::on(engine).start().await;
    assert!(site.run(&["config", "set", "site.title", "By command"]).await.status.success());
    eventually(async || title(&site).await == "By command").await;
    for (key, value) in [("site.title.x", "y"), ("accounts.registration", "x"), ("data", "/tmp")] {
        assert_eq!(site.run(&["config", "set", key, value]).await.status.code(), Some(2), "{key}");
    }
    assert!(site.run(&["config", "unset", "site.title"]).await.status.success());
    eventually(async || title(&site).await == "Inkstone").await;
}

/// The terms of a kind as the command lists them.
async fn terms(site: &Site, kind: &str) -> Vec<Value> {
    let listed = site.run(&["term", "list", kind, "--json"]).await;
    serde_json::from_slice(&listed.stdout).expect("JSON")
}

fn term(terms: &[Value], name: &str) -> Option<Value> {
    terms.iter().find(|term| term["name"] == name).cloned()
}

fn word(term: &Value, key: &str) -> String {
    term[key].as_str().expect("a text").to_owned()
}

async fn terms_are_renamed_and_moved(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let editor = signed_in_as(&site, "editor").await;
    let tags = terms(&site, "tag").await;
    let address = format!("/admin/terms/tag/{}", word(&tags[0], "slug"));
    let to = led(&site, &editor, &format!("{address}/rename"), "name=Renamed").await;
    assert!(to.ends_with("?done=1"), "{to}");
    let now = terms(&site, "tag").await;
    assert_eq!(term(&now, "Renamed").expect("renamed")["posts"], tags[0]["posts"], "posts follow");
    assert!(term(&now, &word(&tags[0], "name")).is_none());
    let moved = "/admin/terms/tag/moved-away";
    assert_eq!(
        led(&site, &editor, &format!("{address}/address"), "slug=moved-away").await,
        format!("{moved}?done=1")
    );
    let taken = format!("slug={}", word(&tags[1], "slug"));
    for (form, fault) in [("slug=Not+a+slug", "slug"), (taken.as_str(), "taken")] {
        let to = led(&site, &editor, &format!("{moved}/address"), form).await;
        assert_eq!(to, format!("{moved}?fault={fault}"));
    }
    assert_eq!(get(&site, &editor, &address).await.status(), 404);
}

async fn terms_are_merged_and_put_in_levels(engine: Engine) {
    let site = Run::on(engine).with_sample().start().await;
    let editor = signed_in_as(&site, "editor").await;
    let tags = terms(&site, "tag").await;
    let merge = format!("/admin/terms/tag/{}/merge", word(&tags[1], "slug"));
    let into = format!("into={}", word(&tags[0], "name").replace(' ', "+"));
    assert_eq!(led(&site, &editor, &merge, &into).await, "/admin/terms?kind=tag&done=1");
    let merged = terms(&site, "tag").await;
    assert_eq!(merged.len(), tags.len() - 1);
    let posts = |term: &Value| term["posts"].as_u64().expect("a number");
    let sum = posts(&term(&merged, &word(&tags[0], "name")).expect("it stays"));
    assert!((posts(&tags[0])..=posts(&tags[0]) + posts(&tags[1])).contains(&sum), "each post once");

    let lower = ["term", "describe", "category", "Lower", "Limits.", "--parent", "Upper"];
    for command in [&["term", "add", "category", "Upper"][..], &["term", "add", "category", "Lower"], &lower]
    {
        assert!(site.run(command).await.status.success(), "{command:?}");
    }
    let to = led(&site, &editor, "/admin/terms/category/upper/describe", "parent=Lower").await;
    assert_eq!(to, "/admin/terms/category/upper?fault=circle");
    assert!(text(&page(&site, &editor, "/admin/terms").await).contains("– Lower"));
    assert!(site.run(&["term", "remove", "category", "Upper"]).await.status.success());
    assert_eq!(term(&terms(&site, "category").await, "Lower").expect("it came up")["parent"], Value::Null);
}

async fn what_was_done_is_written_down(engine: Engine) {
    let site = Run::on(engine).start().await;
    let admin = signed_in_as(&site, "administrator").await;
    led(&site, &admin, "/admin/settings", "key=site.title&value=Notes").await;
    add_as(&site, "bob", "reader").await;
    led(&site, &admin, "/admin/users/bob/role", "role=editor").await;
    let audit = async |arguments: &[&str]| -> Vec<String> {
        let listed = site.run(&[&["audit", "--json"], arguments].concat()).await;
        let entries: Vec<Value> = serde_json::from_slice(&listed.stdout).expect("JSON");
        let said = |entry: &Value| {
            let words = ["who", "action", "object", "detail"]
                .map(|key| entry[key].as_str().expect("a text").to_owned());
            words.join(" ")
        };
        entries.iter().map(said).collect()
    };
    let all = audit(&[]).await;
    assert_eq!(
        all,
        [
            "administrator user.role bob editor",
            "command user.add bob reader",
            "administrator config.set site.title Notes",
            "command user.add administrator administrator",
        ]
    );
    assert_eq!(audit(&["--action", "user"]).await.len(), 3);
    assert_eq!(audit(&["--who", "command", "--limit", "1"]).await, all[1..2]);
    let log = text(&page(&site, &admin, "/admin/audit?who=administrator&action=config.set").await);
    assert!(log.contains("site.title") && !log.contains("bob"), "{log}");
}

async fn signing_in_goes_on_where_one_wanted_to_go(engine: Engine) {
    let site = Run::on(engine).start().await;
    add_as(&site, "ada", "administrator").await;
    let led = site.get("/admin/audit?who=ada&action=x").await;
    let login = led.headers()["location"].to_str().expect("an address").to_owned();
    assert_eq!(login, "/login?next=%2Fadmin%2Faudit%3Fwho%3Dada%26action%3Dx");
    let form = site.page(&login).await;
    assert!(form.contains("name=\"next\" value=\"/admin/audit?who=ada&#38;action=x\""), "{form}");
    for (next, to) in [
        ("/admin/audit?who=ada%26action=x", "/admin/audit?who=ada&action=x"),
        ("https://evil.example/", "/account"),
        ("//evil.example/", "/account"),
        ("/%5Cevil.example", "/account"),
        ("", "/account"),
    ] {
        let form = format!("name=ada&password={}&next={next}", PASSWORD.replace(' ', "+"));
        assert_eq!(site.post("/login", &form).await.headers()["location"], to, "{next}");
    }
}

async fn an_administrator_looks_after_the_site(engine: Engine) {
    let model = Model::start(["## 1. The word\n\nink"], End::Stop).await;
    model.allow(9);
    let site = Run::on(engine).with_sample().with_model(&model).start().await;
    let admin = signed_in_as(&site, "administrator").await;
    let overview = text(&page(&site, &admin, "/admin").await);
    for sentence in ["wait for a moderator", "Changes that search does not know yet", "In the data folder"] {
        assert!(overview.contains(sentence), "{sentence}: {overview}");
    }
    let models = text(&page(&site, &admin, "/admin/models").await);
    assert!(models.contains("scripted-1") && !models.contains(KEY), "{models}");
    assert_eq!(led(&site, &admin, "/admin/models/try", "model=scripted").await, "/admin/models?done=1");
    eventually(async || {
        let models = text(&page(&site, &admin, "/admin/models").await);
        models.contains("it said") || models.contains("Tried") && !models.contains("waiting for the word")
    })
    .await;
    assert_eq!(model.calls(), 1, "it was asked");
    let set = text(&page(&site, &admin, "/admin/questions").await);
    assert!(set.contains("six@") && set.contains("asked now"), "{set}");
}

/// Everything in the table of settings that nobody set: what the site made up for itself.
async fn made_up(site: &Ended, engine: Engine) -> Vec<String> {
    const ALL: &str = "SELECT value FROM settings WHERE name NOT LIKE 'config.%'";
    let found: Vec<(String,)> = match engine {
        Engine::Sqlite => {
            let file = format!("sqlite://{}", site.data.join("inkstone.db").display());
            let mut storage = SqliteConnection::connect(&file).await.expect("a database");
            sqlx::query_as(ALL).fetch_all(&mut storage).await.expect("rows")
        }
        Engine::Postgres => {
            let mut storage = PgConnection::connect(site.database()).await.expect("a database");
            sqlx::query_as(ALL).fetch_all(&mut storage).await.expect("rows")
        }
    };
    // That of the readers of a day stands behind the day.
    found.into_iter().map(|(value,)| value.rsplit(' ').next().expect("a part").to_owned()).collect()
}

async fn no_secret_is_shown(engine: Engine) {
    let run = Run::on(engine).with_sample().set("MAIL__SERVER", "127.0.0.1").set("MAIL__PORT", 9);
    let run = run.set("MAIL__SECURITY", "off").set("MAIL__FROM", "blog@example.org");
    let run = run.set("MAIL__USER", "blog").set("MAIL__PASSWORD", "mail-secret-1");
    let run = run.with_model_at(0, "scripted", ([127, 0, 0, 1], 9).into());
    let run = run.set("MODELS__0__BASE_URL", "http://ink:model-secret-2@127.0.0.1:9/v1");
    let site = run.start().await;
    let admin = signed_in_as(&site, "administrator").await;
    let ada = Writer::new(&site, "ada", "author").await;
    let agent = [("user-agent", "Mozilla/5.0 Firefox/140.0"), ("sec-fetch-site", "same-origin")];
    assert_eq!(site.form("/archives/1/read", "", &agent).await.status(), 204);
    let locked = writing::with(&writing::post("Locked", ""), "visibility", "protected");
    ada.publish(&writing::with(&locked, "password", "post-secret-3")).await;
    assert_eq!(site.post("/posts/locked/unlock", "password=post-secret-3").await.status(), 303);
    let reset = post(&site, &admin, "/admin/users/ada/password", "").await.text().await.expect("a page");
    led(&site, &admin, "/admin/settings", "key=site.title&value=Notes").await;
    let stopped = site.stop().await;
    let mut secrets = made_up(&stopped, engine).await;
    assert!(secrets.len() == 4 && secrets.iter().all(|secret| secret.len() > 20), "{secrets:?}");
    secrets.extend(["mail-secret-1", "model-secret-2", "post-secret-3", KEY, PASSWORD].map(str::to_owned));
    secrets.extend([admin.split_once('=').expect("a cookie").1.to_owned(), code_in(&reset)]);

    let site = stopped.start().await;
    let mut shown = vec![site.log()];
    for path in ["", "/settings", "/audit", "/models", "/users", "/users/ada", "/harvests", "/comments"] {
        let path = format!("/admin{path}");
        shown.push(page(&site, &admin, &path).await);
    }
    shown.push(page(&site, &admin, "/account").await);
    shown.extend(said_by_commands(&site).await);
    for text in &shown {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} in {text}");
        }
    }
    let settings = &shown[2];
    assert!(settings.contains("mail.password") && settings.contains("***"), "{settings}");
}

async fn said_by_commands(site: &Site) -> Vec<String> {
    let mut said = Vec::new();
    for command in [
        &["config", "check"][..],
        &["config", "check", "--json"],
        &["audit", "--json"],
        &["user", "list", "--json"],
        &["config", "set", "site.tagline", "x"],
    ] {
        let output = site.run(command).await;
        assert!(output.status.success(), "{command:?}");
        said.push(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned());
    }
    said
}
