//! Plain text: headings and their ids, what is cut, what is marked.

use render::{Cited, Context, Format, Trust, WarningKind, cited, cut, inline, marked, render, teaser};

use crate::support::short::short;

#[test]
fn headings_of_html() {
    let text = "<h2 id=\"own\">a</h2><h3>b <code>$c$</code> $d$</h3><h2>\\eqref{e}</h2>";
    let rendered = render(text, Format::Html, Trust::Post, &Context::default());
    let shown: Vec<String> = rendered
        .headings
        .iter()
        .map(|heading| format!("{}|{}|{}", heading.level, heading.id, heading.text))
        .collect();
    assert_eq!(shown, ["2|own|a", r"3|b-c-d|b \$c$ $d$", "2|eqrefe|(??)"]);
    assert_eq!(short(rendered.headings[1].html.as_str()), "b $c$ ⟨$d$⟩");
}

#[test]
fn teasers_of_html() {
    let long = format!("<p>{}</p>", "word ".repeat(70));
    for (text, read) in [
        ("<p>a</p><!--more--><p>b</p>".to_owned(), "a".to_owned()),
        ("<div><p>a</p><!--more--><p>b</p></div>".into(), "a".into()),
        ("<p>a</p><p>b</p>".into(), "a\n\nb".into()),
        (format!("{long}{long}"), "word ".repeat(70).trim().into()),
        ("<p>\\eqref{a}</p><!--more-->\\begin{equation}x\\label{a}\\end{equation}".into(), "(1)".into()),
    ] {
        assert_eq!(teaser(&text, Format::Html, &Context::default()).text, read, "of {text:?}");
    }
}

/// The headings of a text as `id|text|html`.
fn check(text: &str, headings: &[&str]) {
    let rendered = render(text, Format::Markdown, Trust::Post, &Context::default());
    let shown = rendered
        .headings
        .iter()
        .map(|heading| format!("{}|{}|{}", heading.id, heading.text, short(heading.html.as_str())));
    assert_eq!(shown.collect::<Vec<_>>(), headings, "of {text:?}");
}

#[test]
fn headings() {
    check("# One two", &["one-two|One two|One two"]);
    check("# 中文 标题", &["中文-标题|中文 标题|中文 标题"]);
    check("# 方法（$f_1$）", &["方法f_1|方法（$f_1$）|方法（⟨$f_1$⟩）"]);
    check("# Same\n# Same\n# Same-1", &["same|Same|Same", "same-1|Same|Same", "same-1-1|Same-1|Same-1"]);
    check("# !?", &["section|!?|!?"]);
    check("# *a* `b` [c](/d)", &["a-b-c|a b c|<em>a</em> <code>b</code> c"]);
    check("# a[^1]\n\n[^1]: b", &["a|a|a"]);
    check("# Über", &["über|Über|Über"]);
    check("# a <b>c</b>", &["a-c|a c|a c"]);
    check("> # quoted", &["quoted|quoted|quoted"]);
    check("#", &["section||"]);
}

#[test]
fn the_context_moves_headings() {
    let context = Context { prefix: "p-".into(), deeper: 2, ..Context::default() };
    let rendered = render("# a\n\n##### b", Format::Markdown, Trust::Post, &context);
    assert_eq!(rendered.html.as_str(), "<h3 id=\"p-a\">a</h3>\n<h6 id=\"p-b\">b</h6>\n");
    assert_eq!((rendered.headings[0].level, rendered.headings[0].id.as_str()), (3, "p-a"));
}

#[test]
fn the_context_moves_headings_of_html() {
    let context = Context { prefix: "p-".into(), deeper: 1, ..Context::default() };
    let text = "<h1 id=\"a\">a</h1><H6>b</H6><a href=\"#a\">c</a>";
    let html = "<h2 id=\"p-a\">a</h2><h6 id=\"p-b\">b</h6><a href=\"#p-a\">c</a>";
    let rendered = render(text, Format::Html, Trust::Post, &context);
    assert_eq!(rendered.html.as_str(), html);
    assert_eq!((rendered.headings[0].level, rendered.headings[0].id.as_str()), (2, "p-a"));
    let rendered = render(&format!("<div>\n{text}\n</div>"), Format::Markdown, Trust::Post, &context);
    let html = html.replace(" id=\"p-b\"", "");
    assert_eq!(rendered.html.as_str(), format!("<div>\n{html}\n</div>\n"));
}

#[test]
fn ids_of_headings_avoid_those_of_the_author() {
    check("# a\n\nb <span id=\"a\">c</span>", &["a-1|a|a"]);
    check("# a\n\n<div id='a'>\n\n# A\n\n</div>", &["a-1|a|a", "a-2|A|A"]);
    let rendered = render("<h2>a</h2><p id=a>b</p>", Format::Html, Trust::Post, &Context::default());
    assert_eq!(rendered.headings[0].id, "a-1");
}

#[test]
fn plain_text() {
    for (text, read) in [
        ("# a\n\n*b* `c` $d$\ne", "a\n\nb c $d$\ne"),
        ("- a\n- b", "a\nb"),
        ("[a](/b) ![c](/d)", "a c"),
        ("|a|b|\n|-|-|\n|$x|$|c|", "a b \n$x|$ c"),
        ("```\na\n```\nb", "a\n\nb"),
        ("$$\na\n$$\n\nb", "$$\na\n$$\n\nb"),
        ("a  \nb", "a\nb"),
        ("&amp; \\* &lt;", "& * <"),
        ("a <b>c</b>", "a c"),
        ("> [!NOTE]\n> a", "Note\n\na"),
        ("$$a$$\n$$b$$", "$$a$$\n$$b$$"),
        ("`$a$` $b$ `$c` and `$d$`", r"\$a$ $b$ $c and \$d$"),
        (r"\$a\$ costs $5", r"\$a$ costs $5"),
        ("```\n\\begin{align}\n$x$\n\\end{align}\n```", "\\\\begin{align}\n\\$x$\n\\end{align}"),
        ("```\n$$\n```\n\n$$x$$\n\n`$$`", "$$\n\n$$x$$\n\n$$"),
        (r"\eqref{a} `$a$` $b$ \eqref{a}", r"(??) \$a$ $b$ (??)"),
    ] {
        let rendered = render(text, Format::Markdown, Trust::Post, &Context::default());
        assert_eq!(rendered.text, read, "of {text:?}");
    }
}

#[test]
fn cuts() {
    for (text, chars, kept) in [
        ("short", 10, "short"),
        ("two words here", 9, "two words…"),
        ("two words here", 8, "two…"),
        ("a $x + y$ b", 5, "a…"),
        ("a $x + y$ b", 9, "a $x + y$…"),
        ("a `b c` d", 5, "a…"),
        ("a $$x$$ b", 4, "a…"),
        ("中文字符没有空格", 4, "中文字符…"),
        ("a\\begin{align}b\\end{align}", 6, "a…"),
        ("", 3, ""),
    ] {
        assert_eq!(cut(text, chars), kept, "of {text:?} at {chars}");
    }
}

#[test]
fn titles_and_marks() {
    assert_eq!(short(inline("a\n$x$ & <b>", &Context::default()).as_str()), "a ⟨$x$⟩ &amp; &lt;b&gt;");
    assert_eq!(
        short(marked("a b $x$ c", &[2..3, 5..6], &Context::default()).as_str()),
        "a <mark>b</mark> <mark>⟨$x$⟩</mark> c"
    );
    assert_eq!(
        short(marked(r"\$a$ \$ $x$", &[0..3, 20..21], &Context::default()).as_str()),
        "<mark>$a</mark>$ $ ⟨$x$⟩"
    );
    assert_eq!(short(inline(r"\$a$ \\$b$ \&", &Context::default()).as_str()), r"$a$ \\⟨$b$⟩ \&amp;");
    assert_eq!(marked("é<b>", &[1..3, 9..9], &Context::default()).as_str(), "<mark>é&lt;</mark>b&gt;");
}

#[test]
fn teasers() {
    let long = "word ".repeat(70);
    for (text, read) in [
        ("a\n\n<!--more-->\n\nb".to_owned(), "a".to_owned()),
        ("a\n\nb".into(), "a\n\nb".into()),
        (format!("{long}\n\n{long}"), long.trim().into()),
        ("a\n\n# b\n\nc".into(), "a".into()),
        ("# a\n\nb".into(), "a".into()),
        ("a[^1]\n\n<!--more-->\n\n[^1]: b".into(), "a".into()),
        ("`<!--more-->`\n\na".into(), "<!--more-->\n\na".into()),
    ] {
        assert_eq!(teaser(&text, Format::Markdown, &Context::default()).text, read, "of {text:?}");
    }
}

/// What is known of two works: one is stored, of the other there is only the name.
fn citing() -> Context {
    let one = |label: &str, known| Cited { label: label.into(), href: format!("/{}", label.len()), known };
    let citations = [("arxiv:1", one("Ada & Bo, 2017", true)), ("doi:2/a_b", one("doi:2/a_b", false))];
    Context { citations: citations.map(|(key, work)| (key.into(), work)).into(), ..Context::default() }
}

#[test]
fn works_are_cited() {
    for (text, html) in [
        ("so [@arxiv:1].", "so <span class=\"cited\">[<a href=\"/14\">Ada &amp; Bo, 2017</a>]</span>."),
        (
            "[@arxiv:1, p. 3; @x:y]",
            "<span class=\"cited\">[<a href=\"/14\">Ada &amp; Bo, 2017</a>, p. 3; <span class=\"unknown-ref\">@x:y</span>]</span>",
        ),
        ("[@x:y] [@ada]", "<span class=\"unknown-ref\">[@x:y]</span> [@ada]"),
        ("[see [@arxiv:1]](/a)", "<a href=\"/a\">see <span class=\"cited\">[Ada &amp; Bo, 2017]</span></a>"),
        ("`[@arxiv:1]` [@arxiv:1](/b)", "<code>[@arxiv:1]</code> <a href=\"/b\">@arxiv:1</a>"),
    ] {
        let rendered = render(text, Format::Markdown, Trust::Post, &citing());
        assert_eq!(rendered.html.as_str().trim(), format!("<p>{html}</p>"), "of {text}");
    }
    let comment = render("[@arxiv:1]", Format::Markdown, Trust::Comment, &citing());
    assert_eq!(comment.html.as_str().trim(), "<p>[@arxiv:1]</p>");
}

#[test]
fn what_is_cited_is_told_and_what_is_unknown() {
    let text = "[@doi:2/a_b] and $x$ [@arxiv:1; @doi:2/a_b] [@no:1]";
    let rendered = render(text, Format::Markdown, Trust::Post, &citing());
    assert_eq!(rendered.citations, ["doi:2/a_b", "arxiv:1"]);
    assert_eq!(rendered.text, "[doi:2/a_b] and $x$ [Ada & Bo, 2017; doi:2/a_b] [@no:1]");
    assert_eq!(cited(text), ["doi:2/a_b", "arxiv:1", "no:1"]);
    let said = rendered.warnings.iter().map(|warning| match &warning.kind {
        WarningKind::UnknownCitation { key } => format!("{key} at {}", &text[warning.range.clone()]),
        other => format!("{other:?}"),
    });
    let said = said.collect::<Vec<_>>();
    assert_eq!(said, ["doi:2/a_b at @doi:2/a_b", "doi:2/a_b at @doi:2/a_b", "no:1 at @no:1"]);
}
