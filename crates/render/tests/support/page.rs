//! A client as `docs/live-patches.md` describes it, on strings and from JSON.

use render::Patch;
use serde_json::Value;

/// The page of one document.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    pub blocks: Vec<String>,
    pub tail: String,
    pub seq: u64,
    pub ended: bool,
}

impl Page {
    pub fn html(&self) -> String {
        self.blocks.concat() + &self.tail
    }

    pub fn apply_all(&mut self, patches: &[Patch]) {
        for patch in patches {
            self.apply(&serde_json::to_value(patch).unwrap());
        }
    }

    fn apply(&mut self, patch: &Value) {
        let text = |field: &str| patch[field].as_str().unwrap_or_default().to_owned();
        let number = |field: &str| patch[field].as_u64().unwrap_or_default();
        let seq = number("seq");
        if patch["op"] == "snapshot" {
            let blocks = patch["blocks"].as_array().unwrap();
            assert_eq!(patch["v"], 1);
            self.blocks = blocks.iter().map(|block| block.as_str().unwrap().to_owned()).collect();
            (self.tail, self.seq, self.ended) = (text("tail"), seq, patch["ended"].as_bool().unwrap());
            return;
        }
        assert_eq!(seq, self.seq + 1, "a patch is missing before {patch}");
        assert!(!self.ended, "{patch} after the end");
        self.seq = seq;
        match patch["op"].as_str().unwrap() {
            "append" => {
                let block = kept(&self.tail, number("keep")) + &text("html");
                self.blocks.push(block);
                self.tail.clear();
            }
            "tail" => self.tail = kept(&self.tail, number("keep")) + &text("html"),
            "text" => {
                let at = self.tail.rfind("</code></pre>").expect("the tail ends in code");
                let escaped = text("text")
                    .replace('&', "&amp;")
                    .replace('<', "&lt;")
                    .replace('>', "&gt;")
                    .replace('"', "&quot;");
                self.tail.insert_str(at, &escaped);
            }
            "replace" => self.blocks[number("block") as usize] = text("html"),
            "end" => self.ended = true,
            op => panic!("no such patch: {op}"),
        }
    }
}

/// The first UTF-16 units of a text.
fn kept(text: &str, units: u64) -> String {
    let units: Vec<u16> = text.encode_utf16().take(units as usize).collect();
    String::from_utf16(&units).expect("no surrogate pair is parted")
}
