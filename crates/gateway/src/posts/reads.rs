//! Readers of posts, counted: a page says that it was looked at for some seconds, by a script that robots do not run and
//! without a cookie. Who reads without scripts is not counted.
//!
//! Reloads are told by a hash of address and browser with a salt that is thrown away when its day is over, so that
//! afterwards nobody, the operator neither, can tell who read what.

use actix_web::{HttpRequest, HttpResponse, http::header::USER_AGENT, web};
use chrono::{NaiveDate, Utc};
use content::PostId;
use rand::Rng as _;
use storage::{
    post_reads::{self, Reading},
    settings,
};
use tokio::sync::Mutex;

use crate::{app::App, errors::Failure, visit::reader};

/// The setting that holds the day and its salt.
const SETTING: &str = "reads.salt";
/// Words by which a robot that runs scripts gives itself away.
const ROBOTS: [&str; 9] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "headless",
    "preview",
    "lighthouse",
    "monitor",
    "facebookexternalhit",
];

/// The salt of the day.
#[derive(Default)]
pub(crate) struct Salt(Mutex<Option<(NaiveDate, String)>>);

/// `POST /archives/{number}/read`: somebody looks at a post.
pub(crate) async fn read(
    app: web::Data<App>,
    request: HttpRequest,
    post: web::Path<i64>,
) -> Result<HttpResponse, Failure> {
    if !is_robot(&request) {
        let salt = app.salt.of_today(&app).await?;
        let (network, visitor) = reader::salted(&request, &app, &salt);
        let cookie = reader::hash(&request);
        let reading = Reading { network: &network, visitor: &visitor, cookie: cookie.as_deref() };
        let counted = post_reads::read(&app.db, PostId(*post), reading).await;
        counted.map_err(|error| match error {
            storage::Error::Missing(_) => Failure::NotFound,
            other => other.into(),
        })?;
    }
    Ok(HttpResponse::NoContent().finish())
}

fn is_robot(request: &HttpRequest) -> bool {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok());
    let agent = agent.unwrap_or_default().to_ascii_lowercase();
    agent.is_empty() || ROBOTS.iter().any(|word| agent.contains(word))
}

impl Salt {
    /// The salt of today. It outlives the process, or who reads on after a restart would count again.
    async fn of_today(&self, app: &App) -> Result<String, storage::Error> {
        let today = Utc::now().date_naive();
        let mut known = self.0.lock().await;
        if let Some((_, salt)) = known.as_ref().filter(|(day, _)| *day == today) {
            return Ok(salt.clone());
        }
        let stored = settings::get(&app.db, SETTING).await?;
        let stored = stored.as_deref().and_then(|value| value.split_once(' '));
        let salt = match stored.filter(|(day, _)| *day == today.to_string()) {
            Some((_, salt)) => salt.to_owned(),
            None => {
                let salt = format!("{:032x}", rand::rng().random::<u128>());
                settings::set(&app.db, SETTING, &format!("{today} {salt}")).await?;
                salt
            }
        };
        *known = Some((today, salt.clone()));
        Ok(salt)
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn robots() {
        let check = |agent: &str, robot: bool| {
            let request = TestRequest::default().insert_header((USER_AGENT, agent)).to_http_request();
            assert_eq!(is_robot(&request), robot, "{agent}");
        };
        check("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", false);
        check("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", true);
        check("", true);
    }
}
