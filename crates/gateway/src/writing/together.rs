use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, HttpResponse, web};
use content::{DraftId, User, UserId};
use serde_json::json;

use crate::{accounts::Writer, app::App, pages::Page};

/// Who was not heard of for so long is not writing any more; editors say that they are there more often.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who is writing what just now. Forgotten when the process ends: whoever is there says so again.
#[derive(Default)]
pub(crate) struct Together(Mutex<HashMap<(DraftId, UserId), (String, Instant)>>);

impl Together {
    /// Notes that somebody is there; gives the names of the others.
    pub(super) fn note(&self, draft: DraftId, user: &User) -> Vec<String> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (_, heard)| heard.elapsed() < PATIENCE);
        all.insert((draft, user.id), (user.shown().to_owned(), Instant::now()));
        let others = all.iter().filter(|((one, who), _)| *one == draft && *who != user.id);
        let mut names: Vec<String> = others.map(|(_, (name, _))| name.clone()).collect();
        names.sort();
        names
    }

    /// Notes that somebody went away.
    pub(super) fn leave(&self, draft: DraftId, user: UserId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&(draft, user));
    }
}

/// `POST /write/{id}/here`: an editor is open; `?left` says that it is not any more. Tells who else is there, and which
/// version is kept.
pub(super) async fn here(
    app: web::Data<App>,
    writer: Writer,
    request: HttpRequest,
    id: web::Path<String>,
) -> Page {
    let working = super::working(&app, &writer.0, &id).await?;
    if request.query_string() == "left" {
        app.desk.together.leave(working.id, writer.0.id);
        return Ok(HttpResponse::NoContent().finish());
    }
    let others = app.desk.together.note(working.id, &writer.0);
    Ok(HttpResponse::Ok()
        .json(json!({ "others": others, "version": working.version, "editor": working.editor })))
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use content::Role;

    use super::*;

    #[test]
    fn who_is_there_is_told_to_others() {
        let user = |id, name: &str| User {
            id: UserId(id),
            name: name.parse().expect("a name"),
            shown: None,
            role: Role::Author,
            created: Utc::now(),
        };
        let (ada, eve) = (user(1, "ada"), user(2, "eve"));
        let together = Together::default();
        assert_eq!(together.note(DraftId(1), &ada), [""; 0]);
        assert_eq!(together.note(DraftId(1), &eve), ["ada"]);
        assert_eq!(together.note(DraftId(2), &eve), [""; 0]);
        together.leave(DraftId(1), ada.id);
        assert_eq!(together.note(DraftId(1), &eve), [""; 0]);
    }
}
