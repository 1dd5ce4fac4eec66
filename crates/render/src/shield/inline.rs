//! The parts of a paragraph that come before mathematics: code spans, tags, links in angle brackets.

/// The longest tag that is taken as one. In a longer one a formula may be found, and is written back as it was.
const MAX_TAG: usize = 1024;

/// The length of the tag, comment or link in angle brackets that `text` begins with.
pub(super) fn angled(text: &str) -> Option<usize> {
    let mut end = text.len().min(MAX_TAG);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = &text[..end];
    autolink(text).or_else(|| tag(text)).or_else(|| marked_section(text))
}

fn autolink(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let inside = &text[1..end];
    let uri = inside.split_once(':').is_some_and(|(scheme, rest)| {
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && (2..=32).contains(&scheme.len())
            && scheme.chars().all(letters)
            && !rest.contains(|c: char| c <= ' ' || c == '<')
    });
    let mail = inside.split_once('@').is_some_and(|(name, host)| {
        let named = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
        let hosted = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        !name.is_empty() && name.chars().all(named) && !host.is_empty() && host.chars().all(hosted)
    });
    (uri || mail).then_some(end + 1)
}

/// The length of the opening or closing tag that `text` begins with.
pub(super) fn tag(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('<')?;
    let (closing, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
    let name = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
    if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut rest = &rest[name..];
    while let Some(after) = if closing { None } else { attribute(rest) } {
        rest = after;
    }
    let rest = rest.trim_start_matches(SPACE);
    let rest = if closing { rest } else { rest.strip_prefix('/').unwrap_or(rest) };
    rest.strip_prefix('>').map(|rest| text.len() - rest.len())
}

const SPACE: [char; 3] = [' ', '\t', '\n'];

/// What follows an attribute with the white space before it.
fn attribute(text: &str) -> Option<&str> {
    let name = text.trim_start_matches(SPACE);
    if name.len() == text.len()
        || !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':')
    {
        return None;
    }
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && !"_.:-".contains(c)).unwrap_or(name.len());
    let after = &name[end..];
    let Some(value) = after.trim_start_matches(SPACE).strip_prefix('=') else { return Some(after) };
    let value = value.trim_start_matches(SPACE);
    match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split_once(quote).map(|(_, after)| after),
        _ => {
            let end = value.find(|c: char| c <= ' ' || "\"'=<>`".contains(c)).unwrap_or(value.len());
            (end > 0).then(|| &value[end..])
        }
    }
}

/// Comments, processing instructions, declarations and CDATA.
fn marked_section(text: &str) -> Option<usize> {
    let pairs = [("<!-->", ""), ("<!--->", ""), ("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>")];
    for (start, end) in pairs {
        if let Some(rest) = text.strip_prefix(start) {
            return rest.find(end).map(|at| start.len() + at + end.len());
        }
    }
    let declaration = text.strip_prefix("<!")?;
    declaration.starts_with(|c: char| c.is_ascii_alphabetic()).then(|| text.find('>').map(|end| end + 1))?
}
