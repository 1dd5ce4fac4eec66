//! What a reader is told when a reading ends early. Storage and scripts know the codes only.

use content::{Refusal, Scope};

use crate::visit::language::Messages;

/// The code of the note that a paper holds text that people do not see.
pub(crate) const HIDDEN: &str = "hidden";

/// What readers must know of the text that an answer was made from, for the code of a note.
pub(crate) fn note(code: &str, m: Messages) -> String {
    match code {
        HIDDEN => m.hidden_found().to_owned(),
        code => no_text(code, m),
    }
}

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
        "resting" => m.fault_resting(),
        "unauthorized" => m.fault_unauthorized(),
        "rate_limited" => m.fault_rate_limited(),
        "quota" => m.fault_quota(),
        "rejected" | "no_model" => m.fault_rejected(),
        "upstream" => m.fault_upstream(),
        "cut" => m.fault_cut(),
        "stalled" => m.fault_stalled(),
        "malformed" => m.fault_malformed(),
        "content_type" => m.fault_content_type(),
        "too_long" => m.fault_too_long(),
        "endless" => m.fault_endless(),
        "output_limit" => m.fault_output_limit(),
        "filtered" => m.fault_filtered(),
        "empty" => m.fault_empty(),
        content::UNANSWERED => m.fault_unanswered(),
        "internal" | "storage" => m.fault_internal(),
        "gone" => m.fault_gone(),
        _ => return m.fault_failed(code),
    };
    known.to_owned()
}

/// Which budget has no room, and when it has.
pub(crate) fn over_budget(refusal: &Refusal, m: Messages) -> String {
    let Some(resets) = refusal.resets else { return m.over_budget_never().to_owned() };
    let when = resets.format("%Y-%m-%d %H:%M UTC");
    match refusal.scope {
        Scope::Visitor | Scope::User => m.over_budget_own(when),
        Scope::Day => m.over_budget_day(when),
        Scope::Month => m.over_budget_month(when),
    }
}
