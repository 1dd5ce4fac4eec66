use content::{FullText, TextSource};

use crate::{Error, VERSION, compose::Composed, html, pdf, tex};

/// What a file is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A page as arXiv makes them with LaTeXML, or any other.
    Html,
    /// What arXiv gives as source: a packed folder, a packed file, plain TeX, or a PDF after all.
    Source,
    /// A PDF.
    Pdf,
}

/// The text of a file, of a PDF no more than its first `pages`. `told` is told which page it is at, and how many there are.
pub fn extract(
    form: Form,
    bytes: &[u8],
    pages: u32,
    told: &mut dyn FnMut(u32, u32),
) -> Result<FullText, Error> {
    let (source, composed) = match form {
        _ if is_pdf(bytes) => (TextSource::Pdf, pdf::read(bytes, pages, told)?),
        Form::Html => (TextSource::Html, html::read(&decoded(bytes))?),
        Form::Source => match tex::unpack(bytes)? {
            tex::Unpacked::Pdf(bytes) => (TextSource::Pdf, pdf::read(&bytes, pages, told)?),
            tex::Unpacked::Files(files) => (TextSource::Tex, tex::read(&files)?),
        },
        Form::Pdf => return Err(Error::Unknown),
    };
    let Composed { passages, hidden, left_out_pages } = composed;
    if passages.is_empty() {
        return Err(Error::Empty);
    }
    Ok(FullText { source, extractor: VERSION.into(), passages, hidden, left_out_pages })
}

impl Form {
    /// What a file is, by marks that only such a file has.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(4096)];
        let start = String::from_utf8_lossy(head).trim_start().to_ascii_lowercase();
        if is_pdf(bytes) {
            Some(Self::Pdf)
        } else if start.starts_with('<') {
            (start.contains("<html") || start.starts_with("<!doctype html")).then_some(Self::Html)
        } else {
            (tex::is_packed(bytes) || tex::is_tex(bytes)).then_some(Self::Source)
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Source => "source",
            Self::Pdf => "pdf",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Html, Self::Source, Self::Pdf].into_iter().find(|form| form.name() == name)
    }
}

/// Readers look for the mark in the first kilobyte (ISO 32000-2, 7.5.2, and what all of them do).
fn is_pdf(bytes: &[u8]) -> bool {
    bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-")
}

/// UTF-8, else the encoding that old files are in.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if encoding_rs::Encoding::for_bom(bytes).is_some() => {
            encoding_rs::UTF_8.decode(bytes).0.into_owned()
        }
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_by_its_marks() {
        let check = |bytes: &[u8], form: Option<Form>| assert_eq!(Form::of(bytes), form, "{bytes:?}");
        check(b"%PDF-1.7 \\begin{document}", Some(Form::Pdf));
        check(b"\n<!DOCTYPE html><p>", Some(Form::Html));
        check(b"<?xml version='1.0'?><html>", Some(Form::Html));
        check(b"<svg>\\begin{document}", None);
        check(b"\\documentclass{article}", Some(Form::Source));
        check(b"% A comment\n\\input amstex\n\\magnification 1200", Some(Form::Source));
        check("\\section{Nähte} und Säume".as_bytes(), Some(Form::Source));
        check(b"\\section{N\xe4hte} in an old encoding", Some(Form::Source));
        check(b"C:\\Users\\ada\\quilts.txt", None);
        check(b"a line with \\n in it, and \\alpha", None);
        check(b"\x00\x01\\begin{\xff\xfe\x07", None);
        check(&[0x1f, 0x8b, 8, 0], Some(Form::Source));
        check(&[0x1f, 0x8b, 77, 0], None);
        let mut zeros = vec![0; 1024];
        zeros[0] = b'x';
        check(&zeros, None);
        check(b"", None);
    }

    /// Bytes of a generator (splitmix64), as like as not with a backslash in them.
    #[test]
    fn random_bytes_have_no_form() {
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb)
        };
        for _ in 0..500 {
            let bytes: Vec<u8> = (0..512).flat_map(|_| next().to_le_bytes()).collect();
            assert_eq!(Form::of(&bytes), None);
        }
    }
}
