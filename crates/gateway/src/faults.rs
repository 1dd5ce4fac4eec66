//! What a reader is told when a reading ends early. Storage and scripts know the codes only.

use crate::language::Messages;

/// Why only the abstract was read, for a code of `fulltext::Error` or of [`crate::texts`].
pub(crate) fn no_text(code: &str, m: Messages) -> String {
    m.only_abstract(match code {
        "not_fetched" => m.no_text_not_fetched(),
        "not_there" => m.no_text_not_there(),
        "forbidden" => m.no_text_forbidden(),
        "unreachable" => m.no_text_unreachable(),
        "slow" => m.no_text_slow(),
        "encrypted" => m.no_text_encrypted(),
        "no_text_layer" => m.no_text_pictures(),
        "no_letters" => m.no_text_letters(),
        "empty" | "no_paper" => m.no_text_nothing(),
        "broken" | "unknown" | "no_process" => m.no_text_broken(),
        "too_large" => m.no_text_too_large(),
        "too_slow" | "too_much_memory" => m.no_text_too_much(),
        _ => m.no_text_refused(),
    })
}

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
