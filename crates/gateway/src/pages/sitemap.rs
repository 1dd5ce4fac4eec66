//! The map of the site, for search engines: <https://www.sitemaps.org/protocol.html>. Papers are in it only where this
//! site says something of its own about them.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, SecondsFormat, Utc};
use content::{PaperId, PostKind, Slug};
use storage::{addresses, papers, post_lists, terms::TermKind};

use super::Page;
use crate::{
    app::App,
    errors::Failure,
    papers as paper,
    posts::{address, category_address, month_address, page_address, series_address, shelves, tag_address},
};

/// Papers that are loaded together.
const BATCH: usize = 500;

/// A path, and when what is there last changed.
type Place = (String, DateTime<Utc>);

/// `GET /sitemap.xml`: the maps that there are.
pub(crate) async fn index(app: web::Data<App>) -> Page {
    let mut maps: Vec<Place> = Vec::new();
    let posts = addresses::pieces_of_posts(&app.db).await?;
    if let Some(last) = posts.iter().map(|(_, last)| *last).max() {
        maps.push(("/sitemap-lists.xml".into(), last));
    }
    let named = |kind: &str, piece: i64| format!("/sitemap-{kind}-{}.xml", piece + 1);
    maps.extend(posts.into_iter().map(|(piece, last)| (named("posts", piece), last)));
    let papers = addresses::pieces_of_papers(&app.db).await?;
    maps.extend(papers.into_iter().map(|(piece, last)| (named("papers", piece), last)));
    Ok(xml(&app, "sitemapindex", "sitemap", &maps))
}

/// `GET /sitemap-{part}.xml`
pub(crate) async fn part(app: web::Data<App>, part: web::Path<String>) -> Page {
    let (kind, number) = part.rsplit_once('-').unwrap_or((&part, "1"));
    let piece = number.parse::<u32>().ok().and_then(|number| i64::from(number).checked_sub(1));
    let piece = piece.filter(|piece| *piece >= 0).ok_or(Failure::NotFound)?;
    let places = match kind {
        "lists" if number == "1" => lists(&app).await?,
        "posts" => {
            let posts = addresses::posts_in(&app.db, piece).await?;
            let address = |kind, slug: &Slug| match kind {
                PostKind::Post => address(slug),
                PostKind::Page => page_address(slug),
            };
            posts.into_iter().map(|((kind, slug), last)| (address(kind, &slug), last)).collect()
        }
        "papers" => papers_of(&app, &addresses::papers_in(&app.db, piece).await?).await?,
        _ => return Err(Failure::NotFound),
    };
    if places.is_empty() {
        return Err(Failure::NotFound);
    }
    Ok(xml(&app, "urlset", "url", &places))
}

/// The lists of posts: each changed when its last post came.
async fn lists(app: &App) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::new();
    let newest = post_lists::newest(&app.db, &post_lists::Scope::All, 1).await?;
    if let Some(newest) = newest.first() {
        places.extend(["/", "/posts", "/archives"].map(|path| (path.to_owned(), newest.published)));
    }
    for kind in [TermKind::Category, TermKind::Tag, TermKind::Series] {
        let address = match kind {
            TermKind::Category => category_address,
            TermKind::Tag => tag_address,
            TermKind::Series => series_address,
        };
        let terms = shelves::counted(app, kind).await?;
        places.extend(terms.into_iter().map(|(term, _, last)| (address(&term.slug), last)));
    }
    for one in post_lists::months(&app.db).await? {
        places.push((month_address(one.year, one.month), one.last));
    }
    Ok(places)
}

async fn papers_of(app: &App, known: &[(PaperId, DateTime<Utc>)]) -> Result<Vec<Place>, Failure> {
    let mut places = Vec::new();
    for batch in known.chunks(BATCH) {
        let ids: Vec<_> = batch.iter().map(|(id, _)| *id).collect();
        for found in papers::by_ids(&app.db, &ids).await? {
            let last = batch.iter().find(|(id, _)| *id == found.id).map(|(_, last)| *last);
            places.extend(last.map(|last| (paper::address(&found), last)));
        }
    }
    Ok(places)
}

fn xml(app: &App, root: &str, each: &str, places: &[Place]) -> HttpResponse {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"
    );
    for (path, last) in places {
        // Paths are percent-encoded: `&` and `'` are what is left to escape.
        let path = path.replace('&', "&amp;").replace('\'', "&apos;");
        let last = last.to_rfc3339_opts(SecondsFormat::Secs, true);
        xml.push_str(&format!("<{each}><loc>{}{path}</loc><lastmod>{last}</lastmod></{each}>\n", app.base));
    }
    xml.push_str(&format!("</{root}>\n"));
    HttpResponse::Ok().content_type("application/xml; charset=utf-8").body(xml)
}
