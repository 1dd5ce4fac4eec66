use rss::{
    CategoryBuilder, ChannelBuilder, GuidBuilder, Item, ItemBuilder,
    extension::{
        atom::{AtomExtensionBuilder, Link},
        dublincore::DublinCoreExtensionBuilder,
    },
};

use super::{Entry, answer::Written};

pub(super) fn write(feed: &Written<'_>) -> String {
    let own = Link {
        href: feed.own.clone(),
        rel: "self".into(),
        mime_type: Some("application/rss+xml".into()),
        ..Link::default()
    };
    let channel = ChannelBuilder::default()
        .title(feed.title.clone())
        .link(feed.page.clone())
        .description(feed.subtitle.to_owned())
        .language(Some(feed.language.to_owned()))
        .last_build_date(Some(feed.updated.to_rfc2822()))
        .atom_ext(Some(AtomExtensionBuilder::default().link(own).build()))
        .items(feed.entries.iter().map(item).collect::<Vec<_>>())
        .build();
    channel.to_string()
}

/// Authors are Dublin Core's creators: RSS's own element wants an address of mail.
fn item(entry: &Entry) -> Item {
    let creators = || DublinCoreExtensionBuilder::default().creators(entry.authors.clone()).build();
    let category = |name: &String| CategoryBuilder::default().name(name.clone()).build();
    ItemBuilder::default()
        .title(Some(entry.title_text.clone()))
        .link(Some(entry.page.clone()))
        .guid(Some(GuidBuilder::default().value(entry.id.clone()).permalink(false).build()))
        // The only date that RSS has: that of the text that it comes with.
        .pub_date(Some(entry.updated.to_rfc2822()))
        .dublin_core_ext((!entry.authors.is_empty()).then(creators))
        .categories(entry.categories.iter().map(category).collect::<Vec<_>>())
        .content(Some(entry.body.clone()))
        .build()
}
