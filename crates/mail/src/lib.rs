//! Sends letters of plain text through one mail server.
//!
//! A [`Server`] says where the operator's mail server is and how it is spoken to; a [`Sender`] hands it one [`Letter`]
//! after another, and says of each that was not taken whether it may be [tried again](Fault::may_pass). Nothing that a
//! letter holds can become a header of its own: addresses are parsed, line ends in headers are refused, and everything
//! else is encoded by lettre.
//!
//! Missing on purpose: a queue (what waits is stored, see `storage::mails`), HTML, attachments, and sentences.
//!
//! ```
//! let letter = mail::Letter {
//!     to: "ada@example.org".into(),
//!     subject: "A reply".into(),
//!     headers: vec![("List-Unsubscribe".into(), "<https://example.org/stop>".into())],
//!     body: "Let $x=1$.\n".into(),
//!     id: "17@example.org".into(),
//! };
//! let written = mail::written(&letter, "Inkstone <blog@example.org>").expect("a letter");
//! assert!(written.contains("Subject: A reply\r\n"));
//! ```

mod letter;
mod sender;

pub use letter::{Letter, is_address, written};
pub use sender::{Fault, Security, Sender, Server};
