use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Kind, Person, Work, plain};

/// RFC 3986's unreserved characters stay.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The `title` of a `<span class="Z3988">`: an OpenURL ContextObject, to be escaped for HTML once more.
///
/// Source: <https://en.wikipedia.org/wiki/COinS>; keys of `info:ofi/fmt:kev:mtx:journal` and `…:dc`.
pub fn coins(work: &Work) -> String {
    let mut pairs = vec![("ctx_ver", "Z39.88-2004".to_owned())];
    match work.kind {
        Kind::Post => of_post(work, &mut pairs),
        Kind::Preprint | Kind::Conference | Kind::Article => of_paper(work, &mut pairs),
    }
    let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> =
        pairs.map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, VALUE))).collect();
    pairs.join("&")
}

fn of_paper(work: &Work, pairs: &mut Vec<(&'static str, String)>) {
    let genre = match work.kind {
        Kind::Conference => "proceeding",
        Kind::Preprint => "preprint",
        Kind::Article | Kind::Post => "article",
    };
    pairs.extend([
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal".to_owned()),
        ("rft.genre", genre.to_owned()),
        ("rft.atitle", plain::text(&work.title)),
        ("rft.jtitle", work.container.as_deref().map(plain::line).unwrap_or_default()),
        ("rft.date", work.iso_date()),
    ]);
    if let Some(Person::Human { given, .. } | Person::Eastern { given, .. }) = work.authors.first() {
        pairs.push(("rft.aulast", work.authors[0].family().to_owned()));
        pairs.push(("rft.aufirst", given.clone()));
    }
    pairs.extend(work.authors.iter().map(|person| ("rft.au", person.full())));
    pairs.extend(work.doi.iter().map(|doi| ("rft_id", format!("info:doi/{doi}"))));
    pairs.push(("rft_id", work.url.clone()));
}

fn of_post(work: &Work, pairs: &mut Vec<(&'static str, String)>) {
    pairs.extend([
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc".to_owned()),
        ("rft.type", "blogPost".to_owned()),
        ("rft.title", plain::text(&work.title)),
        ("rft.source", work.container.as_deref().map(plain::line).unwrap_or_default()),
        ("rft.date", work.iso_date()),
        ("rft.identifier", work.page.clone()),
    ]);
    pairs.extend(work.authors.iter().map(|person| ("rft.creator", person.full())));
}
