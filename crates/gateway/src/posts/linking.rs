//! Which posts link to which: it follows the change log, as the index does, so that no way of saving a post can forget
//! it, and posts of an earlier version have their links after the first look.

use std::{collections::BTreeSet, time::Duration};

use content::{Kind, Post, PostId, Slug};
use percent_encoding::percent_decode_str;
use storage::{Database, changes, post_links, posts};

use crate::{errors::Chain, posts::body_of};

/// How often the log is asked for news.
const INTERVAL: Duration = Duration::from_secs(1);
/// How long to wait after a failure before the next attempt.
const PAUSE: Duration = Duration::from_secs(30);
/// Entries of the log, or posts, that are looked at together.
const BATCH: u64 = 200;
/// Links of one post that are noted.
const MOST: usize = 500;

/// Follows the log for as long as the process runs. What fails is logged and tried again. `base` is the address of the
/// site, which authors may write out.
pub(crate) async fn follow(db: Database, base: std::sync::Arc<str>) {
    loop {
        let wait = match catch_up(&db, &base).await {
            Ok(()) => INTERVAL,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "links between posts could not be noted; it is tried again");
                PAUSE
            }
        };
        tokio::time::sleep(wait).await;
    }
}

/// Notes the links of all posts that changed since the last time.
pub(crate) async fn catch_up(db: &Database, base: &str) -> Result<(), storage::Error> {
    let last = changes::last(db).await?;
    match post_links::position(db).await? {
        // An older database was put back, or entries are gone.
        Some(at) if at <= last && at + 1 >= changes::first_kept(db).await? => since(db, base, at).await,
        _ => all(db, base, last).await,
    }
}

async fn since(db: &Database, base: &str, mut position: i64) -> Result<(), storage::Error> {
    loop {
        let entries = changes::after(db, position, BATCH).await?;
        let Some(last) = entries.last() else { return Ok(()) };
        position = last.sequence;
        let ids = entries.iter().filter(|change| change.doc.kind == Kind::Post);
        let ids: BTreeSet<_> = ids.map(|change| PostId(change.doc.id)).collect();
        note(db, base, &ids.into_iter().collect::<Vec<_>>(), position).await?;
    }
}

/// Every post that everybody may read. `last` was read before: what changes meanwhile is read again.
async fn all(db: &Database, base: &str, last: i64) -> Result<(), storage::Error> {
    let mut after = content::DocId { kind: Kind::Post, id: i64::MIN };
    loop {
        let docs = changes::all_documents(db, Some(after), BATCH).await?;
        let ids: Vec<_> =
            docs.iter().filter(|doc| doc.kind == Kind::Post).map(|doc| PostId(doc.id)).collect();
        let Some(newest) = ids.last() else { return note(db, base, &[], last).await };
        after.id = newest.0;
        let texts = posts::by_ids(db, &ids).await?;
        let links = read(texts, base).await;
        post_links::note(db, &links, -1).await?;
    }
}

async fn note(db: &Database, base: &str, ids: &[PostId], position: i64) -> Result<(), storage::Error> {
    let texts = posts::by_ids(db, ids).await?;
    let mut links = read(texts, base).await;
    // What nobody may read any more links to nothing.
    let there: BTreeSet<_> = links.iter().map(|(id, _)| *id).collect();
    links.extend(ids.iter().filter(|id| !there.contains(id)).map(|id| (*id, Vec::new())));
    post_links::note(db, &links, position).await
}

/// The links of posts, off the threads that answer requests.
async fn read(texts: Vec<Post>, base: &str) -> Vec<(PostId, Vec<Slug>)> {
    let base = base.to_owned();
    let read = move || texts.iter().map(|post| (post.id, links_of(post, &base))).collect();
    tokio::task::spawn_blocking(read).await.unwrap_or_default()
}

fn links_of(post: &Post, base: &str) -> Vec<Slug> {
    let rendered = body_of(post, &render::Context::default());
    let cited = render::cited(&post.body).into_iter();
    let cited = cited.filter_map(|key| key.strip_prefix("post:")?.parse().ok());
    let targets: BTreeSet<String> = targets(rendered.html.as_str(), base)
        .into_iter()
        .chain(cited)
        .filter(|slug| *slug != post.slug)
        .map(|slug| slug.to_string())
        .collect();
    targets.into_iter().take(MOST).filter_map(|slug| slug.parse().ok()).collect()
}

/// The posts of this site that HTML of the renderer links to.
fn targets(html: &str, base: &str) -> Vec<Slug> {
    let hrefs = html.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.filter_map(|href| target(href.strip_prefix(base).unwrap_or(href))).collect()
}

fn target(path: &str) -> Option<Slug> {
    let name =
        path.strip_prefix("/posts/").or_else(|| path.strip_prefix("/pages/"))?.split(['#', '?']).next()?;
    let name = percent_decode_str(name.trim_end_matches('/')).decode_utf8().ok()?;
    name.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_posts() {
        let post = crate::posts::tests::post(
            "[a](/posts/other#x) [b](https://here.example/posts/旋转) [c](https://there.example/posts/far) \
             [d](/posts/one) [e](/posts/other) `[f](/posts/code)` [g](/arxiv/1) [@post:cited]",
        );
        let found: Vec<_> =
            links_of(&post, "https://here.example").iter().map(|slug| slug.to_string()).collect();
        assert_eq!(found, ["cited", "other", "旋转"]);
    }
}
