//! Texts that are made to exhaust a parser: they end, and their HTML is not much longer than they are.

use render::{Context, Format, Live, Trust, render};

use crate::support::{page::Page, sound};

const MOST: usize = 20;

fn check(text: &str) {
    for (format, trust) in [
        (Format::Markdown, Trust::Post),
        (Format::Markdown, Trust::Comment),
        (Format::Html, Trust::Post),
        (Format::Text, Trust::Paper),
    ] {
        let html = render(text, format, trust, &Context::default()).html.into_string();
        assert!(html.len() <= MOST * text.len() + 1_000, "{} bytes from {:.40}", html.len(), text);
    }
    let mut live = Live::new(Trust::Answer, &Context::default());
    live.push(&text[..text.floor_char_boundary(text.len() / 2)]);
    live.push(&text[text.floor_char_boundary(text.len() / 2)..]);
    live.finish();
}

/// What the fuzzer found: entities may stand for characters that have no place in a page.
#[test]
fn control_characters() {
    for (format, text) in
        [(Format::Markdown, "a&#2;`b`&#13;\u{7f}"), (Format::Html, "<p>a&#2<b>b</b>&#13;\u{7f}</p>")]
    {
        for trust in [Trust::Post, Trust::Comment] {
            let rendered = render(text, format, trust, &Context::default());
            sound::check(rendered.html.as_str());
            assert_eq!(rendered.text, "a\u{fffd}b\u{fffd}\u{7f}", "of {text:?}");
        }
    }
}

#[test]
fn brackets() {
    for unit in [
        "<",
        "<>",
        "[a](<b",
        "a<!--",
        "[",
        "![",
        "[a](",
        "]:",
        "[^",
        "<b>",
        "<div>",
        "<!-- \n\n",
        "<a href=x>",
    ] {
        check(&unit.repeat(4_000));
    }
}

#[test]
fn marks() {
    for unit in
        ["* ", "_a* ", ">", "- ", "1. ", "~a ~~b ", "`a``", "\\", "&", "#", "|", "a|b\n-|-\n", "-\t", "> - "]
    {
        check(&unit.repeat(4_000));
    }
}

#[test]
fn formulas() {
    for unit in [
        "$",
        "$a ",
        "$$\n",
        "$$a\n\n",
        "$a$ ",
        "${",
        "\\(",
        "\\[",
        "\\begin{align}",
        "$`",
        "\\eqref{",
        "> $x\n",
        "$$a$$\n",
        "\u{3ffd0}",
    ] {
        check(&unit.repeat(4_000));
    }
    check(&"$".repeat(1_000_000));
    check(&format!("${}x{}$", "{".repeat(10_000), "}".repeat(10_000)));
    check(&format!("$${}x{}$$", "{".repeat(10_000), "}".repeat(10_000)));
}

/// Long texts are parted for the serializer, and nobody sees where.
#[test]
fn long_texts() {
    for unit in ["a & b ", "« a » ", "a&amp;é ", "<code>&</code> & "] {
        let text = unit.repeat(5_000);
        let html = render(&text, Format::Html, Trust::Post, &Context::default()).html.into_string();
        let one = render(unit, Format::Html, Trust::Post, &Context::default()).html.into_string();
        assert!(html.trim_end() == one.repeat(5_000).trim_end(), "of {unit:?}");
        assert!(!html.contains("<!--"), "of {unit:?}");
    }
}

#[test]
fn many_things() {
    let many = |line: fn(usize) -> String| (0..1_000).map(line).collect::<String>();
    check(&many(|i| format!("[^{i}]\n\n[^{i}]: a\n\n")));
    check(&many(|i| format!("\\begin{{align}}a\\label{{{i}}}\\end{{align}} \\eqref{{{i}}}\n\n")));
    check(&many(|i| format!("[{i}]: /a\n")));
    check(&many(|_| "# a\n\n".into()));
    check(&many(|i| "`".repeat(i % 70) + "a"));
    check(&("a|b\n-|-\n".to_owned() + &many(|_| "a\n".into())));
    check(&("|a".repeat(1_000) + "\n" + &"|-".repeat(1_000) + "\n" + &many(|_| "a\n".into())));
    check(&(0..200).map(|i| "  ".repeat(i) + "- a\n").collect::<String>());
}

/// Colours take time: a document has some for so much of its code.
#[test]
fn much_code() {
    let block = |lines: usize| format!("```rust\n{}```\n\n", "let a = 1;\n".repeat(lines));
    let note = "words[^1]\n\n[^1]:\n    ```rust\n    let a = 1;\n    ```\n";
    let text = block(5_000) + &block(6_000) + note;
    let whole = render(&text, Format::Markdown, Trust::Answer, &Context::default()).html.into_string();
    let coloured = |html: &str| html.matches("<span class=\"hl-k\">let</span>").count();
    assert_eq!(coloured(&whole), 5_001);
    let mut live = Live::new(Trust::Answer, &Context::default());
    let mut page = Page::default();
    for piece in [&text[..40_000], &text[40_000..]] {
        page.apply_all(&live.push(piece));
        sound::check(&page.html());
    }
    page.apply_all(&live.finish());
    assert!(page.html() == whole, "the code of a stream has other colours");
}
