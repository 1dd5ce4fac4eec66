use std::sync::{Arc, OnceLock};

use actix_web::web;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::errors::Failure;

/// Passwords that are hashed or checked at one time. Each takes 19 MiB, by the parameters that OWASP names.
const AT_ONCE: usize = 2;
/// The fewest characters of a password.
const SHORTEST: usize = 10;
/// The most bytes, so that hashing takes no longer for some.
const LONGEST: usize = 256;

/// Hashes passwords with argon2id, a few at a time.
#[derive(Clone)]
pub(crate) struct Passwords(Arc<Semaphore>);

/// Whether a password could be guessed.
pub(crate) fn too_weak(password: &str) -> bool {
    let characters = password.chars().count();
    let mut distinct: Vec<char> = password.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    characters < SHORTEST || password.len() > LONGEST || distinct.len() < 4
}

/// What is kept of a password. Takes about 20 ms on purpose.
pub(crate) fn hash(password: &str) -> String {
    let hashed = Argon2::default().hash_password(password.as_bytes());
    hashed.expect("the system has random numbers, and no password of ours is too long").to_string()
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }

    /// What is kept of a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Failure> {
        self.in_turn(move || hash(&password)).await
    }

    /// Whether this is the password of which `kept` was kept. Without one, it takes as long to say no.
    pub(crate) async fn check(&self, password: String, kept: Option<String>) -> Result<bool, Failure> {
        self.in_turn(move || {
            let known = kept.is_some();
            let kept = kept.unwrap_or_else(|| nobody().to_owned());
            let right = PasswordHash::new(&kept).is_ok_and(|kept| {
                password.len() <= LONGEST
                    && Argon2::default().verify_password(password.as_bytes(), &kept).is_ok()
            });
            right && known
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let turn = self.0.clone().acquire_owned().await.map_err(|_| Failure::Stopping)?;
        let done = web::block(move || {
            let result = work();
            drop(turn);
            result
        });
        Ok(done.await?)
    }
}

/// A hash that no password of anybody's has.
fn nobody() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash(&super::secret()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords() {
        for weak in ["", "short", "aaaaaaaaaaaa", "abababababab", &"abcdefgh".repeat(40)] {
            assert!(too_weak(weak), "{weak:?}");
        }
        for fine in ["correct horse", "密码密码很长的一句话啊", "aB3$aB3$aB3$"] {
            assert!(!too_weak(fine), "{fine:?}");
        }
    }

    #[tokio::test]
    async fn passwords_are_checked() {
        let passwords = Passwords::new();
        let kept = passwords.hash("correct horse".into()).await.expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$"), "{kept}");
        let check = async |password: &str, kept: Option<&String>| {
            passwords.check(password.into(), kept.cloned()).await.expect("checked")
        };
        assert!(check("correct horse", Some(&kept)).await);
        assert!(!check("correct house", Some(&kept)).await);
        assert!(!check("correct horse", None).await);
        assert!(!check("correct horse", Some(&"nonsense".to_owned())).await);
    }
}
