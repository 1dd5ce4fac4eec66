//! The fields that a query can name, and what their values mean.

use std::ops::RangeInclusive;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use content::{Kind, Language};

use crate::identifiers;

/// A field that stands before a colon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    Title,
    Author,
    Abstract,
    Category,
    Venue,
    Year,
    Date,
    Id,
    In,
    Language,
    Source,
    Has,
}

/// A condition that a document meets or does not; it says nothing about how well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// A category in lower case, or the archive of several (`math`).
    Category(String),
    /// The short name of a venue, in lower case.
    Venue(String),
    Years(RangeInclusive<i32>),
    Dates(RangeInclusive<NaiveDate>),
    /// One of these identifiers, in lower case.
    Identifier(Vec<String>),
    Kind(Kind),
    Language(Language),
    Source(String),
    /// There is an AI reading of it.
    Answered,
}

impl Field {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "ti" | "title" => Self::Title,
            "au" | "author" => Self::Author,
            "abs" | "abstract" => Self::Abstract,
            "cat" | "category" => Self::Category,
            "venue" => Self::Venue,
            "year" => Self::Year,
            "date" => Self::Date,
            "id" => Self::Id,
            "in" => Self::In,
            "lang" | "language" => Self::Language,
            "source" => Self::Source,
            "has" => Self::Has,
            _ => return None,
        })
    }

    /// The short name, as the page explains it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Title => "ti",
            Self::Author => "au",
            Self::Abstract => "abs",
            Self::Category => "cat",
            Self::Venue => "venue",
            Self::Year => "year",
            Self::Date => "date",
            Self::Id => "id",
            Self::In => "in",
            Self::Language => "lang",
            Self::Source => "source",
            Self::Has => "has",
        }
    }
}

/// The filters that a value of a field means; `None` where it means nothing.
pub(super) fn filters(field: Field, value: &str) -> Option<Vec<Filter>> {
    let lower = value.trim().to_lowercase();
    let one = match field {
        Field::Title | Field::Author | Field::Abstract => return None,
        Field::Venue => return venue(&lower),
        Field::Category => (!lower.is_empty())
            .then(|| Filter::Category(content::canonical_category(&lower.replace(".*", "")).to_owned())),
        Field::Year => years(&lower).map(Filter::Years),
        Field::Date => dates(&lower).map(Filter::Dates),
        Field::Id => Some(Filter::Identifier(identifiers::keys(value))),
        Field::In => Kind::of(lower.trim_end_matches('s')).map(Filter::Kind),
        Field::Language => lower.parse().ok().map(Filter::Language),
        Field::Source => (!lower.is_empty()).then_some(Filter::Source(lower)),
        Field::Has => matches!(lower.as_str(), "answer" | "answers" | "reading").then_some(Filter::Answered),
    };
    one.map(|filter| vec![filter])
}

/// `iclr`, `iclr.2024`, `iclr 2024`.
fn venue(value: &str) -> Option<Vec<Filter>> {
    let (name, year) = match value.len().checked_sub(4).and_then(|at| value.split_at_checked(at)) {
        Some((name, year)) if !name.is_empty() => {
            match year.parse().ok().filter(|year| PLAUSIBLE.contains(year)) {
                Some(year) => (name.trim_end_matches(['.', ' ', '-', '_']), Some(year)),
                None => (value, None),
            }
        }
        _ => (value, None),
    };
    let venue = (!name.is_empty()).then(|| Filter::Venue(name.to_owned()))?;
    Some(std::iter::once(venue).chain(year.map(|year| Filter::Years(year..=year))).collect())
}

const PLAUSIBLE: RangeInclusive<i32> = 1000..=2999;

fn years(value: &str) -> Option<RangeInclusive<i32>> {
    let one = |text: &str| -> Option<RangeInclusive<i32>> {
        let year = text.parse().ok().filter(|year| PLAUSIBLE.contains(year))?;
        Some(year..=year)
    };
    let next = |year: i32, step: i32| year + step;
    range(value, one, PLAUSIBLE, next)
}

fn dates(value: &str) -> Option<RangeInclusive<NaiveDate>> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    let all = day(*PLAUSIBLE.start(), 1, 1)?..=day(*PLAUSIBLE.end(), 12, 31)?;
    let next = |date: NaiveDate, step: i32| match step {
        1 => date.succ_opt().unwrap_or(date),
        _ => date.pred_opt().unwrap_or(date),
    };
    range(value, period, all, next)
}

/// A year, a month or a day: `2024`, `2024-05`, `2024-05-31`.
fn period(text: &str) -> Option<RangeInclusive<NaiveDate>> {
    let mut numbers = text.split(['-', '/', '.']).map(|number| number.parse::<u32>().ok());
    let year =
        numbers.next()?.and_then(|year| i32::try_from(year).ok()).filter(|year| PLAUSIBLE.contains(year))?;
    let (month, day) = (numbers.next(), numbers.next());
    let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(Some(1))?, day.unwrap_or(Some(1))?)?;
    let after = match (month, day) {
        (None, _) => first.checked_add_months(Months::new(12)),
        (_, None) => first.checked_add_months(Months::new(1)),
        _ => first.checked_add_days(Days::new(1)),
    }?;
    numbers.next().is_none().then_some(first..=after.pred_opt()?).filter(|_| first.year() == year)
}

/// `a..b`, `a..`, `..b`, `>=a`, `>a`, `<=b`, `<b`, or one value.
fn range<T: Copy + PartialOrd>(
    value: &str,
    one: impl Fn(&str) -> Option<RangeInclusive<T>>,
    all: RangeInclusive<T>,
    next: impl Fn(T, i32) -> T,
) -> Option<RangeInclusive<T>> {
    let (first, last) = (*all.start(), *all.end());
    let found = if let Some((from, to)) = value.split_once("..").or_else(|| value.split_once('…')) {
        let (from, to) = (from.trim(), to.trim_start_matches('.').trim());
        let start = if from.is_empty() { first } else { *one(from)?.start() };
        let end = if to.is_empty() { last } else { *one(to)?.end() };
        (!from.is_empty() || !to.is_empty()).then_some((start, end))?
    } else if let Some(from) = value.strip_prefix(">=") {
        (*one(from)?.start(), last)
    } else if let Some(from) = value.strip_prefix('>') {
        (next(*one(from)?.end(), 1), last)
    } else if let Some(to) = value.strip_prefix("<=") {
        (first, *one(to)?.end())
    } else if let Some(to) = value.strip_prefix('<') {
        (first, next(*one(to)?.start(), -1))
    } else if let (Some((from, to)), None) = (value.split_once('-'), one(value)) {
        (*one(from.trim())?.start(), *one(to.trim())?.end())
    } else {
        let one = one(value)?;
        (*one.start(), *one.end())
    };
    // Whoever types the later one first means the same.
    let (start, end) = if found.0 <= found.1 { found } else { (found.1, found.0) };
    Some(start..=end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, value: &str, expected: &str) {
        let found = filters(field, value).map_or("none".into(), |filters| format!("{filters:?}"));
        assert_eq!(found, expected, "{field:?}:{value}");
    }

    #[test]
    fn values() {
        check(Field::Category, "cs.LG", r#"[Category("cs.lg")]"#);
        check(Field::Category, "math.*", r#"[Category("math")]"#);
        check(Field::Category, "math.IT", r#"[Category("cs.it")]"#);
        check(Field::Venue, "ICLR", r#"[Venue("iclr")]"#);
        check(Field::Venue, "ICLR.2024", r#"[Venue("iclr"), Years(2024..=2024)]"#);
        check(Field::Venue, "NeurIPS 2024", r#"[Venue("neurips"), Years(2024..=2024)]"#);
        check(Field::Venue, "2024", r#"[Venue("2024")]"#);
        check(Field::Venue, "旋转矩阵", r#"[Venue("旋转矩阵")]"#);
        check(Field::In, "answers", "[Kind(Answer)]");
        check(Field::In, "title", "none");
        check(Field::Language, "zh-CN", "[Language(Zh)]");
        check(Field::Language, "fr", "none");
        check(Field::Has, "answer", "[Answered]");
        check(Field::Has, "cheese", "none");
    }

    #[test]
    fn ranges_of_years() {
        check(Field::Year, "2023", "[Years(2023..=2023)]");
        check(Field::Year, "2023..2025", "[Years(2023..=2025)]");
        check(Field::Year, "2025..2023", "[Years(2023..=2025)]");
        check(Field::Year, "2023-2025", "[Years(2023..=2025)]");
        check(Field::Year, "2023..", "[Years(2023..=2999)]");
        check(Field::Year, "..2023", "[Years(1000..=2023)]");
        check(Field::Year, ">=2023", "[Years(2023..=2999)]");
        check(Field::Year, ">2023", "[Years(2024..=2999)]");
        check(Field::Year, "<2023", "[Years(1000..=2022)]");
        check(Field::Year, "..", "none");
        check(Field::Year, "last", "none");
        check(Field::Year, "99999999999999999999", "none");
        check(Field::Year, "-2023", "none");
    }

    #[test]
    fn ranges_of_dates() {
        check(Field::Date, "2024", "[Dates(2024-01-01..=2024-12-31)]");
        check(Field::Date, "2024-02", "[Dates(2024-02-01..=2024-02-29)]");
        check(Field::Date, "2024-02-03", "[Dates(2024-02-03..=2024-02-03)]");
        check(Field::Date, "2024-05..2024-06-10", "[Dates(2024-05-01..=2024-06-10)]");
        check(Field::Date, ">2024-05", "[Dates(2024-06-01..=2999-12-31)]");
        check(Field::Date, "<2024-05", "[Dates(1000-01-01..=2024-04-30)]");
        check(Field::Date, "2024-13", "none");
        check(Field::Date, "2024-02-30", "none");
        check(Field::Date, "2024-1-2-3", "none");
        check(Field::Date, "today", "none");
        check(Field::Date, "", "none");
    }
}
