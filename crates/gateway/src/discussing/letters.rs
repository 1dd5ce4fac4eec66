//! What is written to people. Texts of visitors stand in letters as they wrote them: TeX as TeX.

use content::{Comment, Why};
use storage::{comments::Stored, mails::Draft, subscriptions::Subscription};

use super::About;
use crate::{app::App, papers::escaped, visit::language::Messages};

/// The longest piece of a comment in a letter, in characters.
const PIECE: usize = 4000;

/// Asks whoever has this mail whether they want to be told of replies.
pub(super) fn confirmation(app: &App, wish: &Subscription, about: &About) -> Draft {
    let m = Messages(wish.language);
    let link = link(app, wish);
    let body = m.letter_confirm(&link, &app.config.site.title, about.title_in_letters());
    letter(&wish.mail, m.letter_confirm_subject(about.title_in_letters()), body, Some(&link))
}

/// Tells of a reply.
pub(super) fn reply(app: &App, wish: &Subscription, about: &About, comment: &Comment) -> Draft {
    let m = Messages(wish.language);
    let (title, stop) = (about.title_in_letters(), link(app, wish));
    let body = format!(
        "{}\n\n{}\n\n{}\n\n-- \n{}",
        m.letter_reply(&comment.author, &title),
        quoted(&comment.body),
        m.letter_read(format!("{}/comments/{}", app.base, comment.id.0)),
        m.letter_stop(&stop),
    );
    letter(&wish.mail, m.letter_reply_subject(&comment.author, &title), body, Some(&stop))
}

/// Tells a moderator of a comment that waits.
pub(super) fn held(app: &App, moderator: &str, about: &About, stored: &Stored) -> Draft {
    let m = Messages(app.config.site.language);
    let (comment, title) = (&stored.comment, about.title_in_letters());
    let body = format!(
        "{}\n\n{}\n\n{}",
        m.letter_held(&comment.author, &title, why(m, stored.why)),
        quoted(&comment.body),
        m.letter_inbox(format!("{}/admin/comments#i-{}", app.base, comment.id.0)),
    );
    letter(moderator, m.letter_held_subject(&title), body, None)
}

/// Why a comment is not visible, for those who decide.
pub(crate) fn why(m: Messages, why: Option<Why>) -> &'static str {
    match why {
        Some(Why::First) => m.why_first(),
        Some(Why::All) | None => m.why_all(),
        Some(Why::Work) => m.why_work(),
        Some(Why::Fast) => m.why_fast(),
        Some(Why::Links) => m.why_links(),
        Some(Why::Trap) => m.why_trap(),
        Some(Why::Withdrawn) => m.why_withdrawn(),
        Some(Why::Moderator) => m.why_moderator(),
    }
}

/// The page that confirms and ends a wish.
fn link(app: &App, wish: &Subscription) -> String {
    let token = app.discussing.tokens.wish(wish.comment.0, &wish.mail);
    format!("{}/subscriptions/{}", app.base, escaped(&token))
}

/// `stop` is the page of the wish, below which programs end it without asking (RFC 8058).
fn letter(to: &str, subject: String, body: String, stop: Option<&str>) -> Draft {
    let one_click = stop.into_iter().flat_map(|page| {
        [
            ("List-Unsubscribe".to_owned(), format!("<{page}/stop>")),
            ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ]
    });
    Draft { recipient: to.to_owned(), subject, headers: one_click.collect(), body: body + "\n" }
}

fn quoted(text: &str) -> String {
    let piece: String = text.chars().take(PIECE).collect();
    let more = if piece.len() < text.len() { " …" } else { "" };
    format!("{piece}{more}").lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

impl About {
    /// The title on one line, shortened; formulas as TeX.
    fn title_in_letters(&self) -> String {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        match title.char_indices().nth(120) {
            Some((at, _)) => format!("{}…", &title[..at]),
            None => title,
        }
    }
}
