use std::{
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyError,
    indexer::IndexWriterOptions, merge_policy::LogMergePolicy,
};

use crate::{Error, Update, columns::OpenColumns, folder, schema, schema::Fields, sealed::Sealed};

/// Threads that turn documents into segments. One more merges them: readers want a processor, too.
const THREADS: usize = 2;
/// Memory for what is not yet on disk, in bytes. A rebuild has as much again.
const MEMORY: usize = 96 << 20;

/// Segments of about the same size that are merged.
const MERGED: usize = 3;

/// The engine's list of the files that it wrote.
const FILES: &str = ".managed.json";

/// One complete index of the engine in a folder of its own.
pub(crate) struct Generation {
    pub(crate) fields: Fields,
    pub(crate) columns: OpenColumns,
    path: PathBuf,
    reader: IndexReader,
    /// `None` once the generation has been closed or replaced, and where it is only read.
    writer: Mutex<Option<IndexWriter>>,
    position: AtomicI64,
}

/// Whether a document may be in the index already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    Possible,
    None,
}

impl Generation {
    /// Opens a generation and checks that its files are as they were written.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let index = engine(path)?;
        check(&index, path)?;
        Self::written(index, path)
    }

    /// Opens a generation that another process may be writing to.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        Self::with(engine(path)?, path, None)
    }

    pub(crate) fn create(path: &Path) -> Result<Self, Error> {
        let settings = IndexSettings::default();
        let mut index = Index::create(Sealed::open(path)?, Fields::new().schema, settings)?;
        index.set_tokenizers(schema::tokenizers());
        Self::written(index, path)
    }

    fn written(index: Index, path: &Path) -> Result<Self, Error> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(THREADS)
            .memory_budget_per_thread(MEMORY / THREADS)
            .num_merge_threads(1)
            .build();
        let writer = index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(merging()));
        remove_unfinished(&writer)?;
        Self::with(index, path, Some(writer))
    }

    fn with(index: Index, path: &Path, writer: Option<IndexWriter>) -> Result<Self, Error> {
        // What was committed is seen at once, and what was merged since soon; a snapshot stays as it is.
        let reload = if writer.is_some() { ReloadPolicy::OnCommitWithDelay } else { ReloadPolicy::Manual };
        let position = index.load_metas()?.payload.and_then(|payload| payload.parse().ok()).unwrap_or(0);
        Ok(Self {
            fields: Fields::new(),
            columns: OpenColumns::default(),
            path: path.to_owned(),
            reader: index.reader_builder().reload_policy(reload).try_into()?,
            writer: Mutex::new(writer),
            position: AtomicI64::new(position),
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// The position in the change log up to which everything is in the last commit.
    pub(crate) fn position(&self) -> i64 {
        self.position.load(Ordering::Acquire)
    }

    pub(crate) fn apply<'a>(
        &self,
        updates: impl IntoIterator<Item = &'a Update>,
        earlier: Earlier,
    ) -> Result<(), Error> {
        let mut writer = self.writer();
        let Some(writer) = writer.as_mut() else { return Ok(()) };
        for update in updates {
            if earlier == Earlier::Possible {
                writer.delete_term(self.fields.key_term(update.id()));
            }
            if let Update::Put(document) = update {
                let added = writer.add_document(self.fields.document(document));
                added.map_err(|error| revived(writer, error))?;
            }
        }
        Ok(())
    }

    /// Makes what was applied durable and visible, together with the position.
    pub(crate) fn commit(&self, position: i64) -> Result<(), Error> {
        let mut writer = self.writer();
        let Some(writer) = writer.as_mut() else { return Ok(()) };
        let committed = writer.prepare_commit().and_then(|mut commit| {
            commit.set_payload(&position.to_string());
            commit.commit()
        });
        committed.map_err(|error| revived(writer, error))?;
        self.reload()?;
        self.position.store(position, Ordering::Release);
        Ok(())
    }

    /// Waits for what is being merged. Nothing can be applied any more.
    pub(crate) fn close(&self) -> Result<(), Error> {
        let writer = self.writer().take();
        writer.map_or(Ok(()), IndexWriter::wait_merging_threads)?;
        self.reload()
    }

    /// Ends the life of a generation that is no longer in use, and removes its folder.
    pub(crate) fn discard(&self) {
        // Dropping the writer ends its threads; searches that still run keep their files open.
        drop(self.writer().take());
        folder::remove(&self.path);
    }

    fn reload(&self) -> Result<(), Error> {
        self.reader.reload()?;
        self.columns.keep(&self.searcher());
        Ok(())
    }

    fn writer(&self) -> MutexGuard<'_, Option<IndexWriter>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When segments are merged: a search looks each of its terms up in every segment, which for many terms takes longer than
/// reading what they find. Deleted documents go when they are a fifth of a segment.
fn merging() -> LogMergePolicy {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGED);
    policy.set_del_docs_ratio_before_merge(0.2);
    policy
}

fn engine(path: &Path) -> Result<Index, Error> {
    let mut index = Index::open(Sealed::open(path)?)?;
    index.set_tokenizers(schema::tokenizers());
    Ok(index)
}

/// Whether all files are there, as they were written, and what this version would write.
fn check(index: &Index, path: &Path) -> Result<(), Error> {
    let damaged = |what: String| Err(Error::Engine(what));
    // The engine takes a lost list for an empty one, and then checks no file at all.
    if !path.join(FILES).exists() {
        return damaged(format!("{FILES} is not there"));
    }
    if let Some(file) = index.validate_checksum()?.into_iter().next() {
        return damaged(format!("{} is not as it was written", file.display()));
    }
    if index.schema() != Fields::new().schema {
        return damaged("it has other fields than this version writes".into());
    }
    Ok(())
}

/// Removes what a commit wrote that was cut off. Its files are named after the number of the last change, and the next
/// commit with that number would find one there.
fn remove_unfinished(writer: &IndexWriter) -> Result<(), TantivyError> {
    writer.garbage_collect_files().wait().map(drop)
}

/// After an error (a full disk) the engine's writer is dead; what was not committed is lost with it,
/// and will come again because the position did not move.
fn revived(writer: &mut IndexWriter, error: TantivyError) -> Error {
    if let Err(again) = writer.rollback().and_then(|_| remove_unfinished(writer)) {
        tracing::error!(error = %again, "the search index cannot be written");
    }
    error.into()
}
