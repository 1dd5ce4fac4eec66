//! The tables as sea-orm sees them. Rows never leave this crate.

/// An entity whose module holds what sea-orm expects to find beside it.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident, $table:literal { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        pub(crate) mod $name {
            use sea_orm::entity::prelude::*;

            #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
            #[sea_orm(table_name = $table)]
            pub struct Model {
                $($(#[$attribute])* pub $field: $type,)*
            }

            #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
            pub enum Relation {}

            impl ActiveModelBehavior for ActiveModel {}
        }
    };
}

table! {
    /// A paper: a key, and where it was joined to.
    papers, "papers" {
        #[sea_orm(primary_key)]
        id: i64,
        date: Date,
        joined_to: Option<i64>,
        root_id: Option<i64>,
        apart: bool,
        stars: i32,
        opened: i32,
        readings: i32,
    }
}

table! {
    /// What a source gave. Lists are JSON arrays.
    records, "records" {
        #[sea_orm(primary_key)]
        id: i64,
        paper_id: i64,
        source: String,
        source_id: String,
        version: String,
        digest: String,
        date: Date,
        title: String,
        authors: String,
        categories: String,
        keywords: String,
        venue_key: Option<String>,
        venue_year: Option<i32>,
        venue_name: Option<String>,
        note: Option<String>,
        seen: DateTimeUtc,
        summary: String,
        raw: String,
        page: Option<String>,
        pdf: Option<String>,
        doi: Option<String>,
        license: Option<String>,
        remark: Option<String>,
        journal: Option<String>,
        venue_group: Option<String>,
        withdrawn: bool,
        fingerprint: Option<i64>,
        updated: Option<Date>,
        way: String,
    }
}

table! {
    /// Where a paper is listed by category.
    paper_categories, "paper_categories" {
        #[sea_orm(primary_key, auto_increment = false)]
        paper_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        category: String,
        date: Date,
        place: i32,
        stars: i32,
        kind: String,
    }
}

table! {
    /// Where a paper is listed by venue.
    paper_venues, "paper_venues" {
        #[sea_orm(primary_key, auto_increment = false)]
        paper_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        venue_key: String,
        #[sea_orm(primary_key, auto_increment = false)]
        venue_year: i32,
        venue_name: String,
        date: Date,
        venue_group: Option<String>,
        stars: i32,
    }
}

table! {
    /// That arXiv announced a paper.
    announcements, "announcements" {
        #[sea_orm(primary_key, auto_increment = false)]
        category: String,
        #[sea_orm(primary_key, auto_increment = false)]
        day: Date,
        #[sea_orm(primary_key, auto_increment = false)]
        source_id: String,
        kind: String,
        place: i32,
    }
}

table! {
    /// Where a harvest goes on.
    harvests, "harvests" {
        #[sea_orm(primary_key, auto_increment = false)]
        source: String,
        cursor: String,
        updated: DateTimeUtc,
    }
}

table! {
    /// A browser that did something.
    readers, "readers" {
        #[sea_orm(primary_key)]
        id: i64,
        cookie_hash: String,
        user_id: Option<i64>,
        created: DateTimeUtc,
        feed: i32,
    }
}

table! {
    /// What a reader did with a paper.
    marks, "marks" {
        #[sea_orm(primary_key, auto_increment = false)]
        paper_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        reader_id: i64,
        network: String,
        counted: bool,
        made: DateTimeUtc,
    }
}

table! {
    /// What a user may do.
    roles, "roles" {
        #[sea_orm(primary_key)]
        id: i64,
        name: String,
    }
}

table! {
    /// That somebody is signed in.
    sessions, "sessions" {
        #[sea_orm(primary_key)]
        id: i64,
        token_hash: String,
        user_id: i64,
        created: DateTimeUtc,
        expires: DateTimeUtc,
        agent: String,
        seen: Option<DateTimeUtc>,
    }
}

table! {
    /// That somebody may make an account.
    invitations, "invitations" {
        #[sea_orm(primary_key, auto_increment = false)]
        code_hash: String,
        expires: DateTimeUtc,
        used: Option<DateTimeUtc>,
        role: String,
        user_id: Option<i64>,
    }
}

table! {
    /// What a user keeps of their own.
    libraries, "libraries" {
        #[sea_orm(primary_key, auto_increment = false)]
        user_id: i64,
        revision: i64,
        saved: DateTimeUtc,
        body: String,
    }
}

table! {
    /// Somebody with an account.
    users, "users" {
        #[sea_orm(primary_key)]
        id: i64,
        name: String,
        mail: Option<String>,
        password_hash: Option<String>,
        role_id: i64,
        created: DateTimeUtc,
        shown: Option<String>,
        blocked: bool,
    }
}

table! {
    /// How long a list is.
    list_counts, "list_counts" {
        #[sea_orm(primary_key, auto_increment = false)]
        kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        #[sea_orm(primary_key, auto_increment = false)]
        part: String,
        papers: i64,
    }
}

table! {
    /// The text of a paper; passages are JSON.
    full_texts, "full_texts" {
        #[sea_orm(primary_key, auto_increment = false)]
        paper_id: i64,
        source: String,
        extractor: String,
        saved: DateTimeUtc,
        passages: String,
        record: Option<String>,
        hidden: Option<String>,
        left_out_pages: i32,
        pages: Option<i32>,
    }
}

table! {
    /// Texts that could not be had.
    text_failures, "text_failures" {
        #[sea_orm(primary_key, auto_increment = false)]
        paper_id: i64,
        record: String,
        extractor: String,
        tries: i32,
        fault: String,
        tried: DateTimeUtc,
    }
}

table! {
    /// What a person wrote here.
    posts, "posts" {
        #[sea_orm(primary_key)]
        id: i64,
        slug: String,
        title: String,
        format: String,
        language: String,
        author: String,
        user_id: Option<i64>,
        visibility: String,
        translation: Option<String>,
        published: DateTimeUtc,
        updated: DateTimeUtc,
        body: String,
        kind: String,
        pinned: bool,
        password_hash: Option<String>,
        series: Option<String>,
        part: Option<i32>,
        macros: String,
        fields: String,
        licence: Option<String>,
        commenting: bool,
        readers: i32,
        announced: bool,
    }
}

table! {
    /// The categories of posts.
    post_categories, "post_categories" {
        #[sea_orm(primary_key, auto_increment = false)]
        post_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        position: i32,
        name: String,
    }
}

table! {
    /// The tags of posts.
    post_tags, "post_tags" {
        #[sea_orm(primary_key, auto_increment = false)]
        post_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        position: i32,
        name: String,
    }
}

table! {
    /// What a visitor said, about a post or a paper.
    comments, "comments" {
        #[sea_orm(primary_key)]
        id: i64,
        post_id: Option<i64>,
        paper_id: Option<i64>,
        parent_id: Option<i64>,
        author: String,
        mail: Option<String>,
        site: Option<String>,
        state: String,
        reader_id: Option<i64>,
        user_id: Option<i64>,
        created: DateTimeUtc,
        body: String,
        network: String,
        edit_hash: Option<String>,
        edited: Option<DateTimeUtc>,
        why: Option<String>,
        trusted: bool,
        told: String,
    }
}

table! {
    /// The key of an answer.
    answers, "answers" {
        #[sea_orm(primary_key)]
        id: i64,
        paper_id: i64,
        record_version: String,
        text_source: String,
        extractor: String,
        language: String,
        model: String,
        question_set: String,
    }
}

table! {
    /// One reading.
    attempts, "attempts" {
        #[sea_orm(primary_key)]
        id: i64,
        answer_id: i64,
        state: String,
        model: Option<String>,
        started: DateTimeUtc,
        ended: Option<DateTimeUtc>,
        tokens_read: Option<i64>,
        tokens_written: Option<i64>,
        fault: Option<String>,
        text_source: Option<String>,
        text_fault: Option<String>,
    }
}

table! {
    /// What an attempt may cost, or did.
    charges, "charges" {
        #[sea_orm(primary_key)]
        id: i64,
        attempt_id: i64,
        visitor: String,
        network: String,
        user_id: Option<i64>,
        day: Date,
        tokens: i64,
        micros: i64,
        read_tokens: i64,
        read_micros: i64,
        spent_tokens: i64,
        spent_micros: i64,
        open: bool,
        made: DateTimeUtc,
    }
}

table! {
    /// The text of one section of an attempt.
    sections, "sections" {
        #[sea_orm(primary_key, auto_increment = false)]
        attempt_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        position: i32,
        markdown: String,
    }
}

table! {
    /// That something changed.
    change_log, "change_log" {
        #[sea_orm(primary_key)]
        sequence: i64,
        kind: String,
        id: i64,
    }
}

table! {
    /// What a source deleted before anything of it was stored.
    deletions, "deletions" {
        #[sea_orm(primary_key, auto_increment = false)]
        source: String,
        #[sea_orm(primary_key, auto_increment = false)]
        source_id: String,
    }
}

table! {
    /// What the database knows about itself.
    facts, "facts" {
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        value: i64,
    }
}

table! {
    /// A category, tag or series of posts.
    terms, "terms" {
        #[sea_orm(primary_key, auto_increment = false)]
        kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        slug: String,
        parent: Option<String>,
        description: String,
    }
}

table! {
    /// An address that a term had.
    former_terms, "former_terms" {
        #[sea_orm(primary_key, auto_increment = false)]
        kind: String,
        #[sea_orm(primary_key, auto_increment = false)]
        slug: String,
        name: String,
    }
}

table! {
    /// An address that a post had.
    former_slugs, "former_slugs" {
        #[sea_orm(primary_key, auto_increment = false)]
        slug: String,
        post_id: i64,
    }
}

table! {
    /// That a post links to another.
    post_links, "post_links" {
        #[sea_orm(primary_key, auto_increment = false)]
        post_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        target: String,
    }
}

table! {
    /// That somebody read a post.
    post_reads, "post_reads" {
        #[sea_orm(primary_key, auto_increment = false)]
        post_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        reader: String,
        day: Date,
    }
}

table! {
    /// What is being written.
    drafts, "drafts" {
        #[sea_orm(primary_key)]
        id: i64,
        post_id: Option<i64>,
        user_id: Option<i64>,
        editor_id: Option<i64>,
        version: i64,
        created: DateTimeUtc,
        saved: DateTimeUtc,
        preview_hash: Option<String>,
        title: String,
        content: String,
    }
}

table! {
    /// What a draft was.
    revisions, "revisions" {
        #[sea_orm(primary_key)]
        id: i64,
        draft_id: i64,
        number: i32,
        user_id: Option<i64>,
        begun: DateTimeUtc,
        saved: DateTimeUtc,
        published: bool,
        content: String,
    }
}

table! {
    /// A file that posts show.
    media, "media" {
        #[sea_orm(primary_key)]
        id: i64,
        hash: String,
        name: String,
        mime: String,
        bytes: i64,
        width: Option<i32>,
        height: Option<i32>,
        user_id: Option<i64>,
        created: DateTimeUtc,
    }
}

table! {
    /// Who wants mail of replies.
    subscriptions, "subscriptions" {
        #[sea_orm(primary_key)]
        id: i64,
        mail: String,
        post_id: Option<i64>,
        paper_id: Option<i64>,
        comment_id: Option<i64>,
        token_hash: String,
        language: String,
        created: DateTimeUtc,
        confirmed: Option<DateTimeUtc>,
    }
}

table! {
    /// Mail to be sent.
    mails, "mails" {
        #[sea_orm(primary_key)]
        id: i64,
        recipient: String,
        subject: String,
        headers: String,
        body: String,
        created: DateTimeUtc,
        tries: i32,
        next: DateTimeUtc,
        fault: Option<String>,
        sent: Option<DateTimeUtc>,
    }
}

table! {
    /// Who did what.
    audit, "audit" {
        #[sea_orm(primary_key)]
        id: i64,
        at: DateTimeUtc,
        user_id: Option<i64>,
        who: String,
        action: String,
        object: String,
        detail: String,
    }
}

table! {
    /// What was set in the browser, and secrets of the site.
    settings, "settings" {
        #[sea_orm(primary_key, auto_increment = false)]
        name: String,
        value: String,
        saved: DateTimeUtc,
    }
}

impl sea_orm::Related<roles::Entity> for users::Entity {
    fn to() -> sea_orm::RelationDef {
        use sea_orm::EntityTrait as _;
        users::Entity::belongs_to(roles::Entity).from(users::Column::RoleId).to(roles::Column::Id).into()
    }
}
