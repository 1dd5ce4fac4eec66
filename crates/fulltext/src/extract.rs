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
    /// What a file looks like.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let head = &bytes[..bytes.len().min(4096)];
        let start = String::from_utf8_lossy(head).trim_start().to_ascii_lowercase();
        if is_pdf(bytes) {
            Some(Self::Pdf)
        } else if tex::is_packed(bytes) || start.contains('\\') && !start.starts_with('<') {
            Some(Self::Source)
        } else {
            (start.starts_with('<') && start.contains("<html") || start.starts_with("<!doctype html"))
                .then_some(Self::Html)
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
