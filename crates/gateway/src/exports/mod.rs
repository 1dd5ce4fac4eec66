//! Papers and posts in the formats of citations: as files, by unAPI, and as what pages say of themselves to programs.
//!
//! [`asked`] reads from an address or from what a client accepts which format is wanted; [`list`] answers with any list
//! of papers; [`file`] is what all answers are made by.

mod asked;
mod files;
mod part;
mod signposts;
mod unapi;
mod works;

pub(crate) use asked::{accepted, asked, at};
pub(crate) use files::{File, files, files_of};
pub(crate) use part::Part;
pub(crate) use signposts::signposts;
pub(crate) use unapi::{name as unapi_name, unapi};
pub(crate) use works::{of_paper, of_post};

use actix_web::{HttpResponse, http::header};
use cite::{Format, Work};
use content::Paper;
use storage::{Listing, papers};

use crate::{app::App, errors::Failure, papers::escaped, visit::Visit};

/// The most works in one file. Who wants more follows the link to the next part.
pub(crate) const MOST: usize = 1000;

/// One paper as a file.
pub(crate) fn paper(app: &App, visit: &Visit, paper: &Paper, format: Format) -> HttpResponse {
    file(visit, format, &[of_paper(app, paper)], None)
}

/// A list of papers as a file: at most [`MOST`] from where `listing` begins, whatever its own limit is.
pub(crate) async fn list(
    app: &App,
    visit: &Visit,
    listing: Listing,
    format: Format,
) -> Result<HttpResponse, Failure> {
    let found = papers::list(&app.db, &Listing { limit: MOST as u64, ..listing }).await?;
    Ok(part(app, visit, &found, format))
}

/// A part of a list as a file. The address of the request is that of the next part, but for its `after`.
pub(crate) fn part(app: &App, visit: &Visit, found: &storage::Part, format: Format) -> HttpResponse {
    let works: Vec<_> = found.items.iter().map(|paper| of_paper(app, paper)).collect();
    let next = found.next.map(|cursor| {
        let address = at(&visit.without(&["after"]), format);
        let separator = if address.contains('?') { '&' } else { '?' };
        format!("{}{address}{separator}after={}", app.base, escaped(&cursor.to_string()))
    });
    let part = Part { first: found.first, count: works.len() as u64, total: found.total, next };
    file(visit, format, &works, Some(&part))
}

/// Works as a file. Where it is a part of a list, it says so: in headers, and in a comment where the format has any.
pub(crate) fn file(visit: &Visit, format: Format, works: &[Work], part: Option<&Part>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    let name = format!("inline; filename=\"{}\"", name(visit, format));
    response
        .content_type(format!("{}; charset=utf-8", format.media_type()))
        .insert_header((header::CONTENT_DISPOSITION, name))
        // It says what a page says, and search engines should find that.
        .insert_header(("x-robots-tag", "noindex"));
    let mut body = format.write(works);
    if let Some(part) = part {
        for header in part.headers() {
            response.append_header(header);
        }
        body = part.said_in(format, body, visit.m);
    }
    response.body(body)
}

/// A file's name, made of the letters of its address.
fn name(visit: &Visit, format: Format) -> String {
    let path = visit.address.split('?').next().unwrap_or_default();
    let (path, _) = asked::split(path);
    let plain = |c: char| if c.is_ascii_alphanumeric() || ".-_@".contains(c) { c } else { '-' };
    let name: String = path.trim_matches('/').chars().map(plain).take(80).collect();
    format!("{}.{}", if name.is_empty() { "inkstone" } else { &name }, format.suffix())
}
