//! Where formulas are, and that Markdown leaves them alone.

use render::{Context, Format, Trust};

use crate::support::short::{rendered, short};

/// What a comment renders to, and the TeX of its formulas.
fn check(text: &str, html: &str) {
    let rendered = rendered(text, Format::Markdown, Trust::Comment, &Context::default());
    assert_eq!(short(rendered.html.as_str()), html, "from {text:?}");
}

#[test]
fn delimiters() {
    check("a $x$ b", "<p>a ⟨$x$⟩ b</p>");
    check(r"a \(x\) b", r"<p>a ⟨\(x\)⟩ b</p>");
    check("a $$x$$ b", "<p>a ⟪$$x$$⟫ b</p>");
    check(r"a \[x\] b", r"<p>a ⟪\[x\]⟫ b</p>");
    check("a $`x`$ b", "<p>a ⟨$x$⟩ b</p>");
    check("$x$", "<p>⟨$x$⟩</p>");
    check("$$x$$", "⟪$$x$$⟫");
    check(r"\[x\]", r"⟪\[x\]⟫");
    check("$$\nx\n$$", "⟪$$\nx\n$$⟫");
    check("```math\nx\n```", "⟪$$x\n$$⟫");
    check("~~~ math\nx\n~~~", "⟪$$x\n$$⟫");
    check("```math\n```", "<pre><code class=\"language-math\"></code></pre>");
    check("$x$$y$", "<p>⟨$x$⟩⟨$y$⟩</p>");
    check("$$x$$ $$y$$", "⟪$$x$$⟫\n⟪$$y$$⟫");
    check("$$x$$\n$$y$$", "⟪$$x$$⟫\n⟪$$y$$⟫");
    check(r"\(\) \[\] $$ $$", "<p>() [] $$ $$</p>");
    check(r"\\(x\\)", r"<p>\(x\)</p>");
    check("$ x$ and $x $", "<p>$ x$ and $x $</p>");
    check("$$$", "<p>$$$</p>");
    check("a $x", "<p>a $x</p>");
    check("a $$x", "<p>a $$x</p>");
    check(r"a \(x", "<p>a (x</p>");
    check(r"a \[x", "<p>a [x</p>");
}

#[test]
fn environments() {
    check(r"\begin{align*}a&<b\\c\end{align*}", r"⟪\begin{align*}a&amp;&lt;b\\c\end{align*}⟫");
    check(r"so\begin{gather*}x\end{gather*}then", r"<p>so⟪\begin{gather*}x\end{gather*}⟫then</p>");
    check(
        "so\n\\begin{equation*}\nx\n\\end{equation*}\nthen",
        "<p>so\n⟪\\begin{equation*}\nx\n\\end{equation*}⟫\nthen</p>",
    );
    check(r"\begin{alignat*}{2}x\end{alignat*}", r"⟪\begin{alignat*}{2}x\end{alignat*}⟫");
    for name in ["multline*", "flalign*", "eqnarray*"] {
        let text = format!("\\begin{{{name}}}x\\end{{{name}}}");
        check(&text, &format!("⟪{text}⟫"));
    }
    check(r"\begin{matrix}a\end{matrix}", r"<p>\begin{matrix}a\end{matrix}</p>");
    check(r"\begin{align*}a", r"<p>\begin{align*}a</p>");
    check("\\begin{align*}\na\n\n# b\n\\end{align*}", "⟪\\begin{align*}\na\n\n# b\n\\end{align*}⟫");
}

#[test]
fn tex_is_untouched() {
    for tex in [
        r"a\\b",
        r"a_b_c",
        r"*a*",
        r"a^*b^*",
        r"\_",
        r"\*",
        r"\#",
        r"&amp;",
        r"a&b",
        "a<b>c",
        r"[a](b)",
        "a~~b~~c",
        "\"a\"",
        "'",
        "![a](b)",
        "<b>",
        "http://a.b",
        r"\{a\}",
        r"\|a\|",
        r"\,\;\!",
        "a  b",
        "`",
        "$",
        "中文",
        "a\\\nb",
    ] {
        let escaped =
            tex.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        check(&format!(r"$$\text{{{tex}}}$$"), &format!(r"⟪$$\text{{{escaped}}}$$⟫"));
    }
    check("*a $x*y$ b*", "<p><em>a ⟨$x*y$⟩ b</em></p>");
    check("a_1 $b_1$ c_1 $d_1$", "<p>a_1 ⟨$b_1$⟩ c_1 ⟨$d_1$⟩</p>");
    check("$a  \nb$", "<p>⟨$a  \nb$⟩</p>");
    check("$a\\\\\nb$", "<p>⟨$a\\\\\nb$⟩</p>");
}

#[test]
fn money() {
    check("costs $5 and $10 per 1M tokens", "<p>costs $5 and $10 per 1M tokens</p>");
    check("costs $5 per call; the loss is $x_1$", "<p>costs $5 per call; the loss is ⟨$x_1$⟩</p>");
    check("pay **$5** or **$6**", "<p>pay <strong>$5</strong> or <strong>$6</strong></p>");
    check("$5-$10", "<p>$5-$10</p>");
    check(r"$\sim$10 and 3$\times$10$^{12}$", r"<p>⟨$\sim$⟩10 and 3⟨$\times$⟩10⟨$^{12}$⟩</p>");
    check(r"\$5 and $x$", "<p>$5 and ⟨$x$⟩</p>");
    check(r"\\$x$", r"<p>\⟨$x$⟩</p>");
    check("价格$x$，是（$y$）。", "<p>价格⟨$x$⟩，是（⟨$y$⟩）。</p>");
    check("US$5, A$6", "<p>US$5, A$6</p>");
    check("$20,000 and $30,000", "<p>$20,000 and $30,000</p>");
    check("$1$ and $2$", "<p>⟨$1$⟩ and ⟨$2$⟩</p>");
    check("`$HOME` and `$PATH`", "<p><code>$HOME</code> and <code>$PATH</code></p>");
}

#[test]
fn precedence() {
    for inside in [
        "# n",
        "- a\n+ b",
        "a\n---\nb",
        "a\n=\nb",
        "> a",
        "a\n\nb",
        "1. a",
        "|a|\n|-|",
        "    a",
        "***",
        "<b>",
    ] {
        let shown = inside.replace('<', "&lt;").replace('>', "&gt;");
        check(&format!("$$\n{inside}\n$$"), &format!("⟪$$\n{shown}\n$$⟫"));
    }
    check("`a $x` y$", "<p><code>a $x</code> y$</p>");
    check("$a `b$ c`", "<p>$a <code>b$ c</code></p>");
    check("``` $x$ ```", "<p><code>$x$</code></p>");
    check("```a``` $`x`$", "<p><code>a</code> $<code>x</code>$</p>");
    check("```\n$x$\n```", "<pre><code>$x$\n</code></pre>");
    check("    $x$", "<pre><code>$x$\n</code></pre>");
    check("a\n    $x$", "<p>a\n⟨$x$⟩</p>");
    check(r"\`$x$\`", "<p>`⟨$x$⟩`</p>");
    check("[a $]$ b](/c)", "<p><a href=\"/c\">a ⟨$]$⟩ b</a></p>");
    check("[$x$](/c)", "<p><a href=\"/c\">⟨$x$⟩</a></p>");
    check("[a](/$b$)", "<p><a href=\"/$b$\">a</a></p>");
    check("[a](/b \"$c$\")", "<p><a href=\"/b\" title=\"$c$\">a</a></p>");
    check(
        "<https://x.org/$a$>",
        "<p><a href=\"https://x.org/$a$\" rel=\"nofollow ugc noopener\">https://x.org/$a$</a></p>",
    );
    check("~~$x$~~", "<p><del>⟨$x$⟩</del></p>");
    check("# $x$ #", "<h1>⟨$x$⟩</h1>");
    check("$x$\n===", "<h1>⟨$x$⟩</h1>");
    check("a $x$\n---", "<h2>a ⟨$x$⟩</h2>");
    check("$$x$$\n---", "⟪$$x$$⟫\n<hr />");
    check("> $$x$$\n> ---\n> a", "<blockquote>\n⟪$$x$$⟫\n<hr />\n<p>a</p>\n</blockquote>");
    check("- $$x$$\n  ---", "<ul>\n<li>\n⟪$$x$$⟫\n<hr />\n</li>\n</ul>");
    check("[$x$]\n\n[$x$]: /a", "<p><a href=\"/a\">⟨$x$⟩</a></p>");
    check("![$x$](/a)", "<p><a href=\"/a\">$x$</a></p>");
    check("$$\na\n```\nb\n```\n$$", "<p>$$\na</p>\n<pre><code>b\n</code></pre>\n<p>$$</p>");
}

#[test]
fn braces() {
    check(r"$\text{if $x_1>0$}$", r"<p>⟨$\text{if $x_1&gt;0$}$⟩</p>");
    check(r"$$\text{if $x$}$$", r"⟪$$\text{if $x$}$$⟫");
    check("$a{b$ c", "<p>$a{b$ c</p>");
    check("$a}b$ c", "<p>$a}b$ c</p>");
    check("$a{$ and $y$", "<p>$a{$ and ⟨$y$⟩</p>");
    check(r"$\{a$", r"<p>⟨$\{a$⟩</p>");
    check("$a\n\nb$", "<p>$a</p>\n<p>b$</p>");
    check("$$a\n\nb$$", "<p>$$a</p>\n<p>b$$</p>");
    check("x $$\na\n\nb\n$$", "<p>x $$\na</p>\n<p>b\n$$</p>");
    check("\\[\na\n\nb\n\\]", "⟪\\[\na\n\nb\n\\]⟫");
}

#[test]
fn tables() {
    let head = "|a|b|\n|-|-|\n";
    let table = |row: &str| {
        format!(
            "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n{row}\n</tr>\n</tbody>\n</table>"
        )
    };
    let row = |cells: &str, html: &str| check(&format!("{head}{cells}"), &table(html));
    row("|$|x|$|$P(y|x)$|", "<td>⟨$|x|$⟩</td>\n<td>⟨$P(y|x)$⟩</td>");
    row(r"|$\|x\|$|y|", "<td>⟨$\\|x\\|$⟩</td>\n<td>y</td>");
    row(r"|c \| d|e|", "<td>c | d</td>\n<td>e</td>");
    row("|`c`|$`d|e`$|", "<td><code>c</code></td>\n<td>⟨$d|e$⟩</td>");
    row(r"|\(a|b\)|$$c|d$$|", "<td>⟨\\(a|b\\)⟩</td>\n<td>⟪$$c|d$$⟫</td>");
    row("|$5|$6|", "<td>$5</td>\n<td>$6</td>");
    row("|$c|d|", "<td>$c</td>\n<td>d</td>");
    check(
        "a|$|b|$\n-|-\nc|d",
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>⟨$|b|$⟩</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>c</td>\n<td>d</td>\n</tr>\n</tbody>\n</table>",
    );
}

#[test]
fn containers() {
    check("- a\n  $$\n  b\n  $$\n- c", "<ul>\n<li>a\n⟪$$\nb\n$$⟫</li>\n<li>c</li>\n</ul>");
    check("1. a  \n   $$\n   b\n   $$  \n   c", "<ol>\n<li>a\n⟪$$\nb\n$$⟫\nc</li>\n</ol>");
    check("- a\n\n  $$\n  b\n  $$\n\n  c", "<ul>\n<li>\n<p>a</p>\n⟪$$\nb\n$$⟫\n<p>c</p>\n</li>\n</ul>");
    check("- $$\n  a\n\n  b\n  $$", "<ul>\n<li>\n⟪$$\na\n\nb\n$$⟫\n</li>\n</ul>");
    check("-\t$$\n\ta\n\t$$", "<ul>\n<li>\n⟪$$\na\n$$⟫\n</li>\n</ul>");
    check("> $$\n> a\n> $$", "<blockquote>\n⟪$$\na\n$$⟫\n</blockquote>");
    check("> a\n> $$\n> > b\n> $$\n> c", "<blockquote>\n<p>a\n⟪$$\n&gt; b\n$$⟫\nc</p>\n</blockquote>");
    check("> $x\n> y$", "<blockquote>\n<p>⟨$x\ny$⟩</p>\n</blockquote>");
    check("> $x\ny$", "<blockquote>\n<p>⟨$x\ny$⟩</p>\n</blockquote>");
    check("> $x\n\ny$", "<blockquote>\n<p>$x</p>\n</blockquote>\n<p>y$</p>");
    check("- > $$\n  > a\n  > $$", "<ul>\n<li>\n<blockquote>\n⟪$$\na\n$$⟫\n</blockquote>\n</li>\n</ul>");
    check("- $a\n- b$", "<ul>\n<li>$a</li>\n<li>b$</li>\n</ul>");
    check("- a\n$$\nb\n$$\n- c", "<ul>\n<li>a\n⟪$$\nb\n$$⟫</li>\n<li>c</li>\n</ul>");
    check(
        "> [!NOTE]\n> $$\n> a\n> $$",
        "<div class=\"markdown-alert markdown-alert-note\">\n<p class=\"markdown-alert-title\">Note</p>\n⟪$$\na\n$$⟫\n</div>",
    );
    check(
        "- [ ] $x$\n- [x] $$y$$",
        "<ul>\n<li><input type=\"checkbox\" disabled=\"\" /> ⟨$x$⟩</li>\n<li><input type=\"checkbox\" checked=\"\" disabled=\"\" /> \n⟪$$y$$⟫\n</li>\n</ul>",
    );
    check("1. a\n\n       $x$\n", "<ol>\n<li>\n<p>a</p>\n<pre><code>$x$\n</code></pre>\n</li>\n</ol>");
    check(
        "- a\n\n  \\begin{align*}\n  b\\\\\n  c\n  \\end{align*}",
        "<ul>\n<li>\n<p>a</p>\n⟪\\begin{align*}\nb\\\\\nc\n\\end{align*}⟫\n</li>\n</ul>",
    );
    check("> ```math\n> a\n> ```", "<blockquote>\n⟪$$a\n$$⟫\n</blockquote>");
    check("- ```math\n  a\n  ```", "<ul>\n<li>\n⟪$$a\n$$⟫\n</li>\n</ul>");
    check("> $$\n> a", "<blockquote>\n<p>$$\na</p>\n</blockquote>");
}

#[test]
fn paragraphs() {
    check("$x$ is **bold**", "<p>⟨$x$⟩ is <strong>bold</strong></p>");
    check("**bold** is $x$", "<p><strong>bold</strong> is ⟨$x$⟩</p>");
    check("$$x$$ is *it*", "<p>⟪$$x$$⟫ is <em>it</em></p>");
    check("*it* is\n$$x$$", "<p><em>it</em> is\n⟪$$x$$⟫</p>");
    check("a  \n$$x$$  \nb", "<p>a\n⟪$$x$$⟫\nb</p>");
    check("$$x$$\n\n***\n\n$y$", "⟪$$x$$⟫\n<hr />\n<p>⟨$y$⟩</p>");
    check("> q\n\n$x$", "<blockquote>\n<p>q</p>\n</blockquote>\n<p>⟨$x$⟩</p>");
    check("$$x$$.", "<p>⟪$$x$$⟫.</p>");
}

#[test]
fn neighbours() {
    check("*$a*$b*", "<p><em>⟨$a*$⟩b</em></p>");
    check("a**$x$**b", "<p>a<strong>⟨$x$⟩</strong>b</p>");
    check("_$x$_ a_$x$_b", "<p><em>⟨$x$⟩</em> a_⟨$x$⟩_b</p>");
    check(
        "the $n$-th, the $n$th, ($n$), \"$n$\", $n$'s",
        "<p>the ⟨$n$⟩-th, the ⟨$n$⟩th, (⟨$n$⟩), &quot;⟨$n$⟩&quot;, ⟨$n$⟩'s</p>",
    );
    check("&lt;$x$&gt;", "<p>&lt;⟨$x$⟩&gt;</p>");
    check(r"$a\$b$", r"<p>⟨$a\$b$⟩</p>");
    check("[$a[b]$](/c)", "<p><a href=\"/c\">⟨$a[b]$⟩</a></p>");
    check(r"# $a \# b$ #", r"<h1>⟨$a \# b$⟩</h1>");
    check("a $x$\nb\n===", "<h1>a ⟨$x$⟩\nb</h1>");
    check("> \t$$\n> \ta\n> \t$$", "<blockquote>\n⟪$$\n\ta\n\t$$⟫\n</blockquote>");
    check("- \\[\n\na\n\\]", "<ul>\n<li>[</li>\n</ul>\n<p>a\n]</p>");
    check(
        "a[^1]\n\n[^1]: $x$\n    $$\n    y\n    $$",
        "<p>a<sup class=\"footnote-ref\"><a href=\"#fn-1\" id=\"fnref-1\" role=\"doc-noteref\">1</a></sup></p>\n<section class=\"fn footnotes\" role=\"doc-endnotes\">\n<ol>\n<li id=\"fn-1\">\n<p>⟨$x$⟩\n⟪$$\ny\n$$⟫ <a href=\"#fnref-1\" class=\"footnote-back\" role=\"doc-backlink\">↩</a></p>\n</li>\n</ol>\n</section>",
    );
    check("- `a\n  $x$` b", "<ul>\n<li><code>a $x$</code> b</li>\n</ul>");
    check("| a $x\n| b$", "<p>| a ⟨$x\n| b$⟩</p>");
    check("1) $x$\n2) $$\n   y\n   $$", "<ol>\n<li>⟨$x$⟩</li>\n<li>\n⟪$$\ny\n$$⟫\n</li>\n</ol>");
    check("$x$\\\n$y$", "<p>⟨$x$⟩<br />\n⟨$y$⟩</p>");
    check("<$x$>", "<p>&lt;⟨$x$⟩&gt;</p>");
    check("\u{200b}$x$\u{200b} \u{202e}$y$", "<p>\u{200b}⟨$x$⟩\u{200b} \u{202e}⟨$y$⟩</p>");
    check("\u{3ffd0}$x$\u{3ffd1}", "<p>\u{3ffd0}⟨$x$⟩\u{3ffd1}</p>");
}

/// Emphasis begins and ends beside a formula as beside punctuation, and within words too.
#[test]
fn emphasis() {
    check("**Loss:**$L$ is small", "<p><strong>Loss:</strong>⟨$L$⟩ is small</p>");
    check("$L$**(loss)** is", "<p>⟨$L$⟩<strong>(loss)</strong> is</p>");
    check("**损失(loss)**$L$", "<p><strong>损失(loss)</strong>⟨$L$⟩</p>");
    check("**$x$:**$y$", "<p><strong>⟨$x$⟩:</strong>⟨$y$⟩</p>");
    check("*a.*$x$~~(b)~~$y$", "<p><em>a.</em>⟨$x$⟩<del>(b)</del>⟨$y$⟩</p>");
    check("a**$x$**b*$y$*c", "<p>a<strong>⟨$x$⟩</strong>b<em>⟨$y$⟩</em>c</p>");
    check("_$x$_ and a_$x$_b", "<p><em>⟨$x$⟩</em> and a_⟨$x$⟩_b</p>");
}

/// Code comes first, also where a formula would end in it.
#[test]
fn code_spans_that_close_a_formula() {
    check("It costs $5 and uses `$PATH` twice.", "<p>It costs $5 and uses <code>$PATH</code> twice.</p>");
    check("Set $HOME to `$PATH`, $x$.", "<p>Set $HOME to <code>$PATH</code>, ⟨$x$⟩.</p>");
    check("open with $$ and close with `$$`", "<p>open with $$ and close with <code>$$</code></p>");
    check(r"\[ ends with `\]`", r"<p>[ ends with <code>\]</code></p>");
    check(
        r"$\`a`$ and $\text{``q''}$, $\text{``r''}$",
        r"<p>⟨$\`a`$⟩ and ⟨$\text{``q''}$⟩, ⟨$\text{``r''}$⟩</p>",
    );
    check("$a `b` c$", "<p>⟨$a `b` c$⟩</p>");
    check(
        "| a | b |\n|---|---|\n| costs $5 | `$x` |",
        "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>costs $5</td>\n<td><code>$x</code></td>\n</tr>\n</tbody>\n</table>",
    );
}

#[test]
fn empty_displays() {
    check("$$\n$$\n\na $x$\n\n$$\ny\n$$", "<p>$$\n$$</p>\n<p>a ⟨$x$⟩</p>\n⟪$$\ny\n$$⟫");
    check("$$\n\n# a\n$$", "⟪$$\n\n# a\n$$⟫");
    check("$$\n\n$$\n\n$$x$$", "<p>$$\n\n$$</p>\n⟪$$x$$⟫");
    check("$$ $$ and $$x$$", "<p>$$ $$ and ⟪$$x$$⟫</p>");
}

#[test]
fn underlines() {
    check("$$x$$\n===", "<h1>⟪$$x$$⟫</h1>");
    check("$$x$$\n===\n    $y$", "<h1>⟪$$x$$⟫</h1>\n<pre><code>$y$\n</code></pre>");
    check("$$x$$\n---", "⟪$$x$$⟫\n<hr />");
}

#[test]
fn displays_below_tables() {
    let table = "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>";
    for display in [
        "$$ z $$",
        "\\[ z|w \\]",
        "$$\nx\n$$",
        "\\[\nx\n\\]",
        "\\begin{align*}\nx\n\\end{align*}",
        "$$\n\n| x |\n\n$$",
    ] {
        check(&format!("| a |\n|---|\n| b |\n{display}"), &format!("{table}\n⟪{display}⟫"));
        check(
            &format!("> | a |\n> |---|\n> | b |\n> {}", display.replace('\n', "\n> ")),
            &format!("<blockquote>\n{table}\n⟪{display}⟫\n</blockquote>"),
        );
        let indented = display.replace('\n', "\n\t");
        check(
            &format!("-\t| a |\n\t|---|\n\t| b |\n\t{indented}"),
            &format!("<ul>\n<li>\n{table}\n⟪{display}⟫\n</li>\n</ul>"),
        );
    }
    check(
        "| a |\n|---|\n| b |\n$$x$$ | c",
        &table.replace("</tbody>", "<tr>\n<td>⟪$$x$$⟫</td>\n</tr>\n</tbody>"),
    );
}

#[test]
fn chinese() {
    check("**事后（reactive）**正则", "<p><strong>事后（reactive）</strong>正则</p>");
    check("**方法（$f_1$）**正则", "<p><strong>方法（⟨$f_1$⟩）</strong>正则</p>");
    check(
        "见https://x.org/a，后",
        "<p>见<a href=\"https://x.org/a\" rel=\"nofollow ugc noopener\">https://x.org/a</a>，后</p>",
    );
    check("（www.x.org）", "<p>（www.x.org）</p>");
    check(
        "见https://x.org/$a$/b，后",
        "<p>见<a href=\"https://x.org/$a$/b\" rel=\"nofollow ugc noopener\">https://x.org/$a$/b</a>，后</p>",
    );
    check(
        "见 www.x.org/a，后",
        "<p>见 <a href=\"http://www.x.org/a\" rel=\"nofollow ugc noopener\">www.x.org/a</a>，后</p>",
    );
    check("若$x>0$则$y<0$。", "<p>若⟨$x&gt;0$⟩则⟨$y&lt;0$⟩。</p>");
    check("式\\(a\\)与“$b$”、《$c$》", "<p>式⟨\\(a\\)⟩与“⟨$b$⟩”、《⟨$c$⟩》</p>");
    check("*强调*，_强调_。", "<p><em>强调</em>，<em>强调</em>。</p>");
}
