use atom_syndication::{
    CategoryBuilder, Content, ContentBuilder, EntryBuilder, FeedBuilder, Link, LinkBuilder, Person,
    PersonBuilder, Text,
};

use super::{Entry, answer::Written};

pub(super) fn write(feed: &Written<'_>) -> String {
    let feed = FeedBuilder::default()
        .id(feed.id.clone())
        .title(feed.title.as_str())
        .subtitle(Some(Text::plain(feed.subtitle)))
        .updated(feed.updated)
        .author(person(feed.author))
        .link(link(&feed.own, "self"))
        .link(link(&feed.page, "alternate"))
        .entries(feed.entries.iter().map(entry).collect::<Vec<_>>())
        .build();
    feed.to_string()
}

fn entry(entry: &Entry) -> atom_syndication::Entry {
    let category = |name: &String| CategoryBuilder::default().term(name.clone()).build();
    EntryBuilder::default()
        .id(entry.id.clone())
        .title(Text::html(entry.title.clone()))
        .updated(entry.updated)
        .published(Some(entry.published))
        .authors(authors(entry))
        .categories(entry.categories.iter().map(category).collect::<Vec<_>>())
        .link(link(&entry.page, "alternate"))
        .content(html(&entry.body, entry.language.tag()))
        .build()
}

fn html(body: &str, language: &str) -> Option<Content> {
    Some(
        ContentBuilder::default()
            .content_type(Some("html".into()))
            .value(Some(body.into()))
            .lang(Some(language.into()))
            .build(),
    )
}

fn link(href: &str, relation: &str) -> Link {
    LinkBuilder::default().href(href).rel(relation).build()
}

fn person(name: &str) -> Person {
    PersonBuilder::default().name(name).build()
}

/// An entry without authors would be by the author of the feed.
fn authors(entry: &Entry) -> Vec<Person> {
    match entry.authors.as_slice() {
        [] => vec![person("Unknown")],
        names => names.iter().map(|name| person(name)).collect(),
    }
}
