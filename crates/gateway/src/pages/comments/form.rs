use chrono::Utc;
use content::{CommentId, User};
use render::Html;
use serde::Deserialize;
use unicode_normalization::char::is_combining_mark;
use url::Url;

use super::Replied;
use crate::{
    app::App,
    discussing::About,
    errors::Failure,
    visit::{Visit, language::Messages},
};

/// The longest text, in bytes.
pub(super) const LONGEST: usize = 16 * 1024;
/// The most characters of a name.
const NAME: usize = 80;
/// More marks than this on one letter are no writing.
const MARKS: usize = 3;
/// The most characters of the address of a site.
const SITE: usize = 200;

/// What somebody sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    pub(super) name: String,
    pub(super) mail: String,
    pub(super) site: String,
    pub(super) text: String,
    /// The number of the comment that is replied to, or nothing.
    pub(super) parent: String,
    /// Whether they want mail of replies.
    pub(super) follow: Option<String>,
    pub(super) token: String,
    /// What their browser found.
    pub(super) work: String,
    /// People do not see it.
    pub(super) homepage: String,
    /// What the button said that was pressed.
    #[serde(rename = "do")]
    pub(super) action: String,
}

/// A comment that may be said as far as its fields go.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) mail: Option<String>,
    pub(super) site: Option<String>,
    pub(super) text: String,
}

/// What is wrong, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// With the whole.
    pub(super) whole: Option<String>,
    pub(super) name: Option<&'static str>,
    pub(super) mail: Option<&'static str>,
    pub(super) site: Option<&'static str>,
    pub(super) text: Option<&'static str>,
}

/// The form as it is shown.
pub(super) struct Form {
    pub(super) action: String,
    /// What previews call the subject.
    pub(super) about: String,
    pub(super) token: String,
    pub(super) bits: u8,
    pub(super) reply: Option<Replied>,
    /// The page without the form's reply.
    pub(super) page: String,
    /// The name that is shown of the account that it is sent from.
    pub(super) user: Option<String>,
    pub(super) mail_required: bool,
    /// Whether replies can be told of.
    pub(super) can_follow: bool,
    pub(super) sent: Sent,
    pub(super) faults: Faults,
    pub(super) preview: Option<Html>,
    /// Whether it is what its page is about.
    pub(super) alone: bool,
}

/// What an empty form begins with.
pub(super) struct Blank<'a> {
    pub(super) user: Option<&'a User>,
    pub(super) reply: Option<Replied>,
    pub(super) page: String,
}

impl Form {
    pub(super) fn blank(app: &App, visit: &Visit, about: &About, blank: Blank<'_>) -> Self {
        let Blank { user, reply, page } = blank;
        let subject = about.name();
        Self {
            action: format!("{}/comments", about.root),
            token: app.discussing.tokens.form(&subject, session(visit), Utc::now()),
            about: subject,
            bits: app.discussing.tokens.bits(),
            reply,
            page,
            user: user.map(|user| user.shown().to_owned()),
            mail_required: app.config.comments.mail_required,
            can_follow: can_follow(app, about),
            sent: Sent::default(),
            faults: Faults::default(),
            preview: None,
            alone: false,
        }
    }

    /// With what was typed, and what is wrong with it.
    pub(super) fn with(self, sent: Sent, faults: Faults) -> Self {
        Self { sent, faults, ..self }
    }
}

impl Sent {
    /// What is replied to, if anything is.
    pub(super) fn parent(&self) -> Result<Option<CommentId>, Failure> {
        match self.parent.trim() {
            "" => Ok(None),
            number => number.parse().map(|id| Some(CommentId(id))).map_err(|_| Failure::NotFound),
        }
    }
}

/// Whether whoever says something can be told of replies: by mail only of what everybody may read.
pub(super) fn can_follow(app: &App, about: &About) -> bool {
    about.public && app.config.mail.server.is_some()
}

/// What a form's token is bound to besides its subject.
pub(super) fn session(visit: &Visit) -> &str {
    visit.talk.session.as_deref().unwrap_or_default()
}

impl Faults {
    pub(super) fn none(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads the fields. `user` is the name that the account is shown by, which stands for the field.
pub(super) fn check(
    sent: &Sent,
    user: Option<&str>,
    mail_required: bool,
    m: Messages,
) -> Result<Checked, Faults> {
    let mut faults = Faults::default();
    let name = seen(user.unwrap_or(&sent.name));
    if name.is_empty() {
        faults.name = Some(m.talk_no_name());
    } else if name.chars().count() > NAME {
        faults.name = Some(m.talk_long_name());
    }
    let mail = sent.mail.trim().to_lowercase();
    if mail.is_empty() && (sent.follow.is_some() || (mail_required && user.is_none())) {
        faults.mail = Some(m.talk_no_mail());
    } else if !mail.is_empty() && !mail::is_address(&mail) {
        faults.mail = Some(m.talk_wrong_mail());
    }
    let site = site(&sent.site);
    if site.is_none() && !sent.site.trim().is_empty() {
        faults.site = Some(m.talk_wrong_site());
    }
    if sent.text.trim().is_empty() {
        faults.text = Some(m.talk_no_text());
    } else if sent.text.len() > LONGEST {
        faults.text = Some(m.talk_long_text());
    }
    if !faults.none() {
        return Err(faults);
    }
    let text = sent.text.replace("\r\n", "\n").trim_end().to_owned();
    Ok(Checked { name, mail: Some(mail).filter(|mail| !mail.is_empty()), site, text })
}

/// A name on one line, without what is not seen, turns what follows around, or towers over the lines above.
fn seen(name: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let parts = name.split(|c: char| unseen(c) || c.is_whitespace()).filter(|part| !part.is_empty());
    parts.map(flat).collect::<Vec<_>>().join(" ")
}

fn flat(word: &str) -> String {
    let mut marks = 0;
    let few = |c: &char| {
        marks = if is_combining_mark(*c) { marks + 1 } else { 0 };
        marks <= MARKS
    };
    word.chars().filter(few).collect()
}

/// The address of a site, if it is one of the web.
fn site(text: &str) -> Option<String> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).ok()?;
    let plain =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    let host = url.host_str().is_some_and(|host| host.contains('.') || host.contains(':'));
    let url = String::from(url);
    (plain && host && url.len() <= SITE && !text.is_empty()).then_some(url)
}

#[cfg(test)]
mod tests {
    use content::Language;

    use super::*;

    fn sent() -> Sent {
        Sent {
            name: "Ada".into(),
            mail: "Ada@Example.org".into(),
            site: "ada.example".into(),
            text: "Let $x$.\r\n\r\nThen.\r\n".into(),
            ..Sent::default()
        }
    }

    fn faults(change: impl Fn(&mut Sent)) -> String {
        let mut sent = sent();
        change(&mut sent);
        let Err(faults) = check(&sent, None, true, Messages(Language::En)) else { return String::new() };
        let Faults { name, mail, site, text, .. } = faults;
        let fields = [("name", name), ("mail", mail), ("site", site), ("text", text)];
        fields
            .iter()
            .filter(|(_, fault)| fault.is_some())
            .map(|(field, _)| *field)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn fields_are_checked() {
        assert_eq!(faults(|_| ()), "");
        assert_eq!(faults(|sent| *sent = Sent::default()), "name mail text");
        assert_eq!(faults(|sent| sent.name = " \u{202e}\u{200b} ".into()), "name");
        assert_eq!(faults(|sent| sent.name = "名".repeat(81)), "name");
        assert_eq!(faults(|sent| sent.mail = "ada@example.org\r\nBcc: eve@example.org".into()), "mail");
        assert_eq!(faults(|sent| sent.text = "x".repeat(LONGEST + 1)), "text");
        for wrong in
            ["javascript:alert(1)", "data:text/html,x", "https://", "a b", "https://u:p@a.example", "x"]
        {
            assert_eq!(faults(|sent| sent.site = wrong.into()), "site", "{wrong}");
        }
        assert_eq!(faults(|sent| sent.site = format!("https://a.example/{}", "x".repeat(200))), "site");
    }

    #[test]
    fn what_is_right_is_made_plain() {
        let checked = check(&sent(), None, true, Messages(Language::En)).expect("no faults");
        assert_eq!(checked.mail.as_deref(), Some("ada@example.org"));
        assert_eq!(checked.site.as_deref(), Some("https://ada.example/"));
        assert_eq!(checked.text, "Let $x$.\n\nThen.");
        let odd = Sent { name: " A\u{202e}da\n Lovelace ".into(), ..sent() };
        assert_eq!(check(&odd, None, true, Messages(Language::En)).expect("no faults").name, "A da Lovelace");
        let tower = Sent {
            name: format!("Ada{} Ệ ที่ क्ष्म्य", "\u{301}".repeat(70)), ..sent()
        };
        let name = check(&tower, None, true, Messages(Language::En)).expect("no faults").name;
        assert_eq!(name, "Ada\u{301}\u{301}\u{301} Ệ ที่ क्ष्म्य");
        let user = Sent { name: String::new(), mail: String::new(), site: String::new(), ..sent() };
        let checked = check(&user, Some("ada"), true, Messages(Language::En)).expect("no faults");
        assert_eq!((checked.name.as_str(), checked.mail), ("ada", None));
        let follows = Sent { follow: Some("on".into()), ..user };
        assert!(check(&follows, Some("ada"), true, Messages(Language::En)).is_err());
    }
}
