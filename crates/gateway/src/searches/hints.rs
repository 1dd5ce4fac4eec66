use search::Hint;

use crate::visit::language::Messages;

/// What to tell about how a query was understood, or how its `total` results were found.
pub(crate) fn sentence(hint: &Hint, total: u64, m: Messages) -> String {
    let plain = match hint {
        Hint::Widened(all) => return widened(*all, total, m),
        Hint::BadValue { field, value } => return bad_value(field, value, m),
        Hint::Dangling(operator) => return m.hint_dangling(operator),
        Hint::NoValue(field) => return m.hint_no_value(field),
        Hint::Unknown(ids) => return m.hint_unknown(ids.join(m.list_comma())),
        Hint::TooLong => m.hint_too_long(),
        Hint::TooManyWords => m.hint_too_many(),
        Hint::TooManyPrefixes => m.hint_too_many_stars(),
        Hint::UnclosedQuote => m.hint_unclosed_quote(),
        Hint::UnclosedParenthesis => m.hint_unclosed_parenthesis(),
        Hint::StarInFront => m.hint_star_in_front(),
        Hint::ShortPrefix => m.hint_short_star(),
        Hint::OnlyExcluded => m.hint_only_excluded(),
        Hint::CutShort => m.hint_cut_short(),
    };
    plain.to_owned()
}

/// That only `all` of `total` results have all words.
fn widened(all: u64, total: u64, m: Messages) -> String {
    match all {
        0 => m.hint_widened_none().to_owned(),
        all => format!(
            "{}{}{}",
            m.hint_widened(&all),
            m.between_sentences(),
            m.hint_widened_others(&(total - all.min(total)))
        ),
    }
}

/// That a field does not know a value, with one that it knows.
fn bad_value(field: &str, value: &str, m: Messages) -> String {
    let example = match field {
        "year" => "year:2023..2025",
        "date" => "date:2024-05",
        "in" => "in:answers",
        "lang" => "lang:zh",
        "has" => "has:answer",
        "cat" => "cat:cs.LG",
        "venue" => "venue:ICLR.2024",
        "source" => "source:arxiv",
        _ => "id:2305.18290",
    };
    m.hint_bad_value(example, field, render::cut(value, 60))
}
