//! Which language a visitor reads, and the words of the interface in it.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use content::Language;

use crate::{app::App, visit::parameter};

/// The parameter of a choice, and the cookie that remembers it.
pub(crate) const CHOICE: &str = "hl";

/// The interface's words in one language; made from `web/messages` by the build script.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Messages(pub(crate) Language);

include!(concat!(env!("OUT_DIR"), "/messages.rs"));

impl Messages {
    pub(crate) fn language(&self) -> Language {
        self.0
    }

    pub(crate) fn code(&self) -> &'static str {
        self.0.code()
    }

    pub(crate) fn tag(&self) -> &'static str {
        self.0.tag()
    }

    /// A day in full: "23 November 2026", "2026年11月23日".
    pub(crate) fn date(&self, day: &impl Datelike) -> String {
        self.day_format(day, "%-d %B %Y", "%Y年%-m月%-d日")
    }

    /// A day in a narrow place: "23 Nov 2026", "2026-11-23".
    pub(crate) fn short_date(&self, day: &impl Datelike) -> String {
        self.day_format(day, "%-d %b %Y", "%Y-%m-%d")
    }

    /// A day with its name, as a heading.
    pub(crate) fn weekday_date(&self, day: NaiveDate) -> String {
        let weekday = ["星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"]
            [day.weekday().num_days_from_monday() as usize];
        match self.0 {
            Language::En => day.format("%A, %-d %B %Y").to_string(),
            Language::Zh => format!("{}，{weekday}", self.date(&day)),
        }
    }

    /// A moment (UTC) in a narrow place: "23 Nov 2026, 14:05", "2026-11-23 14:05".
    pub(crate) fn moment(&self, moment: DateTime<Utc>) -> String {
        let format = if self.0 == Language::En { "%-d %b %Y, %H:%M" } else { "%Y-%m-%d %H:%M" };
        moment.format(format).to_string()
    }

    /// A month: "November 2026", "2026年11月".
    pub(crate) fn month(&self, day: &NaiveDate) -> String {
        self.day_format(day, "%B %Y", "%Y年%-m月")
    }

    /// The days of the week from Monday, narrow and in full.
    pub(crate) fn weekdays(&self) -> [(&'static str, &'static str); 7] {
        match self.0 {
            Language::En => [
                ("M", "Monday"),
                ("T", "Tuesday"),
                ("W", "Wednesday"),
                ("T", "Thursday"),
                ("F", "Friday"),
                ("S", "Saturday"),
                ("S", "Sunday"),
            ],
            Language::Zh => [
                ("一", "星期一"),
                ("二", "星期二"),
                ("三", "星期三"),
                ("四", "星期四"),
                ("五", "星期五"),
                ("六", "星期六"),
                ("日", "星期日"),
            ],
        }
    }

    fn day_format(&self, day: &impl Datelike, english: &str, chinese: &str) -> String {
        let day = NaiveDate::from_ymd_opt(day.year(), day.month(), day.day()).unwrap_or_default();
        match self.0 {
            Language::En => day.format(english).to_string(),
            Language::Zh => day.format(chinese).to_string(),
        }
    }
}

pub(crate) fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Zh,
        Language::Zh => Language::En,
    }
}

/// `?hl=`, then the cookie, then Accept-Language, then the site's own.
pub(crate) fn negotiate(request: &HttpRequest) -> Language {
    asked(request)
        .or_else(|| request.cookie(CHOICE).and_then(|cookie| cookie.value().parse().ok()))
        .or_else(|| accepted(request))
        .unwrap_or_else(|| {
            request.app_data::<web::Data<App>>().map(|app| app.config.site.language).unwrap_or_default()
        })
}

/// The language named by `?hl=`, if it is one of ours.
pub(crate) fn asked(request: &HttpRequest) -> Option<Language> {
    parameter(request, CHOICE)?.parse().ok()
}

fn accepted(request: &HttpRequest) -> Option<Language> {
    let header = request.headers().get("accept-language")?.to_str().ok()?;
    let weighed = header.split(',').filter_map(|entry| {
        let (tag, quality) = entry.split_once(";q=").unwrap_or((entry, "1"));
        let language: Language = tag.trim().parse().ok()?;
        Some((quality.trim().parse::<f32>().ok()?, language))
    });
    // The first of equal weights wins, as browsers mean it.
    weighed.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use actix_web::{cookie::Cookie, test::TestRequest};

    use super::*;

    fn check(address: &str, cookie: Option<&'static str>, header: &str, expected: Language) {
        let mut request = TestRequest::with_uri(address).insert_header(("accept-language", header));
        if let Some(code) = cookie {
            request = request.cookie(Cookie::new(CHOICE, code));
        }
        assert_eq!(negotiate(&request.to_http_request()), expected, "{address} {cookie:?} {header}");
    }

    #[test]
    fn languages() {
        check("/", None, "", Language::En);
        check("/", None, "zh-CN,zh;q=0.9,en;q=0.8", Language::Zh);
        check("/", None, "en;q=0.5, zh-TW;q=0.7", Language::Zh);
        check("/", None, "fr, de;q=0.5", Language::En);
        check("/", None, "zh;q=high", Language::En);
        check("/", Some("zh"), "en", Language::Zh);
        check("/", Some("xx"), "zh", Language::Zh);
        check("/?hl=en", Some("zh"), "zh", Language::En);
        check("/?hl=nonsense", Some("zh"), "en", Language::Zh);
    }
}
