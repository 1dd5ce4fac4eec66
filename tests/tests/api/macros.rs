//! Macros of the site and of posts, on every kind of page.

use tests::{Engine, Run, Site, html::attributes};

on_each_engine!(macros_stay_in_their_documents, macros_are_in_mathml_and_feeds);

/// Two posts that define the same macros, comments on both, and a paper; the site defines one more.
async fn site(engine: Engine) -> Site {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/macros");
    Run::on(engine).with_folder(folder).set("MACROS__OWN", r"\mathbf{o}").start().await
}

/// What the formulas of a page are typeset from, where that is not their text, and which are refused.
fn written(page: &str) -> (Vec<String>, Vec<&str>) {
    let refused = page.split("<code class=\"bad-math\">").skip(1);
    (attributes(page, "data-expanded"), refused.filter_map(|rest| rest.split('<').next()).collect())
}

async fn macros_stay_in_their_documents(engine: Engine) {
    let site = site(engine).await;
    let own = r"\mathbf{o}";
    let one = [
        own,
        "",
        r"\mathbb{A}",
        r"\langle x,y\rangle",
        own,
        "",
        r"\begin{equation}\mathbb{A}_1\label{it} \end{equation}",
    ];
    let two = ["", r"\operatorname{Tr}\mathbb{B}"];

    let page = site.page("/posts/one").await;
    let (expanded, refused) = written(&page);
    assert_eq!(expanded, [&one[..], &[r"\mathbb{A}", own]].concat());
    assert_eq!(refused, [r"$\pair$", r"$\def\same{\mathbb{C}}$"]);
    assert!(
        page.contains(r#"data-number="0""#) && page.contains(r##"<a class="eqref" href="#eqn:it">(1)</a>"##)
    );
    assert!(page.contains(
        ">$\\newcommand{\\same}{\\mathbb{A}}\\newcommand{\\pair}[2][x]{\\langle #1,#2\\rangle}$</div>"
    ));

    let page = site.page("/posts/two").await;
    let (expanded, refused) = written(&page);
    // The title of the post before it has a macro of the site.
    assert_eq!(expanded, [&two[..], &[own, r"\mathbb{B}"]].concat());
    assert_eq!(refused, [r"$\pair y$"]);

    let page = site.page("/arxiv/2501.00001").await;
    let (expanded, refused) = written(&page);
    assert_eq!(expanded, [own; 2]);
    assert_eq!(refused, [r"$\same$"; 2]);

    let home = site.page("/").await;
    let list = home.split_once("<aside").map_or(&*home, |(list, _)| list);
    assert_eq!(written(list).0, [&two[..], &one].concat());
}

async fn macros_are_in_mathml_and_feeds(engine: Engine) {
    let site = site(engine).await;
    let page = site.page("/posts/one?math=mathml").await;
    let feed = site.page("/feed").await.replace("&lt;", "<").replace("&gt;", ">");
    for text in [page, feed] {
        assert!(text.contains("𝔸") && text.contains("<mtext>(1)</mtext>") && text.contains("𝐨"), "{text}");
    }
}
