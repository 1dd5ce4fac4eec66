//! Names that stay when the site moves to another address.

use sha2::{Digest as _, Sha256};
use storage::{Database, site};
use uuid::Builder;

/// What tells this site from others, stored with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Identity(i64);

impl Identity {
    /// The stored one; the first time one is drawn.
    pub(crate) async fn of(db: &Database) -> Result<Self, storage::Error> {
        site::identity(db, rand::random()).await.map(Self)
    }

    /// The name of a thing of this site: a UUID of version 8 (RFC 9562), made of what the thing is called here.
    pub(crate) fn urn(self, thing: &str) -> String {
        let hash = Sha256::digest(format!("{} {thing}", self.0));
        let bytes = hash[..16].try_into().expect("a hash has 32 bytes");
        Builder::from_custom_bytes(bytes).into_uuid().urn().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_of_each_site_has_a_name() {
        let name = Identity(1).urn("posts/3");
        assert_eq!(name, Identity(1).urn("posts/3"));
        assert!(name != Identity(1).urn("posts/4") && name != Identity(2).urn("posts/3"));
        assert!(name.starts_with("urn:uuid:") && name.len() == "urn:uuid:".len() + 36, "{name}");
        assert_eq!(name.as_bytes()["urn:uuid:".len() + 14], b'8', "{name}");
    }
}
