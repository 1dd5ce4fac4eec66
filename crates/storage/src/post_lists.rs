//! Lists of posts: which posts stand under something, in which order, and how many there are.
//!
//! What is asked first is answered by an index alone, and gives numbers; only the posts that are shown are read, since
//! each holds its whole text.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};
use content::{Language, Post, PostId, PostKind, Series, Slug, Visibility};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Order, SimpleExpr},
};

use crate::{
    Cursor, Database, Error, Page,
    paging::More,
    posts::ordered,
    rows::{post_categories, post_tags, posts},
    terms::TermKind,
    text::{in_pieces, now},
};
use posts::Column;

/// Which posts a list is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every one, those that are pinned first.
    All,
    /// Those in one of these categories: one, and all that are below it.
    Categories(Vec<String>),
    /// Those with a tag.
    Tag(String),
    /// Those of an author, as shown.
    Author(String),
    /// The parts of a series, in their order.
    Series(String),
    /// Those of a time, from its beginning to before its end.
    Between(DateTime<Utc>, DateTime<Utc>),
}

/// A post without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Key and number.
    pub id: PostId,
    /// The address below `/posts/`.
    pub slug: Slug,
    /// Plain text with formulas.
    pub title: String,
    /// The language it is written in.
    pub language: Language,
    /// The author's name as shown.
    pub author: String,
    /// When it was public first.
    pub published: DateTime<Utc>,
    /// Its place in its series, if it is in one.
    pub series: Option<Series>,
    /// How many people have read it.
    pub readers: u64,
}

/// A month that has posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// The year.
    pub year: i32,
    /// From 1 to 12.
    pub month: u32,
    /// How many posts are of it.
    pub posts: u64,
    /// When the last of them came.
    pub last: DateTime<Utc>,
}

impl Scope {
    fn filter(&self) -> Condition {
        macro_rules! under {
            ($table:ident, $names:expr) => {{
                let its = $table::Entity::find()
                    .select_only()
                    .column($table::Column::PostId)
                    .filter($table::Column::Name.is_in($names));
                Column::Id.in_subquery(its.into_query())
            }};
        }
        let listed = listed();
        match self {
            Self::All => listed,
            Self::Categories(names) => listed.add(under!(post_categories, names)),
            Self::Tag(name) => listed.add(under!(post_tags, [name])),
            Self::Author(name) => listed.add(among(Column::Author.eq(name))),
            Self::Series(name) => listed.add(among(Column::Series.eq(name))),
            Self::Between(from, to) => {
                listed.add(Column::Published.gte(*from)).add(Column::Published.lt(*to))
            }
        }
    }

    /// What a list is ordered by.
    fn keys(&self) -> (Vec<Column>, Order) {
        match self {
            Self::Series(_) => (vec![Column::Part, Column::Id], Order::Asc),
            Self::Between(..) => (vec![Column::Published, Column::Id], Order::Desc),
            _ => (vec![Column::Pinned, Column::Published, Column::Id], Order::Desc),
        }
    }

    /// What comes after a place.
    fn past(&self, place: Cursor) -> SimpleExpr {
        let (keys, _) = self.keys();
        let columns = Expr::tuple(keys.into_iter().map(Expr::col));
        match self {
            Self::Series(_) => columns.gt(Expr::tuple([Expr::val(place.more.place), Expr::val(place.id)])),
            Self::Between(..) => columns.lt(Expr::tuple([Expr::val(place.at), Expr::val(place.id)])),
            _ => columns.lt(Expr::tuple([
                Expr::val(place.more.stars > 0),
                Expr::val(place.at),
                Expr::val(place.id),
            ])),
        }
    }
}

/// A page of a list. The texts of protected posts are left out.
pub async fn list(
    db: &Database,
    scope: &Scope,
    after: Option<Cursor>,
    limit: u64,
) -> Result<Page<Post>, Error> {
    let total = count(db, scope).await?;
    let (keys, order) = scope.keys();
    let mut its = posts::Entity::find().select_only().column(Column::Id).filter(scope.filter());
    if let Some(after) = after {
        its = its.filter(scope.past(after));
    }
    let its = keys.into_iter().fold(its, |its, key| its.order_by(key, order.clone()));
    let mut ids: Vec<i64> = its.limit(limit + 1).into_tuple().all(db.read()).await?;
    let more = ids.len() as u64 > limit;
    ids.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let items = whole(db, &ids).await?;
    let before = after.map_or(0, |after| after.more.before);
    let next = items.last().filter(|_| more).map(|last| {
        let series = last.details.series.as_ref().map_or(0, |series| series.part);
        let more = More {
            stars: i32::from(last.details.pinned),
            place: i32::try_from(series).unwrap_or(i32::MAX),
            before: before + items.len() as u64,
        };
        Cursor { more, ..Cursor::at(last.published, last.id.0) }
    });
    Ok(Page { items, next, total, first: before + 1 })
}

/// The newest posts of a list, whatever is pinned. The texts of protected posts are left out.
pub async fn newest(db: &Database, scope: &Scope, limit: u64) -> Result<Vec<Post>, Error> {
    let its = posts::Entity::find().select_only().column(Column::Id).filter(scope.filter());
    let its = its.order_by_desc(Column::Published).order_by_desc(Column::Id).limit(limit);
    let ids: Vec<i64> = its.into_tuple().all(db.read()).await?;
    whole(db, &ids).await
}

/// How many posts a list has.
pub async fn count(db: &Database, scope: &Scope) -> Result<u64, Error> {
    let its = posts::Entity::find().select_only().column(Column::Id).filter(scope.filter());
    Ok(its.count(db.read()).await?)
}

/// The posts right before and after a moment and a number, by their days.
pub async fn neighbours(db: &Database, post: &Post) -> Result<(Option<Named>, Option<Named>), Error> {
    let place = || Expr::tuple([Expr::col(Column::Published), Expr::col(Column::Id)]);
    let here = || Expr::tuple([Expr::val(post.published), Expr::val(post.id.0)]);
    let ids = || posts::Entity::find().select_only().column(Column::Id).filter(listed());
    let earlier = ids().filter(place().lt(here()));
    let earlier = earlier.order_by_desc(Column::Published).order_by_desc(Column::Id);
    let later = ids().filter(place().gt(here())).order_by_asc(Column::Published).order_by_asc(Column::Id);
    let one = async |its: sea_orm::Select<posts::Entity>| {
        let ids: Vec<i64> = its.limit(1).into_tuple().all(db.read()).await?;
        Ok::<_, Error>(named(db, &ids).await?.pop())
    };
    Ok((one(earlier).await?, one(later).await?))
}

/// The parts of a series, in their order.
pub async fn parts(db: &Database, series: &str) -> Result<Vec<Named>, Error> {
    let its = names().filter(listed()).filter(among(Column::Series.eq(series)));
    let its = its.order_by_asc(Column::Part).order_by_asc(Column::Id);
    read(its.into_model().all(db.read()).await?)
}

/// All series, each with how many posts it has and when the last one came, the newest first.
pub async fn all_series(db: &Database) -> Result<Vec<(String, u64, DateTime<Utc>)>, Error> {
    let all = in_terms(db, TermKind::Series).await?.into_iter();
    let mut all: Vec<_> = all.map(|(name, (posts, last))| (name, posts, last)).collect();
    all.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
    Ok(all)
}

/// Whether there is any series.
pub async fn has_series(db: &Database) -> Result<bool, Error> {
    let its = posts::Entity::find().select_only().column(Column::Id);
    let its = its.filter(listed().add(among(Column::Series.is_not_null()))).limit(1);
    Ok(its.into_tuple::<i64>().one(db.read()).await?.is_some())
}

/// The posts that most people have read, first the most read one.
pub async fn popular(db: &Database, limit: u64) -> Result<Vec<Named>, Error> {
    let its = posts::Entity::find().select_only().column(Column::Id).filter(listed());
    let its = its.filter(Column::Readers.gt(0)).order_by_desc(Column::Readers).order_by_desc(Column::Id);
    let ids: Vec<i64> = its.limit(limit).into_tuple().all(db.read()).await?;
    named(db, &ids).await
}

/// The posts of these numbers that lists name, in the order asked.
pub async fn named(db: &Database, ids: &[i64]) -> Result<Vec<Named>, Error> {
    let mut found = HashMap::new();
    for piece in in_pieces(ids.iter().copied()) {
        let its = names().filter(listed()).filter(Column::Id.is_in(piece));
        let its = read(its.into_model().all(db.read()).await?)?;
        found.extend(its.into_iter().map(|one| (one.id.0, one)));
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// Every month that has posts, the newest first.
pub async fn months(db: &Database) -> Result<Vec<Month>, Error> {
    let its = posts::Entity::find().select_only().column(Column::Published).filter(listed());
    let days: Vec<DateTime<Utc>> = its.order_by_desc(Column::Published).into_tuple().all(db.read()).await?;
    let mut months: Vec<Month> = Vec::new();
    for day in days {
        let (year, month) = (day.year(), day.month());
        match months.last_mut().filter(|last| (last.year, last.month) == (year, month)) {
            Some(last) => last.posts += 1,
            None => months.push(Month { year, month, posts: 1, last: day }),
        }
    }
    Ok(months)
}

/// How many posts each category or tag has of its own, and when the last of them changed.
pub async fn in_terms(db: &Database, kind: TermKind) -> Result<HashMap<String, (u64, DateTime<Utc>)>, Error> {
    macro_rules! counted {
        ($table:ident) => {{
            let its = $table::Entity::find()
                .select_only()
                .column($table::Column::Name)
                .column($table::Column::PostId)
                .into_tuple::<(String, i64)>();
            its.all(db.read()).await?
        }};
    }
    let named: Vec<(String, i64)> = match kind {
        TermKind::Category => counted!(post_categories),
        TermKind::Tag => counted!(post_tags),
        TermKind::Series => {
            let its = posts::Entity::find().select_only().column(Column::Series).column(Column::Id);
            let its = its.filter(Column::Series.is_not_null()).into_tuple::<(String, i64)>();
            its.all(db.read()).await?
        }
    };
    let days = posts::Entity::find().select_only().column(Column::Id).column(Column::Published);
    let days: Vec<(i64, DateTime<Utc>)> = days.filter(listed()).into_tuple().all(db.read()).await?;
    let days: HashMap<i64, DateTime<Utc>> = days.into_iter().collect();
    let mut terms: HashMap<String, (u64, DateTime<Utc>)> = HashMap::new();
    for (name, id) in named {
        let Some(day) = days.get(&id) else { continue };
        let (posts, last) = terms.entry(name).or_insert((0, *day));
        *posts += 1;
        *last = Ord::max(*last, *day);
    }
    Ok(terms)
}

/// Pages that stand on their own, by their titles.
pub async fn pages(db: &Database) -> Result<Vec<(Named, Option<Slug>)>, Error> {
    let its = posts::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(crate::posts::readable())
        .filter(Column::Kind.eq(PostKind::Page.name()));
    let ids: Vec<i64> = its.into_tuple().all(db.read()).await?;
    let rows: Vec<Row> = names().filter(Column::Id.is_in(ids)).into_model().all(db.read()).await?;
    let mut pages = Vec::new();
    for row in rows {
        let other = row.translation.as_deref().and_then(|slug| slug.parse().ok());
        pages.push((row.read()?, other));
    }
    pages.sort_by(|a, b| a.0.title.cmp(&b.0.title));
    Ok(pages)
}

/// The name of whoever owns the newest post of this account.
pub async fn author_of(db: &Database, user: content::UserId) -> Result<Option<String>, Error> {
    let its = posts::Entity::find().select_only().column(Column::Author).filter(listed());
    let its = its.filter(Column::UserId.eq(user.0)).order_by_desc(Column::Published).limit(1);
    Ok(its.into_tuple().one(db.read()).await?)
}

/// Posts of which something else is true, found by an index of its own: whole rows are read of none.
fn among(which: SimpleExpr) -> SimpleExpr {
    let its = posts::Entity::find().select_only().column(Column::Id).filter(which);
    Column::Id.in_subquery(its.into_query())
}

/// What lists name: posts, public or protected, whose day has come.
pub(crate) fn listed() -> Condition {
    // Said so that no index on the visibility alone looks good: those on the kind have it all in the order of lists.
    let hidden = [Visibility::Private, Visibility::Draft].map(Visibility::name);
    Condition::all()
        .add(Column::Kind.eq(PostKind::Post.name()))
        .add(Column::Visibility.is_not_in(hidden))
        .add(Column::Published.lte(now()))
}

/// The posts of these numbers in this order, without the texts of those that need a password.
async fn whole(db: &Database, ids: &[i64]) -> Result<Vec<Post>, Error> {
    let mut rows = posts::Entity::find().filter(Column::Id.is_in(ids.to_vec())).all(db.read()).await?;
    let protected = rows.iter_mut().filter(|row| row.visibility != Visibility::Public.name());
    protected.for_each(|row| row.body.clear());
    ordered(db, &ids.iter().map(|id| PostId(*id)).collect::<Vec<_>>(), rows).await
}

/// What [`Named`] is made of.
#[derive(FromQueryResult)]
struct Row {
    id: i64,
    slug: String,
    title: String,
    language: String,
    author: String,
    published: DateTime<Utc>,
    translation: Option<String>,
    series: Option<String>,
    part: Option<i32>,
    readers: i32,
}

fn names() -> sea_orm::Select<posts::Entity> {
    posts::Entity::find().select_only().columns([
        Column::Id,
        Column::Slug,
        Column::Title,
        Column::Language,
        Column::Author,
        Column::Published,
        Column::Translation,
        Column::Series,
        Column::Part,
        Column::Readers,
    ])
}

fn read(rows: Vec<Row>) -> Result<Vec<Named>, Error> {
    rows.into_iter().map(Row::read).collect()
}

impl Row {
    fn read(self) -> Result<Named, Error> {
        let corrupt = |invalid: content::Invalid| Error::Corrupt(invalid.to_string());
        let part = self.part.and_then(|part| u32::try_from(part).ok()).unwrap_or(1);
        Ok(Named {
            id: PostId(self.id),
            slug: self.slug.parse().map_err(corrupt)?,
            title: self.title,
            language: self.language.parse().map_err(corrupt)?,
            author: self.author,
            published: self.published,
            series: self.series.map(|name| Series { name, part }),
            readers: u64::try_from(self.readers).unwrap_or_default(),
        })
    }
}
