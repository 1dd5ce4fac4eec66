use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Invalid;

/// A language that the interface, a post or an answer can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

impl Language {
    /// The short code used in addresses, cookies and storage.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }

    /// The BCP 47 tag for a `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh-CN",
        }
    }

    /// The language that a text is written in, by the share of Chinese characters in its letters.
    ///
    /// ```
    /// assert_eq!(content::Language::of("旋转位置编码 RoPE"), content::Language::Zh);
    /// ```
    pub fn of(text: &str) -> Self {
        let han = text.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
        let latin = text.chars().filter(char::is_ascii_alphabetic).count();
        if han * 4 > latin { Self::Zh } else { Self::En }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Language {
    type Err = Invalid;

    /// Accepts a code or any BCP 47 tag that begins with one (`zh-Hant-TW`).
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "en" => Ok(Self::En),
            "zh" => Ok(Self::Zh),
            _ => Err(Invalid::new("language", text, "is neither en nor zh")),
        }
    }
}
