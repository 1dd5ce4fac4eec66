//! Pages for people. Each file is one subject; each handler parses, asks, and fills a template.

mod accounts;
mod answers;
mod attempt;
mod cards;
mod citing;
mod comments;
mod frame;
mod heads;
mod home;
mod lists;
mod mine;
mod near;
mod paper;
mod plain;
mod posts;
mod reading;
mod search;

pub(crate) use accounts::{
    account, change_password, end_sessions, join, join_page, sign_in, sign_in_page, sign_out,
};
pub(crate) use answers::{kimi, progress};
pub(crate) use attempt::attempt;
pub(crate) use frame::error;
pub(crate) use home::home;
pub(crate) use lists::{arxiv, paper_overview, renew_stars_feed, stars, stars_file, venue};
pub(crate) use mine::mine;
pub(crate) use paper::paper_by_key;
pub(crate) use plain::paper_as_text;
pub(crate) use posts::{body_of, numbered, post, post_by_number, post_file, post_list, post_source};
pub(crate) use search::{description, instant, paper_search, search, search_file, suggest};

use actix_web::HttpResponse;
use askama::Template;

use crate::{
    app::OpensPapers,
    errors::Failure,
    visit::{Formulas, Visit},
};

/// What a handler of a page returns.
type Page = Result<HttpResponse, Failure>;

/// A name with the address it leads to.
struct Link {
    name: String,
    href: String,
}

/// A place to choose from, with how much is there.
struct Choice {
    name: String,
    href: String,
    count: Option<u64>,
    current: bool,
}

impl Visit {
    /// A page whose papers may be opened in place.
    fn page_of_papers(&self, template: &impl Template) -> Page {
        let mut response = self.page(template)?;
        response.extensions_mut().insert(OpensPapers);
        Ok(response)
    }

    /// A whole page as a response.
    fn page(&self, template: &impl Template) -> Page {
        let html = template.render()?;
        let html = match self.formulas {
            Formulas::Tex => html,
            Formulas::MathMl => render::with_mathml(&html),
        };
        Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
    }
}

/// A permanent move; the method stays.
fn moved(to: &str) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("location", to)).finish()
}
