//! The engine's lists of files, each with a checksum. Segments have checksums of their own; the lists have none, and a
//! byte that changed in one can bring deleted documents back without anybody noticing.

use std::{io, path::Path, sync::Arc};

use tantivy::{
    Directory, TantivyError,
    directory::{
        DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

/// The length of a seal at the end of a file: a checksum as text, so that the file stays text.
const SEAL: usize = 9;

/// A folder of the engine's files in which whatever is written as a whole is sealed.
#[derive(Debug, Clone)]
pub(crate) struct Sealed(MmapDirectory);

impl Sealed {
    pub(crate) fn open(path: &Path) -> Result<Self, TantivyError> {
        Ok(Self(MmapDirectory::open(path)?))
    }
}

impl Directory for Sealed {
    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        let bytes = self.0.atomic_read(path)?;
        opened(bytes).ok_or_else(|| OpenReadError::IoError {
            io_error: Arc::new(io::Error::new(io::ErrorKind::InvalidData, "it is not as it was written")),
            filepath: path.to_owned(),
        })
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.0.atomic_write(path, &[data, seal(data).as_bytes()].concat())
    }

    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.0.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.0.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.0.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.0.open_write(path)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.0.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.0.acquire_lock(lock)
    }

    fn watch(&self, watch_callback: WatchCallback) -> Result<WatchHandle, TantivyError> {
        self.0.watch(watch_callback)
    }
}

fn seal(data: &[u8]) -> String {
    format!("{:08x}\n", crc32fast::hash(data))
}

/// What was sealed, if the seal is whole.
fn opened(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    let given = bytes.split_off(bytes.len().checked_sub(SEAL)?);
    (given == seal(&bytes).as_bytes()).then_some(bytes)
}
