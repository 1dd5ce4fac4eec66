use cite::{Format, Work};

use super::at;
use crate::app::App;

/// What a page offers; MODS is for programs that ask by unAPI.
const OFFERED: [Format; 5] = [Format::Bibtex, Format::Ris, Format::Csl, Format::Csv, Format::Markdown];

/// A file that a page offers.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) href: String,
}

/// A paper or a post in every format that pages offer.
pub(crate) fn files_of(app: &App, work: &Work) -> Vec<File> {
    files(work.page.strip_prefix(&*app.base).unwrap_or(&work.page))
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
