//! Markdown without formulas: CommonMark, and the extensions of GitHub.

use render::{Context, Format, Trust};

use crate::support::short::{rendered, short};

/// What a post renders to.
fn check(text: &str, html: &str) {
    let rendered = rendered(text, Format::Markdown, Trust::Post, &Context::default());
    assert_eq!(short(rendered.html.as_str()), html, "from {text:?}");
}

#[test]
fn words() {
    check(
        "*a* **b** ***c*** `d`",
        "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em> <code>d</code></p>",
    );
    check("~~a~~ ~b~", "<p><del>a</del> <del>b</del></p>");
    check("a_b_c", "<p>a_b_c</p>");
    check("``a ` b``", "<p><code>a ` b</code></p>");
    check("`a & <b>`", "<p><code>a &amp; &lt;b&gt;</code></p>");
    check("&copy; &amp; & &#35; &#0;", "<p>© &amp; &amp; # \u{fffd}</p>");
    check(r"\*a\* \# \\", r"<p>*a* # \</p>");
    check("a  \nb\\\nc\nd", "<p>a<br />\nb<br />\nc\nd</p>");
    check("a\u{0}b", "<p>a\u{fffd}b</p>");
    check("a\r\nb\rc", "<p>a\nb\nc</p>");
    check("\u{feff}# a", "<h1 id=\"a\">a</h1>");
    check("", "");
    check(" \n\t\n", "");
}

#[test]
fn blocks() {
    check("# a\n## b ##\n###### c", "<h1 id=\"a\">a</h1>\n<h2 id=\"b\">b</h2>\n<h6 id=\"c\">c</h6>");
    check("####### a", "<p>####### a</p>");
    check("#a", "<p>#a</p>");
    check("a\n===\n\nb\n---", "<h1 id=\"a\">a</h1>\n<h2 id=\"b\">b</h2>");
    check("***\n- - -\n___", "<hr />\n<hr />\n<hr />");
    check("> a\nb\n\n> c", "<blockquote>\n<p>a\nb</p>\n</blockquote>\n<blockquote>\n<p>c</p>\n</blockquote>");
    check(
        "- a\n- b\n\n- c",
        "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n<li>\n<p>c</p>\n</li>\n</ul>",
    );
    check("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>");
    check(
        "- a\n  - b\n    - c",
        "<ul>\n<li>a\n<ul>\n<li>b\n<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n</li>\n</ul>",
    );
    check("-\ta\n\n\tb", "<ul>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ul>");
    check("-", "<ul>\n<li></li>\n</ul>");
    check("\ta", "<pre><code>a\n</code></pre>");
    check("~~~\na\n~~~", "<pre><code>a\n</code></pre>");
    check("```\na", "<pre><code>a</code></pre>");
    check("```nothing\n<a>\n```", "<pre><code class=\"language-nothing\">&lt;a&gt;\n</code></pre>");
}

#[test]
fn code_is_coloured() {
    check(
        "```rust\nfn f() {}\n```",
        "<pre><code class=\"language-rust\"><span class=\"hl-k\">fn</span> <span class=\"hl-f\">f</span>() {}\n</code></pre>",
    );
    check(
        "```python\n'''\n```\nb",
        "<pre><code class=\"language-python\"><span class=\"hl-c\">'''\n</span></code></pre>\n<p>b</p>",
    );
    check(
        "```py\nx = 1 # <b>\n```",
        "<pre><code class=\"language-py\">x = <span class=\"hl-n\">1</span> <span class=\"hl-c\"># &lt;b&gt;\n</span></code></pre>",
    );
    check(
        "```\"><script>\na\n```",
        "<pre><code class=\"language-&quot;&gt;&lt;script&gt;\">a\n</code></pre>",
    );
}

#[test]
fn links() {
    check("[a <b@c.de> d](/u)", "<p><a href=\"/u\">a b@c.de d</a></p>");
    check(
        "[a <https://b.org> [c](/d) e](/u)",
        "<p>[a <a href=\"https://b.org\">https://b.org</a> <a href=\"/d\">c</a> e](/u)</p>",
    );
    check("[a](/b 'c')", "<p><a href=\"/b\" title=\"c\">a</a></p>");
    check("[a]\n\n[A]: /b", "<p><a href=\"/b\">a</a></p>");
    check("[a][]", "<p>[a][]</p>");
    check(
        "<https://x.org> <a@x.org>",
        "<p><a href=\"https://x.org\">https://x.org</a> <a href=\"mailto:a@x.org\">a@x.org</a></p>",
    );
    check(
        "see https://x.org/a_b_c. www.x.org, a@x.org",
        "<p>see <a href=\"https://x.org/a_b_c\">https://x.org/a_b_c</a>. <a href=\"http://www.x.org\">www.x.org</a>, <a href=\"mailto:a@x.org\">a@x.org</a></p>",
    );
    check("(https://x.org/a(b))", "<p>(<a href=\"https://x.org/a(b)\">https://x.org/a(b)</a>)</p>");
    check("![a *b*](/c.png \"d\")", "<p><img src=\"/c.png\" alt=\"a b\" title=\"d\" /></p>");
    check("[![a](/b.png)](/c)", "<p><a href=\"/c\"><img src=\"/b.png\" alt=\"a\" /></a></p>");
    check("![a](https://other.org/b.png)", "<p><a href=\"https://other.org/b.png\">a</a></p>");
    check("[a](</b c>)", "<p><a href=\"/b%20c\">a</a></p>");
}

#[test]
fn tables() {
    check(
        "|a|b|c|\n|:-|-:|:-:|\n|d|",
        "<table>\n<thead>\n<tr>\n<th align=\"left\">a</th>\n<th align=\"right\">b</th>\n<th align=\"center\">c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"left\">d</td>\n<td align=\"right\"></td>\n<td align=\"center\"></td>\n</tr>\n</tbody>\n</table>",
    );
    check("a | b\n- | -\n\nc", "<p>a | b</p>\n<ul>\n<li>| -</li>\n</ul>\n<p>c</p>");
    check(
        "|a|\n|-|\n|b|c|\nd",
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n<tr>\n<td>d</td>\n</tr>\n</tbody>\n</table>",
    );
    check(
        "a\n|b|\n|-|\n|c|",
        "<p>a</p>\n<table>\n<thead>\n<tr>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n</tr>\n</tbody>\n</table>",
    );
    check("|a|b|\n|-|\n", "<p>|a|b|\n|-|</p>");
}

#[test]
fn tasks() {
    check(
        "- [ ] a\n- [x] b",
        "<ul>\n<li><input type=\"checkbox\" disabled=\"\" /> a</li>\n<li><input type=\"checkbox\" checked=\"\" disabled=\"\" /> b</li>\n</ul>",
    );
    check("- [x]a", "<ul>\n<li>[x]a</li>\n</ul>");
    check(
        "1. [X] a\n   - [ ] b",
        "<ol>\n<li><input type=\"checkbox\" checked=\"\" disabled=\"\" /> a\n<ul>\n<li><input type=\"checkbox\" disabled=\"\" /> b</li>\n</ul>\n</li>\n</ol>",
    );
}

#[test]
fn notes() {
    check(
        "a[^1]\n\n[^1]: b",
        "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"fn footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-1\">\n<p>b <a href=\"#fnref-1\" class=\"footnote-back\" role=\"doc-backlink\">↩</a></p>\n</li>\n</ol>\n</section>",
    );
    check(
        "a[^n] b[^n]\n\n[^n]: c",
        "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-n\" id=\"fnref-n\" role=\"doc-noteref\">1</a></sup> b<sup class=\"footnote-ref\"><a href=\"#fn-n\" id=\"fnref-n-2\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"fn footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-n\">\n<p>c <a href=\"#fnref-n\" class=\"footnote-back\" role=\"doc-backlink\">↩</a> <a href=\"#fnref-n-2\" class=\"footnote-back\" role=\"doc-backlink\">↩<sup>2</sup></a></p>\n</li>\n</ol>\n</section>",
    );
    check("a[^x]", "<p>a[^x]</p>");
    check("[^1]: never used", "");
    check(
        "a[^b]\n\n[^b]: c[^d]\n\n[^d]: e",
        "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-b\" id=\"fnref-b\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"fn footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-b\">\n<p>c<sup class=\"footnote-ref\"><a href=\"#fn-d\" id=\"fnref-d\" role=\"doc-noteref\">2</a></sup> <a href=\"#fnref-b\" class=\"footnote-back\" role=\"doc-backlink\">↩</a></p>\n</li>\n<li id=\"fn-d\">\n<p>e <a href=\"#fnref-d\" class=\"footnote-back\" role=\"doc-backlink\">↩</a></p>\n</li>\n</ol>\n</section>",
    );
    check(
        "a[^1]\n\n[^1]: b\n\n    c\n\n    - d",
        "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"fn footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-1\">\n<p>b</p>\n<p>c</p>\n<ul>\n<li>d</li>\n</ul>\n <a href=\"#fnref-1\" class=\"footnote-back\" role=\"doc-backlink\">↩</a>\n</li>\n</ol>\n</section>",
    );
}

#[test]
fn alerts() {
    check(
        "> [!NOTE]\n> a",
        "<div class=\"markdown-alert markdown-alert-note\">\n<p class=\"markdown-alert-title\">Note</p>\n<p>a</p>\n</div>",
    );
    check(
        "> [!WARNING] Mind *the* $x$\n> a",
        "<div class=\"markdown-alert markdown-alert-warning\">\n<p class=\"markdown-alert-title\">Mind *the* ⟨$x$⟩</p>\n<p>a</p>\n</div>",
    );
    check("> [!OTHER]\n> a", "<blockquote>\n<p>[!OTHER]\na</p>\n</blockquote>");
}
