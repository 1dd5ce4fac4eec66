//! Records of one work that come from different sources: a preprint and its version in proceedings.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use content::Record;
use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, sea_query::IntoCondition,
};
use sha2::{Digest as _, Sha256};
use unicode_normalization::UnicodeNormalization as _;

use super::{joins, members_of};
use crate::{
    Error,
    connection::Write,
    rows::{papers, records},
    text::{in_pieces, names_from_json},
};

/// Titles with fewer letters ("Introduction", "Preface") say too little.
const LETTERS: usize = 16;
/// Authors that are compared; of longer lists the first ones say enough.
const AUTHORS: usize = 30;

/// A number that titles share if they have the same letters, digits and signs; none for a title that says too little.
pub(crate) fn fingerprint(title: &str) -> Option<i64> {
    let characters: Vec<char> = title.chars().flat_map(char::to_lowercase).collect();
    let said = |(at, c): (usize, &char)| match c {
        // A hyphen is written or not; a minus sign is another title.
        '-' | '−' => {
            !characters.get(at + 1).is_some_and(|next| next.is_alphanumeric())
                && at > 0
                && characters[at - 1].is_alphanumeric()
        }
        '+' | '*' | '#' | '<' | '>' | '=' => true,
        c => c.is_alphanumeric(),
    };
    let letters: String = characters.iter().enumerate().filter(|one| said(*one)).map(|(_, c)| *c).collect();
    // A Chinese character says as much as some letters do.
    let length: usize = letters.chars().map(|c| if c >= '\u{2e80}' { 3 } else { 1 }).sum();
    (length >= LETTERS).then(|| {
        let hash = Sha256::digest(letters);
        i64::from_be_bytes(hash[..8].try_into().expect("a hash has 32 bytes"))
    })
}

/// Joins papers to those that are the same work by another source: two of title, authors and DOI agree. What a person
/// parted stays apart, and two records of one source are never one work. Names the papers that changed.
pub(super) async fn join(write: &Write, changed: &BTreeMap<i64, &Record>) -> Result<BTreeSet<i64>, Error> {
    let found = candidates(write, changed).await?;
    let mut alike: HashMap<Key, Vec<&Row>> = HashMap::new();
    for row in &found {
        let keys = row.fingerprint.map(Key::Title).into_iter().chain(row.doi.as_deref().map(Key::Doi));
        keys.for_each(|key| alike.entry(key).or_default().push(row));
    }
    // A paper that a person parted is not among those that were found.
    let free: HashSet<i64> = found.iter().map(|row| row.paper_id).collect();
    let mut joined = BTreeSet::new();
    for (paper, record) in changed {
        if !free.contains(paper) {
            continue;
        }
        let title = fingerprint(&record.title);
        let keys = title.map(Key::Title).into_iter().chain(record.links.doi.as_deref().map(Key::Doi));
        let others = keys.filter_map(|key| alike.get(&key)).flatten();
        let others = others.filter(|row| row.paper_id != *paper && row.source != record.key.source);
        let others: Vec<&&Row> = others.collect();
        for other in others {
            if is_same(record, title, other)? && !meets_itself(write, *paper, other.paper_id).await? {
                let (elder, younger) = ((*paper).min(other.paper_id), (*paper).max(other.paper_id));
                joined.extend(joins::join_in(write, elder, younger).await?.into_iter().flatten());
            }
        }
    }
    Ok(joined)
}

/// What records of one work have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Title(i64),
    Doi(&'a str),
}

/// A record that may be of the same work as another.
#[derive(FromQueryResult)]
struct Row {
    paper_id: i64,
    source: String,
    authors: String,
    doi: Option<String>,
    fingerprint: Option<i64>,
}

/// Stored records that have a title or a DOI in common with some. Two questions, for an index each: asked as one, neither
/// would be used.
async fn candidates(write: &Write, changed: &BTreeMap<i64, &Record>) -> Result<Vec<Row>, Error> {
    let mut found = Vec::new();
    for titles in in_pieces(changed.values().filter_map(|one| fingerprint(&one.title))) {
        found.extend(rows(write, records::Column::Fingerprint.is_in(titles)).await?);
    }
    for dois in in_pieces(changed.values().filter_map(|one| one.links.doi.as_deref())) {
        found.extend(rows(write, records::Column::Doi.is_in(dois)).await?);
    }
    Ok(found)
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

/// `title` is the fingerprint of the first one's.
fn is_same(record: &Record, title: Option<i64>, other: &Row) -> Result<bool, Error> {
    let title = title.is_some() && title == other.fingerprint;
    let doi = record.links.doi.is_some() && record.links.doi == other.doi;
    let authors = || Ok::<_, Error>(alike(&record.authors, &names_from_json(&other.authors)?));
    Ok(title && (doi || authors()?) || doi && authors()?)
}

/// Whether a group would have two records of one source that are not versions of each other.
async fn meets_itself(write: &Write, one: i64, other: i64) -> Result<bool, Error> {
    let (mut own, mut met) = (sources(write, one).await?, sources(write, other).await?);
    own.retain(|key| !met.contains(key));
    met.retain(|key| !own.contains(key));
    let names: BTreeSet<&String> = met.iter().map(|(source, _)| source).collect();
    Ok(own.iter().any(|(source, id)| names.contains(source) && !met.contains(&(source.clone(), id.clone()))))
}

/// Source and identifier of all records of a paper's group.
async fn sources(write: &Write, paper: i64) -> Result<BTreeSet<(String, String)>, Error> {
    let root = super::root_of(&**write, paper).await?.unwrap_or(paper);
    let members = members_of(&**write, root).await?;
    let keys: Vec<(String, String)> = records::Entity::find()
        .select_only()
        .columns([records::Column::Source, records::Column::SourceId])
        .filter(records::Column::PaperId.is_in(members))
        .into_tuple()
        .all(&**write)
        .await?;
    Ok(keys.into_iter().collect())
}

/// Two thirds of the shorter list, at least: lists of authors differ by one who joined later, and by spellings.
fn alike(one: &[String], other: &[String]) -> bool {
    let names = |list: &[String]| list.iter().take(AUTHORS).map(|name| Name::of(name)).collect::<Vec<_>>();
    let (one, other) = (names(one), names(other));
    let common = one.iter().filter(|name| other.iter().any(|other| name.may_be(other))).count();
    common > 0 && common * 3 >= one.len().min(other.len()) * 2
}

/// A name as far as sources agree on it.
struct Name {
    /// Without accents, family name last: as written with `Godel` for `Gödel`, and with `Goedel`.
    spellings: [Vec<String>; 2],
}

impl Name {
    /// `Su, Jianlin` is `Jianlin Su`.
    fn of(name: &str) -> Self {
        let (family, given) = name.split_once(',').unwrap_or((name, ""));
        let spelled = |umlaut| [words(given, umlaut), words(family, umlaut)].concat();
        Self { spellings: ["", "e"].map(spelled) }
    }

    /// The same in one of the spellings.
    fn may_be(&self, other: &Self) -> bool {
        self.spellings.iter().any(|one| other.spellings.iter().any(|other| may_be(one, other)))
    }
}

/// The same words in any order, or the same family name and first initial.
fn may_be(one: &[String], other: &[String]) -> bool {
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words
    };
    let initial = |words: &[String]| words.first().and_then(|word| word.chars().next());
    if one.last() == other.last() && !one.is_empty() {
        return one.len() < 2 || other.len() < 2 || initial(one) == initial(other);
    }
    !one.is_empty() && sorted(one) == sorted(other)
}

/// The words of a part of a name, folded; `umlaut` stands for the dots of `ä`, `ö` and `ü`, and the stroke of `ø`.
fn words(part: &str, umlaut: &str) -> Vec<String> {
    let mut spelled = String::new();
    // Composed first: the dots of other letters are never written as a letter.
    for c in part.nfc() {
        spelled.push(c);
        if matches!(c, 'ä' | 'ö' | 'ü' | 'ø' | 'Ä' | 'Ö' | 'Ü' | 'Ø') {
            spelled.push_str(umlaut);
        }
    }
    let folded = words::fold(&spelled);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '-').filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(fingerprint("On the $L_2$ Norm: A Study"), fingerprint("On the L2 norm -- a study"));
        assert_eq!(fingerprint("Test-time scaling of models"), fingerprint("Test time scaling of models"));
        assert_ne!(fingerprint("On the $L_2$ Norm: A Study"), fingerprint("On the $L_1$ Norm: A Study"));
        assert_ne!(fingerprint("Spaces of type L+ and more"), fingerprint("Spaces of type L- and more"));
        assert_eq!(fingerprint("Introduction"), None);
        assert!(fingerprint("旋转位置编码").is_some());
    }

    #[test]
    fn authors() {
        let own = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let check = |one: &[&str], other: &[&str]| alike(&own(one), &own(other));
        assert!(check(&["Ada Lovelace", "C. Babbage"], &["Lovelace, Ada", "Babbage, Charles"]));
        assert!(check(&["Ada Lovelace", "C. Babbage"], &["Ada Lovelace"]));
        assert!(check(&["Wang Wei"], &["Wei Wang"]));
        assert!(!check(
            &["Ada Lovelace", "C. Babbage", "M. Somerville"],
            &["Babbage", "Faraday", "Herschel"]
        ));
        assert!(!check(&["Ming Li"], &["Ming Xu"]));
        assert!(!check(&["Wei Wang", "Li Chen"], &["Hong Wang", "Jun Liu"]));
        assert!(!check(&[], &[]));
    }

    #[test]
    fn accents() {
        let same = |one: &str, other: &str| Name::of(one).may_be(&Name::of(other));
        assert!(same("Kurt Gödel", "Kurt Godel"));
        assert!(same("Go\u{308}del, Kurt", "K. Goedel"));
        assert!(same("Émile Borel", "E. Borel"));
        assert!(same("Paul Erdős", "Paul Erdos"));
        assert!(same("Carl Strauß", "Carl Strauss"));
        assert!(same("Niels Sørensen", "Niels Sorensen") && same("Niels Sørensen", "Niels Soerensen"));
        assert!(same("Jan Łukasiewicz", "Jan Lukasiewicz") && same("Cahit Arıkan", "Cahit Arikan"));
        assert!(!same("Wei Xu", "Wei Xue"));
        assert!(!same("Kurt Gödel", "Kurt Gadel"));
    }
}
