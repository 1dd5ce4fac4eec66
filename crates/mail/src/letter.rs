use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};

use crate::Fault;

/// A letter of plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The address that it goes to, without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Further headers by name, in ASCII.
    pub headers: Vec<(String, String)>,
    /// The text, of lines of any length.
    pub body: String,
    /// What distinguishes it from all others, as `<name>@<host>`. A letter that comes twice has the same.
    pub id: String,
}

/// Whether a text is an address that a letter can be sent to.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.is_ascii() && text.parse::<Address>().is_ok()
}

/// A letter as it goes over the wire (RFC 5322), from whom `from` names.
///
/// # Errors
/// [`Fault::Never`] if an address is none, or a header could become two.
pub fn written(letter: &Letter, from: &str) -> Result<String, Fault> {
    Ok(String::from_utf8_lossy(&message(letter, &sender(from)?)?.formatted()).into_owned())
}

pub(crate) fn sender(from: &str) -> Result<Mailbox, Fault> {
    from.parse().map_err(|error| Fault::Never(format!("{from:?} is no address: {error}")))
}

pub(crate) fn message(letter: &Letter, from: &Mailbox) -> Result<Message, Fault> {
    let to: Address =
        letter.to.parse().map_err(|error| Fault::Never(format!("an address that is none: {error}")))?;
    let mut builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{}>", letter.id)))
        .date_now()
        .header(ContentType::TEXT_PLAIN);
    for (name, value) in &letter.headers {
        builder = builder.raw_header(header(name, value)?);
    }
    // Mail that answers mail by itself is not to answer this one (RFC 3834).
    builder = builder.raw_header(header("Auto-Submitted", "auto-generated")?);
    builder.body(letter.body.clone()).map_err(|error| Fault::Never(error.to_string()))
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Fault> {
    let wrong = || Fault::Never(format!("the header {name:?} cannot be sent"));
    if value.chars().any(|c| c.is_control() || !c.is_ascii()) {
        return Err(wrong());
    }
    let name = HeaderName::new_from_ascii(name.to_owned()).map_err(|_| wrong())?;
    Ok(HeaderValue::new(name, value.to_owned()))
}

fn one_line(text: &str) -> String {
    text.split(char::is_control).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            to: to.into(),
            subject: subject.into(),
            headers: Vec::new(),
            body: "Let $x=1$.\n.\nAfter the dot.\n".into(),
            id: "1@example.org".into(),
        }
    }

    fn headers_of(letter: &Letter) -> Vec<String> {
        let text = written(letter, "Ink <ink@example.org>").expect("a letter");
        let (headers, _) = text.split_once("\r\n\r\n").expect("headers and a body");
        let folded = headers.replace("\r\n ", " ");
        folded.lines().filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
    }

    #[test]
    fn no_subject_makes_a_header() {
        let plain = headers_of(&letter("ada@example.org", "x"));
        for hostile in
            ["x\r\nBcc: eve@example.org", "x\nX: y\n\nbody", "\u{85}x\u{2028}y", "\r\n\r\n", "旋\r\nX: 1"]
        {
            assert_eq!(headers_of(&letter("ada@example.org", hostile)), plain, "{hostile:?}");
        }
    }

    #[test]
    fn no_header_becomes_two() {
        for hostile in ["a\r\nBcc: eve@example.org", "a\nb", "旋"] {
            let headers = vec![("List-Unsubscribe".to_owned(), hostile.to_owned())];
            let letter = Letter { headers, ..letter("ada@example.org", "x") };
            assert!(written(&letter, "ink@example.org").is_err(), "{hostile:?}");
        }
    }

    #[test]
    fn addresses() {
        for right in ["ada@example.org", "a.b+c@x.example", "a@localhost"] {
            assert!(is_address(right), "{right}");
        }
        let hostile = [
            "",
            "ada",
            "a@b@c",
            "a b@example.org",
            "<ada@example.org>",
            "ada@example.org\r\nBcc: eve@example.org",
            "ada@example.org, eve@example.org",
            "a@exa mple.org",
            "\"a\r\n\"@example.org",
        ];
        for wrong in hostile {
            assert!(!is_address(wrong), "{wrong:?}");
            assert!(written(&letter(wrong, "x"), "ink@example.org").is_err(), "{wrong:?}");
        }
    }
}
