//! What must hold for any file; for property tests and for the fuzzer.

use content::FullText;
use fulltext::{Form, extract};

/// A word that is hidden in each text that follows.
const SECRET: &str = "qzxsecret";

/// A page with this in its article, after a hidden paragraph.
pub(crate) fn html(text: &str) {
    let page = format!(
        "<!DOCTYPE html><article class=\"ltx_document\"><p>We sew.</p><p style=\"color:white\">{SECRET}</p>{text}"
    );
    // A style sheet or a background may show it again.
    let shown = ["style", "color"].iter().any(|word| text.to_ascii_lowercase().contains(word));
    check(Form::Html, page.as_bytes(), !shown);
    check(Form::Html, text.as_bytes(), false);
}

/// A document with this in its body, after hidden words.
pub(crate) fn tex(text: &str) {
    let document = format!(
        "\\documentclass{{article}}\n\\begin{{document}}\nWe sew.\n\n{{\\color{{white}} {SECRET}}}\n\n{text}"
    );
    // White may be defined to be another colour.
    check(Form::Source, document.as_bytes(), !text.contains("color"));
    check(Form::Source, text.as_bytes(), false);
}

/// A file of one page that draws this, after hidden words; and this as a file.
pub(crate) fn pdf(bytes: &[u8]) {
    let drawn = format!("q BT /F1 10 Tf 60 700 Td (We sew.) Tj 3 Tr ({SECRET}) Tj ET Q\n");
    let length = drawn.len() + bytes.len();
    let mut file = format!(
        "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 1/Kids[3 0 R]>>\nendobj\n\
         3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>\nendobj\n\
         5 0 obj\n<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\nendobj\n4 0 obj\n<</Length {length}>>stream\n{drawn}"
    )
    .into_bytes();
    file.extend_from_slice(bytes);
    file.extend_from_slice(b"\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n");
    // A picture of the whole page makes a scan of it, whose words are all invisible.
    check(Form::Pdf, &file, !bytes.windows(2).any(|two| two == b"ID") && !has(bytes, b"obj"));
    check(Form::Pdf, &[b"%PDF-1.7\n", bytes].concat(), false);
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
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
