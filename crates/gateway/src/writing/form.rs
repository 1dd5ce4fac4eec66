use actix_web::{Either, web};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use content::{Format, Language, Manuscript, PostKind, Series, Visibility};
use serde::{Deserialize, Serialize};
use storage::drafts::Working;

use crate::visit::language::Messages;

/// Characters between names of categories and tags.
const COMMAS: [char; 5] = [',', '，', '、', ';', '；'];
/// How a moment is written in a form.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

/// What the editor sends, all of it as texts: a form without scripts, or the same as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Form {
    /// The version that it was made from.
    pub(super) version: String,
    /// What is to be done.
    #[serde(rename = "do")]
    pub(super) wanted: String,
    pub(super) title: String,
    pub(super) slug: String,
    pub(super) body: String,
    pub(super) format: String,
    pub(super) language: String,
    pub(super) author: String,
    pub(super) categories: String,
    pub(super) tags: String,
    pub(super) series: String,
    pub(super) part: String,
    pub(super) translation: String,
    /// `2026-11-19T09:00`, in the time zone that is `offset` minutes behind UTC.
    pub(super) published: String,
    pub(super) offset: String,
    pub(super) kind: String,
    pub(super) visibility: String,
    /// Only where it is to be another one.
    #[serde(skip_serializing)]
    pub(super) password: String,
    pub(super) pinned: String,
    pub(super) commenting: String,
    pub(super) licence: String,
    pub(super) macros: String,
    /// A name and a value on each line, with a colon between.
    pub(super) fields: String,
    /// The blocks of the preview that the browser has.
    #[serde(skip_serializing)]
    pub(super) have: Vec<String>,
}

/// What cannot be as it was sent. All of it can be saved, and not be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    NoTitle,
    NoAddress,
    NoMoment,
    NoPart,
    NoPassword,
    Macros,
    Taken,
}

impl Fault {
    pub(super) fn sentence(self, m: Messages) -> &'static str {
        match self {
            Self::NoTitle => m.write_no_title(),
            Self::NoAddress => m.write_no_address(),
            Self::NoMoment => m.write_no_moment(),
            Self::NoPart => m.write_no_part(),
            Self::NoPassword => m.write_no_password(),
            Self::Macros => m.write_macros_wrong(),
            Self::Taken => m.write_address_taken(),
        }
    }
}

impl Form {
    /// What was sent, whichever way.
    pub(super) fn sent(form: Either<web::Json<Self>, web::Form<Self>>) -> Self {
        match form {
            Either::Left(json) => json.into_inner(),
            Either::Right(form) => form.into_inner(),
        }
    }

    /// A working copy as its editor shows it.
    pub(super) fn of(working: &Working) -> Self {
        let text = working.text.clone();
        let details = text.details;
        let on = |yes: bool| if yes { "on".to_owned() } else { String::new() };
        let (series, part) =
            details.series.map(|series| (series.name, series.part.to_string())).unwrap_or_default();
        Self {
            version: working.version.to_string(),
            title: text.title,
            slug: text.slug,
            body: text.body,
            format: format_name(text.format).to_owned(),
            language: text.language.code().to_owned(),
            author: text.author,
            categories: text.categories.join(", "),
            tags: text.tags.join(", "),
            series,
            part,
            translation: text.translation,
            published: text.published.map(|day| day.format(MOMENT).to_string()).unwrap_or_default(),
            kind: details.kind.name().to_owned(),
            visibility: details.visibility.name().to_owned(),
            pinned: on(details.pinned),
            commenting: on(details.commenting),
            licence: details.licence.unwrap_or_default(),
            macros: details.macros,
            fields: details.fields.iter().map(|(name, value)| format!("{name}: {value}\n")).collect(),
            ..Self::default()
        }
    }

    /// The version that it was made from; one that nobody has, if it says none.
    pub(super) fn version(&self) -> i64 {
        self.version.trim().parse().unwrap_or_default()
    }

    /// The manuscript, and what cannot be as it was sent. `kept` has what a form does not say: the seconds of its day, and
    /// what is kept of its password.
    pub(super) fn manuscript(&self, kept: &Manuscript) -> (Manuscript, Vec<Fault>) {
        let mut faults = Vec::new();
        let mut text = Manuscript {
            title: one_line(&self.title),
            slug: one_line(&self.slug),
            body: self.body.replace("\r\n", "\n"),
            format: if self.format == format_name(Format::Html) { Format::Html } else { Format::Markdown },
            language: self.language.parse().unwrap_or(Language::En),
            author: one_line(&self.author),
            categories: names(&self.categories),
            tags: names(&self.tags),
            translation: one_line(&self.translation),
            published: self.moment(kept.published).unwrap_or_else(|| {
                faults.push(Fault::NoMoment);
                kept.published
            }),
            details: kept.details.clone(),
            password_hash: kept.password_hash.clone(),
        };
        let details = &mut text.details;
        details.kind = if self.kind == PostKind::Page.name() { PostKind::Page } else { PostKind::Post };
        details.visibility = Visibility::ALL
            .into_iter()
            .find(|one| one.name() == self.visibility && *one != Visibility::Draft)
            .unwrap_or_default();
        details.pinned = !self.pinned.is_empty();
        details.commenting = !self.commenting.is_empty();
        details.licence = Some(one_line(&self.licence)).filter(|licence| !licence.is_empty());
        details.macros = self.macros.replace("\r\n", "\n");
        details.fields = fields(&self.fields);
        details.series = self.series().unwrap_or_else(|| {
            faults.push(Fault::NoPart);
            details.series.clone()
        });
        if !macros_are_readable(&details.macros) {
            faults.push(Fault::Macros);
        }
        (text, faults)
    }

    fn series(&self) -> Option<Option<Series>> {
        let name = one_line(&self.series);
        if name.is_empty() {
            return Some(None);
        }
        let part = match self.part.trim() {
            "" => 1,
            part => part.parse().ok().filter(|part| (1..10_000).contains(part))?,
        };
        Some(Some(Series { name, part }))
    }

    /// The day to come, or none; `None` if it is no moment.
    fn moment(&self, kept: Option<DateTime<Utc>>) -> Option<Option<DateTime<Utc>>> {
        let given = self.published.trim();
        if given.is_empty() {
            return Some(None);
        }
        let behind = TimeDelta::try_minutes(self.offset.trim().parse().ok().unwrap_or_default())?;
        // A form says no seconds, unless somebody set them to something.
        let read = [MOMENT, "%Y-%m-%dT%H:%M:%S"].into_iter();
        let local = read.filter_map(|form| NaiveDateTime::parse_from_str(given, form).ok()).next()?;
        let moment = local.and_utc().checked_add_signed(behind)?;
        let same = kept.filter(|kept| kept.format(MOMENT).to_string() == moment.format(MOMENT).to_string());
        let near = (0..9999).contains(&chrono::Datelike::year(&moment));
        near.then_some(Some(same.unwrap_or(moment)))
    }
}

/// What keeps a manuscript from being published, besides what its form said.
pub(crate) fn faults(text: &Manuscript) -> Vec<Fault> {
    let mut faults = Vec::new();
    if text.title.is_empty() {
        faults.push(Fault::NoTitle);
    } else if text.address().is_none() {
        faults.push(Fault::NoAddress);
    }
    if text.details.visibility == Visibility::Protected && text.password_hash.is_none() {
        faults.push(Fault::NoPassword);
    }
    faults
}

/// Whether definitions of macros are nothing but that.
pub(crate) fn macros_are_readable(definitions: &str) -> bool {
    let mut macros = tex::Macros::default();
    macros.read(definitions).is_some_and(|left| left.trim().is_empty())
}

pub(super) fn format_name(format: Format) -> &'static str {
    match format {
        Format::Markdown => "markdown",
        Format::Html => "html",
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for name in text.split(COMMAS).map(one_line) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn fields(text: &str) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.split_once([':', '：']));
    let pairs = pairs.map(|(name, value)| (one_line(name), one_line(value)));
    pairs.filter(|(name, _)| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: Form) -> (Manuscript, Vec<Fault>) {
        form.manuscript(&Manuscript::default())
    }

    #[test]
    fn a_form_shows_what_it_was_made_of() {
        let text = Manuscript {
            title: "On $x_1$".into(),
            categories: vec!["数学".into(), "Analysis".into()],
            published: DateTime::from_timestamp(1_760_000_005, 0),
            password_hash: Some("hash".into()),
            details: content::Details {
                series: Some(Series { name: "Matrices".into(), part: 4 }),
                macros: r"\newcommand{\R}{\mathbb{R}}".into(),
                fields: vec![("doi".into(), "10.1/x: y".into())],
                pinned: true,
                ..content::Details::default()
            },
            ..Manuscript::default()
        };
        let working = Working {
            id: content::DraftId(1),
            post: None,
            owner: None,
            editor: None,
            version: 3,
            saved: Utc::now(),
            shared: false,
            text: text.clone(),
        };
        let form = Form::of(&working);
        assert_eq!((form.version(), form.published.as_str()), (3, "2025-10-09T08:53"));
        assert_eq!(form.manuscript(&text), (text, vec![]));
    }

    #[test]
    fn names_and_fields_are_cleaned() {
        let form = Form {
            tags: " a ,b，a;;c、".into(),
            fields: "one: 1\nnothing\n: 2\n二：三".into(),
            title: " a\n b ".into(),
            ..Form::default()
        };
        let (text, faults) = read(form);
        assert_eq!(
            (text.tags, faults, text.title.as_str()),
            (vec!["a".into(), "b".into(), "c".into()], vec![], "a b")
        );
        assert_eq!(text.details.fields, [("one".into(), "1".into()), ("二".to_owned(), "三".to_owned())]);
    }

    #[test]
    fn moments_are_local() {
        let check = |published: &str, offset: &str, expected: Result<&str, Fault>| {
            let form = Form { published: published.into(), offset: offset.into(), ..Form::default() };
            let (text, faults) = read(form);
            let told = text.published.map(|moment| moment.to_rfc3339()).unwrap_or_default();
            assert_eq!(faults.first().copied().map_or(Ok(told.as_str()), Err), expected, "{published}");
        };
        check("", "", Ok(""));
        check("2026-11-19T09:00", "", Ok("2026-11-19T09:00:00+00:00"));
        check("2026-11-19T09:00", "-480", Ok("2026-11-19T01:00:00+00:00"));
        check("2026-11-19T09:00:07", "0", Ok("2026-11-19T09:00:07+00:00"));
        check("tomorrow", "", Err(Fault::NoMoment));
        check("2026-11-19T09:00", "9223372036854775807", Err(Fault::NoMoment));
        check("99999-01-01T00:00", "", Err(Fault::NoMoment));
    }

    #[test]
    fn what_cannot_be_is_told() {
        let part = Form { series: "A".into(), part: "0".into(), ..Form::default() };
        assert_eq!(read(part).1, [Fault::NoPart]);
        let macros = Form { macros: r"\newcommand{\R}{".into(), ..Form::default() };
        assert_eq!(read(macros).1, [Fault::Macros]);
        let words = Form { macros: "let there be R".into(), ..Form::default() };
        assert_eq!(read(words).1, [Fault::Macros]);
        assert_eq!(faults(&Manuscript::default()), [Fault::NoTitle]);
        let nameless = Manuscript { title: "…".into(), ..Manuscript::default() };
        assert_eq!(faults(&nameless), [Fault::NoAddress]);
    }
}
