//! Examples of a specification: the renderer shows the page that they name, or an exception says why not.

use std::collections::BTreeMap;

use html5ever::tendril::TendrilSink;
use html5ever::{LocalName, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use render::{Context, Format, Trust, render};

/// What a text is to become.
pub(crate) struct Example {
    pub(crate) name: String,
    pub(crate) markdown: String,
    pub(crate) html: String,
}

/// Panics unless all examples but the excepted ones are as specified; `exceptions` are reasons and names.
pub(crate) fn check(examples: &[Example], exceptions: &[(&str, &[&str])]) {
    let excepted: BTreeMap<&str, &str> = exceptions
        .iter()
        .flat_map(|(reason, names)| names.iter().map(move |name| (*name, *reason)))
        .collect();
    let mut wrong = String::new();
    for Example { name, markdown, html } in examples {
        let rendered = render(markdown, Format::Markdown, Trust::Post, &Context::default()).html;
        let same = page(rendered.as_str()) == page(html);
        match excepted.get(name.as_str()) {
            Some(reason) if same => {
                wrong += &format!("example {name} is as specified, and yet excepted: {reason}\n\n");
            }
            None if !same => {
                wrong += &format!("example {name}\n{markdown}is\n{rendered}but should be\n{html}\n");
            }
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
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
