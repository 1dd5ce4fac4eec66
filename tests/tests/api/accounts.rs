//! Accounts from outside: made by command and by invitation, kept by sessions, and what users keep in them.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::{Engine, Run, Site, html::text};

on_each_engine!(
    accounts_are_made_by_command_and_signed_in_to,
    signing_out_ends_the_session,
    names_are_not_given_away,
    guessing_is_slowed_down,
    invitations_are_used_once,
    a_new_password_ends_other_sessions,
    libraries_are_kept_and_never_overwritten,
    revisions_are_known_by_any_tag,
    errors_of_libraries_are_data,
);

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) async fn add(site: &Site, name: &str) {
    let added = site.run_with(&["user", "add", name], PASSWORD).await;
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
}

pub(crate) async fn sign_in(site: &Site, name: &str, password: &str) -> Response {
    site.post("/login", &format!("name={name}&password={}", password.replace(' ', "+"))).await
}

/// The session's cookie, as the browser sends it back.
pub(crate) fn session(response: &Response) -> String {
    let cookies = response.headers().get_all("set-cookie").iter();
    let cookies: Vec<_> = cookies.filter_map(|value| value.to_str().ok()).collect();
    let cookie = cookies.into_iter().rev().find(|cookie| cookie.starts_with("session=")).expect("a session");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    cookie.split(';').next().expect("a pair").to_owned()
}

async fn account(site: &Site, session: &str) -> Response {
    site.request(Method::GET, "/account", &[("cookie", session)]).await
}

async fn accounts_are_made_by_command_and_signed_in_to(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "Ada").await;
    let again = site.run_with(&["user", "add", "ada"], PASSWORD).await;
    assert!(!again.status.success());
    let weak = site.run_with(&["user", "add", "eve"], "short").await;
    assert!(String::from_utf8_lossy(&weak.stderr).contains("10 characters"));
    assert_eq!(site.get("/account").await.headers()["location"], "/login");
    let signed_in = sign_in(&site, "ADA", PASSWORD).await;
    assert_eq!(
        (signed_in.status().as_u16(), &signed_in.headers()["location"]),
        (303, &"/account".parse().expect("a header"))
    );
    let session = session(&signed_in);
    let page = account(&site, &session).await;
    assert_eq!(page.headers()["cache-control"], "private, no-store");
    assert!(text(&page.text().await.expect("a page")).contains("ada"));
    let listed = site.run(&["user", "list", "--json"]).await;
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
    assert_eq!((&listed[0]["name"], &listed[0]["role"]), (&json!("ada"), &json!("reader")));
    assert!(site.run(&["user", "remove", "ada"]).await.status.success());
    assert_eq!(sign_in(&site, "ada", PASSWORD).await.status(), 200);
}

async fn signing_out_ends_the_session(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    let session = session(&sign_in(&site, "ada", PASSWORD).await);
    let foreign = [("cookie", session.as_str()), ("sec-fetch-site", "cross-site")];
    assert_eq!(site.form("/logout", "", &foreign).await.status(), 403);
    let own = [("cookie", session.as_str()), ("sec-fetch-site", "same-origin")];
    assert_eq!(site.form("/logout", "", &own).await.status(), 303);
    assert_eq!(account(&site, &session).await.status(), 303);
}

async fn names_are_not_given_away(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "lovelace").await;
    let answer = async |name: &str| {
        let response = sign_in(&site, name, "wrong password").await;
        assert!(response.headers().get("set-cookie").is_none());
        (response.status(), response.text().await.expect("a page").replace(name, "NAME"))
    };
    assert_eq!(answer("lovelace").await, answer("nobody").await);
    assert_eq!(answer("lovelace").await.0, 200);
    assert_eq!(answer("%3Cscript%3E").await.0, 200);
}

async fn guessing_is_slowed_down(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    for _ in 0..5 {
        assert_eq!(sign_in(&site, "ada", "wrong password").await.status(), 200);
    }
    let at_once = futures::future::join_all((0..20).map(|_| sign_in(&site, "eve", "wrong password"))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status() == 200).count(), 5, "many at once are many");
    let refused = sign_in(&site, "ada", PASSWORD).await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"900".parse().expect("a header"))
    );
}

async fn invitations_are_used_once(engine: Engine) {
    let site = Run::on(engine).start().await;
    assert_eq!(site.get("/join").await.status(), 403);
    assert_eq!(site.get("/join?code=guessed").await.status(), 403);
    let invited = site.run(&["user", "invite"]).await;
    let address = String::from_utf8(invited.stdout).expect("an address");
    let code = address.trim().split_once("code=").expect("a code").1;
    assert_eq!(site.get(&format!("/join?code={code}")).await.status(), 200);
    let join = async |name: &str, password: &str| {
        site.post("/join", &format!("code={code}&name={name}&password={}", password.replace(' ', "+"))).await
    };
    assert_eq!(join("a b", PASSWORD).await.status(), 200);
    assert_eq!(join("eve", "short").await.status(), 200);
    let joined = join("eve", PASSWORD).await;
    assert_eq!(joined.status(), 303);
    assert_eq!(account(&site, &session(&joined)).await.status(), 200);
    assert_eq!(join("mallory", PASSWORD).await.status(), 403);
    assert_eq!(site.get(&format!("/join?code={code}")).await.status(), 403);
}

async fn a_new_password_ends_other_sessions(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    let here = session(&sign_in(&site, "ada", PASSWORD).await);
    let elsewhere = session(&sign_in(&site, "ada", PASSWORD).await);
    let change = async |old: &str| {
        let headers = [("cookie", here.as_str()), ("sec-fetch-site", "same-origin")];
        site.form("/account/password", &format!("old={old}&new=another+long+one"), &headers).await
    };
    assert_eq!(change("wrong").await.status(), 200);
    let changed = change(&PASSWORD.replace(' ', "+")).await;
    assert_eq!(changed.status(), 303);
    assert_eq!(account(&site, &session(&changed)).await.status(), 200);
    assert_eq!(account(&site, &here).await.status(), 303);
    assert_eq!(account(&site, &elsewhere).await.status(), 303);
    assert_eq!(sign_in(&site, "ada", "another long one").await.status(), 303);
}

async fn libraries_are_kept_and_never_overwritten(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    assert_eq!(site.get("/library").await.status(), 401);
    let session = session(&sign_in(&site, "ada", PASSWORD).await);
    let put = async |replaces: &str, body: &Value| put_library(&site, &session, replaces, body).await;
    let first = put("\"0\"", &json!({ "stars": [1] })).await;
    assert_eq!(
        (first.status().as_u16(), &first.headers()["etag"]),
        (200, &"\"1\"".parse().expect("a header"))
    );
    let late = put("\"0\"", &json!({ "stars": [2] })).await;
    assert_eq!(late.status(), 412);
    assert_eq!(late.json::<Value>().await.expect("JSON"), json!({ "stars": [1] }));
    assert_eq!(put("\"1\"", &json!({ "stars": [1, 2] })).await.status(), 200);
    let kept = site.request(Method::GET, "/library", &[("cookie", &session)]).await;
    assert_eq!(kept.headers()["etag"], "\"2\"");
    assert_eq!(kept.json::<Value>().await.expect("JSON"), json!({ "stars": [1, 2] }));
    assert_eq!(put("\"2\"", &json!([1])).await.status(), 400);
    assert_eq!(put("", &json!({})).await.status(), 400);
    let large = json!({ "seen": "x".repeat(3 << 20) });
    assert_eq!(put("\"2\"", &large).await.status(), 413);
}

/// What kept a library, or was refused, in the place of this revision.
async fn put_library(site: &Site, session: &str, replaces: &str, body: &Value) -> reqwest::Response {
    let headers = [
        ("cookie", session),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json"),
        ("if-match", replaces),
    ];
    site.send(Method::PUT, "/library", body.to_string(), &headers).await
}

/// A proxy that packs bodies makes tags weak; `*` is whatever is there.
async fn revisions_are_known_by_any_tag(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    let session = session(&sign_in(&site, "ada", PASSWORD).await);
    let check = async |replaces: &str, status: u16, tag: &str| {
        let kept = put_library(&site, &session, replaces, &json!({ "replaces": replaces })).await;
        let told = kept.headers().get("etag").map_or("", |tag| tag.to_str().expect("ASCII"));
        assert_eq!((kept.status().as_u16(), told), (status, tag), "{replaces}");
    };
    check("*", 200, "\"1\"").await;
    check("W/\"1\"", 200, "\"2\"").await;
    check("*", 200, "\"3\"").await;
    check("W/\"1\"", 412, "\"3\"").await;
    check("3", 400, "").await;
    check("\"three\"", 400, "").await;
}

/// Only programs ask for a library: they are told what is wrong in their own form, whatever they accept.
async fn errors_of_libraries_are_data(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    let session = session(&sign_in(&site, "ada", PASSWORD).await);
    let check = async |response: reqwest::Response, status: u16, detail: &str| {
        assert_eq!(response.status(), status, "{detail}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let told: Value = response.json().await.expect("JSON");
        assert!(told["detail"].as_str().is_some_and(|told| told.starts_with(detail)), "{told}");
    };
    check(site.get("/library").await, 401, "Sign in first.").await;
    let put = async |kind: &str, site_of: &str, body: &str| {
        let headers = [
            ("cookie", session.as_str()),
            ("sec-fetch-site", site_of),
            ("content-type", kind),
            ("accept", "text/html"),
            ("if-match", "\"0\""),
        ];
        site.send(Method::PUT, "/library", body.to_owned(), &headers).await
    };
    check(put("application/json", "same-origin", "{").await, 400, "What was sent cannot be understood.")
        .await;
    check(put("text/plain", "same-origin", "{}").await, 415, "").await;
    check(put("application/json", "cross-site", "{}").await, 403, "That was not sent from this site.").await;
}
