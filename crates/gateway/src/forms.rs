//! Whether a request that changes something comes from this site. Nothing is changed by any other.
//!
//! Browsers say where a request comes from: in `Sec-Fetch-Site`, older ones in `Origin`. From one that says neither and
//! is signed in, a form has to bring what only a page of this site could tell it: a token made of its session. Each form
//! of a page has it as its first field ([`Token::in_forms`]), a script sends it as a header. Programs without a session
//! need none: they act for nobody.

use std::sync::Arc;

use actix_web::{
    HttpMessage as _, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::PayloadError,
    middleware::Next,
    web::{self, Bytes, BytesMut},
};
use futures::{StreamExt as _, stream};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::{accounts, app::App, errors::Failure};

/// The field of a form that holds its token.
const FIELD: &str = "form_token";
/// The header of a script's request that holds it.
const HEADER: &str = "x-form-token";
/// How far into a body the token is looked for, in bytes: it is the first field.
const HEAD: usize = 1024;

/// What makes the tokens of this site. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Forms(Arc<str>);

/// What a form of one session brings along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token(String);

impl Forms {
    /// `secret` is known to this site only, and the same after a restart.
    pub(crate) fn new(secret: String) -> Self {
        Self(secret.into())
    }

    /// The token for the session of a request, if it has one.
    pub(crate) fn token(&self, request: &HttpRequest) -> Option<Token> {
        let session = accounts::token_hash(request)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).expect("a key may have any length");
        mac.update(session.as_bytes());
        Some(Token(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl Token {
    /// A page with this token in each of its forms that change something.
    pub(crate) fn in_forms(&self, page: &str) -> String {
        const BEGIN: &str = "<form method=\"post\"";
        let field = format!("<input type=\"hidden\" name=\"{FIELD}\" value=\"{}\">", self.0);
        let mut written = String::with_capacity(page.len() + 512);
        let mut pieces = page.split(BEGIN);
        written.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let (attributes, rest) = piece.split_once('>').unwrap_or((piece, ""));
            written.extend([BEGIN, attributes, ">", &field, rest]);
        }
        written
    }

    fn is(&self, given: &[u8]) -> bool {
        // As long for a wrong beginning as for a wrong end.
        let same = given.iter().zip(self.0.as_bytes()).fold(0, |other, (a, b)| other | (a ^ b));
        given.len() == self.0.len() && same == 0
    }
}

/// Middleware: refuses what another site had a browser send.
pub(crate) async fn own(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if request.method().is_safe() {
        return next.call(request).await;
    }
    let app = request.app_data::<web::Data<App>>().cloned().ok_or(Failure::ForeignOrigin)?;
    let from = said(request.request(), &app);
    let own = match (from, app.forms.token(request.request())) {
        (Some(own), _) => own,
        (None, None) => true,
        (None, Some(token)) => brings(&mut request, &token).await?,
    };
    match own {
        true => next.call(request).await,
        false => Ok(request.error_response(Failure::ForeignOrigin)),
    }
}

/// Whether a request comes from this site, if the browser says so.
fn said(request: &HttpRequest, app: &App) -> Option<bool> {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = header("sec-fetch-site") {
        return Some(matches!(site, "same-origin" | "none"));
    }
    let origin = header("origin")?;
    let base = app.config.base_url.as_ref().is_some_and(|base| base.as_str() == origin);
    let host = origin.split_once("://").is_some_and(|(_, host)| Some(host) == header("host"));
    Some(base || host)
}

/// Whether a request brings the token: in a header, or as the first field of its form.
async fn brings(request: &mut ServiceRequest, token: &Token) -> Result<bool, actix_web::Error> {
    if let Some(given) = request.headers().get(HEADER) {
        return Ok(token.is(given.as_bytes()));
    }
    let mut body = request.take_payload();
    let mut head = BytesMut::new();
    while head.len() < HEAD
        && let Some(piece) = body.next().await
    {
        head.extend_from_slice(&piece?);
    }
    let head = head.freeze();
    let brought = given(&head).is_some_and(|given| token.is(given));
    let whole = stream::once(async { Ok::<Bytes, PayloadError>(head) }).chain(body);
    request.set_payload(Payload::Stream { payload: Box::pin(whole) });
    Ok(brought)
}

/// The value of the first field of a form, if it is the token: of an ordinary one, or of one with files.
fn given(head: &[u8]) -> Option<&[u8]> {
    let head = &head[..head.len().min(HEAD)];
    let ordinary = head.strip_prefix(FIELD.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
    if let Some(rest) = ordinary {
        return rest.split(|byte| *byte == b'&').next();
    }
    let name = format!("name=\"{FIELD}\"\r\n\r\n");
    let at = head.windows(name.len()).position(|window| window == name.as_bytes())?;
    // Of the first part only: what another field holds may look like a part.
    let first = head[..at].windows(4).all(|window| window != b"\r\n\r\n");
    first.then(|| head[at + name.len()..].split(|byte| *byte == b'\r').next()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token("0123abcd".into())
    }

    #[test]
    fn each_form_that_changes_something_has_the_token_first() {
        let page = "<form method=\"post\" action=\"/a\" class=\"x\"><input name=\"y\"></form><form action=\"/search\"></form>\
                    <p>&lt;form method=\"post\"></p><form method=\"post\"></form>";
        insta::assert_snapshot!(token().in_forms(page).replace("><", ">\n<"), @r#"
        <form method="post" action="/a" class="x">
        <input type="hidden" name="form_token" value="0123abcd">
        <input name="y">
        </form>
        <form action="/search">
        </form>
        <p>&lt;form method="post">
        </p>
        <form method="post">
        <input type="hidden" name="form_token" value="0123abcd">
        </form>
        "#);
    }

    #[test]
    fn the_token_is_the_first_field_or_it_is_none() {
        let check = |body: &str, expected: bool| {
            assert_eq!(given(body.as_bytes()).is_some_and(|given| token().is(given)), expected, "{body}");
        };
        check("form_token=0123abcd&name=x", true);
        check("form_token=0123abcd", true);
        check("form_token=0123abce", false);
        check("form_token=0123abcd0", false);
        check("form_token=", false);
        check("name=x&form_token=0123abcd", false);
        check("", false);
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        check(&(part("form_token", "0123abcd") + &part("file", "x")), true);
        check(&(part("file", "x") + &part("form_token", "0123abcd")), false);
        check(&part("form_token", "0123"), false);
    }
}
