use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use content::Announced;
use storage::{Categories, DayKind, Scope, papers};

use super::{
    Choice, Empty, Found, Frame, Link, ListPage, Page, Part, Place,
    calendar::{self, calendar},
    found, some,
};
use crate::{
    app::App,
    errors::Failure,
    exports::{self, asked},
    pages::paper,
    papers::lists::{self, CategoryList, Named, category_list_address},
    visit::{Visit, language::Messages},
};

/// `GET /arxiv/{which}`: the page of a paper if `which` is an identifier, a list of papers if it is several, else the
/// list of categories.
pub(crate) async fn arxiv(app: web::Data<App>, visit: Visit, which: web::Path<String>, part: Part) -> Page {
    let (which, format) = asked(&which, &visit);
    match (lists::of_arxiv(&app, which).await?, format) {
        (Named::Paper(paper, asked), format) => paper::show(&app, &visit, *paper, asked, format).await,
        (Named::Papers(papers, missing), format) => some(&app, &visit, &papers, &missing, format).await,
        (Named::Categories(list), Some(format)) => {
            exports::list(&app, &visit, part.listing(List(list).scope(&part)?)?, format).await
        }
        (Named::Categories(list), None) => List(list).page(&app, &visit, &part).await,
        (Named::Moved(path), format) => Ok(super::moved_to(&visit, path, format)),
        (Named::Venue { .. } | Named::Latest, _) => Err(Failure::NotFound),
    }
}

/// The page of a list of categories.
struct List(CategoryList);

impl List {
    fn scope(&self, part: &Part) -> Result<Scope, Failure> {
        Ok(Scope::Categories(Categories { kind: part.announced()?, ..self.0.categories() }))
    }

    /// The same on a day. What a reader prefers is looked for in a day as a whole, and not in pages of an endless list.
    fn on(&self, day: NaiveDate, part: &Part) -> HttpResponse {
        let path = category_list_address(&self.0.terms);
        let address = part.address(&path, |part| part.date = Some(day.to_string()));
        HttpResponse::SeeOther().insert_header(("location", address)).finish()
    }

    async fn page(&self, app: &App, visit: &Visit, part: &Part) -> Page {
        let date = part.day()?;
        if let Some(latest) = self.0.latest.filter(|_| part.by_preference() && date.is_none()) {
            return Ok(self.on(latest, part));
        }
        let kind = part.announced()?;
        let found = found(app, self.scope(part)?, part).await?;
        let kinds = match (date, self.0.single()) {
            (Some(date), Some(name)) => papers::day_kinds(&app.db, name, date).await?,
            _ => Vec::new(),
        };
        let m = visit.m;
        let (name, path) = (self.0.terms.text(), category_list_address(&self.0.terms));
        let shown = calendar::shown(part.month.as_deref(), date, self.0.latest)?;
        let month = match self.0.latest {
            Some(latest) => {
                Some(calendar(app, m, &self.0.terms.any, shown, (date, latest), part, &path).await?)
            }
            None => None,
        };
        let title = date.map_or_else(|| name.clone(), |date| format!("{name}, {date}"));
        visit.page_of_papers(&ListPage {
            frame: Frame::new(app, visit, &title, Place::Papers),
            m,
            place_name: if date.is_some() { name.clone() } else { "arXiv".into() },
            heading: date.map_or_else(|| name.clone(), |date| m.weekday_date(date)),
            feed: Some(format!("{path}/feed")),
            feed_note: None,
            feed_renewal: None,
            month,
            years: Vec::new(),
            tabs: self.tabs(m, part, &path, date, &kinds),
            orders: part.orders(&path, m),
            order_note: part.order_note(m, found.range.total),
            announced: announced(m, &kinds, kind),
            empty: self.empty(m, part, &path, date, &found),
            next: found.next.map(|cursor| part.address(&path, |part| part.after = Some(cursor.to_string()))),
            previous_day: self.beside(app, part, &path, date, m, Side::Before).await?,
            next_day: self.beside(app, part, &path, date, m, Side::After).await?,
            categories: self.0.terms.any.clone(),
            range: found.range,
            cards: found.cards,
        })
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
            let is_latest = date.is_some() && date == self.0.latest;
            tabs.extend(
                self.0.latest.map(|latest| tab(m.latest(), of_day(Some(latest), None), None, is_latest)),
            );
            return tabs;
        };
        let listed = kinds.iter().filter(|one| one.kind != Announced::Replaced).map(|one| one.listed).sum();
        tabs.push(tab(m.whole_day(), of_day(Some(date), None), Some(listed), asked.is_none()));
        tabs.extend(kinds.iter().map(|one| {
            let href = of_day(Some(date), Some(one.kind));
            tab(kind_name(m, one.kind), href, Some(one.listed), asked == Some(one.kind))
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
        let name = self.0.terms.text();
        found.cards.is_empty().then(|| Empty {
            what: date.map_or_else(|| m.empty_category(&name), |date| m.empty_day(&name, m.date(&date))),
            link: self.0.latest.map(of_day),
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
        for name in &self.0.terms.any {
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
    let stored: u64 = kinds.iter().filter_map(|one| one.stored).sum();
    announced.filter(|_| !kinds.is_empty()).map(|announced| m.announced(announced, stored))
}
