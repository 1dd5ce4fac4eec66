use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use storage::papers;

use super::{Part, day};
use crate::{app::App, errors::Failure, visit::language::Messages};

/// One month of a calendar.
pub(super) struct Month {
    pub(super) name: String,
    pub(super) weekdays: [(&'static str, &'static str); 7],
    pub(super) weeks: Vec<[Option<Day>; 7]>,
    pub(super) previous: Option<String>,
    pub(super) next: Option<String>,
}

/// One day of a calendar; a day without papers leads nowhere.
#[derive(Clone)]
pub(super) struct Day {
    pub(super) number: u32,
    pub(super) href: Option<String>,
    /// How many papers it has, where one category says it.
    pub(super) papers: Option<String>,
    pub(super) current: bool,
}

/// The first of the month to show: the one asked for, the day's, else the latest.
pub(super) fn shown(
    month: Option<&str>,
    date: Option<NaiveDate>,
    latest: Option<NaiveDate>,
) -> Result<NaiveDate, Failure> {
    let shown = match month {
        Some(month) => {
            day(&format!("{month}-01")).map_err(|_| Failure::WrongDate(month.chars().take(40).collect()))?
        }
        None => date.or(latest).unwrap_or_default(),
    };
    Ok(shown.with_day(1).unwrap_or(shown))
}

/// A month of the days on which any of some categories has papers. `date` is the day that is shown, if it is one.
pub(super) async fn calendar(
    app: &App,
    m: Messages,
    categories: &[String],
    month: NaiveDate,
    (date, latest): (Option<NaiveDate>, NaiveDate),
    part: &Part,
    path: &str,
) -> Result<Month, Failure> {
    let days = days(app, categories, month).await?;
    let of_day =
        |day: NaiveDate| part.address(path, |part| (part.date, part.kind) = (Some(day.to_string()), None));
    let count = |papers: u64| (categories.len() == 1).then(|| m.paper_count(&papers));
    let mut weeks = vec![[const { None }; 7]];
    for day in month.iter_days().take_while(|day| day.month() == month.month()) {
        let column = day.weekday().num_days_from_monday() as usize;
        if column == 0 && day != month {
            weeks.push([const { None }; 7]);
        }
        let listed = days.get(&day);
        let week = weeks.last_mut().expect("begins with one week");
        week[column] = Some(Day {
            number: day.day(),
            href: listed.map(|_| of_day(day)),
            papers: listed.and_then(|papers| count(*papers)),
            current: Some(day) == date,
        });
    }
    let beside =
        |month: NaiveDate| part.address(path, |part| part.month = Some(month.format("%Y-%m").to_string()));
    let next = month.checked_add_months(Months::new(1)).filter(|next| *next <= latest);
    let mut earlier = false;
    for name in categories {
        earlier = earlier || papers::day_before(&app.db, name, month).await?.is_some();
    }
    let previous = month.checked_sub_months(Months::new(1)).filter(|_| earlier);
    Ok(Month {
        name: m.month(&month),
        weekdays: m.weekdays(),
        weeks,
        previous: previous.map(beside),
        next: next.map(beside),
    })
}

async fn days(
    app: &App,
    categories: &[String],
    month: NaiveDate,
) -> Result<BTreeMap<NaiveDate, u64>, Failure> {
    let mut days = BTreeMap::new();
    for name in categories {
        for (day, papers) in papers::days(&app.db, name, month).await? {
            *days.entry(day).or_default() += papers;
        }
    }
    Ok(days)
}
