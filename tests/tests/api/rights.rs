//! Rights: who may send what. Every address of the program that changes something stands in one table, and those of
//! administration and writing that only show something as well.

use std::{collections::BTreeSet, fs, path::Path};

use reqwest::{Method, StatusCode};
use tests::{Engine, Run, Site};

use crate::administration::signed_in_as;

on_each_engine!(each_address_is_for_its_roles);

/// Who may do something: everybody, or who has at least this role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Least {
    Anybody,
    Reader,
    Author,
    Editor,
    Administrator,
}
use Least::{Administrator, Anybody, Author, Editor, Reader};

const ROLES: [(Least, &str); 4] =
    [(Reader, "reader"), (Author, "author"), (Editor, "editor"), (Administrator, "administrator")];

/// Each address, and who may use it. What one has to be besides – whose session, draft or comment it is – is tested where
/// that is made.
const TABLE: &[(&str, &str, Least)] = &[
    ("GET", "/admin", Administrator),
    ("GET", "/admin/users", Administrator),
    ("POST", "/admin/users/invite", Administrator),
    ("GET", "/admin/users/{name}", Administrator),
    ("POST", "/admin/users/{name}/role", Administrator),
    ("POST", "/admin/users/{name}/shown", Administrator),
    ("POST", "/admin/users/{name}/blocked", Administrator),
    ("POST", "/admin/users/{name}/password", Administrator),
    ("POST", "/admin/users/{name}/sessions/{id}", Administrator),
    ("POST", "/admin/users/{name}/remove", Administrator),
    ("GET", "/admin/settings", Administrator),
    ("POST", "/admin/settings", Administrator),
    ("POST", "/admin/settings/unset", Administrator),
    ("GET", "/admin/questions", Administrator),
    ("POST", "/admin/questions/reload", Administrator),
    ("GET", "/admin/questions/{tag}/{language}", Administrator),
    ("POST", "/admin/questions/{tag}/{language}/try", Administrator),
    ("GET", "/admin/models", Administrator),
    ("POST", "/admin/models/try", Administrator),
    ("GET", "/admin/harvests", Administrator),
    ("POST", "/admin/harvests/now", Administrator),
    ("GET", "/admin/audit", Administrator),
    ("GET", "/admin/terms", Editor),
    ("POST", "/admin/terms", Editor),
    ("GET", "/admin/terms/{kind}/{slug}", Editor),
    ("POST", "/admin/terms/{kind}/{slug}/rename", Editor),
    ("POST", "/admin/terms/{kind}/{slug}/describe", Editor),
    ("POST", "/admin/terms/{kind}/{slug}/address", Editor),
    ("POST", "/admin/terms/{kind}/{slug}/merge", Editor),
    ("POST", "/admin/terms/{kind}/{slug}/remove", Editor),
    ("GET", "/admin/comments", Editor),
    ("POST", "/admin/comments", Editor),
    // Whatever is added below these is closed to others by itself.
    ("GET", "/admin/not-there-yet", Administrator),
    ("GET", "/%61dmin/users", Administrator),
    ("POST", "/admin/comments/7", Editor),
    ("GET", "/write", Author),
    ("POST", "/write", Author),
    ("GET", "/write/media", Author),
    ("POST", "/write/media", Author),
    ("POST", "/write/media/{hash}/remove", Author),
    ("GET", "/write/post/{number}", Author),
    ("GET", "/write/{id}", Author),
    ("POST", "/write/{id}", Author),
    ("POST", "/write/{id}/preview", Author),
    ("POST", "/write/{id}/here", Author),
    ("POST", "/write/{id}/compare", Author),
    ("GET", "/write/{id}/revisions", Author),
    ("POST", "/write/{id}/revisions", Author),
    ("POST", "/write/{id}/share", Author),
    ("PUT", "/library", Reader),
    ("GET", "/library", Reader),
    ("POST", "/account/password", Reader),
    ("POST", "/account/sessions", Reader),
    ("POST", "/account/sessions/{id}", Reader),
    ("POST", "/posts/{slug}/comments", Anybody),
    ("POST", "/pages/{slug}/comments", Anybody),
    ("POST", "/papers/{id}/comments", Anybody),
    ("POST", "/comments/preview", Anybody),
    ("POST", "/comments/{id}/edit", Anybody),
    ("POST", "/comments/{id}/withdraw", Anybody),
    ("POST", "/subscriptions/{token}/confirm", Anybody),
    ("POST", "/subscriptions/{token}/stop", Anybody),
    ("POST", "/posts/{slug}/unlock", Anybody),
    ("POST", "/pages/{slug}/unlock", Anybody),
    ("POST", "/archives/{number}/read", Anybody),
    ("POST", "/papers/{id}/star", Anybody),
    ("POST", "/papers/{id}/opened", Anybody),
    ("POST", "/papers/{id}/readings", Anybody),
    ("POST", "/readings/{run}/stop", Anybody),
    ("POST", "/stars/feed", Anybody),
    ("POST", "/arxiv/kimi", Anybody),
    ("POST", "/venue/kimi", Anybody),
    ("POST", "/arxiv/star", Anybody),
    ("POST", "/venue/star", Anybody),
    ("POST", "/login", Anybody),
    ("POST", "/join", Anybody),
    // The last one, for whoever sends it is signed out.
    ("POST", "/logout", Anybody),
];

async fn each_address_is_for_its_roles(engine: Engine) {
    let site = Run::on(engine).start().await;
    let visitor = answers(&site, "reader=somebody").await;
    for ((method, path, least), status) in TABLE.iter().zip(&visitor) {
        let led = if *method == "GET" { StatusCode::SEE_OTHER } else { StatusCode::UNAUTHORIZED };
        let led = if *path == "/library" { StatusCode::UNAUTHORIZED } else { led };
        assert_eq!(*status == led, *least > Anybody, "nobody {method} {path}: {status}");
    }
    for (role, name) in ROLES {
        let found = answers(&site, &signed_in_as(&site, name).await).await;
        for (((method, path, least), status), as_visitor) in TABLE.iter().zip(found).zip(&visitor) {
            let refused = [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&status);
            match least {
                // The same for everybody, also where what is asked for is not there.
                Anybody => assert_eq!(status, *as_visitor, "{role:?} {method} {path}"),
                least => assert_eq!(refused, role < *least, "{role:?} {method} {path}: {status}"),
            }
        }
    }
}

/// What each row of the table is answered with.
async fn answers(site: &Site, cookie: &str) -> Vec<StatusCode> {
    let mut answers = Vec::new();
    for (method, path, _) in TABLE {
        let method = method.parse::<Method>().expect("a method");
        let mut headers = vec![("cookie", cookie), ("sec-fetch-site", "same-origin")];
        match *path {
            "/library" => headers.extend([("content-type", "application/json"), ("if-match", "*")]),
            _ => headers.push(("content-type", "application/x-www-form-urlencoded")),
        }
        // What is read before it is asked who sends it.
        let body = match *path {
            "/library" => "{}",
            "/account/password" => "old=wrong&new=wrong",
            _ => "",
        };
        answers.push(site.send(method, &concrete(path), body.to_owned(), &headers).await.status());
    }
    answers
}

/// An address where nothing is.
fn concrete(path: &str) -> String {
    let filled =
        [("name", "nobody"), ("tag", "none@1"), ("language", "en"), ("kind", "tag"), ("slug", "none")];
    let named = filled
        .iter()
        .fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
    let parts = named.split('/').map(|part| if part.starts_with('{') { "777" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// An address that is not in the table is not tested: whoever adds one adds it there.
#[test]
fn every_address_that_changes_something_is_in_the_table() {
    let found = changing_routes();
    let known: BTreeSet<(String, String)> = TABLE
        .iter()
        .filter(|(method, ..)| *method != "GET")
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let missing: Vec<_> = found.difference(&known).collect();
    assert!(found.len() > 50 && missing.is_empty(), "{} found, not in the table: {missing:?}", found.len());
    let gone: Vec<_> = known.difference(&found).filter(|(_, path)| path != "/admin/comments/7").collect();
    assert!(gone.is_empty(), "in the table, but nowhere in the program: {gone:?}");
}

#[test]
fn every_address_of_administration_and_writing_is_in_the_table() {
    let known: BTreeSet<&str> = TABLE.iter().map(|(_, path, _)| *path).collect();
    let mut found = BTreeSet::new();
    for file in ["admin/mod.rs", "writing/mod.rs"] {
        let source = fs::read_to_string(gateway().join(file)).expect("a table of routes");
        let texts = source.split('"').skip(1).step_by(2);
        found.extend(texts.filter(|text| below(text, "/admin") || below(text, "/write")).map(str::to_owned));
    }
    let missing: Vec<_> = found.iter().filter(|path| !known.contains(path.as_str())).collect();
    assert!(found.len() > 35 && missing.is_empty(), "{} found, {missing:?}", found.len());
}

fn below(path: &str, begin: &str) -> bool {
    path.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn gateway() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/gateway/src")
}

/// Every route of the program that is not for reading, as the source declares it: method and address.
fn changing_routes() -> BTreeSet<(String, String)> {
    let mut routes = BTreeSet::new();
    let mut folders = vec![gateway()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                routes.extend(routes_of(&fs::read_to_string(&path).expect("a source")));
            }
        }
    }
    routes
}

fn routes_of(source: &str) -> Vec<(String, String)> {
    let source = source.split("#[cfg(test)]").next().unwrap_or_default();
    // However it is wrapped.
    let source: String = source.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
    let mut routes = Vec::new();
    let markers = [
        ("POST", "web::post()"),
        ("PUT", "web::put()"),
        ("PATCH", "web::patch()"),
        ("DELETE", "web::delete()"),
        ("POST", "guard::Post()"),
        ("PUT", "guard::Put()"),
        ("DELETE", "guard::Delete()"),
    ];
    for (method, marker) in markers {
        for (at, _) in source.match_indices(marker) {
            let declared = &source
                [source[..at].rfind(".service(").max(source[..at].rfind(".route(\"")).unwrap_or(0)..at];
            // The one that all forms are declared by.
            if declared.contains("web::resource(path)")
                || source[..at].ends_with("web::resource(path).route(")
            {
                continue;
            }
            let paths = paths_in(declared);
            assert!(!paths.is_empty(), "no address before {marker}: {declared}");
            routes.extend(paths.into_iter().map(|path| (method.to_owned(), path)));
        }
    }
    for marker in [" form(\"", "(form(\"", "(changes(\""] {
        for (at, _) in source.match_indices(marker) {
            let path = source[at + marker.len()..].split('"').next().unwrap_or_default();
            routes.push(("POST".to_owned(), plain(path)));
        }
    }
    routes
}

/// The addresses of a resource: texts that begin with a slash, or the two of what tools use.
fn paths_in(declared: &str) -> Vec<String> {
    if let Some((_, rest)) = declared.split_once("for_tools(\"") {
        let name = rest.split('"').next().unwrap_or_default();
        return vec![format!("/arxiv/{name}"), format!("/venue/{name}")];
    }
    declared.split('"').skip(1).step_by(2).filter(|text| text.starts_with('/')).map(plain).collect()
}

/// An address without what its parts have to look like.
fn plain(path: &str) -> String {
    let part = |part: &str| match part.split_once(':') {
        Some((name, _)) if part.starts_with('{') => format!("{name}}}"),
        _ => part.to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
