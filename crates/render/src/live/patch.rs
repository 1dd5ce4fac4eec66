//! What goes to the page. `docs/live-patches.md` describes the format for those who write a client.

use serde::Serialize;

use crate::html::escape;

/// A change of the page that shows one document. All positions count UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum Patch {
    /// The first `keep` units of the tail and then `html` become a block; the tail becomes empty.
    Append {
        /// Which patch of the document this is, from 1.
        seq: u64,
        /// Units of the tail that remain.
        #[serde(skip_serializing_if = "is_zero")]
        keep: usize,
        /// What follows them.
        #[serde(skip_serializing_if = "String::is_empty")]
        html: String,
    },
    /// The tail keeps its first `keep` units; `html` follows.
    Tail {
        /// Which patch of the document this is, from 1.
        seq: u64,
        /// Units of the tail that remain.
        #[serde(skip_serializing_if = "is_zero")]
        keep: usize,
        /// What follows them.
        #[serde(skip_serializing_if = "String::is_empty")]
        html: String,
    },
    /// Text is added at the end of the code block that the tail ends in.
    Text {
        /// Which patch of the document this is, from 1.
        seq: u64,
        /// Plain text.
        text: String,
    },
    /// A block changes because of something that came later.
    Replace {
        /// Which patch of the document this is, from 1.
        seq: u64,
        /// The number of the block, from 0.
        block: usize,
        /// The block as it is now.
        #[serde(skip_serializing_if = "String::is_empty")]
        html: String,
    },
    /// Nothing follows.
    End {
        /// Which patch of the document this is, from 1.
        seq: u64,
    },
    /// Everything so far, for a reader who has nothing or has lost something.
    Snapshot {
        /// The patch after which the page looks like this; 0 before the first.
        seq: u64,
        /// The version of this format.
        v: u32,
        /// The blocks.
        blocks: Vec<String>,
        /// The tail.
        tail: String,
        /// Whether nothing follows.
        ended: bool,
    },
}

/// The version of the format.
pub(super) const VERSION: u32 = 1;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_zero(keep: &usize) -> bool {
    *keep == 0
}

/// The units that both begin with, and what follows them in the new text.
pub(super) fn difference<'n>(old: &str, new: &'n str) -> (usize, &'n str) {
    let same = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
    let mut end = same;
    while !new.is_char_boundary(end) {
        end -= 1;
    }
    (new[..end].encode_utf16().count(), &new[end..])
}

/// The text that was added to the code block which both end in, if that is all the difference.
pub(super) fn added_code(old: &str, new: &str) -> Option<String> {
    const END: &str = "</code></pre>";
    let (old_code, old_rest) = old.rsplit_once(END)?;
    let (new_code, new_rest) = new.rsplit_once(END)?;
    let added = new_code.strip_prefix(old_code).filter(|added| !added.contains('<') && !added.is_empty())?;
    let text = added.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let mut escaped = String::new();
    escape(&mut escaped, &text);
    (old_rest == new_rest && escaped == added).then_some(text)
}
