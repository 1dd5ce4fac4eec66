use content::{Paper, PaperId, Post, PostId};
use render::Rendered;
use search::{Document, Narrow, Related};
use storage::{papers, posts};

use super::{
    Choice,
    cards::{self, Brief},
};
use crate::{
    app::App,
    errors::Failure,
    indexing,
    posts::address,
    visit::{Visit, language::Messages},
};

/// Related documents of each kind.
const SHOWN: usize = 8;
/// Terms named as the reason of a relation.
const SHARED: usize = 4;
/// The parameter of the address that narrows them.
const PARAMETER: &str = "near";

/// What is like a paper or a post, the most like it first.
pub(super) struct Near {
    /// Which papers are shown; nothing where there is no choice.
    pub(super) choices: Vec<Choice>,
    pub(super) papers: Vec<Brief>,
    pub(super) posts: Vec<Brief>,
}

/// Which papers a visitor wants to see beside a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Among {
    All,
    Newer,
    Older,
    Venue,
}

/// What is near a paper, narrowed as the address says. Posts are few, and shown whatever is chosen.
pub(super) async fn of_paper(app: &App, visit: &Visit, paper: &Paper) -> Result<Near, Failure> {
    let among = Among::of(&visit.address);
    let record = &paper.shown;
    let venue = record.venue.as_ref().map(|venue| venue.key.clone());
    let narrow = match among {
        Among::All => Narrow::default(),
        Among::Newer => Narrow { after: Some(record.date), ..Narrow::default() },
        Among::Older => Narrow { before: Some(record.date), ..Narrow::default() },
        Among::Venue => Narrow { venue: venue.clone(), ..Narrow::default() },
    };
    let mut near = find(app, indexing::paper(paper), narrow, visit.m).await?;
    near.choices = Among::EACH
        .into_iter()
        .filter(|choice| *choice != Among::Venue || venue.is_some())
        .map(|choice| Choice {
            name: choice.label(venue.as_deref().unwrap_or_default(), visit.m),
            href: choice.address(&visit.address),
            count: None,
            current: choice == among,
        })
        .collect();
    Ok(near)
}

/// What is near a post that was rendered like this.
pub(super) async fn of_post(
    app: &App,
    post: &Post,
    rendered: &Rendered,
    m: Messages,
) -> Result<Near, Failure> {
    find(app, indexing::document(post, rendered), Narrow::default(), m).await
}

async fn find(app: &App, document: Document, narrow: Narrow, m: Messages) -> Result<Near, Failure> {
    let found = app.ask_index(move |index| index.related(&document, &narrow, SHOWN)).await?;
    Ok(Near {
        choices: Vec::new(),
        papers: papers_of(app, &found.papers, m).await?,
        posts: posts_of(app, &found.posts, m).await?,
    })
}

async fn papers_of(app: &App, found: &[Related], m: Messages) -> Result<Vec<Brief>, Failure> {
    let ids: Vec<_> = found.iter().map(|near| PaperId(near.id.id)).collect();
    let papers = papers::by_ids(&app.db, &ids).await?;
    Ok(papers.iter().map(|paper| Brief::of(app, paper, shared(found, paper.id.0, m))).collect())
}

async fn posts_of(app: &App, found: &[Related], m: Messages) -> Result<Vec<Brief>, Failure> {
    let ids: Vec<_> = found.iter().map(|near| PostId(near.id.id)).collect();
    let brief = |post: &Post| Brief {
        href: address(&post.slug),
        title: cards::title(app, &post.title),
        language: post.language,
        byline: post.author.clone(),
        shared: shared(found, post.id.0, m),
    };
    Ok(posts::by_ids(&app.db, &ids).await?.iter().map(brief).collect())
}

/// Why a document is there.
fn shared(found: &[Related], id: i64, m: Messages) -> Option<String> {
    let shared = &found.iter().find(|near| near.id.id == id)?.shared;
    (!shared.is_empty()).then(|| shared[..shared.len().min(SHARED)].join(m.list_comma()))
}

impl Among {
    const EACH: [Self; 4] = [Self::All, Self::Newer, Self::Older, Self::Venue];

    fn of(address: &str) -> Self {
        let asked = address.split_once('?').and_then(|(_, query)| {
            query.split('&').find_map(|pair| pair.strip_prefix(PARAMETER)?.strip_prefix('='))
        });
        Self::EACH.into_iter().find(|choice| Some(choice.value()) == asked).unwrap_or(Self::All)
    }

    fn value(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Newer => "newer",
            Self::Older => "older",
            Self::Venue => "venue",
        }
    }

    fn label(self, venue: &str, m: Messages) -> String {
        match self {
            Self::All => m.near_all().into(),
            Self::Newer => m.near_newer().into(),
            Self::Older => m.near_older().into(),
            Self::Venue => m.near_venue(venue),
        }
    }

    /// The address with this choice instead of the one that it makes.
    fn address(self, address: &str) -> String {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let is_other = |pair: &&str| !pair.is_empty() && pair.split('=').next() != Some(PARAMETER);
        let mut pairs: Vec<_> = query.split('&').filter(is_other).map(str::to_owned).collect();
        pairs.extend((self != Self::All).then(|| format!("{PARAMETER}={}", self.value())));
        match pairs.is_empty() {
            true => format!("{path}#related"),
            false => format!("{path}?{}#related", pairs.join("&")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_addresses() {
        let check = |address: &str, among: Among, newer: &str| {
            assert_eq!(
                (Among::of(address), Among::Newer.address(address).as_str()),
                (among, newer),
                "{address}"
            );
        };
        check("/arxiv/1", Among::All, "/arxiv/1?near=newer#related");
        check("/arxiv/1?near=venue", Among::Venue, "/arxiv/1?near=newer#related");
        check("/arxiv/1?answer=zh&near=older&near=x", Among::Older, "/arxiv/1?answer=zh&near=newer#related");
        check("/arxiv/1?near=soon&nearer=1", Among::All, "/arxiv/1?nearer=1&near=newer#related");
        assert_eq!(Among::All.address("/arxiv/1?near=newer"), "/arxiv/1#related");
    }
}
