//! What a post refers to. It cites by `[@arxiv:1706.03762]` papers that are stored, posts of this site, and works of which
//! there is only a name that leads to their source; and it shows pictures of this site.

use std::collections::{BTreeMap, BTreeSet};

use cite::Work;
use content::{ArxivId, RecordKey, Slug};
use render::{Cited, Context, Html, Picture};
use storage::{media, papers, posts};

use crate::{
    app::App,
    exports,
    papers::{address, escaped},
    posts as blog, writing,
};

/// The most works that one post cites, and pictures that it shows; what is beyond stays as it was written.
const MOST: usize = 500;
/// Bytes of text before which a picture of a post is likely to be seen at once.
const FIRST_SCREEN: usize = 1500;

/// A work in a list of references.
pub(crate) struct Reference {
    /// What stands among the words.
    pub(crate) label: String,
    /// The whole reference; empty where there is only a name.
    pub(crate) html: Html,
    pub(crate) href: String,
}

/// What a text refers to.
#[derive(Default)]
pub(crate) struct Works {
    /// By what it names them.
    cited: BTreeMap<String, (Cited, String)>,
    /// By their addresses.
    pictures: BTreeMap<String, Picture>,
}

impl Works {
    /// Looks for what a text cites and shows.
    pub(crate) async fn of(app: &App, text: &str) -> Result<Self, storage::Error> {
        let mut cited = BTreeMap::new();
        for key in render::cited(text).into_iter().take(MOST) {
            if let Some(work) = find(app, &key).await? {
                cited.insert(key, work);
            }
        }
        let shown = media::by_hashes(&app.db, &files(text)).await?;
        Ok(Self { cited, pictures: shown.iter().filter_map(writing::picture).collect() })
    }

    /// What a text may refer to, these works as well.
    pub(crate) fn context(&self, context: Context) -> Context {
        let citations = self.cited.iter().map(|(key, (cited, _))| (key.clone(), cited.clone())).collect();
        let first_screen = context.first_screen.or(Some(FIRST_SCREEN));
        Context { citations, pictures: self.pictures.clone(), first_screen, ..context }
    }

    /// The same where the text is read elsewhere: addresses are whole, those within it below this one. Who reads it there
    /// knows nothing of our columns and screens.
    pub(crate) fn context_elsewhere(&self, app: &App, page: &str) -> Context {
        let context = Context { page: page.to_owned(), base: app.base.to_string(), ..app.context() };
        Context { pictures: BTreeMap::new(), first_screen: None, ..self.context(context) }
    }

    /// The picture at an address, if the text shows it.
    pub(crate) fn picture(&self, address: &str) -> Option<&Picture> {
        self.pictures.get(address)
    }

    /// The list of references of a text that cites these keys.
    pub(crate) fn references(&self, keys: &[String]) -> Vec<Reference> {
        let one = |key: &String| {
            let (cited, text) = self.cited.get(key)?;
            Some(Reference {
                label: cited.label.clone(),
                html: render::inline(text, &Context::default()),
                href: cited.href.clone(),
            })
        };
        let mut references: Vec<Reference> = Vec::new();
        for reference in keys.iter().filter_map(one) {
            // One work may go by several names.
            if !references.iter().any(|other| other.href == reference.href) {
                references.push(reference);
            }
        }
        references
    }
}

/// The hashes of the files that a text names, each once.
fn files(text: &str) -> Vec<String> {
    let names = text.split("/files/").skip(1);
    let hash = |rest: &str| {
        let hash = rest.get(..32)?;
        let is_hash = hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        is_hash.then(|| hash.to_owned())
    };
    names.filter_map(hash).collect::<BTreeSet<_>>().into_iter().take(MOST).collect()
}

async fn find(app: &App, key: &str) -> Result<Option<(Cited, String)>, storage::Error> {
    let Some((kind, name)) = key.split_once(':') else { return Ok(None) };
    let paper = match kind {
        "post" => return post(app, name).await,
        "arxiv" => match name.parse::<ArxivId>() {
            Ok(id) => papers::by_arxiv(&app.db, &id).await?,
            Err(_) => return Ok(None),
        },
        "doi" => papers::by_doi(&app.db, name).await?,
        source => papers::by_record(&app.db, source, name).await?,
    };
    Ok(match paper {
        Some(paper) => Some(stored(address(&paper), &exports::of_paper(app, &paper))),
        None => source(kind, name).map(|(label, href)| (Cited { label, href, known: false }, String::new())),
    })
}

async fn post(app: &App, name: &str) -> Result<Option<(Cited, String)>, storage::Error> {
    let Ok(slug) = name.parse::<Slug>() else { return Ok(None) };
    let post = posts::at(&app.db, &slug).await?;
    Ok(post.map(|post| stored(blog::address_of(&post), &exports::of_post(app, &post))))
}

fn stored(href: String, work: &Work) -> (Cited, String) {
    (Cited { label: cite::label(work), href, known: true }, cite::text(work))
}

/// What a work is called of which there is only its name, and where it is. Kinds that nobody knows are no citations.
fn source(kind: &str, name: &str) -> Option<(String, String)> {
    Some(match kind {
        RecordKey::ARXIV => (format!("arXiv:{name}"), format!("https://arxiv.org/abs/{name}")),
        "doi" => (format!("doi:{name}"), format!("https://doi.org/{}", escaped(name).replace("%2F", "/"))),
        "acl" => (format!("ACL:{name}"), format!("https://aclanthology.org/{}", escaped(name))),
        "openreview" => {
            (format!("OpenReview:{name}"), format!("https://openreview.net/forum?id={}", escaped(name)))
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_works() {
        let href = |kind: &str, name: &str| source(kind, name).map(|(_, href)| href);
        assert_eq!(href("arxiv", "1706.03762").as_deref(), Some("https://arxiv.org/abs/1706.03762"));
        assert_eq!(href("doi", "10.1/a(b)?").as_deref(), Some("https://doi.org/10.1/a%28b%29%3F"));
        assert_eq!(href("isbn", "1"), None);
    }

    #[test]
    fn files_of_a_text() {
        let hash = "0123456789abcdef0123456789abcdef";
        let text =
            format!("![](/files/{hash}.png) [/files/{hash}](/files/{hash}-small.png) /files/no /files/é");
        assert_eq!(files(&text), [hash]);
    }
}
