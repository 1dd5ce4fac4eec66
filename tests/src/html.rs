//! Just enough to take pages of our own apart.

/// The values of an attribute, in the order of the page, with entities decoded.
pub fn attributes(page: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    let values = page.split(&start).skip(1).filter_map(|rest| rest.split_once('"'));
    values.map(|(value, _)| decoded(value)).collect()
}

/// The tags of one element name, each from `<` to `>`.
pub fn tags<'a>(page: &'a str, element: &str) -> Vec<&'a str> {
    let start = format!("<{element}");
    let found = page.match_indices(&start).filter_map(|(at, _)| {
        let rest = &page[at..];
        let goes_on = rest[start.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        (!goes_on).then(|| &rest[..=rest.find('>').unwrap_or(rest.len() - 1)])
    });
    found.collect()
}

/// The address of the next page, if there is one.
pub fn next_page(page: &str) -> Option<String> {
    let next = tags(page, "a").into_iter().find(|tag| tag.contains("rel=\"next\""))?;
    attributes(next, "href").pop()
}

/// What a reader sees: no tags, no scripts, entities decoded, white space folded.
pub fn text(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut text = String::new();
    for part in body.split('<') {
        let shown = part.split_once('>').map_or("", |(_, shown)| shown);
        if !part.starts_with("script") {
            text.push_str(shown);
            text.push(' ');
        }
    }
    decoded(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Entities as the characters they stand for.
pub fn decoded(text: &str) -> String {
    let named =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
    let text =
        named.iter().fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character));
    text.replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&").replace("&amp;", "&")
}
