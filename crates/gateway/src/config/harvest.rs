use std::{fmt, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

/// Where papers come from, and how often. A server harvests only if it is told how often.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Harvest {
    /// How long a server waits after a harvest before the next one: `12h`. Without it a server harvests nothing.
    pub every: Option<Every>,
    /// arXiv's sets (`math`, `cs:cs:LG`) whose records are kept up to date; `all` is everything.
    pub arxiv: Vec<String>,
    /// arXiv's categories whose lists of the day are read.
    pub lists: Vec<String>,
    /// A folder of manifests, one for each proceedings.
    pub manifests: Option<PathBuf>,
    /// How those who are asked can reach whoever runs this: a mail address, or an address of the web.
    pub contact: Option<Contact>,
    /// Where arXiv, or a mirror of it, answers OAI-PMH.
    pub oai: String,
    /// Where arXiv, or a mirror of it, has its lists, before the category.
    pub feeds: String,
}

impl Default for Harvest {
    fn default() -> Self {
        Self {
            every: None,
            arxiv: Vec::new(),
            lists: Vec::new(),
            manifests: None,
            contact: None,
            oai: sources::arxiv::OAI.into(),
            feeds: sources::arxiv::LISTS.into(),
        }
    }
}

/// A length of time: a number and `s`, `m`, `h` or `d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Every(Duration);

impl Every {
    pub(super) const fn of(time: Duration) -> Self {
        Self(time)
    }

    /// The time itself.
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl TryFrom<String> for Every {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let units = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
        let read = |(unit, seconds): (&str, u64)| {
            text.strip_suffix(unit)?.trim().parse::<u64>().ok()?.checked_mul(seconds)
        };
        let seconds = units.into_iter().find_map(read).filter(|seconds| (1..=86_400 * 365).contains(seconds));
        seconds
            .map(|seconds| Self(Duration::from_secs(seconds)))
            .ok_or("must be like 12h: a number and s, m, h or d")
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        format!("{}s", every.0.as_secs())
    }
}

/// How to reach somebody, fit for a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Contact(String);

impl TryFrom<String> for Contact {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"();".contains(&byte));
        if text.is_empty() || text.len() > 200 || !fits {
            return Err("must be a mail address or an address of the web, without spaces");
        }
        Ok(Self(text))
    }
}

impl From<Contact> for String {
    fn from(contact: Contact) -> Self {
        contact.0
    }
}

impl fmt::Display for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        let check = |text: &str, expected: Option<u64>| {
            let every = Every::try_from(text.to_owned()).ok();
            assert_eq!(every.map(|every| every.duration().as_secs()), expected, "{text:?}");
        };
        check("90s", Some(90));
        check("5m", Some(300));
        check("12h", Some(43_200));
        check("1 d", Some(86_400));
        for wrong in ["", "12", "0s", "h", "-1h", "1.5h", "400d", "99999999999999999999d", "1w"] {
            check(wrong, None);
        }
    }

    #[test]
    fn contacts_fit_into_a_header() {
        let fits = |text: &str| Contact::try_from(text.to_owned()).is_ok();
        assert!(fits("me@a.example") && fits("https://a.example/about"));
        assert!(!fits("") && !fits("a b") && !fits("a\r\nb") && !fits("é") && !fits("a)b"));
    }
}
