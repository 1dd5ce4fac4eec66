//! TeX in plain text: formulas lie in order inside the text, and nothing that reads them panics.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut end = 0;
    for span in tex::formulas(text) {
        assert!(end <= span.range.start && span.range.end <= text.len());
        assert!(span.range.start < span.tex.start && span.tex.end <= span.range.end || span.range == span.tex);
        let formula = &text[span.tex.clone()];
        let _ = (tex::refused(formula), tex::numbering(formula), tex::words(formula));
        end = span.range.end;
    }
    let _ = (tex::text_mode(text), tex::words(text), tex::refused(text), tex::numbering(text));
});
