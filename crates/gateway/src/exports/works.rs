use cite::Work;
use content::{Paper, Post};

use crate::{app::App, papers, posts};

/// What a citation says of a paper.
pub(crate) fn of_paper(app: &App, paper: &Paper) -> Work {
    Work::of_paper(paper, format!("{}{}", app.base, papers::address(paper)))
}

/// What a citation says of a post.
pub(crate) fn of_post(app: &App, post: &Post) -> Work {
    let page = format!("{}{}", app.base, posts::address_of(post));
    Work::of_post(post, page, &app.config.site.title)
}
