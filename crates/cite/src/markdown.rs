use crate::{
    Person, Work,
    plain::{Part, line, parts},
};

/// A section for each work: title, authors, place and links, abstract. Formulas stay between dollars.
pub(crate) fn write(works: &[Work]) -> String {
    let sections: Vec<_> = works.iter().map(section).collect();
    sections.join("\n")
}

fn section(work: &Work) -> String {
    let authors: Vec<_> = work.authors.iter().map(Person::full).collect();
    let links = [
        ("page", Some(&work.page)),
        ("source", Some(&work.url).filter(|url| **url != work.page)),
        ("PDF", work.pdf.as_ref()),
    ];
    let links = links.into_iter().filter_map(|(name, url)| Some(link(name, url?)));
    let doi =
        work.doi.as_ref().map(|doi| link(&escaped(&format!("doi:{doi}")), &format!("https://doi.org/{doi}")));
    let place = work.container.as_deref().map(|name| format!("*{}*", escaped(name)));
    let facts: Vec<_> = place
        .into_iter()
        .chain([work.iso_date(), format!("`{}`", line(&work.identifier).replace('`', "'"))])
        .chain(links)
        .chain(doi)
        .collect();
    let paragraphs = [
        format!("## {}", escaped(&work.title)),
        escaped(&authors.join(", ")),
        facts.join(" · "),
        work.note.as_deref().map(escaped).unwrap_or_default(),
        escaped(&work.summary),
    ];
    let said: Vec<_> = paragraphs.into_iter().filter(|paragraph| !paragraph.is_empty()).collect();
    said.join("\n\n") + "\n"
}

fn link(name: &str, url: &str) -> String {
    let url = line(url).replace(' ', "%20").replace('<', "%3C").replace('>', "%3E");
    format!("[{name}](<{url}>)")
}

/// A plain text with formulas as one line of Markdown that shows it as it is.
fn escaped(text: &str) -> String {
    let text = line(text);
    let mut out = String::with_capacity(text.len());
    for part in parts(&text) {
        match part {
            Part::Prose(prose) => prose_into(&mut out, prose),
            Part::Formula { written, .. } => out.push_str(written),
        }
    }
    let marker = out.trim_start_matches(|c: char| c.is_ascii_digit());
    if marker.len() < out.len() && marker.starts_with(['.', ')']) {
        out.insert(out.len() - marker.len(), '\\');
    } else if out.starts_with(['-', '+', '=']) {
        out.insert(0, '\\');
    }
    out
}

fn prose_into(out: &mut String, prose: &str) {
    let mut rest = prose.chars().peekable();
    while let Some(c) = rest.next() {
        // `\$` is a dollar already.
        if c == '\\' && rest.peek() == Some(&'$') {
            out.push('\\');
            out.extend(rest.next());
        } else if "\\`*_[]<>#|~$&!".contains(c) {
            out.extend(['\\', c]);
        } else {
            out.push(c);
        }
    }
}
