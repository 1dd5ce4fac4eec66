use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::NaiveDate;
use content::Venue;
use serde::Deserialize;

use crate::{Error, venue};

/// One proceedings: where it is, what it is called, which of its papers count. `docs/harvest.md` has an example of each kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What its files are.
    pub kind: Kind,
    /// Where they are in the network.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Where they are on this machine, from the manifest's folder.
    #[serde(default)]
    pub files: Vec<PathBuf>,
    /// The short name that its identifiers belong to; each kind but BibTeX has its own.
    pub source: Option<String>,
    /// Which field of BibTeX is the identifier.
    #[serde(default)]
    pub id: Id,
    /// What it is called. Without, its files say it.
    pub venue: Option<Named>,
    /// The day of publication, where the files say less.
    pub date: Option<NaiveDate>,
    /// The address of the licence of papers that name none.
    pub licence: Option<String>,
    /// Parts of the proceedings: words of the files and the groups that they stand for.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// Which papers count. What is left empty leaves none out.
    #[serde(default)]
    pub filter: Filter,
    /// Where it was read from.
    #[serde(skip)]
    pub path: PathBuf,
}

/// What the files of a proceedings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// XML of the ACL Anthology: a collection each.
    Acl,
    /// Notes of OpenReview's API 2, as JSON.
    OpenReview,
    /// BibTeX.
    Bibtex,
    /// JSON Lines.
    Jsonl,
}

/// Which field of BibTeX is the identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Id {
    /// The entry's key.
    #[default]
    Key,
    /// Its DOI.
    Doi,
    /// The last part of its address, without an ending.
    Url,
}

/// What a proceedings is called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// The short name used in addresses.
    pub key: String,
    /// The year of the edition.
    pub year: i32,
    /// The name in full.
    pub name: String,
}

/// Which papers count.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Filter {
    /// ACL: these volumes.
    pub volumes: Vec<String>,
    /// OpenReview: these venues' ids. Without any: all but those that were withdrawn, rejected or are under review.
    pub venueids: Vec<String>,
    /// BibTeX: entries of these kinds.
    pub entries: Vec<String>,
}

impl Manifest {
    /// Reads a manifest.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::file(path, error))?;
        Self::parse(&text, path).map_err(|why| Error::Manifest { path: path.to_owned(), why })
    }

    /// The manifest's own name: that of its file.
    pub fn name(&self) -> String {
        self.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned()
    }

    fn parse(text: &str, path: &Path) -> Result<Self, String> {
        let manifest: Self = toml::from_str(text).map_err(|error| told(text, &error))?;
        let manifest = Self { path: path.to_owned(), ..manifest };
        if manifest.kind == Kind::Bibtex && manifest.source.is_none() {
            return Err("a proceedings in BibTeX needs a `source`, which its identifiers belong to".into());
        }
        if manifest.kind == Kind::Bibtex && manifest.venue.is_none() {
            return Err("a proceedings in BibTeX needs a `venue`".into());
        }
        if !manifest.addresses.is_empty() && !manifest.files.is_empty() {
            return Err("it names both `addresses` and `files`: make two manifests of it".into());
        }
        let mut named = manifest.addresses.iter().chain(&manifest.licence);
        match named.find(|address| !is_address(address)) {
            Some(wrong) => Err(format!("{wrong:?} is no address")),
            None => Ok(manifest),
        }
    }

    /// The files that it names, from the folder that it is in.
    pub(crate) fn local_files(&self) -> Vec<PathBuf> {
        let folder = self.path.parent().unwrap_or(Path::new(""));
        self.files.iter().map(|file| folder.join(file)).collect()
    }

    /// The venue of a paper, by the manifest or else by the name that the files give.
    pub(crate) fn venue(&self, name: &str, date: NaiveDate, group: Option<String>) -> Option<Venue> {
        let venue = match &self.venue {
            Some(Named { key, year, name }) => {
                Some(Venue { key: key.clone(), year: *year, name: name.clone(), group: None })
            }
            None => venue::of(name, date),
        };
        venue.map(|venue| Venue { group, ..venue })
    }

    /// The group that a word of the files stands for.
    pub(crate) fn group(&self, word: &str) -> Option<String> {
        self.groups.get(word).cloned()
    }
}

fn is_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
}

/// What is wrong, and where.
fn told(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
    format!("line {line}: {}", error.message())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, why: &str) {
        let wrong = Manifest::parse(text, Path::new("m.toml")).expect_err("refused");
        assert!(wrong.contains(why), "{wrong}");
    }

    #[test]
    fn what_is_wrong_is_told() {
        check("kind = 'acl'\nadresses = []", "line 2: unknown field `adresses`");
        check("kind = 'acl'\n[filter]\nvolume = []", "line 3: unknown field `volume`");
        check("kind = 'acm'", "unknown variant `acm`");
        check("addresses = []", "missing field `kind`");
        check("kind = 'acl'\naddresses = ['somewhere']", "\"somewhere\" is no address");
        check("kind = 'acl'\nlicence = 'CC BY'", "\"CC BY\" is no address");
        check(
            "kind = 'acl'\naddresses = ['https://a.example']\nfiles = ['b']",
            "both `addresses` and `files`",
        );
        check("kind = 'bibtex'", "needs a `source`");
        check("kind = 'bibtex'\nsource = 'x'", "needs a `venue`");
        check("kind = 'acl'\n[venue]\nkey = 'A'", "missing field `year`");
    }

    #[test]
    fn the_manifest_names_the_venue_or_the_files_do() {
        let venue = |text: &str| {
            let manifest = Manifest::parse(text, Path::new("x/m.toml")).expect("a manifest");
            assert_eq!(manifest.name(), "m");
            manifest.venue("ECCV 2022", NaiveDate::default(), Some("Oral".into())).expect("a venue")
        };
        assert_eq!(venue("kind = 'acl'").key, "ECCV");
        let named = venue("kind = 'acl'\nvenue = {key = 'ICML', year = 2026, name = 'A Conference'}");
        assert_eq!((named.key.as_str(), named.year, named.group.as_deref()), ("ICML", 2026, Some("Oral")));
    }
}
