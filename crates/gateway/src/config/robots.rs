use serde::{Deserialize, Serialize};

/// How readers may support the site.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Support {
    /// A few words, as Markdown.
    pub text: String,
    /// Pictures such as codes to be scanned.
    pub pictures: Vec<Picture>,
}

/// A picture below posts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Its address on this site, or a `data:` address: pages show no pictures of other hosts.
    pub src: String,
    /// What it is, for those who do not see it, and below it.
    pub name: String,
}

/// What `robots.txt` says. Programs that do not keep to it are not stopped by it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Robots {
    /// Whether search engines may show the site.
    pub search: bool,
    /// Whether answers of models may be made from its pages. Without a word, nothing is said.
    pub ai_input: Option<bool>,
    /// Whether models may be trained on it. Without a word, nothing is said.
    pub ai_train: Option<bool>,
    /// Programs that are to stay away, by the names they go by: `["GPTBot", "CCBot"]`.
    pub refused: Vec<String>,
}

impl Default for Robots {
    fn default() -> Self {
        Self { search: true, ai_input: None, ai_train: None, refused: Vec::new() }
    }
}
