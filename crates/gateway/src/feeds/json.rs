use serde_json::{Value, json};

use super::{Entry, answer::Written};

pub(super) fn write(feed: &Written<'_>) -> String {
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [author(feed.author)],
        "items": feed.entries.iter().map(item).collect::<Vec<_>>(),
    });
    feed.to_string()
}

fn item(entry: &Entry) -> Value {
    json!({
        "id": entry.id,
        "url": entry.page,
        "title": entry.title_text,
        "content_html": entry.body,
        "language": entry.language.tag(),
        "authors": entry.authors.iter().map(|name| author(name)).collect::<Vec<_>>(),
        "tags": entry.categories,
        "date_published": entry.published.to_rfc3339(),
        "date_modified": entry.updated.to_rfc3339(),
    })
}

fn author(name: &str) -> Value {
    json!({ "name": name })
}
