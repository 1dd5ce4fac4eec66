use chrono::Utc;
use cite::{Format, Work};

use crate::{
    app::App,
    exports::{File, files_of},
};

/// The block that says how to cite what a page is about.
pub(super) struct Citation {
    pub(super) heading: &'static str,
    pub(super) bibtex: String,
    pub(super) text: String,
    /// After GB/T 7714.
    pub(super) gbt: String,
    /// The same in every format.
    pub(super) files: Vec<File>,
}

impl Citation {
    pub(super) fn of(app: &App, work: &Work, heading: &'static str) -> Self {
        let bibtex = Format::Bibtex.write(std::slice::from_ref(work));
        Self {
            heading,
            bibtex: bibtex.trim_end().to_owned(),
            text: cite::text(work),
            gbt: cite::gbt(work, Utc::now().date_naive()),
            files: files_of(app, work),
        }
    }
}
