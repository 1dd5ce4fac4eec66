//! Which list of posts an address names, for pages and feeds alike.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use storage::{
    post_lists::{self, Scope},
    terms::{self, Term, TermKind},
};

use crate::{
    app::App,
    errors::Failure,
    posts::{author_address, category_address, month, month_address, series_address, tag_address},
};

/// A list of posts under a name.
pub(crate) struct Shelf {
    pub(crate) scope: Scope,
    pub(crate) name: Name,
    /// The path of its page.
    pub(crate) address: String,
    /// What is said of it, as Markdown.
    pub(crate) description: String,
    /// Categories above it, the highest one first.
    pub(crate) above: Vec<Term>,
    /// Categories right below it.
    pub(crate) below: Vec<Term>,
    /// Whether it was asked for at an address that it does not have any more.
    pub(crate) is_moved: bool,
}

/// What a list is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// All posts.
    All,
    /// A category, a tag, a series or an author.
    Of(ShelfKind, String),
    /// A year and a month.
    Month(i32, u32),
}

/// What posts are put under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShelfKind {
    Category,
    Tag,
    Series,
    Author,
}

impl Shelf {
    /// All posts.
    pub(crate) fn all() -> Self {
        Self::new(Scope::All, Name::All, "/posts".into())
    }

    /// The posts of a category and of all below it.
    pub(crate) async fn category(app: &App, slug: &str) -> Result<Self, Failure> {
        let all = terms::all(&app.db, TermKind::Category).await?;
        let term = match all.iter().find(|term| term.slug == slug) {
            Some(term) => term.clone(),
            None => terms::moved(&app.db, TermKind::Category, slug).await?.ok_or(Failure::NotFound)?,
        };
        let tree = Tree::of(&all);
        let names = tree.with_all_below(&term.name);
        let above = tree.above(&term).into_iter().cloned().collect();
        let below = tree.below(&term.name).into_iter().cloned().collect();
        let shelf = Self::of_term(Scope::Categories(names), ShelfKind::Category, term, slug);
        Ok(Self { above, below, ..shelf })
    }

    /// The posts with a tag.
    pub(crate) async fn tag(app: &App, slug: &str) -> Result<Self, Failure> {
        let term = term_at(app, TermKind::Tag, slug).await?;
        Ok(Self::of_term(Scope::Tag(term.name.clone()), ShelfKind::Tag, term, slug))
    }

    /// The parts of a series.
    pub(crate) async fn series(app: &App, slug: &str) -> Result<Self, Failure> {
        let term = term_at(app, TermKind::Series, slug).await?;
        Ok(Self::of_term(Scope::Series(term.name.clone()), ShelfKind::Series, term, slug))
    }

    /// The posts of an author. Who has none is nobody. A number is that of an account, as addresses of other systems have
    /// it.
    pub(crate) async fn author(app: &App, name: &str) -> Result<Self, Failure> {
        let shelf = |name: &str| {
            let (scope, called) =
                (Scope::Author(name.to_owned()), Name::Of(ShelfKind::Author, name.to_owned()));
            Self::new(scope, called, author_address(name))
        };
        let found = shelf(name);
        if post_lists::count(&app.db, &found.scope).await? > 0 {
            return Ok(found);
        }
        let account = name.parse().map(content::UserId).map_err(|_| Failure::NotFound)?;
        let name = post_lists::author_of(&app.db, account).await?.ok_or(Failure::NotFound)?;
        Ok(Self { is_moved: true, ..shelf(&name) })
    }

    /// The posts of a month, from an address with four and two digits.
    pub(crate) fn month(year: &str, number: &str) -> Result<Self, Failure> {
        let (Ok(year), Ok(number)) = (year.parse(), number.parse()) else { return Err(Failure::NotFound) };
        let (from, to) = month(year, number).ok_or(Failure::NotFound)?;
        let address = month_address(year, number);
        Ok(Self::new(Scope::Between(from, to), Name::Month(year, number), address))
    }

    /// The path of its feed in Atom.
    pub(crate) fn feed(&self) -> String {
        match self.name {
            Name::All => "/feed".into(),
            _ => format!("{}/feed", self.address),
        }
    }

    /// `asked` is the end of the address by which it was found.
    fn of_term(scope: Scope, kind: ShelfKind, term: Term, asked: &str) -> Self {
        let is_moved = term.slug != asked;
        let address = match kind {
            ShelfKind::Category => category_address(&term.slug),
            ShelfKind::Tag => tag_address(&term.slug),
            ShelfKind::Series => series_address(&term.slug),
            ShelfKind::Author => author_address(&term.name),
        };
        let name = Name::Of(kind, term.name);
        Self { description: term.description, is_moved, ..Self::new(scope, name, address) }
    }

    fn new(scope: Scope, name: Name, address: String) -> Self {
        let (above, below) = (Vec::new(), Vec::new());
        Self { scope, name, address, description: String::new(), above, below, is_moved: false }
    }
}

/// The term that an address leads to, or led to before it got another one.
pub(crate) async fn term_at(app: &App, kind: TermKind, slug: &str) -> Result<Term, Failure> {
    let found = match terms::by_slug(&app.db, kind, slug).await? {
        None => terms::moved(&app.db, kind, slug).await?,
        found => found,
    };
    found.ok_or(Failure::NotFound)
}

/// Categories as they stand below one another. An editor may have made a circle of them: nobody walks it twice.
pub(crate) struct Tree<'t> {
    by_name: HashMap<&'t str, &'t Term>,
    by_parent: HashMap<Option<&'t str>, Vec<&'t Term>>,
}

impl<'t> Tree<'t> {
    pub(crate) fn of(terms: &'t [Term]) -> Self {
        let by_name: HashMap<&str, &Term> = terms.iter().map(|term| (term.name.as_str(), term)).collect();
        let mut by_parent: HashMap<Option<&str>, Vec<&Term>> = HashMap::new();
        for term in terms {
            let parent = term.parent.as_deref().filter(|parent| by_name.contains_key(parent));
            by_parent.entry(parent).or_default().push(term);
        }
        Self { by_name, by_parent }
    }

    /// Those right below a category.
    pub(crate) fn below(&self, name: &str) -> Vec<&'t Term> {
        self.by_parent.get(&Some(name)).cloned().unwrap_or_default()
    }

    /// Those that are below none.
    pub(crate) fn highest(&self) -> Vec<&'t Term> {
        self.by_parent.get(&None).cloned().unwrap_or_default()
    }

    /// Those above a category, the highest one first.
    pub(crate) fn above(&self, term: &Term) -> Vec<&'t Term> {
        let mut way = Vec::new();
        let mut seen = HashSet::from([term.name.as_str()]);
        let mut next = term.parent.as_deref();
        while let Some(above) = next.and_then(|name| self.by_name.get(name)) {
            if !seen.insert(&above.name) {
                break;
            }
            way.insert(0, *above);
            next = above.parent.as_deref();
        }
        way
    }

    /// A category and all that are below it.
    pub(crate) fn with_all_below(&self, name: &str) -> Vec<String> {
        let mut names = vec![name.to_owned()];
        let mut seen = HashSet::from([name.to_owned()]);
        let mut at = 0;
        while at < names.len() {
            let below = self.below(&names[at]).into_iter().map(|term| term.name.clone());
            let new: Vec<_> = below.filter(|name| seen.insert(name.clone())).collect();
            names.extend(new);
            at += 1;
        }
        names
    }
}

/// How many posts each term has, and when the last of them came: a category has those below it, too.
pub(crate) async fn counted(
    app: &App,
    kind: TermKind,
) -> Result<Vec<(Term, u64, DateTime<Utc>)>, storage::Error> {
    let (all, own) = (terms::all(&app.db, kind).await?, post_lists::in_terms(&app.db, kind).await?);
    let tree = Tree::of(&all);
    let counted = |term: &Term| {
        // Who is in several of them counts in each: what a list says at its head is exact.
        let its = tree.with_all_below(&term.name);
        let its: Vec<_> = its.iter().filter_map(|name| own.get(name)).collect();
        let last = its.iter().map(|(_, last)| *last).max()?;
        Some((term.clone(), its.iter().map(|(posts, _)| posts).sum(), last))
    };
    Ok(all.iter().filter_map(counted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(name: &str, parent: Option<&str>) -> Term {
        Term {
            kind: TermKind::Category,
            name: name.into(),
            slug: name.into(),
            parent: parent.map(str::to_owned),
            description: String::new(),
        }
    }

    #[test]
    fn categories_are_below_one_another() {
        let all = [term("a", None), term("b", Some("a")), term("c", Some("b")), term("d", Some("gone"))];
        let tree = Tree::of(&all);
        assert_eq!(tree.with_all_below("a"), ["a", "b", "c"]);
        let above: Vec<_> = tree.above(&all[2]).iter().map(|term| term.name.clone()).collect();
        assert_eq!(above, ["a", "b"]);
        let highest: Vec<_> = tree.highest().iter().map(|term| term.name.clone()).collect();
        assert_eq!(highest, ["a", "d"]);
    }

    #[test]
    fn a_circle_of_categories_ends() {
        let all = [term("a", Some("b")), term("b", Some("a"))];
        let tree = Tree::of(&all);
        assert_eq!(tree.with_all_below("a"), ["a", "b"]);
        assert_eq!(tree.above(&all[0]).len(), 1);
    }
}
