//! A short run of what `./just fuzz` runs for long, on random texts of what grammars react to.

mod support;

use proptest::prelude::*;
use render::Trust;
use support::random::cases;
use support::{fuzzed, stream};

/// What the grammars of Markdown and of formulas react to.
const UNITS: &[&str] = &[
    "$",
    "$$",
    "\\(",
    "\\)",
    "\\[",
    "\\]",
    "\\",
    "{",
    "}",
    "`",
    "```",
    "\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "- ",
    "> ",
    "1. ",
    "# ",
    "|",
    "|-|\n",
    "-",
    "*",
    "**",
    "_",
    "~~",
    "<",
    "<b>",
    "</b>",
    "<!--",
    "-->",
    "[",
    "]",
    "(",
    ")",
    "!",
    ":",
    "a",
    "x",
    "5",
    "é",
    "中",
    "，",
    "\\begin{align}",
    "\\end{align}",
    "\\eqref{",
    "\\label{a}",
    "$\\def\\R{}$",
    "\\eqref{a}",
    "\\R",
    "<code>",
    "[^1]",
    "[^1]: ",
    "[a]: /b\n",
    "https://x.org",
    "www.x.org",
    "=",
    "&amp;",
    "\u{3ffd0}",
    "\r\n",
    "```math\n",
    "~~~",
];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(UNITS), 1..40).prop_map(|units| units.concat())
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn live(text in text(), lengths in proptest::collection::vec(1usize..60, 1..6)) {
        stream::check(&text, &lengths, Trust::Answer);
    }
}

proptest! {
    #![proptest_config(cases(8000))]

    #[test]
    fn whole(choice in any::<u8>(), text in text()) {
        fuzzed::whole(choice, &text);
    }

    #[test]
    fn tex(text in text()) {
        fuzzed::tex(&text);
    }
}
