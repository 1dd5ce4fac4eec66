//! HTML: of authors among Markdown, and whole posts of it.

use render::{Context, Format, Trust, render};

use crate::support::short::{rendered, short};
use crate::support::sound;

/// What a post renders to, as Markdown or as HTML.
fn check(format: Format, text: &str, html: &str) {
    let rendered = rendered(text, format, Trust::Post, &Context::default());
    assert_eq!(short(rendered.html.as_str()), html, "from {text:?}");
}

#[test]
fn of_the_author_among_words() {
    let check = |text, html| check(Format::Markdown, text, html);
    check("a <sub>$b$</sub> c", "<p>a <sub>⟨$b$⟩</sub> c</p>");
    check("a <kbd>B</kbd> <mark>c</mark>", "<p>a <kbd>B</kbd> <mark>c</mark></p>");
    check("List<int> and Vec<T>", "<p>List&lt;int&gt; and Vec&lt;T&gt;</p>");
    check("a <!-- b --> c", "<p>a  c</p>");
    check("a <b onclick=x>b</b>", "<p>a <b>b</b></p>");
    check("a <script>x</script>", "<p>a &lt;script&gt;x&lt;/script&gt;</p>");
    check("a <b>c", "<p>a <b>c</b></p><b>\n</b>");
    check("a <a href='javascript:x'>b</a>", "<p>a <a>b</a></p>");
    check("a <img src=https://evil.org/a>", "<p>a <img></p>");
    check("a <span class=\"math inline\">b</span>", "<p>a <span class=\"inline\">b</span></p>");
}

#[test]
fn of_the_author_as_a_block() {
    // Nothing of ours gets into an attribute that is never closed.
    let open = render(
        "<div class=\"a>\n$b$\n\n$$c$$ <b title=\">d",
        Format::Markdown,
        Trust::Post,
        &Context::default(),
    );
    sound::check_authors(open.html.as_str());

    let check = |text, html| check(Format::Markdown, text, html);
    check(
        "<div align=\"center\">\n\n*a* $b$\n\n</div>",
        "<div align=\"center\">\n<p><em>a</em> ⟨$b$⟩</p>\n</div>",
    );
    check("<div>\n*a* $b$\n</div>", "<div>\n*a* ⟨$b$⟩\n</div>");
    check("<div title=\"a>$b$\">\n$c$\n</div>", "<div title=\"a&gt;$b$\">\n⟨$c$⟩\n</div>");
    check("<div title='a>$b$'\">$c$</div>", "<div title=\"a&gt;$b$\">⟨$c$⟩</div>");
    check(
        "<details><summary>a</summary>\n\nb\n\n</details>",
        "<details><summary>a</summary>\n<p>b</p>\n</details>",
    );
    check("<!-- a\n\n$b$ -->\n\nc", "<p>c</p>");
    check("<script>\nalert(1)\n</script>\n\na", "<p>a</p>");
    check("<?php\n\necho '>';\n\n?>\n\na", "<p>a</p>");
    check("<![CDATA[\n<b>\n]]>\n\na", "<p>a</p>");
    check("<!DOCTYPE html>\n\na", "<p>a</p>");
    check("<pre>\n$a$\n</pre>", "<pre>$a$\n</pre>");
    check(
        "<table><tr><td>$a|b$</td></tr></table>",
        "<table><tbody><tr><td>⟨$a|b$⟩</td></tr></tbody></table>",
    );
    check("<div>\n\n```\na\n```\n", "<div>\n<pre><code>a\n</code></pre>\n</div>");
    check(
        "<div>see \\eqref{a}</div>\n\n\\begin{equation}x\\label{a}\\end{equation}",
        "<div>see <a class=\"eqref\" href=\"#eqn:a\">(1)</a></div>\n<div class=\"eq\" id=\"eqn:a\">⟪data-number=\"0\"\\begin{equation}x\\label{a}\\end{equation}⟫",
    );
    check("<iframe src=x></iframe>\n\na", "<p>a</p>");
    check("<p>when $i<j$ holds</p>", "<p>when ⟨$i&lt;j$⟩ holds</p>");
    check("<div>$a<b$ and $c>d$</div>", "<div>⟨$a&lt;b$⟩ and ⟨$c&gt;d$⟩</div>");
    check("<div>\n$$\na\n\nb\n$$\n</div>", "<div>\n⟪$$\na\n\nb\n$$⟫\n</div>");
    check("<p>$a &lt; b$ \\$5</p>", "<p>⟨$a &lt; b$⟩ $5</p>");
    check(
        "<table><tr><td>$5</td><td>$6 a$</td></tr></table>",
        "<table><tbody><tr><td>$5</td><td>⟨$6 a$⟩</td></tr></tbody></table>",
    );
    check("a <code>$HOME</code> or <kbd>$x$</kbd>", "<p>a <code>$HOME</code> or <kbd>$x$</kbd></p>");
    check("<div><input></div>", "<div><input disabled=\"\"></div>");
}

#[test]
fn as_other_systems_export_it() {
    let check = |text, html| check(Format::Html, text, html);
    check("<p>a $x_1$ <em>b</em></p>", "<p>a ⟨$x_1$⟩ <em>b</em></p>");
    check("<p>$$a &lt; b$$</p>", "<p>⟪$$a &lt; b$$⟫</p>");
    check("<p>a $x<br>y$</p>", "<p>a $x<br>y$</p>");
    check("<pre><code>$x$</code></pre>", "<pre><code>$x$</code></pre>");
    check("<p onclick=\"x\">a<script>b</script></p>", "<p>a</p>");
    check("<h2>a $x$</h2>", "<h2 id=\"a-x\">a ⟨$x$⟩</h2>");
    check("<h2 id=\"own\">a</h2>", "<h2 id=\"own\">a</h2>");
    check(
        "<p>see \\eqref{a}</p><p>\\begin{equation}x\\label{a}\\end{equation}</p>",
        "<p>see <a class=\"eqref\" href=\"#eqn:a\">(1)</a></p><p><span class=\"eq\" id=\"eqn:a\">⟪data-number=\"0\"\\begin{equation}x\\label{a}\\end{equation}⟫</p>",
    );
    check("<p>a", "<p>a</p>");
    check("<p>&amp;lt; &nbsp;</p>", "<p>&amp;lt; \u{a0}</p>");
    check("a & b < c", "a &amp; b &lt; c");
    check("<p>\\$5 and \\$6 but $x$</p>", "<p>$5 and $6 but ⟨$x$⟩</p>");
}

#[test]
fn of_a_visitor() {
    let check = |text, html| {
        let rendered = rendered(text, Format::Html, Trust::Comment, &Context::default());
        assert_eq!(short(rendered.html.as_str()), html, "from {text:?}");
    };
    check("<p id=\"a\" class=\"b\">$x$ <img src=\"/a.png\"></p>", "<p>⟨$x$⟩ </p>");
    check(
        "<a href=\"https://x.org\">a</a> <a href=\"ftp://x.org\">b</a>",
        "<a href=\"https://x.org\" rel=\"nofollow ugc noopener\">a</a> <a rel=\"nofollow ugc noopener\">b</a>",
    );
    check("<h2>a</h2>", "<h2>a</h2>");
    check(r"$\href{a}{b}$", r#"<code class="bad-math">$\href{a}{b}$</code>"#);
}

#[test]
fn deep_elements_lose_their_tags() {
    let deep = |depth: usize| "<div>".repeat(depth) + "a" + &"</div>".repeat(depth);
    check(Format::Html, &deep(200), &deep(200));
    check(Format::Html, &deep(300), &deep(200));
    check(Format::Html, &"<p>a".repeat(300), "<p>a</p>".repeat(300).as_str());
}
