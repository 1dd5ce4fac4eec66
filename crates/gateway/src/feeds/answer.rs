use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HttpDate},
};
use chrono::{DateTime, FixedOffset, NaiveTime, Utc};
use sha2::{Digest, Sha256};

use super::{Entry, Format, atom, entry::legal, json, rss};
use crate::{app::App, visit::accepts};

/// What a feed is about.
pub(crate) struct Channel {
    pub(crate) title: String,
    /// The path of the page that shows the same list.
    pub(crate) page: String,
    /// The path of the feed as Atom.
    pub(crate) own: String,
}

/// A feed with all that its formats say of it, addresses absolute.
pub(super) struct Written<'a> {
    pub(super) title: String,
    pub(super) subtitle: &'a str,
    pub(super) author: &'a str,
    pub(super) language: &'a str,
    /// Its identity, wherever the site is.
    pub(super) id: String,
    pub(super) page: String,
    pub(super) own: String,
    pub(super) updated: DateTime<FixedOffset>,
    pub(super) entries: &'a [Entry],
}

/// The feed in the format that the address names, or 304 if the reader has it already.
pub(crate) fn answer(app: &App, request: &HttpRequest, channel: &Channel, entries: &[Entry]) -> HttpResponse {
    let format = Format::of(request);
    let text = text(app, channel, entries, format);
    let hash = Sha256::digest(&text).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
    let changed = app.feeds.changed(&format.at(&channel.own), &hash);
    let tag = format!("\"{hash}\"");
    let fresh = is_fresh(request, &tag, changed.into());
    let mut response = if fresh { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::LAST_MODIFIED, HttpDate::from(changed)))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    match fresh {
        true => response.finish(),
        false => response.content_type(format!("{}; charset=utf-8", format.media_type())).body(text),
    }
}

fn text(app: &App, channel: &Channel, entries: &[Entry], format: Format) -> String {
    let site = &app.config.site;
    let written = Written {
        title: legal(&channel.title),
        subtitle: &site.tagline,
        author: &site.author,
        language: site.language.tag(),
        id: app.identity.urn(&channel.own),
        page: absolute(app, &channel.page),
        own: absolute(app, &format.at(&channel.own)),
        updated: updated(app, channel, entries),
        entries,
    };
    match format {
        Format::Atom => atom::write(&written),
        Format::Rss => rss::write(&written),
        Format::Json => json::write(&written),
    }
}

/// When a feed changed last, which is never to come: before noon the papers of today are of its beginning. A feed that
/// has no entries is as old as it was first seen to have none.
fn updated(app: &App, channel: &Channel, entries: &[Entry]) -> DateTime<FixedOffset> {
    let Some(last) = entries.iter().map(|entry| entry.updated).max() else {
        return DateTime::<Utc>::from(app.feeds.changed(&format!("{} without entries", channel.own), ""))
            .fixed_offset();
    };
    let now = Utc::now();
    if last <= now { last } else { now.date_naive().and_time(NaiveTime::MIN).and_utc().fixed_offset() }
}

/// Whether the reader has it: by tag if it names any, else by time (RFC 9110, 13.2.2).
fn is_fresh(request: &HttpRequest, tag: &str, changed: DateTime<chrono::Utc>) -> bool {
    if let Some(has) = accepts::has_already(request, tag) {
        return has;
    }
    let since = request.headers().get(header::IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
    let since = since.and_then(|since| DateTime::parse_from_rfc2822(since).ok());
    since.is_some_and(|since| changed <= since)
}

pub(super) fn absolute(app: &App, path: &str) -> String {
    format!("{}{path}", app.base)
}
