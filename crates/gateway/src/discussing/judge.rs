use chrono::TimeDelta;
use content::{CommentState, Why};
use storage::comments::Known;

use crate::config::{Comments, Hold};

/// What speaks for and against showing a comment at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence {
    /// What is known of who sent it.
    pub(crate) known: Known,
    /// How long after the form was made.
    pub(crate) age: TimeDelta,
    /// Whether the browser worked for it.
    pub(crate) worked: bool,
    /// Whether a field was filled that people do not see.
    pub(crate) trapped: bool,
    /// How many links it has.
    pub(crate) links: usize,
}

/// Whether a comment is shown at once, and if not, why.
pub(crate) fn judge(rules: &Comments, evidence: &Evidence) -> (CommentState, Option<Why>) {
    if evidence.trapped {
        return (CommentState::Spam, Some(Why::Trap));
    }
    if evidence.known == Known::Trusted {
        return (CommentState::Visible, None);
    }
    let fastest = TimeDelta::seconds(rules.fastest.into());
    let against = [
        (rules.hold == Hold::All, Why::All),
        (evidence.age < fastest, Why::Fast),
        (evidence.links > rules.links as usize, Why::Links),
        (!evidence.worked, Why::Work),
        (rules.hold == Hold::First && evidence.known == Known::No, Why::First),
    ];
    match against.into_iter().find(|(is_so, _)| *is_so) {
        Some((_, why)) => (CommentState::Held, Some(why)),
        None => (CommentState::Visible, None),
    }
}

/// How many links a text has: addresses, whether they are made to links or not.
pub(crate) fn links_in(text: &str) -> usize {
    let text = text.to_lowercase();
    text.matches("http://").count() + text.matches("https://").count() + text.matches("www.").count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hold: Hold, change: impl Fn(&mut Evidence), expected: Result<(), (CommentState, Why)>) {
        let rules = Comments { hold, ..Comments::default() };
        let mut evidence = Evidence {
            known: Known::Yes,
            age: TimeDelta::seconds(60),
            worked: true,
            trapped: false,
            links: 3,
        };
        change(&mut evidence);
        let expected = match expected {
            Ok(()) => (CommentState::Visible, None),
            Err((state, why)) => (state, Some(why)),
        };
        assert_eq!(judge(&rules, &evidence), expected, "{hold:?} {evidence:?}");
    }

    #[test]
    fn verdicts() {
        let held = |why| Err((CommentState::Held, why));
        check(Hold::First, |_| (), Ok(()));
        check(Hold::First, |e| e.known = Known::No, held(Why::First));
        check(Hold::None, |e| e.known = Known::No, Ok(()));
        check(Hold::All, |_| (), held(Why::All));
        check(Hold::First, |e| e.worked = false, held(Why::Work));
        check(Hold::First, |e| e.age = TimeDelta::seconds(1), held(Why::Fast));
        check(Hold::None, |e| e.links = 4, held(Why::Links));
        for hold in [Hold::First, Hold::All, Hold::None] {
            check(hold, |e| e.trapped = true, Err((CommentState::Spam, Why::Trap)));
            let trusted = |e: &mut Evidence| {
                *e = Evidence { known: Known::Trusted, worked: false, links: 99, ..*e };
            };
            check(hold, trusted, Ok(()));
        }
    }

    #[test]
    fn links() {
        assert_eq!(links_in("no link: $a/b$, e.g. this"), 0);
        assert_eq!(links_in("[a](https://a.example) <HTTP://b.example> www.c.example"), 3);
    }
}
