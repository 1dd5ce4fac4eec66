use actix_web::HttpRequest;
use cite::Format;

use crate::visit::{Visit, accepts};

/// What an address names without the suffix of a format, and the format that is wanted: that of the suffix, else the
/// one that the client prefers to a page.
pub(crate) fn asked<'a>(which: &'a str, visit: &Visit) -> (&'a str, Option<Format>) {
    match split(which) {
        (which, Some(format)) => (which, Some(format)),
        (which, None) => (which, visit.accepts),
    }
}

/// What stands before the suffix of a format, and the format.
pub(super) fn split(which: &str) -> (&str, Option<Format>) {
    let found = which.rsplit_once('.').and_then(|(name, suffix)| Some((name, Format::of_suffix(suffix)?)));
    match found {
        Some((name, format)) if !name.is_empty() && !name.ends_with('/') => (name, Some(format)),
        _ => (which, None),
    }
}

/// The address of the same thing in a format: `/arxiv/cs.LG?date=…` in RIS is `/arxiv/cs.LG.ris?date=…`.
pub(crate) fn at(address: &str, format: Format) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let (path, _) = split(path);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{path}.{}{query}", format.suffix())
}

/// The format that a client prefers to a page.
pub(crate) fn accepted(request: &HttpRequest) -> Option<Format> {
    // In the order of how often they are asked for.
    let kind = accepts::instead_of_page(request, &Format::ALL.map(Format::media_type))?;
    Format::ALL.into_iter().find(|format| format.media_type() == kind)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn suffixes() {
        let check = |which, expected| assert_eq!(split(which), expected, "{which}");
        check("2401.01234", ("2401.01234", None));
        check("2401.01234.bib", ("2401.01234", Some(Format::Bibtex)));
        check("ICLR.2025.ris", ("ICLR.2025", Some(Format::Ris)));
        check("2024.acl-long.1@acl.json", ("2024.acl-long.1@acl", Some(Format::Csl)));
        check("cs.LG", ("cs.LG", None));
        check(".bib", (".bib", None));
        check("bib", ("bib", None));
    }

    #[test]
    fn addresses() {
        assert_eq!(at("/arxiv/cs.LG?date=2024-01-01", Format::Ris), "/arxiv/cs.LG.ris?date=2024-01-01");
        assert_eq!(at("/arxiv/2401.01234.bib", Format::Csl), "/arxiv/2401.01234.json");
    }

    #[test]
    fn acceptance() {
        let check = |header: &str, expected| {
            let request = TestRequest::default().insert_header(("accept", header)).to_http_request();
            assert_eq!(accepted(&request), expected, "{header}");
        };
        check("*/*", None);
        check("application/x-bibtex, */*", Some(Format::Bibtex));
        check("Application/X-Research-Info-Systems; q=0.2, text/markdown;q=0.7", Some(Format::Markdown));
        check("application/vnd.citationstyles.csl+json;q=0", None);
        check("application/vnd.citationstyles.csl+json", Some(Format::Csl));
    }
}
