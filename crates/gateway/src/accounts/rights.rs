use std::{future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest,
    body::BoxBody,
    dev::{Payload, ServiceRequest, ServiceResponse},
    middleware::Next,
};
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
                let address = request.method().is_safe().then(|| request.uri().to_string());
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

/// What one must be at least, by how an address begins. The first that fits counts: a page that is added below one of
/// these is closed to others, whatever its handler asks for.
const RIGHTS: [(&str, Role); 4] = [
    ("/admin/comments", Role::Editor),
    ("/admin/terms", Role::Editor),
    ("/admin", Role::Administrator),
    ("/write", Role::Author),
];

/// Middleware: lets nobody in who may not see an address.
pub(crate) async fn admit(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(least) = least(request.match_info().as_str()) else { return next.call(request).await };
    let address = request.method().is_safe().then(|| request.uri().to_string());
    let signed_in = SignedIn::from_request(request.request(), &mut Payload::None).await;
    match signed_in.and_then(|signed_in| checked(signed_in.0, least, address)) {
        Ok(_) => next.call(request).await,
        Err(failure) => Ok(request.error_response(failure)),
    }
}

/// What one must be at least to see an address; nothing for those that are open to all.
fn least(path: &str) -> Option<Role> {
    let below =
        |begin: &str| path.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    RIGHTS.iter().find(|(begin, _)| below(begin)).map(|(_, role)| *role)
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
    fn addresses_are_closed_by_how_they_begin() {
        let check = |path: &str, expected: Option<Role>| assert_eq!(least(path), expected, "{path}");
        check("/admin", Some(Role::Administrator));
        check("/admin/anything/new", Some(Role::Administrator));
        check("/admin/comments/7", Some(Role::Editor));
        check("/admin/terms", Some(Role::Editor));
        check("/write/7/preview", Some(Role::Author));
        check("/writer", None);
        check("/posts/admin", None);
    }

    #[test]
    fn each_role_may_do_what_those_below_it_may() {
        let user = |role| {
            let name = "ada".parse().expect("a name");
            Some(User { id: UserId(1), name, shown: None, role, created: Utc::now() })
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
