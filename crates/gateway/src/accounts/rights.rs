use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::Method};
use content::{Role, User};

use super::SignedIn;
use crate::errors::Failure;

/// A user of a request who has some role or more: whoever has not gets no further than this.
macro_rules! allowed {
    ($($(#[$doc:meta])* $name:ident: $role:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name(pub(crate) User);

        impl FromRequest for $name {
            type Error = Failure;
            type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

            fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
                let signed_in = SignedIn::from_request(request, payload);
                let address = (request.method() == Method::GET).then(|| request.uri().to_string());
                Box::pin(async move { checked(signed_in.await?.0, $role, address).map(Self) })
            }
        }
    )*};
}

allowed! {
    /// Who may write posts of their own.
    Writer: Role::Author;
    /// Who may change everybody's posts, and moderates.
    Editor: Role::Editor;
    /// Who may do everything.
    Administrator: Role::Administrator;
}

/// `address` is where the user goes on after signing in, if they can.
fn checked(user: Option<User>, least: Role, address: Option<String>) -> Result<User, Failure> {
    match user {
        Some(user) if user.role >= least => Ok(user),
        Some(_) => Err(Failure::NotAllowed),
        None => Err(address.map_or(Failure::SignedOut, Failure::SignInFirst)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use content::UserId;

    use super::*;

    #[test]
    fn each_role_may_do_what_those_below_it_may() {
        let user = |role| {
            Some(User { id: UserId(1), name: "ada".parse().expect("a name"), role, created: Utc::now() })
        };
        for (n, role) in Role::ALL.into_iter().enumerate() {
            for (least_n, least) in Role::ALL.into_iter().enumerate() {
                assert_eq!(checked(user(role), least, None).is_ok(), n >= least_n, "{role:?} {least:?}");
            }
        }
        assert!(matches!(checked(None, Role::Reader, None), Err(Failure::SignedOut)));
        assert!(matches!(
            checked(None, Role::Reader, Some("/write".into())),
            Err(Failure::SignInFirst(address)) if address == "/write"
        ));
    }
}
