use cite::Format;

use crate::visit::Visit;

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

/// The format that an `Accept` header prefers to HTML, which is what everybody gets who does not say otherwise.
///
/// A format must be named; HTML also hears to wildcards, but then a format that is wanted as much comes first.
pub(crate) fn accepted(header: &str) -> Option<Format> {
    let ranges: Vec<_> = header.split(',').map(range).collect();
    let weight = |names: &[&str]| {
        let found =
            ranges.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, weight)| *weight);
        found.reduce(f32::max)
    };
    let formats =
        Format::ALL.into_iter().filter_map(|format| Some((format, weight(&[format.media_type()])?)));
    // The first of equal ones: formats are in the order of how often they are asked for.
    let (format, wanted) = formats.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
    let preferred = match weight(&["text/html", "application/xhtml+xml"]) {
        Some(html) => wanted > html,
        None => wanted >= weight(&["text/*", "*/*"]).unwrap_or_default(),
    };
    (wanted > 0.0 && preferred).then_some(format)
}

/// A media range in lower case, without its parameters, and its weight.
fn range(text: &str) -> (String, f32) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (name, weight.map_or(1.0, |weight| weight.trim().parse().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
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
        let check = |header, expected| assert_eq!(accepted(header), expected, "{header}");
        check("", None);
        check("*/*", None);
        check("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", None);
        check("application/x-bibtex", Some(Format::Bibtex));
        check("application/x-bibtex, */*", Some(Format::Bibtex));
        check("application/x-bibtex;q=0.5, */*;q=0.8", None);
        check("application/x-bibtex, text/html", None);
        check("application/x-bibtex, text/html;q=0.9", Some(Format::Bibtex));
        check("Application/X-Research-Info-Systems; q=0.2, text/markdown;q=0.7", Some(Format::Markdown));
        check("application/vnd.citationstyles.csl+json;q=0", None);
        check("text/csv;charset=utf-8;q=0.9, text/*;q=0.9", Some(Format::Csv));
        check("application/mods+xml;q=high", None);
    }
}
