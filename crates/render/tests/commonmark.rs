//! The examples of CommonMark 0.31.2, from the npm package that carries its text.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use html5ever::tendril::TendrilSink;
use html5ever::{LocalName, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use render::{Context, Format, Trust, render};

const SPECIFICATION: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/node_modules/commonmark-spec/spec.txt");

/// Why pages differ from the specification, and in which examples.
const EXCEPTIONS: &[(&str, &[usize])] = &[
    (
        "comments, instructions and declarations, which nobody sees, are not sent",
        &[177, 179, 180, 182, 183, 308, 309, 625, 626, 627, 628, 629],
    ),
    ("scripts and style sheets in a text are dropped", &[170, 172, 173, 176, 178]),
    ("an element that is not on the allow-list loses its tags in an HTML block", &[150, 163, 171]),
    (
        "a tag that is not on the allow-list is text among words, as in `List<int>`",
        &[201, 491, 524, 536, 613, 614, 615, 617, 623],
    ),
    ("an attribute that is not on the allow-list is dropped", &[169, 616]),
    ("a bare address is a link, as on GitHub", &[602, 608, 611, 612]),
];

#[test]
fn examples_of_commonmark() {
    let specification = std::fs::read_to_string(SPECIFICATION).unwrap_or_else(|error| {
        panic!("{SPECIFICATION}: {error}; `./just web` installs the package that holds it")
    });
    let examples = examples(&specification);
    assert_eq!(examples.len(), 652, "examples of CommonMark 0.31.2");
    let excepted: BTreeMap<usize, &str> = EXCEPTIONS
        .iter()
        .flat_map(|(reason, numbers)| numbers.iter().map(move |number| (*number, *reason)))
        .collect();
    let mut wrong = String::new();
    for (number, (markdown, html)) in (1..).zip(&examples) {
        let rendered = render(markdown, Format::Markdown, Trust::Post, &Context::default()).html;
        let same = page(rendered.as_str()) == page(html);
        match excepted.get(&number) {
            Some(reason) if same => {
                wrong += &format!("example {number} is as specified, and yet excepted: {reason}\n\n");
            }
            None if !same => {
                wrong += &format!("example {number}\n{markdown}is\n{rendered}but should be\n{html}\n");
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Markdown and HTML of each example, in order.
fn examples(specification: &str) -> Vec<(String, String)> {
    let fence = "`".repeat(32);
    let begin = format!("{fence} example");
    let mut lines = specification.lines();
    let mut examples = Vec::new();
    while lines.any(|line| line == begin) {
        let mut part = |end: &str| -> String {
            lines
                .by_ref()
                .take_while(|line| *line != end)
                .map(|line| line.replace('→', "\t") + "\n")
                .collect()
        };
        examples.push((part("."), part(&fence)));
    }
    examples
}

/// The page that a browser makes of HTML: how tags and entities are spelt, and which tags are left out, is no part of
/// it.
fn page(html: &str) -> String {
    let body = QualName::new(None, ns!(html), local_name!("body"));
    let dom = parse_fragment(RcDom::default(), Default::default(), body, Vec::new(), false).one(html);
    let mut out = String::new();
    let root = dom.document.children.borrow()[0].clone();
    for child in root.children.borrow().iter() {
        write(&mut out, child, false);
    }
    out
}

fn write(out: &mut String, node: &Handle, code: bool) {
    match &node.data {
        NodeData::Text { contents } => {
            let text = contents.borrow().replace('<', "&lt;");
            // White space beside blocks does not show.
            let begins = out.is_empty() || out.ends_with(BESIDE);
            out.push_str(if begins && !code { text.trim_start() } else { &text });
        }
        NodeData::Comment { contents } => out.push_str(&format!("<!--{contents}-->")),
        NodeData::Element { name, attrs, .. } => {
            let name = &name.local;
            let value = |wanted: &str| {
                let attrs = attrs.borrow();
                attrs.iter().find(|attr| &*attr.name.local == wanted).map(|attr| attr.value.to_string())
            };
            // Code is coloured.
            let colour =
                *name == local_name!("span") && value("class").is_some_and(|class| class.starts_with("hl-"));
            // Headings have ids, so that one can link to them.
            let heading = name.len() == 2 && name.starts_with('h');
            let mut attributes: Vec<String> = attrs
                .borrow()
                .iter()
                .filter(|attr| !(heading && attr.name.local == local_name!("id")))
                .map(|attr| format!(" {}={:?}", attr.name.local, &*attr.value))
                .collect();
            attributes.sort();
            let tags = [format!("<{name}{}>", attributes.concat()), format!("</{name}>")];
            let [open, close] = if colour { Default::default() } else { tags };
            let code = code || *name == local_name!("pre");
            edge(out, name);
            out.push_str(&open);
            edge(out, name);
            for child in node.children.borrow().iter() {
                write(out, child, code);
            }
            if !code {
                edge(out, name);
            }
            out.push_str(&close);
            edge(out, name);
        }
        _ => {}
    }
}

/// What follows the edge of a block.
const BESIDE: char = '\n';

fn edge(out: &mut String, name: &LocalName) {
    let words = ["a", "b", "code", "del", "em", "i", "img", "br", "ins", "span", "strong"];
    if !words.contains(&&**name) {
        out.truncate(out.trim_end().len());
        out.push(BESIDE);
    }
}
