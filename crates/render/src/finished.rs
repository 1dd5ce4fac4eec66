//! What is added to tags once all is clean: how large pictures are, which copies there are of them and when they are
//! loaded, and whole addresses where a text is read away from its site. What is added comes from the [`Context`] and is
//! escaped; nothing that the text says of it is kept.

use crate::cleaned::{Markup, parts};
use crate::context::{Context, Picture};
use crate::html::{escape, unescaped};

/// How broad a picture is on the page, at most as broad as the column: what a browser chooses a copy by.
const SIZES: &str = "(min-width: 46rem) 42rem, 94vw";

/// Finished HTML, and where the same places of it are as before.
pub(crate) fn finished(html: String, mut places: Vec<usize>, context: &Context) -> (String, Vec<usize>) {
    let away = !context.base.is_empty();
    if !away && !html.contains("<img ") {
        return (html, places);
    }
    let mut out = String::with_capacity(html.len() + 256);
    let (mut read, mut text, mut next) = (0, 0, 0);
    parts(&html, |part| {
        while places.get(next).is_some_and(|place| *place <= read) {
            places[next] = out.len();
            next += 1;
        }
        let (Markup::Text(source) | Markup::Html(source)) = part;
        read += source.len();
        match part {
            Markup::Html(tag) if tag.starts_with("<img ") => {
                let before = out.len();
                out.push_str(tag);
                picture(&mut out, before, text, context);
                if away {
                    let tag = out.split_off(before);
                    absolute(&mut out, &tag, context);
                }
            }
            Markup::Html(tag) if away && tag.starts_with("<a ") => absolute(&mut out, tag, context),
            Markup::Html(tag) if tag.starts_with('<') => out.push_str(tag),
            Markup::Text(words) | Markup::Html(words) => {
                text += words.len();
                out.push_str(words);
            }
        }
    });
    places[next..].fill(out.len());
    (out, places)
}

/// The address of the first picture.
pub(crate) fn first_picture(html: &str) -> Option<String> {
    let mut first = None;
    if html.contains("<img ") {
        parts(html, |part| match part {
            Markup::Html(tag) if first.is_none() && tag.starts_with("<img ") => first = value(tag, "src"),
            _ => {}
        });
    }
    first
}

/// Completes the tag of a picture that begins at `begin`, after as many bytes of text.
fn picture(out: &mut String, begin: usize, text: usize, context: &Context) {
    let tag = &out[begin..];
    let known =
        value(tag, "src").and_then(|address| context.pictures.get(&address).map(|one| (address, one)));
    let sized = value(tag, "width").is_some() || value(tag, "height").is_some();
    let end = tag.trim_end_matches('>').trim_end_matches('/').trim_end().len();
    let close = tag[end..].to_owned();
    out.truncate(begin + end);
    if let Some((address, picture)) = known.filter(|_| !sized) {
        size(out, &address, picture);
    }
    if context.first_screen.is_some_and(|first| text > first) {
        out.push_str(" loading=\"lazy\"");
    }
    out.push_str(&close);
}

fn size(out: &mut String, address: &str, picture: &Picture) {
    let Picture { width, height, smaller } = picture;
    out.push_str(&format!(" width=\"{width}\" height=\"{height}\""));
    if let Some((small, its_width)) = smaller {
        out.push_str(" srcset=\"");
        escape(out, small);
        out.push_str(&format!(" {its_width}w, "));
        escape(out, address);
        out.push_str(&format!(" {width}w\" sizes=\"{SIZES}\""));
    }
}

/// A tag whose addresses of this site are whole.
fn absolute(out: &mut String, tag: &str, context: &Context) {
    let mut rest = tag;
    for name in [" href=\"", " src=\""] {
        let Some(at) = attribute(rest, name) else { continue };
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('/') && !rest.starts_with("//") {
            escape(out, &context.base);
        } else if rest.starts_with('#') {
            escape(out, &context.page);
        }
    }
    out.push_str(rest);
}

/// The value of an attribute, where all are quoted, as here.
fn value(tag: &str, name: &str) -> Option<String> {
    let rest = &tag[attribute(tag, &format!(" {name}=\""))?..];
    Some(unescaped(&rest[..rest.find('"')?]).replace("&#x27;", "'"))
}

/// Where the value of an attribute begins: none inside another value is taken for it.
fn attribute(tag: &str, name: &str) -> Option<usize> {
    let quotes = |at: usize| tag.as_bytes()[..at].iter().filter(|byte| **byte == b'"').count();
    let found = tag.match_indices(name).map(|(at, _)| at);
    found.into_iter().find(|at| quotes(*at).is_multiple_of(2)).map(|at| at + name.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        let large = Picture { width: 1280, height: 640, smaller: Some(("/files/a-small.png".into(), 640)) };
        let pictures = [("/files/a.png".to_owned(), large)].into();
        Context { pictures, first_screen: Some(10), ..Context::default() }
    }

    fn check(html: &str, context: &Context, expected: &str) {
        assert_eq!(finished(html.into(), Vec::new(), context).0, expected);
    }

    #[test]
    fn pictures_say_how_large_they_are() {
        let context = context();
        check(
            "<p><img src=\"/files/a.png\" alt=\"x\" /></p>",
            &context,
            "<p><img src=\"/files/a.png\" alt=\"x\" width=\"1280\" height=\"640\" \
             srcset=\"/files/a-small.png 640w, /files/a.png 1280w\" \
             sizes=\"(min-width: 46rem) 42rem, 94vw\" /></p>",
        );
        check("<img src=\"/b.png\" />", &context, "<img src=\"/b.png\" />");
        check("<img src=\"/files/a.png\" width=\"3\">", &context, "<img src=\"/files/a.png\" width=\"3\">");
        check("no <b>picture</b>", &context, "no <b>picture</b>");
    }

    #[test]
    fn what_is_far_below_is_loaded_later() {
        let html = "<p>0123456789</p><img src=\"b\"><p>x</p><img src=\"b\">";
        let expected = "<p>0123456789</p><img src=\"b\"><p>x</p>\
                        <img src=\"b\" loading=\"lazy\">";
        check(html, &context(), expected);
    }

    #[test]
    fn no_other_attribute_is_taken_for_an_address() {
        let html = "<img alt=\" src=\" src=\"/files/c.png\" title=\" src=&quot;/files/a.png&quot;\">";
        check(html, &context(), html);
    }

    #[test]
    fn places_move_along() {
        let html = "<p>a</p><img src=\"b\"><p>c</p>";
        let (out, places) = finished(html.into(), vec![0, 8, 21], &context());
        let begins: Vec<_> = places.iter().map(|at| &out[*at..at + 4]).collect();
        assert_eq!(begins, ["<p>a", "<img", "<p>c"]);
    }

    #[test]
    fn addresses_are_whole_elsewhere() {
        let away = Context {
            base: "https://ink.example".into(),
            page: "https://ink.example/posts/a".into(),
            ..context()
        };
        check(
            "<a href=\"/b\">b</a><a title=\" href=\" href=\"#c\">c</a><a href=\"//d\">d</a><img src=\"/e\">",
            &away,
            "<a href=\"https://ink.example/b\">b</a><a title=\" href=\" href=\"https://ink.example/posts/a#c\">c</a>\
             <a href=\"//d\">d</a><img src=\"https://ink.example/e\">",
        );
    }
}
