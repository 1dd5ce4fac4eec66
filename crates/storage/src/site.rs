//! The site itself.

use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::{
    Database, Error,
    connection::Durability,
    rows::facts::{ActiveModel, Column, Entity},
};

/// A number that is this site's for ever, wherever it moves.
const IDENTITY: &str = "site.identity";

/// The number that tells this site from all others. It is the one proposed if there is none yet.
pub async fn identity(db: &Database, proposed: i64) -> Result<i64, Error> {
    if let Some(known) = Entity::find_by_id(IDENTITY).one(db.read()).await? {
        return Ok(known.value);
    }
    let write = db.write(Durability::Full).await?;
    let row = ActiveModel { name: Set(IDENTITY.to_owned()), value: Set(proposed) };
    let known = OnConflict::column(Column::Name).do_nothing().to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(&*write).await?;
    let known = Entity::find_by_id(IDENTITY).one(&*write).await?;
    write.commit().await?;
    known.map(|known| known.value).ok_or_else(|| Error::Corrupt("a fact that was just written".into()))
}
