//! What the masthead offers beside posts and papers: series, if there are any, and pages that stand on their own.

use std::sync::{Arc, PoisonError, RwLock};

use content::{Language, Slug};
use storage::{Database, post_lists};

use crate::posts::page_address;

/// The most pages that the masthead names.
const MOST: usize = 4;

/// What was there when the change log was last looked at. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Menu(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    /// The position in the change log; nothing before the first look.
    at: Option<i64>,
    series: bool,
    pages: Vec<Item>,
}

/// A page that stands on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    pub(crate) title: String,
    pub(crate) href: String,
    pub(crate) language: Language,
    slug: Slug,
    translation: Option<Slug>,
}

impl Menu {
    /// Looks again if the change log has gone on.
    pub(crate) async fn follow(&self, db: &Database, changes: i64) -> Result<(), storage::Error> {
        if self.0.read().unwrap_or_else(PoisonError::into_inner).at == Some(changes) {
            return Ok(());
        }
        let series = post_lists::has_series(db).await?;
        let item = |(page, translation): (post_lists::Named, Option<Slug>)| Item {
            title: page.title,
            href: page_address(&page.slug),
            language: page.language,
            slug: page.slug,
            translation,
        };
        let pages = post_lists::pages(db).await?.into_iter().map(item).collect();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Known { at: Some(changes), series, pages };
        Ok(())
    }

    /// Whether there is any series.
    pub(crate) fn has_series(&self) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).series
    }

    /// The pages for a reader of this language: each text once, in that language if there is one.
    pub(crate) fn pages(&self, language: Language) -> Vec<Item> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let better = |page: &Item| {
            let is_other = |other: &&Item| Some(&other.slug) == page.translation.as_ref();
            known.pages.iter().find(is_other).is_some_and(|other| other.language == language)
        };
        let shown = known.pages.iter().filter(|page| page.language == language || !better(page));
        shown.take(MOST).cloned().collect()
    }
}
