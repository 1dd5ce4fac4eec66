//! What a request says about whoever sent it: the page they look at, and how they want to see it.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    web,
};
use content::Role;

use crate::{
    accounts,
    app::App,
    discussing::Asked,
    exports,
    forms::Token,
    visit::language::{Messages, negotiate, other},
};

pub(crate) mod accepts;
pub(crate) mod language;
pub(crate) mod parameters;
pub(crate) mod reader;

/// The parameter of a choice of formulas, and the cookie that remembers it.
const FORMULAS: &str = "math";

/// How formulas are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Formulas {
    /// As TeX, for the scripts of the page.
    #[default]
    Tex,
    /// As MathML where that can be made, for browsers without scripts (M20).
    MathMl,
}

/// What every page needs to know of the request it answers.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// The interface in the visitor's language.
    pub(crate) m: Messages,
    pub(crate) formulas: Formulas,
    /// The address without scheme, host and choices.
    pub(crate) address: String,
    /// The format of citations that is wanted instead of a page, if one is.
    pub(crate) accepts: Option<cite::Format>,
    /// Where the change log was when the request came, if that was looked at.
    pub(crate) changes: Option<Changes>,
    /// Which part of a discussion is asked for, and by whom.
    pub(crate) talk: Asked,
    /// What a visitor who is signed in may do.
    pub(crate) role: Option<Role>,
    /// What the forms of a page for a visitor with a session bring along.
    pub(crate) token: Option<Token>,
}

/// A position in the change log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Changes(pub(crate) i64);

impl Visit {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let remembered = || Formulas::of(request.cookie(FORMULAS)?.value());
        Self {
            m: Messages(negotiate(request)),
            formulas: Formulas::asked(request).or_else(remembered).unwrap_or_default(),
            address: without_choices(request),
            accepts: exports::accepted(request),
            role: accounts::role(request),
            token: request.app_data::<web::Data<App>>().and_then(|app| app.forms.token(request)),
            talk: Asked::of(request),
            changes: request.extensions().get().copied(),
        }
    }

    /// Where the change log is.
    pub(crate) async fn position(&self, db: &storage::Database) -> Result<i64, storage::Error> {
        match self.changes {
            Some(Changes(at)) => Ok(at),
            None => storage::changes::last(db).await,
        }
    }

    /// The address without the parameters of these names.
    pub(crate) fn without(&self, names: &[&str]) -> String {
        let (path, query) = self.address.split_once('?').unwrap_or((&self.address, ""));
        let kept =
            query.split('&').filter(|pair| !names.contains(&pair.split('=').next().unwrap_or_default()));
        match kept.collect::<Vec<_>>().join("&") {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The same address in the other language.
    pub(crate) fn switched(&self) -> String {
        self.choosing(language::CHOICE, other(self.m.language()).code())
    }

    /// The same address with formulas the other way.
    pub(crate) fn other_formulas(&self) -> String {
        let other = if self.formulas == Formulas::Tex { Formulas::MathMl } else { Formulas::Tex };
        self.choosing(FORMULAS, other.name())
    }

    fn choosing(&self, name: &str, value: &str) -> String {
        let separator = if self.address.contains('?') { '&' } else { '?' };
        format!("{}{separator}{name}={value}", self.address)
    }
}

impl FromRequest for Visit {
    type Error = std::convert::Infallible;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Formulas {
    fn of(name: &str) -> Option<Self> {
        [Self::Tex, Self::MathMl].into_iter().find(|formulas| formulas.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tex => "tex",
            Self::MathMl => "mathml",
        }
    }

    fn asked(request: &HttpRequest) -> Option<Self> {
        Self::of(parameter(request, FORMULAS)?)
    }
}

/// Cookies that keep what the address of a request chooses, for a year.
pub(crate) fn choices(request: &HttpRequest) -> Vec<Cookie<'static>> {
    let language = language::asked(request).map(|language| (language::CHOICE, language.code()));
    let formulas = Formulas::asked(request).map(|formulas| (FORMULAS, formulas.name()));
    let kept = |(name, value)| {
        let cookie = Cookie::build(name, value).path("/").same_site(SameSite::Lax);
        cookie.max_age(Duration::days(365)).finish()
    };
    language.into_iter().chain(formulas).map(kept).collect()
}

/// The value of a parameter of the address.
pub(crate) fn parameter<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    parameters(request).filter(|(other, _)| *other == name).last().map(|(_, value)| value)
}

fn without_choices(request: &HttpRequest) -> String {
    let rest = parameters(request).filter(|(name, _)| ![language::CHOICE, FORMULAS].contains(name));
    let query: Vec<_> = rest.map(|(name, value)| format!("{name}={value}")).collect();
    match query.is_empty() {
        true => request.path().to_owned(),
        false => format!("{}?{}", request.path(), query.join("&")),
    }
}

fn parameters(request: &HttpRequest) -> impl Iterator<Item = (&str, &str)> {
    request
        .query_string()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn switches_keep_the_rest_of_the_address() {
        let visit = |uri: &str| Visit::of(&TestRequest::with_uri(uri).to_http_request());
        assert_eq!(visit("/posts").switched(), "/posts?hl=zh");
        let search = visit("/search?query=a%26b&hl=zh&kind=post&math=mathml");
        assert_eq!(search.switched(), "/search?query=a%26b&kind=post&hl=en");
        assert_eq!(search.other_formulas(), "/search?query=a%26b&kind=post&math=tex");
    }

    #[test]
    fn parameters_can_be_left_out() {
        let visit = |uri: &str| Visit::of(&TestRequest::with_uri(uri).to_http_request());
        assert_eq!(
            visit("/arxiv/cs.LG?date=2024-01-01&after=1.2").without(&["after"]),
            "/arxiv/cs.LG?date=2024-01-01"
        );
        assert_eq!(visit("/arxiv/cs.LG?after=1.2").without(&["after", "month"]), "/arxiv/cs.LG");
        assert_eq!(visit("/posts").without(&["after"]), "/posts");
    }

    #[test]
    fn formulas_are_chosen_by_the_address_or_before() {
        let visit = |uri: &str, cookie: &str| {
            let request = TestRequest::with_uri(uri).cookie(Cookie::new(FORMULAS, cookie.to_owned()));
            Visit::of(&request.to_http_request()).formulas
        };
        assert_eq!(visit("/", ""), Formulas::Tex);
        assert_eq!(visit("/?math=mathml", ""), Formulas::MathMl);
        assert_eq!(visit("/", "mathml"), Formulas::MathMl);
        assert_eq!(visit("/?math=tex", "mathml"), Formulas::Tex);
        assert_eq!(visit("/?math=nonsense", "nonsense"), Formulas::Tex);
    }
}
