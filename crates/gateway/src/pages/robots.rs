use actix_web::{HttpResponse, web};

use super::Page;
use crate::{app::App, config::Robots};

/// Addresses that are no pages to be found: forms, streams, and lists without end.
const NOT_FOR_ROBOTS: [&str; 10] = [
    "/search?",
    "/search/",
    "/live",
    "/login",
    "/join",
    "/account",
    "/admin",
    "/write",
    "/unapi",
    "/arxiv/search",
];

/// `GET /robots.txt`: RFC 9309, with what the operator says of models.
pub(crate) async fn robots(app: web::Data<App>) -> Page {
    let text = written(&app.config.site.robots, &app.base);
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

fn written(robots: &Robots, base: &str) -> String {
    let mut text = String::new();
    for name in robots.refused.iter().filter(|name| !name.contains(char::is_control)) {
        text.push_str(&format!("User-agent: {name}\nDisallow: /\n\n"));
    }
    text.push_str("User-agent: *\n");
    text.push_str(&preferences(robots));
    match robots.search {
        true => NOT_FOR_ROBOTS.iter().for_each(|path| text.push_str(&format!("Disallow: {path}\n"))),
        false => text.push_str("Disallow: /\n"),
    }
    text.push_str(&format!("\nSitemap: {base}/sitemap.xml\n"));
    text
}

/// What may be done with the pages, in both spellings that are in use:
/// <https://datatracker.ietf.org/doc/draft-ietf-aipref-attach/> and <https://contentsignals.org>.
fn preferences(robots: &Robots) -> String {
    let mut usage = Vec::new();
    let mut signals = vec![format!("search={}", if robots.search { "yes" } else { "no" })];
    if let Some(input) = robots.ai_input {
        signals.push(format!("ai-input={}", if input { "yes" } else { "no" }));
    }
    if let Some(train) = robots.ai_train {
        signals.push(format!("ai-train={}", if train { "yes" } else { "no" }));
        usage.push(format!("train-ai={}", if train { "y" } else { "n" }));
    }
    usage.push(format!("search={}", if robots.search { "y" } else { "n" }));
    format!("Content-Usage: {}\nContent-Signal: {}\n", usage.join(", "), signals.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_robots_are_told() {
        let robots = Robots { ai_train: Some(false), refused: vec!["GPTBot".into()], ..Robots::default() };
        let text = written(&robots, "https://x.example");
        let expected = "User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nContent-Usage: train-ai=n, search=y\n\
                        Content-Signal: search=yes, ai-train=no\nDisallow: /search?\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.ends_with("\n\nSitemap: https://x.example/sitemap.xml\n"), "{text}");
        let closed = written(&Robots { search: false, ..Robots::default() }, "https://x.example");
        assert!(closed.contains("\nDisallow: /\n") && !closed.contains("/login"), "{closed}");
    }
}
