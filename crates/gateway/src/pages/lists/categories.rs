use actix_web::web;
use chrono::NaiveDate;
use content::{Announced, ArxivId, CategoryTerms};
use storage::{Categories, DayKind, Scope, papers};

use super::{
    Choice, Empty, Found, Frame, Link, ListPage, Page, Part, Place,
    calendar::{self, calendar},
    found, ids,
};
use crate::{
    app::App,
    errors::Failure,
    language::Messages,
    pages::{moved, paper},
    papers::escaped,
    visit::Visit,
};

/// `GET /arxiv/{which}`: the page of a paper if `which` is an identifier, a list of papers if it is several, else the
/// list of categories.
pub(crate) async fn arxiv(
    app: web::Data<App>,
    visit: Visit,
    which: web::Path<String>,
    part: web::Query<Part>,
) -> Page {
    if let Ok(id) = which.parse::<ArxivId>() {
        let paper = papers::by_arxiv(&app.db, &id).await?.ok_or(Failure::NotFound)?;
        return paper::show(&app, &visit, paper).await;
    }
    if let Some(keys) = ids::of_arxiv(&which) {
        return ids::list(&app, &visit, &keys).await;
    }
    let terms = CategoryTerms::parse(&which).map_err(|_| Failure::NotFound)?;
    if terms.text() != *which && !same(&terms, &which) {
        let query = visit.address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
        return Ok(moved(&format!("{}{query}", address(&terms))));
    }
    List::of(&app, terms).await?.page(&app, &visit, &part).await
}

/// Whether an address says the same in another way of writing it, which others link to.
fn same(terms: &CategoryTerms, which: &str) -> bool {
    terms.text() == which.replace([',', ' '], "+")
}

fn address(terms: &CategoryTerms) -> String {
    // A plus is itself in a path.
    format!("/arxiv/{}", escaped(&terms.text()).replace("%2B", "+"))
}

/// A list of categories.
struct List {
    terms: CategoryTerms,
    /// The same with archives written out.
    any: Vec<String>,
    not: Vec<String>,
    latest: Option<NaiveDate>,
}

impl List {
    /// Fails for categories that neither arXiv nor this site knows.
    async fn of(app: &App, terms: CategoryTerms) -> Result<Self, Failure> {
        let (any, not) = if terms.any.iter().chain(&terms.not).any(|name| content::is_archive(name)) {
            let stored = papers::categories(&app.db).await?;
            let stored: Vec<_> = stored.into_iter().map(|(name, _)| name).collect();
            (written_out(&terms.any, &stored), written_out(&terms.not, &stored))
        } else {
            (terms.any.clone(), terms.not.clone())
        };
        let mut latest = None;
        for name in &any {
            latest = latest.max(papers::latest_day(&app.db, name).await?);
        }
        let known = latest.is_some() || terms.any.iter().all(|name| content::is_category(name));
        known.then_some(Self { terms, any, not, latest }).ok_or(Failure::NotFound)
    }

    async fn page(&self, app: &App, visit: &Visit, part: &Part) -> Page {
        let date = part.day()?;
        let kind = part.kind.as_deref().and_then(Announced::of).filter(|_| date.is_some());
        let categories = Categories { any: self.any.clone(), not: self.not.clone(), kind };
        let found = found(app, Scope::Categories(categories), date, part).await?;
        let kinds = match (date, self.single()) {
            (Some(date), Some(name)) => papers::day_kinds(&app.db, name, date).await?,
            _ => Vec::new(),
        };
        let m = visit.m;
        let (name, path) = (self.terms.text(), address(&self.terms));
        let shown = calendar::shown(part.month.as_deref(), date, self.latest)?;
        let month = match self.latest {
            Some(latest) => Some(calendar(app, m, &self.any, shown, (date, latest), part, &path).await?),
            None => None,
        };
        let title = date.map_or_else(|| name.clone(), |date| format!("{name}, {date}"));
        visit.page(&ListPage {
            frame: Frame::new(app, visit, &title, Place::Papers),
            m,
            place_name: if date.is_some() { name.clone() } else { "arXiv".into() },
            heading: date.map_or_else(|| name.clone(), |date| m.weekday_date(date)),
            feed: Some(format!("{path}/feed")),
            month,
            years: Vec::new(),
            tabs: self.tabs(m, part, &path, date, &kinds),
            orders: part.orders(&path, m),
            announced: announced(m, &kinds, kind),
            empty: self.empty(m, part, &path, date, &found),
            next: found.next.map(|cursor| part.address(&path, |part| part.after = Some(cursor.to_string()))),
            previous_day: self.beside(app, part, &path, date, m, Side::Before).await?,
            next_day: self.beside(app, part, &path, date, m, Side::After).await?,
            categories: self.terms.any.clone(),
            range: found.range,
            cards: found.cards,
        })
    }

    /// The category, if it is one alone.
    fn single(&self) -> Option<&str> {
        match (self.any.as_slice(), self.not.as_slice()) {
            ([one], []) => Some(one),
            _ => None,
        }
    }

    fn tabs(
        &self,
        m: Messages,
        part: &Part,
        path: &str,
        date: Option<NaiveDate>,
        kinds: &[DayKind],
    ) -> Vec<Choice> {
        let of_day = |day: Option<NaiveDate>, kind: Option<Announced>| {
            part.address(path, |part| {
                (part.date, part.kind) =
                    (day.map(|day| day.to_string()), kind.map(|kind| kind.name().into()));
            })
        };
        let asked = part.kind.as_deref().and_then(Announced::of);
        let tab = |name: &str, href, count, current| Choice { name: name.to_owned(), href, count, current };
        let mut tabs = vec![tab(m.all_days(), of_day(None, None), None, date.is_none())];
        let (Some(date), false) = (date, kinds.is_empty()) else {
            let is_latest = date.is_some() && date == self.latest;
            tabs.extend(
                self.latest.map(|latest| tab(m.latest(), of_day(Some(latest), None), None, is_latest)),
            );
            return tabs;
        };
        let listed = kinds.iter().filter(|one| one.kind != Announced::Replaced).map(|one| one.stored).sum();
        tabs.push(tab(m.whole_day(), of_day(Some(date), None), Some(listed), asked.is_none()));
        tabs.extend(kinds.iter().map(|one| {
            let href = of_day(Some(date), Some(one.kind));
            tab(kind_name(m, one.kind), href, Some(one.stored), asked == Some(one.kind))
        }));
        tabs
    }

    fn empty(
        &self,
        m: Messages,
        part: &Part,
        path: &str,
        date: Option<NaiveDate>,
        found: &Found,
    ) -> Option<Empty> {
        let of_day = |day: NaiveDate| Link {
            name: m.latest_day(m.date(&day)),
            href: part.address(path, |part| (part.date, part.kind) = (Some(day.to_string()), None)),
        };
        let name = self.terms.text();
        found.cards.is_empty().then(|| Empty {
            what: date.map_or_else(|| m.empty_category(&name), |date| m.empty_day(&name, m.date(&date))),
            link: self.latest.map(of_day),
        })
    }

    /// The day with papers that is next to this one.
    async fn beside(
        &self,
        app: &App,
        part: &Part,
        path: &str,
        date: Option<NaiveDate>,
        m: Messages,
        side: Side,
    ) -> Result<Option<Link>, Failure> {
        let Some(date) = date else { return Ok(None) };
        let mut days = Vec::new();
        for name in &self.any {
            days.extend(match side {
                Side::Before => papers::day_before(&app.db, name, date).await?,
                Side::After => papers::day_after(&app.db, name, date).await?,
            });
        }
        let nearest = match side {
            Side::Before => days.into_iter().max(),
            Side::After => days.into_iter().min(),
        };
        Ok(nearest.map(|day| Link {
            name: m.date(&day),
            href: part.address(path, |part| (part.date, part.kind) = (Some(day.to_string()), None)),
        }))
    }
}

/// Where another day is.
enum Side {
    Before,
    After,
}

/// Archives as the categories of theirs that have papers here.
fn written_out(names: &[String], stored: &[String]) -> Vec<String> {
    let out = |name: &String| {
        let inside =
            |other: &&String| other.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'));
        match content::is_archive(name) {
            // Old papers are in the archive itself.
            true => stored.iter().filter(inside).chain([name]).cloned().collect(),
            false => vec![name.clone()],
        }
    };
    names.iter().flat_map(out).collect()
}

fn kind_name(m: Messages, kind: Announced) -> &'static str {
    match kind {
        Announced::New => m.kind_new(),
        Announced::Cross => m.kind_cross(),
        Announced::Replaced => m.kind_replaced(),
    }
}

/// How much of what arXiv announced is there, so that a reader can tell whether the list is whole.
fn announced(m: Messages, kinds: &[DayKind], shown: Option<Announced>) -> Option<String> {
    let counts = |one: &&DayKind| shown.map_or(one.kind != Announced::Replaced, |kind| kind == one.kind);
    let kinds: Vec<_> = kinds.iter().filter(counts).collect();
    let announced: Option<u64> = kinds.iter().map(|one| one.announced).sum();
    let stored: u64 = kinds.iter().map(|one| one.stored).sum();
    announced.filter(|_| !kinds.is_empty()).map(|announced| m.announced(stored, announced))
}
