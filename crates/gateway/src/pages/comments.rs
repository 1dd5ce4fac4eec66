use std::collections::HashMap;

use askama::Template;
use content::{Comment, CommentId, Language};
use render::{Context, Format, Html, Trust};

use crate::language::Messages;

/// Levels of replies that are indented; deeper ones stand flat on the last.
const MAX_DEPTH: usize = 4;

/// The discussion below a post or a paper.
pub(super) struct Thread {
    pub(super) total: u64,
    /// Made by our own template around rendered bodies.
    pub(super) html: String,
}

/// One comment as it is shown.
struct Said {
    id: i64,
    author: String,
    datetime: String,
    when: String,
    language: Language,
    body: Html,
    /// The replies' level, already filled in.
    replies: String,
}

#[derive(Template)]
#[template(path = "thread.html")]
struct Level {
    thread: Vec<Said>,
}

/// Renders a discussion, oldest first; `context` names the labels that comments may refer to.
pub(super) fn thread(comments: &[Comment], context: &Context, m: Messages) -> Result<Thread, askama::Error> {
    let view = View { replies: by_parent(comments), context, m };
    Ok(Thread { total: comments.len() as u64, html: view.level(&view.below(None, 0), 0)? })
}

/// Replies by what they reply to; what replies to nothing that is here stands at the top.
fn by_parent(comments: &[Comment]) -> HashMap<Option<CommentId>, Vec<&Comment>> {
    let here: std::collections::HashSet<_> = comments.iter().map(|comment| comment.id).collect();
    let mut replies: HashMap<_, Vec<_>> = HashMap::new();
    for comment in comments {
        replies.entry(comment.parent.filter(|parent| here.contains(parent))).or_default().push(comment);
    }
    replies
}

struct View<'a> {
    replies: HashMap<Option<CommentId>, Vec<&'a Comment>>,
    context: &'a Context,
    m: Messages,
}

impl<'a> View<'a> {
    /// What stands on the level below a comment: its replies, on the last level all that follow.
    fn below(&self, parent: Option<CommentId>, depth: usize) -> Vec<&'a Comment> {
        let direct = |parent| self.replies.get(&parent).into_iter().flatten().copied();
        let mut level: Vec<_> = direct(parent).collect();
        if depth + 1 == MAX_DEPTH {
            let mut next = 0;
            while next < level.len() {
                level.extend(direct(Some(level[next].id)));
                next += 1;
            }
            level.sort_by_key(|comment| (comment.created, comment.id));
        }
        level
    }

    fn level(&self, comments: &[&Comment], depth: usize) -> Result<String, askama::Error> {
        if comments.is_empty() {
            return Ok(String::new());
        }
        let thread = comments.iter().map(|comment| self.said(comment, depth)).collect::<Result<_, _>>()?;
        Level { thread }.render()
    }

    fn said(&self, comment: &Comment, depth: usize) -> Result<Said, askama::Error> {
        let context = Context { prefix: format!("c{}-", comment.id.0), ..self.context.clone() };
        let deepest = depth + 1 == MAX_DEPTH;
        let below = if deepest { Vec::new() } else { self.below(Some(comment.id), depth + 1) };
        Ok(Said {
            id: comment.id.0,
            author: comment.author.clone(),
            datetime: comment.created.to_rfc3339(),
            when: self.m.short_date(&comment.created),
            language: Language::of(&comment.body),
            body: render::render(&comment.body, Format::Markdown, Trust::Comment, &context).html,
            replies: self.level(&below, depth + 1)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use content::{PostId, Subject};

    use super::*;

    fn comment(id: i64, parent: Option<i64>) -> Comment {
        Comment {
            id: CommentId(id),
            subject: Subject::Post(PostId(1)),
            parent: parent.map(CommentId),
            author: "N".into(),
            body: format!("body {id}"),
            created: DateTime::UNIX_EPOCH + chrono::Duration::seconds(id),
        }
    }

    /// Indentation of each comment in the order shown, as `depth:id`.
    fn shape(comments: &[Comment]) -> String {
        let html = thread(comments, &Context::default(), Messages(Language::En)).expect("renders").html;
        let (mut depth, mut shape) = (0, Vec::new());
        for tag in html.split('<') {
            depth += i32::from(tag.starts_with("ul")) - i32::from(tag.starts_with("/ul"));
            if let Some(id) = tag.strip_prefix("li id=\"c-") {
                shape.push(format!("{depth}:{}", id.split('"').next().unwrap_or_default()));
            }
        }
        shape.join(" ")
    }

    #[test]
    fn replies_stand_below_what_they_answer() {
        let comments = [comment(1, None), comment(2, None), comment(3, Some(1)), comment(4, Some(3))];
        assert_eq!(shape(&comments), "1:1 2:3 3:4 1:2");
    }

    #[test]
    fn the_deepest_level_is_flat_and_loses_nothing() {
        let comments: Vec<_> = (1..=2000).map(|id| comment(id, (id > 1).then_some(id - 1))).collect();
        let shape = shape(&comments);
        assert!(shape.starts_with("1:1 2:2 3:3 4:4 4:5 4:6"), "{}", &shape[..40]);
        assert_eq!(shape.split(' ').count(), 2000);
    }

    #[test]
    fn a_reply_to_a_comment_that_is_gone_stays() {
        assert_eq!(shape(&[comment(5, Some(4))]), "1:5");
    }
}
