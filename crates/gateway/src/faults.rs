//! What a reader is told when a reading ends early. Storage and scripts know the codes only.

use crate::language::Messages;

/// The sentence for a code of `summarizer::Fault`, of `runs`, or of the gateway itself.
pub(crate) fn sentence(code: &str, m: Messages) -> String {
    let known = match code {
        "refused" => m.fault_refused(),
        "unauthorized" => m.fault_unauthorized(),
        "rate_limited" => m.fault_rate_limited(),
        "quota" => m.fault_quota(),
        "rejected" | "no_model" => m.fault_rejected(),
        "upstream" => m.fault_upstream(),
        "cut" => m.fault_cut(),
        "stalled" => m.fault_stalled(),
        "malformed" | "content_type" => m.fault_malformed(),
        "too_long" => m.fault_too_long(),
        "endless" | "output_limit" => m.fault_endless(),
        "filtered" => m.fault_filtered(),
        "empty" => m.fault_empty(),
        _ => return m.fault_failed(code),
    };
    known.to_owned()
}
