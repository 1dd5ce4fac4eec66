use serde_json::{Value, json};

use super::{Entry, answer::Written};

pub(super) fn write(feed: &Written<'_>) -> String {
    let mut written = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.own,
        "description": feed.subtitle,
        "language": feed.language,
        "items": feed.entries.iter().map(item).collect::<Vec<_>>(),
    });
    // An entry without authors would be by the author of the feed.
    if feed.entries.iter().all(|entry| !entry.authors.is_empty()) {
        written["authors"] = json!([author(feed.author)]);
    }
    written.to_string()
}

fn item(entry: &Entry) -> Value {
    let mut item = json!({
        "id": entry.id,
        "url": entry.page,
        "title": entry.title_text,
        "content_html": entry.body,
        "language": entry.language.tag(),
        "tags": entry.categories,
        "date_published": entry.published.to_rfc3339(),
        "date_modified": entry.updated.to_rfc3339(),
    });
    if !entry.authors.is_empty() {
        item["authors"] = entry.authors.iter().map(|name| author(name)).collect();
    }
    item
}

fn author(name: &str) -> Value {
    json!({ "name": name })
}
