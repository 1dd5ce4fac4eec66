use serde_json::Value;

/// A document put together from its patches, as `docs/live-patches.md` tells a client to.
#[derive(Debug, Default)]
pub(super) struct Patched {
    blocks: Vec<String>,
    tail: String,
}

impl Patched {
    /// Applies one patch as it goes over the wire.
    pub(super) fn apply(&mut self, patch: &Value) {
        let text = |name: &str| patch[name].as_str().unwrap_or_default();
        let kept = || kept(&self.tail, patch["keep"].as_u64().unwrap_or(0));
        match text("op") {
            "append" => {
                self.blocks.push(format!("{}{}", kept(), text("html")));
                self.tail.clear();
            }
            "tail" => self.tail = format!("{}{}", kept(), text("html")),
            "text" => {
                let end = self.tail.rfind("</code></pre>").unwrap_or(self.tail.len());
                self.tail.insert_str(end, &escaped(text("text")));
            }
            "replace" => {
                let block = patch["block"].as_u64().and_then(|block| self.blocks.get_mut(block as usize));
                if let Some(block) = block {
                    *block = text("html").to_owned();
                }
            }
            "snapshot" => {
                let blocks = patch["blocks"].as_array().into_iter().flatten();
                self.blocks = blocks.filter_map(|block| block.as_str().map(str::to_owned)).collect();
                self.tail = text("tail").to_owned();
            }
            _ => {}
        }
    }

    /// The page as it stands.
    pub(super) fn html(&self) -> String {
        self.blocks.concat() + &self.tail
    }
}

/// The first `units` UTF-16 code units of a text.
fn kept(text: &str, units: u64) -> &str {
    let mut before = 0;
    let end = text.char_indices().find(|(_, character)| {
        let here = before >= units;
        before += character.len_utf16() as u64;
        here
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(patches: &str, html: &str) {
        let mut page = Patched::default();
        for patch in serde_json::from_str::<Vec<Value>>(patches).expect("JSON") {
            page.apply(&patch);
        }
        assert_eq!(page.html(), html);
    }

    #[test]
    fn patches_make_a_page() {
        check(r#"[{"op":"tail","seq":1,"html":"<p>a"},{"op":"append","seq":2,"keep":4}]"#, "<p>a");
        check(r#"[{"op":"tail","seq":1,"html":"𝑥yz"},{"op":"tail","seq":2,"keep":3,"html":"!"}]"#, "𝑥y!");
        check(
            r#"[{"op":"tail","html":"<pre><code>a\n</code></pre>\n"},{"op":"text","text":"b<\n"}]"#,
            "<pre><code>a\nb&lt;\n</code></pre>\n",
        );
        check(
            r#"[{"op":"append","html":"1"},{"op":"append","html":"2"},{"op":"replace","block":0,"html":"3"}]"#,
            "32",
        );
        check(
            r#"[{"op":"append","html":"1"},{"op":"snapshot","blocks":["4"],"tail":"5"},{"op":"end"}]"#,
            "45",
        );
    }
}
