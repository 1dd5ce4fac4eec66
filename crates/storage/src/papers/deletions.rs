//! What a source deleted before anything of it was stored. Once something comes, its record says it.

use std::collections::{BTreeMap, BTreeSet};

use content::Harvested;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    Error,
    connection::Write,
    rows::deletions::{ActiveModel, Column, Entity},
    text::{in_pieces, storable},
};

/// Source and identifier.
pub(super) type Gone = BTreeSet<(String, String)>;

/// Keeps that the source has this no more.
pub(crate) async fn note(write: &Write, source: &str, id: &str) -> Result<(), Error> {
    let row = ActiveModel { source: Set(storable(source)), source_id: Set(storable(id)) };
    let known = OnConflict::columns([Column::Source, Column::SourceId]).do_nothing().to_owned();
    Entity::insert(row).on_conflict(known).exec_without_returning(&**write).await?;
    Ok(())
}

/// Which of these were deleted, for their records to say it from now on.
pub(super) async fn take<'a>(
    write: &Write,
    new: impl IntoIterator<Item = &'a Harvested>,
) -> Result<Gone, Error> {
    let mut items: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Harvested { record, .. } in new {
        items.entry(&record.key.source).or_default().insert(&record.key.id);
    }
    let mut gone = Gone::new();
    for (source, ids) in items {
        for piece in in_pieces(ids) {
            let these = Condition::all().add(Column::Source.eq(source)).add(Column::SourceId.is_in(piece));
            let rows = Entity::find().filter(these.clone()).all(&**write).await?;
            if !rows.is_empty() {
                Entity::delete_many().filter(these).exec(&**write).await?;
            }
            gone.extend(rows.into_iter().map(|row| (row.source, row.source_id)));
        }
    }
    Ok(gone)
}
