//! The folder of the index: which generation is in use, who holds it, and what is left over.
//!
//! ```text
//! index/v1/lock          held while a process has the index open
//! index/v1/current       the name of the generation in use
//! index/v1/g3/           that generation: the engine's files
//! index/v1/g4/           one that is being built, or was left behind by a crash
//! index/v1/damaged-g2/   one that could not be opened
//! index/v1/rebuild       somebody asks the process that has it open to build it anew
//! index/v0/              what an older version of the program left; removed once this one is complete
//! ```

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use crate::{Error, schema};

const LOCK: &str = "lock";
const CURRENT: &str = "current";
const CURRENT_NEW: &str = "current.new";
const DAMAGED: &str = "damaged-";
const WANTED: &str = "rebuild";

/// The versioned folder, held by this process for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates and locks the folder of this version below `parent`.
    pub(crate) fn hold(parent: &Path) -> Result<Self, Error> {
        let path = versioned(parent);
        let failed = |source| Error::Folder { folder: path.clone(), source };
        fs::create_dir_all(&path).map_err(failed)?;
        let lock = File::create(path.join(LOCK)).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(Error::Held(path)),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The folder of the generation in use, if there is one.
    pub(crate) fn current(&self) -> Option<PathBuf> {
        current(&self.path)
    }

    /// Whether somebody wants the index to be built anew.
    pub(crate) fn rebuild_wanted(&self) -> bool {
        self.path.join(WANTED).exists()
    }

    /// Tells whoever wanted it.
    pub(crate) fn rebuild_done(&self) {
        // One that cannot be removed asks for another rebuild, which is not worth an error.
        let _ = fs::remove_file(self.path.join(WANTED));
    }

    /// Makes a generation the one in use. Either the old or the new one is, at every moment.
    pub(crate) fn set_current(&self, generation: &Path) -> Result<(), Error> {
        self.try_set_current(generation).map_err(|source| self.failed(source))
    }

    /// An empty folder for a new generation.
    pub(crate) fn new_generation(&self) -> Result<PathBuf, Error> {
        let greatest = self.entries().iter().filter_map(|name| number(name)).max().unwrap_or(0);
        let folder = self.path.join(format!("g{}", greatest + 1));
        fs::create_dir(&folder).map_err(|source| self.failed(source))?;
        Ok(folder)
    }

    /// Renames a generation that could not be opened, so that somebody can look at it.
    pub(crate) fn set_aside(&self, generation: &Path) -> Result<PathBuf, Error> {
        let name = generation.file_name().unwrap_or_default().to_string_lossy();
        let aside = self.path.join(format!("{DAMAGED}{name}"));
        // Only the newest damaged one is kept.
        self.entries()
            .iter()
            .filter(|name| name.starts_with(DAMAGED))
            .for_each(|name| remove(&self.path.join(name)));
        fs::rename(generation, &aside).map_err(|source| self.failed(source))?;
        Ok(aside)
    }

    /// Removes what a crash left behind.
    pub(crate) fn clean(&self) {
        let current = self.current();
        for name in self.entries() {
            let folder = self.path.join(&name);
            if is_generation(&name) && Some(&folder) != current.as_ref() {
                remove(&folder);
            }
        }
        // Left by a crash between its two lines; nobody else reads it.
        let _ = fs::remove_file(self.path.join(CURRENT_NEW));
    }

    /// Removes what older versions of the index left, unless a process has it open.
    pub(crate) fn remove_older(&self) {
        let Some(parent) = self.path.parent() else { return };
        let versions =
            names(parent).into_iter().filter(|name| version(name).is_some_and(|it| it < schema::VERSION));
        for folder in versions.map(|name| parent.join(name)) {
            // Held until it is gone, so that nobody opens half of it.
            let lock = File::create(folder.join(LOCK));
            if lock.as_ref().is_ok_and(|lock| lock.try_lock().is_ok()) {
                remove(&folder);
            }
        }
    }

    fn try_set_current(&self, generation: &Path) -> io::Result<()> {
        let name = generation.file_name().unwrap_or_default().to_string_lossy();
        let new = self.path.join(CURRENT_NEW);
        let mut file = File::create(&new)?;
        file.write_all(name.as_bytes())?;
        file.sync_all()?;
        fs::rename(new, self.path.join(CURRENT))?;
        File::open(&self.path)?.sync_all()
    }

    fn entries(&self) -> Vec<String> {
        names(&self.path)
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Folder { folder: self.path.clone(), source }
    }
}

/// Asks the process that has the index of this folder open to build it anew. It does so in its own time; see
/// [`rebuild_asked`].
pub fn ask_for_rebuild(parent: &Path) -> Result<(), Error> {
    let folder = versioned(parent);
    let asked = File::create(folder.join(WANTED));
    asked.map(drop).map_err(|source| Error::Folder { folder, source })
}

/// Whether a rebuild that was [asked for](ask_for_rebuild) has not ended yet.
pub fn rebuild_asked(parent: &Path) -> bool {
    versioned(parent).join(WANTED).exists()
}

/// The folder of this version of the index below `parent`.
pub(crate) fn versioned(parent: &Path) -> PathBuf {
    parent.join(format!("v{}", schema::VERSION))
}

/// The folder of the generation in use in a [`versioned`] folder.
pub(crate) fn current(folder: &Path) -> Option<PathBuf> {
    let name = fs::read_to_string(folder.join(CURRENT)).ok()?;
    let generation = folder.join(name.trim());
    (is_generation(name.trim()) && generation.is_dir()).then_some(generation)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// The number of a version of the index.
fn version(name: &str) -> Option<u32> {
    name.strip_prefix('v')?.parse().ok()
}

/// Removes a folder. What cannot be removed now is removed at the next start.
pub(crate) fn remove(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::debug!(folder = %folder.display(), %error, "an old search index could not be removed");
    }
}

fn is_generation(name: &str) -> bool {
    number(name).is_some() && !name.starts_with(DAMAGED)
}

/// The number of a generation, damaged or not.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix(DAMAGED).unwrap_or(name).strip_prefix('g')?.parse().ok()
}
