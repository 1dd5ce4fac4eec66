//! A short run of what `./just fuzz` runs for long, on random files of what parsers react to.

#[path = "support"]
mod support {
    pub(crate) mod fuzzed;
}

use proptest::{prelude::*, sample::select};
use support::fuzzed;

const HTML: &[&str] = &[
    "<p>",
    "</p>",
    "<p style='",
    "'>",
    "color:",
    "background:",
    "white",
    "#fff",
    "rgb(",
    "var(--a)",
    "--a:",
    ";",
    ")",
    "(",
    ",",
    "calc(1px * ",
    "<style>",
    "</style>",
    ".a",
    "&",
    "{",
    "}",
    "@media ",
    "@layer ",
    ":is(",
    ">",
    "<div class=a>",
    "</div>",
    "<math alttext='",
    "\\color{white}",
    "x",
    "<table class=ltx_eqn_table>",
    "<tr>",
    "<td>",
    "<h2>",
    "<svg>",
    "<!--",
    "-->",
    "é",
    "\u{200b}",
    "$",
    " ",
    "\n",
    "font:1px x",
    "clip-path:polygon(",
    "inset(",
    "<b hidden>",
    "!important",
    "/*",
    "*/",
    "\"",
    "1e9px",
    "-",
    "light-dark(",
    "color-mix(in srgb,",
    "linear-gradient(",
];

const TEX: &[&str] = &[
    "\\",
    "{",
    "}",
    "$",
    "$$",
    "[",
    "]",
    "%",
    "\n",
    "\n\n",
    " ",
    "a",
    "é",
    "1",
    "-",
    "\\begin{",
    "\\end{",
    "figure}",
    "abstract}",
    "theorem}",
    "verbatim}",
    "comment}",
    "\\textcolor{red}",
    "\\color{white}",
    "\\fontsize",
    "\\scalebox{",
    "\\kern",
    "-99cm",
    "\\hspace{",
    "\\vspace*{",
    "\\raisebox",
    "\\rlap",
    "\\setbox0",
    "\\hbox",
    "\\usebox{",
    "\\if",
    "\\iffalse",
    "\\iftrue",
    "\\else",
    "\\fi",
    "\\newif\\ifa",
    "\\atrue",
    "\\ifa",
    "\\def\\x",
    "\\x",
    "\\newcommand{",
    "\\phantom",
    "\\pdfliteral{",
    "3 Tr",
    "\\caption",
    "\\section{",
    "\\item",
    "\\input{main}",
    "\\cite{",
    "\\\"",
    "\\o",
    "\\(",
    "\\)",
    "\\text{",
    "#1",
    "\\begin{document}",
    "\\font\\y=x at 1pt",
    "\\y",
    "\\begingroup",
    "\\endgroup",
];

const PDF: &[&str] = &[
    "q ",
    "Q ",
    "BT ",
    "ET ",
    "/F1 10 Tf ",
    "60 600 Td ",
    "(quilt) Tj ",
    "[(qu) -90 (ilt)] TJ ",
    "1 0 0 1 60 500 Tm ",
    "0 1 -1 0 60 500 Tm ",
    "0 0 0 0 0 0 cm ",
    ".1 0 0 .1 0 0 cm ",
    "3 Tr ",
    "7 Tr ",
    "0 Tr ",
    "0 Tz ",
    "100 Tz ",
    "-9 Tc ",
    "1e30 ",
    "-5 ",
    "0 ",
    "1 g ",
    "0 g ",
    "1 1 1 rg ",
    "0 0 0 0 k ",
    "50 50 500 700 re ",
    "f ",
    "f* ",
    "W ",
    "n ",
    "S ",
    "90 w ",
    "0 0 m ",
    "600 700 l ",
    "1 2 3 4 5 6 c ",
    "h ",
    "/X Do ",
    "/Off BDC ",
    "EMC ",
    "T* ",
    "12 TL ",
    "(\\351) ' ",
    "<</A[",
    ">> ",
    "endstream\nendobj\n",
    "9 0 obj\n",
    "xref\n",
    "trailer\n",
    "%%EOF",
];

fn any(units: &'static [&'static str]) -> impl Strategy<Value = String> {
    proptest::collection::vec(select(units), 1..40).prop_map(|units| units.concat())
}

fn cases(cases: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: wanted.unwrap_or(cases), max_shrink_iters: 3000, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn html(text in any(HTML)) {
        fuzzed::html(&text);
    }

    #[test]
    fn tex(text in any(TEX)) {
        fuzzed::tex(&text);
    }

    #[test]
    fn pdf(text in any(PDF)) {
        fuzzed::pdf(text.as_bytes());
    }
}
