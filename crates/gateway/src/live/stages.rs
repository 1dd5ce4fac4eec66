//! Stages in words, for pages without scripts; scripts have the same words.

use runs::Stage;

use crate::visit::language::Messages;

pub(super) fn words(stage: &Stage, m: Messages) -> String {
    match stage {
        Stage::Queued { place } if *place > 1 => m.js_queued_place(&(*place as u64 - 1)),
        Stage::Queued { .. } => m.js_queued().into(),
        Stage::Fetching => m.js_fetching().into(),
        Stage::Reading { page: None } => m.js_reading().into(),
        Stage::Reading { page: Some((page, pages)) } => format!("{} {page}/{pages}", m.js_reading()),
        Stage::Asking { model } => m.js_asking(model),
        Stage::Waiting { seconds } => m.js_waiting(seconds),
        Stage::Thinking => m.js_thinking().into(),
        Stage::Writing { section, of } => m.js_writing(of, &(*section as u64)),
    }
}
