use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use content::CommentId;
use storage::comments::Place;

/// Levels of replies that are indented; deeper ones stand flat on the last.
pub(super) const MAX_DEPTH: usize = 4;
/// The most comments on one page, however few threads they are.
pub(super) const MOST: usize = 200;

/// A discussion as it is read: each comment behind the one that it replies to, cut into pages.
#[derive(Debug)]
pub(super) struct Order {
    places: Vec<Place>,
    pages: Vec<Range<usize>>,
}

/// One comment on a page, with what stands below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) place: Place,
    /// Whether it stands somewhere else than right below what it replies to.
    pub(super) away: bool,
    pub(super) below: Vec<Node>,
}

impl Order {
    /// Of places that come oldest first; what replies to nothing that is here stands at the top.
    pub(super) fn of(places: &[Place], threads: usize) -> Self {
        let here: HashSet<CommentId> = places.iter().map(|place| place.id).collect();
        let mut replies: HashMap<Option<CommentId>, Vec<Place>> = HashMap::new();
        let mut by_number = places.to_vec();
        // What is gone came with those below it, and stands where it stood.
        by_number.sort_by_key(|place| place.id);
        for place in by_number {
            replies.entry(place.parent.filter(|parent| here.contains(parent))).or_default().push(place);
        }
        let tops: HashSet<CommentId> =
            replies.get(&None).into_iter().flatten().map(|place| place.id).collect();
        let mut ordered = Vec::with_capacity(places.len());
        let mut next: Vec<Place> = replies.remove(&None).unwrap_or_default().into_iter().rev().collect();
        while let Some(place) = next.pop() {
            next.extend(replies.remove(&Some(place.id)).unwrap_or_default().into_iter().rev());
            ordered.push(place);
        }
        let pages = pages(&ordered, &tops, threads);
        Self { places: ordered, pages }
    }

    /// How many comments are shown.
    pub(super) fn total(&self) -> usize {
        self.places.iter().filter(|place| !place.gone).count()
    }

    /// How many pages there are, at least one.
    pub(super) fn pages(&self) -> usize {
        self.pages.len().max(1)
    }

    /// The page, from 1, that a comment is on.
    pub(super) fn page_of(&self, id: CommentId) -> Option<usize> {
        let at = self.places.iter().position(|place| place.id == id)?;
        self.pages.iter().position(|page| page.contains(&at)).map(|page| page + 1)
    }

    /// The places on a page, from 1.
    pub(super) fn page(&self, page: usize) -> &[Place] {
        self.pages.get(page.saturating_sub(1)).map_or(&[], |page| &self.places[page.clone()])
    }
}

/// Where pages begin and end: at a thread, if there is one that is near enough.
fn pages(ordered: &[Place], tops: &HashSet<CommentId>, threads: usize) -> Vec<Range<usize>> {
    let mut pages = Vec::new();
    let (mut start, mut begun) = (0, 0);
    for (at, place) in ordered.iter().enumerate() {
        let top = tops.contains(&place.id);
        if (top && begun == threads) || at - start == MOST {
            pages.push(start..at);
            (start, begun) = (at, 0);
        }
        begun += usize::from(top);
    }
    if start < ordered.len() {
        pages.push(start..ordered.len());
    }
    pages
}

/// The places of one page, each below what it replies to as far as that is on the page.
pub(super) fn nested(page: &[Place]) -> Vec<Node> {
    let here: HashSet<CommentId> = page.iter().map(|place| place.id).collect();
    let mut replies: HashMap<Option<CommentId>, Vec<Place>> = HashMap::new();
    for place in page {
        replies.entry(place.parent.filter(|parent| here.contains(parent))).or_default().push(*place);
    }
    level(&mut replies, None, 0)
}

fn level(
    replies: &mut HashMap<Option<CommentId>, Vec<Place>>,
    parent: Option<CommentId>,
    depth: usize,
) -> Vec<Node> {
    let mut places = replies.remove(&parent).unwrap_or_default();
    if depth + 1 == MAX_DEPTH {
        let mut next = 0;
        while next < places.len() {
            places.extend(replies.remove(&Some(places[next].id)).unwrap_or_default());
            next += 1;
        }
        places.sort_by_key(|place| place.id);
    }
    let node = |place: Place| Node {
        place,
        away: place.parent.is_some() && place.parent != parent,
        below: match depth + 1 == MAX_DEPTH {
            true => Vec::new(),
            false => level(replies, Some(place.id), depth + 1),
        },
    };
    places.into_iter().map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: i64, parent: Option<i64>) -> Place {
        Place { id: CommentId(id), parent: parent.map(CommentId), gone: false }
    }

    /// Indentation of each comment in the order shown, as `depth:id`, with a star for one that stands away.
    fn shape(page: &[Place]) -> String {
        fn walk(nodes: &[Node], depth: usize, out: &mut Vec<String>) {
            for node in nodes {
                out.push(format!("{depth}:{}{}", node.place.id.0, if node.away { "*" } else { "" }));
                walk(&node.below, depth + 1, out);
            }
        }
        let mut out = Vec::new();
        walk(&nested(page), 1, &mut out);
        out.join(" ")
    }

    fn all(places: &[Place], threads: usize) -> Vec<String> {
        let order = Order::of(places, threads);
        (1..=order.pages()).map(|page| shape(order.page(page))).collect()
    }

    #[test]
    fn replies_stand_below_what_they_answer() {
        let places = [place(1, None), place(2, None), place(3, Some(1)), place(4, Some(3))];
        assert_eq!(all(&places, 50), ["1:1 2:3 3:4 1:2"]);
        assert_eq!(all(&places, 1), ["1:1 2:3 3:4", "1:2"]);
        assert_eq!(all(&[], 50), [""]);
    }

    #[test]
    fn the_deepest_level_is_flat_and_loses_nothing() {
        let places: Vec<_> = (1..=2000).map(|id| place(id, (id > 1).then_some(id - 1))).collect();
        let pages = all(&places, 50);
        assert!(pages[0].starts_with("1:1 2:2 3:3 4:4 4:5* 4:6*"), "{}", &pages[0][..40]);
        assert!(pages[1].starts_with("1:201* 2:202 3:203 4:204 4:205*"), "{}", &pages[1][..40]);
        assert_eq!(pages.len(), 2000 / MOST);
        assert_eq!(pages.iter().map(|page| page.split(' ').count()).sum::<usize>(), 2000);
    }

    #[test]
    fn a_reply_to_a_comment_that_is_not_here_stays() {
        assert_eq!(all(&[place(5, Some(4))], 50), ["1:5*"]);
    }

    #[test]
    fn what_is_gone_stands_where_it_stood() {
        let gone = Place { gone: true, ..place(1, None) };
        assert_eq!(all(&[place(2, None), place(3, Some(1)), gone], 50), ["1:1 2:3 1:2"]);
    }

    #[test]
    fn a_comment_is_found_on_its_page() {
        let places: Vec<_> = (1..=120).map(|id| place(id, None)).collect();
        let order = Order::of(&places, 50);
        assert_eq!((order.pages(), order.total()), (3, 120));
        for (id, page) in [(1, Some(1)), (50, Some(1)), (51, Some(2)), (120, Some(3)), (121, None)] {
            assert_eq!(order.page_of(CommentId(id)), page, "{id}");
        }
        assert_eq!(order.page(4), []);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(all(&[place(1, Some(2)), place(2, Some(1))], 50), [""]);
    }
}
