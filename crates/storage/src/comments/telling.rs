use content::{CommentId, CommentState};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{Stored, stored};
use crate::{Database, Error, connection::Durability, mails, rows::comments};

/// Comments that became visible, or are held, and nobody was told of it yet; the oldest first.
pub async fn untold(db: &Database, limit: u64) -> Result<Vec<Stored>, Error> {
    use comments::Column;
    let (held, visible) = (CommentState::Held.name(), CommentState::Visible.name());
    let shown = Condition::all().add(Column::State.eq(visible)).add(Column::Told.is_in(["", held]));
    let waits = Condition::all().add(Column::State.eq(held)).add(Column::Told.eq(""));
    let rows = comments::Entity::find()
        .filter(Condition::any().add(shown).add(waits))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db.read())
        .await?;
    stored(db, rows).await
}

/// Writes down that whoever wants it is told of a comment that is in this state, by these letters. If others were quicker
/// nothing is.
pub async fn told(
    db: &Database,
    id: CommentId,
    state: CommentState,
    letters: &[mails::Draft],
) -> Result<bool, Error> {
    use comments::Column;
    let write = db.write(Durability::Full).await?;
    let first = comments::Entity::update_many()
        .col_expr(Column::Told, Expr::value(state.name()))
        .filter(Column::Id.eq(id.0))
        .filter(Column::Told.is_not_in([state.name(), CommentState::Visible.name()]))
        .exec(&*write)
        .await?
        .rows_affected
        > 0;
    if first {
        mails::insert(&write, letters).await?;
    }
    write.commit().await?;
    Ok(first)
}
