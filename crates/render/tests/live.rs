//! The live renderer: a stream equals the whole, whatever the pieces, and every page on the way is sound.

mod support;

use proptest::prelude::*;
use render::{Context, Format, Live, Patch, Trust, render};
use support::page::Page;
use support::random::cases;
use support::stream::check;

/// Pieces of documents that are known to be awkward.
const FRAGMENTS: &[&str] = &[
    "A paragraph of words.\n\n",
    "Two lines\nof words\n\n",
    "# Heading $x$\n",
    "# Heading $x$\n\n",
    "Heading\n---\n\n",
    "标题\n===\n",
    "## Same\n\n",
    "## Same\n",
    "---\n",
    "***\n\n",
    "$$\na\n\nb\n$$\n\n",
    "$$\n# n\n- a\n> q\n---\n$$\n",
    "$$\nnever closed\n\n",
    "text $a$ and $b|c$ and $5 and $10\n\n",
    "an $open formula\n\n",
    "\\(x\\) and \\[y\\] and \\eqref{a}\n\n",
    "\\begin{equation}\na\\label{a}\n\\end{equation}\n\n",
    "\\begin{align}\na\\label{b}\\\\\nb\\label{a}\n\\end{align}\n",
    "see \\eqref{b} and $\\eqref{a}$\n\n",
    "\\begin{align}\nnever\n\n",
    "- item\n",
    "- item\n\n",
    "- item $a$\n  $$\n  b\n  $$  \n",
    "  more\n\n",
    "1. one\n2. two\n",
    "3) three\n\n",
    "2",
    "* star\n",
    "    indented $x$\n\n",
    "\tTab\n",
    "-\tTab item\n",
    "> quote $q$\n",
    "> $$\n> a\n> $$\n",
    "> > deep\nlazy\n",
    "> [!NOTE] title $t$\n> words\n\n",
    "```\ncode $x$\n```\n",
    "```rust\nfn f() {}\n\nlet x = 1;\n```\n\n",
    "~~~\nunclosed\n\n",
    "```math\ne=mc^2\n```\n",
    "`code $x$` and ``a ` b``\n",
    "an `open span\n\n",
    "| a | b |\n|---|:-:|\n| $|x|$ | `c` |\n| d\n\n",
    "words\na | b\n-|-\nc | d\n",
    "| lonely |\n\n",
    "[link][ref] and [Ref] and [other][]\n\n",
    "[ref]: /first \"title\"\n",
    "[REF]: <second>\n\n",
    "[other]: https://other.org/a?b=c&d\n\n",
    "[$x$]: /formula\n",
    "[$x$] and # [Ref]\n\n",
    "# [Ref]\n\n",
    "note[^1] and [^two]\n\n",
    "[^1]: First $n$.\n\n    More.\n\n",
    "[^two]: Second[^1].\n",
    "[^1]: Again.\n\n",
    "<b>html</b> <!-- c --> $x$\n\n",
    "<div>\n*a* $b$\n\n",
    "<!--\n\n$a$\n-->\n",
    "https://x.org/a，后 www.y.org $z$\n\n",
    "**事后（reactive）**正则 **方法（$f_1$）**正则\n\n",
    "&amp; &copy; &#35; \\* \\$ *a **b* c**\n\n",
    "a  \nb\\\nc\n\n",
    "- [ ] task\n- [x] done\n\n",
    "~~gone~~ _it_ __bold__\n\n",
    "\n",
    "  \n",
    "\r\n",
    "line\r\nline\r",
    "\u{3ffd0}\u{3ffe0}\u{3ffd2} \u{0}\u{7} 😀\n\n",
    "![image](/a.png \"t\") [js](javascript:x)\n\n",
    "[unfinished](",
    "$",
    "$$",
    "word",
    " ",
    "|",
    "`",
    "]: x\n",
    "---\ntitle: front $m$\n---\n\n",
    "---\r\ntitle: front\r\n---\r\n",
    "# Same\r\n\r\nSame\r\n---\r\n",
    "# Same $x$ `y`\n\n# Same-1\n\n",
    "$$\r\na\r\n$$\r\n\r\n",
    "| a |\tb |\r\n|---|---|\r\n| $x$ | \tc |\r\n",
    "-\t$$\n\ta\n\t$$\n\n\tb\n",
    "1.\tone\n\n\ttwo $t$\n",
    ">\t\tcode\n",
    "forward \\eqref{late} and $\\ref{late}$\n\n",
    "$$x \\label{late}$$\n\n",
    "\\begin{gather}\na\\label{late}\\\\\nb\\notag\n\\end{gather}\n\n",
    "forward[^late] and [late][late]\n\n",
    "[^late]: A note with $n$ and \\eqref{late}[^1].\n\n    - [late]\n\n",
    "[late]: /late (title)\n\n",
    "> [late]: /quoted\n\n",
    "- [^late]: in a list\n",
    "# [late] and [^late]\n",
    "[^a b] and [^]\n\n",
    "[^a b]: /spaced\n",
    "[^]: /empty\n\n",
    "[a <b@c.org> <https://d.org>](/e) f\n\n",
    "$$\n$$\n",
    "\u{feff}\u{feff}a\n",
    "$$x$$\n===\n",
    "costs $5 with ``$PATH`` and ",
    "<p>$i<j$\n$$\n\nb\n$$</p>\n",
    "| a |\n|---|\n| c |\n$$\nx\n$$\n",
    "**a:**$x$ $y$**(b)**\n\n",
];

const POST: &[&str] = &[
    "<span id=\"same\">a</span>\n\n",
    "<details>\n\n",
    "</details>\n\n",
    "<sub>a $x$</sub> <script>x</script>\n\n",
    "<p>",
    "</b>\n",
    "[^a <img src=x onerror=x>]\n\n",
    "[^a <img src=x onerror=x>]: a\n\n",
    "$\\newcommand{\\R}{\\mathbb{R}}$\n",
    "$x\\in\\R^n$ and $\\R$\n\n",
    "- $$\\def\\R{\\Q}\\let\\Q\\alpha\\R$$\n",
    "# On $\\R\\renewcommand{\\R}[1][r]{#1\\be}$\n",
    "$\\def\\be{\\tag{$*$}}$  \n$$\\R\\be\\label{late}$$\n\n",
    "![$\\def\\R{x}$][late] $\\R$\n\n",
    "[^1]: $\\DeclareMathOperator\\R{R}$\n\n",
    "| $\\R$ | $\\def\\R{\\R}$ |\n|-|-|\n| $\\R$ |\n\n",
    "<p>$\\def\\R{q}\\R$</p>\n\n",
];

fn document(trust: Trust) -> impl Strategy<Value = String> {
    let mut fragments: Vec<&'static str> = FRAGMENTS.to_vec();
    if trust == Trust::Post {
        fragments.extend(POST);
    }
    proptest::collection::vec(proptest::sample::select(fragments), 1..14).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(cases(1600))]

    #[test]
    fn a_stream_equals_the_whole(
        text in document(Trust::Answer),
        lengths in proptest::collection::vec(1usize..60, 1..6),
    ) {
        check(&text, &lengths, Trust::Answer);
    }
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn a_stream_of_a_post_equals_the_whole(
        text in document(Trust::Post),
        lengths in proptest::collection::vec(1usize..60, 1..6),
    ) {
        check(&text, &lengths, Trust::Post);
    }
}

#[test]
fn every_fragment_byte_by_byte() {
    for fragment in FRAGMENTS {
        for text in
            [fragment.to_string(), format!("Before.\n\n{fragment}After $x$.\n\n\\eqref{{a}} [ref] [^1]\n")]
        {
            check(&text, &[1], Trust::Answer);
        }
    }
}

#[test]
fn sealed_blocks_are_not_sent_again() {
    let mut live = Live::new(Trust::Answer, &Context::default());
    let mut sent = Vec::new();
    for _ in 0..200 {
        sent.extend(live.push("A paragraph of a few words with $x_1$ in it.\n\n"));
    }
    sent.extend(live.finish());
    let replaced = sent.iter().filter(|patch| matches!(patch, Patch::Replace { .. })).count();
    let appended = sent.iter().filter(|patch| matches!(patch, Patch::Append { .. })).count();
    assert_eq!((replaced, appended), (0, 200));
}

#[test]
fn what_comes_late_changes_only_what_lacked_it() {
    let mut live = Live::new(Trust::Answer, &Context::default());
    let mut page = Page::default();
    page.apply_all(
        &live.push("See \\eqref{late}, [ref] and a note[^n].\n\nUntouched.\n\nAlso \\eqref{late}.\n\n"),
    );
    let mut patches = live.push("\\begin{equation}x\\label{late}\\end{equation}\n\n");
    patches.extend(live.push("[ref]: /there\n[^n]: The note.\n\nA paragraph to end it with.\n\n"));
    let replaced: Vec<usize> = patches
        .iter()
        .filter_map(|patch| match patch {
            Patch::Replace { block, .. } => Some(*block),
            _ => None,
        })
        .collect();
    assert_eq!(replaced, [0, 2, 0]);
}

#[test]
fn other_formats_show_when_they_are_complete() {
    let text = "<p>*a* $x &lt; y$</p>\n\n<img src=x onerror=y>";
    for (format, trust) in [
        (Format::Html, Trust::Post),
        (Format::Html, Trust::Comment),
        (Format::Text, Trust::Answer),
        (Format::Markdown, Trust::Paper),
    ] {
        let mut live = Live::of(format, trust, &Context::default());
        let mut page = Page::default();
        for piece in text.split_inclusive(' ') {
            assert_eq!([live.push(piece), live.quiet()].concat(), []);
        }
        page.apply_all(&live.finish());
        assert_eq!(page.html(), render(text, format, trust, &Context::default()).html.as_str());
        assert!(page.ended);
    }
}
