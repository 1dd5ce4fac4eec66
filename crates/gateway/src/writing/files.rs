//! Files that posts show, in the data folder: named by the hash of their bytes, so that a name never means another file.

use std::{
    io,
    path::{Path, PathBuf},
};

use ::media::Kind;
use actix_files::NamedFile;
use actix_multipart::Multipart;
use actix_web::{
    HttpRequest, HttpResponse, Responder as _,
    http::header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentDisposition, DispositionParam, DispositionType,
        HeaderName, HeaderValue,
    },
    web,
};
use chrono::Utc;
use content::UserId;
use futures::TryStreamExt as _;
use render::Picture;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use storage::media::{self, Medium};

use super::record;
use crate::{
    accounts::Writer,
    app::App,
    config::Config,
    errors::Failure,
    pages::{self, Page},
    visit::accepts,
};

/// The longest file that is taken.
const MAX_FILE: usize = 20 << 20;
/// What a browser may do with a file that it opens by itself: show it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// `POST /write/media`: takes a file. A script is told what to write for it; a form goes back to the library.
pub(super) async fn take(
    app: web::Data<App>,
    writer: Writer,
    request: HttpRequest,
    mut parts: Multipart,
) -> Page {
    let (name, bytes) = first_file(&mut parts).await?;
    let medium = keep(&app, &name, bytes, Some(writer.0.id)).await?;
    record(&app, &writer.0, "media.add", &medium.hash, &medium.name).await?;
    if accepts::wants_json(&request) {
        let answer = json!({
            "href": address(&medium), "markdown": markdown(&medium), "picture": medium.size.is_some(),
        });
        return Ok(pages::unkept(HttpResponse::Ok().json(answer)));
    }
    Ok(super::see_other("/write/media"))
}

/// Makes a file fit and keeps it, a few at a time.
async fn keep(app: &App, name: &str, bytes: Vec<u8>, owner: Option<UserId>) -> Result<Medium, Failure> {
    let turn = app.desk.pictures.acquire().await.map_err(|_| Failure::Stopping)?;
    let file = web::block(move || ::media::fit(&bytes)).await?.map_err(Failure::File)?;
    drop(turn);
    let config = app.config.clone();
    let name = name.to_owned();
    let medium = web::block(move || stored(&config, &name, &file, owner)).await?;
    let medium = medium.map_err(|error| Failure::Internal(error.into()))?;
    media::save(&app.db, &medium).await?;
    Ok(medium)
}

/// `GET /files/{name}`
pub(super) async fn give(app: web::Data<App>, request: HttpRequest, name: web::Path<String>) -> Page {
    let (path, kind) = place(&app.config, &name).ok_or(Failure::NotFound)?;
    let file = web::block(move || NamedFile::open(path)).await?.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::NotFound,
        _ => Failure::Internal(error.into()),
    })?;
    let shown = if kind.is_picture() { DispositionType::Inline } else { DispositionType::Attachment };
    let named = DispositionParam::Filename(name.to_string());
    let file = file
        .set_content_type(kind.mime().parse().expect("a media type"))
        .set_content_disposition(ContentDisposition { disposition: shown, parameters: vec![named] });
    let mut response = file.respond_to(&request);
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    Ok(response)
}

/// Writes a file into its place. One that is there already has the same bytes.
pub(crate) fn stored(
    config: &Config,
    name: &str,
    file: &::media::File,
    owner: Option<UserId>,
) -> io::Result<Medium> {
    let medium = Medium {
        hash: Sha256::digest(&file.bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect(),
        name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
        mime: file.kind.mime().to_owned(),
        bytes: file.bytes.len() as u64,
        size: file.size,
        owner,
        created: Utc::now(),
    };
    write(&path(config, &address(&medium)), &file.bytes)?;
    if let Some(small) = &file.small {
        write(&path(config, &small_address(&medium)), small)?;
    }
    Ok(medium)
}

/// So that a crash leaves no half of a file under its name.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// Where a file is found by its readers.
pub(crate) fn address(medium: &Medium) -> String {
    format!("/files/{}.{}", medium.hash, suffix(medium))
}

/// The same of its smaller copy, if it has one.
pub(super) fn small_address(medium: &Medium) -> String {
    let large = medium.size.is_some_and(|(width, height)| width.max(height) > ::media::SMALL);
    let still = !matches!(suffix(medium), "gif" | "webp");
    if large && still { format!("/files/{}-small.{}", medium.hash, suffix(medium)) } else { address(medium) }
}

/// The address of a picture, and what pages say of it before it is there.
pub(crate) fn picture(medium: &Medium) -> Option<(String, Picture)> {
    let (width, height) = medium.size?;
    let (own, small) = (address(medium), small_address(medium));
    let smaller = ::media::small_size((width, height)).filter(|_| small != own);
    Some((own, Picture { width, height, smaller: smaller.map(|(width, _)| (small, width)) }))
}

/// What to write to show a file; its author says what is to be seen on it.
pub(crate) fn markdown(medium: &Medium) -> String {
    let name: String = medium.name.chars().filter(|c| !"[]\\`<>".contains(*c)).collect();
    match medium.size {
        Some(_) => format!("![]({})", address(medium)),
        None => format!("[{name}]({})", address(medium)),
    }
}

/// The files that are kept of a medium.
pub(crate) fn paths(config: &Config, medium: &Medium) -> Vec<PathBuf> {
    let mut addresses = vec![address(medium), small_address(medium)];
    addresses.dedup();
    addresses.iter().map(|address| path(config, address)).collect()
}

fn suffix(medium: &Medium) -> &'static str {
    Kind::ALL.into_iter().find(|kind| kind.mime() == medium.mime).map_or("bin", Kind::suffix)
}

fn path(config: &Config, address: &str) -> PathBuf {
    config.data.join("files").join(address.rsplit('/').next().unwrap_or_default())
}

/// Where the file of a name is, if that is a name of ours.
fn place(config: &Config, name: &str) -> Option<(PathBuf, Kind)> {
    let (stem, suffix) = name.split_once('.')?;
    let hash = stem.strip_suffix("-small").unwrap_or(stem);
    let ours =
        hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let kind = Kind::ALL.into_iter().find(|kind| kind.suffix() == suffix)?;
    ours.then(|| (config.data.join("files").join(name), kind))
}

/// The name and the bytes of the first file that a form holds.
async fn first_file(parts: &mut Multipart) -> Result<(String, Vec<u8>), Failure> {
    let wrong = |error: actix_multipart::MultipartError| Failure::BadRequest(error.to_string());
    while let Some(mut field) = parts.try_next().await.map_err(wrong)? {
        let Some(name) = field.content_disposition().and_then(ContentDisposition::get_filename) else {
            continue;
        };
        let name = name.to_owned();
        let mut bytes = Vec::new();
        while let Some(more) = field.try_next().await.map_err(wrong)? {
            if bytes.len() + more.len() > MAX_FILE {
                return Err(Failure::TooLong);
            }
            bytes.extend_from_slice(&more);
        }
        return Ok((name, bytes));
    }
    Err(Failure::BadRequest("no file".into()))
}
