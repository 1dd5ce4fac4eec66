//! What arXiv packs sources in: a gzipped tar, a gzipped file, or neither.

use std::{
    collections::BTreeMap,
    io::{self, Read},
};

use flate2::read::GzDecoder;
use tar::{Archive, EntryType};
use tex::{Token, Tokens};

use crate::Error;

/// The most bytes that a source may become: figures are passed over, and count.
const UNPACKED: u64 = 512 << 20;
/// The most bytes of TeX.
const KEPT: u64 = 16 << 20;
/// The most files.
const ENTRIES: usize = 20_000;
/// Files that can hold text or macros.
const ENDINGS: &[&str] = &["tex", "ltx", "latex", "sty", "cls", "def", "txt"];
/// The mark of gzip, and the only method that it has.
const GZIP: &[u8] = &[0x1f, 0x8b, 8];
/// How far commands are looked for in a file of its own, in bytes: some begin with long comments.
const HEAD: usize = 1 << 16;
/// Commands that say that a file is TeX: no other text has them.
const EVIDENCE: &[&str] = &[
    "documentclass",
    "documentstyle",
    "begin",
    "usepackage",
    "newcommand",
    "def",
    "input",
    "section",
    "chapter",
    "title",
    "magnification",
    "bye",
];

/// Names and contents; a name is a path within the source, with `/` between folders.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// A source, unpacked.
#[derive(Debug)]
pub(crate) enum Unpacked {
    /// The TeX in it.
    Files(Files),
    /// A paper that came without source.
    Pdf(Vec<u8>),
}

pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(GZIP) || is_tar(bytes)
}

/// Whether a file of its own is TeX: it is a text, and has a command that TeX files have.
pub(crate) fn is_tex(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    let binary = head.iter().any(|byte| matches!(byte, 0..=8 | 0x0e..=0x19));
    let text = String::from_utf8_lossy(head);
    let mut commands = Tokens::of(&text).filter_map(|(token, _)| match token {
        Token::Command(name) => Some(name),
        _ => None,
    });
    !binary && commands.any(|name| EVIDENCE.contains(&name))
}

/// Unpacks a source into memory, as far as it is TeX. Nothing in it can name a place outside of it.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Unpacked, Error> {
    if bytes.starts_with(GZIP) { unpacked(GzDecoder::new(bytes)) } else { unpacked(bytes) }
}

fn unpacked(packed: impl Read) -> Result<Unpacked, Error> {
    let mut packed = Bounded { inner: packed, left: UNPACKED, over: false };
    let mut head = Vec::new();
    packed.by_ref().take(512).read_to_end(&mut head).map_err(|_| Error::Broken)?;
    if is_tar(&head) {
        let files = files(io::Cursor::new(head).chain(packed.by_ref()));
        return if packed.over { Err(Error::TooLarge) } else { Ok(Unpacked::Files(files?)) };
    }
    let is_pdf = head.starts_with(b"%PDF-");
    let limit = if is_pdf { UNPACKED / 8 } else { KEPT };
    let mut whole = head;
    packed.take(limit + 1).read_to_end(&mut whole).map_err(|_| Error::Broken)?;
    match is_pdf {
        _ if whole.len() as u64 > limit => Err(Error::TooLarge),
        true => Ok(Unpacked::Pdf(whole)),
        // A file of its own may be HTML, PostScript or an old word processor's.
        false if is_tex(&whole) => Ok(Unpacked::Files(Files::from([("main.tex".into(), whole)]))),
        false => Err(Error::Unknown),
    }
}

/// The TeX of a tar. One that is cut off gives what came.
fn files(tar: impl Read) -> Result<Files, Error> {
    let (mut files, mut kept) = (Files::new(), 0);
    for entry in Archive::new(tar).entries().map_err(|_| Error::Broken)?.take(ENTRIES) {
        let Ok(mut entry) = entry else { break };
        let name = name(&entry.path_bytes());
        let regular = matches!(entry.header().entry_type(), EntryType::Regular | EntryType::Continuous);
        let Some(name) = name.filter(|name| regular && may_hold_text(name)) else { continue };
        let mut bytes = Vec::new();
        let whole = entry.by_ref().take(KEPT - kept + 1).read_to_end(&mut bytes);
        kept += bytes.len() as u64;
        if kept > KEPT {
            return Err(Error::TooLarge);
        }
        files.insert(name, bytes);
        if whole.is_err() {
            break;
        }
    }
    if files.is_empty() { Err(Error::Unknown) } else { Ok(files) }
}

/// A path within the source: without `.`, and none that leaves it.
pub(super) fn name(path: &[u8]) -> Option<String> {
    let path = str::from_utf8(path).ok()?;
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let name = parts.join("/");
    (!path.starts_with('/') && !name.is_empty()).then_some(name)
}

fn may_hold_text(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Whether the sum that a tar's header ends with is that of its bytes, as of any tar since the first.
fn is_tar(head: &[u8]) -> bool {
    let Some((header, sum)) = head.get(..512).zip(head.get(148..156)) else { return false };
    let said = String::from_utf8_lossy(sum);
    let said = u32::from_str_radix(said.trim_matches(['\0', ' ']), 8);
    let spaces = 8 * u32::from(b' ');
    let all: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let own: u32 = sum.iter().map(|byte| u32::from(*byte)).sum();
    said == Ok(all - own + spaces)
}

/// Ends after so many bytes, and says so.
struct Bounded<R> {
    inner: R,
    left: u64,
    over: bool,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            self.over = true;
            return Ok(0);
        }
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.inner.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}
