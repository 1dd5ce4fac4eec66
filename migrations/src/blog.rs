//! What a blog needs: how a post is shown, how it came to be, who said what about it, and who did what.

use sea_orm_migration::{
    prelude::{
        ColumnDef, DbErr, Index, IntoIden as _, MigrationName, MigrationTrait, SchemaManager, Table,
        TableCreateStatement, async_trait,
    },
    schema::{
        big_integer, big_integer_null, big_pk_auto, boolean, date, integer, integer_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null,
    },
    sea_orm::ConnectionTrait as _,
};

use crate::first::{belongs_to, create, index, refers_to};

/// Adds tables, and columns that have defaults. It only adds: the version before this one goes on beside it, and its
/// posts are public ones.
pub(crate) struct Blog;

impl MigrationName for Blog {
    fn name(&self) -> &str {
        "0008_blog"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Blog {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "posts", post_columns()).await?;
        add(manager, "comments", comment_columns()).await?;
        add(manager, "sessions", [text("agent").default("").take(), timestamp_with_time_zone_null("seen")])
            .await?;
        add(manager, "invitations", [text("role").default("reader").take(), big_integer_null("user_id")])
            .await?;
        add(manager, "users", [text_null("shown"), boolean("blocked").default(false).take()]).await?;
        let tables = [
            terms(),
            former_terms(),
            links(),
            reads(),
            drafts(),
            revisions(),
            media(),
            subscriptions(),
            mails(),
            audit(),
            settings(),
        ];
        let indexes = [
            index("terms", &["kind", "slug"]).unique().take(),
            index("posts", &["announced", "published"]),
            index("posts", &["series", "part"]),
            index("posts", &["kind", "pinned", "published", "id", "visibility"]),
            index("posts", &["kind", "published", "id", "visibility"]),
            index("posts", &["kind", "readers", "id"]),
            index("posts", &["author", "kind", "pinned", "published", "id"]),
            index("post_links", &["target"]),
            index("post_reads", &["day"]),
            index("post_reads", &["reader"]),
            index("drafts", &["post_id"]).unique().take(),
            index("drafts", &["preview_hash"]).unique().take(),
            index("revisions", &["draft_id", "number"]).unique().take(),
            index("media", &["hash"]).unique().take(),
            index("comments", &["network", "created"]),
            index("comments", &["edit_hash"]),
            index("comments", &["mail"]),
            index("comments", &["told", "state"]),
            index("comments", &["parent_id"]),
            index("subscriptions", &["token_hash"]).unique().take(),
            index("subscriptions", &["post_id"]),
            index("subscriptions", &["paper_id"]),
            index("subscriptions", &["mail"]),
            index("mails", &["sent", "next"]),
            index("audit", &["at", "id"]),
        ];
        create(manager, tables, indexes).await?;
        manager.get_connection().execute_unprepared(CATEGORIES).await?;
        manager.get_connection().execute_unprepared(TAGS).await?;
        Ok(())
    }
}

/// Names that posts have already. Their address is the name until somebody gives them another.
const CATEGORIES: &str = "INSERT INTO terms (kind, name, slug, parent, description) \
     SELECT DISTINCT 'category', name, name, NULL, '' FROM post_categories";
const TAGS: &str = "INSERT INTO terms (kind, name, slug, parent, description) \
     SELECT DISTINCT 'tag', name, name, NULL, '' FROM post_tags";

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: impl IntoIterator<Item = ColumnDef>,
) -> Result<(), DbErr> {
    for mut column in columns {
        let change = Table::alter().table(table.into_iden()).add_column(&mut column).take();
        manager.alter_table(change).await?;
    }
    Ok(())
}

/// `kind` is `post` or `page`; `visibility`, which was there, is `public`, `protected` (by a password), `private` or
/// `draft` (not published any more). `fields` is a JSON array of pairs of strings. `announced` is false until the change
/// log has been told that a post with a day to come is there.
fn post_columns() -> [ColumnDef; 11] {
    [
        text("kind").default("post").take(),
        boolean("pinned").default(false).take(),
        text_null("password_hash"),
        text_null("series"),
        integer_null("part"),
        text("macros").default("").take(),
        text("fields").default("[]").take(),
        text_null("licence"),
        boolean("commenting").default(true).take(),
        integer("readers").default(0).take(),
        boolean("announced").default(true).take(),
    ]
}

/// `state`, which was there, is `visible`, `held`, `spam` or `deleted`; `why` says why it is not visible. `network` and
/// `edit_hash` are hashes: where it came from, and of the secret of who may still change it. `trusted` says that others
/// of the same name and mail are shown at once. `told` is the last state that anybody was told of by mail, or empty.
fn comment_columns() -> [ColumnDef; 6] {
    [
        text("network").default("").take(),
        text_null("edit_hash"),
        timestamp_with_time_zone_null("edited"),
        text_null("why"),
        boolean("trusted").default(false).take(),
        text("told").default("visible").take(),
    ]
}

/// What posts are put under: `kind` is `category`, `tag` or `series`; posts name it by `name`, addresses by `slug`.
/// `parent` is the name of the category above.
fn terms() -> TableCreateStatement {
    Table::create()
        .table("terms")
        .col(text("kind"))
        .col(text("name"))
        .col(text("slug"))
        .col(text_null("parent"))
        .col(text("description"))
        .primary_key(Index::create().col("kind").col("name"))
        .take()
}

/// Addresses that terms had: `slug` led to what is `name` now.
fn former_terms() -> TableCreateStatement {
    Table::create()
        .table("former_terms")
        .col(text("kind"))
        .col(text("slug"))
        .col(text("name"))
        .primary_key(Index::create().col("kind").col("slug"))
        .take()
}

/// That a post links to another one of this site, whose slug `target` is.
fn links() -> TableCreateStatement {
    Table::create()
        .table("post_links")
        .col(big_integer("post_id"))
        .col(text("target"))
        .primary_key(Index::create().col("post_id").col("target"))
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .take()
}

/// That somebody read a post. `reader` is a hash that means nothing after its day, or the hash of a reader's cookie.
fn reads() -> TableCreateStatement {
    Table::create()
        .table("post_reads")
        .col(big_integer("post_id"))
        .col(text("reader"))
        .col(date("day"))
        .primary_key(Index::create().col("post_id").col("reader"))
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .take()
}

/// What is being written, as JSON: of a post that is there, or of none yet. `title` is in it too. `version` grows with every save, `user_id`
/// began it, `editor_id` saved it last. Who has the secret of `preview_hash` may read it.
fn drafts() -> TableCreateStatement {
    Table::create()
        .table("drafts")
        .col(big_pk_auto("id"))
        .col(big_integer_null("post_id"))
        .col(big_integer_null("user_id"))
        .col(big_integer_null("editor_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created"))
        .col(timestamp_with_time_zone("saved"))
        .col(text_null("preview_hash"))
        .col(text("title"))
        .col(text("content"))
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .foreign_key(&mut refers_to("editor_id", "users"))
        .take()
}

/// What a draft was, as JSON. What one person saves within some minutes is one, from `begun` to `saved`.
fn revisions() -> TableCreateStatement {
    Table::create()
        .table("revisions")
        .col(big_pk_auto("id"))
        .col(big_integer("draft_id"))
        .col(integer("number"))
        .col(big_integer_null("user_id"))
        .col(timestamp_with_time_zone("begun"))
        .col(timestamp_with_time_zone("saved"))
        .col(boolean("published"))
        .col(text("content"))
        .foreign_key(&mut belongs_to("draft_id", "drafts"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .take()
}

/// Files that posts show. `hash` is that of what is stored and names it; `name` is what it was called.
fn media() -> TableCreateStatement {
    Table::create()
        .table("media")
        .col(big_pk_auto("id"))
        .col(text("hash"))
        .col(text("name"))
        .col(text("mime"))
        .col(big_integer("bytes"))
        .col(integer_null("width"))
        .col(integer_null("height"))
        .col(big_integer_null("user_id"))
        .col(timestamp_with_time_zone("created"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .take()
}

/// Who wants mail of replies: about a post or a paper, to one comment or to all. Nothing is sent before `confirmed`.
fn subscriptions() -> TableCreateStatement {
    Table::create()
        .table("subscriptions")
        .col(big_pk_auto("id"))
        .col(text("mail"))
        .col(big_integer_null("post_id"))
        .col(big_integer_null("paper_id"))
        .col(big_integer_null("comment_id"))
        .col(text("token_hash"))
        .col(text("language"))
        .col(timestamp_with_time_zone("created"))
        .col(timestamp_with_time_zone_null("confirmed"))
        .foreign_key(&mut belongs_to("post_id", "posts"))
        .foreign_key(&mut belongs_to("paper_id", "papers"))
        .foreign_key(&mut belongs_to("comment_id", "comments"))
        .take()
}

/// Mail to be sent, and what became of it. `headers` is a JSON array of pairs.
fn mails() -> TableCreateStatement {
    Table::create()
        .table("mails")
        .col(big_pk_auto("id"))
        .col(text("recipient"))
        .col(text("subject"))
        .col(text("headers"))
        .col(text("body"))
        .col(timestamp_with_time_zone("created"))
        .col(integer("tries"))
        .col(timestamp_with_time_zone("next"))
        .col(text_null("fault"))
        .col(timestamp_with_time_zone_null("sent"))
        .take()
}

/// Who did what. `who` outlives the account.
fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(big_pk_auto("id"))
        .col(timestamp_with_time_zone("at"))
        .col(big_integer_null("user_id"))
        .col(text("who"))
        .col(text("action"))
        .col(text("object"))
        .col(text("detail"))
        .foreign_key(&mut refers_to("user_id", "users"))
        .take()
}

/// What was set in the browser, and secrets that the site made for itself.
fn settings() -> TableCreateStatement {
    Table::create()
        .table("settings")
        .col(text("name").primary_key())
        .col(text("value"))
        .col(timestamp_with_time_zone("saved"))
        .take()
}
