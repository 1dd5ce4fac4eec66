//! Lists of what is written: posts with their working copies, and working copies that were never published.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use content::{DraftId, Invalid, PostId, UserId, Visibility};
use sea_orm::{
    ConnectionTrait, JoinType, Order, QueryResult,
    sea_query::{CaseStatement, Expr, ExprTrait as _, Func, LikeExpr, Query, SelectStatement},
};

use super::Standing;
use crate::{
    Cursor, Database, Error, Page, paging,
    text::{now, storable},
};

/// What a list of what is written says of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The working copy, if there is one.
    pub draft: Option<DraftId>,
    /// The post, if it was ever published.
    pub post: Option<Standing>,
    /// How it stands.
    pub state: State,
    /// The title of the working copy, or of the post.
    pub title: String,
    /// Whose text it is.
    pub owner: Option<UserId>,
    /// The author's name as shown, of a post.
    pub author: String,
    /// When it was saved last.
    pub saved: DateTime<Utc>,
    /// Whether the working copy has something that the post has not.
    pub changed: bool,
}

/// How something that is written stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not published, or taken back.
    Draft,
    /// Its day is to come.
    Scheduled,
    /// Everybody's, or of whoever knows its password.
    Published,
    /// Only of its author and of editors.
    Private,
}

/// Which of what is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Which {
    /// What belongs to this person.
    pub owner: Option<UserId>,
    /// What has each of these words in its title, whatever stands around them.
    pub words: Vec<String>,
    /// What stands so.
    pub state: Option<State>,
}

impl State {
    /// Every state, in the order in which lists name them.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Scheduled, Self::Published, Self::Private];

    /// How a post stands, or what has none.
    pub fn of(post: Option<&Standing>) -> Self {
        match post {
            None => Self::Draft,
            Some(post) => match post.visibility {
                Visibility::Draft => Self::Draft,
                Visibility::Private => Self::Private,
                _ if post.published > Utc::now() => Self::Scheduled,
                Visibility::Public | Visibility::Protected => Self::Published,
            },
        }
    }

    /// The name in addresses and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Published => "published",
            Self::Private => "private",
        }
    }
}

impl FromStr for State {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let given = text.chars().take(80).collect();
        let invalid =
            || Invalid { what: "state", given, why: "is none of draft, scheduled, published, private" };
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or_else(invalid)
    }
}

/// A part of what is written, what was saved last first; `total` is how much there is.
pub async fn list(
    db: &Database,
    which: &Which,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Page<Listed>, Error> {
    let Page { items, next, total, first } =
        paging::page(db, &found(which), ("saved", "place"), after, limit).await?;
    Ok(Page { items: items.iter().map(listed).collect::<Result<_, _>>()?, next, total, first })
}

/// How much stands in each state, in the order of [`State::ALL`]; which one is asked for does not matter.
pub async fn tally(db: &Database, which: &Which) -> Result<[u64; 4], Error> {
    let counted = found(&Which { state: None, ..which.clone() })
        .column("state")
        .expr_as(Func::count(Expr::cust("*")), "found")
        .group_by_col("state")
        .take();
    let mut counts = [0; 4];
    for row in db.read().query_all(&counted).await? {
        let state: State = row.try_get::<String>("", "state")?.parse().map_err(corrupt)?;
        counts[state as usize] = row.try_get::<i64>("", "found")?.unsigned_abs();
    }
    Ok(counts)
}

/// The working copies that were never published.
pub async fn unpublished(db: &Database) -> Result<Vec<DraftId>, Error> {
    let none = Query::select()
        .column("id")
        .from("drafts")
        .and_where(Expr::col("post_id").is_null())
        .order_by("id", Order::Asc)
        .take();
    let rows = db.read().query_all(&none).await?;
    rows.iter().map(|row| Ok(DraftId(row.try_get("", "id")?))).collect()
}

/// From what is asked for; whoever asks says which columns.
fn found(which: &Which) -> SelectStatement {
    let mut found = Query::select().from_subquery(written(), "written").take();
    if let Some(owner) = which.owner {
        found.and_where(Expr::col("owner").eq(owner.0));
    }
    if let Some(state) = which.state {
        found.and_where(Expr::col("state").eq(state.name()));
    }
    for word in &which.words {
        let word = storable(word).replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        let like = |word: &str| LikeExpr::new(format!("%{word}%")).escape('\\');
        // SQLite knows capitals of ASCII only: of other letters what is written as it was typed is found.
        let folded = Expr::expr(Func::lower(Expr::col("title"))).like(like(&word.to_lowercase()));
        found.and_where(folded.or(Expr::col("title").like(like(&word))));
    }
    found
}

/// Everything that is written, each with its post and its working copy as far as there are.
fn written() -> SelectStatement {
    let of_post = |column: &'static str| Expr::col(("posts", column));
    let of_draft = |column: &'static str| Expr::col(("drafts", column));
    let none = || of_post("id").is_null();
    let owner = CaseStatement::new().case(none(), of_draft("user_id")).finally(of_post("user_id"));
    let newer = none().or(of_draft("saved").gt(of_post("updated")));
    let saved = CaseStatement::new().case(newer, of_draft("saved")).finally(of_post("updated"));
    let state = CaseStatement::new()
        .case(none().or(of_post("visibility").eq(Visibility::Draft.name())), State::Draft.name())
        .case(of_post("visibility").eq(Visibility::Private.name()), State::Private.name())
        .case(of_post("published").gt(now()), State::Scheduled.name())
        .finally(State::Published.name());
    Query::select()
        .expr_as(of_draft("id"), "draft")
        .expr_as(of_draft("saved"), "copied")
        .expr_as(of_post("id"), "post")
        .exprs(["slug", "visibility", "published", "updated", "author"].map(of_post))
        .expr_as(of_draft("title").if_null(of_post("title")), "title")
        .expr_as(owner, "owner")
        .expr_as(saved, "saved")
        .expr_as(state, "state")
        // No two have the same: what tells apart what was saved at one moment.
        .expr_as(of_post("id").if_null(of_draft("id").mul(-1_i64)), "place")
        .from("posts")
        .join(JoinType::FullOuterJoin, "drafts", of_draft("post_id").equals(("posts", "id")))
        .take()
}

fn listed(row: &QueryResult) -> Result<Listed, Error> {
    let post = match row.try_get::<Option<i64>>("", "post")? {
        Some(id) => Some(standing(PostId(id), row)?),
        None => None,
    };
    let copied: Option<DateTime<Utc>> = row.try_get("", "copied")?;
    let state: String = row.try_get("", "state")?;
    Ok(Listed {
        draft: row.try_get::<Option<i64>>("", "draft")?.map(DraftId),
        changed: copied.is_some_and(|copied| post.as_ref().is_none_or(|post| copied > post.updated)),
        state: state.parse().map_err(corrupt)?,
        title: row.try_get("", "title")?,
        owner: row.try_get::<Option<i64>>("", "owner")?.map(UserId),
        author: row.try_get::<Option<String>>("", "author")?.unwrap_or_default(),
        saved: row.try_get("", "saved")?,
        post,
    })
}

fn standing(id: PostId, row: &QueryResult) -> Result<Standing, Error> {
    let (slug, visibility): (String, String) = (row.try_get("", "slug")?, row.try_get("", "visibility")?);
    let known = Visibility::ALL.into_iter().find(|one| one.name() == visibility);
    Ok(Standing {
        id,
        slug: slug.parse().map_err(corrupt)?,
        visibility: known.ok_or_else(|| Error::Corrupt(format!("the visibility {visibility:?}")))?,
        published: row.try_get("", "published")?,
        updated: row.try_get("", "updated")?,
    })
}

fn corrupt(invalid: Invalid) -> Error {
    Error::Corrupt(invalid.to_string())
}
