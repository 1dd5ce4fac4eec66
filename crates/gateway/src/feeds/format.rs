use actix_web::HttpRequest;

/// A format of feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Atom, <https://www.rfc-editor.org/rfc/rfc4287>.
    Atom,
    /// RSS 2.0, <https://www.rssboard.org/rss-specification>.
    Rss,
    /// JSON Feed 1.1, <https://www.jsonfeed.org/version/1.1/>.
    Json,
}

/// A feed in one format, for the head of a page and for people.
pub(crate) struct Feed {
    pub(crate) name: &'static str,
    pub(crate) media_type: &'static str,
    pub(crate) href: String,
}

impl Format {
    const ALL: [Self; 3] = [Self::Atom, Self::Rss, Self::Json];

    /// The format that the last part of an address names. Atom need not be named.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        match request.path().rsplit('/').next() {
            Some("rss") => Self::Rss,
            Some("json") => Self::Json,
            _ => Self::Atom,
        }
    }

    /// The address of a feed in this format, by its address in Atom.
    pub(crate) fn at(self, feed: &str) -> String {
        let below = match self {
            Self::Atom => return feed.to_owned(),
            Self::Rss => "/rss",
            Self::Json => "/json",
        };
        let path = feed.find('?').unwrap_or(feed.len());
        format!("{}{below}{}", &feed[..path], &feed[path..])
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml",
            Self::Rss => "application/rss+xml",
            Self::Json => "application/feed+json",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Atom => "Atom",
            Self::Rss => "RSS",
            Self::Json => "JSON Feed",
        }
    }
}

/// A feed in each of its formats, by its address in Atom.
pub(crate) fn each(feed: &str) -> Vec<Feed> {
    let one =
        |format: Format| Feed { name: format.name(), media_type: format.media_type(), href: format.at(feed) };
    Format::ALL.map(one).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(Format::Rss.at("/feed"), "/feed/rss");
        assert_eq!(Format::Json.at("/search/feed?query=a/b"), "/search/feed/json?query=a/b");
        assert_eq!(Format::Atom.at("/arxiv/cs.LG/feed"), "/arxiv/cs.LG/feed");
    }
}
