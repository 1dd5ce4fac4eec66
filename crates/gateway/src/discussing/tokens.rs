use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac as _};
use moka::sync::Cache;
use sha2::{Digest as _, Sha256};

/// How long a form may be filled in.
const DAY: TimeDelta = TimeDelta::days(1);
/// Pieces of work that are remembered, so that none counts twice.
const REMEMBERED: u64 = 100_000;
/// The most characters of what a browser found.
const LONGEST: usize = 20;

/// Signs forms and links with the site's secret, and checks the work that browsers did for a form. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Tokens {
    key: Hmac<Sha256>,
    bits: u8,
    done: Cache<[u8; 32], ()>,
}

/// How old a form is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// It was made so long ago, by this site and for this use.
    Known(TimeDelta),
    /// Too old, or not from here.
    Strange,
}

impl Tokens {
    pub(super) fn new(secret: &str, bits: u8) -> Self {
        let key = Hmac::new_from_slice(secret.as_bytes()).expect("a key of any length is one");
        let done =
            Cache::builder().max_capacity(REMEMBERED).time_to_live(Duration::from_secs(86_400)).build();
        Self { key, bits, done }
    }

    /// How many zero bits a browser has to find.
    pub(crate) fn bits(&self) -> u8 {
        self.bits
    }

    /// A token for a form of this use, made now. `session` is that of who gets it, or empty: it is no good to others.
    pub(crate) fn form(&self, subject: &str, session: &str, now: DateTime<Utc>) -> String {
        let made = now.timestamp();
        format!("{made}.{}", self.sign(&["form", subject, session, &made.to_string()]))
    }

    /// How old a form is whose token this is.
    pub(crate) fn age(&self, token: &str, subject: &str, session: &str, now: DateTime<Utc>) -> Age {
        let Some((made, signature)) = token.split_once('.') else { return Age::Strange };
        let right = self.is_signed(&["form", subject, session, made], signature);
        let made = made.parse().ok().and_then(|made| DateTime::from_timestamp(made, 0));
        match made.map(|made| now - made) {
            Some(age) if right && age <= DAY && age >= TimeDelta::seconds(-5) => Age::Known(age),
            _ => Age::Strange,
        }
    }

    /// Whether a browser worked for the form of this token, and what it found was not used before.
    pub(crate) fn is_work(&self, token: &str, found: &str) -> bool {
        if self.bits == 0 {
            return true;
        }
        if found.is_empty() || found.len() > LONGEST || !found.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        let hash: [u8; 32] = Sha256::digest(format!("{token}.{found}")).into();
        zero_bits(&hash) >= u32::from(self.bits) && self.done.entry(hash).or_insert(()).is_fresh()
    }

    /// What confirms and ends a wish for mail of replies to a comment.
    pub(crate) fn wish(&self, comment: i64, mail: &str) -> String {
        self.sign(&["wish", &comment.to_string(), mail])
    }

    /// What tells a letter from those of other sites of the same name.
    pub(super) fn letter(&self, id: i64) -> String {
        self.sign(&["letter", &id.to_string()])[..16].to_owned()
    }

    fn sign(&self, parts: &[&str]) -> String {
        hex(&self.mac(parts).finalize().into_bytes())
    }

    fn is_signed(&self, parts: &[&str], signature: &str) -> bool {
        unhex(signature).is_some_and(|signature| self.mac(parts).verify_slice(&signature).is_ok())
    }

    /// Parts are told apart by their lengths.
    fn mac(&self, parts: &[&str]) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

fn zero_bits(hash: &[u8; 32]) -> u32 {
    let zero_bytes = hash.iter().take_while(|byte| **byte == 0).count();
    zero_bytes as u32 * 8 + hash.get(zero_bytes).map_or(0, |byte| byte.leading_zeros())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_760_000_000 + second, 0).expect("a moment")
    }

    #[test]
    fn a_form_is_for_one_use_one_session_and_one_day() {
        let tokens = Tokens::new("secret", 0);
        let token = tokens.form("post-1", "", moment(0));
        let age = |token: &str, subject: &str, session: &str, second| {
            tokens.age(token, subject, session, moment(second))
        };
        assert_eq!(age(&token, "post-1", "", 7), Age::Known(TimeDelta::seconds(7)));
        assert_eq!(age(&token, "post-1", "", 86_400), Age::Known(DAY));
        for (token, subject, session, second) in [
            (token.as_str(), "post-1", "", 86_401),
            (&token, "post-1", "", -60),
            (&token, "post-2", "", 7),
            (&token, "post-1", "s", 7),
            (&token.replace('.', ".0"), "post-1", "", 7),
            (&token.replace('1', "2"), "post-1", "", 7),
            ("", "post-1", "", 7),
            (".", "post-1", "", 7),
            ("999999999999999999999.00", "post-1", "", 7),
            (&format!("1760000000.{}é", &token[11..]), "post-1", "", 7),
        ] {
            assert_eq!(age(token, subject, session, second), Age::Strange, "{token} {subject} {session}");
        }
        assert_eq!(Tokens::new("other", 0).age(&token, "post-1", "", moment(7)), Age::Strange);
    }

    #[test]
    fn work_counts_once() {
        let tokens = Tokens::new("secret", 8);
        let found = (0_u64..)
            .map(|n| n.to_string())
            .find(|n| zero_bits(&Sha256::digest(format!("token.{n}")).into()) >= 8);
        let found = found.expect("numbers do not end");
        assert!(!tokens.is_work("another token", "0"));
        assert!(tokens.is_work("token", &found));
        assert!(!tokens.is_work("token", &found));
        for nonsense in ["", "x", "-1", "123456789012345678901", " 1"] {
            assert!(!tokens.is_work("token", nonsense), "{nonsense:?}");
        }
        assert!(Tokens::new("secret", 0).is_work("token", ""));
    }

    #[test]
    fn bits_are_counted_from_the_front() {
        let hash = |first: [u8; 3]| {
            let mut hash = [0xff; 32];
            hash[..3].copy_from_slice(&first);
            zero_bits(&hash)
        };
        assert_eq!(hash([0x80, 0, 0]), 0);
        assert_eq!(hash([0, 0x1f, 0]), 11);
        assert_eq!(hash([0, 0, 0]), 24);
        assert_eq!(zero_bits(&[0; 32]), 256);
    }
}
