//! Pages for people. Each file is one subject; each handler parses, asks, and fills a template.

mod accounts;
mod answers;
mod around;
mod attempt;
mod cards;
mod citing;
mod comments;
mod door;
mod frame;
mod heads;
mod home;
mod licences;
mod lists;
mod mine;
mod near;
mod old;
mod paper;
mod plain;
mod posts;
mod reading;
mod robots;
mod search;
mod shelves;
mod sitemap;
mod support;

pub(crate) use accounts::{
    account, change_password, end_session, end_sessions, join, join_page, sign_in, sign_in_page, sign_out,
};
pub(crate) use answers::{kimi, progress};
pub(crate) use attempt::attempt;
pub(crate) use comments::routes as comment_routes;
pub(crate) use door::unlock;
pub(crate) use frame::{Frame, Place, error};
pub(crate) use home::home;
pub(crate) use lists::{arxiv, paper_overview, renew_stars_feed, stars, stars_file, venue};
pub(crate) use mine::mine;
pub(crate) use old::routes as moved_routes;
pub(crate) use paper::paper_by_key;
pub(crate) use plain::paper_as_text;
pub(crate) use posts::{Around, page_by_slug, post, post_by_number, post_file, post_source};
pub(crate) use robots::robots;
pub(crate) use search::{description, instant, paper_search, search, search_file, suggest};
pub(crate) use shelves::{
    all_series, archives, author, categories, category, month, post_list, series, tag, tags,
};
pub(crate) use sitemap::{index as sitemap_index, part as sitemap};

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
};
use askama::Template;

use crate::{
    app::OpensPapers,
    errors::Failure,
    visit::{Formulas, Visit},
};

/// What a handler of a page returns.
pub(crate) type Page = Result<HttpResponse, Failure>;

/// A name with the address it leads to.
#[derive(Clone)]
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
    pub(crate) fn page(&self, template: &impl Template) -> Page {
        Ok(self.html(template.render()?))
    }

    /// A page, or a piece of one, with formulas as the visitor wants them.
    fn html(&self, html: String) -> HttpResponse {
        let html = match self.formulas {
            Formulas::Tex => html,
            Formulas::MathMl => render::with_mathml(&html),
        };
        let html = match &self.token {
            Some(token) => token.in_forms(&html),
            None => html,
        };
        HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html)
    }
}

/// The same as a page that no cache may keep.
pub(crate) fn unkept(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// A page that no cache may keep.
pub(crate) fn private(visit: &Visit, page: &impl Template) -> Page {
    visit.page(page).map(unkept)
}

/// Where a browser goes on after a form.
pub(crate) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", to)).finish()
}

/// A permanent move; the method stays.
fn moved(to: &str) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header(("location", to)).finish()
}
