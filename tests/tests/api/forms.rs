//! Forms of other sites: nothing is changed by them, whatever a browser says or keeps to itself.

use reqwest::{Method, Response};
use tests::{Engine, Run, Site};

use crate::accounts::{PASSWORD, add, session, sign_in};

on_each_engine!(
    only_forms_of_this_site_change_anything,
    a_form_of_a_page_works_in_a_browser_that_says_nothing
);

/// Headers of a request.
type Headers = &'static [(&'static str, &'static str)];

/// What a browser says, whether it has a session, and whether the form may change something.
const TABLE: [(Headers, bool, bool); 18] = [
    (&[("sec-fetch-site", "same-origin")], true, true),
    (&[("sec-fetch-site", "none")], true, true),
    (&[("sec-fetch-site", "same-site")], true, false),
    (&[("sec-fetch-site", "cross-site")], true, false),
    (&[("sec-fetch-site", "nonsense")], true, false),
    (&[("sec-fetch-site", "cross-site")], false, false),
    (&[("sec-fetch-site", "same-origin")], false, true),
    // The newer header has the last word.
    (&[("sec-fetch-site", "cross-site"), ("origin", "SELF")], true, false),
    (&[("sec-fetch-site", "same-origin"), ("origin", "https://evil.example")], true, true),
    (&[("origin", "SELF")], true, true),
    (&[("origin", "SELF")], false, true),
    (&[("origin", "https://evil.example")], true, false),
    (&[("origin", "https://evil.example")], false, false),
    (&[("origin", "null")], true, false),
    (&[("x-http-method-override", "GET")], true, false),
    (&[], true, false),
    (&[("x-form-token", "0000")], true, false),
    // A program, which acts for nobody.
    (&[], false, true),
];

async fn only_forms_of_this_site_change_anything(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    for (said, with_session, allowed) in TABLE {
        let session = match with_session {
            true => session(&sign_in(&site, "ada", PASSWORD).await),
            false => "reader=somebody".to_owned(),
        };
        let said = said.iter().map(|(name, value)| (*name, value.replace("SELF", &site.address)));
        let said: Vec<_> = said.collect();
        let mut headers: Vec<_> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(("cookie", &session));
        let answer = site.form("/logout", "", &headers).await;
        assert_eq!(answer.status(), if allowed { 303 } else { 403 }, "{headers:?}");
        if with_session {
            let page = site.request(Method::GET, "/account", &[("cookie", &session)]).await;
            assert_eq!(page.status() == 200, !allowed, "{headers:?}");
        }
    }
}

async fn account(site: &Site, session: &str) -> Response {
    site.request(Method::GET, "/account", &[("cookie", session)]).await
}

async fn a_form_of_a_page_works_in_a_browser_that_says_nothing(engine: Engine) {
    let site = Run::on(engine).start().await;
    add(&site, "ada").await;
    let mine = session(&sign_in(&site, "ada", PASSWORD).await);
    let other = session(&sign_in(&site, "ada", PASSWORD).await);
    let token = async |session: &str| {
        let page = account(&site, session).await.text().await.expect("a page");
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").expect("a token");
        rest.split_once('"').expect("its end").0.to_owned()
    };
    let (own, foreign) = (token(&mine).await, token(&other).await);
    assert_ne!(own, foreign);
    let send = async |body: String, headers: &[(&str, &str)]| {
        let headers = [&[("cookie", mine.as_str())], headers].concat();
        site.form("/account/sessions", &body, &headers).await.status().as_u16()
    };
    assert_eq!(send(format!("form_token={foreign}"), &[]).await, 403, "the token of another session");
    assert_eq!(send(format!("x=1&form_token={own}"), &[]).await, 403, "it is the first field");
    assert_eq!(send(format!("form_token={own}"), &[("sec-fetch-site", "cross-site")]).await, 403);
    assert_eq!(send(String::new(), &[("x-form-token", own.as_str())]).await, 200, "a script");
    assert_eq!(send(format!("form_token={own}"), &[]).await, 200);
    assert_eq!(account(&site, &other).await.status(), 303, "the other session has ended");
    assert_eq!(account(&site, &mine).await.status(), 200);
}
