//! What was set while the site runs, and secrets that it made for itself.

use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};

use crate::{
    Database, Error,
    connection::Durability,
    rows::settings,
    text::{now, storable},
};

/// The value of a setting, if it has one.
pub async fn get(db: &Database, name: &str) -> Result<Option<String>, Error> {
    Ok(settings::Entity::find_by_id(name).one(db.read()).await?.map(|row| row.value))
}

/// Every setting that has a value, by name.
pub async fn all(db: &Database) -> Result<Vec<(String, String)>, Error> {
    let rows = settings::Entity::find().all(db.read()).await?;
    Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
}

/// Gives a setting a value.
pub async fn set(db: &Database, name: &str, value: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let newer = OnConflict::column(settings::Column::Name)
        .update_columns([settings::Column::Value, settings::Column::Saved])
        .to_owned();
    settings::Entity::insert(row(name, value)).on_conflict(newer).exec_without_returning(&*write).await?;
    write.commit().await
}

/// Takes a setting's value away.
pub async fn unset(db: &Database, name: &str) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    settings::Entity::delete_by_id(name).exec(&*write).await?;
    write.commit().await
}

/// The value of a setting that is chosen once: `chosen`, unless another process was first.
pub async fn once(db: &Database, name: &str, chosen: &str) -> Result<String, Error> {
    let write = db.write(Durability::Full).await?;
    let known = OnConflict::column(settings::Column::Name).do_nothing().to_owned();
    settings::Entity::insert(row(name, chosen)).on_conflict(known).exec_without_returning(&*write).await?;
    write.commit().await?;
    get(db, name).await?.ok_or_else(|| Error::Corrupt(format!("the setting {name} that was there")))
}

fn row(name: &str, value: &str) -> settings::ActiveModel {
    settings::ActiveModel { name: Set(name.to_owned()), value: Set(storable(value)), saved: Set(now()) }
}
