use serde::{Deserialize, Serialize};

/// Where texts of papers are fetched from to be read, and how much of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fulltext {
    /// Whether a reading fetches the text of its paper when none is stored. Without, it reads the abstract.
    pub fetch: bool,
    /// Hosts that may be asked, by https and at public addresses only. `*.example.org` are all hosts below one.
    pub hosts: Vec<String>,
    /// Where arXiv, or a mirror of it, has the pages, sources and PDFs of papers.
    pub arxiv: String,
    /// How many pages of a PDF are read, from the first on.
    pub pages: u32,
}

impl Default for Fulltext {
    fn default() -> Self {
        let hosts =
            ["arxiv.org", "export.arxiv.org", "aclanthology.org", "openreview.net", "proceedings.mlr.press"];
        Self {
            fetch: true,
            hosts: hosts.map(str::to_owned).into(),
            arxiv: "https://arxiv.org".into(),
            pages: 300,
        }
    }
}
