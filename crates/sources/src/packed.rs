//! Files that may be packed.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// What a file holds, unpacked. What it is packed with is told by its first bytes.
pub(crate) struct Unpacked {
    input: Box<dyn BufRead + Send>,
    read: Arc<AtomicU64>,
    size: Option<u64>,
}

/// Opens a file, or standard input for `-`.
pub(crate) fn open(path: &Path) -> io::Result<Unpacked> {
    if path == Path::new("-") {
        return Unpacked::of(io::stdin(), None);
    }
    let file = File::open(path)?;
    let about = file.metadata()?;
    // A pipe has a name, but no size.
    Unpacked::of(file, Some(about.len()).filter(|_| about.is_file()))
}

impl Unpacked {
    /// What comes out of an input of this size.
    pub(crate) fn of(input: impl Read + Send + 'static, size: Option<u64>) -> io::Result<Self> {
        let read = Arc::default();
        let mut input = Counted { input, read: Arc::clone(&read) };
        // A pipe may give fewer bytes than asked for.
        let mut magic = Vec::new();
        input.by_ref().take(6).read_to_end(&mut magic)?;
        let whole = BufReader::with_capacity(1 << 16, Cursor::new(magic.clone()).chain(input));
        let input: Box<dyn BufRead + Send> = match magic.as_slice() {
            [0x1f, 0x8b, ..] => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(whole))),
            [0xfd, b'7', b'z', b'X', b'Z', 0] => {
                Box::new(BufReader::new(liblzma::bufread::XzDecoder::new_multi_decoder(whole)))
            }
            _ => Box::new(whole),
        };
        Ok(Self { input, read, size })
    }

    /// The size of the file, packed as it is.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// How many of those bytes have been read.
    pub(crate) fn bytes(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    pub(crate) fn input(&mut self) -> &mut (impl BufRead + use<>) {
        &mut self.input
    }
}

/// Counts what goes through.
struct Counted<R> {
    input: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
