//! Sources from files instead of the network, so that a site is filled without one.

use std::{
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{
    Batch, Error, arxiv,
    batch::Skipped,
    fetch::PAGE,
    jsonl, packed,
    proceedings::{self, Kind, Manifest},
};

/// What files hold.
#[derive(Debug, Clone)]
pub enum Format {
    /// Answers of arXiv by OAI-PMH.
    Records,
    /// arXiv's lists of a day, RSS or Atom.
    Lists,
    /// JSON Lines.
    Lines,
    /// Parts of a proceedings.
    Proceedings(Box<Manifest>),
}

/// A file, or the files of a folder in the order of their names, plain, gzip or xz. They are read from the beginning each
/// time: what is stored already is not stored again, and what changed within is seen.
pub struct Files {
    format: Format,
    waiting: std::vec::IntoIter<PathBuf>,
    reader: Option<jsonl::Reader>,
    /// Whether one file was asked for by name: then it must be readable.
    alone: bool,
    size: Option<u64>,
    /// Bytes of the files that are done.
    done: u64,
}

impl Files {
    /// The file at a path, `-` for standard input, or all files of the folder there.
    pub fn at(path: &Path, format: Format) -> Result<Self, Error> {
        let paths = if path.is_dir() { folder(path)? } else { vec![path.to_owned()] };
        if paths.is_empty() {
            return Err(Error::file(path, io::Error::new(io::ErrorKind::NotFound, "there is no file in it")));
        }
        Self::of(paths, format, !path.is_dir())
    }

    /// The files that a manifest names.
    pub fn of_manifest(manifest: Manifest) -> Result<Self, Error> {
        let paths = manifest.local_files();
        Self::of(paths, Format::Proceedings(Box::new(manifest)), true)
    }

    fn of(paths: Vec<PathBuf>, format: Format, alone: bool) -> Result<Self, Error> {
        let format = match format {
            Format::Proceedings(manifest) if manifest.kind == Kind::Jsonl && manifest.venue.is_none() => {
                Format::Lines
            }
            other => other,
        };
        let mut files =
            Self { format, size: size(&paths), waiting: paths.into_iter(), reader: None, alone, done: 0 };
        // A file that is not there is told before anything is begun.
        if alone && matches!(files.format, Format::Lines) {
            files.open_lines()?;
        }
        Ok(files)
    }

    /// The size of all files, packed as they are, if they have one.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The next batch: a file, or a piece of one.
    pub async fn next(&mut self) -> Result<Batch, Error> {
        let batch = match self.format {
            Format::Lines => self.lines().await?,
            _ => self.whole().await?,
        };
        Ok(Batch { done: self.waiting.as_slice().is_empty() && self.reader.is_none(), ..batch })
    }

    async fn lines(&mut self) -> Result<Batch, Error> {
        let path = self.waiting.as_slice().first().cloned();
        if self.reader.is_none() {
            match self.open_lines() {
                Ok(true) => (),
                Ok(false) => return Ok(Batch::default()),
                Err(error) => return self.unreadable(&path.unwrap_or_default(), error),
            }
        }
        let mut reader = self.reader.take().expect("opened above");
        let step = tokio::task::spawn_blocking(move || (reader.next(), reader));
        let (batch, reader) = step.await.expect("readers do not panic");
        let batch = match batch {
            Ok(batch) => batch,
            Err(error) => {
                let path = reader.path().to_owned();
                return self.unreadable(&path, error);
            }
        };
        let bytes = self.done + batch.bytes;
        match batch.done {
            true => self.done = bytes,
            false => self.reader = Some(reader),
        }
        Ok(Batch { bytes, ..batch })
    }

    fn open_lines(&mut self) -> Result<bool, Error> {
        self.reader = self.waiting.next().map(|path| jsonl::Reader::open(&path)).transpose()?;
        if let (Some(reader), true) = (&self.reader, self.alone) {
            self.size = reader.size();
        }
        Ok(self.reader.is_some())
    }

    async fn whole(&mut self) -> Result<Batch, Error> {
        let Some(path) = self.waiting.next() else { return Ok(Batch::default()) };
        let (format, file) = (self.format.clone(), path.clone());
        let read =
            tokio::task::spawn_blocking(move || read(&file, &format)).await.expect("parsers do not panic");
        match read {
            Ok(batch) => {
                self.done += length(&path);
                Ok(Batch { bytes: self.done, ..batch })
            }
            Err(error) => self.unreadable(&path, error),
        }
    }

    /// One bad file of a folder spoils no other.
    fn unreadable(&mut self, path: &Path, error: Error) -> Result<Batch, Error> {
        if self.alone {
            return Err(error);
        }
        self.done += length(path);
        let unreadable = vec![Skipped { what: path.display().to_string(), why: why(error) }];
        Ok(Batch { bytes: self.done, unreadable, ..Batch::default() })
    }
}

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |about| about.len())
}

fn read(path: &Path, format: &Format) -> Result<Batch, Error> {
    let mut file = packed::open(path).map_err(|error| Error::file(path, error))?;
    let mut bytes = Vec::new();
    let limit = PAGE as u64 + 1;
    file.input().take(limit).read_to_end(&mut bytes).map_err(|error| Error::file(path, error))?;
    let place = path.display().to_string();
    if bytes.len() as u64 == limit {
        return Err(Error::TooLarge { address: place });
    }
    let read = parsed(&bytes, format);
    read.map_err(|why| Error::Page { place, why, bytes: Vec::new() })
}

fn parsed(bytes: &[u8], format: &Format) -> Result<Batch, String> {
    match format {
        Format::Records => arxiv::records(bytes),
        Format::Lists => arxiv::list(bytes),
        Format::Proceedings(manifest) => proceedings::read_file(bytes, manifest),
        Format::Lines => unreachable!("lines are read piece by piece"),
    }
}

/// What is wrong with a file, without its name.
fn why(error: Error) -> String {
    match error {
        Error::Page { why, .. } => why,
        Error::File { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// The files of a folder and of those below it, by name. Hidden ones are left out, and what people write about the others.
fn folder(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().map_err(|error| Error::file(&folder, error))? {
            let entry = entry.map_err(|error| Error::file(&folder, error))?;
            let name = entry.file_name().to_string_lossy().to_lowercase();
            let left_out = name.starts_with('.') || name.ends_with(".txt") || name.ends_with(".md");
            match entry.file_type() {
                _ if left_out => (),
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                _ => files.push(entry.path()),
            }
        }
    }
    files.sort();
    Ok(files)
}

fn size(paths: &[PathBuf]) -> Option<u64> {
    let sizes = paths
        .iter()
        .map(|path| path.metadata().ok().filter(std::fs::Metadata::is_file).map(|about| about.len()));
    sizes.sum()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn record(number: u32) -> String {
        format!(
            "<OAI-PMH><responseDate>2026-11-24T01:02:03Z</responseDate><ListRecords><record><header>\
             <identifier>oai:arXiv.org:2401.{number:05}</identifier><datestamp>2026-11-20</datestamp></header><metadata><arXivRaw>\
             <id>2401.{number:05}</id><version version='v1'><date>Mon, 1 Jan 2024 10:00:00 GMT</date></version>\
             <title>Paper</title></arXivRaw></metadata></record></ListRecords></OAI-PMH>"
        )
    }

    fn line(number: u32) -> String {
        serde_json::json!({"id": format!("2401.{number:05}"), "title": "T", "date": "2024-01-01", "source": "arxiv"}).to_string() + "\n"
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).expect("packed");
        packed.finish().expect("packed")
    }

    fn fill(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, bytes).expect("written");
        }
        folder
    }

    /// Identifiers and skipped files, in order.
    async fn all(path: &Path, format: Format) -> Result<Vec<String>, Error> {
        let mut files = Files::at(path, format)?;
        let mut told = Vec::new();
        loop {
            let batch = files.next().await?;
            told.extend(batch.records.iter().map(|one| one.record.key.id.clone()));
            told.extend(
                (batch.skipped.iter().chain(&batch.unreadable))
                    .map(|one| format!("{} {}", one.what.rsplit('/').next().unwrap_or_default(), one.why)),
            );
            if batch.done {
                assert_eq!(Some(batch.bytes), files.size(), "all was read");
                return Ok(told);
            }
        }
    }

    #[tokio::test]
    async fn a_folder_is_read_in_order_and_a_bad_file_spoils_no_other() {
        let folder = fill(&[
            ("b/2.xml.gz", gzip(&record(2))),
            ("a.xml", record(1).into()),
            ("c.xml", record(3).replace("</OAI-PMH>", "").into()),
            (".hidden", b"x".into()),
            ("README.txt", b"x".into()),
            ("d.xml", record(4).into()),
        ]);
        let told = all(folder.path(), Format::Records).await.expect("read");
        assert_eq!(told, ["2401.00001", "2401.00002", "c.xml it ends too early", "2401.00004"]);
        assert!(all(&folder.path().join("c.xml"), Format::Records).await.is_err());
    }

    #[tokio::test]
    async fn lines_of_several_files() {
        let folder = fill(&[
            ("1.jsonl", (line(1) + "nothing\n").into()),
            ("2.jsonl.gz", gzip(&line(2))),
            ("3.jsonl.gz", gzip(&line(3))[..30].to_vec()),
            ("4.jsonl", Vec::new()),
            ("5.jsonl", line(5).into()),
        ]);
        let told = all(folder.path(), Format::Lines).await.expect("read");
        let broken = told.iter().find(|one| one.starts_with("3.jsonl.gz ")).expect("a file that breaks off");
        assert!(broken.contains("cannot be read after line"), "{broken}");
        let others: Vec<_> = told.iter().filter(|one| *one != broken).collect();
        assert_eq!(others, ["2401.00001", "line 2 it is not a JSON object", "2401.00002", "2401.00005"]);
        assert!(all(&folder.path().join("3.jsonl.gz"), Format::Lines).await.is_err());
    }

    #[tokio::test]
    async fn what_is_not_there_is_told_at_once() {
        let folder = fill(&[]);
        assert!(Files::at(&folder.path().join("nowhere.jsonl"), Format::Lines).is_err());
        assert!(Files::at(folder.path(), Format::Records).is_err());
    }

    /// One page of each source, to be damaged.
    fn pages() -> Vec<(Format, String)> {
        let proceedings =
            |text: &str| Format::Proceedings(Box::new(toml::from_str(text).expect("a manifest")));
        let list = "<rss><channel><title>math.CO updates on arXiv.org</title><item><guid>oai:arXiv.org:2611.00001v1</guid>\
            <category>math.CO</category><pubDate>Tue, 24 Nov 2026 00:00:00 -0500</pubDate><announce_type>new</announce_type></item></channel></rss>";
        let collection = "<collection id='2026.qx'><volume id='1'><meta><year>2026</year></meta><paper id='1'><title>T &amp; <b>U</b></title>\
            <author><first>A</first><last>B</last></author></paper></volume></collection>";
        let note = r#"{"notes":[{"id":"a","pdate":1769860800000,"content":{"title":{"value":"T"},"venueid":{"value":"Q"},"authors":{"value":["A"]}}}]}"#;
        let bibtex = "kind='bibtex'\nsource='q'\nvenue={key='Q',year=2026,name='Q'}";
        vec![
            (Format::Records, record(1)),
            (Format::Lists, list.to_owned()),
            (proceedings("kind='acl'"), collection.to_owned()),
            (proceedings("kind='openreview'"), note.to_owned()),
            (
                proceedings(bibtex),
                "@inproceedings{a, title = {{T}}, author = {A, B and C}, year = 2026}".to_owned(),
            ),
            (proceedings("kind='jsonl'"), line(1)),
        ]
    }

    #[test]
    fn whole_pages_have_something_in_them() {
        for (format, page) in pages() {
            let batch = parsed(page.as_bytes(), &format).expect("a page");
            assert_eq!(batch.records.len() + batch.announced.len(), 1, "{page}");
        }
    }

    proptest::proptest! {
        #[test]
        fn damaged_pages_make_nothing_panic(
            which in 0..6_usize,
            damage in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), "[<>&;{}\"'\\\\\\[\\]/=a0-]{0,3}|\\PC{0,2}", 0..9_usize), 1..6),
        ) {
            let (format, page) = pages().swap_remove(which);
            let mut page = page.into_bytes();
            for (at, put, drop) in damage {
                let at = at.index(page.len() + 1);
                let end = (at + drop).min(page.len());
                page.splice(at..end, put.into_bytes());
            }
            let _ = parsed(&page, &format);
        }
    }
}
