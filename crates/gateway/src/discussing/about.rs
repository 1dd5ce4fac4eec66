use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use actix_web::HttpRequest;
use chrono::Utc;
use content::{Language, Paper, PaperId, Post, PostId, Subject, UserId, Visibility};
use render::Context;
use storage::{papers, posts};

use crate::{
    app::App,
    errors::Failure,
    papers::address,
    posts::{access, address_of, body_of},
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
    /// Whether everybody may read it, and what is said about it: nothing of it is sent anywhere otherwise.
    pub(crate) public: bool,
    /// Whose it is.
    pub(crate) owner: Option<UserId>,
}

impl About {
    /// The post that is or was at an address, if the visitor may read it.
    pub(crate) async fn of_slug(app: &App, request: &HttpRequest, slug: &str) -> Result<Self, Failure> {
        let post = access::at(app, request, slug).await?.read().ok_or(Failure::NotFound)?;
        Ok(Self::of_post(app, &post))
    }

    /// The paper of a number, or the one that stands for it.
    pub(crate) async fn of_number(app: &App, paper: i64) -> Result<Self, Failure> {
        let paper = papers::by_id(&app.db, PaperId(paper)).await?.ok_or(Failure::NotFound)?;
        Ok(Self::of_paper(app, &paper))
    }

    /// What a comment is about, if the visitor may read that.
    pub(crate) async fn of_subject(
        app: &App,
        request: &HttpRequest,
        subject: Subject,
    ) -> Result<Self, Failure> {
        match subject {
            Subject::Post(id) => {
                let post = access::of(app, request, id).await?.read().ok_or(Failure::NotFound)?;
                Ok(Self::of_post(app, &post))
            }
            Subject::Paper(id) => Self::of_number(app, id.0).await,
        }
    }

    /// What a comment is about, for those who may read everything.
    pub(crate) async fn for_editors(app: &App, subject: Subject) -> Result<Option<Self>, Failure> {
        match subject {
            Subject::Post(id) => {
                Ok(posts::kept_of(&app.db, id).await?.map(|(post, _)| Self::of_post(app, &post)))
            }
            Subject::Paper(id) => {
                Ok(papers::by_id(&app.db, id).await?.map(|paper| Self::of_paper(app, &paper)))
            }
        }
    }

    /// The same, if everybody may read it.
    pub(crate) async fn for_everybody(app: &App, subject: Subject) -> Result<Option<Self>, Failure> {
        Ok(Self::for_editors(app, subject).await?.filter(|about| about.public))
    }

    /// What each of these comments is about, for those who may read everything.
    pub(crate) async fn of_all(
        app: &App,
        subjects: impl IntoIterator<Item = Subject>,
    ) -> Result<HashMap<Subject, Self>, Failure> {
        let subjects: HashSet<Subject> = subjects.into_iter().collect();
        let mut found = HashMap::new();
        for subject in subjects {
            found.extend(Self::for_editors(app, subject).await?.map(|about| (subject, about)));
        }
        Ok(found)
    }

    /// What forms call it: `post-7`, `paper-7`.
    pub(crate) async fn of_name(app: &App, request: &HttpRequest, name: &str) -> Result<Self, Failure> {
        let (kind, number) = name.split_once('-').ok_or(Failure::NotFound)?;
        let number = number.parse().map_err(|_| Failure::NotFound)?;
        let subject = match kind {
            "post" => Subject::Post(PostId(number)),
            "paper" => Subject::Paper(PaperId(number)),
            _ => return Err(Failure::NotFound),
        };
        Self::of_subject(app, request, subject).await
    }

    /// The post is rendered for what its labels and macros are, unless it was a moment ago.
    pub(crate) fn of_post(app: &App, post: &Post) -> Self {
        let key = (post.id.0, post.updated.timestamp_micros());
        let context = app.discussing.contexts.get_with(key, || {
            let rendered = body_of(post, &app.context());
            Arc::new(Context { labels: rendered.labels, macros: rendered.macros, ..Context::default() })
        });
        let page = address_of(post);
        Self {
            subject: Subject::Post(post.id),
            title: post.title.clone(),
            language: post.language,
            root: page.clone(),
            page,
            context,
            open: post.details.commenting,
            public: post.details.visibility == Visibility::Public && post.published <= Utc::now(),
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
            public: true,
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
