//! What stands behind the question mark of an address. Of what is said twice the last holds, wherever it is read.

use std::{
    collections::BTreeMap,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use serde::de::DeserializeOwned;
use url::form_urlencoded::{self, Serializer};

use crate::errors::Failure;

/// The parameters of an address that a handler reads; unknown ones are ignored.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Parameters<T> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(of(request.query_string()).map(Self))
    }
}

fn of<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    let last: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    let once = Serializer::new(String::new()).extend_pairs(last).finish();
    let read = web::Query::<T>::from_query(&once).map_err(|error| Failure::BadRequest(error.to_string()))?;
    Ok(read.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Day {
        date: Option<String>,
    }

    #[test]
    fn the_last_holds() {
        let date = |query: &str| of::<Day>(query).ok().and_then(|day| day.date);
        assert_eq!(date("date=1&x=%ff&date=2%263").as_deref(), Some("2&3"));
        assert_eq!(date("x=1&x=2"), None);
    }
}
