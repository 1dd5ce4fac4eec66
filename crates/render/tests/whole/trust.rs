//! What may be written by whom, and what nobody can smuggle in.

use render::{Context, Format, Pages, Trust};

use crate::support::short::{rendered, short};

const ALL: [Trust; 3] = [Trust::Post, Trust::Comment, Trust::Answer];

/// What a text of this trust renders to.
fn check(trust: Trust, text: &str, html: &str) {
    let context = Context { hosts: vec!["own.org".into()], ..Context::default() };
    let rendered = rendered(text, Format::Markdown, trust, &context);
    assert_eq!(short(rendered.html.as_str()), html, "from {text:?}");
}

#[test]
fn html_of_visitors_is_text() {
    for trust in [Trust::Comment, Trust::Answer] {
        check(trust, "List<int>, Vec<T>, <form>", "<p>List&lt;int&gt;, Vec&lt;T&gt;, &lt;form&gt;</p>");
        check(trust, "<div>\n*a* $b$\n</div>", "<p>&lt;div&gt;\n*a* ⟨$b$⟩\n&lt;/div&gt;</p>");
        check(trust, "<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        check(trust, "a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>");
        check(trust, "a <!-- b -->", "<p>a &lt;!-- b --&gt;</p>");
        check(trust, "`<b>` &lt;b&gt;", "<p><code>&lt;b&gt;</code> &lt;b&gt;</p>");
        check(trust, "```\n<b>&amp;\n```", "<pre><code>&lt;b&gt;&amp;amp;\n</code></pre>");
    }
}

#[test]
fn links() {
    check(Trust::Post, "[a](https://x.org)", "<p><a href=\"https://x.org\">a</a></p>");
    for trust in [Trust::Post, Trust::Comment, Trust::Answer] {
        check(trust, "[a <b@c.org> d](/e) f", "<p><a href=\"/e\">a b@c.org d</a> f</p>");
        check(trust, "[a <https://own.org/b>](/e)", "<p><a href=\"/e\">a https://own.org/b</a></p>");
    }
    check(
        Trust::Comment,
        "[a](https://x.org)",
        "<p><a href=\"https://x.org\" rel=\"nofollow ugc noopener\">a</a></p>",
    );
    check(Trust::Comment, "[a](https://own.org/b)", "<p><a href=\"https://own.org/b\">a</a></p>");
    check(
        Trust::Answer,
        "[a](https://x.org)",
        "<p><a href=\"https://x.org\" rel=\"nofollow ugc noopener\">a</a> <span class=\"host notranslate\" translate=\"no\">(x.org)</span></p>",
    );
    check(
        Trust::Answer,
        "[x.org](https://x.org/a)",
        "<p><a href=\"https://x.org/a\" rel=\"nofollow ugc noopener\">x.org</a></p>",
    );
    check(
        Trust::Answer,
        "[x.org](https://evil.org)",
        "<p><a href=\"https://evil.org\" rel=\"nofollow ugc noopener\">x.org</a> <span class=\"host notranslate\" translate=\"no\">(evil.org)</span></p>",
    );
    check(
        Trust::Answer,
        "[https://x.org](https://x.org.evil.org)",
        "<p><a href=\"https://x.org.evil.org\" rel=\"nofollow ugc noopener\">https://x.org</a> <span class=\"host notranslate\" translate=\"no\">(x.org.evil.org)</span></p>",
    );
    check(
        Trust::Answer,
        "[a](https://x.org@evil.org)",
        "<p><a href=\"https://x.org@evil.org\" rel=\"nofollow ugc noopener\">a</a> <span class=\"host notranslate\" translate=\"no\">(evil.org)</span></p>",
    );
    check(Trust::Post, "![a](/b.png)", "<p><img src=\"/b.png\" alt=\"a\" /></p>");
    check(
        Trust::Post,
        "![a](https://own.org/b.png)",
        "<p><img src=\"https://own.org/b.png\" alt=\"a\" /></p>",
    );
    check(Trust::Comment, "![a](/b.png)", "<p><a href=\"/b.png\">a</a></p>");
    check(
        Trust::Answer,
        "![](https://evil.org/a?b)",
        "<p><a href=\"https://evil.org/a?b\" rel=\"nofollow ugc noopener\">https://evil.org/a?b</a> <span class=\"host notranslate\" translate=\"no\">(evil.org)</span></p>",
    );
    for trust in ALL {
        for url in [
            "javascript:alert(1)",
            "JaVaScript:x",
            "java\tscript:x",
            "&#106;avascript:x",
            "javascript&colon;x",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "\u{1}javascript:x",
            "%6aavascript:x",
        ] {
            let html = short(
                rendered(
                    &format!("[a](<{url}>) ![b](<{url}>) <{url}> [c]\n\n[c]: <{url}>"),
                    Format::Markdown,
                    trust,
                    &Context::default(),
                )
                .html
                .as_str(),
            );
            assert!(!html.to_lowercase().contains("href=\"j"), "{html}");
        }
    }
}

#[test]
fn headings_of_comments_have_no_ids() {
    check(Trust::Comment, "# a", "<h1>a</h1>");
    check(Trust::Answer, "# a", "<h1 id=\"a\">a</h1>");
}

#[test]
fn refused_formulas_are_code() {
    for trust in [Trust::Comment, Trust::Answer] {
        check(
            trust,
            r"$\href{javascript:x}{y}$",
            r#"<p><code class="bad-math">$\href{javascript:x}{y}$</code></p>"#,
        );
        check(trust, r"a $$\def\a{\a}$$", r#"<p>a <code class="bad-math">$$\def\a{\a}$$</code></p>"#);
        check(
            trust,
            r"$\MoveEqLeft[9999]$ $\color{white}x$ $\color{red}x$",
            r#"<p><code class="bad-math">$\MoveEqLeft[9999]$</code> <code class="bad-math">$\color{white}x$</code> ⟨$\color{red}x$⟩</p>"#,
        );
        check(trust, r"$$\unicode{60}$$", r#"<code class="bad-math">$$\unicode{60}$$</code>"#);
        check(trust, r"$\require{x}$ $x$", r#"<p><code class="bad-math">$\require{x}$</code> ⟨$x$⟩</p>"#);
        check(
            trust,
            r"\begin{align}\class{a}{b}\end{align}",
            r#"<code class="bad-math">\begin{align}\class{a}{b}\end{align}</code>"#,
        );
    }
    check(Trust::Post, r"$\href{/a}{y}$", r"<p>⟨$\href{/a}{y}$⟩</p>");
    let rendered = rendered(r"$\href{a}{b}$ $x$", Format::Markdown, Trust::Comment, &Context::default());
    assert_eq!(rendered.formulas.len(), 1);
}

#[test]
fn papers_are_plain_text() {
    let check = |text: &str, html: &str| {
        let rendered = rendered(text, Format::Markdown, Trust::Paper, &Context::default());
        assert_eq!(short(rendered.html.as_str()), html, "from {text:?}");
    };
    check("PSPO*: a_b, *c* and <d> & `e`", "<p>PSPO*: a_b, *c* and &lt;d&gt; &amp; `e`</p>");
    check("$O(n\\log n)$ for $\\sim$10", "<p>⟨$O(n\\log n)$⟩ for ⟨$\\sim$⟩10</p>");
    check("a\n\nb\n# c", "<p>a</p>\n<p>b\n# c</p>");
    check(r"costs $5 or \$6", "<p>costs $5 or $6</p>");
    check(r"$\href{x}{y}$", r#"<p><code class="bad-math">$\href{x}{y}$</code></p>"#);
    check("", "");
}

/// Texts that try to leave the place that they are put into. Whatever they become, the oracle must agree.
#[test]
fn hostile_texts() {
    for text in [
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<a href=\"javascript:x\">a</a>",
        "<math><mi//xlink:href=\"data:x\">",
        "<iframe srcdoc='<script>x</script>'>",
        "<style>*{}</style>",
        "<base href=//evil.org>",
        "<form action=//evil.org><input>",
        "<noscript><p title=\"</noscript><img src=x onerror=x>\">",
        "<table><svg><style><img src=x onerror=x></style>",
        "<!--><img src=x onerror=x>-->",
        "<![CDATA[<img src=x>]]>",
        "<?php x ?>",
        "<!DOCTYPE html>",
        "</p></div></article>",
        "<p id=\"a\" style=\"position:fixed\">",
        "<span class=\"math inline\">$x</span>",
        "<div class=\"eq\"><a name=x>",
        "$\"><script>x</script>$",
        "$$</span></div><script>x</script>$$",
        "`\"><b>`",
        "```\"onclick=x\na\n```",
        "[a](/b\"onclick=\"x)",
        "![a\"onerror=\"x](/b)",
        "[a](/b 'c\"onclick=\"x')",
        "<https://x.org/\"onclick=\"x>",
        "https://x.org/\"onclick=\"x",
        "# a\"b<c",
        "[^\"><b>]\n\n[^\"><b>]: c",
        "[^a b]: c",
        "\\eqref{\"><b>}",
        "\\begin{equation}a\\label{\"><b>}\\end{equation}",
        "$$a\\tag{\"><b>}\\label{x}$$ \\eqref{x}",
        "> [!NOTE] <b>\n> a",
        "|<b>|\n|-|\n|\"|",
        "&#60;script&#62;",
        "&lt;script&gt;",
        "\u{202e}evil\u{202c} $\u{202e}x$",
        "\u{3ffd0}\u{3ffe0}\u{3ffd2}",
        "\u{f0000}0\u{f0000} <b>a</b> $x$",
        "\u{f0001}0\u{f0001}<div>",
        "<div class=\"slot\">\u{f0001}0\u{f0001}</div> $x$",
        "a\u{0}<b\u{0}>",
        "<b\u{0}r>",
        "<a\u{b}href=x>",
        "[a](\u{0}javascript:x)",
        "<scr<script>ipt>",
        "<details open ontoggle=x>",
        "<div>\n\n</div></div></div>\n\n$x$",
        "<b><i></b></i>",
        "<p><p><p>",
        "<li>a",
        "<td>a",
        "<select><option>",
        "<template><b>",
        "<plaintext>",
        "<xmp><b>",
        "<textarea>\n\n$x$",
        "<title>a</title>",
        "<a><a>",
    ] {
        for trust in ALL {
            for format in [Format::Markdown, Format::Html, Format::Text] {
                rendered(text, format, trust, &Context::default());
                rendered(&format!("a {text} b\n\n- {text}\n\n> {text}"), format, trust, &Context::default());
            }
        }
    }
}

#[test]
fn an_answer_leads_to_pages_of_its_paper() {
    let pages = Some(Pages { address: "https://own.org/a?b&c\"".into(), last: 12 });
    let context = Context { pages, ..Context::default() };
    let html = |trust, markdown: &str| {
        render::render(markdown, Format::Markdown, trust, &context).html.into_string()
    };
    assert_eq!(
        html(Trust::Answer, "It is $O(n)$ [p.\u{a0}7], *not [pp. 8–9]*.\n"),
        "<p>It is <span class=\"math inline notranslate\" translate=\"no\">$O(n)$</span> \
         <a class=\"pg\" href=\"https://own.org/a?b&amp;c&quot;#page=7\" rel=\"noopener\">[p.\u{a0}7]</a>, \
         <em>not <a class=\"pg\" href=\"https://own.org/a?b&amp;c&quot;#page=8\" rel=\"noopener\">[pp. 8–9]</a></em>.</p>\n"
    );
    assert_eq!(html(Trust::Answer, "[p. 13]"), "<p><span class=\"pg lost\">[p. 13]</span></p>\n");
    assert_eq!(html(Trust::Comment, "[p. 7]"), "<p>[p. 7]</p>\n");
    assert_eq!(html(Trust::Answer, "`[p. 7]`"), "<p><code>[p. 7]</code></p>\n");
    assert!(!html(Trust::Answer, "[see [p. 7] there](https://own.org/)").contains("class=\"pg\""));
}

/// A page is where the paper is, whatever the model says of it.
#[test]
fn a_mark_of_a_page_is_no_link_of_the_models() {
    let pages = Some(Pages { address: "https://own.org/a".into(), last: 12 });
    for context in [Context { pages, ..Context::default() }, Context::default()] {
        let html = |markdown: &str| {
            render::render(markdown, Format::Markdown, Trust::Answer, &context).html.into_string()
        };
        for (mark, plain) in [("[p. 3]", "[p. 3]"), ("[pp. 3–*4*]", "[pp. 3–4]"), ("[第 3 页]", "[第 3 页]")]
        {
            let expected = html(&format!("So {plain}."));
            let label = &mark[1..mark.len() - 1];
            for markdown in [
                format!("So {mark}.\n\n[{label}]: http://evil.org/"),
                format!("So {mark}[].\n\n[{label}]: http://evil.org/"),
                format!("So {mark}(http://evil.org/)."),
                format!("So {mark}[there].\n\n[there]: http://evil.org/"),
            ] {
                assert_eq!(html(&markdown), expected, "{markdown:?}");
            }
        }
        let elsewhere = html("So [it is][p. 3].\n\n[p. 3]: http://evil.org/");
        assert!(elsewhere.contains(">(evil.org)<"), "{elsewhere}");
    }
}

/// Whatever a link looks like, its host is beside it.
#[test]
fn links_of_answers_say_where_they_lead() {
    for link in [
        "[a](https://evil.org/x)",
        "[own.org](https://evil.org/x)",
        "[own.org](//evil.org)",
        "[own.org](https:\\\\evil.org)",
        "[a][b]\n\n[b]: https://evil.org",
        "![own.org](https://evil.org/x.png)",
        "# [a](https://evil.org)",
        "| [a](https://evil.org) |\n|---|",
        "note[^1]\n\n[^1]: [a](https://evil.org)",
        "[**own.org** `https://own.org`](https://own.org@evil.org)",
        "[$x$](https://evil.org)",
        "[](https://evil.org)",
    ] {
        let context = Context { hosts: vec!["own.org".into()], ..Context::default() };
        let html = render::render(link, Format::Markdown, Trust::Answer, &context).html.into_string();
        assert!(html.contains(">(evil.org)<"), "{link:?}: {html}");
    }
}
