use content::{Paper, RecordKey};
use fulltext::Form;

use crate::papers;

/// Where the text of a paper can be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The record with its version: another version is another text.
    pub(super) record: String,
    /// Forms and their addresses, the best first.
    pub(super) forms: Vec<(Form, String)>,
}

/// Where a paper can be had: of arXiv as HTML, TeX and PDF in this order, of others as the PDF that their record names.
pub(super) fn origin(paper: &Paper, arxiv: &str) -> Option<Origin> {
    if paper.shown.withdrawn {
        return None;
    }
    let keys = std::iter::once(&paper.shown.key).chain(&paper.others);
    let key = keys.into_iter().find(|key| key.source == RecordKey::ARXIV);
    if let Some(RecordKey { id, version, .. }) = key {
        let address = |kind: &str| format!("{}/{kind}/{id}{version}", arxiv.trim_end_matches('/'));
        let forms = [(Form::Html, "html"), (Form::Source, "e-print"), (Form::Pdf, "pdf")];
        let forms = forms.map(|(form, kind)| (form, address(kind))).into();
        return Some(Origin { record: format!("arxiv:{id}{version}"), forms });
    }
    let RecordKey { source, id, version } = &paper.shown.key;
    let pdf = papers::pdf(paper)?;
    Some(Origin { record: format!("{source}:{id}:{version}"), forms: vec![(Form::Pdf, secure(pdf))] })
}

/// Old records say http of hosts that have long had https.
fn secure(address: String) -> String {
    address.strip_prefix("http://").map(|rest| format!("https://{rest}")).unwrap_or(address)
}
