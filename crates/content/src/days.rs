use chrono::{Datelike as _, NaiveDate};

/// The years of papers and posts. What is outside is a slip, would stand first in every list, and has no form in feeds.
const YEARS: std::ops::RangeInclusive<i32> = 1600..=2199;

/// The day that a text of the form `2026-11-23` names.
///
/// ```
/// assert!(content::day("2026-11-23").is_some());
/// for wrong in ["2026-02-30", "2026-1-1", "+12345-01-01", "0001-01-01", " 2026-11-23", "yesterday", ""] {
///     assert_eq!(content::day(wrong), None, "{wrong}");
/// }
/// ```
pub fn day(text: &str) -> Option<NaiveDate> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    (text.len() == "2026-11-23".len() && YEARS.contains(&day.year())).then_some(day)
}
