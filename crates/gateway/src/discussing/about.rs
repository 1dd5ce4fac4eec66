use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use content::{Language, Paper, PaperId, Post, PostId, Slug, Subject, UserId};
use render::Context;
use storage::{papers, posts};

use crate::{
    app::App,
    errors::Failure,
    papers::{address, escaped},
    posts::body_of,
};

/// What a discussion is about.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) subject: Subject,
    /// Plain text with formulas.
    pub(crate) title: String,
    pub(crate) language: Language,
    /// The address of its page.
    pub(crate) page: String,
    /// The address that everything about its discussion is below.
    pub(crate) root: String,
    /// What comments may refer to on its page.
    pub(crate) context: Arc<Context>,
    /// Whether something may be said about it.
    pub(crate) open: bool,
    /// Whose it is.
    pub(crate) owner: Option<UserId>,
}

impl About {
    /// A post that everybody may read, by an address that it has or had.
    pub(crate) async fn of_slug(app: &App, slug: &str) -> Result<Self, Failure> {
        let slug: Slug = slug.parse().map_err(|_| Failure::NotFound)?;
        let post = posts::at(&app.db, &slug).await?.ok_or(Failure::NotFound)?;
        Ok(Self::of_post(app, &post))
    }

    /// The paper of a number, or the one that stands for it.
    pub(crate) async fn of_number(app: &App, paper: i64) -> Result<Self, Failure> {
        let paper = papers::by_id(&app.db, PaperId(paper)).await?.ok_or(Failure::NotFound)?;
        Ok(Self::of_paper(app, &paper))
    }

    /// What a comment is about, if everybody may read that.
    pub(crate) async fn of_subject(app: &App, subject: Subject) -> Result<Self, Failure> {
        match subject {
            Subject::Post(id) => {
                let post = posts::by_id(&app.db, id).await?.ok_or(Failure::NotFound)?;
                Ok(Self::of_post(app, &post))
            }
            Subject::Paper(id) => Self::of_number(app, id.0).await,
        }
    }

    /// The same, where it is no failure that nobody may.
    pub(crate) async fn if_read(app: &App, subject: Subject) -> Result<Option<Self>, Failure> {
        match Self::of_subject(app, subject).await {
            Err(Failure::NotFound) => Ok(None),
            about => about.map(Some),
        }
    }

    /// What each of these comments is about, as far as everybody may read that.
    pub(crate) async fn of_all(
        app: &App,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<HashMap<Subject, Self>, Failure> {
        let subjects: HashSet<Subject> = subjects.into_iter().collect();
        let mut found = HashMap::new();
        for subject in subjects {
            found.extend(Self::if_read(app, subject).await?.map(|about| (subject, about)));
        }
        Ok(found)
    }

    /// What forms call it: `post-7`, `paper-7`.
    pub(crate) async fn of_name(app: &App, name: &str) -> Result<Self, Failure> {
        let (kind, number) = name.split_once('-').ok_or(Failure::NotFound)?;
        let number = number.parse().map_err(|_| Failure::NotFound)?;
        match kind {
            "post" => Self::of_subject(app, Subject::Post(PostId(number))).await,
            "paper" => Self::of_number(app, number).await,
            _ => Err(Failure::NotFound),
        }
    }

    /// The post is rendered for what its labels and macros are, unless it was a moment ago.
    pub(crate) fn of_post(app: &App, post: &Post) -> Self {
        let key = (post.id.0, post.updated.timestamp_micros());
        let context = app.discussing.contexts.get_with(key, || {
            let rendered = body_of(post, &app.context());
            Arc::new(Context { labels: rendered.labels, macros: rendered.macros, ..Context::default() })
        });
        let page = format!("/posts/{}", escaped(post.slug.as_str()));
        Self {
            subject: Subject::Post(post.id),
            title: post.title.clone(),
            language: post.language,
            root: page.clone(),
            page,
            context,
            open: post.details.commenting,
            owner: post.owner,
        }
    }

    pub(crate) fn of_paper(app: &App, paper: &Paper) -> Self {
        Self {
            subject: Subject::Paper(paper.id),
            title: paper.shown.title.clone(),
            language: Language::of(&paper.shown.title),
            page: address(paper),
            root: format!("/papers/{}", paper.id.0),
            context: Arc::new(app.context()),
            open: true,
            owner: None,
        }
    }

    /// What forms call it.
    pub(crate) fn name(&self) -> String {
        match self.subject {
            Subject::Post(id) => format!("post-{}", id.0),
            Subject::Paper(id) => format!("paper-{}", id.0),
        }
    }

    /// The address of a page of its discussion, from 1.
    pub(crate) fn page_address(&self, page: usize) -> String {
        match page {
            0 | 1 => self.page.clone(),
            page => format!("{}/comment-page-{page}", self.root),
        }
    }

    /// What a comment may refer to where it stands on another page than what it is about.
    pub(crate) fn context_elsewhere(&self) -> Context {
        Context { labels: self.context.labels.at(&self.page), ..(*self.context).clone() }
    }
}
