use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use content::DocId;

use crate::{
    Document, Error, Narrow, Near, Request, Results, Update,
    folder::Folder,
    generation::{Earlier, Generation},
    related,
};

/// The index of one folder. All methods take `&self` and may be called from many threads.
pub struct Index {
    shared: Arc<Shared>,
    set_aside: Option<PathBuf>,
}

/// A new index that is being filled beside the one in use. Dropped without [`finish`](Self::finish),
/// it leaves nothing behind.
pub struct Rebuild {
    shared: Arc<Shared>,
    generation: Arc<Generation>,
    finished: bool,
    /// The position of the old index when this one was begun.
    began: i64,
}

struct Shared {
    folder: Folder,
    live: RwLock<Arc<Generation>>,
    /// Held while documents are applied, so that a rebuild misses none.
    building: Mutex<Option<Building>>,
}

/// The generation of a rebuild, and what changed since it began: that is newer than what the rebuild
/// reads, whenever it reads it.
struct Building {
    generation: Arc<Generation>,
    changed: HashSet<DocId>,
    /// Whether a change could not be applied to it. The engine has then lost more than that change.
    incomplete: bool,
}

impl Index {
    /// Opens the index below this folder, or makes an empty one.
    ///
    /// An index that cannot be read is [set aside](Self::set_aside) and an empty one takes its place,
    /// at position 0: following the change log from there, or a [`rebuild`](Self::rebuild), fills it.
    ///
    /// # Errors
    ///
    /// [`Error::Held`] when another process, or another value in this one, has it open.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let folder = Folder::hold(folder)?;
        folder.clean();
        let (live, set_aside) = match folder.current() {
            None => (created(&folder)?, None),
            Some(current) => match Generation::open(&current) {
                Ok(generation) => (generation, None),
                Err(error) => {
                    let aside = folder.set_aside(&current)?;
                    tracing::error!(%error, folder = %aside.display(), "the search index is damaged and set aside");
                    (created(&folder)?, Some(aside))
                }
            },
        };
        let shared = Shared { folder, live: RwLock::new(Arc::new(live)), building: Mutex::new(None) };
        Ok(Self { shared: Arc::new(shared), set_aside })
    }

    /// Where the damaged index went that [`open`](Self::open) found, if it found one.
    pub fn set_aside(&self) -> Option<&Path> {
        self.set_aside.as_deref()
    }

    /// Removes the folders of older versions of the index, unless a process of such a version has one open. To be called
    /// when this one is complete: until then, going back to the older version costs nothing. Newer ones stay.
    pub fn remove_older_versions(&self) {
        self.shared.folder.remove_older();
    }

    /// The position in the change log that the last commit told of; 0 in a new index.
    pub fn position(&self) -> i64 {
        self.shared.live().position()
    }

    /// How many documents can be found.
    pub fn len(&self) -> u64 {
        self.shared.live().searcher().num_docs()
    }

    /// Whether nothing can be found.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in changes; a later one of the same document wins. [`commit`](Self::commit) makes them
    /// visible and durable. After an error, begin again from [`position`](Self::position).
    pub fn apply(&self, updates: Vec<Update>) -> Result<(), Error> {
        let mut building = self.shared.building();
        self.shared.live().apply(&updates, Earlier::Possible)?;
        if let Some(building) = building.as_mut() {
            building.follow(&updates);
        }
        Ok(())
    }

    /// Makes what was applied visible and durable, and remembers the position in the change log up to
    /// which it is complete. Costs a flush to disk: commit rarely while there is much to do.
    pub fn commit(&self, position: i64) -> Result<(), Error> {
        self.shared.live().commit(position)
    }

    /// Waits for what is being merged, after which searches are quicker. Takes in nothing any more. Nothing is lost
    /// without it.
    pub fn close(&self) -> Result<(), Error> {
        self.shared.live().close()
    }

    /// Whether somebody [asked](crate::ask_for_rebuild) for a rebuild since the last one ended.
    pub fn rebuild_wanted(&self) -> bool {
        self.shared.folder.rebuild_wanted()
    }

    /// Begins a new index beside this one, which goes on being searched and updated.
    pub fn rebuild(&self) -> Result<Rebuild, Error> {
        let mut building = self.shared.building();
        if building.is_some() {
            return Err(Error::Rebuilding);
        }
        let path = self.shared.folder.new_generation()?;
        let generation = Arc::new(Generation::create(&path)?);
        let followed = generation.clone();
        *building = Some(Building { generation: followed, changed: HashSet::new(), incomplete: false });
        Ok(Rebuild { shared: self.shared.clone(), generation, finished: false, began: self.position() })
    }

    /// The documents that answer a query, in order and counted.
    ///
    /// Up to six words must all occur, common ones aside; when hardly any document has them all, those
    /// with some of them follow, and the results say so. Longer queries are answered by what fits best.
    pub fn search(&self, request: &Request<'_>) -> Result<Results, Error> {
        Results::find(&self.shared.live(), request)
    }

    /// The papers and posts most like a document, which need not be in the index, at most `limit` of either kind; never
    /// itself.
    pub fn related(&self, document: &Document, narrow: &Narrow, limit: usize) -> Result<Near, Error> {
        let generation = self.shared.live();
        let Generation { fields, columns, .. } = &*generation;
        related::related(&generation.searcher(), fields, columns, document, narrow, limit)
    }

    /// The terms that name what a document is about, the most telling first: of several words
    /// (`rotary position embedding`), or names (`LoRA`). Written as the document writes them inside a
    /// sentence, each in one inflection. The document need not be in the index, which says what is rare.
    pub fn key_phrases(&self, document: &Document, limit: usize) -> Result<Vec<String>, Error> {
        let generation = self.shared.live();
        related::key_phrases(&generation.searcher(), &generation.fields, document, limit)
    }
}

impl Rebuild {
    /// Takes in documents as storage has them now. Those that changed meanwhile are left alone.
    pub fn apply(&mut self, updates: Vec<Update>) -> Result<(), Error> {
        let building = self.shared.building();
        let changed = |id| building.as_ref().is_some_and(|building| building.changed.contains(&id));
        self.generation.apply(updates.iter().filter(|update| !changed(update.id())), Earlier::None)
    }

    /// Puts the new index in the place of the old one.
    ///
    /// `position` is the end of the change log as it was before the first document was read.
    pub fn finish(mut self, position: i64) -> Result<(), Error> {
        let shared = self.shared.clone();
        let mut building = shared.building();
        if building.as_ref().is_none_or(|building| building.incomplete) {
            return Err(Error::Incomplete);
        }
        let old = shared.live();
        // What was applied to the old one since the rebuild began is in the new one too. Before that, the old one may
        // have been ahead of a database that was put back.
        let followed = old.position() != self.began;
        self.generation.commit(if followed { position.max(old.position()) } else { position })?;
        shared.folder.set_current(self.generation.path())?;
        shared.folder.rebuild_done();
        *shared.live.write().unwrap_or_else(PoisonError::into_inner) = self.generation.clone();
        *building = None;
        self.finished = true;
        old.discard();
        Ok(())
    }
}

impl Building {
    /// Takes in what the index in use took in. It goes on whatever happens here.
    fn follow(&mut self, updates: &[Update]) {
        if let Err(error) = self.generation.apply(updates, Earlier::Possible) {
            tracing::error!(%error, "the search index that is being built missed a change");
            self.incomplete = true;
        }
        self.changed.extend(updates.iter().map(Update::id));
    }
}

impl Drop for Rebuild {
    fn drop(&mut self) {
        if !self.finished {
            *self.shared.building() = None;
            self.generation.discard();
        }
    }
}

impl Shared {
    fn live(&self) -> Arc<Generation> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn building(&self) -> MutexGuard<'_, Option<Building>> {
        self.building.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn created(folder: &Folder) -> Result<Generation, Error> {
    let path = folder.new_generation()?;
    let generation = Generation::create(&path)?;
    folder.set_current(&path)?;
    Ok(generation)
}
