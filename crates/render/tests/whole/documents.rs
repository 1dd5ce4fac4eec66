//! Documents as people, models and archives write them.

use render::{Context, Format, Labels, Rendered, Trust};

use crate::support::short::rendered;

/// Compares what a text yields with `snapshots/…@name.snap`.
fn check(name: &str, trust: Trust, context: &Context, text: &str) -> Labels {
    let rendered = rendered(text, Format::Markdown, trust, context);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, shown(text, &rendered));
    });
    rendered.labels
}

/// Joined, the parts of a text are all of it; each says where it begins.
#[test]
fn parts_are_the_whole() {
    let text = "One.\n\n# Two\n\n$$x$$\n\n<details><summary>a</summary>\n\nb\n\n</details>\n\nlast[^1]\n\n[^1]: note\n";
    let joined = |format| {
        let rendered = rendered(text, format, Trust::Post, &Context::default());
        let parts = rendered.elements();
        let joined: String = parts.iter().map(|part| part.html).collect();
        assert_eq!(joined, rendered.html.as_str(), "{format:?}");
        parts.iter().map(|part| part.line).collect::<Vec<_>>()
    };
    assert_eq!(joined(Format::Markdown), [1, 3, 5, 7, 7, 7]);
    for format in [Format::Html, Format::Text] {
        assert!(joined(format).iter().all(|line| *line == 1), "{format:?}");
    }
    assert_eq!(Rendered::default().elements(), []);
}

fn shown(source: &str, rendered: &Rendered) -> String {
    let lines = |lines: Vec<String>| lines.iter().map(|line| format!("  {line}\n")).collect::<String>();
    let headings =
        rendered.headings.iter().map(|heading| format!("{} #{} {}", heading.level, heading.id, heading.text));
    let labels = rendered.labels.iter().map(|(label, number)| format!("{label} = {number}"));
    let warnings = rendered
        .warnings
        .iter()
        .map(|warning| format!("{:?} at {}", warning.kind, &source[warning.range.clone()]));
    format!(
        "{}\nheadings\n{}labels\n{}warnings\n{}text\n{}",
        rendered.html,
        lines(headings.collect()),
        lines(labels.collect()),
        lines(warnings.collect()),
        lines(rendered.text.lines().map(str::to_owned).collect()),
    )
}

const POST: &str = r#"Rotations are the **cheapest** way to tell a model where a word stands. This post derives them from one wish:
the score of two words should depend on their distance only.

## A wish, as an equation

Let $f(x, m)$ be the vector of the word $x$ at the place $m$. The wish is
\begin{equation}
\langle f(x, m), f(y, n)\rangle = g(x, y, m - n) \label{wish}
\end{equation}
for all $m$ and $n$.[^all] In two dimensions \eqref{wish} has a solution that fits in one line:

\begin{align}
f(x, m) &= R_m x, & R_m &= \begin{pmatrix} \cos m\theta & -\sin m\theta \\ \sin m\theta & \cos m\theta \end{pmatrix} \label{turn} \\
R_m^{\top} R_n &= R_{n-m} \notag
\end{align}

> A rotation keeps lengths, and
> $$
> \lVert R_m x\rVert = \lVert x\rVert
> \tag{$\ast$}\label{length}
> $$
> is all that training needs.

## What it costs: \eqref{turn} in practice

| method | parameters | cost of $|x|=d$ | price |
|---|--:|:-:|---|
| learned | $L\cdot d$ | $O(1)$ | $5 |
| rotated | 0 | $O(d)$ | $6 or $7 |

1. Compute $\theta_i = 10000^{-2i/d}$.
2. Turn each pair:
   $$
   \begin{aligned}
   a' &= a\cos m\theta_i - b\sin m\theta_i \\
   b' &= a\sin m\theta_i + b\cos m\theta_i
   \end{aligned}
   $$
   - without a matrix, as `$(a, b)` in the code below;
   - in place.
3. [x] Done[^all], see \eqref{length} and \eqref{missing}.

```rust
/// Turns a pair by `m * theta`.
fn turn(a: f32, b: f32, angle: f32) -> (f32, f32) {
    (a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()) // $not$ a formula
}
```

<details><summary>Proof of <i>one</i> line</summary>

Multiply out, with $\cos^2 + \sin^2 = 1$.

</details>

![A turn](/media/turn.png "by $\theta$")
See [the paper](https://example.org/a_b_c?x=1&y=2) or https://example.org/turns.

[^all]: Or for all up to $L$, by \eqref{wish}.
"#;

#[test]
fn a_post_and_its_comments() {
    let context = Context { deeper: 1, ..Context::default() };
    let labels = check("post", Trust::Post, &context, POST);
    let context = Context { prefix: "c12-".into(), labels, ..Context::default() };
    check(
        "comment",
        Trust::Comment,
        &context,
        r#"Thanks! Two remarks on \eqref{turn}:

* in `Vec<f32>` the line **(a, b)** is `a[2*i], a[2*i+1]`, isn't it?
* <b>I</b> get
  \begin{equation}
  R_m R_n = R_{m+n} \label{sum}
  \end{equation}
  so \eqref{sum} pays $5 instead of $10 :)

> is all that training needs

No: $\href{javascript:alert(1)}{x}$ and ![this](https://tracker.example/a.png), [really](javascript:alert(1)).
"#,
    );
}

#[test]
fn an_answer() {
    check(
        "answer",
        Trust::Answer,
        &Context { prefix: "a3-q2-".into(), deeper: 2, ..Context::default() },
        r#"### 1. The method

The paper **replaces** the update $\Delta W$ by a product:  
$$
W = W_0 + \frac{\alpha}{r} B A, \qquad B \in \mathbb{R}^{m\times r}
$$  
where:

- \(r \ll \min(m, n)\) is the *rank*;
- $\alpha$ scales it:

  $$
  \alpha = \begin{cases}
  2r & \text{if $r > 8$} \\
  16 & \text{otherwise}
  \end{cases}
  $$

- the loss is

\[
\mathcal{L}(A, B)
= \sum_i \ell(x_i)
\]

| setting | score |
|:--|--:|
| $r=8$ | **91.2** |
| full | 91.0 (`d|d`) |

> [!NOTE]
> The authors train for $5 an hour; at $r=64$ it is $10.

```math
\lVert BA \rVert_F \le 1
```

Code: [repository](https://code.example/lora), [p. 7]. An unfinished \(x + y
"#,
    );
}

#[test]
fn chinese_text() {
    check(
        "chinese",
        Trust::Post,
        &Context::default(),
        r#"# 旋转位置编码：方法（$R_m$）

**设$x$为词向量（$x\in\mathbb{R}^d$），**则有
$$
R_m^{\top}R_n=R_{n-m},\quad\text{其中$m,n$为位置}
$$
即式\eqref{rot}。参见https://example.org/论文，或（见www.example.org）。

\begin{equation}f(x,m)=R_mx\label{rot}\end{equation}

## 代价

- **时间**：每步$O(d)$；
- ~~空间~~：“$0$”个参数，价格$5，而不是$10。

### 代价

1. 一、`$a$`与“《$b$》”
2. 二[^注]

[^注]: 见式\eqref{rot}。
"#,
    );
}

#[test]
fn an_abstract() {
    check(
        "abstract",
        Trust::Paper,
        &Context::default(),
        "We study PSPO*, a policy with a_b regularisation: for $\\epsilon<10^{-3}$ it needs $\\sim$10 times fewer steps, \
         3$\\times$10$^{12}$ in all, at <5% of the cost ($5 against $100).\n\n# This is no heading, \\(x\\) is a formula, \
         and $\\href{x}{y}$ is refused: $$\\min_x f(x).$$",
    );
}
