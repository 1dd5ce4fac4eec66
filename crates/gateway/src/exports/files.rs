use cite::Format;

use super::at;

/// What a page offers; MODS is for programs that ask by unAPI.
const OFFERED: [Format; 5] = [Format::Bibtex, Format::Ris, Format::Csl, Format::Csv, Format::Markdown];

/// A file that a page offers.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) href: String,
}

/// What is at this address, in every format that pages offer.
pub(crate) fn files(address: &str) -> Vec<File> {
    let file = |format: Format| File {
        name: format.name(),
        media_type: format.media_type(),
        href: at(address, format),
    };
    OFFERED.map(file).into()
}
