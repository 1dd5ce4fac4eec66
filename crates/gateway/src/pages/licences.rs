use content::Post;

use crate::app::App;

/// Under what a text may be used.
pub(super) struct Licence {
    pub(super) name: String,
    /// Where its text is, if that is known.
    pub(super) href: Option<String>,
}

/// The licence of a post, or that of the site.
pub(super) fn of(app: &App, post: &Post) -> Option<Licence> {
    let said = post.details.licence.clone().or_else(|| app.config.site.licence.clone())?;
    named(said.trim())
}

/// Names such as `CC BY-SA 4.0` are known; an address stands for itself.
fn named(said: &str) -> Option<Licence> {
    if said.is_empty() {
        return None;
    }
    if said.starts_with("https://") || said.starts_with("http://") {
        return Some(Licence { name: said.to_owned(), href: Some(said.to_owned()) });
    }
    Some(Licence { name: said.to_owned(), href: creative_commons(said) })
}

fn creative_commons(said: &str) -> Option<String> {
    let lower = said.to_lowercase().replace(' ', "-");
    let rest = lower.strip_prefix("cc-").or_else(|| lower.strip_prefix("cc0").map(|_| "zero"))?;
    if rest == "zero" {
        return Some("https://creativecommons.org/publicdomain/zero/1.0/".into());
    }
    let (conditions, version) = rest.rsplit_once('-')?;
    let known = ["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"].contains(&conditions);
    let numbered = ["2.0", "2.5", "3.0", "4.0"].contains(&version);
    (known && numbered).then(|| format!("https://creativecommons.org/licenses/{conditions}/{version}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences() {
        let href = |said: &str| named(said).and_then(|licence| licence.href);
        let by = |what: &str| Some(format!("https://creativecommons.org/licenses/{what}/4.0/"));
        assert_eq!(href("CC BY 4.0"), by("by"));
        assert_eq!(href("CC BY-NC-SA 4.0"), by("by-nc-sa"));
        assert_eq!(href("cc-by-sa-4.0"), by("by-sa"));
        assert_eq!(href("CC0 1.0").as_deref(), Some("https://creativecommons.org/publicdomain/zero/1.0/"));
        assert_eq!(href("All rights reserved"), None);
        assert_eq!(href("https://example.org/l").as_deref(), Some("https://example.org/l"));
        assert!(named(" ".trim()).is_none());
    }
}
