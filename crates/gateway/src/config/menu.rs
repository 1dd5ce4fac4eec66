use std::fmt;

use serde::{Deserialize, Serialize};

/// A place of the masthead: `{ name = "About", address = "/posts/about" }`, or the line `/posts/about About`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct Entry {
    /// What it is called.
    pub name: String,
    /// Where it leads: a path of this site, or an address of the web.
    pub address: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Line(String),
    Table { name: String, address: String },
}

impl TryFrom<Written> for Entry {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let (address, name) = match &written {
            Written::Line(line) => line.trim().split_once(char::is_whitespace).unwrap_or((line.trim(), "")),
            Written::Table { name, address } => (address.as_str(), name.as_str()),
        };
        let own = address.starts_with('/') && !address.starts_with("//");
        let web = address.starts_with("https://") || address.starts_with("http://");
        if name.trim().is_empty() || !(own || web) || address.contains(char::is_whitespace) {
            return Err("must be an address that begins with / or https://, and a name after it");
        }
        Ok(Self { name: name.trim().to_owned(), address: address.to_owned() })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.address, self.name)
    }
}
