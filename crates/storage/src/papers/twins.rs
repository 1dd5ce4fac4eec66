//! Records of one work that come from different sources: a preprint and its version in proceedings.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use content::Harvested;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, sea_query::IntoCondition,
};
use sha2::{Digest as _, Sha256};

use super::joins;
use crate::{
    Error,
    connection::Write,
    rows::{papers, records},
    text::{in_pieces, names_from_json},
};

/// Titles with fewer letters ("Introduction", "Preface") say too little.
const LETTERS: usize = 16;

/// A number that titles share if they have the same letters and digits; none for a title that says too little.
pub(super) fn fingerprint(title: &str) -> Option<i64> {
    let letters: String =
        title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    // A Chinese character says as much as some letters do.
    let said: usize = letters.chars().map(|c| if c >= '\u{2e80}' { 3 } else { 1 }).sum();
    (said >= LETTERS).then(|| {
        let hash = Sha256::digest(letters);
        i64::from_be_bytes(hash[..8].try_into().expect("a hash has 32 bytes"))
    })
}

/// Joins papers that are new to those that are the same work by another source: the same title and authors, or the same
/// DOI. What a person parted stays apart. Names the papers that changed.
pub(super) async fn join(write: &Write, new: &BTreeMap<i64, &Harvested>) -> Result<BTreeSet<i64>, Error> {
    let others = Others::of(write, new).await?;
    let mut changed = BTreeSet::new();
    for (paper, one) in new {
        for other in others.like(*paper, one) {
            changed.extend(joins::join_in(write, other, *paper).await?.into_iter().flatten());
        }
    }
    Ok(changed)
}

#[derive(FromQueryResult)]
struct Row {
    paper_id: i64,
    source: String,
    authors: String,
    doi: Option<String>,
    fingerprint: Option<i64>,
}

/// Stored records that have a title or a DOI in common with new ones.
struct Others {
    rows: Vec<(Row, BTreeSet<String>)>,
    by_title: HashMap<i64, Vec<usize>>,
    by_doi: HashMap<String, Vec<usize>>,
}

impl Others {
    async fn of(write: &Write, new: &BTreeMap<i64, &Harvested>) -> Result<Self, Error> {
        let mut others = Self { rows: Vec::new(), by_title: HashMap::new(), by_doi: HashMap::new() };
        // Two questions, for an index each: asked as one, neither would be used.
        for titles in in_pieces(new.values().filter_map(|one| fingerprint(&one.record.title))) {
            for row in rows(write, records::Column::Fingerprint.is_in(titles)).await? {
                others.add(row)?;
            }
        }
        for dois in in_pieces(new.values().filter_map(|one| one.record.links.doi.as_deref())) {
            for row in rows(write, records::Column::Doi.is_in(dois)).await? {
                others.add(row)?;
            }
        }
        Ok(others)
    }

    fn add(&mut self, row: Row) -> Result<(), Error> {
        let at = self.rows.len();
        if let Some(title) = row.fingerprint {
            self.by_title.entry(title).or_default().push(at);
        }
        if let Some(doi) = &row.doi {
            self.by_doi.entry(doi.clone()).or_default().push(at);
        }
        let families = families(&names_from_json(&row.authors)?);
        self.rows.push((row, families));
        Ok(())
    }

    /// Papers that are the same work as a new one and elder.
    fn like(&self, paper: i64, one: &Harvested) -> BTreeSet<i64> {
        let record = &one.record;
        let own = families(&record.authors);
        let at = |places: Option<&Vec<usize>>| places.cloned().unwrap_or_default();
        let by_title = fingerprint(&record.title).map(|title| at(self.by_title.get(&title)));
        let same_authors =
            by_title.unwrap_or_default().into_iter().filter(|at| alike(&own, &self.rows[*at].1));
        let same_doi = record.links.doi.as_ref().map(|doi| at(self.by_doi.get(doi))).unwrap_or_default();
        same_authors
            .chain(same_doi)
            .map(|at| &self.rows[at].0)
            .filter(|row| row.paper_id < paper && row.source != record.key.source)
            .map(|row| row.paper_id)
            .collect()
    }
}

async fn rows(write: &Write, which: impl IntoCondition) -> Result<Vec<Row>, Error> {
    use records::Column;
    let paper = records::Entity::belongs_to(papers::Entity).from(Column::PaperId).to(papers::Column::Id);
    let rows = records::Entity::find()
        .select_only()
        .columns([Column::PaperId, Column::Source, Column::Authors, Column::Doi, Column::Fingerprint])
        .join(JoinType::InnerJoin, paper.into())
        .filter(which)
        .filter(papers::Column::Apart.eq(false))
        .into_model::<Row>()
        .all(&**write)
        .await?;
    Ok(rows)
}

/// Half of the shorter list, at least: lists of authors differ by one who joined later, and by spellings.
fn alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let common = one.intersection(other).count();
    common > 0 && common * 2 >= one.len().min(other.len())
}

/// The longest word of each name: the family name, or a given one that is as telling, whichever order a source uses.
fn families(authors: &[String]) -> BTreeSet<String> {
    let longest = |name: &String| {
        let words = name.split(|c: char| !c.is_alphanumeric());
        words.max_by_key(|word| word.chars().count()).map(str::to_lowercase).filter(|word| !word.is_empty())
    };
    authors.iter().filter_map(longest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(fingerprint("On the $L_2$ Norm: A Study"), fingerprint("On the L2 norm -- a study"));
        assert_ne!(fingerprint("On the $L_2$ Norm: A Study"), fingerprint("On the $L_1$ Norm: A Study"));
        assert_eq!(fingerprint("Introduction"), None);
        assert!(fingerprint("旋转位置编码").is_some());
    }

    #[test]
    fn authors() {
        let families = |names: &[&str]| families(&names.iter().map(ToString::to_string).collect::<Vec<_>>());
        let check = |one: &[&str], other: &[&str]| alike(&families(one), &families(other));
        assert!(check(&["Ada Lovelace", "C. Babbage"], &["Lovelace, Ada", "Babbage, Charles"]));
        assert!(check(&["Ada Lovelace", "C. Babbage"], &["Ada Lovelace"]));
        assert!(!check(
            &["Ada Lovelace", "C. Babbage", "M. Somerville"],
            &["Babbage", "Faraday", "Herschel"]
        ));
        assert!(!check(&[], &[]));
    }
}
