//! Full texts of papers, as they came with the paper or were fetched, and attempts to fetch them that failed.

use chrono::{DateTime, Utc};
use content::{FullText, Hidden, PaperId, Passage, TextSource};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::OnConflict};

use crate::{
    Database, Error,
    connection::Durability,
    papers::members_of,
    rows::{full_texts, text_failures},
    text::{now, storable, unreadable},
};

/// A text and the record that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The record with its version, as whoever fetched the text names it; none if the text came with the paper.
    pub record: Option<String>,
    /// The text.
    pub text: FullText,
}

/// What is known of a text without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it was taken from.
    pub source: TextSource,
    /// What was hidden in the paper, and is not in the text.
    pub hidden: Vec<Hidden>,
    /// How many pages at the end were not read.
    pub left_out_pages: u32,
    /// The number of the last page that was read, 0 if the source has no pages.
    pub last_page: u32,
}

/// Attempts to get a text that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The record with its version.
    pub record: String,
    /// What would have extracted the text.
    pub extractor: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why it failed the last time, as a code.
    pub fault: String,
    /// When that was.
    pub tried: DateTime<Utc>,
}

/// The text of a paper, or of one that it stands for.
pub async fn of(db: &Database, paper: PaperId) -> Result<Option<Kept>, Error> {
    let members = members_of(db.read(), paper.0).await?;
    let found = full_texts::Entity::find().filter(full_texts::Column::PaperId.is_in(members)).all(db.read());
    let mut texts = found.await?;
    texts.sort_by_key(|text| (text.paper_id != paper.0, text.paper_id));
    texts.into_iter().next().map(kept).transpose()
}

/// Paper, source, hidden texts, pages left out, last page.
type Noted = (i64, String, Option<String>, i32, Option<i32>);

/// What is known of the text of a paper, or of one that it stands for.
pub async fn report(db: &Database, paper: PaperId) -> Result<Option<Report>, Error> {
    use full_texts::Column;
    let members = members_of(db.read(), paper.0).await?;
    let mut found: Vec<Noted> = full_texts::Entity::find()
        .select_only()
        .columns([Column::PaperId, Column::Source, Column::Hidden, Column::LeftOutPages, Column::Pages])
        .filter(Column::PaperId.is_in(members))
        .into_tuple()
        .all(db.read())
        .await?;
    found.sort_by_key(|(id, ..)| (*id != paper.0, *id));
    let Some((_, source, hidden, left_out, pages)) = found.into_iter().next() else { return Ok(None) };
    let last_page = match pages {
        Some(pages) => pages.unsigned_abs(),
        None => of(db, paper).await?.map_or(0, |kept| kept.text.last_page()),
    };
    Ok(Some(Report {
        source: source_of(&source)?,
        hidden: hidden_of(hidden.as_deref())?,
        left_out_pages: left_out.unsigned_abs(),
        last_page,
    }))
}

/// Keeps the text of a paper, in place of an earlier one, and forgets what failed before.
pub async fn save(db: &Database, paper: PaperId, kept: &Kept) -> Result<(), Error> {
    use full_texts::Column;
    let Kept { record, text } = kept;
    let row = full_texts::ActiveModel {
        paper_id: Set(paper.0),
        source: Set(text.source.name().to_owned()),
        extractor: Set(storable(&text.extractor)),
        saved: Set(now()),
        passages: Set(storable(&serde_json::to_string(&text.passages).map_err(unreadable)?)),
        record: Set(record.as_deref().map(storable)),
        hidden: Set(Some(storable(&serde_json::to_string(&text.hidden).map_err(unreadable)?))),
        left_out_pages: Set(i32::try_from(text.left_out_pages).unwrap_or(i32::MAX)),
        pages: Set(i32::try_from(text.last_page()).ok()),
    };
    let newer = OnConflict::column(Column::PaperId)
        .update_columns([
            Column::Source,
            Column::Extractor,
            Column::Saved,
            Column::Passages,
            Column::Record,
            Column::Hidden,
            Column::LeftOutPages,
            Column::Pages,
        ])
        .to_owned();
    let write = db.write(Durability::Full).await?;
    full_texts::Entity::insert(row).on_conflict(newer).exec_without_returning(&*write).await?;
    text_failures::Entity::delete_by_id(paper.0).exec(&*write).await?;
    write.commit().await
}

/// What failed, if something did since the last text was kept.
pub async fn failure(db: &Database, paper: PaperId) -> Result<Option<Failure>, Error> {
    let found = text_failures::Entity::find_by_id(paper.0).one(db.read()).await?;
    Ok(found.map(|row| Failure {
        record: row.record,
        extractor: row.extractor,
        tries: row.tries.unsigned_abs(),
        fault: row.fault,
        tried: row.tried,
    }))
}

/// Notes that the text of a record could not be had. Counts anew for another record or another extractor.
pub async fn failed(
    db: &Database,
    paper: PaperId,
    record: &str,
    extractor: &str,
    fault: &str,
) -> Result<(), Error> {
    use text_failures::Column;
    let write = db.write(Durability::Full).await?;
    let known = text_failures::Entity::find_by_id(paper.0).one(&*write).await?;
    let same = known.filter(|known| known.record == record && known.extractor == extractor);
    let row = text_failures::ActiveModel {
        paper_id: Set(paper.0),
        record: Set(storable(record)),
        extractor: Set(storable(extractor)),
        tries: Set(same.map_or(1, |known| known.tries.saturating_add(1))),
        fault: Set(storable(fault)),
        tried: Set(now()),
    };
    let newer = OnConflict::column(Column::PaperId)
        .update_columns([Column::Record, Column::Extractor, Column::Tries, Column::Fault, Column::Tried])
        .to_owned();
    text_failures::Entity::insert(row).on_conflict(newer).exec_without_returning(&*write).await?;
    write.commit().await
}

fn kept(row: full_texts::Model) -> Result<Kept, Error> {
    let passages: Vec<Passage> = serde_json::from_str(&row.passages).map_err(unreadable)?;
    let text = FullText {
        hidden: hidden_of(row.hidden.as_deref())?,
        left_out_pages: row.left_out_pages.unsigned_abs(),
        ..FullText::new(source_of(&row.source)?, row.extractor, passages)
    };
    Ok(Kept { record: row.record, text })
}

fn source_of(name: &str) -> Result<TextSource, Error> {
    TextSource::of(name).ok_or_else(|| Error::Corrupt(format!("the text source {name:?}")))
}

fn hidden_of(json: Option<&str>) -> Result<Vec<Hidden>, Error> {
    json.map_or(Ok(Vec::new()), |json| serde_json::from_str(json).map_err(unreadable))
}
