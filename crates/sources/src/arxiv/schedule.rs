//! When arXiv announces what it was sent.
//!
//! Source: <https://info.arxiv.org/help/availability.html>. Submissions of a window that ends at 14:00 US Eastern on a
//! weekday are announced together: those until Monday, Tuesday, Wednesday or Thursday on the same evening at 20:00, those
//! until Friday on Sunday evening. The list that they are in bears the date of the next weekday. Holidays move windows;
//! the announced lists say so, and what they say goes before what is worked out here.

use chrono::{DateTime, Datelike as _, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::America::New_York;

/// The hour at which a window ends.
const DEADLINE: u32 = 14;

/// The day of the list in which a submission is announced.
pub(super) fn announced(submitted: DateTime<Utc>) -> NaiveDate {
    let local = submitted.with_timezone(&New_York).naive_local();
    let deadline = NaiveTime::from_hms_opt(DEADLINE, 0, 0).expect("an hour of the day");
    let late = u64::from(local.time() >= deadline);
    list_after(local.date() + Days::new(late))
}

/// The same for a submission of which only the day is known: it is taken to have been in time.
pub(super) fn announced_on(day: NaiveDate) -> NaiveDate {
    list_after(day)
}

/// The list of a window that ends on this day, or, on a weekend, on the Monday after it.
fn list_after(mut day: NaiveDate) -> NaiveDate {
    while is_weekend(day) {
        day += TimeDelta::days(1);
    }
    day += TimeDelta::days(1);
    while is_weekend(day) {
        day += TimeDelta::days(1);
    }
    day
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_of_a_week() {
        let check = |submitted: &str, expected: &str| {
            let moment = DateTime::parse_from_rfc3339(submitted).expect("a moment").to_utc();
            assert_eq!(announced(moment).to_string(), expected, "{submitted}");
        };
        // Winter: 14:00 in New York is 19:00 UTC.
        check("2026-11-23T18:59:59Z", "2026-11-24");
        check("2026-11-23T19:00:00Z", "2026-11-25");
        check("2026-11-24T18:59:59Z", "2026-11-25");
        check("2026-11-26T18:59:59Z", "2026-11-27");
        check("2026-11-26T19:00:00Z", "2026-11-30");
        check("2026-11-27T18:59:59Z", "2026-11-30");
        check("2026-11-27T19:00:00Z", "2026-12-01");
        check("2026-11-28T12:00:00Z", "2026-12-01");
        check("2026-11-29T23:00:00Z", "2026-12-01");
        check("2026-11-30T18:59:59Z", "2026-12-01");
        // A day of its own in New York: still Sunday there.
        check("2026-11-30T03:00:00Z", "2026-12-01");
        // Summer: 14:00 is 18:00 UTC.
        check("2026-07-13T17:59:59Z", "2026-07-14");
        check("2026-07-13T18:00:00Z", "2026-07-15");
        // The days on which clocks change are Sundays.
        check("2026-03-08T06:59:00Z", "2026-03-10");
        check("2026-11-01T05:30:00Z", "2026-11-03");
        check("2007-04-02T19:18:42Z", "2007-04-04");
    }

    #[test]
    fn a_day_alone_was_in_time() {
        let check = |day: &str, expected: &str| {
            assert_eq!(announced_on(day.parse().expect("a day")).to_string(), expected, "{day}");
        };
        check("2026-11-23", "2026-11-24");
        check("2026-11-27", "2026-11-30");
        check("2026-11-28", "2026-12-01");
    }
}
