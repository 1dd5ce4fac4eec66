//! What a client accepts instead of a page (RFC 9110, 12.5.1), and what it has already (13.1.2).

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{Accept, EntityTag, Header as _, IF_NONE_MATCH, IfNoneMatch, Quality},
};

/// Which of these media types a client prefers to HTML, which is what everybody gets who does not say otherwise. Of equal
/// ones the first.
///
/// A type must be named; HTML also hears to wildcards, but then a type that is wanted as much comes first.
pub(crate) fn instead_of_page<'a>(request: &HttpRequest, offered: &[&'a str]) -> Option<&'a str> {
    let accept = Accept::parse(request).ok()?;
    let weight = |names: &[&str]| {
        let named = accept.iter().filter(|range| names.contains(&range.item.essence_str()));
        named.map(|range| range.quality).max()
    };
    let weighed = offered.iter().filter_map(|kind| Some((*kind, weight(&[kind])?)));
    let (kind, wanted) = weighed.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let preferred = match weight(&["text/html", "application/xhtml+xml"]) {
        Some(html) => wanted > html,
        // The narrowest range that HTML is in decides.
        None => weight(&["text/*"]).or_else(|| weight(&["*/*"])).is_none_or(|other| wanted >= other),
    };
    (wanted > Quality::ZERO && preferred).then_some(kind)
}

/// Whether a request comes from a program that wants data back.
pub(crate) fn wants_json(request: &HttpRequest) -> bool {
    instead_of_page(request, &["application/json", "application/problem+json"]).is_some()
}

/// Whether a client has what this tag is of; nothing if it names no tag.
pub(crate) fn has_already(request: &impl HttpMessage, tag: &str) -> Option<bool> {
    let named = request.headers().contains_key(IF_NONE_MATCH);
    named.then(|| match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => {
            tag.parse().is_ok_and(|tag: EntityTag| tags.iter().any(|one| one.weak_eq(&tag)))
        }
        Err(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn check(header: &str, expected: Option<&str>) {
        let request = TestRequest::default().insert_header(("accept", header)).to_http_request();
        let offered = ["application/json", "text/markdown"];
        assert_eq!(instead_of_page(&request, &offered), expected, "{header}");
    }

    #[test]
    fn a_page_unless_something_else_is_named() {
        check("", None);
        check("*/*", None);
        check("text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8", None);
        check("application/json", Some("application/json"));
        check("Application/JSON; charset=utf-8", Some("application/json"));
        check("application/json, text/plain, */*", Some("application/json"));
    }

    #[test]
    fn weights_decide() {
        check("application/json;q=0.5, */*;q=0.8", None);
        check("application/json, text/html", None);
        check("application/json, text/html;q=0.9", Some("application/json"));
        check("application/json;q=0.2, text/markdown;q=0.7", Some("text/markdown"));
        check("text/markdown, application/json", Some("application/json"));
        check("application/json;q=0, text/markdown;q=0", None);
        check("application/json;q=high", None);
        check("application/json;q=0.5, text/*;q=0.1, */*;q=0.9", Some("application/json"));
        check("application/json;q=0.5, text/*;q=0.9, */*;q=0.1", None);
        check("text/markdown;charset=utf-8;q=0.9, text/*;q=0.9", Some("text/markdown"));
    }

    #[test]
    fn data_for_programs() {
        let wants = |header: &str| {
            wants_json(&TestRequest::default().insert_header(("accept", header)).to_http_request())
        };
        assert!(wants("application/problem+json"));
        assert!(!wants("text/html, application/json;q=0.9"));
        assert!(!wants_json(&TestRequest::default().to_http_request()));
    }
}
