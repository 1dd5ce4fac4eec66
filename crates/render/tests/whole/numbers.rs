//! Numbers of equations, and references to them.

use render::{Context, Format, Trust, WarningKind, render, teaser};

use crate::support::short::{rendered, short};

/// The labels of a post with their numbers, its text, and the labels that it should not have referred to.
fn check(text: &str, labels: &str, read: &str, unknown: &str) {
    let rendered = rendered(text, Format::Markdown, Trust::Post, &Context::default());
    let named: Vec<String> =
        rendered.labels.iter().map(|(label, number)| format!("{label}={number}")).collect();
    assert_eq!(named.join(" "), labels, "from {text:?}");
    assert_eq!(rendered.text, read, "from {text:?}");
    let missed: Vec<&str> = rendered
        .warnings
        .iter()
        .filter_map(|warning| match &warning.kind {
            WarningKind::UnknownLabel { label } => Some(label.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(missed.join(" "), unknown, "from {text:?}");
}

const A: &str = r"\begin{equation}a\label{a}\end{equation}";
const BC: &str = r"\begin{align}b\label{b}\\c\label{c}\end{align}";

#[test]
fn rules() {
    check(A, "a=1", A, "");
    check(&format!("{A}\n\n{BC}"), "a=1 b=2 c=3", &format!("{A}\n\n{BC}"), "");
    for (tex, labels) in [
        (r"\begin{align}a\notag\\b\label{b}\end{align}", "b=1"),
        (r"\begin{equation*}a\label{a}\end{equation*}", ""),
        (r"\begin{equation*}a\tag{A}\label{a}\end{equation*}", "a=A"),
        (r"$$a\tag*{A}\label{a}$$", "a=A"),
        (r"$$a\label{a}$$", ""),
        (r"\begin{gather}a\\b\label{b}\end{gather}", "b=2"),
        (r"\begin{multline}a\\b\label{b}\end{multline}", "b=1"),
        (r"\begin{equation}\begin{split}a\\b\end{split}\label{a}\end{equation}", "a=1"),
        (r"\begin{align}a\label{a}\\b\label{a}\end{align}", "a=1"),
        (r"\begin{align}a\label{a}\cr b\label{b}\end{align}", "a=1 b=2"),
        (r"\begin{align}\text{50%}\\b\label{b}\end{align}", "b=2"),
    ] {
        check(tex, labels, tex, "");
    }
    let blank = "\\begin{align}a\\\\b\\\\[1ex]\n\\end{align}";
    check(&format!("{blank}\n\n{A}"), "a=3", &format!("{blank}\n\n{A}"), "");
}

#[test]
fn references_in_plain_text() {
    check(&format!("See \\eqref{{a}}.\n\n{A}"), "a=1", &format!("See (1).\n\n{A}"), "");
    check(
        &format!("{A}\n\nSee \\eqref{{ a }}, \\eqref{{no}}."),
        "a=1",
        &format!("{A}\n\nSee (1), (??)."),
        "no",
    );
    check(&format!("# On \\eqref{{a}}\n\n{A}"), "a=1", &format!("On (1)\n\n{A}"), "");
    check(&format!("- \\eqref{{a}}\n\n{A}"), "a=1", &format!("(1)\n{A}"), "");
    check(&format!("|\\eqref{{a}}|\n|-|\n\n{A}"), "a=1", &format!("(1) \n\n{A}"), "");
    check(&format!("x[^1]\n\n[^1]: \\eqref{{a}}\n\n{A}"), "a=1", &format!("x\n\n(1)\n\n{A}"), "");
    check(&format!("<div>\\eqref{{a}}</div>\n\n{A}"), "a=1", &format!("(1)\n{A}"), "");
    check("`\\eqref{a}` and $\\eqref{a}$", "", "\\eqref{a} and $\\eqref{a}$", "");
    check("```\n\\eqref{a}\n```", "", "\\eqref{a}", "");
    check(r"\\eqref{a} \eqref{} \eqref{a", "", r"\eqref{a} \eqref{} \eqref{a", "");
}

#[test]
fn references_in_headings() {
    let text = format!("# Proof of \\eqref{{a}} and \\eqref{{no}}\n\n{A}");
    let heading = &render(&text, Format::Markdown, Trust::Post, &Context::default()).headings[0];
    assert_eq!(heading.text, "Proof of (1) and (??)");
    assert_eq!(heading.id, "proof-of-eqrefa-and-eqrefno");
    let text = format!("<h1>Proof of \\eqref{{a}}</h1><p>{A}</p>");
    let heading = &render(&text, Format::Html, Trust::Post, &Context::default()).headings[0];
    assert_eq!((heading.text.as_str(), heading.id.as_str()), ("Proof of (1)", "proof-of-eqrefa"));
    assert_eq!(short(heading.html.as_str()), "Proof of <a class=\"eqref\" href=\"#eqn:a\">(1)</a>");
}

#[test]
fn a_comment_knows_the_post() {
    let post = render(A, Format::Markdown, Trust::Post, &Context::default());
    let context = Context { prefix: "c7-".into(), labels: post.labels, ..Context::default() };
    let comment = rendered(
        &format!("As \\eqref{{a}} and \\eqref{{b}}\n\n{BC}"),
        Format::Markdown,
        Trust::Comment,
        &context,
    );
    assert_eq!(comment.text, format!("As (1) and (1)\n\n{BC}"));
    assert_eq!(
        short(comment.html.as_str()),
        "<p>As <a class=\"eqref\" href=\"#eqn:a\">(1)</a> and <a class=\"eqref\" href=\"#c7-eqn:b\">(1)</a></p>\n<div class=\"eq\" id=\"c7-eqn:b\"><span class=\"anchor\" id=\"c7-eqn:c\"></span>⟪data-number=\"0\"\\begin{align}b\\label{b}\\\\c\\label{c}\\end{align}⟫"
    );
}

#[test]
fn html_of_references() {
    let html = |text: &str| {
        short(rendered(text, Format::Markdown, Trust::Answer, &Context::default()).html.as_str())
    };
    assert_eq!(
        html(&format!("\\eqref{{a}} \\eqref{{b}}\n\n{A}")),
        "<p><a class=\"eqref\" href=\"#eqn:a\">(1)</a> <span class=\"unknown-ref\">(??)</span></p>\n<div class=\"eq\" id=\"eqn:a\">⟪data-number=\"0\"\\begin{equation}a\\label{a}\\end{equation}⟫"
    );
    assert_eq!(
        html(&format!("{BC}\n\n{A}")),
        "<div class=\"eq\" id=\"eqn:b\"><span class=\"anchor\" id=\"eqn:c\"></span>⟪data-number=\"0\"\\begin{align}b\\label{b}\\\\c\\label{c}\\end{align}⟫\n<div class=\"eq\" id=\"eqn:a\">⟪data-number=\"2\"\\begin{equation}a\\label{a}\\end{equation}⟫"
    );
    assert_eq!(
        html(&format!("{A}\n\n$x=\\eqref{{a}}$")),
        "<div class=\"eq\" id=\"eqn:a\">⟪data-number=\"0\"\\begin{equation}a\\label{a}\\end{equation}⟫\n<p>⟨data-refs=\"{&quot;a&quot;:&quot;1&quot;}\"$x=\\eqref{a}$⟩</p>"
    );
    assert_eq!(
        html(r"\begin{equation}a\label{<b> &%}\end{equation} \eqref{<b> &%}"),
        "<p><span class=\"eq\" id=\"eqn:&lt;b&gt;_&amp;%\">⟪data-number=\"0\"\\begin{equation}a\\label{&lt;b&gt; &amp;%}\\end{equation}⟫ <a class=\"eqref\" href=\"#eqn:&lt;b&gt;_&amp;%25\">(1)</a></p>"
    );
}

#[test]
fn tags_may_hold_formulas() {
    let text = r"$$a\tag{$\ast$, 1}\label{a}$$ and \eqref{a}";
    let rendered = rendered(text, Format::Markdown, Trust::Comment, &Context::default());
    assert!(
        short(rendered.html.as_str()).ends_with("<a class=\"eqref\" href=\"#eqn:a\">(⟨$\\ast$⟩, 1)</a></p>")
    );
    assert!(rendered.text.ends_with(r"and ($\ast$, 1)"));
}

#[test]
fn a_teaser_keeps_the_numbers_of_the_whole() {
    let context = Context { page: "/posts/a".into(), ..Context::default() };
    let teaser = teaser(
        &format!("See \\eqref{{a}}, \\eqref{{b}}.\n\n{A}\n\n<!--more-->\n\n{BC}"),
        Format::Markdown,
        &context,
    );
    assert_eq!(teaser.text, format!("See (1), (2).\n\n{A}"));
    assert_eq!(
        short(teaser.html.as_str()),
        "<p>See <a class=\"eqref\" href=\"#eqn:a\">(1)</a>, <a class=\"eqref\" href=\"/posts/a#eqn:b\">(2)</a>.</p>\n<div class=\"eq\" id=\"eqn:a\">⟪data-number=\"0\"\\begin{equation}a\\label{a}\\end{equation}⟫"
    );
}

#[test]
fn warnings_say_where() {
    let said = |text: &str, trust| {
        let rendered = rendered(text, Format::Markdown, trust, &Context::default());
        let shown = rendered.warnings.iter().map(|warning| {
            let kind = format!("{:?}", warning.kind);
            format!("{} {}", kind.split([' ', '{']).next().unwrap(), &text[warning.range.clone()])
        });
        shown.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(said("a \\eqref{b}", Trust::Post), r"UnknownLabel \eqref{b}");
    assert_eq!(said("é\r\n\r\n\u{7}\\eqref{b}", Trust::Post), r"UnknownLabel \eqref{b}");
    assert_eq!(said("> a\n> $$x", Trust::Post), "UnclosedFormula $$");
    assert_eq!(said(r"\begin{align} a", Trust::Post), r"UnclosedFormula \begin{");
    assert_eq!(said(r"$x$ $\href{a}{b}$", Trust::Comment), r"RefusedFormula $\href{a}{b}$");
    assert_eq!(
        said("```math\n\\href{a}{b}\n```", Trust::Comment),
        "RefusedFormula ```math\n\\href{a}{b}\n```"
    );
    assert_eq!(said(&format!("{A}\n\n{A}"), Trust::Post), format!("RepeatedLabel {A}"));
    assert_eq!(said("`$$x` costs $5", Trust::Post), "");
}

#[test]
fn an_id_stands_once() {
    let text = format!("# fn-1\n\n# fnref 1\n\na[^1] {A}\n\n{A}\n\n[^1]: note {A}\n");
    let html = render(&text, Format::Markdown, Trust::Post, &Context::default()).html.into_string();
    let mut ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["eqn:a", "fn-1", "fnref-1", "h-fn-1", "h-fnref-1"]);
}

/// HTML has no links in links: what stands in one is its words.
#[test]
fn references_in_a_link() {
    let text = format!("[see \\eqref{{a}} a[^1]](/u)\n\n# \\eqref{{a}}\n\n{A}\n\n[^1]: note\n");
    let rendered = rendered(&text, Format::Markdown, Trust::Post, &Context::default());
    let first = rendered.html.as_str().lines().next().unwrap();
    assert_eq!(
        first,
        "<p><a href=\"/u\">see <span class=\"eqref\">(1)</span> a<sup class=\"footnote-ref\" id=\"fnref-1\">1</sup></a></p>"
    );
    assert_eq!(rendered.headings[0].html.as_str(), "<span class=\"eqref\">(1)</span>");
}
