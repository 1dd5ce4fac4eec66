//! What must hold for any file; for property tests and for the fuzzer.

use content::FullText;
use fulltext::{Form, extract};

/// A word that is hidden in each text that follows.
const SECRET: &str = "qzxsecret";

/// A page with this in its article, after a hidden paragraph.
pub(crate) fn html(text: &str) {
    let page =
        |hidden: &str| format!("<!DOCTYPE html><article class=\"ltx_document\"><p>We sew.</p>{hidden}{text}");
    let hidden = format!("<p style=\"color:white\">{SECRET}</p>");
    // A style sheet or a background may show it again.
    let shown = ["style", "color"].iter().any(|word| text.to_ascii_lowercase().contains(word));
    let shown = shown || says(Form::Html, page("").as_bytes());
    check(Form::Html, page(&hidden).as_bytes(), !shown);
    check(Form::Html, text.as_bytes(), false);
}

/// A document with this in its body, after hidden words.
pub(crate) fn tex(text: &str) {
    let document = |hidden: &str| {
        format!("\\documentclass{{article}}\n\\begin{{document}}\nWe sew.\n\n{hidden}\n\n{text}")
    };
    let hidden = format!("{{\\color{{white}} {SECRET}}}");
    // White may be defined to be another colour.
    let shown = text.contains("color") || says(Form::Source, document("").as_bytes());
    check(Form::Source, document(&hidden).as_bytes(), !shown);
    check(Form::Source, text.as_bytes(), false);
}

/// A file of one page that draws this, after hidden words; and this as a file.
pub(crate) fn pdf(bytes: &[u8]) {
    // A picture of the whole page makes a scan of it, whose words are all invisible.
    let shown = [&b"ID"[..], b"obj"].iter().any(|part| has(bytes, part));
    let shown = shown || says(Form::Pdf, &page("", bytes));
    check(Form::Pdf, &page(SECRET, bytes), !shown);
    check(Form::Pdf, &[b"%PDF-1.7\n", bytes].concat(), false);
}

fn page(hidden: &str, bytes: &[u8]) -> Vec<u8> {
    let drawn = format!("q BT /F1 10 Tf 60 700 Td (We sew.) Tj 3 Tr ({hidden}) Tj ET Q\n");
    let length = drawn.len() + bytes.len();
    let mut file = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n\
         5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n4 0 obj\n<</Length {length}>>stream\n{drawn}"
    )
    .into_bytes();
    file.extend_from_slice(bytes);
    file.extend_from_slice(b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n");
    file
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Whether a file shows the hidden word by itself: a fuzzer learns it by comparing.
fn says(form: Form, bytes: &[u8]) -> bool {
    let read = extract(form, bytes, 3, &mut |_, _| ());
    read.is_ok_and(|text| text.passages.iter().any(|passage| passage.text.contains(SECRET)))
}

/// A text is bounded and clean, and the same each time; `secret` says whether the hidden word must be told.
fn check(form: Form, bytes: &[u8], secret: bool) {
    let _ = Form::of(bytes);
    let read = extract(form, bytes, 3, &mut |_, _| ());
    assert!(read == extract(form, bytes, 3, &mut |_, _| ()), "the same file gives two texts");
    let Ok(FullText { passages, hidden, .. }) = read else { return };
    assert!(!passages.is_empty());
    let clean = |text: &str| text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    for passage in &passages {
        assert!(!passage.text.trim().is_empty() && clean(&passage.text), "{passage:?}");
        assert!(clean(&passage.section) && passage.section.chars().count() <= 200, "{passage:?}");
        assert!(!secret || !passage.text.contains(SECRET), "{passage:?}");
    }
    assert!(passages.iter().map(|passage| passage.text.len()).sum::<usize>() <= 3 << 20);
    assert!(
        hidden.len() <= 100 && hidden.iter().all(|hidden| hidden.sample.chars().count() <= 204),
        "{hidden:?}"
    );
    assert!(!secret || hidden.iter().any(|hidden| hidden.sample.contains(SECRET)), "{hidden:?}");
}
