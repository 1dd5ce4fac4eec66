//! The built web assets, under an address that changes when any of them does.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

/// `web/dist`: inside the binary in release builds, read from disk in debug builds.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// `/assets/<hash of all files>`.
static BASE: LazyLock<String> = LazyLock::new(|| {
    let mut names: Vec<_> = Dist::iter().collect();
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        hash.update(name.as_bytes());
        hash.update(Dist::get(&name).map(|file| file.metadata.sha256_hash()).unwrap_or_default());
    }
    let digest: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{digest}")
});

/// The path below which the pages find the assets.
pub(crate) fn base() -> &'static str {
    &BASE
}

/// Whether the web assets were built at all.
pub(crate) fn built() -> bool {
    Dist::get("app.js").is_some()
}

/// `GET /assets/{version}/{path}`: cached for good, since a new build has a new address.
pub(crate) async fn asset(path: web::Path<(String, String)>) -> HttpResponse {
    let (_, name) = path.into_inner();
    match Dist::get(&name) {
        Some(file) => HttpResponse::Ok()
            .content_type(file.metadata.mimetype().to_owned())
            .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
            .body(file.data.into_owned()),
        None => HttpResponse::NotFound().finish(),
    }
}
