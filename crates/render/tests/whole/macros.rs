//! What commands an author defines, and where they hold.

use render::{Context, Format, Rendered, Trust, WarningKind, inline, marked, render, teaser, with_mathml};
use tex::Macros;

use crate::support::short::{rendered, short};

/// A formula that defines `\R`, as it stands in the page.
const HIDDEN: &str = r#"data-expanded="" hidden$\def\R{x}$"#;

/// What a post renders to.
fn post(text: &str) -> Rendered {
    rendered(text, Format::Markdown, Trust::Post, &Context::default())
}

#[track_caller]
fn check(text: &str, html: &str) {
    assert_eq!(short(post(text).html.as_str()), html, "from {text:?}");
}

/// What the site defines.
fn site() -> Context {
    Context { macros: Macros::of([("R", r"\mathbb{R}")]).unwrap(), ..Context::default() }
}

#[test]
fn definitions_hold_from_there_on() {
    check(
        r"$\R$ $\def\R{x}$ $\R$ $y$",
        &format!("<p>⟨$\\R$⟩ ⟨{HIDDEN}⟩ ⟨data-expanded=\"x\"$\\R$⟩ ⟨$y$⟩</p>"),
    );
    check(
        "- $$\\newcommand{\\R}{x}\\R$$\n\n  | $\\R$ |\n  |-|",
        "<ul>\n<li>\n⟪data-expanded=\"x\"$$\\newcommand{\\R}{x}\\R$$⟫\n<table>\n<thead>\n<tr>\n<th>⟨data-expanded=\"x\"$\\R$⟩</th>\n</tr>\n</thead>\n</table>\n</li>\n</ul>",
    );
    let noted = post("a[^1] $\\R$\n\n[^1]: $\\def\\R{x}$\n\n$\\R$").html;
    assert!(short(noted.as_str()).starts_with("<p>a"), "{noted}");
    assert!(
        short(noted.as_str()).contains("⟨$\\R$⟩") && short(noted.as_str()).contains("data-expanded=\"x\"")
    );
}

#[test]
fn what_only_defines_is_no_line() {
    check("a\n\n$\\def\\R{x}$\n\nb", &format!("<p>a</p>\n⟨{HIDDEN}⟩\n<p>b</p>"));
    check("$\\def\\R{x}$  \n$\\def\\R{x}$", &format!("⟨{HIDDEN}⟩\n⟨{HIDDEN}⟩"));
    check("$\\def\\R{x}$  \nb", &format!("<p>⟨{HIDDEN}⟩\nb</p>"));
    check("$$\n\\def\\R{x}\n$$\nb", "<p>⟪data-expanded=\"\" hidden$$\n\\def\\R{x}\n$$⟫\nb</p>");
    let html =
        rendered(r"<p>a</p><p>$\def\R{x}$</p><p>$\R$</p>", Format::Html, Trust::Post, &Context::default());
    let shown = format!("<p>a</p>⟨{HIDDEN}⟩<p>⟨data-expanded=\"x\"$\\R$⟩</p>");
    assert_eq!(short(html.html.as_str()), shown);
    assert_eq!(html.text, "a\n\n\n\n$x$");
}

#[test]
fn macros_may_number_and_refer() {
    let rendered = post(
        "$$\\def\\be{\\begin{equation}}\\def\\ee#1{\\label{#1}\\end{equation}}$$\n\n$$\\be x\\ee{a}$$\n\n$\\def\\r{\\eqref{a}}\\r$ \\eqref{a}",
    );
    assert_eq!(rendered.labels.number("a"), Some("1"));
    let html = short(rendered.html.as_str());
    assert!(html.contains(r#"<div class="eq" id="eqn:a">⟪data-number="0" data-expanded="\begin{equation}x\label{a}\end{equation}"$$\be x\ee{a}$$⟫"#), "{html}");
    assert!(
        html.contains(r#"data-refs="{&quot;a&quot;:&quot;1&quot;}" data-expanded="\eqref{a}""#),
        "{html}"
    );
}

#[test]
fn plain_text_needs_no_macros() {
    let rendered =
        post("# On $\\def\\R{\\mathbb R}\\R$\n\n$\\newcommand{\\n}[1]{|#1|}$\n\n$\\n{\\R}$ and $$\\n x$$");
    assert_eq!(rendered.text, "On $\\mathbb R$\n\n\n\n$|\\mathbb R|$ and $$|x|$$");
    assert_eq!(rendered.headings[0].text, r"On $\mathbb R$");
    assert!(rendered.headings[0].html.as_str().contains(r#"data-expanded="\mathbb R""#));
    assert_eq!(rendered.formulas.len(), 4);
}

#[test]
fn what_cannot_be_understood_shows_as_it_is() {
    for text in [r"$\def\a{\a}\a$", r"$\def\a#1.{x}$", r"$\def\a#1{x}\a$", r"$\newcommand{a}{b}$"] {
        let rendered = post(text);
        assert_eq!(rendered.html.as_str(), format!("<p><code class=\"bad-math\">{text}</code></p>\n"));
        assert!(matches!(rendered.warnings[0].kind, WarningKind::RefusedFormula { .. }));
    }
}

#[test]
fn a_document_keeps_its_macros() {
    let definition = r"$\newcommand{\R}{x}$";
    for trust in [Trust::Comment, Trust::Answer, Trust::Paper] {
        let html = render(&format!("{definition} $\\R$"), Format::Markdown, trust, &site()).html;
        let own =
            r#"<span class="math inline notranslate" translate="no" data-expanded="\mathbb{R}">$\R$</span>"#;
        assert_eq!(html.as_str(), format!("<p><code class=\"bad-math\">{definition}</code> {own}</p>\n"));
    }
    let macros = render(definition, Format::Markdown, Trust::Post, &site()).macros;
    let said = |context: &Context| render(r"$\R$", Format::Markdown, Trust::Comment, context).html;
    assert!(said(&Context { macros, ..Context::default() }).as_str().contains("data-expanded=\"x\""));
    assert!(said(&site()).as_str().contains(r#"data-expanded="\mathbb{R}""#));
    assert_eq!(said(&Context::default()).as_str(), "<p><code class=\"bad-math\">$\\R$</code></p>\n");
}

#[test]
fn the_macros_of_the_site_hold_everywhere() {
    let written = r#"data-expanded="\mathbb{R}""#;
    assert!(inline(r"a $\R$", &site()).as_str().contains(written));
    assert!(marked(r"a $\R$", std::slice::from_ref(&(0..1)), &site()).as_str().contains(written));
    assert!(render(r"$\R$", Format::Text, Trust::Post, &site()).html.as_str().contains(written));
    // What a visitor may not write, no macro writes for them.
    let macros = Macros::of([("see", r"\href{#1}{#1}"), ("gone", "x")]).unwrap();
    let html = inline(r"$\see{javascript:x}$ $\gone$", &Context { macros, ..Context::default() });
    assert!(
        html.as_str().starts_with(r#"<code class="bad-math">$\see{javascript:x}$</code> <span"#),
        "{html}"
    );
}

#[test]
fn a_teaser_has_the_macros_before_its_end() {
    let text = "$\\def\\R{x}$\n\n$\\R$\n\n<!--more-->\n\n$\\def\\R{y}\\R$";
    let teaser = teaser(text, Format::Markdown, &Context::default());
    assert_eq!(short(teaser.html.as_str()), format!("⟨{HIDDEN}⟩\n<p>⟨data-expanded=\"x\"$\\R$⟩</p>"));
}

#[test]
fn mathml_has_them_written_out() {
    let html = with_mathml(post("$\\def\\R#1{\\frac{#1}2}$\n\n$\\R x$").html.as_str());
    assert!(html.contains("<mfrac><mi>x</mi><mn>2</mn></mfrac></math></span></p>"), "{html}");
    assert!(
        html.contains("hidden data-tex=\"$\\def\\R#1{\\frac{#1}2}$\"><math") && !html.contains(">$"),
        "{html}"
    );
}

#[test]
fn bombs_are_bounded() {
    let bomb = (0..30).fold(String::from(r"$\def\b{\a}"), |all, _| all + r"\def\a{\b\b}") + "$\n\n";
    let html =
        render(&(bomb + &r"$\a$ ".repeat(20_000)), Format::Markdown, Trust::Post, &Context::default()).html;
    assert!(html.as_str().len() < 2_000_000);
    let long = format!("$\\def\\a{{{}}}$\n\n{}", "x".repeat(10_000), r"$\a$ ".repeat(20_000));
    assert!(
        render(&long, Format::Markdown, Trust::Post, &Context::default()).html.as_str().len() < 6_000_000
    );
}

/// A reference right behind what does not show.
#[test]
fn nothing_is_as_long_as_nothing() {
    for text in
        [r"$\def\R{}$\eqref{a}", r"$x$$\def\R{}$<a>\eqref{a}</a>", r"$\newcommand{\z}[2][]{}$\eqref{a} $y$"]
    {
        let text = render(text, Format::Markdown, Trust::Post, &Context::default()).text;
        assert!(text.contains("(??)"), "{text}");
    }
}
