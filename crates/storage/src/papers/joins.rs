use std::collections::BTreeMap;

use content::{DocId, Kind, PaperId, RecordKey};
use sea_orm::{
    ActiveValue::{Set, Unchanged},
    ColumnTrait, Condition, EntityTrait, QueryFilter,
};

use super::{counts::Change, listed, own_paper, root_of};
use crate::{
    Database, Error, changes,
    connection::{Durability, Write},
    rows::papers,
};

/// From now on `keep` stands for `other` too, with all that `other` stood for.
pub async fn join(db: &Database, keep: PaperId, other: PaperId) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    let joined = join_in(&write, keep.0, other.0).await?;
    changes::log(&write, joined.into_iter().flatten().map(|id| DocId { kind: Kind::Paper, id })).await?;
    write.commit().await
}

/// The same within a transaction that has more to do; names the papers that changed, if it was not done before.
pub(super) async fn join_in(write: &Write, keep: i64, other: i64) -> Result<Option<[i64; 2]>, Error> {
    changes::lock(write).await?;
    let missing = |id: i64| Error::Missing(format!("paper {id}"));
    let root = root_of(&**write, keep).await?.ok_or_else(|| missing(keep))?;
    let joined = root_of(&**write, other).await?.ok_or_else(|| missing(other))?;
    if root == joined {
        return Ok(None);
    }
    let mut group = Group::of(write, joined).await?;
    group.hang(joined, Some(root));
    group.save(write).await?;
    Change::all(-1).save(write).await?;
    listed::refresh(write, &[root, joined].into()).await?;
    Ok(Some([root, joined]))
}

/// Takes a record, with the other versions of it, out of the paper that stands for several: it is a
/// paper of its own again, as it was before it was joined, with what had been joined to it.
pub async fn part(db: &Database, record: &RecordKey) -> Result<(), Error> {
    let write = db.write(Durability::Full).await?;
    changes::lock(&write).await?;
    let missing = || Error::Missing(format!("record {} of {}", record.id, record.source));
    let own = own_paper(&*write, &record.source, &record.id).await?.ok_or_else(missing)?;
    let root = root_of(&*write, own).await?.ok_or_else(missing)?;
    let mut group = Group::of(&write, root).await?;
    let other = match own == root {
        false => {
            group.hang(own, None);
            root
        }
        // The paper that stood for the others leaves: the eldest of them takes its place.
        true => {
            let Some((heir, others)) =
                group.children(root).split_first().map(|(heir, others)| (*heir, others.to_vec()))
            else {
                return Ok(());
            };
            group.hang(heir, None);
            others.into_iter().for_each(|other| group.hang(other, Some(heir)));
            heir
        }
    };
    group.save(&write).await?;
    keep_apart(&write, own).await?;
    Change::all(1).save(&write).await?;
    listed::refresh(&write, &[own, other].into()).await?;
    changes::log(&write, [own, other].map(|id| DocId { kind: Kind::Paper, id })).await?;
    write.commit().await
}

/// What a person parted is not joined again by itself.
async fn keep_apart(write: &Write, paper: i64) -> Result<(), Error> {
    let row = papers::ActiveModel { id: Unchanged(paper), apart: Set(true), ..Default::default() };
    papers::Entity::update(row).exec(&**write).await?;
    Ok(())
}

/// A tree of papers: who was joined to whom.
struct Group {
    joined_to: BTreeMap<i64, Option<i64>>,
}

impl Group {
    async fn of(write: &Write, root: i64) -> Result<Self, Error> {
        let members = Condition::any().add(papers::Column::Id.eq(root)).add(papers::Column::RootId.eq(root));
        let rows = papers::Entity::find().filter(members).all(&**write).await?;
        Ok(Self { joined_to: rows.into_iter().map(|row| (row.id, row.joined_to)).collect() })
    }

    /// Oldest first.
    fn children(&self, of: i64) -> Vec<i64> {
        self.joined_to.iter().filter(|(_, parent)| **parent == Some(of)).map(|(child, _)| *child).collect()
    }

    fn hang(&mut self, paper: i64, parent: Option<i64>) {
        self.joined_to.insert(paper, parent);
    }

    /// The end of the chain; `None` for a paper that is that end itself.
    fn root(&self, paper: i64) -> Option<i64> {
        let mut at = *self.joined_to.get(&paper)?;
        while let Some(next) = at.and_then(|at| *self.joined_to.get(&at)?) {
            at = Some(next);
        }
        at
    }

    async fn save(&self, write: &Write) -> Result<(), Error> {
        for (paper, parent) in &self.joined_to {
            let row = papers::ActiveModel {
                id: Unchanged(*paper),
                joined_to: Set(*parent),
                root_id: Set(self.root(*paper)),
                ..Default::default()
            };
            papers::Entity::update(row).exec(&**write).await?;
        }
        Ok(())
    }
}
