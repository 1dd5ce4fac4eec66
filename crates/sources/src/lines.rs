//! The lines of a file, plain or packed.

use std::{
    io::{self, BufRead as _, Read as _},
    path::Path,
};

use crate::packed::{self, Unpacked};

/// The longest line, in bytes; a real record has a few thousand.
const MAX: u64 = 4 << 20;

/// The lines of a text file: plain, gzip or xz, as its first bytes tell.
pub struct Lines {
    file: Unpacked,
    number: u64,
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// What the system says when it cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        Ok(Self::of(packed::open(path)?))
    }

    pub(crate) fn of(file: Unpacked) -> Self {
        Self { file, number: 0 }
    }

    /// The size of the file, packed as it is.
    pub(crate) fn size(&self) -> Option<u64> {
        self.file.size()
    }

    /// How many of those bytes have been read.
    pub(crate) fn bytes(&self) -> u64 {
        self.file.bytes()
    }

    /// The number of the last line, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not empty, or why it cannot be one; `None` at the end.
    ///
    /// # Errors
    /// A file that breaks off, or is not packed as it says.
    #[expect(clippy::should_implement_trait, reason = "an iterator would go on after an error")]
    pub fn next(&mut self) -> io::Result<Option<Result<String, String>>> {
        loop {
            let mut line = Vec::new();
            if self.file.input().by_ref().take(MAX).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if line.len() as u64 == MAX && !line.ends_with(b"\n") {
                self.file.input().skip_until(b'\n')?;
                return Ok(Some(Err(format!("it is longer than {} MiB", MAX >> 20))));
            }
            let Ok(line) = std::str::from_utf8(&line) else { return Ok(Some(Err("it is not UTF-8".into()))) };
            let line = line.trim_start_matches('\u{feff}').trim();
            if !line.is_empty() {
                return Ok(Some(Ok(line.to_owned())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write as _};

    use super::*;

    /// What comes out, up to the end or the first error.
    fn read(bytes: Vec<u8>) -> (Vec<String>, Option<io::ErrorKind>) {
        let mut lines = Lines::of(Unpacked::of(Trickle(Cursor::new(bytes)), None).expect("readable"));
        let mut found = Vec::new();
        loop {
            match lines.next() {
                Ok(Some(line)) => {
                    let line = line.unwrap_or_else(|reason| format!("bad: {reason}"));
                    found.push(format!("{} {line}", lines.number()));
                }
                Ok(None) => return (found, None),
                Err(error) => return (found, Some(error.kind())),
            }
        }
    }

    fn check(bytes: &[u8], expected: &[&str]) {
        assert_eq!(read(bytes.to_vec()), (expected.iter().map(ToString::to_string).collect(), None));
    }

    /// Gives one byte at a time, as a slow pipe does.
    struct Trickle(Cursor<Vec<u8>>);

    impl Read for Trickle {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let one = buffer.len().min(1);
            self.0.read(&mut buffer[..one])
        }
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(text.as_bytes()).expect("packed");
        packed.finish().expect("packed")
    }

    fn xz(text: &str) -> Vec<u8> {
        let mut packed = liblzma::write::XzEncoder::new(Vec::new(), 1);
        packed.write_all(text.as_bytes()).expect("packed");
        packed.finish().expect("packed")
    }

    #[test]
    fn plain_and_packed_files() {
        check(b"", &[]);
        check(b"a\nb", &["1 a", "2 b"]);
        check(b"\xef\xbb\xbfa\r\n\n \nb\r\n", &["1 a", "4 b"]);
        check(b"a\n\xff\nb\n", &["1 a", "2 bad: it is not UTF-8", "3 b"]);
        check(&gzip("a\nb\n"), &["1 a", "2 b"]);
        check(&xz("a\nb\n"), &["1 a", "2 b"]);
        check(&[gzip("a\n"), gzip("b\n")].concat(), &["1 a", "2 b"]);
        check(&[xz("a\n"), xz("b\n")].concat(), &["1 a", "2 b"]);
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory() {
        let long = [b"a\n".to_vec(), vec![b'x'; MAX as usize + 5], b"\nb\n".to_vec()].concat();
        assert_eq!(read(long).0, ["1 a", "2 bad: it is longer than 4 MiB", "3 b"]);
    }

    #[test]
    fn a_file_that_ends_too_early_is_an_error() {
        let text: String = (0..20_000).map(|n| format!("{}\n", n * n)).collect();
        for packed in [gzip(&text), xz(&text)] {
            let (lines, error) = read(packed[..packed.len() / 2].to_vec());
            assert!(lines.len() < 20_000 && error.is_some(), "{} lines, {error:?}", lines.len());
        }
    }
}
