//! How long to wait before a request is made again.

use std::time::{Duration, SystemTime};

/// The longest wait that a server can ask for.
pub(super) const LONGEST: Duration = Duration::from_secs(3600);
/// The first wait where a server does not say.
const FIRST: Duration = Duration::from_secs(5);

/// The wait that a `Retry-After` asks for, in seconds or as an HTTP date; without one, or with one that means nothing, twice
/// as long for each failure. Never more than an hour.
pub(super) fn wait(retry_after: Option<&str>, failures: u32, now: SystemTime) -> Duration {
    let asked = retry_after.map(str::trim).and_then(|text| seconds(text).or_else(|| until(text, now)));
    let own = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16));
    asked.unwrap_or(own).min(LONGEST)
}

/// Digits only, however many.
fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

/// A date that has passed asks for no wait.
fn until(text: &str, now: SystemTime) -> Option<Duration> {
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms() {
        let now = httpdate::parse_http_date("Tue, 24 Nov 2026 10:00:00 GMT").expect("a date");
        let check = |given: Option<&str>, failures: u32, expected: u64| {
            assert_eq!(wait(given, failures, now).as_secs(), expected, "{given:?} {failures}");
        };
        check(Some("10"), 1, 10);
        check(Some(" 10 "), 5, 10);
        check(Some("0"), 1, 0);
        check(Some("86400"), 1, 3600);
        check(Some("99999999999999999999999999"), 1, 3600);
        check(Some("Tue, 24 Nov 2026 10:02:00 GMT"), 1, 120);
        check(Some("Tuesday, 24-Nov-26 10:02:00 GMT"), 1, 120);
        check(Some("Tue Nov 24 10:02:00 2026"), 1, 120);
        check(Some("Tue, 24 Nov 2026 09:00:00 GMT"), 1, 0);
        check(Some("Tue, 24 Nov 2037 10:00:00 GMT"), 1, 3600);
        check(Some("-5"), 1, 5);
        check(Some("soon"), 2, 10);
        check(Some(""), 1, 5);
        check(Some("1.5"), 1, 5);
        check(None, 1, 5);
        check(None, 2, 10);
        check(None, 4, 40);
        check(None, 40, 3600);
    }
}
