use std::path::PathBuf;

use actix_web::web;
use askama::Template;
use serde::Deserialize;
use storage::media::{self, Medium, Use};

use super::{files, record, see_other, seen_by};
use crate::{
    accounts::Writer,
    app::App,
    errors::Failure,
    pages::{self, Frame, Page, Place},
    visit::{Visit, language::Messages},
};

/// Files on one page.
const PER_PAGE: u64 = 48;

/// Where in the list.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    page: String,
}

#[derive(Template)]
#[template(path = "writing/library.html")]
struct LibraryPage {
    frame: Frame,
    m: Messages,
    entries: Vec<Entry>,
    next: Option<String>,
}

/// A file of the library.
struct Entry {
    hash: String,
    href: String,
    /// A smaller copy, of a picture.
    thumbnail: Option<String>,
    name: String,
    about: String,
    /// What to write to show it.
    markdown: String,
    uses: Vec<(String, String)>,
}

/// `GET /write/media?page=`
pub(super) async fn library(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    asked: web::Query<Asked>,
) -> Page {
    let number: u64 = asked.page.parse().unwrap_or_default();
    let mut found =
        media::list(&app.db, seen_by(&writer.0), number.saturating_mul(PER_PAGE), PER_PAGE + 1).await?;
    let more = found.len() as u64 > PER_PAGE;
    found.truncate(PER_PAGE as usize);
    let mut entries = Vec::new();
    for medium in found {
        let uses = media::uses(&app.db, &medium.hash).await?;
        entries.push(entry(&visit, medium, uses));
    }
    let page = LibraryPage {
        frame: Frame::new(&app, &visit, visit.m.media_title(), Place::Elsewhere),
        m: visit.m,
        entries,
        next: more.then(|| format!("/write/media?page={}", number + 1)),
    };
    visit.page(&page).map(pages::unkept)
}

/// `POST /write/media/{hash}/remove`
pub(super) async fn remove(app: web::Data<App>, writer: Writer, hash: web::Path<String>) -> Page {
    let medium = media::by_hash(&app.db, &hash).await?.ok_or(Failure::NotFound)?;
    if !super::may_change(&writer.0, medium.owner) {
        return Err(Failure::NotAllowed);
    }
    media::remove(&app.db, &medium.hash).await?;
    for path in files::paths(&app.config, &medium) {
        discard(path).await;
    }
    record(&app, &writer.0, "media.remove", &medium.hash, &medium.name).await?;
    Ok(see_other("/write/media"))
}

/// A file that nobody knows any more harms nobody either.
async fn discard(path: PathBuf) {
    if let Err(error) = tokio::fs::remove_file(&path).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "a removed file could not be deleted");
    }
}

fn entry(visit: &Visit, medium: Medium, uses: Vec<Use>) -> Entry {
    let size = medium.size.map(|(width, height)| format!("{width} × {height}"));
    let about = [size, Some(bytes(medium.bytes)), Some(visit.m.short_date(&medium.created))];
    let places = uses.into_iter().map(|one| {
        let href = match (one.draft, one.post) {
            (Some(draft), _) => format!("/write/{}", draft.0),
            (None, Some(post)) => format!("/write/post/{}", post.0),
            (None, None) => "/write".to_owned(),
        };
        (href, one.title)
    });
    Entry {
        href: files::address(&medium),
        thumbnail: medium.size.is_some().then(|| files::small_address(&medium)),
        markdown: files::markdown(&medium),
        about: about.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        uses: places.collect(),
        name: medium.name,
        hash: medium.hash,
    }
}

/// A size for people: kB are thousands of bytes.
fn bytes(bytes: u64) -> String {
    match bytes {
        0..1000 => format!("{bytes} B"),
        1000..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
