use render::{Context, Format, Html, Trust};

use crate::app::App;

/// How readers may support the site, as its operator says.
pub(super) struct Support {
    pub(super) text: Html,
    pub(super) pictures: Vec<Picture>,
}

/// A code to be scanned, such as one for a donation.
pub(super) struct Picture {
    pub(super) src: String,
    pub(super) name: String,
}

impl Support {
    /// Nothing unless the operator says something.
    pub(super) fn of(app: &App) -> Option<Self> {
        let said = &app.config.site.support;
        if said.text.trim().is_empty() && said.pictures.is_empty() {
            return None;
        }
        let context = Context { prefix: "support-".into(), ..app.context() };
        let one = |picture: &crate::config::Picture| Picture {
            src: picture.src.clone(),
            name: picture.name.clone(),
        };
        Some(Self {
            text: render::render(&said.text, Format::Markdown, Trust::Post, &context).html,
            pictures: said.pictures.iter().map(one).collect(),
        })
    }
}
