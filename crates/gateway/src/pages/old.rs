//! Where posts and their lists were on sites that moved here from Typecho: each address moves for good to what took its
//! place.

use actix_web::{HttpRequest, web};
use content::{Post, Slug};
use storage::{posts, terms::TermKind};

use super::{Page, moved, posts::numbered};
use crate::{
    app::{App, page},
    errors::Failure,
    papers::escaped,
    posts::{address, address_of, category_address, month_address, shelves::term_at, tag_address},
};

/// Addresses that nothing else answers; they come after all others.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(page("/archives/{number:[0-9]+}/comment-page-{page:[0-9]+}", by_number))
        .service(page("/{slug}.html", by_slug_alone))
        .service(page("/{slug}.html/comment-page-{page:[0-9]+}", by_slug_discussed))
        .service(page("/page/{page:[0-9]+}", all))
        .service(page("/category/{slug}/{page:[0-9]+}", category))
        .service(page("/tag/{slug}/{page:[0-9]+}", tag))
        .service(page("/author/{name}/{page:[0-9]+}", author))
        .service(page("/search/{words}", search))
        .service(page("/search/{words}/{page:[0-9]+}", search))
        .service(page("/{year:[0-9]{4}}", year))
        .service(page("/{year:[0-9]{4}}/page/{page:[0-9]+}", year))
        .service(page("/{year:[0-9]{4}}/{month:[0-9]{2}}/page/{page:[0-9]+}", month))
        .service(page("/{year:[0-9]{4}}/{month:[0-9]{2}}/{day:[0-9]{2}}", month))
        .service(page("/{year:[0-9]{4}}/{month:[0-9]{2}}/{day:[0-9]{2}}/page/{page:[0-9]+}", month))
        .service(page("/feed/{of:.+}", feed))
        .service(page("/index.php", all))
        .service(page("/index.php/{path:.+}", without_program));
}

async fn by_number(app: web::Data<App>, which: web::Path<(String, String)>) -> Page {
    let post = numbered(&app, &which.0).await?;
    Ok(moved(&format!("{}#comments", address_of(&post))))
}

async fn by_slug_alone(app: web::Data<App>, slug: web::Path<String>) -> Page {
    Ok(moved(&address_of(&of_slug(&app, &slug).await?)))
}

async fn by_slug_discussed(app: web::Data<App>, which: web::Path<(String, String)>) -> Page {
    Ok(moved(&format!("{}#comments", address_of(&of_slug(&app, &which.0).await?))))
}

/// A post, or a page that stands on its own.
async fn of_slug(app: &App, slug: &str) -> Result<Post, Failure> {
    let slug: Slug = slug.to_lowercase().parse().map_err(|_| Failure::NotFound)?;
    posts::at(&app.db, &slug).await?.ok_or(Failure::NotFound)
}

/// Pages by their numbers held other posts every week: the list begins anew.
async fn all() -> Page {
    Ok(moved("/posts"))
}

async fn category(app: web::Data<App>, which: web::Path<(String, String)>) -> Page {
    Ok(moved(&category_address(&term_at(&app, TermKind::Category, &which.0).await?.slug)))
}

async fn tag(app: web::Data<App>, which: web::Path<(String, String)>) -> Page {
    Ok(moved(&tag_address(&term_at(&app, TermKind::Tag, &which.0).await?.slug)))
}

async fn author(which: web::Path<(String, String)>) -> Page {
    Ok(moved(&crate::posts::author_address(&which.0)))
}

async fn search(request: HttpRequest) -> Page {
    Ok(moved(&searched(request.match_info().query("words"))))
}

fn searched(words: &str) -> String {
    format!("/search?query={}&kind=post", escaped(words))
}

async fn year(request: HttpRequest) -> Page {
    Ok(moved(&format!("/archives#y{}", request.match_info().query("year"))))
}

async fn month(request: HttpRequest) -> Page {
    let part = |name: &str| request.match_info().query(name).parse().map_err(|_| Failure::NotFound);
    let (year, month) = (part("year")?, part("month")?);
    Ok(moved(&month_address(year, u32::try_from(month).map_err(|_| Failure::NotFound)?)))
}

/// `/feed/category/x`, `/feed/atom/archives/7`: the format comes first, then the list or the post.
async fn feed(app: web::Data<App>, of: web::Path<String>) -> Page {
    let (format, of) = match of.split_once('/') {
        Some(("atom", of)) => ("", of),
        Some(("rss", of)) => ("/rss", of),
        _ => ("/rss", of.as_str()),
    };
    let post = match (of.strip_prefix("archives/"), of.strip_suffix(".html")) {
        (Some(number), _) => Some(numbered(&app, number).await?),
        (_, Some(slug)) => Some(of_slug(&app, slug).await?),
        _ => None,
    };
    let feed = match post {
        Some(post) => Some(format!("{}/feed{format}", address(&post.slug))),
        None => feed_of_list(format, of),
    };
    feed.map(|feed| moved(&feed)).ok_or(Failure::NotFound)
}

fn feed_of_list(format: &str, of: &str) -> Option<String> {
    let parts: Vec<&str> = of.split('/').collect();
    let digits = |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    Some(match parts.as_slice() {
        [kind @ ("category" | "tag" | "author"), name] => format!("/{kind}/{}/feed{format}", escaped(name)),
        ["search", words] => format!("/search/feed{format}?query={}&kind=post", escaped(words)),
        ["comments"] => format!("/feed/comments{format}"),
        [year, month, ..] if digits(year, 4) && digits(month, 2) => format!("/{year}/{month}/feed{format}"),
        // A year is no list of ours, and the newest posts are those of the last one.
        [year] if digits(year, 4) => format!("/feed{format}"),
        _ => return None,
    })
}

/// Addresses as they are where a server cannot rewrite them.
async fn without_program(path: web::Path<String>) -> Page {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).map(escaped).collect();
    Ok(moved(&format!("/{}", parts.join("/"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_of_lists() {
        let check = |of: &str, address: Option<&str>| {
            assert_eq!(feed_of_list("/rss", of).as_deref(), address, "{of}");
        };
        check("category/x y", Some("/category/x%20y/feed/rss"));
        check("tag/a", Some("/tag/a/feed/rss"));
        check("author/7", Some("/author/7/feed/rss"));
        check("2026/11/23", Some("/2026/11/feed/rss"));
        check("2026", Some("/feed/rss"));
        check("search/a b", Some("/search/feed/rss?query=a%20b&kind=post"));
        check("comments", Some("/feed/comments/rss"));
        check("nothing", None);
    }
}
