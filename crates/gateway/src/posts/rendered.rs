//! Posts that were rendered a while ago. A rendering is kept under all that it depends on, and so never wrong.

use std::sync::Arc;

use content::{Format, Post};
use moka::sync::Cache;
use render::{Context, Rendered};
use sha2::{Digest as _, Sha256};

use crate::posts::{body_of, teaser_of};

/// The most bytes of HTML and text that are kept.
const MEMORY: u64 = 64 << 20;

/// What was rendered. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Renderings(Cache<[u8; 32], Arc<Rendered>>);

/// How much of a post is rendered.
#[derive(Debug, Clone, Copy)]
enum Part {
    Whole,
    Teaser,
}

impl Renderings {
    pub(crate) fn new() -> Self {
        let weight = |_: &[u8; 32], rendered: &Arc<Rendered>| {
            // Formulas and headings are about as much again.
            u32::try_from(2 * (rendered.html.as_str().len() + rendered.text.len()) + 512).unwrap_or(u32::MAX)
        };
        Self(Cache::builder().max_capacity(MEMORY).weigher(weight).build())
    }

    /// The whole of a post.
    pub(crate) fn body(&self, post: &Post, context: &Context) -> Arc<Rendered> {
        self.0.get_with(key(post, context, Part::Whole), || Arc::new(body_of(post, context)))
    }

    /// The beginning of a post.
    pub(crate) fn teaser(&self, post: &Post, context: &Context) -> Arc<Rendered> {
        self.0.get_with(key(post, context, Part::Teaser), || Arc::new(teaser_of(post, context)))
    }
}

fn key(post: &Post, context: &Context, part: Part) -> [u8; 32] {
    let format = match post.format {
        Format::Markdown => "markdown",
        Format::Html => "html",
    };
    let mut hash = Sha256::new();
    let mut field = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    field(render::VERSION);
    field(&format!("{part:?}"));
    field(format);
    field(&context.prefix);
    field(&context.page);
    field(&post.details.macros);
    for (name, body) in context.macros.iter() {
        field(name);
        field(body);
    }
    // What follows are no macros.
    field("");
    for (key, cited) in &context.citations {
        field(key);
        field(&cited.label);
        field(&cited.href);
    }
    field("");
    for (address, picture) in &context.pictures {
        field(address);
        field(&format!("{picture:?}"));
    }
    field(&format!("{:?}", context.first_screen));
    field(&context.base);
    field(&post.body);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a post that was changed like this is rendered anew.
    fn check(change: impl Fn(&mut Post, &mut Context)) {
        let renderings = Renderings::new();
        let (mut post, mut context) = (crate::posts::tests::post("$x$"), Context::default());
        let first = renderings.body(&post, &context);
        assert!(Arc::ptr_eq(&first, &renderings.body(&post, &context)));
        change(&mut post, &mut context);
        assert!(!Arc::ptr_eq(&first, &renderings.body(&post, &context)));
    }

    #[test]
    fn a_rendering_is_kept_under_what_it_depends_on() {
        check(|post, _| post.body.push('y'));
        check(|post, _| post.details.macros.push_str(r"\def\x{y}"));
        check(|post, _| post.format = Format::Html);
        check(|_, context| context.page.push('a'));
        check(|_, context| context.macros = tex::Macros::of([("a", "b")]).expect("a macro"));
        check(|_, context| context.prefix.push('a'));
        check(|_, context| {
            let cited = render::Cited { label: "a".into(), href: "b".into(), known: true };
            context.citations.insert("arxiv:1".into(), cited);
        });
        check(|_, context| {
            let picture = render::Picture { width: 1, height: 1, smaller: None };
            context.pictures.insert("/files/a.png".into(), picture);
        });
        check(|_, context| context.first_screen = Some(0));
        check(|_, context| context.base.push('a'));
    }
}
