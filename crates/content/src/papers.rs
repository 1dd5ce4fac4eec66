use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::Invalid;

/// Our own key of a paper; never a source's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PaperId(pub i64);

/// A work: one or more records that tell of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// The key that everything else hangs on.
    pub id: PaperId,
    /// Source and identifier that the paper was made for. They stay when a record of another source comes to be shown.
    pub made_for: (String, String),
    /// The record that is shown: the arXiv one where there is one, else the newest; with what lists know beside it.
    pub shown: Record,
    /// The keys of the other records, newest first.
    pub others: Vec<RecordKey>,
    /// How many readers did what with it.
    pub counts: Counts,
}

/// Distinct readers, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Who starred it.
    pub stars: u32,
    /// Who opened its PDF.
    pub opened: u32,
    /// Who read its reading.
    pub readings: u32,
}

/// What one source said of a paper at one time. Never merged with a record of another source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Where it is from.
    pub key: RecordKey,
    /// Title: plain text with formulas.
    pub title: String,
    /// One name an entry, in the paper's order. May be empty: some real records have none.
    pub authors: Vec<String>,
    /// Abstract: plain text with formulas.
    pub summary: String,
    /// Subject categories (`cs.LG`), the primary one first. True for arXiv, inferred elsewhere.
    pub categories: Vec<String>,
    /// Where it was published, unless it is a preprint.
    pub venue: Option<Venue>,
    /// The day of announcement or publication, of the first version.
    pub date: NaiveDate,
    /// The day of this version, if it is a later one and its source says when it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<NaiveDate>,
    /// The authors' own keywords.
    pub keywords: Vec<String>,
    /// A note that the abstract is not the authors' own words, for example a paraphrase.
    pub note: Option<String>,
    /// Where else it is.
    #[serde(default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
    /// What the authors remark: pages, figures, where it was accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// The journal reference of a preprint, as its authors wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<String>,
    /// Whether its authors or its source have taken it back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdrawn: bool,
}

/// Where a paper is outside of this site. What a source does not say is worked out from its identifier, if at all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Links {
    /// The `https` or `http` address of its page at its source.
    pub page: Option<String>,
    /// The `https` or `http` address of its PDF.
    pub pdf: Option<String>,
    /// Its DOI: `10.…/…`, without a resolver's address.
    pub doi: Option<String>,
    /// The address of its licence.
    pub license: Option<String>,
}

impl Links {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A record as a source gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Harvested {
    /// What it says.
    pub record: Record,
    /// The text it was read from, untouched.
    pub raw: String,
    /// Who says it.
    pub way: Way,
}

/// By which way a record came. Of several under one identifier that come by different ways, the source's own word stands,
/// whatever their versions; a list adds only what the source says nothing of: venue, keywords, and addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From somebody's list of papers of any source.
    List,
    /// From the source itself.
    Source,
}

impl Way {
    /// The name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Source => "source",
        }
    }

    /// What [`Self::name`] names.
    pub fn of(name: &str) -> Option<Self> {
        [Self::List, Self::Source].into_iter().find(|way| way.name() == name)
    }
}

/// That a source announced a paper in one of its lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The list: a category of arXiv.
    pub category: String,
    /// The day of the list.
    pub day: NaiveDate,
    /// Its place in that day's list, from 1.
    pub place: u32,
    /// Why it is there.
    pub kind: Announced,
    /// arXiv's identifier, without version.
    pub id: String,
}

/// Why a paper is in a day's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Announced {
    /// It is new, and this is its own category.
    New,
    /// It is new here; its own category is another.
    Cross,
    /// There is a new version of it.
    Replaced,
}

impl Announced {
    /// The name in storage and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Cross => "cross",
            Self::Replaced => "replaced",
        }
    }

    /// What [`Self::name`] names.
    pub fn of(name: &str) -> Option<Self> {
        [Self::New, Self::Cross, Self::Replaced].into_iter().find(|kind| kind.name() == name)
    }
}

/// The identity of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The source's short name: `arxiv`, `acl`, `paperlists`, `notes`.
    pub source: String,
    /// The source's identifier, without version. May hold slashes and colons.
    pub id: String,
    /// The source's version (`v4`), else a hash of what it gave.
    pub version: String,
}

/// Key, year and full name are three things: most real proceedings are not "NAME YEAR".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    /// The short name used in addresses (`ICLR`).
    pub key: String,
    /// The year of the edition.
    pub year: i32,
    /// The name in full.
    pub name: String,
    /// The part of the edition: `Oral`, `Poster`, `Findings`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl Record {
    /// A record that says nothing but this.
    pub fn new(key: RecordKey, title: String, date: NaiveDate) -> Self {
        Self {
            key,
            title,
            date,
            updated: None,
            authors: Vec::new(),
            summary: String::new(),
            categories: Vec::new(),
            venue: None,
            keywords: Vec::new(),
            note: None,
            links: Links::default(),
            remark: None,
            journal: None,
            withdrawn: false,
        }
    }

    /// The day of this version.
    pub fn changed(&self) -> NaiveDate {
        self.updated.map_or(self.date, |updated| updated.max(self.date))
    }

    /// Whether the source is arXiv.
    pub fn is_arxiv(&self) -> bool {
        self.key.source == RecordKey::ARXIV
    }
}

impl RecordKey {
    /// The source name of arXiv.
    pub const ARXIV: &'static str = "arxiv";
}

/// An arXiv identifier without version, in canonical form.
///
/// Source: <https://info.arxiv.org/help/arxiv_identifier_for_services.html>.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ArxivId {
    id: String,
    version: Option<u32>,
}

impl ArxivId {
    /// The canonical identifier (`2401.01234`, `hep-th/9901001`).
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version, if the text named one.
    pub fn version(&self) -> Option<u32> {
        self.version
    }
}

impl fmt::Display for ArxivId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl FromStr for ArxivId {
    type Err = Invalid;

    /// Accepts `2401.01234`, `2401.01234v3`, `hep-th/9901001`, `math.CA/0611800v2`, each with an
    /// optional `arXiv:` before it.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("arXiv id", text, "is not of the form 2401.01234 or hep-th/9901001");
        let bare = text.trim();
        let bare = match bare.get(..6) {
            Some(prefix) if prefix.eq_ignore_ascii_case("arxiv:") => &bare[6..],
            _ => bare,
        };
        let (id, version) = split_version(bare);
        let canonical = new_style(id).or_else(|| old_style(id)).ok_or_else(invalid)?;
        Ok(Self { id: canonical, version })
    }
}

fn split_version(text: &str) -> (&str, Option<u32>) {
    match text.rsplit_once('v') {
        Some((id, version)) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => {
            // Digits alone can only be too many.
            (id, Some(version.parse().unwrap_or(u32::MAX)))
        }
        _ => (text, None),
    }
}

/// `YYMM.NNNN` from 2007-04 to 2014-12, `YYMM.NNNNN` since.
fn new_style(id: &str) -> Option<String> {
    let (month, number) = id.split_once('.')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let valid_month = digits(month) && month.len() == 4 && ("01"..="12").contains(&&month[2..]);
    if !valid_month || !digits(number) || number.len() > 5 {
        return None;
    }
    let width = if month >= "1501" { 5 } else { 4 };
    (number.len() <= width).then(|| format!("{month}.{number:0>width$}"))
}

/// `archive/YYMMNNN` or `archive.XX/YYMMNNN`; the subject class is not part of the identity.
fn old_style(id: &str) -> Option<String> {
    let (archive, number) = id.split_once('/')?;
    let archive = archive.split('.').next().unwrap_or_default();
    let named = !archive.is_empty() && archive.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let numbered = number.len() == 7 && number.bytes().all(|b| b.is_ascii_digit());
    (named && numbered).then(|| format!("{archive}/{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, Option<u32>)>) {
        let parsed = text.parse::<ArxivId>().ok();
        let parts = parsed.as_ref().map(|id| (id.id(), id.version()));
        assert_eq!(parts, expected, "{text:?}");
    }

    #[test]
    fn arxiv_ids() {
        check("2401.01234", Some(("2401.01234", None)));
        check("2401.1234", Some(("2401.01234", None)));
        check("arXiv:2401.01234v3", Some(("2401.01234", Some(3))));
        check("0704.0001", Some(("0704.0001", None)));
        check("hep-th/9901001", Some(("hep-th/9901001", None)));
        check("math.CA/0611800v2", Some(("math/0611800", Some(2))));
        check("2413.01234", None);
        check("2401.123456", None);
        check("cs.LG", None);
        check("", None);
        check("ａrXiv:1", None);
    }
}
