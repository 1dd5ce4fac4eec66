use std::collections::{HashMap, HashSet};

use content::{AnswerId, Comment, CommentId, DocId, Kind, Paper, PaperId, Post, PostId, Subject};
use storage::{
    Database, Error,
    answers::{self, Finished},
    comments, papers, posts,
};

/// What results are, and what their comments and answers are about, as storage has it now.
pub(crate) struct Documents {
    papers: HashMap<PaperId, Paper>,
    posts: HashMap<PostId, Post>,
    comments: HashMap<CommentId, Comment>,
    answers: HashMap<AnswerId, Finished>,
}

/// One result.
#[derive(Clone, Copy)]
pub(crate) enum Document<'a> {
    Paper(&'a Paper),
    Post(&'a Post),
    Comment(&'a Comment, About<'a>),
    Answer(&'a Finished, &'a Paper),
}

/// What a comment is about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    Post(&'a Post),
    Paper(&'a Paper),
}

impl Documents {
    /// The documents of these names; what was deleted since the index saw it is left out.
    pub(crate) async fn load(db: &Database, ids: impl Iterator<Item = DocId>) -> Result<Self, Error> {
        let ids: Vec<_> = ids.collect();
        let of = |kind| ids.iter().filter(move |doc| doc.kind == kind).map(|doc| doc.id);
        let comments = comments::by_ids(db, &of(Kind::Comment).map(CommentId).collect::<Vec<_>>()).await?;
        let answers = answers::by_ids(db, &of(Kind::Answer).map(AnswerId).collect::<Vec<_>>()).await?;
        let mut paper_ids: HashSet<_> = of(Kind::Paper).map(PaperId).collect();
        let mut post_ids: HashSet<_> = of(Kind::Post).map(PostId).collect();
        for comment in &comments {
            match comment.subject {
                Subject::Paper(id) => drop(paper_ids.insert(id)),
                Subject::Post(id) => drop(post_ids.insert(id)),
            }
        }
        paper_ids.extend(answers.iter().map(|answer| answer.paper));
        let papers = papers::by_ids(db, &Vec::from_iter(paper_ids)).await?;
        let posts = posts::by_ids(db, &Vec::from_iter(post_ids)).await?;
        Ok(Self {
            papers: papers.into_iter().map(|paper| (paper.id, paper)).collect(),
            posts: posts.into_iter().map(|post| (post.id, post)).collect(),
            comments: comments.into_iter().map(|comment| (comment.id, comment)).collect(),
            answers: answers.into_iter().map(|answer| (answer.id, answer)).collect(),
        })
    }

    /// The document of that name, if it was loaded and is still there.
    pub(crate) fn get(&self, doc: DocId) -> Option<Document<'_>> {
        match doc.kind {
            Kind::Paper => self.papers.get(&PaperId(doc.id)).map(Document::Paper),
            Kind::Post => self.posts.get(&PostId(doc.id)).map(Document::Post),
            Kind::Comment => {
                let comment = self.comments.get(&CommentId(doc.id))?;
                Some(Document::Comment(comment, self.about(comment.subject)?))
            }
            Kind::Answer => {
                let answer = self.answers.get(&AnswerId(doc.id))?;
                Some(Document::Answer(answer, self.papers.get(&answer.paper)?))
            }
        }
    }

    fn about(&self, subject: Subject) -> Option<About<'_>> {
        match subject {
            Subject::Post(id) => self.posts.get(&id).map(About::Post),
            Subject::Paper(id) => self.papers.get(&id).map(About::Paper),
        }
    }
}

impl<'a> Document<'a> {
    /// Where it is on this site.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Paper(paper) => crate::papers::address(paper),
            Self::Post(post) => About::Post(post).address(),
            Self::Comment(comment, about) => format!("{}#c-{}", about.address(), comment.id.0),
            Self::Answer(answer, paper) => {
                format!("{}?answer={}#ai", crate::papers::address(paper), answer.key.language.code())
            }
        }
    }

    /// Its title, or the title of what it is about: plain text with formulas.
    pub(crate) fn title(&self) -> &'a str {
        match self {
            Self::Paper(paper) | Self::Answer(_, paper) => &paper.shown.title,
            Self::Post(post) => &post.title,
            Self::Comment(_, about) => about.title(),
        }
    }
}

impl<'a> About<'a> {
    fn address(&self) -> String {
        match self {
            Self::Post(post) => format!("/posts/{}", post.slug),
            Self::Paper(paper) => crate::papers::address(paper),
        }
    }

    /// Its title: plain text with formulas.
    pub(crate) fn title(&self) -> &'a str {
        match self {
            Self::Post(post) => &post.title,
            Self::Paper(paper) => &paper.shown.title,
        }
    }
}
