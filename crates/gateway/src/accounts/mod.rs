//! Accounts: how somebody proves who they are, and stays known to be. What their pages look like is in `pages`.
//!
//! [`Passwords`] hashes and checks, a few at a time; [`Tries`] slows down whoever guesses; [`SignedIn`] is the user of a
//! request, [`Writer`], [`Editor`] and [`Administrator`] one who may do something. Names are not given away: a name that nobody has takes as long and gets the same answer as a wrong password.

mod library;
mod passwords;
mod rights;
mod session;
mod tries;

pub(crate) use library::{keep_library, library};
pub(crate) use passwords::{Passwords, hash, too_weak};
pub(crate) use rights::{Administrator, Editor, Writer, admit};
pub(crate) use session::{SignedIn, begin, end, know, role, token_hash};
pub(crate) use tries::Tries;

use rand::Rng as _;
use sha2::{Digest as _, Sha256};

/// A secret of 256 bits, as text for an address or a cookie.
pub(crate) fn secret() -> String {
    rand::rng().random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is kept of a secret: it is long enough that no slow hash is needed.
pub(crate) fn digest(secret: &str) -> String {
    format!("{:x}", Sha256::digest(secret))
}
