use actix_web::{HttpResponse, web};
use askama::Template;
use content::Manuscript;
use render::Html;
use serde::Deserialize;
use serde_json::json;
use storage::drafts::{self, Revision, Saved};

use super::{
    differences::{Line, LineKind, differences},
    form::Form,
    record, see_other,
};
use crate::{
    accounts::Writer,
    app::App,
    errors::Failure,
    pages::{self, Frame, Page, Place},
    visit::{Visit, language::Messages},
};

/// Which two texts are compared: numbers of revisions; without the second one, what is kept now.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    from: String,
    to: String,
}

/// Which revision is to be taken up again, in the place of which version.
#[derive(Deserialize)]
pub(super) struct Restored {
    number: i32,
    version: i64,
}

#[derive(Template)]
#[template(path = "writing/revisions.html")]
struct RevisionsPage {
    frame: Frame,
    m: Messages,
    id: i64,
    version: i64,
    title: Html,
    language: &'static str,
    revisions: Vec<Entry>,
    compared: Option<Compared>,
}

struct Entry {
    number: i32,
    editor: String,
    saved: String,
    datetime: String,
    published: bool,
    from: bool,
    to: bool,
}

/// Two texts beside one another.
struct Compared {
    what: String,
    /// What else is different: titles and settings, from and to.
    settings: Vec<(String, String, String)>,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "writing/differences.html")]
struct Differences<'l> {
    lines: &'l [Line],
}

/// `GET /write/{id}/revisions?from=&to=`
pub(super) async fn revisions(
    app: web::Data<App>,
    visit: Visit,
    writer: Writer,
    id: web::Path<String>,
    asked: web::Query<Asked>,
) -> Page {
    let working = super::working(&app, &writer.0, &id).await?;
    let found = drafts::revisions(&app.db, working.id).await?;
    let m = visit.m;
    let compared = match asked.from.parse().ok() {
        None => None,
        Some(from) => {
            let old = drafts::revision(&app.db, working.id, from).await?.ok_or(Failure::NotFound)?;
            let to = asked.to.parse::<i32>().ok();
            let new = match to {
                Some(to) => drafts::revision(&app.db, working.id, to).await?.ok_or(Failure::NotFound)?,
                None => working.text.clone(),
            };
            let named = to.map_or_else(|| m.write_now().to_owned(), |to| m.write_revision(to));
            let what = m.write_compared(m.write_revision(from), named);
            Some(Compared {
                what,
                settings: settings(&old, &new, m),
                lines: differences(&old.body, &new.body),
            })
        }
    };
    let title = if working.text.title.is_empty() { m.write_untitled() } else { &working.text.title };
    let page = RevisionsPage {
        frame: Frame::new(&app, &visit, &m.write_revisions_of(title), Place::Elsewhere),
        m,
        id: working.id.0,
        version: working.version,
        title: render::inline(title, &app.context()),
        language: working.text.language.tag(),
        revisions: found.iter().map(|one| entry(one, &asked, m)).collect(),
        compared,
    };
    visit.page(&page).map(pages::unkept)
}

/// `POST /write/{id}/revisions`: takes an earlier text up again, as a new one.
pub(super) async fn restore(
    app: web::Data<App>,
    writer: Writer,
    id: web::Path<String>,
    form: web::Form<Restored>,
) -> Page {
    let working = super::working(&app, &writer.0, &id).await?;
    let text = drafts::revision(&app.db, working.id, form.number).await?.ok_or(Failure::NotFound)?;
    let address = format!("/write/{}", working.id.0);
    match drafts::save(&app.db, working.id, form.version, &text, Some(writer.0.id)).await? {
        Saved::As(_) => {
            record(&app, &writer.0, "draft.restore", &id, &form.number.to_string()).await?;
            Ok(see_other(&format!("{address}?done=restored")))
        }
        // Somebody saved since the page was made: it shows that now.
        Saved::Other(_) => Ok(see_other(&format!("{address}/revisions?from={}", form.number))),
    }
}

/// `POST /write/{id}/compare`: what a text that is kept elsewhere has that this one has not, as HTML.
pub(super) async fn compare(
    app: web::Data<App>,
    writer: Writer,
    id: web::Path<String>,
    form: web::Json<Form>,
) -> Page {
    let working = super::working(&app, &writer.0, &id).await?;
    let (text, _) = form.manuscript(&working.text);
    let lines = differences(&working.text.body, &text.body);
    Ok(pages::unkept(HttpResponse::Ok().json(json!({ "differences": as_html(&lines) }))))
}

/// The lines of a comparison as our own template makes them.
pub(super) fn as_html(lines: &[Line]) -> String {
    Differences { lines }.render().unwrap_or_default()
}

fn entry(one: &Revision, asked: &Asked, m: Messages) -> Entry {
    let number = one.number.to_string();
    Entry {
        number: one.number,
        editor: one.editor.clone().unwrap_or_default(),
        saved: format!("{} {}", m.short_date(&one.saved), one.saved.format("%H:%M")),
        datetime: one.saved.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        published: one.published,
        from: asked.from == number,
        to: asked.to == number,
    }
}

fn settings(old: &Manuscript, new: &Manuscript, m: Messages) -> Vec<(String, String, String)> {
    let series = |text: &Manuscript| {
        text.details
            .series
            .as_ref()
            .map(|series| format!("{} {}", series.name, series.part))
            .unwrap_or_default()
    };
    let day = |text: &Manuscript| text.published.map(|day| day.to_rfc3339()).unwrap_or_default();
    let of = |name: &str, value: fn(&Manuscript) -> String| (name.to_owned(), value(old), value(new));
    let mut all = vec![
        of(m.write_field_title(), |text| text.title.clone()),
        of(m.write_address(), |text| text.slug.clone()),
        of(m.write_categories(), |text| text.categories.join(", ")),
        of(m.write_tags(), |text| text.tags.join(", ")),
        of(m.write_language(), |text| text.language.code().to_owned()),
        of(m.write_visibility(), |text| text.details.visibility.name().to_owned()),
        of(m.write_macros(), |text| text.details.macros.clone()),
    ];
    all.push((m.write_series().to_owned(), series(old), series(new)));
    all.push((m.write_publish_at().to_owned(), day(old), day(new)));
    all.retain(|(_, old, new)| old != new);
    all
}
